using Tieout.Domain;
using Tieout.Domain.Exceptions;
using Tieout.Domain.Exchange;
using Tieout.Domain.Invoicing;

namespace Tieout.Application.Invoicing;

/// <summary>A document in the currency of its company's books, at the rate of its own date.</summary>
internal static class ConvertedDocument
{
    /// <summary>
    /// The document with what it is in the books' currency, the conversion proven; as it is where that is its own. Or why it cannot be
    /// converted, and which rate is missing on its day when that is why.
    /// </summary>
    public static (Invoice Document, Finding? Wrong, MissingRate? Missing) Of(Invoice document, string booksCurrency, ExchangeTable exchange)
    {
        if (document.Account.Currency.Code == booksCurrency) return (document, null, null);
        var answer = exchange.On(document.Account.Currency, Currency.Of(booksCurrency), document.IssueDate);
        if (answer is RateAnswer.Missing missing) return (document, missing.Finding, missing.Rate);
        var found = (RateAnswer.Found)answer;
        var net = Conversion.Of(document.Net, found.Rate);
        var tax = Conversion.Of(document.Tax, found.Rate);
        return (ConversionProof.Check(net) ?? ConversionProof.Check(tax)) is { } wrong
            ? (document, wrong, null)
            : (document with { InBooks = new BooksAmounts(net.Converted, tax.Converted, found.Rate) }, null, null);
    }
}
