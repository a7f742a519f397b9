using Dapper;
using Npgsql;
using Tieout.Application.Invoicing;
using Tieout.Application.Payments;
using Tieout.Domain;
using Tieout.Domain.Cash;
using Tieout.Domain.Catalog;
using Tieout.Domain.Ledger;
using Tieout.Domain.Posting;

namespace Tieout.Application.Journals;

/// <summary>Asks to take an entry back.</summary>
/// <param name="Number">The entry's number.</param>
/// <param name="On">The day; its accounting month must be open. Null for today, or for the entry's own date while that is still to come.</param>
/// <param name="Key">The same key again answers with what the first gave.</param>
public sealed record ReversalRequest(string Number, DateOnly? On, string Reason, string Actor, string Key);

/// <summary>
/// Takes an entry back: a journal, a write-off, a payment, an application, a refund, a step of a dispute. Once, whole, by exactly the
/// opposite lines, and only while nothing stands on it. What it settled is owed again.
/// </summary>
public sealed class ReverseEntry(NpgsqlDataSource database, TimeProvider clock)
{
    /// <summary>What is said of it in the same transaction, with the number it got; null for nothing.</summary>
    internal Func<NpgsqlConnection, string, CancellationToken, Task>? Within { get; init; }

    /// <summary>Books the opposite in one transaction, or nothing.</summary>
    public async Task<JournalOutcome> Run(ReversalRequest request, CancellationToken cancel)
    {
        try
        {
            return await Once(request, cancel);
        }
        catch (PostgresException moved) when (moved.ConstraintName == "payment_not_overdrawn")
        {
            return new JournalOutcome.Refused(
                "number", "stood-upon", "the money that it moved has gone on since",
                "Look at the payment (tieout payment show), and take back what was booked after it first, the newest first.");
        }
    }

    private async Task<JournalOutcome> Once(ReversalRequest request, CancellationToken cancel)
    {
        if (GivenBy.Problem(request.Reason, request.Actor, request.Key) is var (field, problem))
            return new JournalOutcome.Unreadable([new PriceProblem(field, "bad-text", problem, "")]);
        await using var connection = await database.OpenConnectionAsync(cancel);
        await using var transaction = await connection.BeginTransactionAsync(cancel);
        if (await Original(connection, request.Number, cancel) is not { } known) return new JournalOutcome.NotFound(request.Number);
        // What concerns one account keeps no other from its money.
        if (known.Owner == known.LegalEntityId) await BillingLock.Alone(connection, known.LegalEntityId, cancel);
        else await BillingLock.OfAccount(connection, known.LegalEntityId, known.Owner, cancel);
        var original = (await Original(connection, request.Number, cancel))!;
        var content = $"reverse|{request.Number}|{GivenBy.Words(request.On)}|{request.Reason}";
        if (await Earlier(connection, request.Key, content, cancel) is { } earlier) return earlier;
        var on = request.On ?? GivenBy.Day(clock, original.EntryDate);
        if ((Refusal(original, on) ?? await Standing(connection, original, cancel)) is { } refused) return refused;
        // What stood on it was taken back before it is, in the books as in the ERP.
        var before = await CashBooks.TakenOff(connection, original.Id, cancel);
        if (CashBooks.Before(on, before) is { } sooner) return sooner;

        var now = clock.GetUtcNow();
        var (id, entry) = (Guid.CreateVersion7(now), Guid.CreateVersion7(now));
        await OneDocumentRun.Add(connection, "journal", $"Reversal of {request.Number}: {request.Reason}", request.Actor, now, cancel);
        await Add(connection, original, request, id, now, cancel);
        var payment = await AddMovement(connection, original, request, id, entry, now, cancel);
        await SaveMovement.AddFollows(connection, entry, [.. before.Select(one => one.Entry)], cancel);
        await GivenOnce.Add(connection, request.Key, content, id, now, cancel);
        var number = await SaveEntry.Run(
            connection,
            new EntryToBook(
                EntryKind.Reversal, id, original.LegalEntityId, on, $"Reversal of {request.Number}", await Opposite(connection, original, cancel),
                original.CorrelationId, original.Id, entry)
            { Payment = payment },
            now, cancel);
        if (Within is not null) await Within(connection, number, cancel);
        await transaction.CommitAsync(cancel);
        return new JournalOutcome.Done((await new FindJournals(database).One(entry, cancel))!, Again: false);
    }

