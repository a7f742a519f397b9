namespace Tieout.Domain.Cash.Matching;

/// <summary>A payout of a gateway that stands in the books and that no line of a bank statement confirms yet.</summary>
/// <param name="Entry">The entry that took it off the gateway's clearing account.</param>
/// <param name="Number">Of that entry.</param>
/// <param name="References">What names it: the gateway's id of it, the trace that the bank got with it.</param>
/// <param name="Descriptor">What the gateway calls itself on statements, such as <c>stripe</c>.</param>
/// <param name="Amount">Negative where it takes a payout back that the bank did not take.</param>
public sealed record ExpectedPayout(Guid Entry, string Number, IReadOnlyList<string> References, string Descriptor, Money Amount, DateOnly On);

/// <summary>Payouts that are waited for, indexed once for many lines.</summary>
internal sealed class PayoutIndex(IReadOnlyCollection<ExpectedPayout> payouts)
{
    private readonly ILookup<string, ExpectedPayout> _byReference =
        payouts.SelectMany(payout => payout.References.Distinct().Select(reference => (reference, payout))).ToLookup(one => one.reference, one => one.payout);

    private readonly ILookup<(string Currency, decimal Amount), ExpectedPayout> _byAmount =
        payouts.ToLookup(payout => (payout.Amount.Currency.Code, payout.Amount.Amount));

    public static PayoutIndex None { get; } = new([]);

    public IEnumerable<ExpectedPayout> Of(string reference) => _byReference[reference];

    public IEnumerable<ExpectedPayout> Of(Money amount) => _byAmount[(amount.Currency.Code, amount.Amount)];
}

/// <summary>
/// Money that a gateway paid out, or a payout that came back: it is no customer's, and confirms what is booked. Certain only if the line names
/// one payout alone, by its id or trace as they are, and the amount is the same.
/// </summary>
internal static class MatchPayout
{
    private const int Named = 70;
    private const int SameAmount = 25;
    private const int Likely = 60;
    private const int DaysApart = 5;

    public static Proposal? Certain(BankLine line, MatchBook book)
    {
        var named = NamedIn(line, book);
        // A payout and what took it back have one name; the sign says which is meant.
        return line.Count == 1 && named.FindAll(payout => payout.Amount == line.Amount) is [var only]
            && named.TrueForAll(payout => payout.References[0] == only.References[0]) ? Of(line, only, isNamed: true) with { Score = 100 } : null;
    }

    /// <summary>Best first: those that are named, and those of the same amount and about that day where the line names the gateway.</summary>
    public static IReadOnlyList<Proposal> Proposals(BankLine line, MatchBook book)
    {
        var named = NamedIn(line, book).Where(payout => payout.Amount.Currency == line.Amount.Currency).ToList();
        return [.. named.Select(payout => Of(line, payout, isNamed: true))
            .Concat(book.Payouts.Of(line.Amount).Except(named).Where(payout => IsAbout(line, payout)).Select(payout => Of(line, payout, isNamed: false)))
            .OrderByDescending(proposal => proposal.Score).ThenBy(proposal => proposal.Payout)];
    }

    private static List<ExpectedPayout> NamedIn(BankLine line, MatchBook book) =>
        [.. line.Ids.Concat(line.References).Append(line.Text).SelectMany(Words).Distinct(StringComparer.Ordinal).SelectMany(book.Payouts.Of).Distinct()];

    // As they stand between blanks and marks; an id has letters, digits and low lines.
    private static IEnumerable<string> Words(string text)
    {
        var start = -1;
        for (var at = 0; at <= text.Length; at++)
        {
            var within = at < text.Length && (char.IsAsciiLetterOrDigit(text[at]) || text[at] == '_');
            if (within && start < 0) start = at;
            if (within || start < 0) continue;
            yield return text[start..at];
            start = -1;
        }
    }

    private static bool IsAbout(BankLine line, ExpectedPayout payout) => Math.Abs(line.On.DayNumber - payout.On.DayNumber) <= DaysApart
        && (line.Payer.Name.Contains(payout.Descriptor, StringComparison.OrdinalIgnoreCase)
            || line.Text.Contains(payout.Descriptor, StringComparison.OrdinalIgnoreCase));

    private static Proposal Of(BankLine line, ExpectedPayout payout, bool isNamed)
    {
        var same = payout.Amount == line.Amount;
        List<string> reasons =
        [
            isNamed ? $"It names the payout {payout.References[0]}, {payout.Number}."
                : $"It comes from {payout.Descriptor} about the day of the payout {payout.References[0]}, {payout.Number}.",
            same ? "The amount is that of the payout." : $"The amount is not that of the payout, {payout.Amount}.",
        ];
        return new Proposal(Guid.Empty, [], 0, 0, 0, null, isNamed ? Named + (same ? SameAmount : 0) : Likely, reasons) { Payout = payout.Entry };
    }
}
