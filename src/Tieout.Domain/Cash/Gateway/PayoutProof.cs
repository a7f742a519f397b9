namespace Tieout.Domain.Cash.Gateway;

/// <summary>Whether a payout is what its movements come to.</summary>
public abstract record PayoutProof
{
    private PayoutProof() { }

    /// <summary>It is: what customers paid, less what went back, less fees, is what our bank gets, and clearing is left with nothing.</summary>
    /// <param name="Gross">By kind.</param>
    /// <param name="Fees">All that the gateway kept, of charges and by itself.</param>
    public sealed record Proven(IReadOnlyDictionary<MovementKind, Money> Gross, Money Fees) : PayoutProof;

    /// <summary>It is not: movements are missing, or are of another payout.</summary>
    public sealed record Differs(Money Movements, Money Payout) : PayoutProof;

    /// <summary>A movement is in another currency than the payout; nothing is added up.</summary>
    public sealed record OtherCurrency(string Movement) : PayoutProof;

    /// <summary>Judges the members of a payout; its own row among them is left out, and one that is told twice counts once.</summary>
    public static PayoutProof Of(GatewayFact.Payout payout, IEnumerable<GatewayFact.Movement> members)
    {
        var rows = members.DistinctBy(row => row.Id).Where(row => row.Kind != MovementKind.Payout || row.Source != payout.Id).ToList();
        if (rows.Find(row => row.Gross.Currency != payout.Amount.Currency) is { } other) return new OtherCurrency(other.Id);
        var net = Sum(rows, row => row.Net, payout);
        if (net != payout.Amount) return new Differs(net, payout.Amount);
        var alone = rows.Where(row => row.Kind == MovementKind.Fee).ToList();
        return new Proven(
            rows.Where(row => row.Kind != MovementKind.Fee).GroupBy(row => row.Kind).ToDictionary(group => group.Key, group => Sum(group, row =>
                row.Gross, payout)),
            Sum(rows, row => row.Fee, payout) - Sum(alone, row => row.Gross, payout));
    }

    private static Money Sum(IEnumerable<GatewayFact.Movement> rows, Func<GatewayFact.Movement, Money> amount, GatewayFact.Payout payout) =>
        rows.Aggregate(Money.Zero(payout.Amount.Currency), (sum, row) => sum + amount(row));
}
