using Dapper;
using Tieout.Application.Invoicing;
using Tieout.Domain;
using Tieout.Domain.Invoicing;
using Tieout.Shell.Tests.Database;

namespace Tieout.Shell.Tests.Invoicing;

public sealed class CreditInvoiceTests(PostgresFixture postgres)
{
    private static readonly DateOnly Later = new(2026, 11, 20);

    [Fact]
    public async Task A_credit_of_the_whole_invoice_leaves_nothing_owed_and_is_not_billed_again()
    {
        await using var books = await Books();
        var given = (await Credit(books, "US-2026-0000001", new CreditWish.Whole())).ShouldBeOfType<CreditOutcome.Given>();
        // 10.01 and 7.25 % of it.
        (given.Number, given.Net, given.Tax, given.Total).ShouldBe(("USC-2026-0000001", -10.01m, -0.73m, -10.74m));
        (await Scalar<decimal>(books, "select sum(amount) from ledger.journal_line where billing_account_id = md5('account1')::uuid")).ShouldBe(0);
        (await Scalar<decimal>(
            books, "select sum(amount) from ledger.journal_line where billing_account_id = md5('account1')::uuid and account = 'receivable'")).ShouldBe(0);
        (await Scalar<string>(books, "select state from posting.posting where document_kind = 'credit-memo'")).ShouldBe("staged");
        (await Bill(books)).Totals.ShouldBeEmpty();
        (await Credit(books, "US-2026-0000001", new CreditWish.ByAmount(0.01m))).ShouldBeOfType<CreditOutcome.Refused>().Code.ShouldBe("more-than-billed");
        (await Credit(books, "US-2026-0000001", new CreditWish.Whole())).ShouldBeOfType<CreditOutcome.Refused>().Code.ShouldBe("nothing-left");
    }

    [Fact]
    public async Task Credits_piece_by_piece_take_exactly_the_tax_with_them()
    {
        await using var books = await Books();
        decimal[] pieces = [3.33m, 3.33m, 3.35m];
        var taxes = new List<decimal>();
        foreach (var piece in pieces)
            taxes.Add((await Credit(books, "US-2026-0000001", new CreditWish.ByAmount(piece))).ShouldBeOfType<CreditOutcome.Given>().Tax);
        // Each alone would be 0.24: 0.72 in all, a cent short of the invoice's 0.73.
        taxes.ShouldBe([-0.25m, -0.24m, -0.24m]);
        // Each repeats what the invoice said, not what the credit before it said.
        (await Scalar<string>(books, "select string_agg(distinct description, '; ') from invoicing.invoice_line where revision > 1"))
            .ShouldBe(await Scalar<string>(books, "select 'Goodwill: ' || min(description) || ' (invoice US-2026-0000001, line 1)' from invoicing.invoice_line where revision = 1"));
        (await Scalar<decimal>(books, "select total + corrected from invoicing.open_amount o where o.billing_account_id = md5('account1')::uuid")).ShouldBe(0);
    }

    [Fact]
    public async Task A_voided_invoice_is_billed_anew_as_it_is_wanted_then()
    {
        await using var books = await Books();
        (await Credit(books, "US-2026-0000001", new CreditWish.Void())).ShouldBeOfType<CreditOutcome.Given>();
        (await Credit(books, "US-2026-0000001", new CreditWish.Void())).ShouldBeOfType<CreditOutcome.Refused>().Code.ShouldBe("corrected-since");
        await Execute(books, "update subscriptions.component set agreed_price = 12 where billing_account_id = md5('account1')::uuid");
        var again = (await Bill(books)).Totals.ShouldHaveSingleItem();
        (again.Invoices, again.Net, again.Tax).ShouldBe((1, 12.00m, 0.87m));
        (await Scalar<int>(books, "select max(revision) from invoicing.invoice_line")).ShouldBe(3);
        // The new invoice stands by itself: it can be voided in its turn.
        var number = await Scalar<string>(books, "select max(number) from invoicing.invoice where kind = 'invoice' and billing_account_id = md5('account1')::uuid");
        (await Credit(books, number, new CreditWish.Void())).ShouldBeOfType<CreditOutcome.Given>().Net.ShouldBe(-12m);
    }

    [Fact]
    public async Task What_is_wanted_less_later_is_credited_only_as_far_as_it_is_still_billed()
    {
        await using var books = await Books();
        await Credit(books, "US-2026-0000001", new CreditWish.ByLine([new LineCredit(1, 8m)]));
        await Execute(books, "update subscriptions.component set agreed_price = 4 where billing_account_id = md5('account1')::uuid;" + SampleData.Touched(1));
        var total = (await Bill(books)).Totals.ShouldHaveSingleItem();
        // 6.01 less is wanted, 2.01 are left to credit.
        (total.CreditMemos, total.Net).ShouldBe((1, -2.01m));
        (await Bill(books)).Totals.ShouldBeEmpty();
    }

