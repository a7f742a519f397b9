using System.Globalization;
using Tieout.Domain.Invoicing;
using Tieout.Domain.Tax;

namespace Tieout.Application.Tax;

/// <summary>An engine's answer in the words of our invoices.</summary>
internal static class QuotedTaxes
{
    /// <summary>
    /// Each line with its tax: our code of the place, the sum of the rates, the amount as quoted. A line of no rate is E under a certificate
    /// and Z otherwise, and says so.
    /// </summary>
    public static IReadOnlyDictionary<LineKey, TaxedLine> Of(QuoteWanted wanted, Guid id, TaxQuote quote)
    {
        var answers = quote.Lines.ToDictionary(line => line.Number, StringComparer.Ordinal);
        Dictionary<LineKey, TaxedLine> lines = new(wanted.Lines.Count);
        foreach (var (index, line) in wanted.Lines.Index())
        {
            var answer = answers[QuoteWanted.Number(index)];
            lines.Add(line.Line.Key, new TaxedLine(line, TaxOf(wanted, line, answer))
            {
                Quote = new LineQuote(id, answer.Tax, Explanation(wanted, answer)),
            });
        }
        return lines;
    }

    private static LineTax TaxOf(QuoteWanted wanted, LineToBook line, QuotedLine answer)
    {
        var (settings, buyer, day) = (wanted.Route.Settings, wanted.Document.Buyer, wanted.Document.Date);
        var place = answer.Parts.FirstOrDefault(part => part.Country.Length > 0);
        var code = settings.CodeFor(place?.Country ?? buyer.Country, place?.Region ?? buyer.Region);
        var rate = QuotedRate.Of(line.Amount.Amount, answer.Parts);
        if (rate > 0) return new LineTax(code, TaxCategory.Standard.Letter(), rate, day);
        return buyer.Exemption is { } exemption && exemption.Holds(day)
            ? new LineTax($"{code}-exempt", TaxCategory.Exempt.Letter(), 0, day, $"Exempt from tax by certificate {exemption.Certificate}.")
            : new LineTax($"{code}-untaxed", TaxCategory.ZeroRated.Letter(), 0, day, $"Not taxed in {code}.");
    }

    private static string Explanation(QuoteWanted wanted, QuotedLine answer)
    {
        var parts = answer.Parts.Select(part => string.Create(
            CultureInfo.InvariantCulture, $"{part.Jurisdiction} {part.Rate * 100:0.####} % of {part.Base:0.####} is {part.Tax:0.####}"));
        var all = answer.Parts.Count == 0 ? "taxed by nobody" : string.Join("; ", parts);
        return $"{wanted.Route.Name}, asked for {wanted.Document.Date.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture)}: {all}.";
    }
}
