namespace Tieout.Domain.Cash.Gateway;

/// <summary>Where a charge stands after all that was told of it.</summary>
/// <param name="Received">Null while only its refunds or disputes are known: they wait for it.</param>
/// <param name="Refunds">Each with where it stands at last.</param>
/// <param name="RefundedInAll">What the gateway said last; zero for nothing.</param>
public sealed record ChargeStand(
    string Charge, GatewayFact.Received? Received, IReadOnlyList<GatewayFact.Refund> Refunds, decimal RefundedInAll, IReadOnlyList<DisputeStand> Disputes)
{
    /// <summary>What customers have back.</summary>
    public decimal Refunded => Refunds.Where(refund => refund.State == RefundState.Succeeded).Sum(refund => refund.Amount.Amount);

    /// <summary>Refunds that the gateway counts and has not told of yet; never booked by themselves.</summary>
    public decimal RefundsMissing => Math.Max(0, RefundedInAll - Refunds
        .Where(refund => refund.State is RefundState.Succeeded or RefundState.Pending).Sum(refund => refund.Amount.Amount));
}

/// <summary>Where a dispute stands.</summary>
/// <param name="Withdrawn">The money was taken from our balance.</param>
/// <param name="Reinstated">It was given back.</param>
/// <param name="Outcome">Won, lost or closed; null while it is open.</param>
public sealed record DisputeStand(string Id, string Charge, Money Amount, bool Withdrawn, bool Reinstated, DisputeStep? Outcome);

/// <summary>
/// What the gateway's facts say together: the same whatever order they came in, however often, however late. A later word about a refund
/// or a payout replaces an earlier one by when the gateway said it, not by when we heard it.
/// </summary>
public sealed record GatewayBooks(
    IReadOnlyList<ChargeStand> Charges, IReadOnlyList<GatewayFact.Payout> Payouts, IReadOnlyList<GatewayFact.Movement> Movements,
    IReadOnlyList<string> Contradictions)
{
    /// <summary>Folds facts.</summary>
    public static GatewayBooks Of(IEnumerable<GatewayFact> facts)
    {
        List<GatewayFact> all = [.. facts.OrderBy(fact => fact.At).ThenBy(fact => fact.ToString(), StringComparer.Ordinal)];
        var received = all.OfType<GatewayFact.Received>().ToLookup(fact => fact.Charge, StringComparer.Ordinal);
        var refunds = all.OfType<GatewayFact.Refund>().GroupBy(fact => fact.Id, StringComparer.Ordinal)
            .Select(group => group.OrderBy(fact => fact.At).ThenBy(fact => fact.State).Last()).ToLookup(fact => fact.Charge, StringComparer.Ordinal);
        var inAll = all.OfType<GatewayFact.RefundedInAll>().ToLookup(fact => fact.Charge, StringComparer.Ordinal);
        var disputes = all.OfType<GatewayFact.Dispute>().GroupBy(fact => fact.Id, StringComparer.Ordinal).Select(Stand)
            .ToLookup(dispute => dispute.Charge, StringComparer.Ordinal);
        var charges = received.Select(group => group.Key).Concat(refunds.Select(group => group.Key)).Concat(inAll.Select(group => group.Key))
            .Concat(disputes.Select(group => group.Key)).Distinct().Order(StringComparer.Ordinal);
        return new GatewayBooks(
            [.. charges.Select(charge => new ChargeStand(
                charge, Best(received[charge]), [.. refunds[charge].OrderBy(refund => refund.Id, StringComparer.Ordinal)],
                inAll[charge].Select(fact => fact.Amount.Amount).LastOrDefault(), [.. disputes[charge].OrderBy(dispute => dispute.Id,
                    StringComparer.Ordinal)]))],
            [.. all.OfType<GatewayFact.Payout>().GroupBy(fact => fact.Id, StringComparer.Ordinal).OrderBy(group => group.Key, StringComparer.Ordinal)
                .Select(group => group.OrderBy(fact => fact.At).ThenBy(fact => fact.State).Last())],
            [.. all.OfType<GatewayFact.Movement>().DistinctBy(fact => fact.Id).OrderBy(fact => fact.Id, StringComparer.Ordinal)],
            Contradicting(all));
    }

    // An event of the charge and one of its intent tell the same; the one that says what it is for says more.
    private static GatewayFact.Received? Best(IEnumerable<GatewayFact.Received> told) =>
        told.OrderByDescending(fact => fact.Reference.Length > 0).ThenByDescending(fact => fact.Intent.Length > 0).FirstOrDefault();

    private static DisputeStand Stand(IEnumerable<GatewayFact.Dispute> told)
    {
        List<GatewayFact.Dispute> steps = [.. told];
        var last = steps[^1];
        return new DisputeStand(
            last.Id, last.Charge, last.Amount, steps.Exists(fact => fact.Step == DisputeStep.FundsWithdrawn),
            steps.Exists(fact => fact.Step == DisputeStep.FundsReinstated),
            steps.FindLast(fact => fact.Step is DisputeStep.Won or DisputeStep.Lost or DisputeStep.Closed)?.Step);
    }

    // The same key with another amount: somebody must look.
    private static IReadOnlyList<string> Contradicting(List<GatewayFact> all) =>
    [
        .. all.Select(fact => (fact.Key, Amount: Amount(fact))).Distinct().GroupBy(pair => pair.Key, StringComparer.Ordinal)
            .Where(group => group.Count() > 1).Select(group => group.Key).Order(StringComparer.Ordinal),
    ];

    private static Money Amount(GatewayFact fact) => fact switch
    {
        GatewayFact.Received one => one.Amount,
        GatewayFact.Refund one => one.Amount,
        GatewayFact.RefundedInAll one => one.Amount,
        GatewayFact.Dispute one => one.Amount,
        GatewayFact.Payout one => one.Amount,
        GatewayFact.Movement one => one.Net,
        _ => throw new InvalidOperationException($"No amount of {fact}."),
    };
}
