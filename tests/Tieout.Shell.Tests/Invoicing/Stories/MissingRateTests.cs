using Dapper;
using Tieout.Application.Exchange;
using Tieout.Application.Invoicing.Drafts;
using Tieout.Application.Subscriptions;
using Tieout.Application.Views;
using Tieout.Shell.Tests.Database;

namespace Tieout.Shell.Tests.Invoicing.Stories;

/// <summary>
/// Books in francs, accounts that pay in euro: what a missing rate stops is one case that names currencies, day and who waits.
/// </summary>
public sealed class MissingRateTests(PostgresFixture postgres)
{
    // 310.00 a month and 20 % tax each.
    private const string January =
        "open AT/EUR/CHF/2026-01-01/spot: There is no spot rate from EUR to CHF for 2026-01-01, nor one of the 7 days before, neither directly nor through USD."
        + " 3 invoices of 3 accounts of AT wait for it, 1116.00 EUR with tax: A, B, C. (1116.0000 EUR)";

    [Fact]
    public async Task One_case_names_the_currencies_the_day_and_everybody_who_waits_and_a_run_repeated_only_counts_one_more_meeting()
    {
        await using var world = await World("A B C");
        var stopped = (await world.Bill("2026-01-01")).Stopped.ShouldHaveSingleItem();
        (stopped.Code, stopped.Accounts).ShouldBe(("exchange-rate-missing", 3));
        stopped.Remedy.ShouldStartWith("Import or enter the spot rate of EUR and CHF for 2026-01-01");
        (await Cases(world)).ShouldBe([January]);
        (await world.Bill("2026-01-01")).Stopped.ShouldHaveSingleItem().ShouldBe(stopped);
        (await Cases(world)).ShouldBe([January]);
        (await world.Database.Scalar<int>("select repeats from exceptions.exception_case")).ShouldBe(2);
        (await world.Database.Scalar<long>("select count(*) from exceptions.waiting")).ShouldBe(3);
    }

    [Fact]
    public async Task The_next_run_after_its_import_bills_all_of_them_and_closes_the_case_saying_by_what()
    {
        await using var world = await World("A B C");
        await world.Bill("2026-01-01");
        await Rate(world, "EUR", "2026-01-01", "0.95");
        var outcome = await world.Bill("2026-01-01");
        outcome.Stopped.ShouldBeEmpty();
        outcome.Totals.ShouldHaveSingleItem().Invoices.ShouldBe(3);
        (await Cases(world)).ShouldBe([January.Replace("open", "resolved", StringComparison.Ordinal)]);
        (await Resolutions(world)).ShouldBe(
            "3 accounts were billed at 1 EUR = 0.95 CHF: EUR to CHF by 1 EUR = 0.95 CHF on 2026-01-01 (spot) (\"Bill 2026-01-01\", ann).");
        var books = (await new FindInvoices(world.Database.Source).One("AT-2026-0000001", CancellationToken.None))!.InBooks!;
        (books.Net.ToString(), books.Tax.ToString(), books.Total.ToString(), books.Rate, books.RateDate)
            .ShouldBe(("294.50 CHF", "58.90 CHF", "353.40 CHF", 0.95m, new DateOnly(2026, 1, 1)));
        books.Source.ShouldBe("EUR to CHF by 1 EUR = 0.95 CHF on 2026-01-01 (spot)");
        await world.Agree();
    }

    [Fact]
    public async Task Each_currency_and_each_day_is_a_case_of_its_own_and_only_what_has_its_rate_goes_on()
    {
        await using var world = await World("A B C D", pounds: "D");
        await Rate(world, "GBP", "2026-01-30", "1.10");
        (await world.Bill("2026-01-01")).Stopped.Select(stop => stop.Accounts).ShouldBe([3, 1]);
        (await Cases(world)).Select(text => text[..34]).ShouldBe(["open AT/EUR/CHF/2026-01-01/spot: T", "open AT/GBP/CHF/2026-01-01/spot: T"]);

        // In February the pound has its rate and the euro has none: of both months, for that day.
        var february = await world.Bill("2026-02-01");
        february.Totals.ShouldHaveSingleItem().Net.ShouldBe(620m);
        february.Stopped.ShouldHaveSingleItem().Accounts.ShouldBe(3);
        (await Cases(world)).ShouldBe([
            January.Replace("open", "resolved", StringComparison.Ordinal),
            January.Replace("2026-01-01", "2026-02-01", StringComparison.Ordinal).Replace("1116.0", "2232.0", StringComparison.Ordinal),
            (await Cases(world))[2],
        ]);
        (await Cases(world))[2].ShouldStartWith("resolved AT/GBP/CHF/2026-01-01/spot: ");
        (await Resolutions(world)).Split('\n').ShouldBe([
            "3 accounts wait for another rate now and stand in its case (\"Bill 2026-02-01\", ann).",
            "1 account was billed at 1 GBP = 1.1 CHF: GBP to CHF by 1 GBP = 1.1 CHF on 2026-01-30 (spot) (\"Bill 2026-02-01\", ann).",
        ]);
        await world.Agree();
    }

