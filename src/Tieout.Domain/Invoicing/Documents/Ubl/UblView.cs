using System.Globalization;
using System.Xml.Linq;

namespace Tieout.Domain.Invoicing.Documents.Ubl;

/// <summary>Reads a UBL document by short paths, such as <c>cac:Party/cbc:EndpointID</c>.</summary>
internal sealed class UblView(XElement root)
{
    public XElement Root { get; } = root;

    public bool IsCreditNote { get; } = root.Name == UblNames.CreditNote + "CreditNote";

    public IReadOnlyList<XElement> Lines { get; } = [.. All(root, "cac:InvoiceLine"), .. All(root, "cac:CreditNoteLine")];

    /// <summary>Taxes of the document's own currency; those of the other currency have no parts.</summary>
    public IReadOnlyList<XElement> Subtotals { get; } = [.. All(root, "cac:TaxTotal/cac:TaxSubtotal")];

    public IReadOnlyList<XElement> Adjustments { get; } = [.. All(root, "cac:AllowanceCharge")];

    public string Currency { get; } = Text(root, "cbc:DocumentCurrencyCode");

    public XElement? Seller { get; } = All(root, "cac:AccountingSupplierParty/cac:Party").FirstOrDefault();

    public XElement? Buyer { get; } = All(root, "cac:AccountingCustomerParty/cac:Party").FirstOrDefault();

    public string SellerVat => VatOf(Seller);

    public string BuyerVat => VatOf(Buyer);

    public string BuyerRegistration => Buyer is null ? "" : Text(Buyer, "cac:PartyLegalEntity/cbc:CompanyID");

    public decimal? Total(string name) => Amount(Root, "cac:LegalMonetaryTotal/cbc:" + name);

    /// <summary>The tax in a currency; null when it is not stated or stated twice.</summary>
    public decimal? Tax(string currency) =>
        All(Root, "cac:TaxTotal/cbc:TaxAmount").Where(amount => (string?)amount.Attribute("currencyID") == currency).Take(2).ToArray() is [var one]
            ? Decimal(one.Value)
            : null;

    public static IEnumerable<XElement> All(XElement from, string path)
    {
        IEnumerable<XElement> found = [from];
        foreach (var step in path.Split('/'))
        {
            found = found.Elements(Name(step));
        }
        return found;
    }

    /// <summary>Elements by the end of their path, at any depth.</summary>
    public IEnumerable<XElement> Anywhere(string path) =>
        path.Split('/', 2) is [var first, var rest] ? Named(first).SelectMany(element => All(element, rest)) : Named(path);

    /// <summary>The first element's text, trimmed; empty when there is none.</summary>
    public static string Text(XElement from, string path) => All(from, path).FirstOrDefault()?.Value.Trim() ?? "";

    public static decimal? Amount(XElement from, string path) => All(from, path).FirstOrDefault() is { } element ? Decimal(element.Value) : null;

    public static decimal? Decimal(string text) =>
        decimal.TryParse(text, NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint | NumberStyles.AllowLeadingWhite | NumberStyles.AllowTrailingWhite,
            CultureInfo.InvariantCulture, out var number) ? number : null;

    /// <summary>Whether a category or a registration is of VAT and of no other tax.</summary>
    public static bool IsVat(XElement holder) => string.Equals(Text(holder, "cac:TaxScheme/cbc:ID"), "VAT", StringComparison.OrdinalIgnoreCase);

    /// <summary>The letter of a category of VAT; one of another tax scheme is none.</summary>
    public static string CategoryOf(XElement holder, string path) => All(holder, path)
        .Where(IsVat)
        .Select(category => Text(category, "cbc:ID")).FirstOrDefault("");

    /// <summary>The rate of a tax entry in percent; that of another tax is none.</summary>
    public static decimal? RateOf(XElement tax) => All(tax, "cac:TaxCategory").Where(IsVat).Select(category => Amount(category, "cbc:Percent")).FirstOrDefault();

    /// <summary>Whether it adds or takes away; null where it does not say.</summary>
    public static bool? IsCharge(XElement adjustment) => Text(adjustment, "cbc:ChargeIndicator") switch
    {
        "true" or "1" => true,
        "false" or "0" => false,
        _ => null,
    };

    private IEnumerable<XElement> Named(string step) => Root.Descendants(Name(step));

    private static XName Name(string step) => (step.StartsWith("cac:", StringComparison.Ordinal) ? UblNames.Cac : UblNames.Cbc) + step[4..];

    private static string VatOf(XElement? party) => party is null ? "" : All(party, "cac:PartyTaxScheme")
        .Where(IsVat)
        .Select(scheme => Text(scheme, "cbc:CompanyID")).FirstOrDefault("");
}
