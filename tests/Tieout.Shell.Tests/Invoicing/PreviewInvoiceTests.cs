using Tieout.Application.Invoicing;
using Tieout.Application.Invoicing.Drafts;
using Tieout.Domain;
using Tieout.Domain.Subscriptions;
using Tieout.Shell.Tests.Database;

namespace Tieout.Shell.Tests.Invoicing;

public sealed class PreviewInvoiceTests(PostgresFixture postgres)
{
    [Fact]
    public async Task A_preview_shows_what_a_run_books_then_and_writes_nothing()
    {
        await using var books = await Books();
        var preview = await Preview(books, new InvoicePreviewRequest { Account = "C-1", Month = "2026-11" });
        var document = preview.Documents.ShouldHaveSingleItem();
        (document.Net.Amount, document.Tax.Amount, document.Total.Amount, document.IssueDate).ShouldBe((10.01m, 0.73m, 10.74m, new DateOnly(2026, 11, 1)));
        var line = document.Lines.ShouldHaveSingleItem();
        (line.Exact, line.Wanted.Amount, line.Convention, line.Subscription).ShouldBe((10.01m, 10.01m, "whole period", "C-1"));
        line.Steps.ShouldHaveSingleItem().Amount.ShouldBe(10.01m);
        line.Quantity.ToString(System.Globalization.CultureInfo.InvariantCulture).ShouldBe("1"); // not 1.000000000000, as it is stored
        line.TaxExplanation.ShouldNotBeEmpty();
        document.Taxes.ShouldHaveSingleItem().Explanation.ShouldBe("7.25 % of 10.01 USD, rounded once");
        (await books.Scalar<long>("select count(*) from invoicing.invoice")).ShouldBe(0);

        (await Bill(books)).Totals.Single(total => total.LegalEntity == "US").Total.ShouldBe(document.Total.Amount);
        (await Preview(books, new InvoicePreviewRequest { Account = "C-1", Month = "2026-11" })).Documents.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_correction_says_what_stands_and_what_it_corrects()
    {
        await using var books = await Books();
        await Bill(books);
        await books.Execute("update subscriptions.component set agreed_price = 12 where billing_account_id = md5('account1')::uuid;" + SampleData.Touched(1));
        var line = (await Preview(books, new InvoicePreviewRequest { Account = "C-1", Date = "2026-11-20" })).Documents.ShouldHaveSingleItem().Lines.ShouldHaveSingleItem();
        (line.Amount.Amount, line.Wanted.Amount, line.Revision, line.Corrects, line.CorrectsLine).ShouldBe((1.99m, 12m, 2, "US-2026-0000001", 1));
        line.Steps.Select(step => step.Amount).ShouldBe([12m, -10.01m]);
        line.Steps[^1].Words.ShouldBe("billed already");
    }

    [Fact]
    public async Task What_would_stop_a_run_is_found()
    {
        await using var books = await Books();
        await books.Execute(
            """
            update customers.billing_account set tax_code = 'XX-99' where code = 'C-1';
            update customers.legal_entity set closed_through = '2026-11-30';
            """);
        var preview = await Preview(books, new InvoicePreviewRequest { Account = "C-1", Month = "2026-11" });
        preview.Findings.Select(finding => finding.Code).ShouldBe(["tax-rate-missing", "month-closed"]);
        preview.Documents.ShouldBeEmpty();
        (await books.Scalar<long>("select count(*) from exceptions.exception_case")).ShouldBe(0);
    }

    [Fact]
    public async Task What_if_an_amendment_were_recorded()
    {
        await using var books = await Books();
        await Bill(books);
        var preview = await Preview(books, new InvoicePreviewRequest
        {
            Account = "C-1",
            Date = "2026-11-20",
            Amendments =
            [
                new SupposedAmendment
                {
                    Subscription = "C-1",
                    Amendment = new AmendmentRequest { Kind = "change-price", Component = "base", Price = "13.01", Effective = "2026-11-01", Reason = "asked", Actor = "mara" },
                },
            ],
        });
        preview.Documents.ShouldHaveSingleItem().Net.Amount.ShouldBe(3.00m);
        (await books.Scalar<long>("select count(*) from subscriptions.amendment")).ShouldBe(0);
    }

    [Fact]
    public async Task All_accounts_of_a_customer_and_unknown_ones()
    {
        await using var books = await Books();
        var preview = new PreviewInvoice(books.Source, TimeProvider.System);
        (await preview.Run(new InvoicePreviewRequest { Customer = "C-2", Month = "2026-11" }, CancellationToken.None))
            .ShouldBeOfType<InvoicePreviewOutcome.Done>().Accounts.ShouldHaveSingleItem().Currency.ShouldBe("EUR");
        (await preview.Run(new InvoicePreviewRequest { Account = "C-99" }, CancellationToken.None)).ShouldBe(new InvoicePreviewOutcome.NotFound("account"));
        (await preview.Run(new InvoicePreviewRequest { Customer = "x", Account = "y", Date = "2026-02-30", Month = "soon" }, CancellationToken.None))
            .ShouldBeOfType<InvoicePreviewOutcome.Unreadable>().Errors.Keys.Order(StringComparer.Ordinal).ShouldBe(["customer", "date", "month"]);
    }

    [Fact]
    public async Task A_customer_of_very_many_accounts_is_previewed_account_by_account()
    {
        await using var books = await Books();
        await books.Execute(
            """
            insert into customers.billing_account (id, code, customer_id, legal_entity_id, currency, tax_code, term_days, correlation_id)
            select md5('more' || n)::uuid, 'more-' || n, account.customer_id, account.legal_entity_id, account.currency, account.tax_code, 14, account.correlation_id
            from customers.billing_account account, generate_series(1, 100) n where account.code = 'C-2'
            """);
        (await new PreviewInvoice(books.Source, TimeProvider.System).Run(new InvoicePreviewRequest { Customer = "C-2", Month = "2026-11" }, CancellationToken.None))
            .ShouldBeOfType<InvoicePreviewOutcome.Unreadable>().Errors["customer"].ShouldBe(
                ["Has 101 billing accounts, more than the 100 that are previewed at once. Ask for its accounts one by one."]);
    }

    private async Task<TestDatabase> Books()
    {
        var books = await postgres.CreateDatabase();
        await SampleData.Subscriptions(books.Source, 2);
        return books;
    }

    private static async Task<InvoicePreview> Preview(TestDatabase books, InvoicePreviewRequest request) =>
        (await new PreviewInvoice(books.Source, TimeProvider.System).Run(request, CancellationToken.None))
            .ShouldBeOfType<InvoicePreviewOutcome.Done>().Accounts.ShouldHaveSingleItem();

    private static Task<BillingOutcome> Bill(TestDatabase books) =>
        new BillAccounts(books.Source, TimeProvider.System).Run(new BillingRequest(new AccountingMonth(2026, 11), "test"), null, CancellationToken.None);
}
