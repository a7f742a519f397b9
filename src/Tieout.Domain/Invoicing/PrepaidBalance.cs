using Tieout.Domain.Rating;

namespace Tieout.Domain.Invoicing;

/// <summary>
/// What is left of an account's grants while its charges are rated one after the other, in the order they draw. A rest that rolls
/// over does so between the last charge of the days before the grant expires and the first of the days from then on.
/// </summary>
/// <remarks>
/// What was rolled over stands: it is off the old grant from the beginning, and what the new one came to is never computed again. So
/// a charge of an earlier day that comes late finds only what was not rolled over, and no unit is drawn twice.
/// </remarks>
internal sealed class PrepaidBalance
{
    private readonly List<CreditGrant> _left = [];
    private readonly DateOnly _today;
    private readonly Dictionary<CreditGrantId, CreditGrant> _rolled;
    private readonly List<CreditGrant> _expiring;

    /// <summary>As if no charge had drawn anything yet.</summary>
    /// <param name="today">
    /// Nothing is rolled over before the day it expires has come, whatever day is billed for: until then its last units may still be
    /// used, and what was rolled over is final.
    /// </param>
    /// <exception cref="ArgumentOutOfRangeException">More was rolled over than was granted.</exception>
    public PrepaidBalance(IReadOnlyList<CreditGrant> grants, DateOnly today)
    {
        _today = today;
        // In the order in which what was rolled over was booked, each is there once the grant before it has expired.
        _rolled = grants.Where(grant => grant.RolledFrom is not null).ToDictionary(grant => grant.RolledFrom!.Value);
        foreach (var grant in grants)
            if (grant.RolledFrom is null) _left.Add(Without(grant));
        _expiring = [.. _left.Where(Expires)];
    }

    /// <summary>As they stand now.</summary>
    public IReadOnlyList<CreditGrant> Left => [.. _left];

    /// <summary>Rests that were rolled over now for the first time, in order.</summary>
    public List<WantedRollover> Rollovers { get; } = [];

    /// <summary>Takes what a charge drew.</summary>
    public void Take(CreditDraw draw)
    {
        var index = IndexOf(draw.Grant);
        _left[index] = _left[index] with { Remaining = _left[index].Remaining - draw.Amount };
    }

    /// <summary>Rolls over what expires on a day or earlier, the earliest first; what came of it may expire by then too.</summary>
    public void Through(DateOnly day)
    {
        while (_expiring.Where(grant => grant.ExpiresOn <= day).MinBy(grant => (grant.ExpiresOn, grant.Id.Value)) is { } next)
        {
            _expiring.Remove(next);
            var old = _left[IndexOf(next.Id)];
            if (_rolled.TryGetValue(old.Id, out var booked)) Begin(Without(booked));
            else if (old.ExpiresOn <= _today && Rollover.Of(old, old.ExpiresOn.Value) is > 0m and var kept)
            {
                var successor = Rollover.Successor(old, kept);
                Rollovers.Add(new WantedRollover(old, successor));
                _left[IndexOf(old.Id)] = old with { Remaining = old.Remaining - kept };
                Begin(successor);
            }
        }
    }

    private void Begin(CreditGrant grant)
    {
        _left.Add(grant);
        if (Expires(grant)) _expiring.Add(grant);
    }

    private bool Expires(CreditGrant grant) => grant.ExpiresOn is not null && (grant.Rollover is not null || _rolled.ContainsKey(grant.Id));

    private CreditGrant Without(CreditGrant grant) =>
        _rolled.TryGetValue(grant.Id, out var next) ? grant with { Remaining = grant.Remaining - next.Remaining } : grant;

    private int IndexOf(CreditGrantId id) => _left.FindIndex(grant => grant.Id == id);
}
