using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using Tieout.Connectors.Port;
using Tieout.Domain.Exceptions;

namespace Tieout.Connectors.AvaTax;

/// <summary>Our document to a <c>CreateTransactionModel</c>.</summary>
/// <remarks>
/// The vendor's specification names no lengths; those here are from general knowledge of the service and kept on the safe side.
/// Texts that only describe are cut; what identifies is refused when it does not fit.
/// </remarks>
internal static class AvaTaxMap
{
    /// <summary>Characters of a document's code.</summary>
    public const int LongestCode = 50;

    /// <summary>Characters of a customer's code.</summary>
    public const int LongestCustomer = 50;

    /// <summary>Characters of a line's number.</summary>
    public const int LongestLineNumber = 50;

    /// <summary>Characters of a certificate's number.</summary>
    public const int LongestExemption = 25;

    /// <summary>Characters of a description.</summary>
    public const int LongestDescription = 255;

    /// <summary>Lines of one document.</summary>
    public const int MostLines = 15_000;

    /// <summary>An estimate: nothing is stored.</summary>
    public const string Order = "SalesOrder";

    /// <summary>The tax code of what is generally taxable, for a category without a setting.</summary>
    public const string GenericTaxCode = "P0000000";

    /// <summary>The document type that is stored: returns have a type of their own, and negative amounts.</summary>
    public static string TypeOf(TaxDocument document) => document.IsCredit ? "ReturnInvoice" : "SalesInvoice";

    /// <summary>What stands against telling it at all; null when nothing does.</summary>
    public static Finding? Fits(TaxDocument document)
    {
        var problem = document switch
        {
            { Lines.Count: 0 } => "it has no lines",
            { Lines.Count: > MostLines } => FormattableString.Invariant($"it has {document.Lines.Count} lines and AvaTax takes {MostLines}"),
            { Number.Length: 0 or > LongestCode } => FormattableString.Invariant($"its number has not 1 to {LongestCode} characters"),
            { CustomerCode.Length: 0 or > LongestCustomer } => FormattableString.Invariant($"the customer's code has not 1 to {LongestCustomer} characters"),
            { Buyer.Country.Length: 0 } => "the customer's country is not known",
            { Buyer: { Country: "US" or "CA", Postcode.Length: 0, Region.Length: 0 } } => "the customer's postcode and region are not known",
            { Buyer.Exemption.Certificate.Length: > LongestExemption } =>
                FormattableString.Invariant($"the certificate's number has more than {LongestExemption} characters"),
            _ when document.Lines.Any(line => line.Number.Length is 0 or > LongestLineNumber) => "a line's number is missing or too long",
            _ when document.Lines.DistinctBy(line => line.Number).Count() < document.Lines.Count => "two lines have the same number",
            _ => null,
        };
        return problem is null ? null : new Finding(
            ExceptionCategory.Data, "tax-document-invalid", $"{document.Number} cannot be told to AvaTax: {problem}.",
            "Complete the customer's tax profile or correct the document, and try again. Nothing was sent.");
    }

    /// <summary>An estimate, or the document to be kept; then the tax that was invoiced is told, so that both books hold the same.</summary>
    public static JsonObject Transaction(TaxDocument document, TaxEngineSettings settings, bool keep)
    {
        var transaction = new JsonObject
        {
            ["type"] = keep ? TypeOf(document) : Order,
            ["code"] = document.Number, // never left out: AvaTax would make one up
            ["companyCode"] = settings.Company,
            ["date"] = Day(document.Date),
            ["customerCode"] = document.CustomerCode,
            ["currencyCode"] = document.Currency.Code,
            ["commit"] = keep,
            ["addresses"] = Addresses(document),
            ["lines"] = new JsonArray([.. document.Lines.Select(line => Line(line, settings))]),
        };
        if (document.Buyer.Vat is { } vat) transaction["businessIdentificationNo"] = vat.Number.ToString();
        if (document.Buyer.Exemption is { } exemption && exemption.Holds(document.Date)) transaction["exemptionNo"] = exemption.Certificate;
        if (keep && document.Tax is { } tax)
            transaction["taxOverride"] = Override(tax, document.TaxDate);
        return transaction;
    }

    /// <summary>A number as it stands in a path; the characters AvaTax cannot take there have spellings of their own.</summary>
    public static string InPath(string code)
    {
        var text = new StringBuilder(code.Length + 8);
        foreach (var letter in code)
            text.Append(letter switch
            {
                '/' => "_-ava2f-_",
                '+' => "_-ava2b-_",
                '?' => "_-ava3f-_",
                '%' => "_-ava25-_",
                '#' => "_-ava23-_",
                _ => Uri.EscapeDataString(letter.ToString()),
            });
        return text.ToString();
    }

    // The day whose rates count goes with the amount: a return is of the day of its invoice.
    private static JsonObject Override(decimal tax, DateOnly? taxDate)
    {
        var json = new JsonObject { ["type"] = "TaxAmount", ["taxAmount"] = tax };
        if (taxDate is { } day) json["taxDate"] = Day(day);
        json["reason"] = taxDate is null ? "As invoiced" : "As credited";
        return json;
    }

    private static JsonObject Line(TaxDocumentLine line, TaxEngineSettings settings) => new()
    {
        ["number"] = line.Number,
        ["amount"] = line.Amount,
        ["quantity"] = line.Quantity,
        ["taxCode"] = settings.TaxCodes.GetValueOrDefault(line.ProductCategory, GenericTaxCode),
        ["description"] = line.Description.Length > LongestDescription ? line.Description[..LongestDescription] : line.Description,
        ["taxIncluded"] = false,
    };

    private static JsonObject Addresses(TaxDocument document) => new()
    {
        ["shipFrom"] = Address(document.Seller),
        ["shipTo"] = Address(new TaxAddress(document.Buyer.Country, document.Buyer.Region, document.Buyer.Postcode)),
    };

    private static JsonObject Address(TaxAddress address)
    {
        var json = new JsonObject { ["country"] = address.Country };
        foreach (var (key, value) in new[] { ("region", address.Region), ("postalCode", address.Postcode), ("city", address.City), ("line1", address.Line1) })
            if (value.Length > 0) json[key] = value;
        return json;
    }

    private static string Day(DateOnly day) => day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
}
