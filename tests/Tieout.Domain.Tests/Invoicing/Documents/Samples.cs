using Tieout.Domain.Invoicing;
using Tieout.Domain.Invoicing.Documents;
using Tieout.Domain.Tax;

namespace Tieout.Domain.Tests.Invoicing.Documents;

/// <summary>Documents of made-up companies, one per situation; their bank accounts and VAT numbers only fit their check digits.</summary>
internal static class Samples
{
    public static readonly Currency Eur = Currency.Of("EUR");
    public static readonly ServicePeriod November = new(new(2026, 11, 1), new(2026, 12, 1));

    public static readonly DocumentParty Gmbh = new("Meridian Cloud GmbH", "DE", new(
        "Speicherstraße 11", "Hamburg", "20457", "", "DE136695976", "HRB 90211 Hamburg", "billing@meridian.example", "DE136695976", "9930"), "Accounts receivable");

    public static readonly DocumentParty Buyer = new("Lindner Verlag AG", "DE", new(
        "Buchgasse 4–6", "Leipzig", "04109", "", "DE811569869", "HRB 4711 Leipzig", "rechnung@lindner.example", "DE811569869", "9930"), "Frau Petra Lindner");

    public static readonly DocumentParty FrenchBuyer = new("Atelier Clair SARL", "FR", new(
        "12, rue des Tanneurs", "Lille", "59800", "", "FR40303265045", "303 265 045 RCS Lille", "", "FR40303265045", "9957"));

    public static readonly PaymentAccount Account = new(new("DE89370400440532013000", "COBADEFFXXX", "Commerzbank Hamburg"), "Meridian Cloud GmbH");

    public static Money M(decimal amount, Currency? currency = null) => new(amount, currency ?? Eur);

    /// <summary>Four lines of two subscriptions, one of them prorated, at 19 %.</summary>
    public static InvoiceDocument Normal => Of(
        Line(1, "Team, platform fee", 1, 92.00m, 92.00m, "Subscription S-000017 (Team)"),
        Line(2, "Team, seats", 24, 11.75m, 282.00m, "Subscription S-000017 (Team)"),
        Line(3, "Team, seats", 6, 11.75m, 47.00m, "Subscription S-000017 (Team)") with
        {
            Arithmetic = "6 × 11.75 × 20 of 30 days",
            Period = new(new(2026, 11, 11), new(2026, 12, 1)),
        },
        Line(4, "Storage, GB reserved", 1250, 0.0395m, 49.38m, "Subscription S-000231 (Enterprise)") with { Unit = "GB", UnitCode = "E34" });

    /// <summary>The same with a discount on the document, two rates, part of it paid, and a line that corrects an earlier one.</summary>
    public static InvoiceDocument Rich
    {
        get
        {
            DocumentLine[] lines =
            [
                Line(1, "Enterprise, platform fee", 1, 1390m, 1390m, "Subscription S-000231 (Enterprise)"),
                Line(2, "Enterprise, seats", 240, 9.10m, 2074.80m, "Subscription S-000231 (Enterprise)") with
                {
                    Adjustments = [new(false, M(109.20m), "Volume discount", TaxCategory.Standard, 0.19m, 0.05m, M(2184m))],
                },
                Line(3, "Enterprise, seats", -3, 9.10m, -27.30m, "Subscription S-000231 (Enterprise)") with
                {
                    Period = new(new(2026, 10, 1), new(2026, 11, 1)), Corrects = new("DE-2026-0000007", 2),
                },
                Line(4, "Handbook, printed", 3, 24.90m, 74.70m, "Extras") with { Rate = 0.07m, TaxCode = "DE-7", Period = null },
            ];
            return Of(lines) with
            {
                Adjustments = [new(false, M(100m), "Loyalty discount", TaxCategory.Standard, 0.19m), new(true, M(4.90m), "Shipping", TaxCategory.Standard, 0.07m)],
                Taxes =
                [
                    new(TaxCategory.Standard, 0.19m, "DE-19", M(3337.50m), M(634.13m)),
                    new(TaxCategory.Standard, 0.07m, "DE-7", M(79.60m), M(5.57m)),
                ],
                Prepaid = M(500m),
                BuyerReference = "KST 4400",
                Notes = ["Thank you for eight years with us.\nQuestions about this invoice: billing@meridian.example.", "Contract 2018-044."],
            };
        }
    }

    public static InvoiceDocument ReverseCharge => Zero(Of(
        Line(1, "Team, platform fee", 1, 92.00m, 92.00m, "Subscription S-000044 (Team)"),
        Line(2, "Team, seats", 12, 11.75m, 141.00m, "Subscription S-000044 (Team)")) with
    { Buyer = FrenchBuyer }, TaxCategory.ReverseCharge);

