using Dapper;
using Tieout.Shell.Tests.Database;

namespace Tieout.Shell.Tests.Ledger;

/// <summary>
/// The indexes that answer questions to the books are out of the way of those who book: a session plans its triggers once, maybe while
/// the tables are empty, and then any index looks as good as the right one.
/// </summary>
public sealed class IndexTests(PostgresFixture postgres)
{
    [Theory]
    [InlineData("e.source_id = $1 and e.source_kind = 'invoice' and e.billing_account_id = $1 and l.account = 'receivable'")]
    [InlineData("e.id = $1 and e.billing_account_id = $1 and e.source_kind = 'payment' and e.legal_entity_id = $1 and e.month = '2026-11-01' and l.account <> 'tax'")]
    [InlineData("e.id = $1 and l.account in ('receivable', 'disputed-receivable')")]
    [InlineData("e.id = $1 and l.account = 'bad-debt' and l.legal_entity_id = $1 and l.month = '2026-11-01'")]
    public async Task Whoever_books_never_goes_through_them(string condition)
    {
        await using var books = await postgres.CreateDatabase();
        await using var connection = await books.Source.OpenConnectionAsync();
        await connection.ExecuteAsync(
            $"set plan_cache_mode = force_generic_plan; prepare sealing(uuid) as select l.amount from ledger.journal_entry e join ledger.journal_line l on l.entry_id = e.id where {condition}");
        var plan = string.Join('\n', await connection.QueryAsync<string>("explain execute sealing('00000000-0000-7000-8000-000000000001')"));
        plan.ShouldContain("journal_line_pkey");
        foreach (var index in new[] { "journal_entry_by_day", "journal_line_of_customer", "journal_line_beside_invoices", "journal_line_with_dimensions" }) plan.ShouldNotContain(index);
    }
}
