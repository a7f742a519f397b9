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

/// <summary>A movement with who gave it, why, and under which key.</summary>
/// <param name="Content">One canonical text of what was asked.</param>
internal sealed record GivenMovement(MovementToBook Movement, string Reason, string Actor, string Key, string Content)
{
    /// <summary>Its entry, where it was said already what that comes to in the books; else that is found out by itself.</summary>
    public EntryToBook? Entry { get; init; }
}

/// <summary>What a movement does to a pool of a payment.</summary>
internal sealed record ShareOf(Guid Movement, int No, Guid Payment, Guid Account, CashShare Share);

/// <summary>Books movements with their runs, their entries, their postings and their shares, inside the caller's transaction.</summary>
internal static class SaveMovement
{
    /// <summary>Answers the entry's id.</summary>
    public static async Task<Guid> Run(
        NpgsqlConnection connection, MovementToBook movement, string reason, string actor, (string Key, string Content) given, DateTimeOffset now,
        CancellationToken cancel) => (await Run(connection, [new GivenMovement(movement, reason, actor, given.Key, given.Content)], now, cancel))[0].Entry;

    /// <summary>Many in a few statements; answers their entries with their numbers, in their order.</summary>
    /// <param name="all">Several in a foreign currency only with their entries: what one comes to in the books depends on those before it.</param>
    public static async Task<IReadOnlyList<(Guid Entry, string Number)>> Run(
        NpgsqlConnection connection, IReadOnlyList<GivenMovement> all, DateTimeOffset now, CancellationToken cancel)
    {
        if (all.Count == 0) return [];
        if (all.Count > 1 && all.Any(one => one.Entry is null && one.Movement.Currency.Code != one.Movement.Account.Books))
            throw new InvalidOperationException("Of several movements in a foreign currency it is said what they come to in the books.");
        var entries = all.Select(one => one.Entry?.Id ?? Guid.CreateVersion7(now)).ToArray();
        await OneDocumentRun.Add(connection, "journal", [.. all.Select(one => ($"{one.Movement.Text}: {one.Reason}", one.Actor))], now, cancel);
        await Add(connection, all, entries, now, cancel);
        await AddShares(connection, [.. all.Where(one => one.Movement.Payment is not null).SelectMany(one => one.Movement.Shares.Select((share, index) =>
            new ShareOf(one.Movement.Id, index + 1, one.Movement.Payment!.Value, one.Movement.Account.Id, share)))], cancel);
        await AddFollows(connection, [.. all.Zip(entries).SelectMany(one => (one.First.Movement.Follows ?? []).Select(before => (one.Second, before)))], cancel);
        await FollowMoney(connection, [.. all.Where(one => one.Movement.Shares.Any(share => share.Amount < 0)).Select(one => one.Movement.Id)], cancel);
        await GivenOnce.Add(connection, [.. all.Select(one => (one.Key, one.Content, one.Movement.Id))], now, cancel);
        var asked = all.Zip(entries, (one, id) => one.Entry ?? Entry(one.Movement, id)).ToList();
        var numbers = asked is [var only] ? [await SaveEntry.Run(connection, only, now, cancel)] : await SaveEntry.Run(connection, asked, now, cancel);
        return [.. entries.Zip(numbers)];
    }

    /// <summary>The entry of a movement.</summary>
    public static EntryToBook Entry(MovementToBook movement, Guid id) => new(
        movement.Kind, movement.Id, movement.Account.LegalEntityId, movement.On, movement.Text,
        [.. movement.Lines.Select(line => new EntryLineToBook(
            new JournalLine(line.Account, new Money(line.Amount, movement.Currency)), movement.Account.Id, line.Settles, line.Text) { RateOf = line.RateOf })],
        // The whole story of a payment, or of a dispute, has one correlation id: its own.
        movement.Payment ?? movement.Dispute, Id: id)
    { Payment = movement.Payment };

