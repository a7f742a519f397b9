using System.Text.Json;
using Dapper;
using Npgsql;
using Tieout.Domain;
using Tieout.Domain.Cash.Matching;
using Tieout.Domain.Cash.Statements;

namespace Tieout.Application.Statements;

/// <summary>What of a line is kept beside its own columns.</summary>
/// <param name="Code">The bank's word for what it is; empty where it says none, or was taken in before that was kept.</param>
internal sealed record LineDetails(
    IReadOnlyList<string> Ids, IReadOnlyList<string> References, IReadOnlyList<AdvisedDocument> Documents, string Code = "");

/// <summary>Writes a statement with its payments, inside the caller's transaction, who holds the lock of the legal entity.</summary>
internal static class SaveStatement
{
    private const string Alike = "Another statement has an entry that looks the same, and the bank gives no reference; accept it if it is another payment.";

    /// <summary>Entries that another statement brought are left out, whole.</summary>
    public static async Task<TakenStatement> Run(NpgsqlConnection connection, BankStatement statement, string actor, DateTimeOffset now, CancellationToken cancel)
    {
        var keys = statement.Entries.Select(entry => entry.Key.Value).ToArray();
        var known = (await connection.QueryAsync<string>(new CommandDefinition(
            "select distinct entry_key from cash.bank_line where tenant = 1 and entry_key = any(@keys)", new { keys }, cancellationToken: cancel)))
            .ToHashSet(StringComparer.Ordinal);
        var moved = statement.Entries.Sum(entry => entry.Amount.Amount) + statement.Refused.Sum(refused => refused.Amount ?? 0);
        var id = Guid.CreateVersion7(now);
        await connection.ExecuteAsync(new CommandDefinition(
            """
            insert into cash.statement (id, legal_entity_id, bank_account_id, number, name, currency, opening, moved, closing, closing_on, sequence, whole,
              entries, refused, actor, created_at)
            values (@id, @entity, @account, @number, @name, @currency, @opening, @moved, @closing, @on, @Sequence, @whole, @entries, @refused, @actor, @now)
            """,
            new
            {
                id,
                entity = statement.Account.LegalEntity,
                account = statement.Account.Id,
                number = statement.Account.Number,
                name = statement.Id,
                currency = statement.Account.Currency.Code,
                opening = statement.Opening?.Amount.Amount,
                moved,
                closing = statement.Closing?.Amount.Amount,
                on = statement.Closing?.On,
                statement.Sequence,
                whole = statement.Closing?.Kind != BalanceKind.Interim,
                entries = statement.Entries.Count,
                refused = statement.Refused.Count,
                actor,
                now,
            }, cancellationToken: cancel));
        await Lines(connection, id, statement, [.. statement.Entries.SelectMany(entry => Rows(entry, known.Contains(entry.Key.Value), id))], now, cancel);
        return new TakenStatement(
            statement.Account.Number, statement.Id, statement.Opening?.Amount, new Money(moved, statement.Account.Currency), statement.Closing?.Amount,
            statement.Entries.Count, statement.Entries.Count(entry => known.Contains(entry.Key.Value)),
            statement.Entries.Count(entry => known.Contains(entry.Key.Value) && !entry.Key.FromBank), statement.Refused);
    }

    // What the bank calls by the same name is the same. What only looks the same is kept apart, declined: were it another payment after all,
    // a person accepts it, and no money is lost.
    private static IEnumerable<Row> Rows(StatementEntry entry, bool known, Guid statement)
    {
        if (known && entry.Key.FromBank) yield break;
        foreach (var line in BankLine.Of(entry).Where(line => line.Amount.Amount != 0))
            yield return new Row(entry, known ? line with { Key = Apart(statement, entry, line) } : line, known);
    }

    private static string Apart(Guid statement, StatementEntry entry, BankLine line) =>
        FormattableString.Invariant($"{statement:N}-{entry.No}-{line.Key.Split('-')[^1]}");

    private static Task Lines(
        NpgsqlConnection connection, Guid statement, BankStatement of, IReadOnlyList<Row> rows, DateTimeOffset now, CancellationToken cancel)
    {
        if (rows.Count == 0) return Task.CompletedTask;
        return connection.ExecuteAsync(new CommandDefinition(
            """
            insert into cash.bank_line (key, entry_key, from_bank, statement_id, legal_entity_id, booked_on, currency, amount, charges, payer, payer_number, words,
              details, returned, payments, state, decided_by, decided_why, decided_at)
            select key, entry_key, from_bank, @statement, @entity, booked_on, @currency, amount, charges, payer, payer_number, words, details::jsonb, returned,
              payments, case when alike then 'declined' else 'new' end, case when alike then 'import' else '' end, case when alike then @why else '' end,
              case when alike then @now end
            from unnest(@keys, @entryKeys, @fromBank, @days, @amounts, @charges, @payers, @payerNumbers, @words, @details, @returned, @payments, @alike)
              as line (key, entry_key, from_bank, booked_on, amount, charges, payer, payer_number, words, details, returned, payments, alike)
            """,
            new
            {
                statement,
                entity = of.Account.LegalEntity,
                currency = of.Account.Currency.Code,
                keys = rows.Select(row => row.Line.Key).ToArray(),
                entryKeys = rows.Select(row => row.Entry.Key.Value).ToArray(),
                fromBank = rows.Select(row => row.Entry.Key.FromBank).ToArray(),
                days = rows.Select(row => row.Line.On).ToArray(),
                amounts = rows.Select(row => row.Line.Amount.Amount).ToArray(),
                charges = rows.Select(row => row.Line.Charges).ToArray(),
                payers = rows.Select(row => row.Line.Payer.Name).ToArray(),
                payerNumbers = rows.Select(row => row.Line.Payer.Account).ToArray(),
                words = rows.Select(row => row.Line.Text).ToArray(),
                details = rows.Select(row => JsonSerializer.Serialize(
                    new LineDetails(row.Line.Ids, row.Line.References, row.Line.Documents, row.Line.Code))).ToArray(),
                returned = rows.Select(row => row.Line.Returned).ToArray(),
                payments = rows.Select(row => row.Line.Count).ToArray(),
                alike = rows.Select(row => row.LooksKnown).ToArray(),
                why = Alike,
                now,
            }, commandTimeout: 600, cancellationToken: cancel));
    }

    private sealed record Row(StatementEntry Entry, BankLine Line, bool LooksKnown);
}
