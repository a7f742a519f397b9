using Dapper;

namespace Tieout.Application.Posting.Postgres;

internal sealed partial class PostgresPosting
{
    public async Task<int> DoubtRestored(DeliveryTarget target, CancellationToken cancel)
    {
        await using var connection = await _database.OpenConnectionAsync(cancel);
        if (!await connection.QuerySingleAsync<bool>("select exists (select from posting.restored)")) return 0;
        Moved();
        return await connection.ExecuteAsync(
            """
            update posting.posting p
            set state = 'in-doubt', sent_at = restored.at, not_before = @now, changed_at = @now,
                target = coalesce(others.names[1], @target),
                ask_also = case when cardinality(others.names) > 0 then others.names[2:] || @target end
            from (select max(at) as at from posting.restored) restored,
                 -- Other routes may have been in force when it was posted: it is asked for everywhere, last where it goes now.
                 (select coalesce(array_agg(target order by target), '{}') as names from mapping.configured where target <> @target) others,
                 (select id, billing_account_id from posting.posting
                  where exists (select from posting.restored) and target = @target and stage = 'open' and state = 'ready'
                    and posting.may_be_posted(created_at, sent_at)
                  order by id for update skip locked) due
            where p.id = due.id and p.billing_account_id = due.billing_account_id
            """, new { target = target.Name, now = Now });
    }
}
