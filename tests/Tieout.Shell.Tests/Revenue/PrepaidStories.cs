using Npgsql;
using Tieout.Application.Credits;
using Tieout.Application.Exchange;
using Tieout.Application.Invoicing;
using Tieout.Application.Journals;
using Tieout.Application.Views;
using Tieout.Shell.Tests.Catalog;
using Tieout.Shell.Tests.Database;
using Tieout.Shell.Tests.Invoicing.Stories;

namespace Tieout.Shell.Tests.Revenue;

/// <summary>Prepaid credit in the books, in figures computed by hand: each 1.20 of credit was paid for with 1.00.</summary>
public sealed class PrepaidStories(PostgresFixture postgres)
{
    [Fact]
    public async Task What_was_paid_is_owed_until_it_is_drawn_or_lapses_and_what_rolls_over_takes_its_share_with_it()
    {
        await using var book = await PrepaidBook.Start(postgres);
        // Sold: 100.00 and 20.00 of tax. No revenue, and no schedule.
        await book.Bill("2026-01-01");
        (await book.Run("2026-01")).ShouldBeEmpty();
        (await book.Trial("2026-01")).ShouldBe("prepaid-credit -100, receivable 120, tax -20");
        (await book.Revenue.Show("AT-2026-0000001")).Lines.ShouldBeEmpty();

        // January draws 30.00 of 120.00: 25.00 is earned in January. The customer gets no document.
        await book.Use("2026-01-10", 30m);
        await book.Bill("2026-02-01");
        (await book.Run("2026-01")).ShouldBe("2026-01 25 0");
        (await book.Trial("2026-01")).ShouldBe("prepaid-credit -75, receivable 120, revenue -25, tax -20");

        // February draws 37.00: 67 of 120 are 55.83. The rest, 53.00, expires on 1 March: 20.00 roll over, 33.00 lapse; 16.67 stay for the 20.00.
        await book.Use("2026-02-10", 37m);
        await book.Bill("2026-03-01");
        (await book.Run("2026-03")).ShouldBe("2026-02 30.83 0, 2026-03 0 27.5");
        (await book.Trial("2026-02")).ShouldBe("prepaid-credit -44.17, receivable 120, revenue -55.83, tax -20");
        (await book.Trial("2026-03")).ShouldBe("prepaid-credit -16.67, receivable 120, revenue -83.33, tax -20");
        (await book.Grants()).Select(row => (row.Granted, row.Lost, row.Left, row.Price?.Amount)).ShouldBe([(120m, 33m, 0m, 100m), (20m, 0m, 20m, null)]);

        (await book.Revenue.Prepaid("2026-02")).ShouldBe("2026-01 sold 100, credited 0, drawn 55.83, lapsed 0, left 44.17");
        (await book.Revenue.Prepaid("2026-03")).ShouldBe("2026-01 sold 100, credited 0, drawn 55.83, lapsed 27.5, left 16.67");
        (await book.Revenue.Prepaid("2025-12")).ShouldBeEmpty();

        // March draws 12.00 of what rolled over, and 8.00 lapse with it on 1 May: all that was paid is earned, to the cent.
        await book.Use("2026-03-10", 12m);
        await book.Bill("2026-05-01");
        (await book.Run("2026-05")).ShouldBe("2026-03 10 0, 2026-05 0 6.67");
        (await book.Trial("2026-05")).ShouldBe("receivable 120, revenue -100, tax -20");
        (await book.Lines()).ShouldBe([
            "2026-01 prepaid-credit 25 Prepaid credit drawn in 2026-01", "2026-01 revenue -25 Prepaid credit drawn in 2026-01",
            "2026-02 prepaid-credit 30.83 Prepaid credit drawn in 2026-02", "2026-02 revenue -30.83 Prepaid credit drawn in 2026-02",
            "2026-03 prepaid-credit 27.5 Prepaid credit lapsed in 2026-03", "2026-03 revenue -27.5 Prepaid credit lapsed in 2026-03",
            "2026-03 prepaid-credit 10 Prepaid credit drawn in 2026-03", "2026-03 revenue -10 Prepaid credit drawn in 2026-03",
            "2026-05 prepaid-credit 6.67 Prepaid credit lapsed in 2026-05", "2026-05 revenue -6.67 Prepaid credit lapsed in 2026-05"]);
        (await book.World.Billed()).ShouldBe("- one-off 2026-01-01 100");
        var entry = (await book.World.Database.Scalar<string>("select business_key from posting.posting where document_kind = 'revenue-journal' order by business_key limit 1"))!;
        var told = System.Text.Json.JsonSerializer.Serialize(
            (await new ReadTimeline(book.World.Database.Source, new FindInvoices(book.World.Database.Source)).Run(entry, default)).Story);
        told.ShouldContain("Grant g1 of A");
        told.ShouldContain("25.00 EUR drawn in 2026-01");
    }

