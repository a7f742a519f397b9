using Tieout.Domain;
using Tieout.Domain.Exceptions;
using Tieout.Domain.Exchange;
using Tieout.Domain.Invoicing;

namespace Tieout.Application.Invoicing;

/// <summary>
/// A document in the currency of its company's books: what a run bills at the rate of its own date, a credit memo that a person gives
/// at that of its invoice.
/// </summary>
internal static class ConvertedDocument
{
    /// <summary>
    /// The document with what it is in the books' currency, the conversion proven; as it is where that is its own. Or why it cannot be
    /// converted, and which rate is missing on its day when that is why.
    /// </summary>
    /// <param name="document">The document, in its own currency only.</param>
    /// <param name="booksCurrency">The currency of its company's books.</param>
    /// <param name="exchange">The rates known.</param>
    /// <param name="rateDay">The day whose rate counts.</param>
    public static (Invoice Document, Finding? Wrong, MissingRate? Missing) Of(
        Invoice document, string booksCurrency, ExchangeTable exchange, DateOnly rateDay)
    {
        if (document.Account.Currency.Code == booksCurrency) return (document, null, null);
        var answer = exchange.On(document.Account.Currency, Currency.Of(booksCurrency), rateDay);
        if (answer is RateAnswer.Missing missing) return (document, missing.Finding, missing.Rate);
        var found = (RateAnswer.Found)answer;
        var net = Conversion.Of(document.Net, found.Rate);
        var tax = Conversion.Of(document.Tax, found.Rate);
        return (ConversionProof.Check(net) ?? ConversionProof.Check(tax)) is { } wrong
            ? (document, wrong, null)
            : (document with { InBooks = new BooksAmounts(net.Converted, tax.Converted, found.Rate) }, null, null);
    }
}
