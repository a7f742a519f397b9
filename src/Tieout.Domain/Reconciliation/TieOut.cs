namespace Tieout.Domain.Reconciliation;

/// <summary>Compares a document in our books with what the ERP holds under the same key.</summary>
public static class TieOut
{
    /// <summary>
    /// All differences; none when they agree to the last decimal. <paramref name="ours"/> is null for a key we never
    /// posted, <paramref name="theirs"/> is empty when the ERP has nothing. Both absent is a bug and throws.
    /// </summary>
    public static IReadOnlyList<Break> Compare(BookDocument? ours, IReadOnlyList<BookDocument> theirs)
    {
        if (ours is null) return [.. theirs.Select(Unexpected)];
        if (theirs.Count == 0) return [Missing(ours)];
        return [.. theirs.Skip(1).Select(extra => Duplicate(ours, extra, theirs.Count)), .. Differences(ours, theirs[0])];
    }

    /// <summary>What an ERP holds though it was posted into another one.</summary>
    /// <param name="theirs">As held.</param>
    /// <param name="home">The target it was posted into, or is to be.</param>
    public static Break Elsewhere(BookDocument theirs, string home) => new(
        BreakCategory.Duplicate, theirs.Key, theirs.Number,
        $"The ERP holds {theirs.Number} under a key that belongs to {home}: one document in two ERPs, or in the wrong one.",
        Worth(theirs, theirs.Total));

    private static IEnumerable<Break> Differences(BookDocument ours, BookDocument theirs)
    {
        Break Of(BreakCategory category, string cause, decimal amount) => new(category, ours.Key, theirs.Number, cause, Worth(ours, amount));

        if (ours.Customer != theirs.Customer)
            yield return Of(BreakCategory.Customer, $"Invoiced to customer {ours.Customer}; the ERP booked it on {theirs.Customer}.", ours.Total);
        if (ours.Month != theirs.Month)
            yield return Of(BreakCategory.Period, $"Booked in {ours.Month} here and in {theirs.Month} in the ERP.", ours.Total);
        if (ours.Currency != theirs.Currency)
        {
            yield return Of(BreakCategory.Currency, $"Invoiced in {ours.Currency}; the ERP holds it in {theirs.Currency}.", ours.Total);
            yield break;
        }
        if (ours.Net != theirs.Net)
            yield return Of(BreakCategory.Amount, $"Net {ours.Net} here and {theirs.Net} in the ERP.", ours.Net - theirs.Net);
        if (ours.Tax != theirs.Tax)
            yield return Of(BreakCategory.Tax, TaxCause(ours, theirs), ours.Tax - theirs.Tax);
        // Only when neither part explains it: an ERP total that is not the sum of its own parts.
        if (ours.Total != theirs.Total && ours.Net == theirs.Net && ours.Tax == theirs.Tax)
            yield return Of(BreakCategory.Amount, $"Total {ours.Total} here and {theirs.Total} in the ERP, though net and tax agree.", ours.Total - theirs.Total);
    }

    private static string TaxCause(BookDocument ours, BookDocument theirs)
    {
        var unit = new decimal(1, 0, 0, isNegative: false, (byte)Currency.Of(ours.Currency).MinorUnits);
        var cause = $"Tax {ours.Tax} here and {theirs.Tax} in the ERP.";
        return Math.Abs(ours.Tax - theirs.Tax) == unit
            ? cause + " One minor unit: the ERP computed the tax itself and rounds halves to even, we round them away from zero."
            : cause;
    }

    private static Break Missing(BookDocument ours) => new(
        BreakCategory.Missing, ours.Key, ours.Number,
        $"We hold it as posted{(ours.Number.Length > 0 ? $" as {ours.Number}" : "")}; the ERP does not have it.",
        Worth(ours, ours.Total));

    private static Break Unexpected(BookDocument theirs) => new(
        BreakCategory.Unexpected, theirs.Key, theirs.Number,
        $"The ERP holds {theirs.Number} under a key of our series that we never posted.",
        Worth(theirs, theirs.Total));

    private static Break Duplicate(BookDocument ours, BookDocument extra, int count) => new(
        BreakCategory.Duplicate, ours.Key, extra.Number,
        $"The ERP holds it {count} times; {extra.Number} is one too many.",
        Worth(extra, extra.Total));

    private static Money Worth(BookDocument document, decimal amount) => new(Math.Abs(amount), Currency.Of(document.Currency));
}