    private async Task<JournalOutcome?> Earlier(NpgsqlConnection connection, string key, string content, CancellationToken cancel)
    {
        switch (await GivenOnce.Find(connection, key, content, cancel))
        {
            case GivenOnce.Earlier.Other:
                return new JournalOutcome.Refused(GivenOnce.Refused.Field, GivenOnce.Refused.Code, GivenOnce.Refused.Reason, GivenOnce.Refused.Remedy);
            case GivenOnce.Earlier.Same(var source):
                var entry = await connection.QuerySingleAsync<Guid>(new CommandDefinition(
                    "select id from ledger.journal_entry where source_id = @source and source_kind = 'reversal'", new { source }, cancellationToken: cancel));
                return new JournalOutcome.Done((await new FindJournals(database).One(entry, cancel))!, Again: true);
            default: return null;
        }
    }

    private static JournalOutcome.Refused? Refusal(OriginalRow original, DateOnly on) =>
        original.Kind == Words.Of(EntryKind.Reversal)
            ? new JournalOutcome.Refused("number", "not-a-journal", "a reversal is not taken back", "Book again what it took back.")
        : original.ReversedBy.Length > 0
            ? new JournalOutcome.Refused("number", "already-reversed", $"{original.ReversedBy} takes it back already", "Look at that one.")
        : on < original.EntryDate
            ? new JournalOutcome.Refused("on", "before-journal", $"the entry is dated {original.EntryDate:yyyy-MM-dd}", "Take that day or a later one.")
        : CashBooks.Closed("on", on, original.ClosedThrough);

    // What was done since because of it goes first; and what it made owed again must still be owed.
    private static async Task<JournalOutcome.Refused?> Standing(NpgsqlConnection connection, OriginalRow original, CancellationToken cancel)
    {
        var follower = await connection.QueryFirstOrDefaultAsync<string>(new CommandDefinition(
            """
            select p.business_key from cash.follows f join posting.posting p on p.document_id = f.entry_id
            where f.before_id = @Id and not exists (select from ledger.journal_entry r where r.reverses = f.entry_id) order by p.id desc limit 1
            """, new { original.Id }, cancellationToken: cancel));
        if (follower is not null)
            return new JournalOutcome.Refused("number", "stood-upon", $"{follower} stands on it", $"Reverse {follower} first.");
        if (await connection.QuerySingleAsync<bool>(new CommandDefinition(
                """
                select exists (select from revenue.booking_entry where entry_id = @Id) or exists (select from revenue.unbilled where entry_id = @Id)
                    or exists (select from revenue.prepaid_entry where entry_id = @Id) or exists (select from revenue.prepaid_exchange where entry_id = @Id)
                """,
                new { original.Id }, cancellationToken: cancel)))
            return new JournalOutcome.Refused(
                "number", "scheduled-revenue", "a revenue run booked it, and it follows its schedules",
                "Credit what was invoiced wrongly: the next revenue run takes back what that earned.");
        var settled = await connection.QueryFirstOrDefaultAsync<string>(new CommandDefinition(
            """
            select i.number
            from ledger.journal_line l join invoicing.open_amount o on o.id = l.settles join invoicing.invoice i on i.id = o.id
            where l.entry_id = @Id and l.account = @Receivable and l.amount > 0
            group by i.number, o.open having sum(l.amount) > o.open limit 1
            """, new { original.Id, LedgerAccount.Receivable }, cancellationToken: cancel));
        return settled is null ? null
            : new JournalOutcome.Refused("number", "settled-since", $"{settled} was settled since", "Take back what settled it first.");
    }

