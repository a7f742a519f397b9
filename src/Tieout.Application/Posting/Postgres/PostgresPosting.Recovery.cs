using Dapper;

namespace Tieout.Application.Posting.Postgres;

internal sealed partial class PostgresPosting
{
    public Task<int> FreeDead(CancellationToken cancel) => Free(
        """
        with alive as materialized (
          select objid::bigint as node from pg_locks
          where locktype = 'advisory' and classid = 731 and objsubid = 2 and granted
            and database = (select oid from pg_database where datname = current_database()))
        select p.id, p.billing_account_id
        from posting.posting p
        where p.target in (select target from posting.target_version) and p.state in ('sending', 'in-doubt') and p.claim is not null
          and (p.claimed_until < @now or not exists (select from alive where alive.node = p.claimed_by))
        order by p.id for update of p skip locked
        """, null, cancel);

    public Task<int> Release(Guid claim, string target) => Free(
        """
        select p.id, p.billing_account_id
        from posting.posting p
        where p.target = @target and p.state in ('sending', 'in-doubt') and p.claim = @claim
        order by p.id for update of p skip locked
        """, new { claim, target }, CancellationToken.None);

    private async Task<int> Free(string select, object? parameters, CancellationToken cancel)
    {
        var now = Now;
        await using var connection = await database.OpenConnectionAsync(cancel);
        await using var transaction = await connection.BeginTransactionAsync(cancel);
        var named = new DynamicParameters(parameters);
        named.Add("now", now);
        var dead = (await connection.QueryAsync<(Guid Id, Guid Account)>(select, named, transaction)).AsList();
        if (dead.Count == 0) return 0;
        // A statement of its own: it sees every request that went on record before the postings were locked. A worker that
        // is alive after all, and wants to record one now, waits for the lock and finds its claim gone.
        var freed = await connection.QuerySingleAsync<int>(
            """
            with dead as (
              select p.id, p.billing_account_id, p.state, p.attempts,
                     p.state = 'in-doubt' or exists (select from posting.exchange e where e.batch = p.claim) as sent
              from unnest(@ids, @accounts) as wanted (id, account)
              join posting.posting p on p.id = wanted.id and p.billing_account_id = wanted.account),
            freed as (
              update posting.posting p
              set state = case when dead.sent then 'in-doubt' else 'ready' end, tries = p.tries - case when dead.sent then 0 else 1 end,
                  chosen_at = case when dead.sent then p.chosen_at else nullif(p.chosen_at, p.attempts) end,
                  not_before = @now, claim = null, claimed_by = null, claimed_until = null, changed_at = @now
              from dead where p.id = dead.id and p.billing_account_id = dead.billing_account_id
              returning p.id),
            told as (
              update posting.attempt a
              set ended_at = @now, outcome = 'crashed',
                  detail = case when dead.sent then 'The program ended while the ERP was asked.' else 'The program ended before anything was sent.' end
              from dead where a.posting_id = dead.id and a.number = dead.attempts and a.ended_at is null
              returning a.posting_id)
            select count(*)::int from freed
            """, new { now, ids = dead.ConvertAll(row => row.Id).ToArray(), accounts = dead.ConvertAll(row => row.Account).ToArray() }, transaction);
        await transaction.CommitAsync(CancellationToken.None);
        return freed;
    }
}
