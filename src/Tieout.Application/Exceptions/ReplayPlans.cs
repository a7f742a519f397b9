using System.Text.Json;
using Dapper;
using Npgsql;
using Tieout.Application.Views;
using Tieout.Domain;
using Tieout.Domain.Invoicing;
using Tieout.Domain.Subscriptions;

namespace Tieout.Application.Exceptions;

/// <summary>What a replay of many would do, and how far it is.</summary>
/// <param name="Fingerprint">Of exactly what is listed, where each stood, what fields were set and what mapping was in force; carrying out asks for it.</param>
/// <param name="Filter">As it was given.</param>
/// <param name="Postings">How many it would replay.</param>
/// <param name="Values">Their money, one per currency.</param>
/// <param name="Skipped">What matches the filter and is left alone, by reason.</param>
/// <param name="State"><c>made</c>, <c>running</c> or <c>done</c>.</param>
/// <param name="Replayed">How many were sent on their way so far.</param>
/// <param name="Left">How many had moved on since the plan was made, and were left alone.</param>
/// <param name="Run">The run that tells its progress; null until it is carried out.</param>
public sealed record CaseReplayPlan(
    Guid Id, string Fingerprint, IReadOnlyDictionary<string, string> Filter, long Postings, IReadOnlyList<Money> Values, IReadOnlyList<SkippedCases> Skipped,
    string MadeBy, DateTimeOffset MadeAt, string State, string DoneBy, string Reason, DateTimeOffset? BeganAt, DateTimeOffset? DoneAt, long Replayed, long Left,
    Guid? Run);

/// <summary>Cases of a plan that are left alone.</summary>
public sealed record SkippedCases(string Why, long Count, IReadOnlyList<Money> Values);

/// <summary>One line of a plan.</summary>
/// <param name="Skip">Why it is left alone; empty for those to be replayed.</param>
/// <param name="Outcome"><c>replayed</c> or <c>left</c>; empty while nothing came of it.</param>
public sealed record PlannedCase(
    int Place, Guid CaseId, string Code, string SubjectKey, Money? Amount, string Skip, string Outcome, string Detail, DateTimeOffset? DoneAt);

/// <summary>Makes plans of replays and reads them. A plan changes nothing.</summary>
public sealed class ReplayPlans(NpgsqlDataSource database, TimeProvider clock)
{
    /// <summary>Lists what a replay of everything that matches would do now.</summary>
    public async Task<CaseOutcome<CaseReplayPlan>> Make(ExceptionFilter filter, string? actor, CancellationToken cancel)
    {
        var (reader, now) = (new RequestReader(), clock.GetUtcNow());
        if (GivenText.Problem(actor, GivenText.ActorMost) is { } who) reader.Wrong("actor", who);
        if (reader.Errors.Count > 0) return new CaseUnreadable<CaseReplayPlan>(reader.Errors);
        var id = Guid.CreateVersion7(now);
        var (where, parameters) = filter.Sql(now);
        parameters.AddDynamicParams(new { id, now, actor = actor!.Trim(), filter = JsonSerializer.Serialize(filter.ToWords()) });
        await using var connection = await database.OpenConnectionAsync(cancel);
        await using var transaction = await connection.BeginTransactionAsync(cancel);
        await connection.ExecuteAsync(new CommandDefinition(Write(where), parameters, commandTimeout: 600, cancellationToken: cancel));
        var plan = await Read(connection, id, cancel);
        await transaction.CommitAsync(cancel);
        return new CaseDone<CaseReplayPlan>(plan!);
    }

    /// <summary>One plan; null when there is none.</summary>
    public async Task<CaseReplayPlan?> One(Guid id, CancellationToken cancel)
    {
        await using var connection = await database.OpenConnectionAsync(cancel);
        return await Read(connection, id, cancel);
    }

    /// <summary>What a plan lists, in its order; null when there is no such plan.</summary>
    /// <param name="id">The plan.</param>
    /// <param name="after">The last place of the page before; 0 for the first.</param>
    /// <param name="limit">Rows of a page.</param>
    /// <param name="cancel">Gives up.</param>
    public async Task<IReadOnlyList<PlannedCase>?> Lines(Guid id, long after, int limit, CancellationToken cancel)
    {
        await using var connection = await database.OpenConnectionAsync(cancel);
        if (!await connection.QuerySingleAsync<bool>(new CommandDefinition(
            "select exists (select from exceptions.replay_plan where tenant = 1 and id = @id)", new { id }, cancellationToken: cancel))) return null;
        var rows = await connection.QueryAsync<LineRow>(new CommandDefinition(
            """
            select place, case_id, code, subject_key, currency, amount, skip, coalesce(outcome, '') as outcome, detail, done_at
            from exceptions.replay_item where plan_id = @id and place > @after order by place limit @limit
            """, new { id, after, limit }, cancellationToken: cancel));
        return [.. rows.Select(row => new PlannedCase(
            row.Place, row.CaseId, row.Code, row.SubjectKey, Cash.Of(row.Amount, row.Currency), row.Skip, row.Outcome, row.Detail, row.DoneAt))];
    }

