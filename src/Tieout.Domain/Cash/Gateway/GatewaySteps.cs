namespace Tieout.Domain.Cash.Gateway;

/// <summary>
/// Which entries should stand after all that was told of a charge or a payout. They follow from the set of facts alone: order, repetition
/// and delay change nothing, and a further fact adds entries and never takes one away. So what is booked is what is wanted less what stands.
/// </summary>
public static class GatewaySteps
{
    /// <summary>Of a charge with its refunds and disputes; movements among the facts are passed over.</summary>
    public static GatewayWanted OfCharge(IEnumerable<GatewayFact> told)
    {
        List<GatewayFact> facts = [.. told.Where(fact => fact is not GatewayFact.Movement)];
        var books = GatewayBooks.Of(facts);
        var stand = books.Charges.SingleOrDefault();
        if (stand?.Received is not { } received) return new GatewayWanted(null, null, [], [GatewayWait.ChargeMissing], books.Contradictions);
        List<GatewayStep> steps = [];
        List<GatewayWait> waits = [];
        var came = facts.OfType<GatewayFact.Received>().Min(fact => fact.At);
        steps.Add(new GatewayStep(GatewayStepKind.Receipt, received.Charge, received.Amount, Day(came), came));
        foreach (var refund in facts.OfType<GatewayFact.Refund>().GroupBy(fact => fact.Id, StringComparer.Ordinal)) steps.AddRange(Refund([.. refund]));
        foreach (var dispute in facts.OfType<GatewayFact.Dispute>().GroupBy(fact => fact.Id, StringComparer.Ordinal)) Dispute([.. dispute], steps, waits);
        if (stand.RefundsMissing > 0) waits.Add(GatewayWait.RefundMissing);
        var others = facts.Where(fact => Amount(fact).Currency != received.Amount.Currency).Select(fact => fact.Key);
        return new GatewayWanted(
            received, null,
            [.. steps.OrderBy(step => step.Kind == GatewayStepKind.Receipt ? 0 : 1).ThenBy(step => step.On).ThenBy(step => step.At).ThenBy(step => step.Kind)
                .ThenBy(step => step.Source, StringComparer.Ordinal)],
            [.. waits.Distinct().Order()], [.. books.Contradictions.Concat(others).Distinct().Order(StringComparer.Ordinal)]);
    }

    /// <summary>Of a payout. Whether it is what its movements come to, <see cref="PayoutProof"/> says.</summary>
    public static GatewayWanted OfPayout(IEnumerable<GatewayFact> told)
    {
        List<GatewayFact> facts = [.. told.OfType<GatewayFact.Payout>()];
        var states = facts.Cast<GatewayFact.Payout>().OrderBy(fact => fact.At).ThenBy(fact => fact.State).ThenBy(fact => fact.Arrives).ToList();
        var contradictions = GatewayBooks.Of(facts).Contradictions;
        if (states.Find(fact => fact.State == PayoutState.Paid) is not { } paid)
            return new GatewayWanted(null, null, [], [GatewayWait.NotPaidOut], contradictions);
        List<GatewayStep> steps = [new GatewayStep(GatewayStepKind.PaidOut, paid.Id, paid.Amount, paid.Arrives, paid.At)];
        if (states.Find(fact => fact.State is PayoutState.Failed or PayoutState.Canceled && fact.At >= paid.At) is { } back)
            steps.Add(new GatewayStep(GatewayStepKind.PayoutBack, back.Id, back.Amount, Later(Day(back.At), paid.Arrives), back.At));
        return new GatewayWanted(null, paid, steps, [], contradictions);
    }

    // Dated by the day it was made: that is when the gateway takes it from our balance, and every event of it says the same.
    private static IEnumerable<GatewayStep> Refund(IReadOnlyList<GatewayFact.Refund> told)
    {
        if (told.Where(fact => fact.State == RefundState.Succeeded).MinBy(fact => fact.At) is not { } done) yield break;
        var made = told.Min(fact => fact.Made);
        yield return new GatewayStep(GatewayStepKind.Refund, done.Id, done.Amount, Day(made), made);
        var back = told.Where(fact => fact.State is RefundState.Failed or RefundState.Canceled && fact.At >= done.At).MinBy(fact => fact.At);
        if (back is not null) yield return new GatewayStep(GatewayStepKind.RefundBack, done.Id, done.Amount, Later(Day(back.At), Day(made)), back.At);
    }

    // Money moves when it is taken and when it is given back; what is said about it in between moves none but when it is lost.
    private static void Dispute(IReadOnlyList<GatewayFact.Dispute> told, List<GatewayStep> steps, List<GatewayWait> waits)
    {
        var (taken, given) = (First(told, DisputeStep.FundsWithdrawn), First(told, DisputeStep.FundsReinstated));
        var (lost, won) = (First(told, DisputeStep.Lost), First(told, DisputeStep.Won));
        if (taken is null)
        {
            if (given is not null || lost is not null) waits.Add(GatewayWait.WithdrawalMissing);
            return;
        }
        steps.Add(Step(GatewayStepKind.ChargeBack, taken, taken));
        if (lost is not null && (given is null || lost.At < given.At)) steps.Add(Step(GatewayStepKind.ChargeBackLost, lost, taken));
        if (given is not null)
        {
            if (lost is not null && lost.At < given.At) steps.Add(Step(GatewayStepKind.LossTakenBack, given, taken));
            steps.Add(Step(GatewayStepKind.ChargeBackWon, given, taken));
        }
        else if (won is not null)
        {
            waits.Add(GatewayWait.FundsNotBack);
        }
    }

    private static GatewayStep Step(GatewayStepKind kind, GatewayFact.Dispute told, GatewayFact.Dispute taken) =>
        new(kind, taken.Id, taken.Amount, Later(Day(told.At), Day(taken.At)), told.At);

    private static GatewayFact.Dispute? First(IEnumerable<GatewayFact.Dispute> told, DisputeStep step) =>
        told.Where(fact => fact.Step == step).MinBy(fact => fact.At);

    private static Money Amount(GatewayFact fact) => fact switch
    {
        GatewayFact.Received one => one.Amount,
        GatewayFact.Refund one => one.Amount,
        GatewayFact.RefundedInAll one => one.Amount,
        GatewayFact.Dispute one => one.Amount,
        _ => throw new InvalidOperationException($"{fact} is not about a charge."),
    };

    private static DateOnly Later(DateOnly one, DateOnly other) => one > other ? one : other;

    private static DateOnly Day(DateTimeOffset at) => DateOnly.FromDateTime(at.UtcDateTime);
}
