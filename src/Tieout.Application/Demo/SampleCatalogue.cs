using Tieout.Application.Intake;
using Tieout.Domain;
using Tieout.Domain.Catalog;
using Tieout.Domain.Tax;

namespace Tieout.Application.Demo;

/// <summary>The books of the demo: three companies, their taxes and three plans.</summary>
internal static class SampleCatalogue
{
    private static readonly Currency Dollar = Currency.Of("USD");
    private static readonly Currency Euro = Currency.Of("EUR");
    private static readonly DateOnly Since = new(2021, 1, 1);

    public static BooksFile Books { get; } = new(
        [
            new DeclaredLegalEntity("US", "Meridian Cloud Inc.", Dollar, "US", "US")
            {
                Details = new("500 Harrison Street", "San Francisco", "94105", "CA", "", "C3922113", "billing@meridian.example"),
            },
            new DeclaredLegalEntity("DE", "Meridian Cloud GmbH", Euro, "DE", "DE")
            {
                Details = new("Speicherstraße 11", "Hamburg", "20457", "", "DE136695976", "HRB 90211 Hamburg", "rechnung@meridian.example", "DE136695976", "9930"),
                Bank = new("DE89370400440532013000", "COBADEFFXXX", "Musterbank Hamburg"),
            },
            new DeclaredLegalEntity("ST", "Meridian Studio GmbH", Euro, "DE", "ST")
            {
                Details = new("Gängeviertel 3", "Hamburg", "20355", "", "DE811569869", "HRB 90877 Hamburg", "studio@meridian.example", "DE811569869", "9930"),
                Bank = new("DE02120300000000202051", "BYLADEM1001", "Musterbank Hamburg"),
            },
        ],
        [
            new TaxRate("US-CA", 0.0725m, Since, null),
            new TaxRate("US-EXEMPT", 0m, Since, null, TaxCategory.Exempt),
            new TaxRate("DE-19", 0.19m, Since, null),
            new TaxRate("DE-REVERSE", 0m, Since, null, TaxCategory.ReverseCharge),
        ],
        [
            Plan("STARTER", "Starter", ("base", ChargeIs.Flat, 29m, 27m, Recognition.Immediate, "Starter, monthly")),
            Plan("TEAM", "Team",
                ("base", ChargeIs.Flat, 99m, 92m, Recognition.Immediate, "Team, platform fee"),
                ("seats", ChargeIs.PerUnit, 12.50m, 11.75m, Recognition.Immediate, "Team, seats"),
                ("support", ChargeIs.Flat, 149m, 139m, Recognition.Immediate, "Priority support")),
            Plan("ENTERPRISE", "Enterprise, paid in advance",
                ("base", ChargeIs.Flat, 1_490m, 1_390m, Recognition.Deferred, "Enterprise, platform fee"),
                ("seats", ChargeIs.PerUnit, 9.75m, 9.10m, Recognition.Deferred, "Enterprise, seats"),
                ("storage", ChargeIs.PerUnit, 0.0425m, 0.0395m, Recognition.Immediate, "Storage, GB reserved"),
                ("support", ChargeIs.Flat, 490m, 450m, Recognition.Deferred, "Dedicated support")),
        ]);

    private static DeclaredPlan Plan(
        string code, string name,
        params ReadOnlySpan<(string Component, ChargeIs Is, decimal Dollars, decimal Euros, Recognition Recognition, string Description)> components)
    {
        List<Price> prices = [];
        foreach (var item in components)
        {
            prices.Add(new Price(code, item.Component, Model(item.Is, item.Dollars), Dollar, item.Recognition, item.Description));
            prices.Add(new Price(code, item.Component, Model(item.Is, item.Euros), Euro, item.Recognition, item.Description));
        }
        return new DeclaredPlan(code, name, prices);
    }

    private static ChargeModel Model(ChargeIs kind, decimal amount) =>
        kind == ChargeIs.Flat ? new ChargeModel.Flat(amount) : new ChargeModel.PerUnit(amount);

    private enum ChargeIs
    {
        Flat,
        PerUnit,
    }
}
