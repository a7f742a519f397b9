using System.Globalization;
using System.Text.Json;
using Dapper;
using Npgsql;
using Tieout.Application.Accounts;
using Tieout.Application.Journals;
using Tieout.Application.Payments;
using Tieout.Application.Views;
using Tieout.Domain.Cash;
using Tieout.Shell.Tests.Database;
using Tieout.Shell.Tests.Ledger;

namespace Tieout.Shell.Tests.Payments;

/// <summary>
/// Two per cent off for who pays within twenty days: US-2026-0000001 of 1 November and -2 of 1 December 2026, each of 107.25 dollars with 7.25 of tax.
/// Money comes on 15 December: in time for the second, too late for the first.
/// </summary>
public sealed class DiscountStories(PostgresFixture postgres)
{
    private const string First = "US-2026-0000001";
    private const string Second = "US-2026-0000002";
    private const string Kept = """ "invoices":[{"invoice":"US-2026-0000002","discount":"2.15"}] """;

    private static CancellationToken None => CancellationToken.None;

    [Fact]
    public async Task Who_pays_early_keeps_the_discount_and_its_tax_is_owed_no_longer()
    {
        await using var books = await Books();
        var desk = new CashDesk(books.Source);
        var paid = CashDesk.Done(await desk.Pay("105.10", Kept));
        Told(paid).ShouldBe("cash-clearing 105.10, early-payment-discount 2.00, tax 0.15, receivable -107.25");
        paid.Lines.Select(line => line.Text).ShouldBe(["", "Discount for paying early, US-CA 7.25 %", "Tax in the discount, US-CA 7.25 %", ""]);
        (await desk.Open(Second)).ShouldBe(0m);

        var shown = (await new FindPayments(books.Source).One(paid.Number, None))!;
        shown.Applied.Select(one => (one.Invoice, one.Amount.Amount, one.Discount.Amount, one.Difference.Amount)).ShouldBe([(Second, 105.10m, 2.15m, 0m)]);
        (shown.Unapplied.Amount, shown.Returned.Amount, shown.Kept).ShouldBe((0m, 0m, null));
        var invoice = (await new FindInvoices(books.Source).One(Second, None))!;
        (invoice.EarlyPayment!.Percent, invoice.EarlyPayment.Until, invoice.EarlyPayment.Discount.Amount, invoice.EarlyPayment.Pay.Amount, invoice.EarlyPayment.Taken.Amount)
            .ShouldBe((2m, new DateOnly(2026, 12, 21), 2.15m, 105.10m, 2.15m));
        var settled = invoice.Settlements.ShouldHaveSingleItem();
        (settled.Amount.Amount, settled.Discount!.Value.Amount).ShouldBe((107.25m, 2.15m));
    }

    [Theory]
    [InlineData("105.10", """ "invoices":[{"invoice":"US-2026-0000001","discount":"2.15"}] """, "discount-too-late invoices[0].discount")]
    [InlineData("105.10", """ "invoices":[{"invoice":"US-2026-0000002","discount":"2.16"}] """, "more-than-discount invoices[0].discount")]
    [InlineData("50", """ "invoices":[{"invoice":"US-2026-0000002","discount":"1.03"}] """, "more-than-discount invoices[0].discount")] // 51.03 earns 1.02
    [InlineData("107.25", """ "invoices":[{"invoice":"US-2026-0000002","amount":"107.25","discount":"2.15"}] """, "more-than-owed invoices[0].amount")]
    [InlineData("105.10", """ "invoices":[{"invoice":"US-2026-0000002","discount":"0"}] """, "bad-amount invoices[0].discount")]
    [InlineData("105.10", """ "invoices":[{"invoice":"US-2026-0000002","discount":"2.145"}] """, "bad-amount invoices[0].discount")]
    [InlineData("105.10", """ "difference":true """, "one-invoice difference")]
    [InlineData("105.10", """ "invoices":[{"invoice":"US-2026-0000002"}],"difference":true """, "more-than-tolerance difference")]
    public async Task What_the_terms_do_not_give_is_refused_and_nothing_is_written(string amount, string what, string why)
    {
        await using var books = await Books();
        var desk = new CashDesk(books.Source);
        CashDesk.Why(await desk.Pay(amount, what)).ShouldBe(why);
        (await desk.Scalar<long>("select count(*) from cash.payment")).ShouldBe(0);
    }

