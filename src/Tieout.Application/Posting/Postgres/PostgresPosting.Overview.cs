using Dapper;

namespace Tieout.Application.Posting.Postgres;

internal sealed partial class PostgresPosting
{
    // Looks by index only.
    public async Task<bool> SomethingIsDue(IReadOnlyList<DeliveryTarget> targets, CancellationToken cancel)
    {
        await using var connection = await _database.OpenConnectionAsync(cancel);
        var (due, at) = await connection.QuerySingleAsync<(bool, DateTime)>(
            $"""
            select exists (
                     select from posting.posting where stage = 'open' and target = any(@names)
                       and (state = 'sending' or not_before is null or not_before <= @now))
                or exists (
                     select from posting.posting where stage = 'in-doubt' and target = any(@names) and (not_before is null or not_before <= @now))
                or exists (
                     select from posting.posting p where stage = 'staged' and target = any(@names)
                       and (document_kind = 'invoice' or posting.turn(document_id) <> 'waits') and {IsFirst})
                or exists (
                     select from posting.posting where stage = 'staged' and target is null and (document_kind = 'invoice' or posting.turn(document_id) <> 'waits')
                       and legal_entity_id in (select id from customers.legal_entity where code = any(@entities)))
                or exists (
                     select from posting.posting where stage = 'staged' and target is not null and routes < (
                         select max(number) from mapping.version where kind = 'routes' and state = 'published')
                       and (document_kind = 'invoice' or posting.turn(document_id) <> 'waits'))
                or exists (
                     select from customers.legal_entity entity join posting.posting p on p.legal_entity_id = entity.id
                     where p.stage = 'staged' and p.target is null and p.routes < (
                         select max(number) from mapping.version where kind = 'routes' and state = 'published')
                       and (p.document_kind = 'invoice' or posting.turn(p.document_id) <> 'waits')),
              clock_timestamp()
            """,
            new
            {
                now = Now,
                names = targets.Select(target => target.Name).ToArray(),
                entities = targets.SelectMany(target => target.LegalEntities).ToArray(),
            });
        Told(new DateTimeOffset(at, TimeSpan.Zero));
        return due;
    }

    public async Task<IReadOnlyList<OpenPostings>> Open(IReadOnlyList<DeliveryTarget> targets, CancellationToken cancel)
    {
        await using var connection = await _database.OpenConnectionAsync(cancel);
        return (await connection.QueryAsync<OpenPostings>(
            $"""
            select target, '' as legal_entity, count(*) as documents,
                   count(*) filter (where state = 'in-doubt') as in_doubt,
                   count(*) filter (where state = 'sending' or not_before is null or not_before <= @now) as at_once,
                   min(not_before) filter (where not_before > @now) as next_due
            from posting.posting
            where stage in ('open', 'in-doubt') and target = any(@targets)
            group by target
            union all
            -- A credit memo in the queue behind its invoice is not due by itself: what the invoice waits for decides. Nor is what stands behind
            -- another document of its account.
            select coalesce(p.target, ''), entity.code, count(*), 0,
                   count(*) filter (where (p.document_kind = 'invoice' or posting.turn(p.document_id) <> 'waits') and {IsFirst}), null
            from posting.posting p join customers.legal_entity entity on entity.id = p.legal_entity_id
            where p.stage = 'staged' and (p.target = any(@targets) or p.target is null and (
              entity.code = any(@entities)
              or p.routes < (select max(number) from mapping.version where kind = 'routes' and state = 'published')))
            group by 1, 2
            """,
            new
            {
                now = Now,
                targets = targets.Select(target => target.Name).ToArray(),
                entities = targets.SelectMany(target => target.LegalEntities).ToArray(),
            })).AsList();
    }

    public async Task<IReadOnlyList<PostingCount>> Counts()
    {
        await using var connection = await _database.OpenConnectionAsync(CancellationToken.None);
        return (await connection.QueryAsync<PostingCount>(
            """
            select coalesce(target, '') as target, state, count(*) as documents
            from posting.posting group by 1, 2 order by 1, 2
            """)).AsList();
    }
}
