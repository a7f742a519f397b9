using Dapper;
using Tieout.Application.Exceptions;
using Tieout.Domain.Exceptions;

namespace Tieout.Application.Posting.Postgres;

internal sealed partial class PostgresPosting
{
    public async Task RememberRules(IReadOnlyList<DeliveryTarget> targets, CancellationToken cancel)
    {
        await using var connection = await _database.OpenConnectionAsync(cancel);
        foreach (var settings in targets.Select(target => target.Settings))
            await connection.ExecuteAsync(
                """
                insert into posting.target_version (target, version, system, rules) values (@Name, @Version, @System, @rules::jsonb)
                on conflict do nothing
                """, new { settings.Name, settings.Version, settings.System, rules = TargetFile.Rules(settings) });
        var now = Now;
        foreach (var target in targets)
            await connection.ExecuteAsync(
                """
                insert into mapping.configured (target, version, legal_entities, at) values (@Name, @Version, @entities, @now)
                on conflict (tenant, target) do update set version = excluded.version, legal_entities = excluded.legal_entities, at = excluded.at
                where (configured.version, configured.legal_entities) is distinct from (excluded.version, excluded.legal_entities)
                """, new { target.Name, target.Settings.Version, entities = target.LegalEntities.ToArray(), now });
    }

    // With the money behind it.
    public async Task TellUnrouted(IReadOnlyList<DeliveryTarget> targets, CancellationToken cancel)
    {
        var now = Now;
        await using var connection = await _database.OpenConnectionAsync(cancel);
        await using var transaction = await connection.BeginTransactionAsync(cancel);
        var routed = targets.SelectMany(target => target.LegalEntities).ToArray();
        var unrouted = (await connection.QueryAsync<(Guid Id, string Code, string Currency, long Documents, decimal Amount)>(
            """
            select entity.id, entity.code, posting.currency, count(*), sum(posting.amount)
            from posting.posting join customers.legal_entity entity on entity.id = posting.legal_entity_id
            where posting.stage = 'staged' and posting.target is null and entity.code <> all(@routed)
              and posting.routes >= coalesce((select max(number) from mapping.version where kind = 'routes' and state = 'published'), 0)
            group by entity.id, entity.code, posting.currency
            """, new { routed }, transaction)).AsList();
        var names = targets.Select(target => target.Name).ToArray();
        var abandoned = (await connection.QueryAsync<(string Target, string Currency, long Documents, decimal Amount)>(
            """
            select target, currency, count(*), sum(amount)
            from posting.posting
            where stage in ('staged', 'open', 'in-doubt') and target <> all(@names)
            group by target, currency
            """, new { names }, transaction)).AsList();
        RaisedException[] raised =
        [
            .. unrouted.Select(row => new RaisedException(
                new Finding(
                    ExceptionCategory.Business, "route-missing", $"{row.Documents} documents of {row.Code} have no ERP to go to: no route names this legal entity, "
                        + "and no published route matches them.",
                    "Publish a route for them (tieout mapping coverage tells what is missing), or add one to the targets file and post again; "
                        + "until then they are in our books only."),
                "target", $"route/{row.Code}/{row.Currency}", row.Id, Currency: row.Currency, Amount: row.Amount)),
            .. abandoned.Select(row => new RaisedException(
                new Finding(
                    ExceptionCategory.Technical, "target-missing",
                    $"{row.Documents} documents are on their way to {row.Target}, which is not among the targets any more: "
                        + "nobody sends them or asks what became of them.",
                    "Put the target back into the targets file until they are settled; some of them may be booked there."),
                "target", $"target/{row.Target}/{row.Currency}", Currency: row.Currency, Amount: row.Amount)),
        ];
        await ExceptionLog.Raise(connection, transaction, raised, now);
        await connection.ExecuteAsync(
            """
            update exceptions.exception_case set state = 'resolved', resolution = 'It leads somewhere now.', resolved_at = @now
            where state = 'open' and subject_kind = 'target' and code in ('route-missing', 'target-missing') and subject_key <> all(@keys)
            """, new { now, keys = raised.Select(item => item.SubjectKey).ToArray() }, transaction);
        await transaction.CommitAsync(cancel);
    }
}