    public static InvoiceDocument CreditMemo => Of(
        Line(1, "Team, seats", 4, 11.75m, 31.33m, "Subscription S-000017 (Team)") with
        {
            Arithmetic = "4 × 11.75 × 20 of 30 days",
            Period = new(new(2026, 11, 11), new(2026, 12, 1)),
            Corrects = new("DE-2026-0000042", 2),
        }) with
    {
        Kind = DocumentKind.CreditMemo,
        Number = "DE-2026-0000051",
        DueDate = null,
        Preceding = [new("DE-2026-0000042", new(2026, 11, 1))],
        Notes = ["Four seats were given up on 11 November."],
    };

    /// <summary>Names and texts in several scripts, and everything that markup could be made of.</summary>
    public static InvoiceDocument Scripts => Of(
        Line(1, "رسوم المنصة <b>شهرية</b> & \"more\"", 1, 92m, 92m, "اشتراك S-9 (Team)"),
        Line(2, "席のライセンス 日本語", 3, 11.75m, 35.25m, "اشتراك S-9 (Team)"),
        Line(3, "Ωμέγα, Żółć, naïve façade, \u202Eevil\u202C, 👩‍💻 " + string.Concat(Enumerable.Repeat("endlessword", 14)), 1, 10m, 10m, "Scripts")) with
    {
        Buyer = new("شركة النخيل للتجارة <script>alert(1)</script>", "AE", new("شارع الشيخ زايد ١٢", "دبي", "", "")),
        Notes = ["הערה: תודה רבה על ההזמנה!"],
    };

    /// <summary>An invoice of many lines, 25 to a subscription.</summary>
    public static InvoiceDocument Long(int lines) => Of([.. Enumerable.Range(1, lines).Select(number => Line(
        number, number % 7 == 0 ? "Enterprise, seats with a description that does not fit on one line of the column it stands in" : "Team, seats",
        number, 11.75m, number * 11.75m, $"Subscription S-{(number - 1) / 25:000000} (Team)"))]);

    /// <summary>Amounts with the decimals of another currency.</summary>
    public static InvoiceDocument In(string code, decimal price)
    {
        var currency = Currency.Of(code);
        var lines = new[]
        {
            Line(1, "Platform fee", 1, price, price, "") with { Net = M(price, currency) },
            Line(2, "Seats", 3, price, price * 3, "") with { Net = M(price * 3, currency) },
        };
        return Of(lines) with
        {
            Currency = currency,
            Taxes = [new(TaxCategory.Standard, 0.19m, "DE-19", M(price * 4, currency), Rounding.TaxLine(M(price * 4 * 0.19m, currency)))],
        };
    }

    /// <summary>The document with all its lines in a category without tax.</summary>
    public static InvoiceDocument Zero(InvoiceDocument document, TaxCategory category) => document with
    {
        Lines = [.. document.Lines.Select(line => line with { Category = category, Rate = 0m })],
        Taxes = [new(category, 0m, "NONE", document.LineNet, M(0m), category.UsualReason(), category.UsualReasonCode())],
        SupplyDate = category == TaxCategory.IntraCommunity ? new(2026, 11, 30) : null,
    };

    public static DocumentLine Line(int number, string description, decimal quantity, decimal price, decimal net, string group) =>
        new(number, description, quantity, price, M(net), TaxCategory.Standard, 0.19m) { Group = group, Period = November, TaxCode = "DE-19" };

    public static InvoiceDocument Of(params DocumentLine[] lines)
    {
        var net = lines.Sum(line => line.Net.Amount);
        return new InvoiceDocument
        {
            Kind = DocumentKind.Invoice,
            Number = "DE-2026-0000042",
            IssueDate = new(2026, 11, 1),
            DueDate = new(2026, 12, 1),
            Period = November,
            Currency = lines[0].Net.Currency,
            Seller = Gmbh,
            Buyer = Buyer,
            PurchaseOrder = "PO-88213",
            AccountCode = "A-000017",
            CorrelationId = "019aa0f2-4b1c-7c55-9d0a-3f4f2b6c1e10",
            Terms = PaymentTerms.Of(30),
            PayTo = Account,
            Lines = lines,
            Taxes = [new(TaxCategory.Standard, 0.19m, "DE-19", M(net, lines[0].Net.Currency), Rounding.TaxLine(M(net * 0.19m, lines[0].Net.Currency)))],
            TaxName = "VAT",
        };
    }
}