    [Fact]
    public async Task A_credit_memo_takes_back_its_share_of_what_was_earned_and_what_is_left_is_worth_less()
    {
        await using var book = await PrepaidBook.Start(postgres);
        await book.Bill("2026-01-01");
        await book.Use("2026-01-10", 30m);
        await book.Bill("2026-02-01");
        await book.Run("2026-01");
        book.World.On("2026-02-10");
        (await book.Credit(new CreditWish.ByAmount(40m), "2026-02-10")).ShouldBeOfType<CreditOutcome.Given>().Total.ShouldBe(-48m);
        (await book.Trial("2026-02")).ShouldBe("prepaid-credit -35, receivable 72, revenue -25, tax -12");
        (await book.Revenue.Check("2026-02")).Prepaid.ShouldHaveSingleItem().ShouldSatisfyAllConditions(
            balance => (balance.Wanted.Amount, balance.Ledger.Amount, balance.Wrong).ShouldBe((45m, 35m, true)));
        // 60.00 were paid for 120.00: of 30.00 drawn 15.00 are earned, and 45.00 are owed for 90.00.
        (await book.Run("2026-02")).ShouldBe("2026-02 -10 0");
        (await book.Trial("2026-02")).ShouldBe("prepaid-credit -45, receivable 72, revenue -15, tax -12");
        (await book.Revenue.Prepaid("2026-02")).ShouldBe("2026-01 sold 100, credited 40, drawn 15, lapsed 0, left 45");
        (await book.Lines())[^2].ShouldBe("2026-02 prepaid-credit -10 Prepaid credit drawn in 2026-01, taken back");
        // All that is left of it: nothing was paid for the credit, which stays the customer's.
        book.World.On("2026-02-11");
        (await book.Credit(new CreditWish.Whole(), "2026-02-11")).ShouldBeOfType<CreditOutcome.Given>();
        (await book.Run("2026-02")).ShouldBe("2026-02 -15 0");
        (await book.Trial("2026-02")).ShouldBe("");
        await book.Use("2026-02-12", 10m);
        await book.Bill("2026-03-01");
        (await book.Run("2026-03")).ShouldBeEmpty();
        (await book.World.Billed()).ShouldBe("");
    }

    [Fact]
    public async Task An_invoice_that_is_voided_is_billed_anew_and_what_was_drawn_is_earned_again()
    {
        await using var book = await Drawn();
        (await book.Credit(new CreditWish.Void(), "2026-02-01")).ShouldBeOfType<CreditOutcome.Given>();
        (await book.Run("2026-02")).ShouldBe("2026-02 -25 0");
        (await book.Trial("2026-02")).ShouldBe("");
        await book.Bill("2026-02-28");
        (await book.Run("2026-02")).ShouldBe("2026-02 25 0");
        (await book.Trial("2026-02")).ShouldBe("prepaid-credit -75, receivable 120, revenue -25, tax -20");
    }

    [Fact]
    public async Task A_sale_that_is_withdrawn_takes_the_credit_with_it_and_what_it_covered_is_billed()
    {
        await using var book = await PrepaidBook.Start(postgres);
        await book.Bill("2026-01-01");
        await book.Use("2026-01-10", 30m);
        await book.Bill("2026-03-01"); // 20.00 roll over
        (await book.Run("2026-03")).ShouldBe("2026-01 25 0, 2026-03 0 58.33");
        await book.Withdraw();
        await book.Bill("2026-03-02");
        (await book.World.Billed()).ShouldBe("S tokens 2026-01-01 30");
        (await book.Run("2026-03")).ShouldBe("2026-01 -25 0, 2026-03 0 -58.33"); // nothing was drawn in January
        (await book.Trial("2026-03")).ShouldBe("receivable 36, revenue -30, tax -6");
        (await book.Grants()).ShouldAllBe(row => row.State == GrantState.Withdrawn && row.Drawn == 0m && row.Left == 0m);
        await book.Use("2026-03-10", 5m);
        await book.Bill("2026-04-01");
        (await book.World.Billed()).ShouldBe("S tokens 2026-01-01 30\nS tokens 2026-03-01 5");
        (await book.Run("2026-04")).ShouldBeEmpty();
    }

