namespace Tieout.Domain.Invoicing;

/// <summary>
/// Tax by code and rate, rounded once per group as a tax line.
/// </summary>
/// <remarks>
/// A correction's tax is what brings the earlier invoice's tax to the tax of what is left of its base. So the parts of an
/// invoice that are credited one after another take exactly its tax with them, however each of them would round by itself.
/// </remarks>
public static class DocumentTaxes
{
    /// <summary>The tax groups of a document, what it bills anew first, in the order of their lines.</summary>
    /// <param name="lines">Each with its tax.</param>
    /// <param name="standing">What stands of the invoices that are corrected.</param>
    /// <exception cref="ArgumentException">A corrected invoice whose standing tax is not given.</exception>
    public static IReadOnlyList<DocumentTax> Of(IReadOnlyList<TaxedLine> lines, IReadOnlyList<StandingTax> standing)
    {
        if (lines.Count == 1) return [Group(lines[0], lines[0].Amount, standing)];
        List<(TaxedLine First, Money Base)> groups = [];
        foreach (var line in lines)
        {
            var index = groups.FindIndex(group => SameGroup(group.First, line));
            if (index < 0) groups.Add((line, line.Amount));
            else groups[index] = (groups[index].First, groups[index].Base + line.Amount);
        }
        return [.. groups.OrderBy(group => group.First.Line.Origin is not null).Select(group => Group(group.First, group.Base, standing))];
    }

    private static bool SameGroup(TaxedLine one, TaxedLine other) =>
        one.Line.Origin?.Invoice == other.Line.Origin?.Invoice && one.Tax.Rate == other.Tax.Rate
        && string.Equals(one.Tax.Code, other.Tax.Code, StringComparison.Ordinal)
        && string.Equals(one.Tax.Category, other.Tax.Category, StringComparison.Ordinal);

    private static DocumentTax Group(TaxedLine first, Money basis, IReadOnlyList<StandingTax> standing)
    {
        var tax = first.Tax;
        var about = first.Line.Origin?.Invoice;
        if (about is null) return new DocumentTax(null, tax.Code, tax.Category, tax.Rate, basis, Rounded(basis, tax.Rate), tax.Ground);
        var stands = standing.FirstOrDefault(item => item.About == about && item.Rate == tax.Rate && string.Equals(item.Code, tax.Code, StringComparison.Ordinal))
            ?? throw new ArgumentException($"Nothing is known of the tax {tax.Code} that stands of invoice {first.Line.Origin!.Number}.", nameof(standing));
        var left = Rounded(basis with { Amount = stands.Base + basis.Amount }, tax.Rate);
        return new DocumentTax(about, tax.Code, tax.Category, tax.Rate, basis, left with { Amount = left.Amount - stands.Tax }, tax.Ground);
    }

    private static Money Rounded(Money basis, decimal rate) => Rounding.TaxLine(basis with { Amount = basis.Amount * rate });
}

/// <summary>A line with its tax.</summary>
public sealed record TaxedLine(LineToBook Line, LineTax Tax)
{
    /// <summary>Net of the line.</summary>
    public Money Amount => Line.Amount;
}
