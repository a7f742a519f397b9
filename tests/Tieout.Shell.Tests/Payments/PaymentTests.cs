using Npgsql;
using Tieout.Application.Journals;
using Tieout.Application.Payments;
using Tieout.Shell.Tests.Database;

namespace Tieout.Shell.Tests.Payments;

/// <summary>Money received and what becomes of it, on two invoices of 10.74 dollars.</summary>
public sealed class PaymentTests(PostgresFixture postgres)
{
    private const string First = "US-2026-0000001";
    private const string Second = "US-2026-0000002";

    [Fact]
    public async Task A_payment_settles_the_invoices_named_and_the_rest_is_owed_to_the_customer()
    {
        await using var books = await CashDesk.TwoInvoices(postgres);
        var desk = new CashDesk(books.Source);
        var payment = CashDesk.Done(await desk.Pay("20.00", $$"""{{Named(First, "10.74")}},"fee":"0.50" """));
        payment.Lines.Select(line => (line.Account, line.Settles, line.Amount.Amount)).ShouldBe(
            [("cash-clearing", "", 19.50m), ("bank-fees", "", 0.50m), ("receivable", First, -10.74m), ("unapplied-cash", "", -9.26m)]);
        (payment.Kind, payment.State, payment.Amount.Amount, payment.Actor).ShouldBe(("payment", "staged", -10.74m, "mara"));
        (await desk.Open(First), await desk.Open(Second)).ShouldBe((0m, 10.74m));

        var apply = CashDesk.Done(await desk.Apply(payment.Number, "\"oldest-first\":true"));
        apply.Lines.Select(line => (line.Account, line.Settles, line.Amount.Amount)).ShouldBe([("unapplied-cash", "", 9.26m), ("receivable", Second, -9.26m)]);
        (await desk.Open(Second), await desk.Balance("unapplied-cash")).ShouldBe((1.48m, 0m));
        CashDesk.Why(await desk.Apply(payment.Number, Named(Second, "1"))).ShouldBe("nothing-unapplied number");

        CashDesk.Done(await desk.Unapply(payment.Number, Named(First, "0.74")));
        (await desk.Open(First), await desk.Balance("unapplied-cash")).ShouldBe((0.74m, -0.74m));
        var shown = (await new FindPayments(books.Source).One(payment.Number, CancellationToken.None))!;
        (shown.Unapplied.Amount, shown.Returned.Amount, shown.Fee.Amount).ShouldBe((0.74m, 0m, 0.50m));
        shown.Applied.Select(one => (one.Invoice, one.Amount.Amount)).ShouldBe([(First, 10m), (Second, 9.26m)]);
        shown.Movements.Select(one => one.Kind).ShouldBe(["receipt", "application", "release"]);
    }

    [Fact]
    public async Task The_same_reference_is_the_same_payment_whatever_its_key_and_other_money_under_it_is_refused()
    {
        await using var books = await CashDesk.TwoInvoices(postgres);
        var desk = new CashDesk(books.Source);
        var first = CashDesk.Done(await desk.Pay("5.00", reference: "BANK-1", key: "k1"));
        foreach (var key in new[] { "k1", "k2" })
            (await desk.Pay("5.0", reference: "BANK-1", key: key)).ShouldBeOfType<JournalOutcome.Done>().ShouldSatisfyAllConditions(
                done => done.Again.ShouldBeTrue(), done => done.Journal.Number.ShouldBe(first.Number));
        CashDesk.Why(await desk.Pay("6.00", reference: "BANK-2", key: "k2")).ShouldBe("key-reused idempotency-key");
        CashDesk.Why(await desk.Pay("6.00", reference: "BANK-1")).ShouldBe("reference-used reference");
        CashDesk.Why(await desk.Pay("6.00", reference: "BANK-2", key: "k1")).ShouldBe("key-reused idempotency-key");
        CashDesk.Done(await desk.Pay("6.00", "\"source\":\"gateway\"", reference: "BANK-1")).Number.ShouldNotBe(first.Number);
        (await desk.Scalar<long>("select count(*) from cash.payment")).ShouldBe(2);
    }

