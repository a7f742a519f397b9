using Tieout.Domain.Invoicing.Documents;
using Tieout.Domain.Tax;
using static Tieout.Domain.Tests.Invoicing.Documents.Samples;

namespace Tieout.Domain.Tests.Invoicing.Documents;

/// <summary>A document of every kind that is handed out as UBL; all of them keep all rules of EN 16931.</summary>
internal static class UblKinds
{
    /// <summary>By name. Those of <see cref="Plain"/> keep Peppol's as well.</summary>
    public static IReadOnlyList<(string Name, InvoiceDocument Document)> All { get; } =
    [
        .. Plain,
        ("scripts", Scripts),
        ("no purchase order, no bank account, no terms", Normal with { PurchaseOrder = "", PayTo = null, Terms = null }),
        ("a seller known by its registration, customer without numbers", Zero(Normal, TaxCategory.NotSubject) with
        {
            Seller = Gmbh with { Details = Gmbh.Details with { VatNumber = "" } },
            Buyer = Buyer with { Details = Buyer.Details with { VatNumber = "", Registration = "" } },
        }),
    ];

    /// <summary>With purchase order and electronic addresses.</summary>
    public static IReadOnlyList<(string Name, InvoiceDocument Document)> Plain =>
    [
        ("several subscriptions", Normal),
        ("several rates, discounts, part paid", Rich),
        ("everything", BrokenUbl.Full),
        ("long", Long(60)),
        ("reverse charge", ReverseCharge),
        ("credit memo", CreditMemo),
        ("credit memo of reverse charge", Credit(ReverseCharge)),
        ("credit memo with discounts and rates", Credit(Rich)),
        ("credit memo with a tax point", CreditMemo with { TaxPoint = new(2026, 11, 1), SupplyDate = new(2026, 11, 30) }),
        ("no decimals", In("JPY", 1_234_567m)),
        ("three decimals, the third of them zero", In("KWD", 12.5m)),
        ("another currency than the books'", In("USD", 100m) with { TaxInSellersCurrency = new(M(70.16m), 0.9231m, new(2026, 10, 30), "ECB") }),
        ("a credit memo in another currency", Credit(In("USD", 100m)) with { TaxInSellersCurrency = new(M(70.16m), 0.9231m, new(2026, 10, 30), "ECB") }),
        ("nothing to pay", Of(Line(1, "Free month", 1, 0m, 0m, ""))),
        ("more credited than billed", Of(Line(1, "Seats", 2, 10m, 20m, ""), Line(2, "Seats", -3, 10m, -30m, ""))),
        ("a discount that comes to nothing", Normal with { Adjustments = [new(false, M(0m), "Loyalty discount", TaxCategory.Standard, 0.19m)] }),
        ("a discount of all", Discounted),
        ("a surcharge on a line", Of(Line(1, "Seats", 10, 10m, 105m, "") with { Adjustments = [new(true, M(5m), "Rush", TaxCategory.Standard, 0.19m)] })),
        ("notes with signs in them", Normal with { Notes = ["Ticket #4711, order #12# and #AAI#General.", "1 < 2 & 3", "Part #12x# of two"] }),
        ("a subject that is none", Normal with { Notes = ["Part #12x# of two"] }),
        ("an address with its region", Normal with { Buyer = Buyer with { Details = Buyer.Details with { Region = "Sachsen" } } }),
        ("an hour as unit", Of(Line(1, "Consulting", 1.5m, 120m, 180m, "") with { Unit = "h", UnitCode = "HUR" })),
        .. Enum.GetValues<TaxCategory>().Select(category => ($"discount and surcharge in {category.Letter()}", BrokenUbl.Adjusted(category))),
    ];

    private static InvoiceDocument Discounted
    {
        get
        {
            var whole = Normal.LineNet;
            return Normal with
            {
                Adjustments = [new(false, whole, "First month free", TaxCategory.Standard, 0.19m, 1m, whole)],
                Taxes = [Normal.Taxes[0] with { Base = M(0m), Tax = M(0m) }],
            };
        }
    }

    private static InvoiceDocument Credit(InvoiceDocument invoice) => invoice with
    {
        Kind = Domain.Invoicing.DocumentKind.CreditMemo,
        Number = "DE-2026-0000051",
        DueDate = null,
        Preceding = [new("DE-2026-0000042", new(2026, 11, 1))],
    };
}
