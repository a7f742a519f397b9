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
        select c.id from posting.claim c
        where c.until < @now or not exists (select from alive where alive.node = c.node)
        order by c.id for update skip locked
        """, null, cancel);

    public Task<int> Release(Guid claim, string target) => Free(
        "select c.id from posting.claim c where c.id = @claim and c.target = @target for update skip locked", new { claim, target }, CancellationToken.None);

    private async Task<int> Free(string select, object? parameters, CancellationToken cancel)
    {
        var now = Now;
        await using var connection = await _database.OpenConnectionAsync(cancel);
        await using var transaction = await connection.BeginTransactionAsync(cancel);
        var named = new DynamicParameters(parameters);
        named.Add("now", now);
        var claims = (await connection.QueryAsync<Guid>(select, named, transaction)).ToArray();
        if (claims.Length == 0) return 0;
        // What somebody else holds at this moment stays under its claim, for the next look.
        var dead = (await connection.QueryAsync<(Guid Id, Guid Account)>(
            """
            select p.id, p.billing_account_id
            from posting.posting p
            where p.id in (select unnest(c.postings) from posting.claim c where c.id = any(@claims)) and p.claim = any(@claims)
            order by p.id for update of p skip locked
            """, new { claims }, transaction)).AsList();
        // A statement of its own: it sees every request that went on record before the claims were locked. A worker that
        // is alive after all, and wants to record one now, waits for the lock and finds its claim gone.
        var freed = dead.Count == 0 ? 0 : await connection.QuerySingleAsync<int>(
            """
            with dead as (
              select p.id, p.billing_account_id, p.state, p.attempts, p.claim, c.kind, c.node, c.taken_at, c.sent_at,
                     p.state = 'in-doubt' or exists (select from posting.exchange e where e.batch = p.claim) as sent
              from unnest(@ids, @accounts) as wanted (id, account)
              join posting.posting p on p.id = wanted.id and p.billing_account_id = wanted.account
              left join posting.claim c on c.id = p.claim),
            freed as (
              update posting.posting p
              set state = case when dead.sent then 'in-doubt' else 'ready' end, tries = p.tries - case when dead.sent then 0 else 1 end,
                  sent_at = case p.state when 'sending' then coalesce(dead.sent_at, p.sent_at) else p.sent_at end,
                  chosen_at = case when dead.sent then p.chosen_at else nullif(p.chosen_at, p.attempts) end,
                  not_before = @now, claim = null, changed_at = @now
              from dead where p.id = dead.id and p.billing_account_id = dead.billing_account_id
              returning p.id),
            told as (
              insert into posting.attempt (posting_id, number, kind, batch, node, started_at, ended_at, outcome, detail)
              select dead.id, dead.attempts, dead.kind, dead.claim, dead.node, dead.taken_at, @now, 'crashed',
                     case when dead.sent then 'The program ended while the ERP was asked.' else 'The program ended before anything was sent.' end
              from dead join freed on freed.id = dead.id)
            select count(*)::int from freed
            """, new { now, ids = dead.ConvertAll(row => row.Id).ToArray(), accounts = dead.ConvertAll(row => row.Account).ToArray() }, transaction);
        // One that nothing is under any more, however that came.
        await connection.ExecuteAsync(
            """
            delete from posting.claim c
            where c.id = any(@claims) and not exists (select from posting.posting p where p.id = any(c.postings) and p.claim = c.id)
            """, new { claims }, transaction);
        await transaction.CommitAsync(CancellationToken.None);
        Moved();
        return freed;
    }
}
