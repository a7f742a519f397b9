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
    [InlineData("insert into invoicing.invoice select gen_random_uuid(), tenant, billing_account_id, customer_id, legal_entity_id, 'US-2026-X', month, currency, net, tax, total, issue_date, due_date, lines, run_id, correlation_id, created_at from invoicing.invoice limit 1", "invoice_equals_its_lines")]
    [InlineData("delete from invoicing.invoice_tax", "booked_is_booked")]
    [InlineData("insert into invoicing.invoice_line select (jsonb_populate_record(null::invoicing.invoice_line, to_jsonb(l) || jsonb_build_object('revision', 2, 'standing', 20, 'billed', 20))).* from (select * from invoicing.invoice_line limit 1) l", "invoice_line_revision_follows")]
    [InlineData("insert into invoicing.invoice_line select (jsonb_populate_record(null::invoicing.invoice_line, to_jsonb(l) || jsonb_build_object('revision', 2, 'amount', -5, 'standing', 0, 'billed', 0, 'covered_until', '2026-11-01'))).* from (select * from invoicing.invoice_line limit 1) l", "invoice_line_revision_follows")]
    [InlineData("insert into invoicing.invoice_line select (jsonb_populate_record(null::invoicing.invoice_line, to_jsonb(l) || jsonb_build_object('revision', 2, 'amount', -50, 'billed', -39))).* from (select * from invoicing.invoice_line limit 1) l", "invoice_line_never_more_than_billed")]
    [InlineData("insert into invoicing.invoice_line select (jsonb_populate_record(null::invoicing.invoice_line, to_jsonb(l) || jsonb_build_object('part_start', '2026-11-10', 'period_start', '2026-11-10', 'due_on', '2026-11-10'))).* from (select * from invoicing.invoice_line limit 1) l", "invoice_line_each_day_once")]
    [InlineData("update customers.legal_entity set credit_series = 'DE' where code = 'US'", "legal_entity_series_apart")]
    [InlineData("update customers.legal_entity set closed_through = '2026-11-15'", "legal_entity_closed_through_check")]
    [InlineData("update customers.legal_entity set closed_through = '2026-11-30'; insert into ledger.journal_entry select (jsonb_populate_record(null::ledger.journal_entry, to_jsonb(e) || jsonb_build_object('id', gen_random_uuid(), 'source_id', gen_random_uuid()))).* from (select * from ledger.journal_entry limit 1) e", "journal_entry_month_open")]
    [InlineData("insert into invoicing.write_off select gen_random_uuid(), 1, billing_account_id, legal_entity_id, id, issue_date, currency, total + 1, 'x', 'x', correlation_id, created_at from invoicing.invoice limit 1", "write_off_within_owed")]
    [InlineData("insert into tax.rate (code, rate, from_date) values ('US-CA', 0.09, '2026-01-01')", "rate_overlap")]
    public async Task PostgreSQL_refuses(string statement, string constraint)
    {
        await using var database = await postgres.CreateDatabase();
        await SampleData.Subscriptions(database.Source, 4);
        await new BillAccounts(database.Source, TimeProvider.System).Run(new BillingRequest(new AccountingMonth(2026, 11), "test"), null, CancellationToken.None);

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
