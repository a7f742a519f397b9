using Tieout.Domain.Rating;

namespace Tieout.Domain.Invoicing;

/// <summary>What is left of an account's grants while its charges are rated one after the other.</summary>
internal sealed class PrepaidBalance(IEnumerable<CreditGrant> grants)
{
    private readonly List<CreditGrant> _left = [.. grants];

    /// <summary>As they stand now.</summary>
    public IReadOnlyList<CreditGrant> Left => [.. _left];

    /// <summary>Takes what a charge drew.</summary>
    public void Take(CreditDraw draw)
    {
        var index = _left.FindIndex(grant => grant.Id == draw.Grant);
        var grant = _left[index];
        _left[index] = new CreditGrant(grant.Id, grant.Credit, grant.Remaining - draw.Amount)
        {
            Currency = grant.Currency,
            Name = grant.Name,
            Priority = grant.Priority,
            GrantedOn = grant.GrantedOn,
            ExpiresOn = grant.ExpiresOn,
            Rollover = grant.Rollover,
        };
    }
}
