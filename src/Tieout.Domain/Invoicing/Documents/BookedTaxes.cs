namespace Tieout.Domain.Invoicing.Documents;

/// <summary>
/// The taxes of a document as they are printed. The books keep apart what a document bills anew and what it corrects, invoice by
/// invoice; whoever reads it wants one entry per category, rate and code.
/// </summary>
public static class BookedTaxes
{
    /// <summary>Merged, in the order of the books; on a credit memo with the sign turned.</summary>
    public static IReadOnlyList<PrintedTax> On(DocumentKind kind, IEnumerable<DocumentTax> taxes) =>
        [.. taxes.GroupBy(tax => (tax.Category, tax.Rate, tax.Code)).Select(group => Merged(kind, [.. group]))];

    private static PrintedTax Merged(DocumentKind kind, IReadOnlyList<DocumentTax> group)
    {
        var category = BookedCharge.CategoryOf(group[0].Category);
        var basis = group.Skip(1).Aggregate(group[0].Base, (sum, tax) => sum + tax.Base);
        var amount = group.Skip(1).Aggregate(group[0].Tax, (sum, tax) => sum + tax.Tax);
        var credit = kind == DocumentKind.CreditMemo;
        return new PrintedTax(
            category, group[0].Rate, group[0].Code, credit ? -basis : basis, credit ? -amount : amount, Reason(category, group), category.UsualReasonCode());
    }

    // What is taxed states no ground (BR-S-10, BR-Z-10); what is not states the books' own, or the usual one of its category.
    private static string Reason(Tax.TaxCategory category, IReadOnlyList<DocumentTax> group)
    {
        if (category is Tax.TaxCategory.Standard or Tax.TaxCategory.ZeroRated) return "";
        var notes = string.Join("; ", group.Select(tax => tax.Note).Where(note => note.Length > 0).Distinct(StringComparer.Ordinal));
        return notes.Length > 0 ? notes : category.UsualReason();
    }
}