    [Fact]
    public async Task What_a_closed_month_lacks_comes_in_the_first_open_one_and_says_so()
    {
        await using var book = await PrepaidBook.Start(postgres);
        await book.Bill("2026-01-01");
        await book.Bill("2026-02-01");
        await book.Run("2026-01");
        await book.World.Database.Execute("update customers.legal_entity set closed_through = '2026-01-31'");
        await book.Use("2026-01-20", 30m);
        await book.Bill("2026-02-02");
        (await book.Run("2026-02")).ShouldBe("2026-02 25 0");
        (await book.Trial("2026-01")).ShouldBe("prepaid-credit -100, receivable 120, tax -20");
        (await book.Lines())[^1].ShouldBe("2026-02 revenue -25 Prepaid credit drawn in 2026-01");
        (await book.Revenue.Check("2026-01")).Prepaid.ShouldHaveSingleItem().ShouldSatisfyAllConditions(
            balance => (balance.Closed, balance.Wrong, balance.Difference.Amount).ShouldBe((true, false, 25m)));
    }

    [Fact]
    public async Task Nothing_lapses_before_its_day_has_come_and_billing_has_gone_through_it()
    {
        await using var book = await PrepaidBook.Start(postgres, PrepaidBook.Grant.Replace(",\n \"rollover\":{\"fraction\":\"0.5\",\"most\":\"20\"}", "", StringComparison.Ordinal));
        await book.Bill("2026-01-01");
        await book.World.Bill("2026-03-01"); // ahead
        (await book.Run("2026-01")).ShouldBeEmpty();
        book.World.On("2026-03-01");
        (await book.Run("2026-03")).ShouldBe("2026-03 0 100");
        // Usage of February that comes late draws what was lost: no revenue more, and no invoice.
        await book.Use("2026-02-20", 60m);
        await book.Bill("2026-03-05");
        (await book.Run("2026-03")).ShouldBe("2026-02 50 0, 2026-03 0 -50");
        (await book.World.Billed()).ShouldBe("- one-off 2026-01-01 100");
    }

    [Fact]
    public async Task What_nobody_paid_for_books_nothing_and_is_drawn_as_before()
    {
        await using var book = await PrepaidBook.Start(postgres, PrepaidBook.Grant.Replace(",\"price\":\"100.00\",\"actor\":\"ann\"", "", StringComparison.Ordinal));
        await book.Use("2026-01-10", 30m);
        await book.Bill("2026-02-01");
        (await book.Run("2026-02")).ShouldBeEmpty();
        (await book.Trial("2026-02")).ShouldBe("");
        (await book.Revenue.Check("2026-02")).Prepaid.ShouldBeEmpty();
        (await book.Grants()).ShouldHaveSingleItem().ShouldSatisfyAllConditions(row => row.Drawn.ShouldBe(30m), row => row.Price.ShouldBeNull());
    }

    [Fact]
    public async Task In_a_foreign_currency_it_stays_at_the_rate_of_its_invoice_and_the_last_draw_takes_the_rest()
    {
        await using var book = await PrepaidBook.Start(postgres, books: "USD");
        await Quote(book.World, "2026-01-01 1.1111", "2026-02-10 1.3", "2026-05-01 2");
        await book.Bill("2026-01-01");
        (await book.Stands()).ShouldBe("-100 -111.11");
        await book.Use("2026-01-10", 30m);
        await book.Use("2026-02-10", 37m);
        await book.Bill("2026-03-01");
        (await book.Run("2026-03")).ShouldBe("2026-01 25 0, 2026-02 30.83 0, 2026-03 0 27.5");
        (await book.Stands()).ShouldBe("-16.67 -18.52"); // 83.33 of it are 92.59
        await book.Bill("2026-05-01");
        (await book.Run("2026-05")).ShouldBe("2026-05 0 16.67");
        (await book.Stands("revenue")).ShouldBe("-100 -111.11");
        (await book.Stands()).ShouldBe("0 0");
        // Credited at 2.00: 40.00 go at 80.00, and what is earned comes down to what the books have left of it.
        (await book.Credit(new CreditWish.ByAmount(40m), "2026-05-01")).ShouldBeOfType<CreditOutcome.Given>();
        (await book.Run("2026-05")).ShouldBe("2026-05 -22.33 -17.67");
        (await book.Stands()).ShouldBe("0 0");
        (await book.Stands("revenue")).ShouldBe("-60 -31.11");
        (await new Application.Ledger.CheckLedger(book.World.Database.Source).Run(CancellationToken.None)).Findings.ShouldBeEmpty();
    }