    [Fact]
    public async Task A_refund_takes_its_part_of_the_discount_and_the_last_of_it_all_that_is_left()
    {
        await using var books = await Books();
        var desk = new CashDesk(books.Source);
        var paid = CashDesk.Done(await desk.Pay("105.10", Kept)).Number;
        // Half the money takes 1.08 of 2.15: 1.00 and 0.08 of tax.
        Told(CashDesk.Done(await desk.Refund($"\"payment\":\"{paid}\"", "52.55")))
            .ShouldBe("receivable 53.63, early-payment-discount -1.00, tax -0.08, cash-clearing -52.55");
        CashDesk.Why(await desk.Refund($"\"payment\":\"{paid}\"", "52.56")).ShouldBe("more-than-paid amount");
        Told(CashDesk.Done(await desk.Refund($"\"payment\":\"{paid}\"", "52.55")))
            .ShouldBe("receivable 53.62, early-payment-discount -1.00, tax -0.07, cash-clearing -52.55");
        (await desk.Open(Second), await desk.Balance("early-payment-discount"), await desk.Balance("cash-clearing")).ShouldBe((107.25m, 0m, 0m));
    }

    [Fact]
    public async Task Taken_off_the_invoice_and_put_back_the_discount_goes_and_comes_with_the_money()
    {
        await using var books = await Books();
        var desk = new CashDesk(books.Source);
        var paid = CashDesk.Done(await desk.Pay("105.10", Kept)).Number;
        var off = CashDesk.Done(await desk.Unapply(paid, $"\"invoices\":[{{\"invoice\":\"{Second}\"}}]"));
        Told(off).ShouldBe("receivable 107.25, tax -0.15, early-payment-discount -2.00, unapplied-cash -105.10");
        // Money that came in time keeps it, whenever it is applied.
        Told(CashDesk.Done(await desk.Apply(paid, Kept, day: 27))).ShouldBe("unapplied-cash 105.10, early-payment-discount 2.00, tax 0.15, receivable -107.25");
        (await desk.Open(Second)).ShouldBe(0m);
        CashDesk.Why(await desk.Unapply(paid, $"\"invoices\":[{{\"invoice\":\"{Second}\",\"discount\":\"1\"}}]", day: 27)).ShouldBe("unknown-member invoices[0].discount");
    }

    [Fact]
    public async Task Taking_the_payment_back_takes_the_discount_back_in_the_same_entry_and_it_may_be_kept_again()
    {
        await using var books = await Books();
        var desk = new CashDesk(books.Source);
        var paid = CashDesk.Done(await desk.Pay("105.10", Kept)).Number;
        Told(CashDesk.Done(await desk.Reverse(paid))).ShouldBe("cash-clearing -105.10, early-payment-discount -2.00, tax -0.15, receivable 107.25");
        (await desk.Open(Second), await desk.Balance("early-payment-discount")).ShouldBe((107.25m, 0m));
        CashDesk.Done(await desk.Pay("105.10", Kept));
        CashDesk.Why(await desk.Pay("1.00", Kept)).ShouldBe("nothing-left invoices[0].invoice");
    }

