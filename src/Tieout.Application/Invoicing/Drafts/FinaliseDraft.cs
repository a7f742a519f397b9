using Dapper;
using Npgsql;
using Tieout.Application.Tax;
using Tieout.Application.Usage;
using Tieout.Domain.Invoicing;

namespace Tieout.Application.Invoicing.Drafts;

/// <summary>
/// Makes drafts final: bills the account as of their date in one transaction, as a part of a run does. All open drafts of the
/// account become invoices together, for together they are what the account lacks. Refused when what would be booked is not what
/// the drafts show.
/// </summary>
public sealed class FinaliseDraft(NpgsqlDataSource database, TimeProvider clock, TaxRoutes? engines = null)
{
    private static readonly DraftOutcome.Refused Changed = new(
        "id", "draft-changed", "What would be booked now is not what the draft shows", "Refresh the draft, look at it, and make it final then.");

    /// <summary>Once; a draft that is final already answers with its invoice.</summary>
    public async Task<DraftOutcome> Run(Guid id, string? actor, CancellationToken cancel)
    {
        if (GivenText.Problem(actor, GivenText.ActorMost) is { } who)
            return new DraftOutcome.Unreadable(new Dictionary<string, string[]>(StringComparer.Ordinal) { ["actor"] = [who] });
        await using var connection = await database.OpenConnectionAsync(cancel);
        await UsageSummaries.CatchUp(connection, clock, cancel);
        var answers = await Taxes(connection, id, cancel);
        await using var transaction = await connection.BeginTransactionAsync(cancel);
        var place = await connection.QuerySingleOrDefaultAsync<(Guid Account, Guid Entity)?>(new CommandDefinition(
            """
            select draft.billing_account_id, account.legal_entity_id
            from invoicing.draft join customers.billing_account account on account.id = draft.billing_account_id where draft.id = @id
            """, new { id }, cancellationToken: cancel));
        if (place is not { } found) return new DraftOutcome.NotFound("No draft has this id.");
        await BillingLock.Alone(connection, found.Entity, cancel);
        var draft = (await DraftInvoices.Rows(connection, "draft.id = @id", new { id }, cancel)).Single();
        if (draft.State == DraftState.Final) return new DraftOutcome.Done([draft]);
        if (draft.State == DraftState.Dropped) return DraftInvoices.Settled(draft);
        var account = await BilledAccount.Read(connection, found.Account, cancel);
        if (account.BillsFrom is null)
            return new DraftOutcome.Refused(
                "id", "billing-not-begun", $"No run has billed {account.LegalEntity} yet; the first one decides from which month on invoices are ours",
                "Run billing once, then make drafts final.");
        var not = await Bill(connection, transaction, account, draft.Date, actor!.Trim(), answers, cancel);
        if (not is not null) return not;
        var rows = await DraftInvoices.Rows(
            connection,
            "draft.billing_account_id = @account and draft.state = 'final' and draft.changed_at = (select changed_at from invoicing.draft where id = @id)",
            new { account = account.Id, id }, cancel);
        await transaction.CommitAsync(cancel);
        return new DraftOutcome.Done(rows);
    }

    private async Task<DraftOutcome?> Bill(
        NpgsqlConnection connection, NpgsqlTransaction transaction, BilledAccount account, DateOnly on, string actor, TaxAnswers answers,
        CancellationToken cancel)
    {
        var books = await BillingBooks.Load(connection, on, clock, answers, cancel);
        var (preview, decided) = await PreviewInvoice.Of(connection, books, account, on, on, DraftInvoices.NothingSupposed, cancel);
        if (preview.Findings is [var finding, ..]) return new DraftOutcome.Refused("id", finding.Code, finding.Cause, finding.Remedy);
        var drafts = await Open(connection, account.Id, cancel);
        var decision = decided.Decisions.Single();
        if (!Shown(preview, decision, drafts, on)) return Changed;
        var now = clock.GetUtcNow();
        var documents = decision.Documents.Select(document =>
        {
            var draft = drafts[DraftRow.KeyOf(document)];
            return InvoiceToBook.New(document with { PurchaseOrder = draft.PurchaseOrder, Note = draft.Note }, now);
        }).ToList();
        var run = await OneDocumentRun.Add(connection, "bill", $"Drafts of {account.Code} as of {BillingDays.Shown(on)}", actor, now, cancel);
        await SaveInvoices.Run(connection, transaction, run, documents, now, cancel);
        await QuotedInvoices.Save(connection, documents, cancel);
        await SaveDraws.Run(connection, decided.Decisions, now, cancel);
        await SaveWaiting.Run(connection, books.Entities[account.LegalEntityId], account.Id, account.Id, run, on, decided.Decisions, now, cancel);
        await decided.Whole.Settle(connection, decided.Decisions.FindAll(item => item.Waits), now, cancel);
        foreach (var document in documents)
            await connection.ExecuteAsync(new CommandDefinition(
                "update invoicing.draft set state = 'final', invoice_id = @invoice, actor = @actor, changed_at = @now where id = @draft",
                new { invoice = document.Id.Value, actor, now, draft = drafts[DraftRow.KeyOf(document.Invoice)].Id }, cancellationToken: cancel));
        await connection.ExecuteAsync(new CommandDefinition(
            "update customers.billing_account set billed_through = greatest(billed_through, @on) where id = @Id", new { account.Id, on },
            cancellationToken: cancel));
        return null;
    }

    // Before the books are locked; what the draft was drawn up with stands and is not asked again.
    private async Task<TaxAnswers> Taxes(NpgsqlConnection connection, Guid id, CancellationToken cancel)
    {
        var place = await connection.QuerySingleOrDefaultAsync<(Guid Account, DateOnly On)?>(new CommandDefinition(
            "select billing_account_id, billed_on from invoicing.draft where id = @id and state = 'open'", new { id }, cancellationToken: cancel));
        return place is { } found && engines is not null
            ? await new AskForTaxes(database, clock).Ahead(engines, await BilledAccount.Read(connection, found.Account, cancel), found.On, cancel)
            : new TaxAnswers(engines ?? TaxRoutes.None);
    }

    // All of it and nothing else, as of the same day.
    private static bool Shown(InvoicePreview preview, AccountDecision decision, Dictionary<Guid, OpenDraft> drafts, DateOnly on)
    {
        if (preview.Documents.Count != drafts.Count || preview.Documents.Count == 0) return false;
        foreach (var (index, document) in preview.Documents.Index())
            if (!drafts.TryGetValue(DraftRow.KeyOf(decision.Documents[index]), out var draft) || draft.BilledOn != on
                || !string.Equals(draft.ContentHash, DraftContent.Hash(DraftContent.Text(document)), StringComparison.Ordinal))
                return false;
        return true;
    }

    private static async Task<Dictionary<Guid, OpenDraft>> Open(NpgsqlConnection connection, Guid account, CancellationToken cancel) =>
        (await connection.QueryAsync<OpenDraft>(new CommandDefinition(
            """
            select id, grouping_key, billed_on, content_hash, purchase_order, note from invoicing.draft
            where billing_account_id = @account and state = 'open' order by id for update
            """, new { account }, cancellationToken: cancel))).ToDictionary(row => row.GroupingKey);

    private sealed record OpenDraft(Guid Id, Guid GroupingKey, DateOnly BilledOn, string ContentHash, string PurchaseOrder, string Note);
}
