using Npgsql;
using Tieout.Application.Closing;
using Tieout.Application.Journals;
using Tieout.Domain;
using Tieout.Domain.Closing;
using Tieout.Shell.Tests.Database;
using Tieout.Shell.Tests.Payments;

namespace Tieout.Shell.Tests.Closing;

/// <summary>December 2026 of a company in dollars, looked at in January: what keeps it open, who closes it, what comes late.</summary>
public sealed class MonthStories(PostgresFixture postgres)
{
    private static readonly AccountingMonth December = new(2026, 12);

    private static readonly DateOnly LastDay = new(2026, 12, 31);

    private static CancellationToken None => CancellationToken.None;

    [Fact]
    public async Task A_month_names_everything_that_keeps_it_open_and_closes_when_all_of_it_is_seen_to()
    {
        await using var books = await CashDesk.TwoInvoices(postgres);
        var desk = new CashDesk(books.Source);
        CashDesk.Done(await desk.Pay("12.00", "\"invoices\":[{\"invoice\":\"US-2026-0000002\"}]"));
        (await Open(books)).ShouldBe(
        [
            "documents-posted: 3 documents are not in their ERP yet.",
            "suspense-zero: 1.26 USD received is not applied to any invoice.",
            "signed: Nobody has signed the month.",
        ]);
        await Post(books, at: "2027-01-05 09:00Z");
        (await Open(books)).ShouldBe(
        [
            "suspense-zero: 1.26 USD received is not applied to any invoice.",
            "tied-out: 2026-11 of erp in USD was never compared. 2026-12 of erp in USD was never compared.",
            "signed: Nobody has signed the month.",
        ]);
        (await Sign(books)).ShouldBeOfType<CloseOutcome.Refused>().Code.ShouldBe("not-tied-out");
        await TieOut(books, "2026-11", "breaks", at: "2027-01-05 10:00Z");
        await TieOut(books, "2026-12", "reconciled", at: "2027-01-05 10:00Z");
        (await Open(books))[1].ShouldBe("tied-out: 2026-11 of erp in USD is breaks.");
        await TieOut(books, "2026-11", "reconciled", at: "2027-01-05 11:00Z");
        (await Sign(books)).ShouldBe(new CloseOutcome.Changed("US", December, MonthState.Open));
        (await Open(books)).ShouldBe(["suspense-zero: 1.26 USD received is not applied to any invoice."]);
        (await Close(books)).ShouldBeOfType<CloseOutcome.Refused>().Unmet.Select(one => one.Code).ShouldBe(["suspense-zero"]);
        (await Close(books, "suspense-zero")).ShouldBe(new CloseOutcome.Closed("US", LastDay, Again: false));
        var sheet = (await Months(books).One("US", December, None))!;
        sheet.State.ShouldBe(MonthState.Closed);
        sheet.Events.Select(one => $"{one.Event} by {one.Actor}: {string.Join(' ', one.Accepted)}").ShouldBe(["closed by mara: suspense-zero", "signed by juri: "]);
    }

    [Fact]
    public async Task What_is_posted_after_the_comparison_needs_another_and_another_signature()
    {
        await using var books = await CashDesk.TwoInvoices(postgres);
        await Post(books, at: "2027-01-05 09:00Z");
        foreach (var month in new[] { "2026-11", "2026-12" }) await TieOut(books, month, "reconciled", at: "2027-01-05 10:00Z");
        await Sign(books);
        (await Open(books)).ShouldBeEmpty();
        CashDesk.Done(await new CashDesk(books.Source).Pay("10.74", "\"invoices\":[{\"invoice\":\"US-2026-0000002\"}]"));
        await Post(books, at: "2027-01-07 09:00Z");
        (await Open(books)).ShouldBe(
        [
            "tied-out: 2026-12 of erp in USD changed after it was compared.",
            "signed: Signed on 2027-01-06 08:00Z, before the last comparison or posting.",
        ]);
    }

