using Tieout.Application.Exchange;
using Tieout.Application.Invoicing;
using Tieout.Application.Runs;
using Tieout.Application.Subscriptions;
using Tieout.Application.Views;
using Tieout.Shell.Tests.Database;

namespace Tieout.Shell.Tests.Invoicing.Stories;

/// <summary>What a run may overlook, bill twice or stumble over, one case each.</summary>
public sealed class WhatWasLostTests(PostgresFixture postgres)
{
    [Fact]
    public async Task Usage_that_comes_a_year_late_is_a_line_of_the_next_invoice_that_points_to_what_it_corrects()
    {
        await using var world = await World("calls");
        await Used(world, "e1", "call", "2026-01-20", 50);
        await world.Bill("2026-02-01");
        for (var month = 3; month <= 12; month++) await world.Bill($"2026-{month:00}-01");
        world.On("2027-01-05");
        await Used(world, "e2", "call", "2026-01-21", 60);
        await world.Bill("2027-01-05");
        // 5.00 and 50 at 0.10 stood; now 5.00, 100 at 0.10 and 10 at 0.05.
        (await Corrections(world)).ShouldBe("calls 2026-01-01 5.5 AT-2027-0000001 of AT-2026-0000001/1");
        (await world.Bill("2027-01-06")).Totals.ShouldBeEmpty();
        await world.Agree();
    }

    [Fact]
    public async Task From_an_event_to_the_lines_that_bill_it_and_from_an_invoice_to_the_days_and_events_behind_it()
    {
        await using var world = await World("calls");
        await Used(world, "e1", "call", "2026-01-20", 50);
        await world.Bill("2026-01-31");
        (await Steps(world, "/gate e1", StepKind.Charges)).ShouldBe(["Not billed yet"]);
        await world.Bill("2026-02-01");
        world.On("2026-02-03");
        await Used(world, "e2", "call", "2026-01-21", 60);
        await world.Bill("2026-02-03");
        (await Steps(world, "/gate e1", StepKind.Charges)).ShouldBe(["Rated as calls, line 1 of AT-2026-0000001", "Rated as calls, line 1 of AT-2026-0000002"]);
        (await Steps(world, "AT-2026-0000001", StepKind.UsageSummary)).ShouldBe(["Usage of line 1: calls of S-1"]);
        var facts = (await Story(world, "AT-2026-0000002")).Steps.Single(step => step.Kind == StepKind.UsageSummary).Facts;
        facts.Select(fact => $"{fact.Label}: {fact.Value}").ShouldBe([
            "2026-01-20: 50 in 1 event", "2026-01-21: 60 in 1 event",
            "Its events: /v1/usage/events?subscription=S-1&meter=calls&from=2026-01-01&until=2026-02-01"]);
    }

    [Fact]
    public async Task A_month_without_a_payment_costs_nothing_and_stops_nobody()
    {
        await using var world = await World("platform paid regions tokens");
        (await world.Bill("2026-02-01")).Totals.ShouldHaveSingleItem().Net.ShouldBe(620m);
        (await world.Database.Scalar<long>("select count(*) from exceptions.exception_case")).ShouldBe(0);
    }

    [Fact]
    public async Task A_missing_rate_of_exchange_names_currency_day_and_invoices_and_the_next_run_after_its_import_bills()
    {
        await using var world = await World("platform");
        await world.Database.Execute("update customers.legal_entity set currency = 'CHF' where code = 'AT'");
        (await world.Bill("2026-01-01")).Totals.ShouldBeEmpty();
        var cause = await world.Database.Scalar<string>("select code || ': ' || cause from exceptions.exception_case where state = 'open'");
        cause.ShouldStartWith("exchange-rate-missing: There is no spot rate from EUR to CHF for 2026-01-01");
        cause.ShouldEndWith(" 1 invoice of 1 account of AT waits for it, 372.00 EUR with tax: A.");
        (await world.Bill("2026-02-01")).Totals.ShouldBeEmpty();

        await Rate(world, "2026-03-01", "0.95");
        var total = (await world.Bill("2026-03-01")).Totals.ShouldHaveSingleItem();
        (total.Invoices, total.Net).ShouldBe((1, 930m));
        (await world.Database.Scalar<decimal>("select books_net from invoicing.invoice")).ShouldBe(883.5m);
        (await world.Database.Scalar<long>("select count(*) from exceptions.exception_case where state = 'open'")).ShouldBe(0);
    }

