using Npgsql;
using Tieout.Application.Revenue;
using Tieout.Domain;
using Tieout.Shell.Tests.Database;
using Tieout.Shell.Tests.Gateways;

namespace Tieout.Shell.Tests.Ledger;

/// <summary>What PostgreSQL refuses of lines in foreign currencies, and what gateways and revenue runs do with rates.</summary>
public sealed class FxRefusals(PostgresFixture postgres)
{
    private const string Columns = "insert into ledger.journal_line (entry_id, line_no, billing_account_id, legal_entity_id, month, account, currency, amount, functional) ";

    private const string Foreign =
        Columns + "select gen_random_uuid(), no, id, id, '2026-12-01', account, 'USD', amount, functional from customers.legal_entity, ";

    private const string Of = " as line (no, account, amount, functional) where code = 'US'";

    [Theory]
    [InlineData("(values (1, 'rounding', 10.00, null::numeric), (2, 'bank-fees', -10.00, null))", "journal_line_told_in_books")]
    [InlineData("(values (1, 'rounding', 10.00, 9.00), (2, 'bank-fees', -10.00, null))", "journal_line_balances_in_books")]
    [InlineData("(values (1, 'rounding', 10.00, 9.00), (2, 'bank-fees', -10.00, -9.01))", "journal_line_balances_in_books")]
    [InlineData("(values (1, 'rounding', 10.00, 9.00), (2, 'bank-fees', -9.99, -9.00))", "journal_line_balances")]
    [InlineData("(values (1, 'rounding', 0.00, 0.00), (2, 'bank-fees', 0.00, 0.00))", "journal_line_amount_check")]
    [InlineData("(values (1, 'rounding', 0.00, null::numeric), (2, 'bank-fees', 0.00, null))", "journal_line_amount_check")]
    [InlineData("(values (1, 'rounding', 10.00, 9.50), (2, 'bank-fees', -10.00, -9.00), (3, 'fx-gain-loss', 0.00, -0.50))", "")]
    public async Task A_line_in_a_foreign_currency_says_what_it_comes_to_and_an_entry_balances_there(string lines, string constraint)
    {
        await using var books = await FxDesk.Start(postgres, FxDesk.Rates, 11);
        var insert = Foreign.Replace("select gen_random_uuid()", "select '00000000-0000-0000-0000-000000000077'::uuid", StringComparison.Ordinal) + lines + Of;
        if (constraint.Length == 0) await books.Execute(insert);
        else (await Should.ThrowAsync<PostgresException>(() => books.Execute(insert))).ConstraintName.ShouldBe(constraint);
        // In the books' own currency nothing is said a second time.
        var own = insert.Replace("'USD'", "'EUR'", StringComparison.Ordinal);
        if (constraint.Length == 0)
            (await Should.ThrowAsync<PostgresException>(() => books.Execute(own.Replace("0077", "0078", StringComparison.Ordinal))))
                .ConstraintName.ShouldBe("journal_line_told_in_books");
    }

    [Theory]
    [InlineData("update ledger.revaluation set booked = 1", "booked_is_booked")]
    [InlineData("insert into ledger.revaluation select gen_random_uuid(), 1, legal_entity_id, month, 'disputed-receivable', currency, balance, carried, rate, rate_path, worth, 0.01, entry_id, reversal_id, created_at from ledger.revaluation limit 1", "revaluation_is_in_the_ledger")]
    [InlineData("insert into ledger.revaluation select gen_random_uuid(), 1, legal_entity_id, month, account, currency, balance, carried, rate, rate_path, worth, booked, entry_id, reversal_id, created_at from ledger.revaluation limit 1", "revaluation_of_a_balance_once")]
    [InlineData("insert into ledger.revaluation select gen_random_uuid(), 1, legal_entity_id, month, 'unapplied-cash', currency, balance, carried, rate, rate_path, worth, booked, entry_id, entry_id, created_at from ledger.revaluation where account = 'receivable'", "revaluation_is_taken_back")]
    [InlineData("insert into ledger.revaluation select gen_random_uuid(), 1, legal_entity_id, month, 'unapplied-cash', currency, balance, carried, rate, rate_path, worth + 1, booked, entry_id, reversal_id, created_at from ledger.revaluation where account = 'receivable'", "revaluation_is_wanted_less_booked")]
    public async Task A_revaluation_says_what_its_entries_say(string statement, string constraint)
    {
        await using var books = await FxDesk.Start(postgres, FxDesk.Rates, 11);
        await new FxDesk(books.Source).Revalued(11);
        (await Should.ThrowAsync<PostgresException>(() => books.Execute(statement))).ConstraintName.ShouldBe(constraint);
    }

