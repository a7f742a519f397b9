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
    /// converted: there is no rate on its day.
    /// </summary>
    public static (Invoice Document, Finding? Wrong) Of(Invoice document, string booksCurrency, ExchangeTable exchange)
    {
        if (document.Account.Currency.Code == booksCurrency) return (document, null);
        var answer = exchange.On(document.Account.Currency, Currency.Of(booksCurrency), document.IssueDate);
        if (answer is not RateAnswer.Found found) return (document, ((RateAnswer.Missing)answer).Finding);
        var net = Conversion.Of(document.Net, found.Rate);
        var tax = Conversion.Of(document.Tax, found.Rate);
        return (ConversionProof.Check(net) ?? ConversionProof.Check(tax)) is { } wrong
            ? (document, wrong)
            : (document with { InBooks = new BooksAmounts(net.Converted, tax.Converted, found.Rate) }, null);
    }
}