    [Fact]
    public async Task Each_month_has_the_minimum_of_the_plan_that_was_in_force_then()
    {
        await using var world = await World("platform", "least");
        world.On("2026-03-20");
        await world.Bill("2026-04-01");
        (await world.Billed()).ShouldContain("S-1 minimum 2026-01-01 527");
        Done(await world.Amend("S-1", new() { Kind = "upgrade", Plan = "team", Effective = "2026-04-16" }));
        await world.Bill("2026-05-01");
        await world.Bill("2026-06-01");
        await world.Bill("2026-07-01");
        // April: 15 of 30 days of 620 = 310, of which 46.50 and half of 310.00 stand.
        (await world.Billed()).Split('\n').Where(line => line.Contains("minimum", StringComparison.Ordinal)).ShouldBe([
            "S-1 minimum 2026-01-01 527", "S-1 minimum 2026-02-01 527", "S-1 minimum 2026-03-01 527", "S-1 minimum 2026-04-01 108.5"]);
        await world.Agree();
    }

    [Fact]
    public async Task An_account_stopped_by_something_else_than_before_has_one_open_case()
    {
        await using var world = await World("platform");
        await world.Database.Execute("update customers.billing_account set tax_code = 'auto'");
        (await world.Bill("2026-01-01")).Stopped.Select(item => $"{item.Code} {item.Accounts}").ShouldBe(["tax-undetermined 1"]);
        await world.Database.Execute("update customers.billing_account set tax_code = 'AT-unheard-of'");
        (await world.Bill("2026-01-01")).Stopped.Select(item => $"{item.Code} {item.Accounts}").ShouldBe(["tax-rate-missing 1"]);
        (await world.Database.Scalar<string>("select resolution from exceptions.exception_case where code = 'tax-undetermined'"))
            .ShouldBe("A later billing run no longer met it.");
    }