    [Fact]
    public async Task A_gateway_s_money_waits_for_its_rate_and_leaves_nothing_on_clearing_in_either_currency()
    {
        await using var books = await FxDesk.Start(postgres, ["2026-11-01 0.90", "2026-12-01 0.92"], 11, 12);
        var (fx, desk) = (new FxDesk(books.Source), new GatewayDesk(books.Source));
        await desk.Register(GatewayDesk.Settings);
        await desk.Teach("cus_1", "C-1");
        await desk.Tell(
            StripeTalk.Charge("ch_1", 1074, 15, reference: $"Invoice {GatewayDesk.First}"),
            StripeTalk.Movement("txn_1", "charge", "ch_1", 1074, 61, 15));
        (await desk.OpenCases()).ShouldBe(["main/ch_1 exchange-rate-missing", "main/txn_1 exchange-rate-missing"]);
        (await desk.Entries()).ShouldBeEmpty();
        // The rates come in, and it is booked by itself.
        await fx.Quote("2026-12-15 0.95", "2026-12-24 0.97");
        await desk.Book();
        (await desk.OpenCases()).ShouldBeEmpty();
        (await fx.Stands("gateway-clearing")).Amount.ShouldBe(10.13m);
        (await fx.Stands("receivable")).ShouldBe((10.74m, 9.88m));
        await desk.Import(StripeTalk.Movement("txn_2", "payout", "po_1", -1013, 0, 24), payout: "po_1");
        await desk.Import(StripeTalk.Movement("txn_1", "charge", "ch_1", 1074, 61, 15), payout: "po_1");
        await desk.Tell(StripeTalk.Payout("po_1", 1013, 24, told: 24));
        (await fx.Stands("gateway-clearing")).ShouldBe((0m, 0m));
        (await fx.Stands("cash-clearing")).ShouldBe((10.13m, 9.83m)); // at 0.97
        await fx.Holds();
    }

    [Fact]
    public async Task Deferred_revenue_leaves_at_the_rate_of_its_invoice_and_leaves_nothing()
    {
        await using var books = await postgres.CreateDatabase();
        await SampleData.Subscriptions(books.Source, 2);
        // Books in dollars, invoices of 10.02 euros a month and tax.
        await books.Execute("update customers.legal_entity set currency = 'USD' where code = 'DE'");
        var fx = new FxDesk(books.Source);
        await books.Execute(
            """
            insert into exchange.rate (base, quote, date, type, version, rate, source, reason, actor, created_at)
            select 'EUR', 'USD', day, 'spot', 1, rate, '', '', 'mara', now() from (values ('2026-11-01'::date, 1.0842), ('2026-12-01', 1.1111)) as of (day, rate)
            """);
        foreach (var month in new[] { 11, 12 })
            await new Application.Invoicing.BillAccounts(books.Source, TimeProvider.System).Run(
                new Application.Invoicing.BillingRequest(new AccountingMonth(2026, month), "test"), null, CancellationToken.None);
        (await fx.Stands("deferred-revenue", "EUR")).ShouldBe((-20.04m, -21.99m)); // 10.86 and 11.13
        foreach (var (month, left) in new[] { (11, (-10.02m, -11.13m)), (12, (0m, 0m)) })
        {
            (await new RunRevenue(books.Source, new FxDesk.Fifth()).Run(
                new RevenueRequest(new AccountingMonth(2026, month), "mara"), null, CancellationToken.None)).ShouldBeOfType<RevenueReply.Ran>();
            (await fx.Stands("deferred-revenue", "EUR")).ShouldBe(left);
        }
        (await fx.Stands("revenue", "EUR")).ShouldBe((-20.04m, -21.99m));
        await fx.Holds();
    }
}
