using Dapper;
using Npgsql;

namespace Tieout.Application.Statements;

/// <summary>An entry that is taken back by hand.</summary>
/// <param name="Number">Its number; <paramref name="Reversal"/> is that of what takes it back.</param>
internal sealed record TakenBackEntry(string Number, string Reversal, string Reason, string Actor);

/// <summary>
/// Payments of statements whose entries are taken back by hand are undecided again: the bank still has the money. What booked them stays on
/// record, and so does who took it back; what their booking taught of who pays from where is ended. Inside the caller's transaction.
/// </summary>
internal static class FreeLines
{
    /// <summary>
    /// Transfers that stand on entries which lines confirm: the money of one moved on another bank account than it lay on. By the numbers of the entries,
    /// the numbers of the transfers; while one stands, its entry is not taken back by hand.
    /// </summary>
    public static async Task<Dictionary<string, string>> Moves(NpgsqlConnection connection, IReadOnlyList<string> entries, CancellationToken cancel)
    {
        if (entries.Count == 0) return [];
        var lines = (await connection.QueryAsync<LockedLine>(new CommandDefinition(
            """
            select key, state, entry_number as entry, attempt from cash.bank_line
            where tenant = 1 and entry_number <> '' and entry_number = any(@entries)
            """, new { entries = entries.ToArray() }, cancellationToken: cancel))).ToDictionary(line => line.Moved, line => line.Entry, StringComparer.Ordinal);
        if (lines.Count == 0) return [];
        return (await connection.QueryAsync<(string Key, string Number)>(new CommandDefinition(
            """
            select g.idempotency_key, p.business_key
            from invoicing.given_once g
            join ledger.journal_entry e on e.source_id = g.document_id
            join posting.posting p on p.document_id = e.id
            where g.tenant = 1 and g.idempotency_key = any(@keys) and not exists (select from ledger.journal_entry r where r.reverses = e.id)
            """, new { keys = lines.Keys.ToArray() }, cancellationToken: cancel))).ToDictionary(row => lines[row.Key], row => row.Number, StringComparer.Ordinal);
    }

    /// <summary>Does nothing for entries that book no line.</summary>
    public static async Task Run(NpgsqlConnection connection, IReadOnlyList<TakenBackEntry> entries, DateTimeOffset now, CancellationToken cancel)
    {
        if (entries.Count == 0) return;
        var given = new
        {
            numbers = entries.Select(one => one.Number).ToArray(),
            reversals = entries.Select(one => one.Reversal).ToArray(),
            reasons = entries.Select(one => one.Reason).ToArray(),
            actors = entries.Select(one => one.Actor).ToArray(),
            now,
        };
        var freed = (await connection.QueryAsync<string>(new CommandDefinition(
            """
            insert into cash.bank_line_freed (line, attempt, entry_number, booked_by, booked_why, booked_at, reversal, actor, reason, created_at)
            select l.key, l.attempt, l.entry_number, l.decided_by, l.decided_why, coalesce(l.decided_at, @now), said.reversal, said.actor, said.reason, @now
            from unnest(@numbers, @reversals, @reasons, @actors) as said (number, reversal, reason, actor)
            join cash.bank_line l on l.tenant = 1 and l.entry_number = said.number and l.entry_number <> ''
            returning line
            """, given, cancellationToken: cancel))).ToArray();
        if (freed.Length == 0) return;
        await connection.ExecuteAsync(new CommandDefinition(
            """
            update cash.payer_number n set ended_at = @now, ended_by = said.actor,
              ended_why = said.number || ' taught it, and ' || said.reversal || ' took that back: ' || said.reason
            from unnest(@numbers, @reversals, @reasons, @actors) as said (number, reversal, reason, actor)
            where n.tenant = 1 and n.taught_by = said.number and n.taught_by <> '' and n.ended_at is null
            """, given, cancellationToken: cancel));
        await connection.ExecuteAsync(new CommandDefinition(
            """
            delete from cash.proposal where tenant = 1 and line = any(@freed);
            update cash.bank_line l set state = 'new', attempt = l.attempt + 1, entry_number = '', decided_by = '', decided_why = '', decided_at = null,
              reasons = array[f.entry_number || ' booked it before, and ' || f.reversal || ' took that back: ' || f.reason]
            from cash.bank_line_freed f
            where l.tenant = 1 and l.key = any(@freed) and f.tenant = 1 and f.line = l.key and f.attempt = l.attempt
            """, new { freed }, cancellationToken: cancel));
    }
}
