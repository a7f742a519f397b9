using System.Globalization;

namespace Tieout.Domain.Cash.Matching;

/// <summary>
/// Decides what payments of a bank statement settle. <b>Certain</b> is only what is unambiguous: it names the number, it came from an account
/// that the customer is known to pay from, and the amount is what is asked for to the cent (with the charges that the statement names).
/// Everything else is a proposal with reasons, and two answers that are equally good are never certain.
/// </summary>
public static class MatchCash
{
    private const int Together = 20;

    /// <summary>One payment by itself.</summary>
    public static MatchDecision Decide(BankLine line, MatchBook book, MatchPolicy policy)
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
        var claims = decided.Where(one => one.Decision is MatchDecision.Certain).SelectMany(one => Claims(((MatchDecision.Certain)one.Decision).Match))
            .CountBy(claim => claim).Where(pair => pair.Value > 1).Select(pair => pair.Key).ToHashSet();
        var joint = Joint(decided, book);
        return [.. decided.Select(one => one with { Decision = Settled(one, claims, joint) })];
    }

    private static MatchDecision Settled(MatchedLine one, HashSet<Guid> contested, Dictionary<string, string> joint) => one.Decision switch
    {
        MatchDecision.Certain(var match) when Claims(match).Any(contested.Contains) => new MatchDecision.Proposed(
            [match with { Score = 90, Reasons = [.. match.Reasons, "Another payment is as good an answer for the same."] }]),
        MatchDecision.Proposed([var first, ..] all) when joint.TryGetValue(one.Line.Key, out var reason) => new MatchDecision.Proposed(
            [first with { Score = Math.Min(99, first.Score + Together), Reasons = [.. first.Reasons, reason] }, .. all.Skip(1)]),
        _ => one.Decision,
    };

    private static IEnumerable<Guid> Claims(Proposal match) => match.Settles.Select(part => part.Invoice).Concat(match.TakesBack is { } payment
        ? [payment] : []);

    // Several payments, one invoice: each names it alone and is less, and together they are what it asks for.
    private static Dictionary<string, string> Joint(List<MatchedLine> decided, MatchBook book)
    {
        Dictionary<string, string> joint = new(StringComparer.Ordinal);
        var parts = decided
            .Where(one => one.Decision is MatchDecision.Proposed([{ Settles: [_], Unapplied: 0, Fee: 0, Discount: 0 }, ..]))
            .Select(one => (one.Line, First: ((MatchDecision.Proposed)one.Decision).Proposals[0]))
            .GroupBy(one => (one.First.Account, one.First.Settles[0].Invoice));
        foreach (var group in parts)
        {
            var together = group.ToList();
            var item = book.OpenOf(group.Key.Account).FirstOrDefault(open => open.Invoice == group.Key.Invoice);
            if (together.Count < 2 || item is null || together.Sum(one => one.Line.Amount.Amount) != item.Open) continue;
            foreach (var (line, _) in together)
                joint[line.Key] = string.Create(
                    CultureInfo.InvariantCulture,
                        $"Together with {together.Count - 1} other payment{(together.Count > 2 ? "s" : "")} it is what {item.Number} asks for.");
        }
        return joint;
    }
}
