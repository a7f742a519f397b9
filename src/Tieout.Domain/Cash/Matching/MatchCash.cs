namespace Tieout.Domain.Cash.Matching;

/// <summary>
/// Decides what payments of a bank statement settle. <b>Certain</b> is only what is unambiguous: it names the number, it came from an account
/// that the customer is known to pay from, and the amount is what is asked for to the cent (with the charges that the statement names, less a discount
/// that is agreed and not late, or but for a difference that the legal entity lets go to rounding).
/// Everything else is a proposal with reasons, and two answers that are equally good are never certain.
/// </summary>
public static class MatchCash
{
    /// <summary>
    /// The one answer that needs nobody; null where there is none, and of money that went out or came back. The book need hold no more than the
    /// invoices that the payment names and who is known to pay from where it came.
    /// </summary>
    public static Proposal? Certain(BankLine line, MatchBook book, MatchPolicy policy) =>
        line.Amount.Amount <= 0 || line.Returned || line.Attempt > 1 ? null : new Answers(LineFacts.Of(line, book), book, policy).Certain();

    /// <summary>One payment by itself. What was booked once and taken back, a person decides.</summary>
    public static MatchDecision Decide(BankLine line, MatchBook book, MatchPolicy policy)
    {
        var decision = OfAll(line, book, policy);
        return line.Attempt > 1 && decision is MatchDecision.Certain(var match)
            ? new MatchDecision.Proposed([match with { Score = 90, Reasons = [.. match.Reasons, "What booked it before was taken back."] }])
            : decision;
    }

    private static MatchDecision OfAll(BankLine line, MatchBook book, MatchPolicy policy)
    {
        if ((MatchPayout.Certain(line, book) ?? MatchRefund.Certain(line, book)) is { } confirms) return new MatchDecision.Certain(confirms);
        // What is booked already, and what the bank says that it is.
        List<Proposal> ours = [.. MatchPayout.Proposals(line, book), .. MatchRefund.Proposals(line, book), .. MatchCode.Proposals(line)];
        var decision = OfCustomers(line, book, policy);
        return (ours, decision) switch
        {
            ([], _) or (_, MatchDecision.Certain) => decision,
            (_, MatchDecision.Proposed(var others)) => new MatchDecision.Proposed(
                [.. ours.Concat(others).OrderByDescending(one => one.Score).Take(policy.ProposalsMost)]),
            _ => new MatchDecision.Proposed([.. ours.OrderByDescending(one => one.Score).Take(policy.ProposalsMost)]),
        };
    }

    private static MatchDecision OfCustomers(BankLine line, MatchBook book, MatchPolicy policy)
    {
        if (line.Amount.Amount <= 0)
            return line.Returned ? MatchReturn.Decide(line, book, policy) : new MatchDecision.Unknown("went-out", ["It is money that went out."]);
        if (line.Returned) return new MatchDecision.Unknown("came-back", ["It is money of ours that came back."]);
        var facts = LineFacts.Of(line, book);
        var answers = new Answers(facts, book, policy);
        if (answers.Certain() is { } certain) return new MatchDecision.Certain(certain);
        var proposals = answers.Proposals();
        if (proposals.Count > 0) return new MatchDecision.Proposed(proposals);
        return facts.Payers is [var payer]
            ? new MatchDecision.Unapplied(payer, [facts.Payer(payer).Reason, .. answers.Remarks, "No invoice of this customer fits it."])
            : new MatchDecision.Unknown("unknown-payer", [.. answers.Remarks, "Nothing says who paid, or for what."]);
    }

    /// <summary>
    /// Many payments together, in the order of their keys: the same payment counts once, two that are certain for the same invoice are
    /// certain no more, and several that pay one invoice together are told so.
    /// </summary>
    public static IReadOnlyList<MatchedLine> Run(IEnumerable<BankLine> lines, MatchBook book, MatchPolicy policy)
    {
        List<MatchedLine> decided = [.. lines.DistinctBy(line => line.Key).OrderBy(line => line.Key, StringComparer.Ordinal)
            .Select(line => new MatchedLine(line, Decide(line, book, policy)))];
        MatchTogether together = new();
        foreach (var one in decided) together.Add(one, book);
        var joint = together.Joint().ToDictionary(one => one.Line, StringComparer.Ordinal);
        return [.. decided.Select(one => one with { Decision = Settled(one, together, joint) })];
    }

    private static MatchDecision Settled(MatchedLine one, MatchTogether together, Dictionary<string, (string Line, int Score, string Reason)> joint) =>
        one.Decision switch
        {
            MatchDecision.Certain(var match) when together.IsContested(match) => new MatchDecision.Proposed([MatchTogether.Contested(match)]),
            MatchDecision.Proposed([var first, ..] all) when joint.TryGetValue(one.Line.Key, out var said) => new MatchDecision.Proposed(
                [first with { Score = said.Score, Reasons = [.. first.Reasons, said.Reason] }, .. all.Skip(1)]),
            _ => one.Decision,
        };
}