    /// <summary>What movements do to the pools of payments.</summary>
    public static Task AddShares(NpgsqlConnection connection, IReadOnlyList<ShareOf> shares, CancellationToken cancel) =>
        shares.Count == 0 ? Task.CompletedTask : connection.ExecuteAsync(new CommandDefinition(
            """
            insert into cash.share (movement_id, no, payment_id, billing_account_id, pool, invoice_id, tax_code, tax_rate, amount, layer)
            select movement, no, payment, account, pool, invoice, code, rate, amount, coalesce(layer, movement)
            from unnest(@movements, @nos, @payments, @accounts, @pools, @invoices, @codes, @rates, @amounts, @layers)
              as share (movement, no, payment, account, pool, invoice, code, rate, amount, layer)
            """,
            new
            {
                movements = shares.Select(one => one.Movement).ToArray(),
                nos = shares.Select(one => one.No).ToArray(),
                payments = shares.Select(one => one.Payment).ToArray(),
                accounts = shares.Select(one => one.Account).ToArray(),
                pools = shares.Select(one => PoolWords.Of(one.Share.Pool)).ToArray(),
                invoices = shares.Select(one => one.Share.Pool.Settles).ToArray(),
                codes = shares.Select(one => (one.Share.Pool as CashPool.Discount)?.TaxCode).ToArray(),
                rates = shares.Select(one => (one.Share.Pool as CashPool.Discount)?.TaxRate).ToArray(),
                amounts = shares.Select(one => one.Share.Amount).ToArray(),
                layers = shares.Select(one => one.Share.Layer).ToArray(),
            }, cancellationToken: cancel));

    /// <summary>What entries stand on.</summary>
    public static Task AddFollows(NpgsqlConnection connection, IReadOnlyCollection<(Guid Entry, Guid Before)> follows, CancellationToken cancel) =>
        follows.Count == 0 ? Task.CompletedTask : connection.ExecuteAsync(new CommandDefinition(
            "insert into cash.follows (entry_id, before_id) select distinct entry, before from unnest(@entries, @befores) as follows (entry, before)",
            new { entries = follows.Select(one => one.Entry).ToArray(), befores = follows.Select(one => one.Before).ToArray() }, cancellationToken: cancel));

    // Whoever put the money there that they take, or put it back there.
    private static Task FollowMoney(NpgsqlConnection connection, Guid[] movements, CancellationToken cancel) =>
        movements.Length == 0 ? Task.CompletedTask : connection.ExecuteAsync(new CommandDefinition(
            """
            insert into cash.follows (entry_id, before_id)
            select distinct taking.entry_id, put.entry_id
            from cash.movement taking
            join cash.share mine on mine.movement_id = taking.id
            join cash.share there on there.payment_id = mine.payment_id and there.layer = mine.layer and there.pool = mine.pool
              and there.invoice_id is not distinct from mine.invoice_id and there.amount > 0 and there.movement_id <> mine.movement_id
            join cash.movement put on put.id = there.movement_id
            where taking.id = any(@movements) and mine.amount < 0
            on conflict do nothing
            """, new { movements }, cancellationToken: cancel));

    private static Task Add(
        NpgsqlConnection connection, IReadOnlyList<GivenMovement> all, Guid[] entries, DateTimeOffset now, CancellationToken cancel) =>
        connection.ExecuteAsync(new CommandDefinition(
            """
            insert into cash.movement (id, billing_account_id, legal_entity_id, entry_id, kind, payment_id, dispute_id, amount, reason, actor, created_at)
            select id, account, entity, entry, kind, payment, dispute, amount, reason, actor, @now
            from unnest(@ids, @accounts, @entities, @entries, @kinds, @payments, @disputes, @amounts, @reasons, @actors)
              as movement (id, account, entity, entry, kind, payment, dispute, amount, reason, actor)
            """,
            new
            {
                ids = all.Select(one => one.Movement.Id).ToArray(),
                accounts = all.Select(one => one.Movement.Account.Id).ToArray(),
                entities = all.Select(one => one.Movement.Account.LegalEntityId).ToArray(),
                entries,
                kinds = all.Select(one => one.Movement.Word).ToArray(),
                payments = all.Select(one => one.Movement.Payment).ToArray(),
                disputes = all.Select(one => one.Movement.Dispute).ToArray(),
                amounts = all.Select(one => one.Movement.Amount).ToArray(),
                reasons = all.Select(one => one.Reason).ToArray(),
                actors = all.Select(one => one.Actor).ToArray(),
                now,
            }, cancellationToken: cancel));
}