    [Fact]
    public async Task Who_paid_with_a_discount_and_gets_a_credit_memo_is_paid_back_what_was_paid()
    {
        await using var books = await Books();
        var desk = new CashDesk(books.Source);
        CashDesk.Done(await desk.Pay("105.10", Kept));
        var memo = await desk.Credit(Second, 100m);
        (await desk.Open(Second)).ShouldBe(-107.25m);
        CashDesk.Why(await desk.Refund($"\"credit-memo\":\"{memo}\"", "107.25")).ShouldBe("more-than-credit amount");
        Told(CashDesk.Done(await desk.Refund($"\"credit-memo\":\"{memo}\"", "105.10")))
            .ShouldBe("receivable 107.25, early-payment-discount -2.00, tax -0.15, cash-clearing -105.10");
        // Nothing is left of the invoice anywhere: not of its tax, not of the discount.
        foreach (var account in (string[])["early-payment-discount", "cash-clearing"]) (await desk.Balance(account)).ShouldBe(0m, account);
        (await desk.Open(Second), await desk.Balance("tax"), await desk.Balance("receivable"), await desk.Balance("revenue")).ShouldBe((0m, -7.25m, 107.25m, -100m));
    }

    [Fact]
    public async Task Of_a_credit_over_half_of_it_what_was_paid_for_that_half_goes_back()
    {
        await using var books = await Books();
        var desk = new CashDesk(books.Source);
        CashDesk.Done(await desk.Pay("105.10", Kept));
        var memo = await desk.Credit(Second, 50m);
        (await desk.Open(Second)).ShouldBe(-53.62m);
        var refused = (await desk.Refund($"\"credit-memo\":\"{memo}\"", "53.62")).ShouldBeOfType<JournalOutcome.Refused>();
        (refused.Code, refused.Remedy).ShouldBe(("more-than-credit", "Refund at most 52.54."));
        CashDesk.Done(await desk.Refund($"\"credit-memo\":\"{memo}\"", "52.54"));
        CashDesk.Done(await desk.Refund($"\"credit-memo\":\"{memo}\"", "0.01"));
        (await desk.Open(Second)).ShouldBe(0m);
    }

    [Theory]
    [InlineData("won", "", "cash-clearing 105.10, early-payment-discount 2.00, tax 0.15, disputed-receivable -107.25", "0")]
    [InlineData("lost", ",\"to\":\"owed-again\"", "receivable 107.25, disputed-receivable -107.25", "107.25")]
    [InlineData("lost", ",\"to\":\"bad-debt\"", "bad-debt 107.25, disputed-receivable -107.25", "0")]
    public async Task A_charge_back_disputes_the_invoice_with_its_discount(string end, string to, string lines, string open)
    {
        await using var books = await Books();
        var desk = new CashDesk(books.Source);
        var paid = CashDesk.Done(await desk.Pay("105.10", Kept)).Number;
        var dispute = CashDesk.Done(await desk.Dispute($"\"payment\":\"{paid}\""));
        Told(dispute).ShouldBe("disputed-receivable 107.25, early-payment-discount -2.00, tax -0.15, cash-clearing -105.10");
        var settled = CashDesk.Done(await desk.Settle(dispute.Number, end == "won" ? DisputeState.Won : DisputeState.Lost, to.TrimStart(',')));
        Told(settled).ShouldBe(lines);
        (await desk.Open(Second)).ShouldBe(decimal.Parse(open, CultureInfo.InvariantCulture));
        // And back: all of it stands as it did before.
        CashDesk.Done(await desk.Reverse(settled.Number, day: 21));
        CashDesk.Done(await desk.Reverse(dispute.Number, day: 22));
        CashDesk.Done(await desk.Reverse(paid, day: 23));
        foreach (var account in (string[])["early-payment-discount", "cash-clearing", "disputed-receivable", "bad-debt"]) (await desk.Balance(account)).ShouldBe(0m, account);
    }

    [Fact]
    public async Task What_is_disputed_of_an_invoice_earns_no_discount()
    {
        await using var books = await Books();
        var desk = new CashDesk(books.Source);
        CashDesk.Done(await desk.Dispute($"\"invoice\":\"{Second}\",\"amount\":\"7.25\"", day: 10));
        CashDesk.Why(await desk.Pay("97.85", Kept)).ShouldBe("more-than-discount invoices[0].discount");
        Told(CashDesk.Done(await desk.Pay("98.00", Kept.Replace("2.15", "2.00", StringComparison.Ordinal))))
            .ShouldBe("cash-clearing 98.00, early-payment-discount 1.86, tax 0.14, receivable -100.00");
    }