    /// <summary>
    /// Sold at 1.1111 and credited whole at 1.30, of which nothing was used: 111.11 came and 130.00 went. The 18.89 are lost, and not in the way of
    /// anything that is sold later. The receivable won 22.67 by it when the memo was given, and the tax stays at the rates of its documents.
    /// </summary>
    [Fact]
    public async Task What_rates_left_of_a_sale_that_is_credited_whole_while_unused_is_lost_at_once()
    {
        await using var book = await CreditedWhole();
        var lost = (await book.Revenue.Run("2026-02")).Exchanged.ShouldHaveSingleItem();
        (lost.LegalEntity, lost.Month.ToString(), lost.Amount.ToString(), lost.Grants).ShouldBe(("AT", "2026-02", "-18.89 USD", 1));
        (await book.Run("2026-02")).ShouldBeEmpty();
        (await book.Stands()).ShouldBe("0 0");
        (await book.Stands("fx-gain-loss")).ShouldBe("0 -3.78");
        (await book.Lines()).ShouldBe(["2026-02 prepaid-credit 0 Exchange loss", "2026-02 fx-gain-loss 0 Exchange loss"]);
        // The ERP is told it in dollars, for in euros nothing moves.
        (await book.World.Database.Scalar<string>(
            "select currency || ' ' || trim_scale(amount) from posting.posting where document_kind = 'revenue-journal'")).ShouldBe("USD 18.89");
        (await new Application.Ledger.CheckLedger(book.World.Database.Source).Run(CancellationToken.None)).Findings.ShouldBeEmpty();
        (await new ReverseEntry(book.World.Database.Source, book.World.Time).Run(new ReversalRequest(lost.Entry, null, "Wrong", "mara", "r1"), CancellationToken.None))
            .ShouldBeOfType<JournalOutcome.Refused>().Code.ShouldBe("scheduled-revenue");

        // The credit stays the customer's; what is drawn of it earns nothing.
        await book.Use("2026-02-12", 10m);
        await book.Bill("2026-03-01");
        (await book.Run("2026-03")).ShouldBeEmpty();
        (await book.Stands()).ShouldBe("0 0");
    }

    [Fact]
    public async Task What_was_earned_of_a_sale_credited_whole_comes_back_as_it_was_and_rates_are_lost_beside_it()
    {
        await using var book = await PrepaidBook.Start(postgres, books: "USD");
        await Quote(book.World, "2026-01-01 1.1111", "2026-02-10 1.3");
        await book.Bill("2026-01-01");
        await book.Use("2026-01-10", 30m);
        await book.Bill("2026-02-01");
        (await book.Run("2026-01")).ShouldBe("2026-01 25 0");
        (await book.Stands("revenue")).ShouldBe("-25 -27.78");
        book.World.On("2026-02-10");
        (await book.Credit(new CreditWish.Whole(), "2026-02-10")).ShouldBeOfType<CreditOutcome.Given>();
        (await book.Run("2026-02")).ShouldBe("2026-02 -25 0");
        (await book.Stands("revenue")).ShouldBe("0 0");
        (await book.Stands()).ShouldBe("0 0");
        (await new Application.Ledger.CheckLedger(book.World.Database.Source).Run(CancellationToken.None)).Findings.ShouldBeEmpty();
    }

    [Theory]
    [InlineData("insert into revenue.prepaid_exchange_line select exchange, 9, tenant, billing_account_id, grant_id, 1 from revenue.prepaid_exchange_line", "prepaid_exchange_is_sealed")]
    [InlineData("delete from revenue.prepaid_exchange_line", "booked_is_booked")]
    [InlineData("update revenue.prepaid_exchange set month = '2026-03-01'", "booked_is_booked")]
    [InlineData("insert into revenue.prepaid_exchange select 99, tenant, legal_entity_id, currency, month, md5('x')::uuid, run_id, created_at from revenue.prepaid_exchange", "prepaid_exchange_is_in_the_ledger")]
    [InlineData("insert into revenue.prepaid_exchange_line select 99, 1, tenant, billing_account_id, grant_id, 5 from revenue.prepaid_exchange_line; "
        + "insert into revenue.prepaid_exchange select 99, tenant, legal_entity_id, currency, month, md5('x')::uuid, run_id, created_at from revenue.prepaid_exchange", "prepaid_exchange_is_in_the_ledger")]
    [InlineData("insert into posting.posting (id, billing_account_id, legal_entity_id, document_kind, document_id, business_key, month, currency, amount, state, correlation_id, "
        + "created_at, changed_at) select md5('y')::uuid, billing_account_id, legal_entity_id, document_kind, document_id, 'X-1', month, 'GBP', amount, 'staged', correlation_id, "
        + "created_at, changed_at from posting.posting where document_kind = 'revenue-journal'", "posting_of_its_entry")]
    public async Task The_database_itself_refuses_exchange_differences_that_are_none(string sql, string constraint)
    {
        await using var book = await CreditedWhole();
        await book.Run("2026-02");
        (await Should.ThrowAsync<PostgresException>(() => book.World.Database.Execute(sql))).ConstraintName.ShouldBe(constraint);
    }