    [Fact]
    public async Task The_same_key_answers_with_the_first_credit_and_other_content_is_refused()
    {
        await using var books = await Books();
        var first = (await Credit(books, "US-2026-0000001", new CreditWish.ByAmount(1), key: "k1")).ShouldBeOfType<CreditOutcome.Given>();
        var again = (await Credit(books, "US-2026-0000001", new CreditWish.ByAmount(1.00m), key: "k1")).ShouldBeOfType<CreditOutcome.Given>();
        (again.Number, again.Again, first.Again).ShouldBe((first.Number, true, false));
        (await Credit(books, "US-2026-0000001", new CreditWish.ByAmount(2), key: "k1")).ShouldBeOfType<CreditOutcome.Refused>().Code.ShouldBe("key-reused");
        (await Scalar<long>(books, "select count(*) from invoicing.invoice where kind = 'credit-memo'")).ShouldBe(1);
    }

    [Theory]
    [InlineData("US-2026-0000001", "2026-10-31", "before-invoice")]
    [InlineData("US-2026-0000001", "2026-11-30", "month-closed")]
    public async Task A_date_that_cannot_be_booked_is_refused(string number, string on, string code)
    {
        await using var books = await Books();
        await Execute(books, "update customers.legal_entity set closed_through = '2026-11-30'");
        (await Credit(books, number, new CreditWish.Whole(), on: DateOnly.ParseExact(on, "yyyy-MM-dd", System.Globalization.CultureInfo.InvariantCulture))).ShouldBeOfType<CreditOutcome.Refused>().Code.ShouldBe(code);
    }

    [Fact]
    public async Task Two_people_who_credit_at_once_never_credit_more_than_was_billed()
    {
        await using var books = await Books();
        var outcomes = await Task.WhenAll(Enumerable.Range(0, 8).Select(index => Credit(books, "US-2026-0000001", new CreditWish.ByAmount(3), key: $"k{index}")));
        outcomes.OfType<CreditOutcome.Given>().Count().ShouldBe(3);
        (await Scalar<decimal>(books, "select min(billed) from invoicing.invoice_line")).ShouldBe(1.01m);
    }

    [Fact]
    public async Task A_debt_given_up_becomes_an_expense_and_never_more_than_is_owed()
    {
        await using var books = await Books();
        var writeOff = new WriteOffInvoice(books.Source, TimeProvider.System);
        WriteOffRequest Ask(decimal? amount, string key) => new("US-2026-0000001", amount, Later, "Insolvent", "test", key);
        (await writeOff.Run(Ask(4, "w1"), CancellationToken.None)).ShouldBeOfType<WriteOffOutcome.Done>().Left.ShouldBe(6.74m);
        (await writeOff.Run(Ask(4, "w1"), CancellationToken.None)).ShouldBeOfType<WriteOffOutcome.Done>().Again.ShouldBeTrue();
        (await writeOff.Run(Ask(6.75m, "w2"), CancellationToken.None)).ShouldBeOfType<WriteOffOutcome.Refused>().Code.ShouldBe("more-than-owed");
        (await writeOff.Run(Ask(null, "w3"), CancellationToken.None)).ShouldBeOfType<WriteOffOutcome.Done>().Amount.ShouldBe(6.74m);
        (await writeOff.Run(Ask(null, "w4"), CancellationToken.None)).ShouldBeOfType<WriteOffOutcome.Refused>().Code.ShouldBe("nothing-left");
        (await Scalar<decimal>(books, "select sum(amount) from ledger.balance where account = 'bad-debt'")).ShouldBe(10.74m);
        (await Scalar<decimal>(
            books, "select sum(amount) from ledger.journal_line where billing_account_id = md5('account1')::uuid and account = 'receivable'")).ShouldBe(0);
    }

    [Fact]
    public async Task An_invoice_that_is_not_there_is_said_so()
    {
        await using var books = await Books();
        (await Credit(books, "US-2026-9999999", new CreditWish.Whole())).ShouldBeOfType<CreditOutcome.NotFound>();
        await Credit(books, "US-2026-0000001", new CreditWish.Whole());
        (await Credit(books, "USC-2026-0000001", new CreditWish.Whole())).ShouldBeOfType<CreditOutcome.Refused>().Code.ShouldBe("not-an-invoice");
    }

    private async Task<TestDatabase> Books()
    {
        var database = await postgres.CreateDatabase();
        await SampleData.Subscriptions(database.Source, 1);
        await Bill(database);
        return database;
    }

    private static Task<CreditOutcome> Credit(TestDatabase books, string number, CreditWish wish, string? key = null, DateOnly? on = null) =>
        new CreditInvoice(books.Source, TimeProvider.System).Run(
            new CreditRequest(number, wish, on ?? Later, "Goodwill", "test", key ?? Guid.CreateVersion7().ToString()), CancellationToken.None);

    private static Task<BillingOutcome> Bill(TestDatabase books) =>
        new BillAccounts(books.Source, TimeProvider.System).Run(new BillingRequest(new AccountingMonth(2026, 11), "test"), null, CancellationToken.None);

    private static async Task<T> Scalar<T>(TestDatabase books, string sql)
    {
        await using var connection = await books.Source.OpenConnectionAsync();
        return (await connection.QuerySingleAsync<T>(sql))!;
    }

    private static async Task Execute(TestDatabase books, string sql)
    {
        await using var connection = await books.Source.OpenConnectionAsync();
        await connection.ExecuteAsync(sql);
    }
}
