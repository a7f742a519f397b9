using System.Text.Json;
using Tieout.Application.Journals;
using Tieout.Application.Posting;
using Tieout.Domain.Reconciliation;
using Tieout.Shell.Tests.Catalog;
using Tieout.Shell.Tests.Connectors.Dynamics;
using Tieout.Shell.Tests.Connectors.NetSuite;
using Tieout.Shell.Tests.Database;
using Tieout.Shell.Tests.Posting;

namespace Tieout.Shell.Tests.Revenue;

/// <summary>
/// Revenue in a foreign currency in the ERP. DE keeps its books in dollars and bills 10.02 and 10.04 euros (and tax) for November, deferred, on its first
/// day, when a euro is 1.10; on its last day, when the month is booked, it is 1.30. The ERPs have rates of their own, 1.25 for whatever day.
/// </summary>
public sealed class RevenueFxInTheErpTests(PostgresFixture postgres)
{
    private const string November = "2026-11";

    private const string Dollars =
        """
        update customers.legal_entity set currency = 'USD' where code = 'DE';
        insert into exchange.rate (base, quote, date, type, version, rate, source, reason, actor, created_at)
        select 'EUR', 'USD', day, 'spot', 1, rate, '', '', 'mara', now()
        from (values ('2026-11-01'::date, 1.10), ('2026-11-20', 1.20), ('2026-11-30', 1.30)) as of (day, rate);
        """;

    [Fact]
    public async Task What_deferred_revenue_was_invoiced_at_is_what_leaves_it_in_the_erp()
    {
        await using var world = await World.Start(postgres, 4, Dollars);
        IReadOnlyList<DeliveryTarget> targets = [world.Target(world.Settings("1710")), world.Target(world.Settings("1710") with { Name = "sap-de" }, entity: "DE")];
        (await world.Deliver(targets)).Waiting.ShouldBe(0);
        // 10.02 and 1.90 of tax at 1.10; what both come to is what the customer owes.
        var invoice = (await world.Rows<string>("select number from invoicing.invoice where currency = 'EUR' and net = 10.02")).ShouldHaveSingleItem();
        (await world.InCompany(invoice)).ShouldBe("24900000 -11.02, 12100000 13.11, 22000000 -2.09");

        var booked = (await new RevenueBooks(world.Database, new RevenueRefusals.Fixed()).Run(November)).Booked.ShouldHaveSingleItem();
        booked.Amount.ShouldBe(new(20.06m, Domain.Currency.Of("EUR")));
        var byHand = await Journal(world, "\"rate\":\"1.5\",");
        var ofTheDay = await Journal(world, "");
        (await world.Deliver(targets)).Waiting.ShouldBe(0);
        (await world.OpenCases()).ShouldBeEmpty();
        (await world.InCompany(booked.Entry)).ShouldBe("24900000 22.06, 41000000 -22.06"); // 11.02 + 11.04, and not 26.08
        (await world.InCompany(byHand)).ShouldBe("68000000 15.02, 41000000 -15.02");
        (await world.InCompany(ofTheDay)).ShouldBe("68000000 12.01, 41000000 -12.01");
        (await world.TieOut(targets)).Entities.ShouldAllBe(entity => entity.Verdict == Verdict.Reconciled);

        // Somebody has SAP convert it anew: the documents agree in euros, and a warning says what does not in dollars.
        await world.Tell("tamper/in-books", new { companyCode = "1710", reference = booked.Entry, by = 4.02m });
        var verdict = (await world.TieOut(targets)).Entities.Single(entity => entity.LegalEntity == "DE");
        (verdict.Verdict, verdict.Breaks).ShouldBe((Verdict.ReconciledWithWarnings, 2));
        (await world.Rows<string>("select cause from exceptions.exception_case where state = 'open' and code = 'break-books' and cause like '%24900000%'"))
            .ShouldHaveSingleItem().ShouldBe("sap-de: In USD the documents in EUR moved 0.00 here and 4.02 on account 24900000 of the ERP, which converted one of them by another rate.");
        await world.Tell("tamper/in-books", new { companyCode = "1710", reference = booked.Entry, by = -4.02m });
        (await world.TieOut(targets)).Entities.ShouldAllBe(entity => entity.Verdict == Verdict.Reconciled);
        (await world.OpenCases()).ShouldBeEmpty();
    }

