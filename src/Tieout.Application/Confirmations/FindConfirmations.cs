using Npgsql;
using Tieout.Application.Database;
using Tieout.Application.Views;

namespace Tieout.Application.Confirmations;

/// <summary>A message that an ERP sent by itself.</summary>
/// <param name="Treatment"><c>taken</c>, <c>doubled</c> (the same came before) or <c>malformed</c>.</param>
/// <param name="Problem">Why it is malformed; empty otherwise.</param>
/// <param name="Documents">It tells of so many.</param>
/// <param name="Unknown">Of these so many that we never sent to this target.</param>
/// <param name="Bytes">Its size.</param>
public sealed record ConfirmationRow(
    Guid Id, string Target, DateTimeOffset ReceivedAt, string Treatment, string Problem, int Documents, int Booked, int Refused, int Unknown, int Bytes);

/// <summary>One page, the newest first.</summary>
/// <param name="Next">Token of the next page; null on the last one.</param>
public sealed record ConfirmationList(IReadOnlyList<ConfirmationRow> Rows, string? Next);

/// <summary>Lists what ERPs sent by themselves.</summary>
public sealed class FindConfirmations(NpgsqlDataSource database)
{
    /// <summary>What becomes of messages.</summary>
    public static IReadOnlyList<string> Treatments { get; } = ["taken", "doubled", "malformed"];

    /// <summary>One page; null narrows nothing.</summary>
    public async Task<ConfirmationList> Run(string? target, string? treatment, Cursor? after, int limit, CancellationToken cancel)
    {
        var rows = await database.Rows<ConfirmationRow>(
            """
            select m.id, m.target, m.received_at, m.treatment, m.problem, coalesce(told.documents, 0) as documents, coalesce(told.booked, 0) as booked,
                   coalesce(told.refused, 0) as refused, coalesce(told.unknown, 0) as unknown, octet_length(m.body) as bytes
            from posting.confirmation_message m
            left join lateral (
              select count(*)::int as documents, (count(*) filter (where t.says = 'booked'))::int as booked,
                     (count(*) filter (where t.says = 'refused'))::int as refused,
                     (count(*) filter (where not exists (
                        select from posting.confirmation_due due where (due.tenant, due.target, due.reference) = (t.tenant, t.target, t.reference))))::int as unknown
              from posting.confirmation t where t.message = m.id) told on true
            where m.tenant = 1 and (@target::text is null or m.target = @target) and (@treatment::text is null or m.treatment = @treatment)
              and (@after::uuid is null or m.id < @after)
            order by m.id desc
            limit @limit
            """, new { target, treatment, after = after?.Id, limit = limit + 1 }, cancel);
        return new ConfirmationList([.. rows.Take(limit)], rows.Count > limit ? Place(rows[limit - 1]) : null);
    }

    private static string Place(ConfirmationRow row) => new Cursor(DateOnly.FromDateTime(row.ReceivedAt.UtcDateTime), row.Id).ToString();
}