    [Fact]
    public async Task A_soft_closed_month_takes_journals_and_what_takes_them_back_and_no_documents()
    {
        await using var books = await CashDesk.TwoInvoices(postgres);
        var desk = new CashDesk(books.Source);
        var soft = new CloseRequest("US", December, "mara", "Cut-off") { Soft = true };
        (await new CloseBooks(books.Source, new Clock()).Run(soft, None)).ShouldBe(new CloseOutcome.Closed("US", LastDay, Again: false));
        (await new CloseBooks(books.Source, new Clock()).Run(soft, None)).ShouldBe(new CloseOutcome.Closed("US", LastDay, Again: true));
        CashDesk.Why(await desk.Pay("5")).ShouldBe("month-closed received-on");
        var journal = CashDesk.Done(await Journal(books));
        CashDesk.Done(await new ReverseEntry(books.Source, new Clock()).Run(new ReversalRequest(journal.Number, LastDay, "Twice", "mara", "k-9"), None));
        (await Should.ThrowAsync<PostgresException>(() => books.Execute(Entry("payment")))).ConstraintName.ShouldBe("journal_entry_month_open");
        await Months(books).One("US", December, None);
        (await Months(books).All("US", None))!.Months.Where(one => one.Lines > 0).Select(one => (one.Month.ToString(), one.State))
            .ShouldBe([("2026-12", MonthState.SoftClosed), ("2026-11", MonthState.SoftClosed)]);
        await books.Execute("update customers.legal_entity set closed_through = '2026-12-31' where code = 'US'");
        CashDesk.Why(await Journal(books)).ShouldBe("month-closed date");
        (await Should.ThrowAsync<PostgresException>(() => books.Execute(Entry("manual-journal")))).ConstraintName.ShouldBe("journal_entry_month_open");
    }

    [Fact]
    public async Task A_month_opens_again_with_all_after_it_and_a_reason_and_only_so()
    {
        await using var books = await CashDesk.TwoInvoices(postgres);
        await books.Execute("update customers.legal_entity set closed_through = '2026-11-30', soft_closed_through = '2026-12-31' where code = 'US'");
        foreach (var back in (string[])["closed_through = '2026-10-31'", "soft_closed_through = '2026-11-30'", "closed_through = null", "soft_closed_through = null"])
            (await Should.ThrowAsync<PostgresException>(() => books.Execute($"update customers.legal_entity set {back} where code = 'US'")))
                .ConstraintName.ShouldBe("closed_only_forward");
        (await Reopen(books, new AccountingMonth(2027, 1))).ShouldBeOfType<CloseOutcome.Refused>().Code.ShouldBe("month-open");
        (await Reopen(books, December)).ShouldBe(new CloseOutcome.Changed("US", December, MonthState.Open));
        (await Through(books)).ShouldBe("2026-11-30 2026-11-30");
        (await Reopen(books, new AccountingMonth(2026, 10))).ShouldBeOfType<CloseOutcome.Changed>();
        (await Through(books)).ShouldBe("2026-09-30 2026-09-30");
        // Not in another transaction, whatever was opened before; and not further than was said.
        await books.Execute("update customers.legal_entity set closed_through = '2026-12-31' where code = 'US'");
        foreach (var back in (string[])["2026-09-30", "2026-11-30"])
            (await Should.ThrowAsync<PostgresException>(() => books.Execute($"update customers.legal_entity set closed_through = '{back}' where code = 'US'")))
                .ConstraintName.ShouldBe("closed_only_forward");
        (await Should.ThrowAsync<PostgresException>(() => books.Execute("delete from ledger.month_event"))).MessageText.ShouldNotBeEmpty();
    }

    [Fact]
    public async Task Late_money_is_held_or_goes_into_the_next_open_month_or_asks_once_for_its_own_as_the_company_says()
    {
        await using var books = await CashDesk.TwoInvoices(postgres);
        var desk = new CashDesk(books.Source);
        await Post(books, at: "2027-01-05 09:00Z");
        await books.Execute("update customers.legal_entity set closed_through = '2026-12-31' where code = 'US'");
        CashDesk.Why(await desk.Pay("10.74", reference: "BANK-1")).ShouldBe("month-closed received-on");

        await Policy(books, LateArrivals.NextOpenMonth);
        var late = CashDesk.Done(await desk.Pay("10.74", "\"invoices\":[{\"invoice\":\"US-2026-0000002\"}]", reference: "BANK-1"));
        (late.Date, late.Text).ShouldBe((new DateOnly(2027, 1, 1), "Payment BANK-1, received 2026-12-15"));
        (await desk.Open("US-2026-0000002"), await books.Scalar<string>("select received_on::text from cash.payment")).ShouldBe((0m, "2026-12-15"));

        await Policy(books, LateArrivals.AskToReopen);
        foreach (var _ in new[] { 1, 2 }) CashDesk.Why(await desk.Pay("10.74", reference: "BANK-2")).ShouldBe("reopening-asked received-on");
        (await Asked(books)).ShouldBe("2026-12 api BANK-2: 10.74 USD of C-1 came late.");
        (await Reopen(books, December)).ShouldBeOfType<CloseOutcome.Changed>();
        CashDesk.Done(await desk.Pay("10.74", "\"invoices\":[{\"invoice\":\"US-2026-0000001\"}]", reference: "BANK-2")).Date.ShouldBe(new DateOnly(2026, 12, 15));
        (await Months(books).One("US", December, None))!.Conditions.Single(one => one.Code == "no-reopening-asked").Holds.ShouldBeTrue();
    }

