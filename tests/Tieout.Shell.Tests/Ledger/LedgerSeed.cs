using Tieout.Application.Ledger;
using Tieout.Shell.Tests.Database;

namespace Tieout.Shell.Tests.Ledger;

/// <summary>Entries put straight into the books, and what the books say of their balances.</summary>
internal static class LedgerSeed
{
    public const string American = "00000000-0000-7000-8000-000000000001";

    /// <summary>Entries of two lines each, in one statement a table, as a part of a run books them. The books are in dollars; others come to the same there.</summary>
    public static string Entries(int count, string month = "2026-11-01", string text = "", string currency = "USD", string created = "now()") =>
        $"""
        with entry as (
          insert into ledger.journal_entry (id, billing_account_id, legal_entity_id, month, entry_date, source_kind, source_id, correlation_id, text, created_at)
          select gen_random_uuid(), '{American}', '{American}', '{month}', '{month}'::date + n % 28, 'manual-journal', gen_random_uuid(), gen_random_uuid(),
                 '{text.Replace("'", "''", StringComparison.Ordinal)}', {created}
          from generate_series(1, {count}) n returning id, month, legal_entity_id, billing_account_id, text)
        insert into ledger.journal_line (entry_id, line_no, billing_account_id, legal_entity_id, month, account, currency, amount, text{(currency == "USD" ? "" : ", functional")})
        select id, no, billing_account_id, legal_entity_id, month, account, '{currency}', amount, text{(currency == "USD" ? "" : ", amount")}
        from entry cross join (values (1, 'rounding', 7), (2, 'fx-gain-loss', -7)) as line (no, account, amount);
        """;

    /// <summary>The proof of every balance against its lines.</summary>
    public static Task<LedgerProof> Proof(TestDatabase database) => new CheckLedger(database.Source).Run(CancellationToken.None);

    /// <summary>How many rows wait to be folded.</summary>
    public static Task<long> Waiting(TestDatabase database) => database.Scalar<long>("select count(*) from ledger.balance_change");
}
