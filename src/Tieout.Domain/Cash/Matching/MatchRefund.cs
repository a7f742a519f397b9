namespace Tieout.Domain.Cash.Matching;

/// <summary>A refund by transfer that stands in the books and that no line of a bank statement confirms yet.</summary>
/// <param name="Entry">The entry that took the money off the bank account.</param>
/// <param name="Number">Of that entry.</param>
/// <param name="References">What may name it: its number, those of the payment and the documents that it is about.</param>
/// <param name="Account">The billing account that gets the money.</param>
/// <param name="Amount">Above zero.</param>
public sealed record ExpectedRefund(Guid Entry, string Number, IReadOnlyList<string> References, Guid Account, Money Amount, DateOnly On);

/// <summary>
/// Money that we paid back to a customer by transfer: it is booked already, and the line confirms it. Certain only if the line names one such refund
/// alone, went to an account that the customer is known to pay from, and has its amount.
/// </summary>
internal static class MatchRefund
{
    private const int Named = 70;
    private const int KnownPayer = 20;
    private const int AboutTheDay = 20;
    private const int Enough = 40;
    private const int DaysApart = 10;

    public static Proposal? Certain(BankLine line, MatchBook book)
    {
        var found = Of(line, book);
        var named = Referred(line, found);
        return line.Count == 1 && named is [var only] && book.PayersFrom(line.Payer.Account).Contains(only.Account)
            ? Proposed(line, only, isNamed: true, book) with { Score = 100 } : null;
    }

    /// <summary>Best first: those that are named, those that went to where the customer pays from, those of about that day.</summary>
    public static IReadOnlyList<Proposal> Proposals(BankLine line, MatchBook book)
    {
        var found = Of(line, book);
        var named = Referred(line, found);
        return [.. found.Select(refund => Proposed(line, refund, named.Contains(refund), book)).Where(proposal => proposal.Score >= Enough)
            .OrderByDescending(proposal => proposal.Score).ThenBy(proposal => proposal.Refund)];
    }

    private static List<ExpectedRefund> Of(BankLine line, MatchBook book) =>
        line.Amount.Amount >= 0 || line.Returned ? [] : [.. book.RefundsOf(-line.Amount).Where(refund => refund.On <= line.On.AddDays(DaysApart))];

    // Numbers are found as those of invoices are: with or without dashes and spaces, never within a longer row of digits.
    private static List<ExpectedRefund> Referred(BankLine line, List<ExpectedRefund> refunds)
    {
        if (refunds.Count == 0) return [];
        var written = NumberText.Candidates(line).ToHashSet(StringComparer.Ordinal);
        var named = refunds.FindAll(refund => Names(line, refund, refund.Number, written));
        // The refund's own number says more than those of what it is about.
        return named.Count > 0 ? named : refunds.FindAll(refund => refund.References.Any(reference => Names(line, refund, reference, written)));
    }

    private static bool Names(BankLine line, ExpectedRefund refund, string number, HashSet<string> written) =>
        written.Contains(NumberIndex.Fold(NumberIndex.Bare(number)))
        && new NumberIndex([new OpenItem(refund.Entry, number, refund.Account, refund.Amount.Currency, refund.On, refund.Amount.Amount)])
            .Named(line).Exact.Count > 0;

    private static Proposal Proposed(BankLine line, ExpectedRefund refund, bool isNamed, MatchBook book)
    {
        var points = 0;
        List<string> reasons = [];
        if (isNamed) Say(Named, $"It names the refund {refund.Number}, or what that is about.");
        if (book.PayersFrom(line.Payer.Account).Contains(refund.Account)) Say(KnownPayer, "It went to an account this customer is known to pay from.");
        if (Math.Abs(line.On.DayNumber - refund.On.DayNumber) <= DaysApart) Say(AboutTheDay, $"It is of about the day of the refund {refund.Number}.");
        Say(1, "The amount is that of the refund.");
        return new Proposal(refund.Account, [], 0, 0, 0, null, Math.Min(points, 99), reasons) { Refund = refund.Entry };

        void Say(int more, string reason)
        {
            points += more;
            reasons.Add(reason);
        }
    }
}