    [Fact]
    public async Task Days_of_grace_count_from_when_they_are_set_and_terms_changed_later_touch_no_issued_invoice()
    {
        await using var books = await Books(days: 12);
        var desk = new CashDesk(books.Source);
        CashDesk.Why(await desk.Pay("105.10", Kept)).ShouldBe("discount-too-late invoices[0].discount");
        (await Rules(books.Source, """{"grace-days":1,"reason":"As agreed","actor":"mara"}""")).Version.ShouldBe(1);
        CashDesk.Why(await desk.Pay("105.10", Kept)).ShouldBe("discount-too-late invoices[0].discount");
        (await Rules(books.Source, """{"grace-days":2,"reason":"As agreed","actor":"mara"}""")).Version.ShouldBe(2);
        (await Rules(books.Source, """{"grace-days":2,"reason":"Again","actor":"mara"}""")).Version.ShouldBe(2);
        var changed = await new AccountSettings(books.Source, TimeProvider.System).Change(
            "C-1", new SettingsRequest { DiscountPercent = "0", Actor = "mara", Reason = "Terms are over" }, None);
        changed.ShouldBeOfType<AccountDone<BillingSettings>>().Value.Discount.ShouldBeNull();
        CashDesk.Done(await desk.Pay("105.10", Kept));
        (await new SetPaymentRules(books.Source, TimeProvider.System).Find("XX", None)).ShouldBeOfType<PaymentRulesOutcome.NotFound>();
    }

    [Fact]
    public async Task A_small_difference_settles_the_invoice_and_goes_to_rounding_both_ways()
    {
        await using var books = await Books();
        var desk = new CashDesk(books.Source);
        await Rules(books.Source, """{"tolerances":{"USD":"0.05"},"reason":"Cents cost more","actor":"mara"}""");
        CashDesk.Why(await desk.Pay("107.19", Differs(First))).ShouldBe("more-than-tolerance difference");
        var little = CashDesk.Done(await desk.Pay("107.20", Differs(First)));
        Told(little).ShouldBe("cash-clearing 107.20, rounding 0.05, receivable -107.25");
        var much = CashDesk.Done(await desk.Pay("107.26", Differs(Second)));
        Told(much).ShouldBe("cash-clearing 107.26, receivable -107.25, rounding -0.01");
        (await desk.Open(First), await desk.Open(Second), await desk.Balance("unapplied-cash")).ShouldBe((0m, 0m, 0m));
        var shown = (await new FindPayments(books.Source).One(much.Number, None))!;
        (shown.Kept!.Value.Amount, shown.Returned.Amount).ShouldBe((0.01m, 0m));
        (await new FindPayments(books.Source).One(little.Number, None))!.Applied.ShouldHaveSingleItem().Difference.Amount.ShouldBe(0.05m);
        // What goes back takes the difference along; a cent that was kept goes back last.
        Told(CashDesk.Done(await desk.Refund($"\"payment\":\"{little.Number}\"", "107.20"))).ShouldBe("receivable 107.25, rounding -0.05, cash-clearing -107.20");
        Told(CashDesk.Done(await desk.Refund($"\"payment\":\"{much.Number}\"", "107.25"))).ShouldBe("receivable 107.25, cash-clearing -107.25");
        Told(CashDesk.Done(await desk.Refund($"\"payment\":\"{much.Number}\"", "0.01"))).ShouldBe("rounding 0.01, cash-clearing -0.01");
        (await desk.Balance("rounding")).ShouldBe(0m);
    }

    [Fact]
    public async Task Less_the_discount_a_cent_short_is_both()
    {
        await using var books = await Books();
        var desk = new CashDesk(books.Source);
        await Rules(books.Source, """{"tolerances":{"USD":"0.05"},"reason":"Cents cost more","actor":"mara"}""");
        Told(CashDesk.Done(await desk.Pay("105.09", Kept.TrimEnd() + ",\"difference\":true")))
            .ShouldBe("cash-clearing 105.09, early-payment-discount 2.00, tax 0.15, rounding 0.01, receivable -107.25");
        (await desk.Open(Second)).ShouldBe(0m);
    }

