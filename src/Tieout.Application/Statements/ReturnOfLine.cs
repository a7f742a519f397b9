using Dapper;
using Npgsql;
using Tieout.Application.Journals;

namespace Tieout.Application.Statements;

/// <summary>A payment that a line of a statement takes back.</summary>
/// <param name="Number">Of its entry.</param>
/// <param name="Came">Code of the bank account that it came to, and <paramref name="Went"/> of the one that it went from, where these differ; else null.</param>
internal sealed record ReturnOfLine(string Key, string Number, string? Came, string? Went)
{
    /// <summary>What takes it back takes it off the bank account that it came to; gone it is from the one whose statement says so.</summary>
    public JournalOutcome.Refused? Refusal => Came is null ? null : new JournalOutcome.Refused(
        "proposal", "other-bank-account", $"it came to bank account {Came}, and went from {Went}",
        "Reverse the payment, and book the transfer between the two by hand (tieout journal add).");

    /// <summary>By the lines' keys; none of one whose payment is not in the books.</summary>
    public static async Task<Dictionary<string, ReturnOfLine>> Find(
        NpgsqlConnection connection, IReadOnlyList<(string Key, Guid Payment)> lines, CancellationToken cancel) =>
        (await connection.QueryAsync<ReturnOfLine>(new CommandDefinition(
            """
            select said.key, posting.business_key as number, moved.came, moved.went
            from unnest(@keys, @payments) as said (key, payment)
            join cash.movement m on m.id = said.payment
            join posting.posting on posting.document_id = m.entry_id
            left join lateral (
              select came.code as came, went.code as went
              from cash.payment p
              join cash.bank_line l on l.tenant = 1 and l.key = said.key
              join cash.statement s on s.id = l.statement_id
              join cash.bank_account came on came.id = p.bank_account_id
              join cash.bank_account went on went.id = s.bank_account_id
              where p.id = said.payment and came.account <> went.account) moved on true
            """, new { keys = lines.Select(line => line.Key).ToArray(), payments = lines.Select(line => line.Payment).ToArray() },
            cancellationToken: cancel))).ToDictionary(row => row.Key, StringComparer.Ordinal);
}