    [Fact]
    public async Task An_older_month_billed_again_has_its_own_case_beside_that_of_the_later_day_and_each_closes_by_its_own_rate()
    {
        await using var world = await World("A B");
        await world.Bill("2026-02-01");
        await world.Bill("2026-01-01");
        (await Open(world)).ShouldBe("AT/EUR/CHF/2026-01-01/spot 2 744.00; AT/EUR/CHF/2026-02-01/spot 2 1488.00");
        await Rate(world, "EUR", "2026-01-01", "0.95");
        (await world.Bill("2026-01-01")).Totals.ShouldHaveSingleItem().Net.ShouldBe(620m);
        (await Open(world)).ShouldBe("AT/EUR/CHF/2026-02-01/spot 2 1488.00");
        (await world.Bill("2026-02-01")).Stopped.ShouldHaveSingleItem().Accounts.ShouldBe(2);
        (await Open(world)).ShouldBe("AT/EUR/CHF/2026-02-01/spot 2 744.00");
        await Rate(world, "EUR", "2026-02-01", "0.96");
        (await world.Bill("2026-02-01")).Totals.ShouldHaveSingleItem().Net.ShouldBe(620m);
        (await Open(world)).ShouldBe("");
        await world.Agree();
    }

    [Fact]
    public async Task Who_waits_for_both_and_is_billed_for_the_later_day_waits_for_neither()
    {
        await using var world = await World("A B");
        await world.Bill("2026-02-01");
        await world.Bill("2026-01-01");
        await Rate(world, "EUR", "2026-02-01", "0.95");
        // All of January is on February's invoices: nothing waits for January's rate any more.
        (await world.Bill("2026-02-01")).Totals.ShouldHaveSingleItem().Net.ShouldBe(1240m);
        (await Open(world)).ShouldBe("");
        (await world.Bill("2026-01-01")).Stopped.ShouldBeEmpty();
        await world.Agree();
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(5)]
    public async Task Whichever_part_of_a_run_comes_first_and_whatever_runs_beside_it_the_case_is_the_same(int partSize)
    {
        await using var world = await World("A B C");
        for (var n = 1; n <= 12; n++) await Account(world, $"M-{n:00}", n % 3 == 0 ? "GBP" : "EUR");
        await Task.WhenAll(Enumerable.Range(0, 3).Select(_ => Task.Run(() => world.Bill("2026-01-01", partSize))));
        (await Open(world)).ShouldBe("AT/EUR/CHF/2026-01-01/spot 11 4092.00; AT/GBP/CHF/2026-01-01/spot 4 1488.00");
        (await Cases(world))[0].ShouldContain(" 11 invoices of 11 accounts of AT wait for it, 4092.00 EUR with tax: A, B, C, M-01, M-02 and 6 more. ");

        await Rate(world, "GBP", "2026-01-01", "1.10");
        await Task.WhenAll(new[] { "2026-01-01", "2026-01-02", "2026-01-01" }.Select(day => Task.Run(() => world.Bill(day, partSize))));
        await world.Bill("2026-01-02", partSize);
        (await Open(world)).ShouldBe("AT/EUR/CHF/2026-01-02/spot 11 4092.00");
        await Rate(world, "EUR", "2026-01-02", "0.95");
        await Task.WhenAll(Enumerable.Range(0, 3).Select(_ => Task.Run(() => world.Bill("2026-01-02", partSize))));
        (await Open(world)).ShouldBe("");
        (await world.Database.Scalar<long>("select count(*) from invoicing.invoice")).ShouldBe(15);
        await world.Agree();
    }