    [Fact]
    public async Task In_another_currency_the_discount_goes_by_the_invoice_s_rate_and_only_cash_wins_or_loses()
    {
        await using var books = await FxDesk.Start(postgres, FxDesk.Rates);
        await books.Execute("update customers.billing_account set discount_percent = 2, discount_days = 20");
        foreach (var month in new[] { 11, 12 })
            await new Application.Invoicing.BillAccounts(books.Source, TimeProvider.System).Run(
                new Application.Invoicing.BillingRequest(new Domain.AccountingMonth(2026, month), "test"), null, None);
        var (fx, desk) = (new FxDesk(books.Source), new CashDesk(books.Source));
        // 10.74 dollars booked at 0.92 are 9.88 euros; 10.53 of them come at 0.95.
        var paid = CashDesk.Done(await desk.Pay("10.53", Kept.Replace("2.15", "0.21", StringComparison.Ordinal))).Number;
        (await fx.Lines(paid)).ShouldBe(
            "cash-clearing 10.53 = 10.00, early-payment-discount 0.20 = 0.18, tax 0.01 = 0.01, receivable -10.74 = -9.88, fx-gain-loss 0.00 = -0.31");
        var dispute = CashDesk.Done(await desk.Dispute($"\"payment\":\"{paid}\"")).Number;
        var won = CashDesk.Done(await desk.Settle(dispute, DisputeState.Won)).Number;
        (await fx.Lines(won)).ShouldContain("early-payment-discount 0.20 = 0.18, tax 0.01 = 0.01");
        CashDesk.Done(await desk.Reverse(won, day: 21));
        CashDesk.Done(await desk.Reverse(dispute, day: 22));
        CashDesk.Done(await desk.Reverse(paid, day: 23));
        (await fx.Stands("early-payment-discount")).ShouldBe((0m, 0m));
        (await fx.Stands("receivable")).ShouldBe((21.48m, 19.55m));
        await fx.Holds();
    }

    [Theory]
    [InlineData("discount', i.id, 'US-CA', 0.0725, 3.00", "discount_within_its_terms", Second)]
    [InlineData("discount', i.id, 'US-CA', 0.0725, 1.00", "discount_within_its_days", First)]
    [InlineData("short', i.id, null, null, 0.01", "difference_within_tolerance", Second)]
    [InlineData("kept', null, null, null, 0.01", "payment_not_overdrawn", Second)] // more than came
    [InlineData("discount', i.id, null, null, 1.00", "share_of_a_discount_names_its_tax", Second)]
    [InlineData("discount', null, 'US-CA', 0.0725, 1.00", "share_on_an_invoice_names_it", Second)]
    public async Task PostgreSQL_grants_no_more_than_terms_and_rules_do(string share, string constraint, string invoice)
    {
        await using var books = await Books();
        var desk = new CashDesk(books.Source);
        CashDesk.Done(await desk.Pay("5.00"));
        var refused = await Should.ThrowAsync<PostgresException>(() => desk.Scalar<int>(
            $"""
            insert into cash.share (movement_id, no, payment_id, billing_account_id, pool, invoice_id, tax_code, tax_rate, amount, layer)
            select m.id, 9, m.payment_id, m.billing_account_id, '{share}, m.id from cash.movement m, invoicing.invoice i where i.number = '{invoice}'
            """));
        refused.ConstraintName.ShouldBe(constraint);
    }

