using System.Xml.Linq;
using static Tieout.Domain.Invoicing.Documents.Ubl.UblView;

namespace Tieout.Domain.Invoicing.Documents.Ubl;

/// <summary>What every line has to say (BR-21 to BR-30, BR-41 to BR-44, BR-CO-04, 23, 24).</summary>
internal static class LineRules
{
    private const string OurFault = "This is a fault of the program; report it with the invoice's number.";

    public static IReadOnlyList<Rule> All { get; } =
    [
        Rule.Line("BR-21", "number", "The line has no number.", OurFault, line => Text(line, "cbc:ID").Length > 0),
        Rule.Line("BR-22", "quantity", "The line has no quantity.", OurFault, line => Quantity(line) is not null),
        Rule.Line("BR-23", "unit", "The quantity has no unit.", OurFault, line => Quantity(line)?.Attribute("unitCode")?.Value is { Length: > 0 }),
        Rule.Line("BR-24", "net", "The line has no amount.", OurFault, line => Amount(line, "cbc:LineExtensionAmount") is not null),
        Rule.Line("BR-25", "description", "The line does not say what was sold.", "Give the price a description.",
            line => Text(line, "cac:Item/cbc:Name").Length > 0),
        Rule.Line("BR-26", "price", "The line has no price.", OurFault, line => Amount(line, "cac:Price/cbc:PriceAmount") is not null),
        Rule.Line("BR-27", "price", "The price is negative.", OurFault, line => Amount(line, "cac:Price/cbc:PriceAmount") is >= 0),
        Rule.Line("BR-30", "period", "The line's period ends before it begins.", OurFault, PresenceRules.InOrder),
        Rule.Line("BR-41", "discount", "A discount on the line has no amount.", OurFault,
            line => Adjustments(line, false).All(item => Amount(item, "cbc:Amount") is not null)),
        Rule.Line("BR-42", "discount", "A discount on the line has no reason.", "Say in words what it is for.",
            line => Adjustments(line, false).All(PresenceRules.HasReason)),
        Rule.Line("BR-CO-23", "discount", "A discount on the line has no reason.", "Say in words what it is for.",
            line => Adjustments(line, false).All(PresenceRules.HasReason)),
        Rule.Line("BR-43", "surcharge", "A surcharge on the line has no amount.", OurFault,
            line => Adjustments(line, true).All(item => Amount(item, "cbc:Amount") is not null)),
        Rule.Line("BR-44", "surcharge", "A surcharge on the line has no reason.", "Say in words what it is for.",
            line => Adjustments(line, true).All(PresenceRules.HasReason)),
        Rule.Line("BR-CO-24", "surcharge", "A surcharge on the line has no reason.", "Say in words what it is for.",
            line => Adjustments(line, true).All(PresenceRules.HasReason)),
        Rule.Line("BR-CO-04", "category", "The line has no tax category.", OurFault, line => CategoryOf(line, "cac:Item/cac:ClassifiedTaxCategory").Length > 0),
    ];

    internal static XElement? Quantity(XElement line) =>
        UblView.All(line, "cbc:InvoicedQuantity").Concat(UblView.All(line, "cbc:CreditedQuantity")).FirstOrDefault();

    /// <summary>All quantities of a line: what is sold, and what the price is for.</summary>
    internal static IEnumerable<XElement> Quantities(XElement line) =>
        line.Descendants().Where(element => element.Name.LocalName is "InvoicedQuantity" or "CreditedQuantity" or "BaseQuantity");

    internal static IEnumerable<XElement> Adjustments(XElement line, bool charge) =>
        UblView.All(line, "cac:AllowanceCharge").Where(item => IsCharge(item) == charge);
}
