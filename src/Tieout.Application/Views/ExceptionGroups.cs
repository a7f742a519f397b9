using Npgsql;
using Tieout.Application.Database;
using Tieout.Domain;

namespace Tieout.Application.Views;

/// <summary>The groups of a filter, the largest first.</summary>
/// <param name="Groups">How many there are in all; more than rows when there are very many.</param>
public sealed record ExceptionGroups(IReadOnlyList<ExceptionGroup> Rows, long Groups, long Exceptions);

/// <summary>Exceptions of the same trouble.</summary>
/// <param name="Group">The fingerprint, which the filter takes as <c>group</c>.</param>
/// <param name="Cause">Of the newest of them.</param>
/// <param name="FirstSeen">When the oldest of them opened.</param>
/// <param name="LastSeen">When one of them was met last.</param>
/// <param name="Values">The money touched, one per currency.</param>
/// <param name="Newest">Id of the newest of them.</param>
public sealed record ExceptionGroup(
    string Group, string Category, string Code, string Queue, string Cause, string Remedy, long Count, IReadOnlyList<Money> Values,
    DateTimeOffset FirstSeen, DateTimeOffset LastSeen, Guid Newest)
{
    /// <summary>What they are about when it is one kind, such as <c>posting</c>.</summary>
    public string Kind { get; init; } = "";
}

/// <summary>Adds exceptions up by their fingerprint.</summary>
public sealed class GroupExceptions(NpgsqlDataSource database, TimeProvider clock)
{
    private const int Most = 200;

    /// <summary>The groups of a filter; one pass over an index that holds all that is added up.</summary>
    public async Task<ExceptionGroups> Run(ExceptionFilter filter, CancellationToken cancel)
    {
        var (where, parameters) = filter.Sql(clock.GetUtcNow());
        parameters.Add("Most", Most);
        var rows = await database.Rows<Row>(
            $"""
            with sums as (
              select x.fingerprint, x.category, x.code, x.queue, x.currency, count(*) as count, count(x.amount) as amounts, coalesce(sum(x.amount), 0) as amount,
                     min(x.opened_at) as first_seen, max(x.last_seen_at) as last_seen
              from exceptions.exception_case x
              where {where}
              group by 1, 2, 3, 4, 5),
            groups as (
              select fingerprint, sum(count) as total, count(*) over () as groups, sum(sum(count)) over () as exceptions
              from sums group by fingerprint order by total desc, fingerprint limit @Most)
            select sums.fingerprint, sums.category, sums.code, sums.queue, sums.currency, sums.count::bigint, sums.amounts, sums.amount, sums.first_seen,
                   sums.last_seen, groups.groups, groups.exceptions::bigint, newest.id, newest.cause, newest.remedy, newest.subject_kind
            from groups
            join sums on sums.fingerprint = groups.fingerprint
            cross join lateral (
              select x.id, x.cause, x.remedy, x.subject_kind from exceptions.exception_case x
              where x.fingerprint = groups.fingerprint and {where} order by x.id desc limit 1) newest
            order by groups.total desc, groups.fingerprint, sums.currency
            """, parameters, cancel);
        var groups = rows.GroupBy(row => row.Fingerprint, StringComparer.Ordinal).Select(Shown).ToList();
        return new ExceptionGroups(groups, rows.Count == 0 ? 0 : rows[0].Groups, rows.Count == 0 ? 0 : rows[0].Exceptions);
    }

    private static ExceptionGroup Shown(IGrouping<string, Row> rows)
    {
        var first = rows.First();
        return new ExceptionGroup(
            first.Fingerprint, first.Category, first.Code, first.Queue, first.Cause, first.Remedy, rows.Sum(row => row.Count),
            [.. rows.Where(row => row.Currency is not null && row.Amounts > 0).Select(row => Cash.Of(row.Amount, row.Currency!))],
            rows.Min(row => row.FirstSeen), rows.Max(row => row.LastSeen), first.Id)
        {
            Kind = first.SubjectKind,
        };
    }

    private sealed record Row(
        string Fingerprint, string Category, string Code, string Queue, string? Currency, long Count, long Amounts, decimal Amount, DateTimeOffset FirstSeen,
        DateTimeOffset LastSeen, long Groups, long Exceptions, Guid Id, string Cause, string Remedy, string SubjectKind);
}