    // One pass over what matches; a posting stands in the plan once, under its newest case.
    private static string Write(string where) =>
        $"""
        create temp table planned on commit drop as
        select row_number() over (order by x.id)::int as place, x.id as case_id, x.code, x.subject_key, p.id as posting_id, p.billing_account_id, p.changed_at,
               coalesce(p.currency, x.currency) as currency, coalesce(p.amount, x.amount) as amount,
               case when x.state <> 'open' then 'It is resolved.'
                    when x.subject_kind <> 'posting' then 'It is about no posting; it closes when its cause is gone.'
                    when p.id is null then 'Its posting was not found.'
                    when p.state = 'in-doubt' then 'Its posting is in doubt: the ERP is asked before anything is sent again.'
                    when p.state <> 'parked' then 'Its posting is ' || p.state || ': it is on its way or done.'
                    when row_number() over (partition by p.id order by x.state, x.id desc) > 1 then 'Another case of the same posting is in this plan.'
                    else '' end as skip
        from exceptions.exception_case x
        left join posting.posting p on x.subject_kind = 'posting' and p.tenant = 1 and p.business_key = x.subject_key
        where {where};
        insert into exceptions.replay_plan (id, filter, fingerprint, made_by, made_at)
        select @id, @filter::jsonb, {Fingerprint("changed_at")}, @actor, @now
        from planned i;
        insert into exceptions.replay_item
          (plan_id, place, case_id, code, subject_key, posting_id, billing_account_id, posting_changed_at, currency, amount, skip)
        select @id, place, case_id, code, subject_key, posting_id, billing_account_id, changed_at, currency, amount, skip from planned
        """;

    /// <summary>
    /// The fingerprint over rows <c>i</c> of a plan. The highest publication says which routes, account rules and value maps are in force; of a
    /// posting's set fields the newest version counts.
    /// </summary>
    private static string Fingerprint(string changed) =>
        $"""
        encode(sha256(convert_to(
          coalesce((select max(publication) from mapping.version where tenant = 1), 0) || ':' || coalesce(string_agg(
            i.case_id || '/' || i.posting_id || '/' || extract(epoch from i.{changed}) || '/' || i.amount || '/'
              || coalesce((select max(o.version) from posting.field_override o where o.posting_id = i.posting_id), 0), ';' order by i.place)
            filter (where i.skip = ''), ''), 'UTF8')), 'hex')
        """;

    /// <summary>The fingerprint that a plan would have now: another where fields were set or a mapping was published since.</summary>
    internal static Task<string> Now(NpgsqlConnection connection, Guid id, CancellationToken cancel) => connection.QuerySingleAsync<string>(
        new CommandDefinition(
            $"select {Fingerprint("posting_changed_at")} from exceptions.replay_item i where i.plan_id = @id", new { id }, commandTimeout: 600,
            cancellationToken: cancel));

    internal static async Task<CaseReplayPlan?> Read(NpgsqlConnection connection, Guid id, CancellationToken cancel)
    {
        var row = await connection.QuerySingleOrDefaultAsync<Row>(new CommandDefinition(
            """
            select id, fingerprint, filter::text as filter, made_by, made_at, state, done_by, reason, began_at, done_at, run
            from exceptions.replay_plan where tenant = 1 and id = @id
            """, new { id }, cancellationToken: cancel));
        if (row is null) return null;
        var sums = (await connection.QueryAsync<Sum>(new CommandDefinition(
            """
            select skip, coalesce(outcome, '') as outcome, currency, count(*) as count, count(amount) as amounts, coalesce(sum(amount), 0) as amount
            from exceptions.replay_item where plan_id = @id group by 1, 2, 3 order by 1, 3
            """, new { id }, cancellationToken: cancel))).AsList();
        var goes = sums.FindAll(sum => sum.Skip.Length == 0);
        return new CaseReplayPlan(
            row.Id, row.Fingerprint, JsonSerializer.Deserialize<SortedDictionary<string, string>>(row.Filter)!, goes.Sum(sum => sum.Count), Values(goes),
            [.. sums.Where(sum => sum.Skip.Length > 0).GroupBy(sum => sum.Skip, StringComparer.Ordinal)
                .Select(group => new SkippedCases(group.Key, group.Sum(sum => sum.Count), Values(group)))],
            row.MadeBy, row.MadeAt, row.State, row.DoneBy, row.Reason, row.BeganAt, row.DoneAt,
            goes.Where(sum => sum.Outcome == "replayed").Sum(sum => sum.Count), goes.Where(sum => sum.Outcome == "left").Sum(sum => sum.Count), row.Run);
    }

    private static Money[] Values(IEnumerable<Sum> sums) =>
        [.. sums.Where(sum => sum.Currency is not null && sum.Amounts > 0).GroupBy(sum => sum.Currency!, StringComparer.Ordinal)
            .OrderBy(group => group.Key, StringComparer.Ordinal).Select(group => Cash.Of(group.Sum(sum => sum.Amount), group.Key))];

    private sealed record Row(
        Guid Id, string Fingerprint, string Filter, string MadeBy, DateTimeOffset MadeAt, string State, string DoneBy, string Reason, DateTimeOffset? BeganAt,
        DateTimeOffset? DoneAt, Guid? Run);

    private sealed record Sum(string Skip, string Outcome, string? Currency, long Count, long Amounts, decimal Amount);

    private sealed record LineRow(
        int Place, Guid CaseId, string Code, string SubjectKey, string? Currency, decimal? Amount, string Skip, string Outcome, string Detail,
        DateTimeOffset? DoneAt);
}