    [Fact]
    public async Task An_erp_that_takes_a_rate_for_each_line_books_the_same_cents()
    {
        await using var world = await World.Start(postgres, 4, Dollars);
        await using var dynamics = await DynamicsSandbox.Start();
        IReadOnlyList<DeliveryTarget> targets = [world.Target(world.Settings("1710")), world.Target(dynamics.Target() with { Company = "usmf", Taxes = Tax("U19") }, entity: "DE")];
        (await world.Deliver(targets)).Waiting.ShouldBe(0);
        var booked = (await new RevenueBooks(world.Database, new RevenueRefusals.Fixed()).Run(November)).Booked.ShouldHaveSingleItem();
        (await world.Deliver(targets)).Waiting.ShouldBe(0);
        var lines = (await dynamics.Ask("ledger/" + booked.Entry)).EnumerateArray().Single().GetProperty("lines").EnumerateArray().ToList();
        lines.Select(line => Domain.Rounding.HalfAwayFromZero(20.06m * line.GetProperty("ExchRate").GetDecimal() / 100m, 6)).ShouldBe([22.06m, 22.06m]);
        (await world.TieOut(targets)).Entities.ShouldAllBe(entity => entity.Verdict == Verdict.Reconciled);
    }

    [Fact]
    public async Task An_erp_that_takes_one_rate_for_all_lines_is_told_revenue_in_the_currency_of_the_books()
    {
        await using var world = await World.Start(postgres, 4, Dollars);
        await using var netSuite = await NetSuiteSandbox.Start(pageSize: 100);
        IReadOnlyList<DeliveryTarget> targets = [world.Target(world.Settings("1710")), world.Target(netSuite.Target() with { Taxes = Tax("tax") }, entity: "DE")];
        (await world.Deliver(targets)).Waiting.ShouldBe(0);
        var booked = (await new RevenueBooks(world.Database, new RevenueRefusals.Fixed()).Run(November)).Booked.ShouldHaveSingleItem();
        (await world.Rows<string>("select currency || ' ' || trim_scale(amount) from posting.posting where document_kind = 'revenue-journal'")).ShouldBe(["USD 22.06"]);
        var byHand = await Journal(world, "\"rate\":\"1.5\",");
        (await world.Deliver(targets)).Waiting.ShouldBe(0);
        Amounts(await netSuite.Ask("ledger/" + booked.Entry)).ShouldBe([22.06m, -22.06m]);
        Amounts(await netSuite.Ask("ledger/" + byHand)).ShouldBe([10.01m, -10.01m]);
        netSuite.Seen.Count(request => request.PathAndQuery.Contains(byHand, StringComparison.Ordinal)).ShouldBe(1);
        (await world.TieOut(targets)).Entities.ShouldAllBe(entity => entity.Verdict == Verdict.Reconciled);
        (await world.Rows<string>("select currency || ' ' || trim_scale(ours) from reconciliation.account_result where target = 'netsuite-us' and account = 'deferred-revenue' order by 1"))
            .ShouldBe(["EUR -20.06", "USD 22.06"]);
    }

    private static async Task<string> Journal(World world, string rate) => (await new BookJournal(world.Database.Source, new RevenueRefusals.Fixed()).Add(CatalogueTests.Json(
        $$"""
        {"legal-entity":"DE","date":"2026-11-20","currency":"EUR","text":"Agreed","reason":"Told so",{{rate}}
         "lines":[{"account":"bad-debt","debit":"10.01"},{"account":"revenue","credit":"10.01"}]}
        """), "mara", Guid.CreateVersion7().ToString(), CancellationToken.None)).ShouldBeOfType<JournalOutcome.Done>().Journal.Number;

    private static Dictionary<string, string> Tax(string code) => new(StringComparer.Ordinal) { ["DE-19"] = code };

    private static IEnumerable<decimal> Amounts(JsonElement ledger) =>
        ledger.EnumerateArray().Single().GetProperty("lines").EnumerateArray().Select(line => line.GetProperty("amount").GetDecimal());
}
