using Tieout.Application.Invoicing;
using Tieout.Application.Invoicing.Drafts;
using Tieout.Domain;
using Tieout.Shell.Tests.Database;

namespace Tieout.Shell.Tests.Invoicing;

public sealed class DraftTests(PostgresFixture postgres)
{
    [Fact]
    public async Task A_draft_made_final_is_the_invoice_it_showed_and_the_next_run_adds_nothing()
    {
        await using var books = await Begun();
        var draft = (await Make(books, "2026-12-05")).ShouldHaveSingleItem();
        (draft.State, draft.Document.Net.Amount, draft.Document.IssueDate).ShouldBe((DraftState.Open, 10.01m, new DateOnly(2026, 12, 5)));
        (await Edit(books, draft.Id, new DraftEdit { PurchaseOrder = "PO-7", Note = "Thank you", Actor = "mara" })).ShouldBeOfType<DraftOutcome.Done>();

        var final = (await Finalise(books, draft.Id)).ShouldBeOfType<DraftOutcome.Done>().Drafts.ShouldHaveSingleItem();
        (final.State, final.Invoice).ShouldBe((DraftState.Final, "US-2026-0000002"));
        (await books.Scalar<string>("select concat_ws('/', net, issue_date, purchase_order, note) from invoicing.invoice where number = 'US-2026-0000002'"))
            .ShouldBe("10.0100/2026-12-05/PO-7/Thank you");
        // Once more, and a run for a day before, through it, and of the month: all stands.
        (await Finalise(books, draft.Id)).ShouldBeOfType<DraftOutcome.Done>().Drafts.ShouldHaveSingleItem().Invoice.ShouldBe("US-2026-0000002");
        await books.Execute(SampleData.Touched(1));
        (await Bill(books, BillingRequest.On(new DateOnly(2026, 11, 20), "test"))).ShouldBe(0);
        (await Bill(books, new BillingRequest(new AccountingMonth(2026, 12), "test"))).ShouldBe(1);
        (await books.Scalar<long>("select count(*) from invoicing.invoice where billing_account_id = md5('account1')::uuid")).ShouldBe(2);
    }

    [Fact]
    public async Task A_draft_that_no_longer_shows_what_would_be_booked_is_refused_until_it_is_refreshed()
    {
        await using var books = await Begun();
        var draft = (await Make(books, "2026-12-05")).ShouldHaveSingleItem();
        await Edit(books, draft.Id, new DraftEdit { PurchaseOrder = "PO-7", Actor = "mara" });
        await books.Execute("update subscriptions.component set agreed_price = 12 where billing_account_id = md5('account1')::uuid;" + SampleData.Touched(1));
        (await Finalise(books, draft.Id)).ShouldBeOfType<DraftOutcome.Refused>().Code.ShouldBe("draft-changed");
        (await books.Scalar<long>("select count(*) from invoicing.invoice where billing_account_id = md5('account1')::uuid")).ShouldBe(1);

        var fresh = (await Make(books, "2026-12-05")).ShouldHaveSingleItem();
        // 12.00 for December, and 1.99 that November lacks; the order number is kept.
        (fresh.Id, fresh.PurchaseOrder, fresh.Document.Net.Amount).ShouldBe((draft.Id, "PO-7", 13.99m));
        (await Finalise(books, draft.Id)).ShouldBeOfType<DraftOutcome.Done>();
    }

    [Fact]
    public async Task A_run_that_bills_the_account_drops_its_drafts()
    {
        await using var books = await Begun();
        var draft = (await Make(books, "2026-12-05")).ShouldHaveSingleItem();
        await Bill(books, new BillingRequest(new AccountingMonth(2026, 12), "test"));
        (await Find(books, draft.Id)).State.ShouldBe(DraftState.Dropped);
        (await Finalise(books, draft.Id)).ShouldBeOfType<DraftOutcome.Refused>().Code.ShouldBe("draft-settled");
        (await Make(books, "2026-12-05")).ShouldBeEmpty();
    }

    [Fact]
    public async Task Before_the_first_run_nothing_is_made_final()
    {
        await using var books = await postgres.CreateDatabase();
        await SampleData.Subscriptions(books.Source, 1);
        var draft = (await Make(books, "2026-12-05")).ShouldHaveSingleItem();
        (await Finalise(books, draft.Id)).ShouldBeOfType<DraftOutcome.Refused>().Code.ShouldBe("billing-not-begun");
    }

    [Fact]
    public async Task A_settled_draft_never_changes()
    {
        await using var books = await Begun();
        var draft = (await Make(books, "2026-12-05")).ShouldHaveSingleItem();
        var drafts = new DraftInvoices(books.Source, TimeProvider.System);
        (await drafts.Drop(draft.Id, "mara", CancellationToken.None)).ShouldBeOfType<DraftOutcome.Done>();
        (await drafts.Drop(draft.Id, "mara", CancellationToken.None)).ShouldBeOfType<DraftOutcome.Done>();
        (await Edit(books, draft.Id, new DraftEdit { Note = "x", Actor = "mara" })).ShouldBeOfType<DraftOutcome.Refused>().Code.ShouldBe("draft-settled");
        (await Should.ThrowAsync<Npgsql.PostgresException>(() => books.Execute("update invoicing.draft set note = 'x'"))).ConstraintName.ShouldBe("draft_settled_is_settled");
    }

    // November is billed: billing has begun.
    private async Task<TestDatabase> Begun()
    {
        var books = await postgres.CreateDatabase();
        await SampleData.Subscriptions(books.Source, 2);
        await Bill(books, new BillingRequest(new AccountingMonth(2026, 11), "test"));
        return books;
    }

    private static async Task<IReadOnlyList<InvoiceDraft>> Make(TestDatabase books, string day) =>
        (await new DraftInvoices(books.Source, TimeProvider.System).Make(new DraftRequest { Account = "C-1", Date = day, Actor = "mara" }, CancellationToken.None))
            .ShouldBeOfType<DraftOutcome.Done>().Drafts;

    private static Task<DraftOutcome> Edit(TestDatabase books, Guid id, DraftEdit edit) =>
        new DraftInvoices(books.Source, TimeProvider.System).Edit(id, edit, CancellationToken.None);

    private static async Task<InvoiceDraft> Find(TestDatabase books, Guid id) =>
        (await new DraftInvoices(books.Source, TimeProvider.System).Find(id, CancellationToken.None)).ShouldNotBeNull();

    private static Task<DraftOutcome> Finalise(TestDatabase books, Guid id) =>
        new FinaliseDraft(books.Source, TimeProvider.System).Run(id, "mara", CancellationToken.None);

    private static async Task<long> Bill(TestDatabase books, BillingRequest request) =>
        (await new BillAccounts(books.Source, TimeProvider.System).Run(request, null, CancellationToken.None)).Invoices;
}
