namespace Tieout.Domain.Rating;

/// <summary>What is taken from one grant.</summary>
/// <param name="Grant">From which.</param>
/// <param name="Name">What people call it.</param>
/// <param name="Amount">Units or money; above zero, at most what remained.</param>
/// <param name="Order">From 1, in the order of drawing.</param>
public sealed record CreditDraw(CreditGrantId Grant, string Name, decimal Amount, int Order);

/// <summary>The draws, and what no grant covered.</summary>
public sealed record DrawnCredit(IReadOnlyList<CreditDraw> Draws, decimal Left);

/// <summary>
/// Takes from prepaid grants in a fixed order: the lowest priority number, then the earliest to expire (those that never expire
/// last), then the oldest, then by id, so that the same grants always give the same draws. What has expired or has not begun is
/// never drawn.
/// </summary>
public static class DrawDown
{
    private const int Decimals = 12;

    /// <summary>
    /// Draws at most <paramref name="wanted"/>. Draws are kept to 12 decimals; what is finer stays uncovered and comes to nothing on
    /// the charge line. Draws and what is left always sum to what was wanted.
    /// </summary>
    /// <param name="grants">All of units, or all of money in one currency.</param>
    /// <param name="wanted">Zero or more.</param>
    /// <param name="asOf">The day of the drawing.</param>
    /// <exception cref="ArgumentOutOfRangeException">Less than nothing is wanted.</exception>
    public static DrawnCredit Of(IReadOnlyList<CreditGrant> grants, decimal wanted, DateOnly asOf)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(wanted);
        List<CreditDraw> draws = [];
        var open = Kept(wanted);
        var left = wanted;
        foreach (var grant in grants.Where(grant => grant.CanBeDrawn(asOf))
            .OrderBy(grant => grant.Priority).ThenBy(grant => grant.ExpiresOn ?? DateOnly.MaxValue)
            .ThenBy(grant => grant.GrantedOn).ThenBy(grant => grant.Id.Value))
        {
            if (open <= 0m) break;
            var taken = Math.Min(open, grant.Remaining);
            draws.Add(new CreditDraw(grant.Id, grant.Name, taken, draws.Count + 1));
            open -= taken;
            left -= taken;
        }
        return new DrawnCredit(draws, left);
    }

    /// <summary>Cut to the decimals credit is kept in.</summary>
    internal static decimal Kept(decimal amount) => decimal.Round(amount, Decimals, MidpointRounding.ToZero);
}