    [Fact]
    public async Task A_part_that_was_cancelled_does_not_stand_in_the_way_of_another_over_its_days()
    {
        await using var world = await World("seats=5");
        world.On("2026-01-20");
        Done(await world.Amend("S-1", new() { Kind = "pause", Mode = "credit-days", Effective = "2026-01-10", Until = "2026-01-25" }));
        await world.Bill("2026-01-20");
        Done(await world.Amend("S-1", new() { Kind = "resume", Effective = "2026-01-12" }));
        await world.Bill("2026-01-22");
        // 9 and 20 of 31 days of 5 seats at 12.40.
        (await world.Billed()).ShouldBe("S-1 seats 2026-01-01 18\nS-1 seats 2026-01-12 40");
        await world.Agree();
        (await world.Bill("2026-01-22")).Totals.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_part_credited_whole_as_a_favour_may_be_shortened_later()
    {
        await using var world = await World("seats=5");
        await world.Bill("2026-01-01");
        (await world.Credit("AT-2026-0000001", new CreditWish.Whole(), "2026-01-05", "k1")).ShouldBeOfType<CreditOutcome.Given>();
        world.On("2026-01-20");
        Done(await world.Amend("S-1", new() { Kind = "change-quantity", Component = "seats", Quantity = "8", Effective = "2026-01-16" }));
        // 16 of 31 days of 8 seats at 12.40; the favour stays one.
        (await world.Bill("2026-01-20")).Totals.ShouldHaveSingleItem().Net.ShouldBe(51.20m);
        await world.Agree();
    }

    [Fact]
    public async Task Usage_that_all_lay_before_a_change_of_plan_is_no_obstacle_to_what_comes_after_it()
    {
        await using var world = await World("calls");
        await Used(world, "e1", "call", "2026-01-05", 50);
        await world.Bill("2026-02-01");
        world.On("2026-02-10");
        Done(await world.Amend("S-1", new() { Kind = "upgrade", Plan = "scale", Effective = "2026-01-16" }));
        await Used(world, "e2", "call", "2026-01-20", 10);
        (await world.Bill("2026-02-10")).Totals.ShouldHaveSingleItem().Net.ShouldBe(6m);
        await world.Agree();
        (await world.Bill("2026-02-10")).Totals.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_day_that_moves_back_behind_a_cancellation_is_billed_when_it_comes()
    {
        await using var world = await World("calls");
        await Used(world, "e1", "call", "2026-01-05", 50);
        world.On("2026-01-20");
        Done(await world.Amend("S-1", new() { Kind = "cancel", Effective = "2026-01-15" }));
        (await world.Bill("2026-01-20")).Totals.ShouldHaveSingleItem().Net.ShouldBe(10m);
        Done(await world.Amend("S-1", new() { Kind = "reactivate", Effective = "2026-01-15" }));
        await world.Bill("2026-01-21");
        await world.Bill("2026-02-01");
        await world.Agree();
        (await world.Billed()).ShouldBe("S-1 calls 2026-01-01 10");
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task Runs_of_different_days_at_once_with_amendments_between_bill_the_same_as_one_run(int seed)
    {
        await using var often = await Many(seed);
        await using var once = await Many(seed);
        var random = new Random(seed);
        for (var round = 0; round < 3; round++)
        {
            var runs = new[] { "2026-02-01", "2026-03-15", "2026-01-10", "2026-03-15" }.Select(day => Task.Run(() => often.Bill(day, partSize: 4))).ToList();
            for (var change = 0; change < 8; change++) await Change(often, once, random);
            await Task.WhenAll(runs);
            await often.Agree();
        }
        await often.Bill("2026-04-01");
        (await often.Bill("2026-04-01")).Totals.ShouldBeEmpty();
        await once.Bill("2026-04-01");
        (await often.Billed()).ShouldBe(await once.Billed());
        await often.Agree();
    }

    [Fact]
    public async Task A_run_that_died_between_parts_is_taken_up_even_by_one_of_a_later_day()
    {
        await using var often = await Many(9);
        await using var once = await Many(9);
        using var stop = new CancellationTokenSource();
        await Should.ThrowAsync<OperationCanceledException>(() => new BillAccounts(often.Database.Source, TimeProvider.System).Run(
            BillingRequest.On(BillingWorld.Day("2026-02-01"), "ann", workers: 1, partSize: 3), new Stopping(stop), stop.Token));
        (await often.Database.Scalar<long>("select count(*) from invoicing.invoice")).ShouldBeInRange(1, 11);
        await Change(often, once, new Random(9));
        await often.Bill("2026-03-01");
        await often.Bill("2026-02-01");
        await once.Bill("2026-03-01");
        (await often.Billed()).ShouldBe(await once.Billed());
        await often.Agree();
    }

    private async Task<BillingWorld> World(string components, string plan = "team")
    {
        var world = await BillingWorld.Start(postgres);
        Done(await world.Create("S-1", "2026-01-01", plan, components));
        world.On("2026-02-01");
        return world;
    }

    private async Task<BillingWorld> Many(int seed)
    {
        var world = await BillingWorld.Start(postgres);
        for (var n = 1; n <= 12; n++)
        {
            await world.Account($"A-{n}");
            Done(await world.Create($"S-{n}", $"2026-01-{(n * seed % 20) + 1:00}", "team", "platform seats=5 storage=2 calls", $"A-{n}"));
        }
        world.On("2026-04-01");
        return world;
    }

    private static async Task Used(BillingWorld world, string id, string type, string at, decimal n) =>
        (await world.Use("S-1", id, type, at, n)).ShouldBeTrue();

    private static async Task Change(BillingWorld often, BillingWorld once, Random random)
    {
        var (code, day, seats) = ($"S-{random.Next(1, 13)}", BillingWorld.Day("2026-01-22").AddDays(random.Next(60)), random.Next(1, 20));
        foreach (var world in new[] { often, once })
            if (seats % 3 == 0)
                await world.Use(code, $"e{seats}{day:MMdd}{code}", "call", $"{day:yyyy-MM-dd}", seats);
            else
                Done(await world.Amend(code, new() { Kind = "change-quantity", Component = "seats", Quantity = $"{seats}", Effective = $"{day:yyyy-MM-dd}" }), ok: null);
    }

    private static async Task<Story> Story(BillingWorld world, string id) =>
        (await new ReadTimeline(world.Database.Source, new FindInvoices(world.Database.Source)).Run(id, CancellationToken.None)).Story.ShouldNotBeNull();

    private static async Task<string[]> Steps(BillingWorld world, string id, StepKind kind) =>
        [.. (await Story(world, id)).Steps.Where(step => step.Kind == kind).Select(step => step.Title)];

    private static Task<string> Corrections(BillingWorld world) => world.Database.Scalar<string>(
        """
        select string_agg(concat(line.component, ' ', line.part_start, ' ', trim_scale(line.amount), ' ', i.number, ' of ', o.number, '/', line.origin_line_no), '; ')
        from invoicing.invoice_line line join invoicing.invoice i on i.id = line.invoice_id join invoicing.invoice o on o.id = line.origin_invoice_id
        where line.revision > 1 and o.id <> i.id
        """);

    private static async Task Rate(BillingWorld world, string day, string rate) =>
        (await new EnterRates(world.Database.Source, TimeProvider.System).Run([new EnteredRate("EUR", "CHF", day, rate)], "", "ann", CancellationToken.None))
            .Accepted.ShouldBe(1);

    private static void Done(AmendmentOutcome outcome, bool? ok = true)
    {
        if (ok is { } must) (outcome is AmendmentOutcome.Done).ShouldBe(must, outcome.ToString());
    }

    private sealed class Stopping(CancellationTokenSource stop) : IProgress<RunProgress>
    {
        public void Report(RunProgress value) => stop.Cancel();
    }
}
