using Tieout.Domain.Exceptions;
using Tieout.Domain.Tax;

namespace Tieout.Domain.Invoicing;

/// <summary>
/// Tax by code and rate, rounded once per group as a tax line.
/// </summary>
/// <remarks>
/// A correction's tax is what brings the earlier invoice's tax to the tax of what is left of its base. So the parts of an
/// invoice that are credited one after another take exactly its tax with them, however each of them would round by itself.
/// What a tax engine computed is taken as it was quoted, line by line, and what its rounding differs by goes with corrections in proportion.
/// </remarks>
public static class DocumentTaxes
{
    /// <summary>The tax groups of a document, what it bills anew first, in the order of their lines.</summary>
    /// <param name="lines">Each with its tax.</param>
    /// <param name="standing">What stands of the invoices that are corrected.</param>
    /// <exception cref="ArgumentException">A corrected invoice whose standing tax is not given.</exception>
    public static IReadOnlyList<DocumentTax> Of(IReadOnlyList<TaxedLine> lines, IReadOnlyList<StandingTax> standing)
    {
        if (lines.Count == 1) return [Group(lines[0], lines[0].Amount, lines[0].Quote?.Tax, standing)];
        List<(TaxedLine First, Money Base, decimal? Quoted)> groups = [];
        foreach (var line in lines)
        {
            var index = groups.FindIndex(group => SameGroup(group.First, line));
            if (index < 0) groups.Add((line, line.Amount, line.Quote?.Tax));
            else groups[index] = (groups[index].First, groups[index].Base + line.Amount, groups[index].Quoted + line.Quote?.Tax);
        }
        return [.. groups.OrderBy(group => group.First.Line.Origin is not null).Select(group => Group(group.First, group.Base, group.Quoted, standing))];
    }

    /// <summary>
    /// Checkpoint 2 of a document that an engine taxed: bases and taxes of what it bills anew are those of the lines quoted. Null when they
    /// are. Each line's own tax was proved before, by <see cref="QuoteProof"/>.
    /// </summary>
    public static Finding? OtherThanQuoted(Invoice document)
    {
        var anew = document.Lines.Where(line => line.Line.Origin is null).ToList();
        var groups = document.Taxes.Where(tax => tax.About is null).ToList();
        var fits = anew.TrueForAll(line => line.Quote is not null) && anew.GroupBy(line => (line.Tax.Code, line.Tax.Rate)).Count() == groups.Count
            && groups.TrueForAll(group =>
            {
                var own = anew.FindAll(line => line.Tax.Code == group.Code && line.Tax.Rate == group.Rate);
                return own.Sum(line => line.Amount.Amount) == group.Base.Amount && own.Sum(line => line.Quote!.Tax) == group.Tax.Amount;
            });
        return fits ? null : new Finding(
            ExceptionCategory.Technical, QuoteProof.Code, "the taxes of the document are not those that were quoted for its lines.",
            "The invoice is not issued. This should not happen and wants an engineer: give them this text.");
    }

    private static bool SameGroup(TaxedLine one, TaxedLine other) =>
        one.Line.Origin?.Invoice == other.Line.Origin?.Invoice && one.Tax.Rate == other.Tax.Rate && one.Quote is null == other.Quote is null
        && string.Equals(one.Tax.Code, other.Tax.Code, StringComparison.Ordinal)
        && string.Equals(one.Tax.Category, other.Tax.Category, StringComparison.Ordinal);

    private static DocumentTax Group(TaxedLine first, Money basis, decimal? quoted, IReadOnlyList<StandingTax> standing)
    {
        var tax = first.Tax;
        var about = first.Line.Origin?.Invoice;
        if (about is null)
            return new DocumentTax(
                null, tax.Code, tax.Category, tax.Rate, basis, quoted is { } told ? basis with { Amount = told } : Rounded(basis, tax.Rate), tax.Ground);
        var stands = standing.FirstOrDefault(item => item.About == about && item.Rate == tax.Rate && string.Equals(item.Code, tax.Code, StringComparison.Ordinal))
            ?? throw new ArgumentException($"Nothing is known of the tax {tax.Code} that stands of invoice {first.Line.Origin!.Number}.", nameof(standing));
        var left = Left(stands, basis, tax.Rate);
        return new DocumentTax(about, tax.Code, tax.Category, tax.Rate, basis, left with { Amount = left.Amount - stands.Tax }, tax.Ground);
    }

    // An engine rounds by line and jurisdiction: the cents by which what stands is not base times rate go with it in proportion.
    private static Money Left(StandingTax stands, Money correction, decimal rate)
    {
        var left = stands.Base + correction.Amount;
        var cents = stands.Tax - Rounded(correction with { Amount = stands.Base }, rate).Amount;
        var share = cents == 0 || stands.Base == 0 ? 0 : cents * left / stands.Base;
        return Rounding.TaxLine(correction with { Amount = (left * rate) + share });
    }

    private static Money Rounded(Money basis, decimal rate) => Rounding.TaxLine(basis with { Amount = basis.Amount * rate });
}

/// <summary>A line with its tax.</summary>
public sealed record TaxedLine(LineToBook Line, LineTax Tax)
{
    /// <summary>Net of the line.</summary>
    public Money Amount => Line.Amount;

    /// <summary>What a tax engine said of it; null where our own table decides, and on a correction.</summary>
    public LineQuote? Quote { get; init; }
}

/// <summary>What a tax engine said of a line.</summary>
/// <param name="Id">The quote that is kept.</param>
/// <param name="Tax">Whole minor units.</param>
/// <param name="Explanation">By which jurisdictions, for whoever asks why.</param>
public sealed record LineQuote(Guid Id, decimal Tax, string Explanation);
