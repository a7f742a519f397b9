using Dapper;
using Npgsql;
using Tieout.Application.Invoicing;
using Tieout.Application.Journals;
using Tieout.Domain;
using Tieout.Domain.Cash;
using Tieout.Domain.Ledger;
using Tieout.Domain.Posting;

namespace Tieout.Application.Payments;

/// <summary>A movement of cash on its way into the books.</summary>
/// <param name="Id">Source of its entry; that of a receipt is the payment's.</param>
/// <param name="Word">Its kind in <c>cash.movement</c>.</param>
/// <param name="Follows">Entries it stands on, besides those that put there the money it takes.</param>
/// <param name="Shares">What it does to the payment's pools.</param>
internal sealed record MovementToBook(
    Guid Id, EntryKind Kind, string Word, CashAccount Account, DateOnly On, string Text, Currency Currency, decimal Amount, IReadOnlyList<CashLine> Lines,
    IReadOnlyList<CashShare> Shares, Guid? Payment = null, Guid? Dispute = null,
    IReadOnlyList<Guid>? Follows = null);

/// <summary>Books a movement with its run, its entry, its posting and its shares, inside the caller's transaction.</summary>
internal static class SaveMovement
{
    /// <summary>Answers the entry's id.</summary>
    public static async Task<Guid> Run(
        NpgsqlConnection connection, MovementToBook movement, string reason, string actor, (string Key, string Content) given, DateTimeOffset now,
        CancellationToken cancel)
    {
        var entry = Guid.CreateVersion7(now);
        await OneDocumentRun.Add(connection, "journal", $"{movement.Text}: {reason}", actor, now, cancel);
        await Add(connection, movement, entry, reason, actor, now, cancel);
        if (movement.Payment is { } payment) await AddShares(connection, movement.Id, payment, movement.Account.Id, movement.Shares, cancel);
        await AddFollows(connection, entry, movement.Follows ?? [], cancel);
        await FollowMoney(connection, movement.Id, entry, cancel);
        await GivenOnce.Add(connection, given.Key, given.Content, movement.Id, now, cancel);
        await SaveEntry.Run(
            connection,
            new EntryToBook(
                movement.Kind, movement.Id, movement.Account.LegalEntityId, movement.On, movement.Text,
                [.. movement.Lines.Select(line => new EntryLineToBook(
                    new JournalLine(line.Account, new Money(line.Amount, movement.Currency)), movement.Account.Id, line.Settles))],
                // The whole story of a payment, or of a dispute, has one correlation id: its own.
                movement.Payment ?? movement.Dispute, Id: entry)
            { Payment = movement.Payment },
            now, cancel);
        return entry;
    }

    /// <summary>What a movement does to the pools of a payment.</summary>
    public static Task AddShares(
        NpgsqlConnection connection, Guid movement, Guid payment, Guid account, IReadOnlyList<CashShare> shares, CancellationToken cancel) =>
        shares.Count == 0 ? Task.CompletedTask : connection.ExecuteAsync(new CommandDefinition(
            """
            insert into cash.share (movement_id, no, payment_id, billing_account_id, pool, invoice_id, amount, layer)
            select @movement, no, @payment, @account, pool, invoice, amount, coalesce(layer, @movement)
            from unnest(@pools, @invoices, @amounts, @layers) with ordinality as share (pool, invoice, amount, layer, no)
            """,
            new
            {
                movement,
                payment,
                account,
                pools = shares.Select(share => share.Pool switch
                {
                    CashPool.Unapplied => "unapplied",
                    CashPool.Recovered => "recovered",
                    _ => "invoice",
                }).ToArray(),
                invoices = shares.Select(share => (share.Pool as CashPool.OnInvoice)?.Invoice).ToArray(),
                amounts = shares.Select(share => share.Amount).ToArray(),
                layers = shares.Select(share => share.Layer).ToArray(),
            }, cancellationToken: cancel));

    /// <summary>What an entry stands on.</summary>
    public static Task AddFollows(NpgsqlConnection connection, Guid entry, IReadOnlyCollection<Guid> before, CancellationToken cancel) =>
        before.Count == 0 ? Task.CompletedTask : connection.ExecuteAsync(new CommandDefinition(
            "insert into cash.follows (entry_id, before_id) select distinct @entry, id from unnest(@before) id",
            new { entry, before = before.ToArray() }, cancellationToken: cancel));

    // Whoever put the money there that it takes, or put it back there.
    private static Task FollowMoney(NpgsqlConnection connection, Guid movement, Guid entry, CancellationToken cancel) =>
        connection.ExecuteAsync(new CommandDefinition(
            """
            insert into cash.follows (entry_id, before_id)
            select distinct @entry, put.entry_id
            from cash.share mine
            join cash.share there on there.payment_id = mine.payment_id and there.layer = mine.layer and there.pool = mine.pool
              and there.invoice_id is not distinct from mine.invoice_id and there.amount > 0 and there.movement_id <> mine.movement_id
            join cash.movement put on put.id = there.movement_id
            where mine.movement_id = @movement and mine.amount < 0
            on conflict do nothing
            """, new { movement, entry }, cancellationToken: cancel));

    private static Task Add(
        NpgsqlConnection connection, MovementToBook movement, Guid entry, string reason, string actor, DateTimeOffset now, CancellationToken cancel) =>
        connection.ExecuteAsync(new CommandDefinition(
            """
            insert into cash.movement (id, billing_account_id, legal_entity_id, entry_id, kind, payment_id, dispute_id, amount, reason, actor, created_at)
            values (@Id, @account, @entity, @entry, @Word, @Payment, @Dispute, @Amount, @reason, @actor, @now)
            """,
            new
            {
                movement.Id,
                account = movement.Account.Id,
                entity = movement.Account.LegalEntityId,
                entry,
                movement.Word,
                movement.Payment,
                movement.Dispute,
                movement.Amount,
                reason,
                actor,
                now,
            }, cancellationToken: cancel));
}
