namespace Tieout.Domain.Invoicing;

/// <summary>A line of an invoice as it stands, for crediting.</summary>
/// <param name="LineNo">Its number on the invoice.</param>
/// <param name="Revision">The revision of its key that this line is.</param>
/// <param name="Amount">What the invoice said.</param>
/// <param name="Words">What the line said that was billed first for its key; credits repeat it, not one another.</param>
/// <param name="Booked">What stands for its key now.</param>
public sealed record CreditableLine(int LineNo, int Revision, decimal Amount, string Words, BookedLine Booked)
{
    /// <summary>
    /// The most that can still be credited of it: no more than the line said, and no more than is left of what was billed
    /// for its key in all.
    /// </summary>
    public decimal Left => Booked.Billed <= 0 || Amount <= 0 ? 0 : Math.Min(Amount, Booked.Billed);
}

/// <summary>What is asked to be credited of one line.</summary>
public sealed record LineCredit(int LineNo, decimal Amount);

/// <summary>
/// Credit memos that people give. Each takes from what stands billed and leaves what is wanted alone, so the next billing run
/// does not bill it again; <see cref="Void"/> does the opposite.
/// </summary>
public static class CreditMemos
{
    /// <summary>All that is left of every line.</summary>
    public static CreditDecision Whole(IReadOnlyList<CreditableLine> lines, string reason) =>
        lines.Count > 0 && Available(lines) is > 0 and var left
            ? ByAmount(lines, lines[0].Booked.Last.Amount with { Amount = left }, reason)
            : NothingLeft();

    /// <summary>An amount before tax, over all lines in proportion to what is left of each, to the cent.</summary>
    public static CreditDecision ByAmount(IReadOnlyList<CreditableLine> lines, Money amount, string reason)
    {
        var open = lines.Where(line => line.Left > 0).ToList();
        var left = Available(lines);
        if (amount.Amount > left) return TooMuch("amount", amount.Amount, left);
        if (amount.Amount <= 0 || !amount.IsWhole) return NotAnAmount("amount");
        var parts = Allocation.ByLargestRemainder(amount.Amount, open.ConvertAll(line => line.Left), amount.Currency.MinorUnits);
        return Of(lines, [.. open.Zip(parts, (line, part) => new LineCredit(line.LineNo, part)).Where(credit => credit.Amount > 0)], reason);
    }

    /// <summary>What is asked for each line named.</summary>
    public static CreditDecision Of(IReadOnlyList<CreditableLine> lines, IReadOnlyList<LineCredit> credits, string reason)
    {
        if (credits.Count == 0) return NothingLeft();
        if (credits.GroupBy(credit => credit.LineNo).Any(group => group.Count() > 1))
            return new CreditDecision.Refused("lines", "line-twice", "a line is named twice", "Name each line once, with the whole amount.");
        if (credits.Sum(credit => credit.Amount) is var asked && asked > Available(lines)) return TooMuch("lines", asked, Available(lines));
        List<LineToBook> result = [];
        foreach (var credit in credits)
        {
            var line = lines.FirstOrDefault(item => item.LineNo == credit.LineNo);
            var field = $"lines[{credit.LineNo}]";
            if (line is null) return new CreditDecision.Refused(field, "line-unknown", "the invoice has no such line", "Take the numbers from the invoice.");
            if (credit.Amount <= 0 || !(line.Booked.Last.Amount with { Amount = credit.Amount }).IsWhole) return NotAnAmount(field);
            if (credit.Amount > line.Left) return TooMuch(field, credit.Amount, line.Left);
            result.Add(Credited(line, credit.Amount, reason, line.Booked.Standing));
        }
        return new CreditDecision.Given(result);
    }

    /// <summary>
    /// Takes a wrong invoice back whole, so that the next billing run bills anew what is wanted then. Refused once anything
    /// on it was credited or corrected: then the invoice is not what stands any more.
    /// </summary>
    public static CreditDecision Void(IReadOnlyList<CreditableLine> lines, string reason)
    {
        var touched = lines.FirstOrDefault(line => line.Booked.Revision != line.Revision);
        if (touched is not null)
            return new CreditDecision.Refused(
                $"lines[{touched.LineNo}]", "corrected-since", "this line was credited or corrected since",
                "Credit what is left of the invoice instead.");
        return new CreditDecision.Given([.. lines.Select(line => Credited(line, line.Amount, reason, line.Booked.Standing - line.Amount))]);
    }

    private static LineToBook Credited(CreditableLine line, decimal amount, string reason, decimal standing)
    {
        var booked = line.Booked;
        var facts = booked.Last with
        {
            Amount = booked.Last.Amount with { Amount = -amount },
            Description = $"{reason}: {line.Words} (invoice {booked.Origin.Number}, line {booked.Origin.LineNo})",
        };
        return new LineToBook(facts, booked.Revision + 1, standing, booked.Billed - amount, booked.Origin, booked.Tax);
    }

    // Lines below zero correct other invoices and lower what this one asks for: no credit goes beyond what it asked for in all.
    private static decimal Available(IReadOnlyList<CreditableLine> lines) =>
        Math.Min(
            lines.Sum(line => line.Left),
            lines.Sum(line => line.Amount) - lines.Where(line => line.Amount > 0).Sum(line => line.Amount - line.Left));

    private static CreditDecision.Refused NothingLeft() => new(
        "lines", "nothing-left", "nothing is left to be credited", "Look at the credit memos of this invoice.");

    private static CreditDecision.Refused TooMuch(string field, decimal asked, decimal left) => new(
        field, "more-than-billed", FormattableString.Invariant($"{asked:0.####} is more than the {left:0.####} that is left of it"),
        FormattableString.Invariant($"Credit at most {left:0.####}."));

    private static CreditDecision.Refused NotAnAmount(string field) => new(
        field, "bad-amount", "an amount above zero in whole minor units is expected", "Give it with no more decimals than the currency keeps.");
}

/// <summary>What came of asking for a credit.</summary>
public abstract record CreditDecision
{
    private CreditDecision() { }

    /// <summary>The lines of the credit memo; negative.</summary>
    public sealed record Given(IReadOnlyList<LineToBook> Lines) : CreditDecision;

    /// <summary>Not given.</summary>
    public sealed record Refused(string Field, string Code, string Reason, string Remedy) : CreditDecision;
}
