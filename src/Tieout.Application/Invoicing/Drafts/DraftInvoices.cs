using Dapper;
using Npgsql;
using Tieout.Application.Tax;
using Tieout.Application.Usage;
using Tieout.Domain;
using Tieout.Domain.Invoicing;
using Tieout.Domain.Subscriptions;

namespace Tieout.Application.Invoicing.Drafts;

/// <summary>
/// Drafts: what billing an account as of a day would book, kept for people to look at. A draft books nothing and blocks nothing; a
/// run that books documents for the account drops it.
/// </summary>
public sealed class DraftInvoices(NpgsqlDataSource database, TimeProvider clock, TaxRoutes? engines = null)
{
    private const int TextMost = 200;

    /// <summary>
    /// Draws an account's drafts up, or refreshes them: one for each document that would be booked, order number and note kept; open
    /// ones of documents that would not be are dropped.
    /// </summary>
    public async Task<DraftOutcome> Make(DraftRequest request, CancellationToken cancel)
    {
        var reader = new RequestReader();
        var code = reader.Code("account", request.Account);
        var (through, issueDate) = reader.Read(request.Date, month: null, DateOnly.FromDateTime(clock.GetUtcNow().UtcDateTime));
        if (GivenText.Problem(request.Actor, GivenText.ActorMost) is { } who) reader.Wrong("actor", who);
        if (reader.Errors.Count > 0) return new DraftOutcome.Unreadable(reader.Errors);
        await using var connection = await database.OpenConnectionAsync(cancel);
        await UsageSummaries.CatchUp(connection, clock, cancel);
        if (await BilledAccount.Find(connection, code, cancel) is not { } account) return new DraftOutcome.NotFound($"No billing account has the code {code}.");
        var answers = await new AskForTaxes(database, clock).Ahead(engines ?? TaxRoutes.None, account, issueDate, cancel);
        await using var transaction = await connection.BeginTransactionAsync(cancel);
        // Nobody books for the account between reading what stands and keeping what it leads to.
        await BillingLock.Alone(connection, account.LegalEntityId, cancel);
        var books = await BillingBooks.Load(connection, issueDate, clock, answers, cancel);
        var (preview, decided) = await PreviewInvoice.Of(connection, books, account, through, issueDate, NothingSupposed, cancel);
        if (preview.Findings is [var finding, ..]) return new DraftOutcome.Refused("account", finding.Code, finding.Cause, finding.Remedy);
        var keys = decided.Decisions.Single().Documents.Select(DraftRow.KeyOf).ToArray();
        await DropOthers(connection, account, keys, cancel);
        foreach (var (index, document) in preview.Documents.Index())
            await Keep(connection, account, keys[index], issueDate, document, request.Actor!.Trim(), cancel);
        var rows = await Rows(connection, "draft.billing_account_id = @Id and draft.state = 'open'", new { account.Id }, cancel);
        await transaction.CommitAsync(cancel);
        return new DraftOutcome.Done(rows);
    }

    /// <summary>Drafts, the newest first; at most 200.</summary>
    /// <param name="account">Code of a billing account; null for all.</param>
    /// <param name="state">Null for all.</param>
    /// <param name="cancel">Gives up.</param>
    public async Task<IReadOnlyList<InvoiceDraft>> List(string? account, DraftState? state, CancellationToken cancel)
    {
        await using var connection = await database.OpenConnectionAsync(cancel);
        return await Rows(
            connection, "(@account::text is null or account.code = @account) and (@state::text is null or draft.state = @state)",
            new { account, state = state is { } one ? Words.Of(one) : null }, cancel);
    }

    /// <summary>One by its id; null when there is none.</summary>
    public async Task<InvoiceDraft?> Find(Guid id, CancellationToken cancel)
    {
        await using var connection = await database.OpenConnectionAsync(cancel);
        return (await Rows(connection, "draft.id = @id", new { id }, cancel)).SingleOrDefault();
    }

    /// <summary>Writes an open draft's order number or note; null leaves what stands, an empty text takes it away.</summary>
    public async Task<DraftOutcome> Edit(Guid id, DraftEdit edit, CancellationToken cancel)
    {
        var reader = new RequestReader();
        if (GivenText.Problem(edit.Actor, GivenText.ActorMost) is { } who) reader.Wrong("actor", who);
        if (edit.PurchaseOrder is { Length: > 0 } order && GivenText.Problem(order, TextMost) is { } badOrder) reader.Wrong("purchaseOrder", badOrder);
        if (edit.Note is { Length: > 0 } note && GivenText.Problem(note, TextMost) is { } badNote) reader.Wrong("note", badNote);
        if (edit.PurchaseOrder is null && edit.Note is null) reader.Wrong("purchaseOrder", "Give an order number, a note, or both.");
        if (reader.Errors.Count > 0) return new DraftOutcome.Unreadable(reader.Errors);
        return await Change(id,
            """
            update invoicing.draft set purchase_order = coalesce(@order, purchase_order), note = coalesce(@note, note), actor = @actor, changed_at = @now
            where id = @id and state = 'open'
            """, new { id, order = edit.PurchaseOrder?.Trim(), note = edit.Note?.Trim(), actor = edit.Actor!.Trim(), now = clock.GetUtcNow() }, cancel);
    }

