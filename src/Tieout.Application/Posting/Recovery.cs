using Dapper;
using Npgsql;

namespace Tieout.Application.Posting;

/// <summary>
/// Looks after postings whose worker died or lost its lease while sending. Where a request had gone on record, nobody knows
/// what came of it: in doubt. Where none had, nothing can have been sent (see <see cref="ExchangeLog"/>): ready again.
/// </summary>
internal sealed class Recovery(NpgsqlDataSource database, TimeProvider clock)
{
    /// <summary>How many were taken from dead claims.</summary>
    public async Task<int> Run(CancellationToken cancel)
    {
        await using var connection = await database.OpenConnectionAsync(cancel);
        return await connection.QuerySingleAsync<int>(
            """
            with dead as (
              select p.id, p.billing_account_id, p.attempts, exists (select from posting.exchange e where e.batch = p.claim) as sent
              from posting.posting p
              where p.state = 'sending' and (p.claimed_until < @now or not exists (
                select from pg_locks l where l.locktype = 'advisory' and l.classid = 731 and l.objid = p.claimed_by::oid and l.objsubid = 2
                  and l.granted and l.database = (select oid from pg_database where datname = current_database())))
              for update of p skip locked),
            freed as (
              update posting.posting p
              set state = case when dead.sent then 'in-doubt' else 'ready' end, not_before = @now,
                  claim = null, claimed_by = null, claimed_until = null, changed_at = @now
              from dead where p.id = dead.id and p.billing_account_id = dead.billing_account_id
              returning p.id),
            told as (
              update posting.attempt a
              set ended_at = @now, outcome = 'crashed',
                  detail = case when dead.sent then 'The program ended while the ERP was asked.' else 'The program ended before anything was sent.' end
              from dead where a.posting_id = dead.id and a.number = dead.attempts and a.ended_at is null
              returning a.posting_id)
            select count(*)::int from freed
            """, new { now = clock.GetUtcNow() });
    }
}
