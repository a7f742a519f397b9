using Npgsql;
using Tieout.Application.Closing;
using Tieout.Application.Invoicing;
using Tieout.Domain;
using Tieout.Domain.Closing;
using Tieout.Shell.Tests.Database;

namespace Tieout.Shell.Tests.Closing;

public sealed class CloseBooksTests(PostgresFixture postgres)
{
    private static readonly AccountingMonth November = new(2026, 11);

    [Fact]
    public async Task A_month_that_is_over_and_posted_closes_once_and_says_who_closed_it()
    {
        await using var books = await Books(posted: true);
        (await Close(books, November)).ShouldBe(new CloseOutcome.Closed("US", new DateOnly(2026, 11, 30), Again: false));
        (await Close(books, November)).ShouldBe(new CloseOutcome.Closed("US", new DateOnly(2026, 11, 30), Again: true));
        (await books.Scalar<string>("select title || ' by ' || actor from runs.run where kind = 'close'")).ShouldBe("Close US through 2026-11: signed by mara");
        (await books.Scalar<string>("select string_agg(code, ' ') from customers.legal_entity where closed_through is not null")).ShouldBe("US"); // DE's are open
    }

    [Fact]
    public async Task What_is_not_in_the_erp_yet_keeps_its_month_open()
    {
        await using var books = await Books(posted: false);
        var refused = (await Close(books, November)).ShouldBeOfType<CloseOutcome.Refused>();
        (refused.Code, refused.Reason).ShouldBe(("documents-open", "1 document is not in its ERP yet"));
    }

    [Fact]
    public async Task A_month_closes_only_when_it_is_over_and_never_opens_again_by_itself()
    {
        await using var books = await Books(posted: true);
        (await Close(books, new AccountingMonth(2026, 12))).ShouldBeOfType<CloseOutcome.Refused>().Code.ShouldBe("month-not-over");
        await Close(books, November);
        (await Close(books, new AccountingMonth(2026, 10))).ShouldBeOfType<CloseOutcome.Refused>().Code.ShouldBe("only-forward");
        foreach (var value in (string[])["null", "'2026-10-31'"])
            (await Should.ThrowAsync<PostgresException>(() => books.Execute($"update customers.legal_entity set closed_through = {value} where code = 'US'")))
                .ConstraintName.ShouldBe("closed_only_forward");
        (await Close(books, November, "XX")).ShouldBeOfType<CloseOutcome.NotFound>();
    }

    [Fact]
    public async Task In_a_closed_month_nothing_is_credited_and_nothing_is_billed()
    {
        await using var books = await Books(posted: true);
        await Close(books, November);
        var credit = new CreditRequest("US-2026-0000001", new CreditWish.Whole(), new DateOnly(2026, 11, 20), "Goodwill", "test", "k1");
        (await new CreditInvoice(books.Source, TimeProvider.System).Run(credit, CancellationToken.None)).ShouldBeOfType<CreditOutcome.Refused>().Code.ShouldBe("month-closed");
        await books.Execute("update subscriptions.component set agreed_price = 12 where billing_account_id = md5('account1')::uuid");
        await books.Execute(SampleData.Touched(1));
        var outcome = await Bill(books);
        (outcome.Invoices, string.Join(' ', outcome.Closed)).ShouldBe((0L, "US"));
        (await books.Scalar<long>("select count(*) from subscriptions.touched")).ShouldBe(1); // it waits for an open month
    }

    private async Task<TestDatabase> Books(bool posted)
    {
        var books = await postgres.CreateDatabase();
        await SampleData.Subscriptions(books.Source, 2);
        await Bill(books);
        if (!posted) return books;
        await books.Execute(
            """
            update posting.posting set state = 'ready', target = 'erp' where business_key like 'US-%';
            update posting.posting set state = 'sending', claim = md5('c')::uuid where business_key like 'US-%';
            update posting.posting set state = 'posted', erp_number = '1' where business_key like 'US-%';
            """);
        return books;
    }

    private static Task<BillingOutcome> Bill(TestDatabase books) =>
        new BillAccounts(books.Source, TimeProvider.System).Run(new BillingRequest(November, "test"), null, CancellationToken.None);

    private static Task<CloseOutcome> Close(TestDatabase books, AccountingMonth through, string entity = "US") =>
        new CloseBooks(books.Source, new December()).Run(new CloseRequest(entity, through, "mara", "signed") { Accept = CloseConditions.Acceptable }, CancellationToken.None);

    private sealed class December : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => new(2026, 12, 4, 9, 0, 0, TimeSpan.Zero);
    }
}
