using System.Globalization;
using Tieout.Domain.Customers;

namespace Tieout.Domain.Invoicing.Documents;

/// <summary>The words that differ between an invoice and a credit memo, and between a final document and one that is not.</summary>
internal sealed class DocumentWords(InvoiceDocument document)
{
    private bool Credit => document.Kind == DocumentKind.CreditMemo;

    public string Title => Credit ? "Credit memo" : "Invoice";

    public string TitleWithNumber => document.Number.Length > 0 ? $"{Title} {document.Number}" : $"{Title} (draft)";

    public string NumberLabel => Credit ? "Credit memo no." : "Invoice no.";

    public string DateLabel => Credit ? "Date of credit" : "Invoice date";

    public string AmountLabel => Credit ? "Credit" : "Amount";

    public string NetLabel => Credit ? "Net credit" : "Net";

    public string TotalLabel => Credit ? "Total credit" : "Total";

    public string DueLabel => Credit ? "Left to credit" : "Amount due";

    /// <summary>What the figure at the top says.</summary>
    public string Headline => document.Mark == DocumentMark.Void ? "Amount, no longer valid"
        : Credit ? "Credited to you"
        : document.Due.Amount < 0 ? "In your favour"
        : "Amount due";

    public string Mark => document.Mark == DocumentMark.Draft ? "DRAFT" : "VOID";

    /// <summary>The sentence a document that does not stand begins with; empty for a final one.</summary>
    public string MarkSentence => document.Mark switch
    {
        DocumentMark.Draft => "This is a draft. It has no number, may still change, and is not to be paid.",
        DocumentMark.Void => $"This {Title.ToLowerInvariant()} is void{TakenBack}. It is kept for the record and is not to be paid.",
        _ => "",
    };

    private string TakenBack => document.TakenBackBy is { } memo ? $": credit memo {memo.Number} took it back" : "";

    /// <summary>Street, place and country, a line each, in the order of the party's country.</summary>
    public static IEnumerable<string> Address(DocumentParty party)
    {
        var details = party.Details;
        if (details.Street.Length > 0) yield return details.Street;
        var place = Place(party.Country, details);
        if (place.Length > 0) yield return place;
        if (party.Country.Length > 0) yield return Countries.NameOf(party.Country);
    }

    /// <summary>A quantity with its unit.</summary>
    public static string Quantity(DocumentLine line, DocumentFormat format) =>
        line.Unit.Length > 0 ? $"{format.Number(line.Quantity, 0)}\u00a0{line.Unit}" : format.Number(line.Quantity, 0);

    /// <summary>A fraction as a percentage.</summary>
    public static string Percent(decimal fraction, DocumentFormat format) => format.Number(fraction * 100, 0) + "\u00a0%";

    /// <summary>The price of one unit; empty where the amount has no single price, as with tiers.</summary>
    public static string UnitPrice(DocumentLine line, DocumentFormat format) =>
        line.UnitPrice == 0 && !line.Net.IsZero ? "" : format.Number(line.UnitPrice, line.Net.Currency.MinorUnits);

    /// <summary>What a line corrects, in words; empty for an ordinary line.</summary>
    public static string Correction(DocumentLine line) => line.Corrects is { } corrected
        ? $"Corrects invoice {corrected.InvoiceNumber}, line {corrected.LineNumber.ToString(CultureInfo.InvariantCulture)}"
        : "";

    // English-speaking countries and their like put the postcode behind the town, most others before it.
    private static string Place(string country, PartyDetails details)
    {
        string[] parts = country is "US" or "CA" or "AU" or "GB" or "IE" or "NZ" or "IN" or "JP" or "SG"
            ? [details.City + (details.City.Length > 0 && details.Region.Length > 0 ? "," : ""), details.Region, details.Postcode]
            : [details.Postcode, details.City, details.Region.Length > 0 ? $"({details.Region})" : ""];
        return string.Join(' ', parts.Where(part => part.Length > 0));
    }
}
