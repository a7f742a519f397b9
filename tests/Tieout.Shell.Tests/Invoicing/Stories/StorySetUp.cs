using System.Globalization;
using System.Text.Json.Nodes;
using Tieout.Application.Catalog;
using Tieout.Application.Tax;
using Tieout.Application.Usage;
using Tieout.Domain.Usage;
using Tieout.Shell.Tests.Catalog;
using Tieout.Shell.Tests.Database;

namespace Tieout.Shell.Tests.Invoicing.Stories;

/// <summary>What a story begins with: its tables <c>given</c> and <c>plan</c>.</summary>
internal sealed class StorySetUp(TestDatabase database, StoryClock clock)
{
    public async Task Run(StoryFile story)
    {
        foreach (var row in story.Table("given")) await Given(row[0], row[1]);
        foreach (var plan in story.Table("plan").GroupBy(row => (Code: row[0], From: row[1])))
            await Plan(plan.Key.Code, plan.Key.From, [.. plan.Select(row => StoryPrice.Of(row[2], row[3..]))]);
    }

    private Task Given(string what, string words) => what switch
    {
        "seller" => Seller(StoryWords.Read("([A-Z]{2}), (.+), books in ([A-Z]{3})(, one-stop shop)?", words)),
        "tax" => Rate(StoryWords.Read(@"(\S+) is (\S+) % from (\S+?)(?: to (\S+))?", words)),
        "customer" => Customer(StoryWords.Read(@"(\S+), a (business|consumer) in ([A-Z]{2})(?: with VAT number (\S+))?", words)),
        "account" => Account(StoryWords.Read(@"(\S+) of (\S+) pays in ([A-Z]{3}), tax code (\S+), within (\d+) days", words)),
        "meter" => Meter(words),
        "discount" => Discount(StoryWords.Read(@"(\S+): (\S+) (%|[A-Z]{3}) off the (component|subscription|account)", words)),
        _ => throw new FormatException($"Nothing is given by: {what}"),
    };

    private Task Seller(string[] of) => database.Execute(
        $"""
        insert into customers.legal_entity (id, code, name, currency, country, series)
          values (md5('{of[0]}')::uuid, '{of[0]}', '{of[1]}', '{of[2]}', '{of[0]}', '{of[0]}');
        insert into tax.seller (legal_entity_id, one_stop_shop) values (md5('{of[0]}')::uuid, {(of[3].Length > 0 ? "true" : "false")});
        """);

    private Task Rate(string[] of)
    {
        var until = of[3].Length == 0 ? "null" : $"'{StoryWords.After(of[3])}'";
        return database.Execute($"insert into tax.rate (code, rate, from_date, until_date) values ('{of[0]}', {of[1]} / 100.0, '{of[2]}', {until})");
    }

    private async Task Customer(string[] of)
    {
        await database.Execute($"insert into customers.customer (id, code, name, country, correlation_id) values (md5('{of[0]}')::uuid, '{of[0]}', '{of[0]}', '{of[2]}', md5('k{of[0]}')::uuid)");
        await Profile(of[0], of[1], of[2], of[3]);
    }

    /// <summary>Who a customer is for its taxes.</summary>
    public async Task Profile(string customer, string kind, string country, string vat) =>
        (await new TaxProfiles(database.Source, clock).Save(
            customer, new TaxProfileForm(country, Business: kind == "business", VatNumber: vat.Length > 0 ? vat : null), "ann", CancellationToken.None))
            .ShouldBeOfType<TaxProfileOutcome.Saved>();

    private Task Account(string[] of) => database.Execute(
        $"""
        insert into customers.billing_account (id, code, customer_id, legal_entity_id, currency, tax_code, term_days, correlation_id)
          select md5('{of[0]}')::uuid, '{of[0]}', md5('{of[1]}')::uuid, id, '{of[2]}', '{of[3]}', {of[4]}, md5('ka{of[0]}')::uuid from customers.legal_entity
        """);

    private async Task Meter(string code) =>
        (await new Meters(database.Source).Declare(
            MeterRules.Judge(new MeterDraft(code, code, Aggregation.Sum, [code], ValueProperty: "n")).Meter!, CancellationToken.None)).ShouldBeOfType<MeterOutcome.Declared>();

    private async Task Discount(string[] of)
    {
        var percent = of[2] == "%";
        var value = percent ? decimal.Parse(of[1], CultureInfo.InvariantCulture) / 100 : decimal.Parse(of[1], CultureInfo.InvariantCulture);
        var json = new JsonObject
        {
            ["code"] = of[0],
            ["kind"] = percent ? "percent" : "amount",
            ["value"] = value.ToString(CultureInfo.InvariantCulture),
            ["scope"] = of[3],
        };
        if (!percent) json["currency"] = of[2];
        (await new DiscountBook(database.Source).Add(CatalogueTests.Json(json.ToJsonString()), CancellationToken.None)).ShouldBeOfType<DiscountOutcome.Stands>();
    }

    private async Task Plan(string code, string from, JsonNode[] prices)
    {
        var json = new JsonObject { ["code"] = code, ["name"] = code, ["publish"] = true, ["effective-from"] = from, ["prices"] = new JsonArray(prices) };
        var outcome = await new ChangePlan(database.Source).Create(CatalogueTests.Json(json.ToJsonString()), "ann", CancellationToken.None);
        outcome.ShouldBeOfType<PlanOutcome.Done>(outcome.ToString());
    }
}
