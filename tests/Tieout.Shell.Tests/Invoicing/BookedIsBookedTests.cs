using Dapper;
using Npgsql;
using Tieout.Application.Invoicing;
using Tieout.Domain;
using Tieout.Shell.Tests.Database;

namespace Tieout.Shell.Tests.Invoicing;

/// <summary>The database is the second assertion: what C# promises, PostgreSQL refuses to break.</summary>
public sealed class BookedIsBookedTests(PostgresFixture postgres)
{
    [Theory]
    [InlineData("update invoicing.invoice set total = total + 1", "booked_is_booked")]
    [InlineData("delete from invoicing.invoice_line", "booked_is_booked")]
    [InlineData("update ledger.journal_line set amount = 0.01", "booked_is_booked")]
    [InlineData("truncate ledger.journal_entry", "booked_is_booked")]
    [InlineData("delete from posting.posting", "booked_is_booked")]
    [InlineData("update posting.posting set state = 'in-doubt', target = 'x'", "posting_move")]
    [InlineData("insert into ledger.journal_line select entry_id, 99, billing_account_id, tenant, legal_entity_id, month, account, currency, amount from ledger.journal_line limit 1", "journal_line_balances")]
    [InlineData("insert into invoicing.invoice_line select (l).* from (select l from invoicing.invoice_line l) x", "invoice_line_billed_once")]
    [InlineData("insert into invoicing.invoice select gen_random_uuid(), tenant, billing_account_id, customer_id, legal_entity_id, 'US-2026-X', month, currency, net, tax, total, tax_code, tax_rate, issue_date, due_date, lines, run_id, correlation_id, created_at from invoicing.invoice limit 1", "invoice_equals_its_lines")]
    [InlineData("insert into tax.rate (code, rate, from_date) values ('US-CA', 0.09, '2026-01-01')", "rate_overlap")]
    public async Task PostgreSQL_refuses(string statement, string constraint)
    {
        await using var database = await postgres.CreateDatabase();
        await SampleData.Subscriptions(database.Source, 4);
        await new BillMonth(database.Source, TimeProvider.System).Run(new BillingRequest(new AccountingMonth(2026, 11), "test"), null, CancellationToken.None);

        await using var connection = await database.Source.OpenConnectionAsync();
        var refusal = await Should.ThrowAsync<PostgresException>(() => connection.ExecuteAsync(statement));
        refusal.ConstraintName.ShouldBe(constraint, refusal.Message);
    }

    [Fact]
    public async Task The_moves_of_a_posting_are_the_same_in_both_places()
    {
        await using var database = await postgres.CreateDatabase();
        await using var connection = await database.Source.OpenConnectionAsync();
        var states = Enum.GetValues<Domain.Posting.PostingState>();
        foreach (var from in states)
            foreach (var to in states)
                (await connection.QuerySingleAsync<bool>("select posting.move_allowed(@from, @to)", new { from = Words.Of(from), to = Words.Of(to) }))
                    .ShouldBe(Domain.Posting.PostingMoves.Allowed(from, to), $"{from} to {to}");
    }
}