    [Fact]
    public async Task Somebody_who_no_longer_waits_leaves_the_case_to_the_others_with_what_became_of_them()
    {
        await using var world = await World("A B C D");
        await world.Bill("2026-01-01");
        // B has nothing left to bill, C no tax rate, D pays in the currency of the books.
        await Amend(world, "S-B");
        await world.Database.Execute("update customers.billing_account set tax_code = 'NONE' where code = 'C'");
        await world.Database.Execute("update customers.billing_account set currency = 'CHF' where code = 'D'");
        var stopped = (await world.Bill("2026-01-01")).Stopped;
        stopped.Select(stop => stop.Code).Order(StringComparer.Ordinal).ShouldContain("exchange-rate-missing");
        (await Open(world)).ShouldStartWith("AT/EUR/CHF/2026-01-01/spot 1 372.00");
        (await Became(world)).ShouldContain("B nothing-left");
        (await Became(world)).ShouldContain("C stopped");
        (await Cases(world))[0].ShouldContain(" 1 invoice of 1 account of AT waits for it, 372.00 EUR with tax: A. ");
    }

    [Fact]
    public async Task The_case_lists_its_accounts_page_by_page_and_each_account_says_why_it_was_not_billed()
    {
        await using var world = await World("A B C");
        await world.Bill("2026-01-01");
        var exceptions = new FindExceptions(world.Database.Source, TimeProvider.System);
        var row = (await exceptions.Run(new ExceptionFilter(null, null, null, "open", "c", null), null, 10, CancellationToken.None)).Rows.ShouldHaveSingleItem();
        var waiting = (await exceptions.One(row.Id, CancellationToken.None)).ShouldNotBeNull().Waiting.ShouldNotBeNull();
        (waiting.From, waiting.To, waiting.Type, waiting.Accounts, waiting.Invoices, waiting.CreditMemos, waiting.Total.ToString())
            .ShouldBe(("EUR", "CHF", "spot", 3, 3, 0, "1116.00 EUR"));

        var accounts = new WaitingAccounts(world.Database.Source);
        var first = (await accounts.Run(row.Id, true, null, 2, CancellationToken.None)).ShouldNotBeNull();
        first.Rows.Select(one => $"{one.Account} {one.Total}").ShouldBe(["A 372.00 EUR", "B 372.00 EUR"]);
        UsageCursor.TryParse(first.Next, out var next).ShouldBeTrue();
        var second = (await accounts.Run(row.Id, true, next, 2, CancellationToken.None)).ShouldNotBeNull();
        second.Rows.Select(one => one.Account).ShouldBe(["C"]);
        second.Next.ShouldBeNull();
        (await accounts.Run(Guid.Empty, true, null, 2, CancellationToken.None)).ShouldBeNull();

        var settings = await new Tieout.Application.Accounts.AccountSettings(world.Database.Source, TimeProvider.System).Find("B", CancellationToken.None);
        var stop = settings.ShouldNotBeNull().Exceptions.ShouldHaveSingleItem();
        (stop.Id, stop.Code, stop.Amount!.Value.ToString()).ShouldBe((row.Id, "exchange-rate-missing", "372.00 EUR"));
        var told = (await Told(world, "B")).Story.ShouldNotBeNull().Steps.Single(step => step.Kind == StepKind.Exception);
        (told.State, told.Title, told.Amount.ToString()).ShouldBe((StepState.Trouble, "Exception exchange-rate-missing, open", "372.00 EUR"));
        (await Told(world, row.Id.ToString())).Story.ShouldNotBeNull().Steps.ShouldHaveSingleItem()
            .Facts.Select(fact => fact.Label).ShouldBe(["Category", "Exception id", "Seen", "A", "B", "C"]);
    }