    [Theory]
    [InlineData("insert into cash.payment_rules select 1, id, 1, 11, 'x', 'x', now() from customers.legal_entity where code = 'US'", "payment_rules_grace_days_check")]
    [InlineData("insert into cash.payment_rules select 1, id, 2, 1, 'x', 'x', now() from customers.legal_entity where code = 'US'", "payment_rules_in_turn")]
    [InlineData(
        """
        with rules as (insert into cash.payment_rules select 1, id, 1, 1, 'x', 'x', now() from customers.legal_entity where code = 'US' returning legal_entity_id)
        insert into cash.tolerance select 1, legal_entity_id, 1, 'USD', 1.01 from rules
        """, "tolerance_is_small")]
    [InlineData("update customers.billing_account set discount_percent = 2, discount_days = 31", "billing_account_discount_for_paying_early")]
    [InlineData("update customers.billing_account set discount_percent = 0, discount_days = 3", "billing_account_discount_for_paying_early")]
    public async Task PostgreSQL_takes_no_terms_and_rules_that_are_none(string sql, string constraint)
    {
        await using var books = await Books();
        (await Should.ThrowAsync<PostgresException>(() => new CashDesk(books.Source).Scalar<int>(sql))).ConstraintName.ShouldBe(constraint);
    }

    [Fact]
    public async Task An_entry_that_does_not_say_what_is_granted_is_refused()
    {
        await using var books = await Books();
        var desk = new CashDesk(books.Source);
        CashDesk.Done(await desk.Pay("105.10", Kept));
        // The same payment's rows under another number, with the discount on bank-fees.
        await using var connection = await books.Source.OpenConnectionAsync();
        await using var transaction = await connection.BeginTransactionAsync();
        var refused = await Should.ThrowAsync<PostgresException>(() => connection.ExecuteAsync(
            """
            create temporary table copied on commit drop as
              select m.id as movement, gen_random_uuid() as new_movement, m.entry_id as entry, gen_random_uuid() as new_entry from cash.movement m;
            insert into cash.movement (id, billing_account_id, legal_entity_id, entry_id, kind, payment_id, amount, reason, actor, created_at)
              select c.new_movement, m.billing_account_id, m.legal_entity_id, c.new_entry, 'application', m.payment_id, m.amount, m.reason, m.actor, m.created_at
              from cash.movement m join copied c on c.movement = m.id;
            insert into ledger.journal_entry (id, billing_account_id, legal_entity_id, month, entry_date, source_kind, source_id, text, correlation_id, created_at)
              select c.new_entry, e.billing_account_id, e.legal_entity_id, e.month, e.entry_date, e.source_kind, c.new_movement, e.text, e.correlation_id, e.created_at
              from ledger.journal_entry e join copied c on c.entry = e.id;
            insert into ledger.journal_line (entry_id, line_no, billing_account_id, legal_entity_id, month, account, currency, amount)
              select c.new_entry, l.line_no, l.billing_account_id, l.legal_entity_id, l.month,
                     case l.account when 'receivable' then 'bank-fees' else l.account end, l.currency, l.amount
              from ledger.journal_line l join copied c on c.entry = l.entry_id;
            insert into posting.posting (id, billing_account_id, legal_entity_id, document_kind, document_id, business_key, month, currency, amount, state,
              correlation_id, created_at, changed_at)
              select gen_random_uuid(), p.billing_account_id, p.legal_entity_id, p.document_kind, c.new_entry, 'USJ-2026-0000009', p.month, p.currency, p.amount, 'staged',
                     p.correlation_id, p.created_at, p.changed_at
              from posting.posting p join copied c on c.entry = p.document_id;
            """));
        refused.ConstraintName.ShouldBe("entry_says_what_is_granted");
    }

    // Before anything is billed.
    private async Task<TestDatabase> Books(int days = 20) => await CashDesk.TwoInvoices(
        postgres, $"update customers.billing_account set discount_percent = 2, discount_days = {days}; update subscriptions.component set agreed_price = 100");

    private static string Differs(string invoice) => $"\"invoices\":[{{\"invoice\":\"{invoice}\"}}],\"difference\":true";

    private static async Task<PaymentRulesSheet> Rules(NpgsqlDataSource books, string document) =>
        (await new SetPaymentRules(books, TimeProvider.System).Set("US", JsonDocument.Parse(document).RootElement, actor: null, None))
            .ShouldBeOfType<PaymentRulesOutcome.Done>().Sheet;

    private static string Told(Journal journal) =>
        string.Join(", ", journal.Lines.Select(line => FormattableString.Invariant($"{line.Account} {line.Amount.Amount:0.00}")));
}