    private static Task Add(
        NpgsqlConnection connection, OriginalRow original, ReversalRequest request, Guid id, DateTimeOffset now, CancellationToken cancel) =>
        connection.ExecuteAsync(new CommandDefinition(
            "insert into ledger.manual_journal (id, legal_entity_id, reason, actor, created_at) values (@id, @LegalEntityId, @Reason, @Actor, @now)",
            new { id, original.LegalEntityId, request.Reason, request.Actor, now }, cancellationToken: cancel));

    // Answers the payment whose money it moves; null for none.
    private static async Task<Guid?> AddMovement(
        NpgsqlConnection connection, OriginalRow original, ReversalRequest request, Guid id, Guid entry, DateTimeOffset now, CancellationToken cancel)
    {
        var (movement, payment, account) = await connection.QuerySingleOrDefaultAsync<(Guid, Guid?, Guid)>(new CommandDefinition(
            """
            insert into cash.movement (id, billing_account_id, legal_entity_id, entry_id, kind, payment_id, reverses, amount, reason, actor, created_at)
            select @id, m.billing_account_id, m.legal_entity_id, @entry, 'reversal', m.payment_id, m.id, m.amount, @Reason, @Actor, @now
            from cash.movement m where m.entry_id = @Original
            returning reverses, payment_id, billing_account_id
            """, new { id, entry, request.Reason, request.Actor, now, Original = original.Id }, cancellationToken: cancel));
        if (payment is not { } of) return null;
        var shares = CashPools.Opposite(await CashBooks.SharesOf(connection, movement, cancel));
        await SaveMovement.AddShares(connection, id, of, account, shares, cancel);
        return payment;
    }

    private static async Task<IReadOnlyList<EntryLineToBook>> Opposite(NpgsqlConnection connection, OriginalRow original, CancellationToken cancel)
    {
        var lines = await connection.QueryAsync<LineRow>(new CommandDefinition(
            """
            select l.account, l.currency, l.amount, l.functional, e.currency as books, l.billing_account_id, l.settles, l.text
            from ledger.journal_line l join customers.legal_entity e on e.id = l.legal_entity_id where l.entry_id = @Id order by l.line_no
            """, new { original.Id }, cancellationToken: cancel));
        return [.. lines.Select(line => new EntryLineToBook(
            new JournalLine(
                line.Account, new Money(-line.Amount, Currency.Of(line.Currency)),
                line.Functional is { } functional ? new Money(-functional, Currency.Of(line.Books)) : null),
            line.BillingAccountId == original.LegalEntityId ? null : line.BillingAccountId, line.Settles, line.Text))];
    }

    private static Task<OriginalRow?> Original(NpgsqlConnection connection, string number, CancellationToken cancel) =>
        connection.QuerySingleOrDefaultAsync<OriginalRow>(new CommandDefinition(
            """
            select e.id, p.document_kind as kind, e.billing_account_id as owner, e.legal_entity_id, e.entry_date, e.correlation_id, entity.closed_through,
                   coalesce(after.business_key, '') as reversed_by
            from posting.posting p
            join ledger.journal_entry e on e.id = p.document_id and e.billing_account_id = p.billing_account_id
            join customers.legal_entity entity on entity.id = e.legal_entity_id
            left join ledger.journal_entry taking on taking.reverses = e.id
            left join posting.posting after on after.document_id = taking.id
            where p.tenant = 1 and p.business_key = @number and p.document_kind not in ('invoice', 'credit-memo')
            """, new { number }, cancellationToken: cancel));

    private sealed record OriginalRow(
        Guid Id, string Kind, Guid Owner, Guid LegalEntityId, DateOnly EntryDate, Guid CorrelationId, DateOnly? ClosedThrough, string ReversedBy);

    private sealed record LineRow(
        string Account, string Currency, decimal Amount, decimal? Functional, string Books, Guid BillingAccountId, Guid? Settles, string Text);
}
