using System.Xml.Linq;
using static Tieout.Domain.Invoicing.Documents.Ubl.UblView;

namespace Tieout.Domain.Invoicing.Documents.Ubl;

/// <summary>
/// The families of rules of the tax categories: BR-S, BR-Z, BR-E, BR-AE, BR-IC (category K), BR-G, BR-O, and BR-AF and BR-AG (L and M,
/// the taxes of the Canaries and of Ceuta and Melilla). They differ in who has to name which number, in the rate, and in whether a
/// reason is needed or forbidden.
/// </summary>
internal static class CategoryRules
{
    private const string OurFault = "This is a fault of the program; report it with the invoice's number.";
    private const string LineCategory = "cac:Item/cac:ClassifiedTaxCategory";

    public static IReadOnlyList<Rule> All { get; } =
    [
        .. Family("S", "S", taxed: true, reason: false),
        .. Family("AF", "L", taxed: true, reason: false),
        .. Family("AG", "M", taxed: true, reason: false),
        .. Family("Z", "Z", taxed: false, reason: false),
        .. Family("E", "E", taxed: false, reason: true),
        .. Family("AE", "AE", taxed: false, reason: true),
        .. Family("IC", "K", taxed: false, reason: true),
        .. Family("G", "G", taxed: false, reason: true),
        .. Family("O", "O", taxed: false, reason: true),
        .. CategoryNumbers.All,
        Rule.One("BR-IC-11", "supply-date", "A supply to another member state needs its day or period.", "Give the invoice a billing period.",
            view => !Entries(view, "K").Any() || Text(view.Root, "cac:Delivery/cbc:ActualDeliveryDate").Length > 0
                || UblView.All(view.Root, "cac:InvoicePeriod").Any(period => period.HasElements)),
        Rule.One("BR-IC-12", "buyer.country", "A supply to another member state needs the country it goes to.", "Give the customer its country.",
            view => !Entries(view, "K").Any()
                || Text(view.Root, "cac:Delivery/cac:DeliveryLocation/cac:Address/cac:Country/cbc:IdentificationCode").Length > 1),
        Alone("BR-O-11", "taxes", view => view.Subtotals.SelectMany(tax => UblView.All(tax, "cac:TaxCategory"))),
        Alone("BR-O-12", "lines", view => view.Lines.SelectMany(line => UblView.All(line, LineCategory))),
        Alone("BR-O-13", "adjustments", view => Adjusting(view, charge: false)),
        Alone("BR-O-14", "adjustments", view => Adjusting(view, charge: true)),
    ];

    internal static string OfLine(XElement line) => CategoryOf(line, LineCategory);

    internal static IEnumerable<string> OfAdjustments(UblView view, bool charge) =>
        Adjusting(view, charge).Where(IsVat).Select(category => Text(category, "cbc:ID"));

    private static IEnumerable<XElement> Adjusting(UblView view, bool charge) =>
        view.Anywhere("cac:AllowanceCharge").Where(item => IsCharge(item) == charge).SelectMany(item => UblView.All(item, "cac:TaxCategory"));

    private static IEnumerable<Rule> Family(string family, string letter, bool taxed, bool reason)
    {
        // A taxed category may have an entry per rate; one without tax has a single entry.
        yield return Rule.One($"BR-{family}-01", "taxes", $"Category {letter} of the lines and of the tax entries do not agree.", OurFault,
            view => Bearers(view, letter) == Entries(view, letter).Any()
                && (taxed || Entries(view, letter).Sum(tax => UblView.All(tax, "cac:TaxCategory/cbc:ID").Count()) <= 1));
        yield return Rule.Line($"BR-{family}-05", "rate", RateReason(letter, taxed), "Correct the rate of the tax code.",
            line => OfLine(line) != letter || RateFits(line, LineCategory, letter, taxed));
        yield return Rule.Adjustment($"BR-{family}-06", charge: false, "rate", RateReason(letter, taxed), OurFault,
            item => CategoryOf(item, "cac:TaxCategory") != letter || RateFits(item, "cac:TaxCategory", letter, taxed));
        yield return Rule.Adjustment($"BR-{family}-07", charge: true, "rate", RateReason(letter, taxed), OurFault,
            item => CategoryOf(item, "cac:TaxCategory") != letter || RateFits(item, "cac:TaxCategory", letter, taxed));
        yield return Rule.One($"BR-{family}-08", "taxes.base", $"The base of category {letter} is not the sum of its lines.", OurFault,
            view => Entries(view, letter).All(tax => Amount(tax, "cbc:TaxableAmount") == BaseOf(view, letter, taxed ? Rate(tax, "cac:TaxCategory") : null)));
        yield return Rule.One($"BR-{family}-09", "taxes.tax", $"The tax of category {letter} is not right.", OurFault,
            view => Entries(view, letter).All(tax => taxed ? SumRules.TaxFits(tax) : Amount(tax, "cbc:TaxAmount") == 0));
        yield return Rule.One($"BR-{family}-10", "taxes.reason",
            reason ? $"Category {letter} needs a reason why there is no tax." : $"Category {letter} has no reason for no tax.",
            reason ? "Give the tax code a legal ground." : OurFault,
            view => Entries(view, letter).All(tax => HasReason(tax) == reason));
    }

    private static Rule Alone(string id, string field, Func<UblView, IEnumerable<XElement>> categories) => Rule.One(
        id, field, "What is not subject to VAT cannot stand beside what is.", "Bill the two on invoices of their own.",
        view => !Entries(view, "O").Any() || categories(view).Where(IsVat).All(category => Text(category, "cbc:ID") == "O"));

    private static bool Bearers(UblView view, string letter) => view.Lines.Any(line => OfLine(line) == letter)
        || OfAdjustments(view, charge: false).Concat(OfAdjustments(view, charge: true)).Contains(letter, StringComparer.Ordinal);

    private static IEnumerable<XElement> Entries(UblView view, string letter) =>
        view.Subtotals.Where(tax => CategoryOf(tax, "cac:TaxCategory") == letter);

    private static decimal? Rate(XElement holder, string path) => Amount(holder, path + "/cbc:Percent");

    private static decimal BaseOf(UblView view, string letter, decimal? rate)
    {
        var lines = view.Lines.Where(line => OfLine(line) == letter && (rate is null || Rate(line, LineCategory) == rate))
            .Sum(line => Amount(line, "cbc:LineExtensionAmount") ?? 0);
        return lines + view.Adjustments
            .Where(item => CategoryOf(item, "cac:TaxCategory") == letter && (rate is null || Rate(item, "cac:TaxCategory") == rate))
            .Sum(item => (IsCharge(item) switch { true => 1, false => -1, null => 0 }) * (Amount(item, "cbc:Amount") ?? 0));
    }

    private static bool RateFits(XElement holder, string path, string letter, bool taxed) => (letter, Rate(holder, path)) switch
    {
        ("O", var rate) => rate is null,
        ("L" or "M", var rate) => rate >= 0,
        (_, { } rate) => taxed ? rate > 0 : rate == 0,
        _ => false,
    };

    private static string RateReason(string letter, bool taxed) => letter switch
    {
        "O" => "What is not subject to VAT has no rate.",
        "L" or "M" => $"Category {letter} has a rate of zero or more.",
        _ => taxed ? $"Category {letter} has a rate above zero." : $"Category {letter} has the rate zero.",
    };

    private static bool HasReason(XElement tax) => Text(tax, "cac:TaxCategory/cbc:TaxExemptionReason").Length
        + Text(tax, "cac:TaxCategory/cbc:TaxExemptionReasonCode").Length > 0;
}