    private async Task<PrepaidBook> CreditedWhole()
    {
        var book = await PrepaidBook.Start(postgres, books: "USD");
        await Quote(book.World, "2026-01-01 1.1111", "2026-02-10 1.3");
        await book.Bill("2026-01-01");
        (await book.Run("2026-01")).ShouldBeEmpty();
        book.World.On("2026-02-10");
        (await book.Credit(new CreditWish.Whole(), "2026-02-10")).ShouldBeOfType<CreditOutcome.Given>();
        (await book.Stands()).ShouldBe("0 18.89");
        return book;
    }

    [Fact]
    public async Task What_a_run_booked_is_not_taken_back_by_hand_and_what_a_journal_by_hand_did_is_told_beside()
    {
        await using var book = await Drawn();
        var entry = (await book.World.Database.Scalar<string>("select business_key from posting.posting where document_kind = 'revenue-journal'"))!;
        (await new ReverseEntry(book.World.Database.Source, book.World.Time).Run(new ReversalRequest(entry, null, "Wrong", "mara", "r1"), CancellationToken.None))
            .ShouldBeOfType<JournalOutcome.Refused>().Code.ShouldBe("scheduled-revenue");
        (await new BookJournal(book.World.Database.Source, book.World.Time).Add(CatalogueTests.Json(
            """
            {"legal-entity":"AT","date":"2026-01-20","currency":"EUR","text":"Opening","reason":"Migrated","actor":"ann",
             "lines":[{"account":"prepaid-credit","credit":"50"},{"account":"revenue","debit":"50"}]}
            """), "ann", "j1", CancellationToken.None)).ShouldBeOfType<JournalOutcome.Done>();
        var balance = (await book.Revenue.Check("2026-01")).Prepaid.ShouldHaveSingleItem();
        (balance.Wanted.Amount, balance.ByHand.Amount, balance.Ledger.Amount, balance.Wrong).ShouldBe((75m, 50m, 125m, false));
        await book.World.Database.Execute(
            "insert into ledger.balance_change select tenant, legal_entity_id, month, account, currency, 0, 1, 1 from ledger.turnover where account = 'prepaid-credit' limit 1");
        var check = await book.Revenue.Check("2026-01");
        (check.Prepaid.ShouldHaveSingleItem().Difference.Amount, check.Aligned).ShouldBe((1m, false));
    }

    [Fact]
    public async Task The_same_sale_again_adds_nothing_and_another_price_under_its_key_is_refused()
    {
        await using var book = await PrepaidBook.Start(postgres);
        var grants = new GrantCredit(book.World.Database.Source);
        (await grants.Run(CatalogueTests.Json(PrepaidBook.Grant), CancellationToken.None)).ShouldBeOfType<GrantOutcome.Granted>().Added.ShouldBeFalse();
        foreach (var other in new[] { PrepaidBook.Grant.Replace("100.00", "99.00", StringComparison.Ordinal), PrepaidBook.Grant.Replace("\"actor\"", "\"tax-category\":\"books\",\"actor\"", StringComparison.Ordinal) })
            (await grants.Run(CatalogueTests.Json(other), CancellationToken.None)).ShouldBeOfType<GrantOutcome.KeyTaken>();
        (await book.World.Database.Scalar<long>("select count(*) from invoicing.one_off_charge")).ShouldBe(1);
        // Before billing began nothing is charged, and nothing granted.
        (await grants.Run(CatalogueTests.Json(PrepaidBook.Grant.Replace("g1", "g2", StringComparison.Ordinal).Replace("2026-01-01", "2025-12-31", StringComparison.Ordinal)), CancellationToken.None))
            .ShouldBeOfType<GrantOutcome.Refused>().Problems.ShouldHaveSingleItem().Code.ShouldBe("before-billing");
        (await book.World.Database.Scalar<long>("select count(*) from credits.grant")).ShouldBe(1);
    }