    [Fact]
    public async Task An_account_with_invoices_says_too_what_it_waits_for_and_a_draft_made_final_takes_it_out_of_the_case()
    {
        await using var world = await World("A B");
        await Rate(world, "EUR", "2026-01-01", "0.95");
        await world.Bill("2026-01-01");
        world.On("2026-02-01");
        await world.Bill("2026-02-01");
        (await Told(world, "A")).Story.ShouldNotBeNull().Steps[^1].Title.ShouldBe("Exception exchange-rate-missing, open");
        await Rate(world, "EUR", "2026-02-01", "0.96");
        var drafts = new DraftInvoices(world.Database.Source, world.Time);
        var made = (await drafts.Make(new DraftRequest { Account = "A", Date = "2026-02-01", Actor = "ann" }, CancellationToken.None))
            .ShouldBeOfType<DraftOutcome.Done>();
        (await new FinaliseDraft(world.Database.Source, world.Time).Run(made.Drafts[0].Id, "ann", CancellationToken.None)).ShouldBeOfType<DraftOutcome.Done>();
        (await Open(world)).ShouldBe("AT/EUR/CHF/2026-02-01/spot 1 372.00");
        (await Became(world)).ShouldBe("A billed; B -");
        (await Told(world, "A")).Stops.ShouldBeEmpty();
        (await world.Bill("2026-02-01")).Totals.ShouldHaveSingleItem().Invoices.ShouldBe(1);
        (await Open(world)).ShouldBe("");
    }

    [Fact]
    public async Task The_database_refuses_a_case_closed_over_the_heads_of_those_who_wait()
    {
        await using var world = await World("A");
        await world.Bill("2026-01-01");
        (await Should.ThrowAsync<Npgsql.PostgresException>(() => world.Database.Execute(
            "update exceptions.exception_case set state = 'resolved', resolution = 'never mind'"))).ConstraintName.ShouldBe("rate_case_open_while_waited_for");
    }

    private async Task<BillingWorld> World(string accounts, string pounds = "")
    {
        var world = await BillingWorld.Start(postgres);
        await world.Database.Execute("update customers.legal_entity set currency = 'CHF' where code = 'AT'");
        foreach (var code in accounts.Split(' ')) await Account(world, code, code == pounds ? "GBP" : "EUR");
        world.On("2026-01-01");
        return world;
    }

    private static async Task Account(BillingWorld world, string code, string currency)
    {
        if (code != "A") await world.Account(code, currency: "EUR");
        (await world.Create($"S-{code}", "2026-01-01", "team", "platform", code)).ShouldBeOfType<AmendmentOutcome.Done>();
        // The catalogue here is in euro; for what waits only the currency of the account counts.
        if (currency != "EUR") await world.Database.Execute($"update customers.billing_account set currency = '{currency}' where code = '{code}'");
    }

    private static async Task Amend(BillingWorld world, string subscription) =>
        (await world.Amend(subscription, new() { Kind = "cancel", Effective = "2026-01-01" })).ShouldBeOfType<AmendmentOutcome.Done>();

    private static async Task Rate(BillingWorld world, string currency, string day, string rate) =>
        (await new EnterRates(world.Database.Source, TimeProvider.System).Run([new EnteredRate(currency, "CHF", day, rate)], "", "ann", CancellationToken.None))
            .Accepted.ShouldBe(1);

    private static Task<Timeline> Told(BillingWorld world, string id) =>
        new ReadTimeline(world.Database.Source, new FindInvoices(world.Database.Source)).Run(id, CancellationToken.None);

    private static Task<string[]> Cases(BillingWorld world) => Lines(
        world, "select concat(state, ' ', subject_key, ': ', cause, ' (', amount, ' ', currency, ')') from exceptions.exception_case order by subject_key, opened_at");

    private static async Task<string> Resolutions(BillingWorld world) => string.Join('\n', await Lines(
        world, "select resolution from exceptions.exception_case where state = 'resolved' order by subject_key"));

    private static async Task<string> Open(BillingWorld world) => string.Join("; ", await Lines(
        world,
        """
        select concat_ws(' ', x.subject_key, count(*), round(sum(w.amount), 2))
        from exceptions.exception_case x join exceptions.waiting w on w.case_id = x.id and w.ended is null
        where x.state = 'open' and x.amount = (select sum(amount) from exceptions.waiting where case_id = x.id and ended is null)
        group by x.subject_key order by x.subject_key
        """));

    private static async Task<string> Became(BillingWorld world) => string.Join("; ", await Lines(
        world,
        """
        select a.code || ' ' || coalesce(w.ended, '-') from exceptions.waiting w
        join customers.billing_account a on a.id = w.billing_account_id order by a.code
        """));

    private static async Task<string[]> Lines(BillingWorld world, string sql)
    {
        await using var connection = await world.Database.Source.OpenConnectionAsync();
        return [.. await connection.QueryAsync<string>(sql)];
    }
}