    [Fact]
    public async Task A_bank_s_number_that_passes_the_check_by_chance_is_a_reference_and_a_card_s_number_is_none()
    {
        await using var books = await CashDesk.TwoInvoices(postgres);
        var desk = new CashDesk(books.Source);
        CashDesk.Done(await desk.Pay("1", reference: "1000000000000008"));
        CashDesk.Why(await desk.Pay("1", reference: "4111111111111111")).ShouldBe("card-number reference");
        CashDesk.Why(await desk.Pay("1", "\"source\":\"1000000000000008\"")).ShouldBe("card-number source");
    }

    [Fact]
    public async Task An_amount_below_zero_is_told_of_as_an_amount()
    {
        await using var books = await CashDesk.TwoInvoices(postgres);
        var problem = (await new CashDesk(books.Source).Pay("-5")).ShouldBeOfType<JournalOutcome.Unreadable>().Problems.ShouldHaveSingleItem();
        (problem.Field, problem.Remedy).ShouldBe(("amount", "Give an amount of zero or more; what goes back is a document of its own, not a negative amount."));
    }

    [Fact]
    public async Task Of_two_payments_at_once_for_one_invoice_only_what_is_owed_is_settled()
    {
        await using var books = await CashDesk.TwoInvoices(postgres);
        var desk = new CashDesk(books.Source);
        var outcomes = await Task.WhenAll(Enumerable.Range(0, 6).Select(_ => desk.Pay("4.00", Named(First, "4.00"))));
        outcomes.OfType<JournalOutcome.Done>().Count().ShouldBe(2);
        outcomes.OfType<JournalOutcome.Refused>().ShouldAllBe(no => no.Code == "more-than-owed");
        (await desk.Open(First)).ShouldBe(2.74m);
        var same = await Task.WhenAll(Enumerable.Range(0, 6).Select(_ => desk.Pay("1.00", reference: "ONE", key: "one")));
        same.Select(one => CashDesk.Done(one).Number).Distinct().ShouldHaveSingleItem();
        same.Count(one => !((JournalOutcome.Done)one).Again).ShouldBe(1);
    }

    [Theory]
    [InlineData("5", "\"invoices\":[{\"invoice\":\"US-2026-9999999\"}]", "unknown-invoice invoices[0].invoice")]
    [InlineData("5", "\"invoices\":[{\"invoice\":\"US-2026-0000001\",\"amount\":\"5.01\"}]", "more-than-received invoices[0].amount")]
    [InlineData("50", "\"invoices\":[{\"invoice\":\"US-2026-0000001\",\"amount\":\"10.75\"}]", "more-than-owed invoices[0].amount")]
    [InlineData("5", "\"invoices\":[{\"invoice\":\"US-2026-0000001\"}],\"oldest-first\":true", "one-of invoices")]
    [InlineData("5", "\"recovers\":\"USJ-2026-0000001\"", "unknown-write-off recovers")]
    [InlineData("5", "\"fee\":\"5\"", "bad-amount fee")]
    [InlineData("5", "\"fee\":\"-1\"", "bad-number fee")]
    [InlineData("0", "", "bad-amount amount")]
    [InlineData("5.001", "", "bad-amount amount")]
    [InlineData("5", "\"colour\":\"red\"", "unknown-member colour")]
    [InlineData("5", "\"reason\":\"4111 1111 1111 1111\"", "card-number reason")]
    public async Task What_the_books_do_not_allow_is_refused_and_nothing_is_written(string amount, string more, string why)
    {
        await using var books = await CashDesk.TwoInvoices(postgres);
        var desk = new CashDesk(books.Source);
        CashDesk.Why(await desk.Pay(amount, more)).ShouldBe(why);
        (await desk.Scalar<long>("select count(*) from cash.payment") + await desk.Scalar<long>("select count(*) from cash.movement")).ShouldBe(0);
    }

    [Fact]
    public async Task Other_accounts_currencies_and_closed_months_are_refused()
    {
        await using var books = await CashDesk.TwoInvoices(postgres);
        var desk = new CashDesk(books.Source);
        CashDesk.Why(await desk.Pay("5", account: "C-9")).ShouldBe("unknown-account billing-account");
        CashDesk.Why(await desk.Pay("5", currency: "EUR")).ShouldBe("other-currency currency");
        await books.Execute("update customers.legal_entity set closed_through = '2026-12-31'");
        CashDesk.Why(await desk.Pay("5")).ShouldBe("month-closed received-on");
    }