    /// <summary>Of 25.00 released of 100.00 paid, in January.</summary>
    [Theory]
    [InlineData("insert into revenue.prepaid_line select prepaid, 9, tenant, billing_account_id, grant_id, use, used_in, subscription_id, component, 1, null from revenue.prepaid_line", "prepaid_is_sealed")]
    [InlineData("delete from revenue.prepaid_line", "booked_is_booked")]
    [InlineData("delete from credits.purchase", "booked_is_booked")]
    [InlineData("insert into revenue.prepaid select 99, tenant, legal_entity_id, currency, month, 1, 5, 0, run_id, created_at from revenue.prepaid", "prepaid_equals_its_lines")]
    [InlineData("{line 75.01} insert into revenue.prepaid select 99, tenant, legal_entity_id, currency, month, 1, 75.01, 0, run_id, created_at from revenue.prepaid", "prepaid_within_paid")]
    [InlineData("{line -25.01} insert into revenue.prepaid select 99, tenant, legal_entity_id, currency, month, 1, -25.01, 0, run_id, created_at from revenue.prepaid", "prepaid_within_paid")]
    [InlineData("{line 75} insert into revenue.prepaid select 99, tenant, legal_entity_id, currency, '2025-12-01', 1, 75, 0, run_id, created_at from revenue.prepaid", "prepaid_within_paid")]
    [InlineData("{line 75} insert into revenue.prepaid select 99, tenant, legal_entity_id, 'USD', month, 1, 75, 0, run_id, created_at from revenue.prepaid", "prepaid_of_its_books")]
    [InlineData("{line 75} insert into revenue.prepaid select 99, tenant, legal_entity_id, currency, month, 1, 75, 0, run_id, created_at from revenue.prepaid", "prepaid_parts_equal_their_lines")]
    [InlineData("{line 75} {part 75} insert into revenue.prepaid select 99, tenant, legal_entity_id, currency, month, 1, 75, 0, run_id, created_at from revenue.prepaid", "prepaid_is_in_the_ledger")]
    [InlineData("insert into credits.purchase select billing_account_id, md5('x')::uuid, tenant, charge_id, price from credits.purchase", "purchase_charged_once")]
    [InlineData("insert into invoicing.one_off_charge select md5('x')::uuid, tenant, billing_account_id, subscription_id, charge_on, 1, 5, 'prepaid', tax_category, "
        + "description, 'x', 'x', null, actor, correlation_id, created_at from invoicing.one_off_charge", "prepaid_charge_sells_a_grant")]
    public async Task The_database_itself_refuses(string sql, string constraint)
    {
        await using var book = await Drawn();
        var text = sql.Replace("{part 75}",
            """
            insert into revenue.prepaid_part_line (prepaid, no, part) values (99, 1, 1);
            insert into revenue.prepaid_part (prepaid, no, use, used_in, lines, amount, entry_no, line_no) values (99, 1, 'drawn', '2026-01-01', 1, 75, 1, 1);
            """, StringComparison.Ordinal);
        text = System.Text.RegularExpressions.Regex.Replace(text, @"\{line (?<amount>\S+)\}",
            "insert into revenue.prepaid_line select 99, 1, tenant, billing_account_id, grant_id, use, used_in, subscription_id, component, ${amount}, null from revenue.prepaid_line;",
            System.Text.RegularExpressions.RegexOptions.ExplicitCapture, TimeSpan.FromSeconds(1));
        (await Should.ThrowAsync<PostgresException>(() => book.World.Database.Execute(text))).ConstraintName.ShouldBe(constraint);
    }

    private async Task<PrepaidBook> Drawn()
    {
        var book = await PrepaidBook.Start(postgres);
        await book.Bill("2026-01-01");
        await book.Use("2026-01-10", 30m);
        await book.Bill("2026-02-01");
        (await book.Run("2026-01")).ShouldBe("2026-01 25 0");
        return book;
    }

    // What a euro costs in dollars.
    private static async Task Quote(BillingWorld world, params string[] rates) =>
        (await new EnterRates(world.Database.Source, world.Time).Run(
            [.. rates.Select(rate => rate.Split(' ')).Select(rate => new EnteredRate("EUR", "USD", rate[0], rate[1]))], "Story", "ann", CancellationToken.None))
        .Refused.ShouldBe(0);
}