    /// <summary>Drops an open draft; dropping it again changes nothing.</summary>
    public async Task<DraftOutcome> Drop(Guid id, string? actor, CancellationToken cancel)
    {
        if (GivenText.Problem(actor, GivenText.ActorMost) is { } who)
            return new DraftOutcome.Unreadable(new Dictionary<string, string[]>(StringComparer.Ordinal) { ["actor"] = [who] });
        var outcome = await Change(
            id, "update invoicing.draft set state = 'dropped', actor = @actor, changed_at = @now where id = @id and state = 'open'",
            new { id, actor = actor!.Trim(), now = clock.GetUtcNow() }, cancel);
        return outcome is DraftOutcome.Refused && await Find(id, cancel) is { State: DraftState.Dropped } dropped ? new DraftOutcome.Done([dropped]) : outcome;
    }

    internal static readonly IReadOnlyDictionary<Guid, PreviewInvoice.Supposed> NothingSupposed = new Dictionary<Guid, PreviewInvoice.Supposed>();

    /// <summary>For whoever would change what is settled.</summary>
    internal static DraftOutcome.Refused Settled(InvoiceDraft draft) => new(
        "id", "draft-settled", $"This draft is {Words.Of(draft.State)}", "Draw up a new one for what is still to be billed.");

    private async Task<DraftOutcome> Change(Guid id, string sql, object parameters, CancellationToken cancel)
    {
        await using var connection = await database.OpenConnectionAsync(cancel);
        var changed = await connection.ExecuteAsync(new CommandDefinition(sql, parameters, cancellationToken: cancel));
        return await Find(id, cancel) is not { } draft ? new DraftOutcome.NotFound("No draft has this id.")
            : changed == 0 ? Settled(draft)
            : new DraftOutcome.Done([draft]);
    }

    private Task DropOthers(NpgsqlConnection connection, BilledAccount account, Guid[] keys, CancellationToken cancel) =>
        connection.ExecuteAsync(new CommandDefinition(
            """
            update invoicing.draft set state = 'dropped', changed_at = @now
            where billing_account_id = @Id and state = 'open' and grouping_key <> all(@keys)
            """, new { account.Id, keys, now = clock.GetUtcNow() }, cancellationToken: cancel));

    private async Task Keep(
        NpgsqlConnection connection, BilledAccount account, Guid key, DateOnly on, PreviewedInvoice document, string actor, CancellationToken cancel)
    {
        var content = DraftContent.Text(document);
        await connection.ExecuteAsync(new CommandDefinition(
            """
            insert into invoicing.draft (id, billing_account_id, billed_on, grouping_key, content, content_hash, currency, net, tax, total,
              purchase_order, note, actor, created_at, changed_at)
            values (@draft, @Id, @on, @key, @content::jsonb, @hash, @Currency, @net, @tax, @total, @PurchaseOrder, @Note, @actor, @now, @now)
            on conflict (billing_account_id, grouping_key) where state = 'open' do update set
              billed_on = excluded.billed_on, content = excluded.content, content_hash = excluded.content_hash, net = excluded.net,
              tax = excluded.tax, total = excluded.total, actor = excluded.actor, changed_at = excluded.changed_at
            """,
            new
            {
                draft = Guid.CreateVersion7(),
                account.Id,
                on,
                key,
                content,
                hash = DraftContent.Hash(content),
                account.Currency,
                net = document.Net.Amount,
                tax = document.Tax.Amount,
                total = document.Total.Amount,
                account.PurchaseOrder,
                account.Note,
                actor,
                now = clock.GetUtcNow(),
            }, cancellationToken: cancel));
    }

    internal static async Task<IReadOnlyList<InvoiceDraft>> Rows(NpgsqlConnection connection, string where, object parameters, CancellationToken cancel) =>
        [.. (await connection.QueryAsync<DraftRow>(new CommandDefinition(
            $"""
            select draft.id, account.code as account, draft.billed_on, draft.grouping_key, subscription.code as subscription, draft.content::text as content,
                   draft.purchase_order, draft.note, draft.state, invoice.number as invoice, draft.actor, draft.created_at, draft.changed_at
            from invoicing.draft
            join customers.billing_account account on account.id = draft.billing_account_id
            left join subscriptions.subscription on subscription.billing_account_id = draft.billing_account_id and subscription.id = draft.grouping_key
            left join invoicing.invoice on invoice.id = draft.invoice_id
            where draft.tenant = 1 and {where}
            order by draft.created_at desc, draft.id desc limit 200
            """, parameters, cancellationToken: cancel))).Select(row => row.Draft())];
}
