using Dapper;
using Npgsql;
using Tieout.Application.Exceptions;

namespace Tieout.Application.Posting.Postgres;

internal sealed partial class PostgresPosting
{
    public async Task<ReplayException.Outcome> Replay(
        Guid id, Func<CaseToReplay?, ReplayException.Outcome> decide, string resolution, CancellationToken cancel)
    {
        await using var connection = await database.OpenConnectionAsync(cancel);
        await using var transaction = await connection.BeginTransactionAsync(cancel);
        // The posting before its case: the order in which delivery locks them, too.
        var row = await LoadCase(connection, transaction, id);
        var outcome = decide(row);
        if (outcome is not ReplayException.Outcome.Replayed replayed) return outcome;
        await SaveReplay(connection, transaction, row!, replayed.State, resolution);
        await transaction.CommitAsync(cancel);
        return outcome;
    }

    private static async Task<CaseToReplay?> LoadCase(NpgsqlConnection connection, NpgsqlTransaction transaction, Guid id)
    {
        await connection.ExecuteAsync(
            """
            select p.id
            from posting.posting p
            join exceptions.exception_case x on x.subject_kind = 'posting' and x.subject_key = p.business_key
            where x.id = @id and p.tenant = 1
            for update of p
            """, new { id }, transaction);
        return await connection.QuerySingleOrDefaultAsync<CaseToReplay>(
            """
            select x.id, x.state, x.code, x.resolution, x.subject_kind, x.subject_key, p.business_key, p.state as posting_state, p.target, p.sent_at
            from exceptions.exception_case x
            left join posting.posting p on x.subject_kind = 'posting' and p.tenant = 1 and p.business_key = x.subject_key
            where x.id = @id
            for update of x
            """, new { id }, transaction);
    }

    private async Task SaveReplay(NpgsqlConnection connection, NpgsqlTransaction transaction, CaseToReplay row, string state, string resolution)
    {
        var now = Now;
        if (row.Code == ReplayException.CustomerUnknown) await ForgetCustomer(connection, transaction, row.BusinessKey!);
        await connection.ExecuteAsync(
            """
            update posting.posting
            set state = case when ask_also is not null then 'staged' else @state end,
                target = case when @state = 'staged' or ask_also is not null then null else target end,
                routes = case when @state = 'staged' or ask_also is not null then 0 else routes end, ask_also = null, tries = 0, look_ups = 0,
                not_before = null, claim = null, claimed_by = null, claimed_until = null, changed_at = @now
            where tenant = 1 and business_key = @key
            """, new { state, now, key = row.BusinessKey }, transaction);
        // Every open case of this posting told of the same stop.
        await connection.ExecuteAsync(
            """
            update exceptions.exception_case
            set state = 'resolved', resolution = @resolution, resolved_at = @now
            where subject_kind = 'posting' and subject_key = @key and state = 'open'
            """, new { resolution, now, key = row.SubjectKey }, transaction);
    }

    // The ERP's id of the customer is stale: it is found or created anew before the document goes again.
    private static async Task ForgetCustomer(NpgsqlConnection connection, NpgsqlTransaction transaction, string key) =>
        await connection.ExecuteAsync(
            """
            delete from customers.cross_reference reference
            using posting.posting p
            where p.tenant = 1 and p.business_key = @key and reference.tenant = 1 and reference.system = p.target
              and reference.object_kind = 'customer' and reference.internal_id in (
                select customer_id from customers.billing_account where id = p.billing_account_id and p.document_kind in ('invoice', 'credit-memo')
                union all select id from posting.entry_customers(p.document_id) where p.document_kind not in ('invoice', 'credit-memo'))
            """, new { key }, transaction);
}
