using System.Globalization;
using System.Xml.Linq;

namespace Tieout.Domain.Invoicing.Documents.Ubl;

/// <summary>Namespaces of UBL 2.1, and elements that are left out when they would be empty: Peppol allows no empty ones.</summary>
internal static class UblNames
{
    public static readonly XNamespace Invoice = "urn:oasis:names:specification:ubl:schema:xsd:Invoice-2";
    public static readonly XNamespace CreditNote = "urn:oasis:names:specification:ubl:schema:xsd:CreditNote-2";
    public static readonly XNamespace Cac = "urn:oasis:names:specification:ubl:schema:xsd:CommonAggregateComponents-2";
    public static readonly XNamespace Cbc = "urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2";

    // EN 16931 allows two decimals in an amount. More are written only where the amount has them, and then the rules refuse the document.
    private const int MostDecimals = 2;

    /// <summary>A value; nothing when it is empty.</summary>
    public static XElement? Value(string name, string value, params ReadOnlySpan<(string Name, string Value)> attributes)
    {
        if (string.IsNullOrWhiteSpace(value)) return null;
        var element = new XElement(Cbc + name, Printable.Text(value));
        foreach (var (attribute, content) in attributes) element.SetAttributeValue(attribute, content);
        return element;
    }

    /// <summary>A group; nothing when all its parts are nothing.</summary>
    public static XElement? Group(string name, params ReadOnlySpan<object?> parts)
    {
        var element = new XElement(Cac + name);
        foreach (var part in parts) element.Add(part);
        return element.IsEmpty || !element.HasElements ? null : element;
    }

    public static XElement? Day(string name, DateOnly? day) =>
        day is { } known ? Value(name, known.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture)) : null;

    public static XElement? Amount(string name, Money money) => Value(name, Plain(money), ("currencyID", money.Currency.Code));

    public static XElement? Period(ServicePeriod? period) => period is { } days
        // Half-open here, with its last day there.
        ? Group("InvoicePeriod", Day("StartDate", days.Start), Day("EndDate", days.End.AddDays(-1)))
        : null;

    /// <summary>A number without needless zeros.</summary>
    public static string Number(decimal value) => (value / 1.0000000000000000000000000000m).ToString(CultureInfo.InvariantCulture);

    private static string Plain(Money money)
    {
        var canonical = money.Amount / 1.0000000000000000000000000000m;
        return Rounding.Plain(canonical, Math.Max(Math.Min(money.Currency.MinorUnits, MostDecimals), canonical.Scale));
    }
}