    [Fact]
    public async Task A_refund_takes_what_is_unapplied_first_then_owes_the_invoice_again_and_never_more_than_was_paid()
    {
        await using var books = await CashDesk.TwoInvoices(postgres);
        var desk = new CashDesk(books.Source);
        var payment = CashDesk.Done(await desk.Pay("12.00", Named(First, "10.74")));
        CashDesk.Why(await desk.Refund($"\"payment\":\"{payment.Number}\"", "12.01")).ShouldBe("more-than-paid amount");
        var refund = CashDesk.Done(await desk.Refund($"\"payment\":\"{payment.Number}\"", "2.00"));
        refund.Lines.Select(line => (line.Account, line.Amount.Amount)).ShouldBe([("unapplied-cash", 1.26m), ("receivable", 0.74m), ("cash-clearing", -2m)]);
        (await desk.Open(First)).ShouldBe(0.74m);
        CashDesk.Why(await desk.Refund($"\"payment\":\"{payment.Number}\"", "10.01")).ShouldBe("more-than-paid amount");
        CashDesk.Why(await desk.Reverse(payment.Number)).ShouldBe("stood-upon number");
        CashDesk.Done(await desk.Reverse(refund.Number));
        (await desk.Open(First), await desk.Balance("cash-clearing")).ShouldBe((0m, 12m));
        CashDesk.Done(await desk.Reverse(payment.Number));
        (await desk.Open(First), await desk.Balance("cash-clearing"), await desk.Balance("unapplied-cash")).ShouldBe((10.74m, 0m, 0m));
        CashDesk.Why(await desk.Reverse(payment.Number)).ShouldBe("already-reversed number");
        CashDesk.Why(await desk.Refund($"\"payment\":\"{payment.Number}\"", "1")).ShouldBe("payment-reversed payment");
    }

    [Fact]
    public async Task A_credit_memo_on_a_paid_invoice_leaves_a_credit_that_is_paid_back_once()
    {
        await using var books = await CashDesk.TwoInvoices(postgres);
        var desk = new CashDesk(books.Source);
        CashDesk.Done(await desk.Pay("10.74", Named(First, "10.74")));
        var memo = await desk.Credit(First, 5m);
        (await desk.Open(First)).ShouldBe(-5.37m);
        CashDesk.Why(await desk.Refund($"\"credit-memo\":\"{memo}\"", "5.38")).ShouldBe("more-than-credit amount");
        var refund = CashDesk.Done(await desk.Refund($"\"credit-memo\":\"{memo}\"", "5.37"));
        refund.Lines.Select(line => (line.Account, line.Settles, line.Amount.Amount)).ShouldBe([("receivable", memo, 5.37m), ("cash-clearing", "", -5.37m)]);
        (await desk.Open(First)).ShouldBe(0m);
        CashDesk.Why(await desk.Refund($"\"credit-memo\":\"{memo}\"", "0.01")).ShouldBe("more-than-credit amount");
        CashDesk.Done(await desk.Reverse(refund.Number));
        (await desk.Open(First)).ShouldBe(-5.37m);
        // What only lessens what is owed is no credit to pay back.
        var lesser = await desk.Credit(Second, 1m);
        CashDesk.Why(await desk.Refund($"\"credit-memo\":\"{lesser}\"", "1")).ShouldBe("more-than-credit amount");
    }

    [Fact]
    public async Task What_a_credit_memo_gave_back_of_a_payment_is_not_there_a_second_time()
    {
        await using var books = await CashDesk.TwoInvoices(postgres);
        var desk = new CashDesk(books.Source);
        var payment = CashDesk.Done(await desk.Pay("10.74", Named(First, "10.74")));
        var memo = await desk.Credit(First, 5m);
        CashDesk.Done(await desk.Refund($"\"credit-memo\":\"{memo}\"", "5.37"));
        CashDesk.Why(await desk.Refund($"\"payment\":\"{payment.Number}\"", "5.38")).ShouldBe("more-than-paid amount");
        CashDesk.Why(await desk.Reverse(payment.Number)).ShouldBe("stood-upon number");
        CashDesk.Done(await desk.Refund($"\"payment\":\"{payment.Number}\"", "5.37"));
        (await desk.Open(First)).ShouldBe(5.37m);
    }