    private static async Task<List<string>> Open(TestDatabase books) =>
        [.. (await Months(books).One("US", December, None))!.Conditions.Where(one => !one.Holds).Select(one => $"{one.Code}: {one.Says}")];

    private static ReadMonths Months(TestDatabase books) => new(books.Source, new Clock());

    private static Task<CloseOutcome> Close(TestDatabase books, params string[] accept) =>
        new CloseBooks(books.Source, new Clock()).Run(new CloseRequest("US", December, "mara", "month end") { Accept = accept }, None);

    private static Task<CloseOutcome> Sign(TestDatabase books) =>
        new SignMonth(books.Source, new Clock()).Run(new MonthRequest("US", December, "juri", "looked at"), None);

    private static Task<CloseOutcome> Reopen(TestDatabase books, AccountingMonth month) =>
        new ReopenBooks(books.Source, new Clock()).Run(new MonthRequest("US", month, "mara", "Statement came late"), None);

    private static async Task Policy(TestDatabase books, LateArrivals policy) =>
        (await new SetLateArrivals(books.Source, new Clock()).Run("US", policy, "mara", "House rule", None)).ShouldBeOfType<CloseOutcome.Changed>();

    private static Task<JournalOutcome> Journal(TestDatabase books) => new BookJournal(books.Source, new Clock()).Add(
        JsonElementOf("""
            {"legal-entity":"US","date":"2026-12-31","currency":"USD","text":"Accrual","reason":"Month end","actor":"mara",
             "lines":[{"account":"bad-debt","debit":"1.00"},{"account":"rounding","credit":"1.00"}]}
            """), actor: null, Guid.CreateVersion7().ToString(), None);

    private static System.Text.Json.JsonElement JsonElementOf(string text) => System.Text.Json.JsonDocument.Parse(text).RootElement;

    private static string Entry(string kind) =>
        $"""
        insert into ledger.journal_entry (id, billing_account_id, legal_entity_id, month, entry_date, source_kind, source_id, correlation_id, created_at)
        select gen_random_uuid(), id, id, '2026-12-01', '2026-12-15', '{kind}', gen_random_uuid(), gen_random_uuid(), now() from customers.legal_entity where code = 'US'
        """;

    private static Task<string> Through(TestDatabase books) =>
        books.Scalar<string>("select concat_ws(' ', closed_through, soft_closed_through) from customers.legal_entity where code = 'US'");

    private static Task<string> Asked(TestDatabase books) => books.Scalar<string>(
        "select string_agg(to_char(month, 'YYYY-MM') || ' ' || about || ': ' || reason, '; ') from ledger.month_event where event = 'reopening-asked'");

    private static Task Post(TestDatabase books, string at) => books.Execute(
        $"""
        update posting.posting set state = 'parked' where state = 'staged'; -- several of one account at once
        update posting.posting set state = 'ready', target = 'erp' where state = 'parked';
        update posting.posting set state = 'sending', claim = md5('c')::uuid where state = 'ready' and document_kind = 'invoice';
        update posting.posting set state = 'posted', erp_number = '1', changed_at = '{at}' where state = 'sending';
        update posting.posting set state = 'sending', claim = md5('c')::uuid where state = 'ready';
        update posting.posting set state = 'posted', erp_number = '1', changed_at = '{at}' where state = 'sending';
        """);

    private static Task TieOut(TestDatabase books, string month, string verdict, string at) => books.Execute(
        $"""
        with run as (
          insert into runs.run (id, kind, title, scope, state, unit, actor, started_at, updated_at)
          values (gen_random_uuid(), 'reconcile', 't', gen_random_uuid()::text, 'finished', 'documents', 't', '{at}', '{at}') returning id)
        insert into reconciliation.result (run_id, legal_entity_id, currency, month, target, verdict, our_documents, our_net, our_tax, our_total,
          their_documents, their_net, their_tax, their_total, unproven, read_back_complete, compared_at)
        select run.id, e.id, 'USD', '{month}-01', 'erp', '{verdict}', 1, 1, 0, 1, 1, 1, 0, 1, 0, true, '{at}' from run, customers.legal_entity e where e.code = 'US'
        """);

    private sealed class Clock : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => new(2027, 1, 6, 8, 0, 0, TimeSpan.Zero);
    }
}