    [Fact]
    public async Task What_never_came_in_is_not_paid_back()
    {
        await using var books = await CashDesk.TwoInvoices(postgres);
        var desk = new CashDesk(books.Source);
        await desk.WriteOff(First, 10.74m);
        var memo = await desk.Credit(First, 5m);
        (await desk.Open(First)).ShouldBeLessThan(0m);
        CashDesk.Why(await desk.Refund($"\"credit-memo\":\"{memo}\"", "1")).ShouldBe("more-than-credit amount");
    }

    [Fact]
    public async Task What_has_gone_on_since_is_not_taken_back_before_that()
    {
        await using var books = await CashDesk.TwoInvoices(postgres);
        var desk = new CashDesk(books.Source);
        var payment = CashDesk.Done(await desk.Pay("10.74", ""));
        var applied = CashDesk.Done(await desk.Apply(payment.Number, Named(First, "10.74")));
        CashDesk.Done(await desk.Refund($"\"payment\":\"{payment.Number}\"", "10.74"));
        CashDesk.Why(await desk.Reverse(applied.Number)).ShouldBe("stood-upon number");
    }

    [Fact]
    public async Task A_write_off_taken_back_is_owed_again_and_one_that_is_paid_after_all_is_recovered()
    {
        await using var books = await CashDesk.TwoInvoices(postgres);
        var desk = new CashDesk(books.Source);
        var off = await desk.WriteOff(First, 10.74m);
        CashDesk.Why(await desk.Pay("5", Named(First, "5"))).ShouldBe("nothing-left invoices[0].invoice");
        CashDesk.Why(await desk.Pay("10.75", $"\"recovers\":\"{off}\"")).ShouldBe("more-than-written-off amount");
        var came = CashDesk.Done(await desk.Pay("4.00", $"\"recovers\":\"{off}\""));
        came.Lines.Select(line => (line.Account, line.Amount.Amount)).ShouldBe([("cash-clearing", 4m), ("bad-debt", -4m)]);
        CashDesk.Why(await desk.Pay("6.75", $"\"recovers\":\"{off}\"")).ShouldBe("more-than-written-off amount");
        CashDesk.Why(await desk.Reverse(off)).ShouldBe("stood-upon number");
        CashDesk.Done(await desk.Reverse(came.Number));
        CashDesk.Done(await desk.Reverse(off));
        (await desk.Open(First), await desk.Balance("bad-debt")).ShouldBe((10.74m, 0m));
        CashDesk.Done(await desk.Pay("10.74", Named(First, "10.74")));
        (await desk.Open(First)).ShouldBe(0m);
    }

    [Theory]
    [InlineData("update cash.payment set amount = 9", "booked_is_booked")]
    [InlineData("delete from cash.movement", "booked_is_booked")]
    [InlineData("update cash.share set amount = 1", "booked_is_booked")]
    [InlineData("update cash.follows set tenant = 2", "booked_is_booked")]
    [InlineData("insert into cash.share select movement_id, 9, tenant, payment_id, billing_account_id, 'unapplied', null, -2, layer from cash.share limit 1",
        "payment_not_overdrawn")]
    [InlineData("insert into cash.share select movement_id, 9, tenant, payment_id, billing_account_id, 'unapplied', null, 100, layer from cash.share limit 1",
        "payment_not_overdrawn")]
    [InlineData("insert into cash.payment select md5('x')::uuid, tenant, billing_account_id, legal_entity_id, source, reference, method, "
        + "received_on, currency, amount, fee, recovers, content_hash, created_at from cash.payment", "payment_received_once")]
    public async Task The_database_itself_refuses(string sql, string constraint)
    {
        await using var books = await CashDesk.TwoInvoices(postgres);
        CashDesk.Done(await new CashDesk(books.Source).Pay("5.00", Named(First, "4.00")));
        (await Should.ThrowAsync<PostgresException>(() => books.Execute(sql))).ConstraintName.ShouldBe(constraint);
    }

    private static string Named(string invoice, string amount) => $$"""
        "invoices":[{"invoice":"{{invoice}}","amount":"{{amount}}"}]
        """;
}
