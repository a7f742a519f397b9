using Npgsql;
using Tieout.Application.Database;
using Tieout.Application.Exceptions;
using Tieout.Domain;

namespace Tieout.Application.Views;

/// <summary>One page of exceptions.</summary>
/// <param name="Next">Token of the next page; null on the last one.</param>
public sealed record ExceptionList(IReadOnlyList<ExceptionRow> Rows, string? Next);

/// <summary>What a filter comes to.</summary>
/// <param name="Values">The money touched, one per currency; cases without an amount count in <paramref name="Count"/> only.</param>
/// <param name="Codes">How many of each code, most first.</param>
public sealed record ExceptionTotals(long Count, IReadOnlyList<Money> Values, IReadOnlyList<CodeCount> Codes);

/// <summary>Cases of one code.</summary>
public sealed record CodeCount(string Category, string Code, long Count);

/// <summary>An exception in a list.</summary>
/// <param name="SubjectKind">What it is about: <c>posting</c>, <c>billing</c>, <c>rate</c>, <c>break</c>, <c>target</c> or <c>webhook</c>.</param>
/// <param name="Cause">What happened and why, in plain words.</param>
/// <param name="Repeats">How often the same trouble was met since the case opened.</param>
/// <param name="Entity">Empty when it touches no single legal entity.</param>
public sealed record ExceptionRow(
    Guid Id,
    string Category,
    string Code,
    string SubjectKind,
    string SubjectKey,
    string Cause,
    string State,
    string Entity,
    AccountingMonth? Month,
    Money? Amount,
    int Repeats,
    DateTimeOffset OpenedAt,
    DateTimeOffset LastSeenAt,
    DateTimeOffset? ResolvedAt)
{
    /// <summary>The role that can fix it.</summary>
    public string Queue { get; init; } = "";

    /// <summary>The fingerprint that cases of the same trouble share.</summary>
    public string Group { get; init; } = "";

    /// <summary>Who sees to it; empty while nobody does.</summary>
    public string Assigned { get; init; } = "";

    /// <summary>Until when; null when nobody said.</summary>
    public DateOnly? Due { get; init; }
}

/// <summary>All there is to know of one exception.</summary>
/// <param name="Happened">What did not come about; why is <see cref="ExceptionRow.Cause"/>.</param>
/// <param name="Remedy">What to do, and what happens if nobody does.</param>
/// <param name="Technical">The ERP's own text, verbatim.</param>
/// <param name="Owner">Who can fix this category.</param>
/// <param name="IfNobody">What happens if nobody acts.</param>
/// <param name="NoReplay">Why it cannot be replayed now; empty when it can.</param>
public sealed record ExceptionDetail(
    ExceptionRow Exception,
    string Happened,
    string Remedy,
    string Technical,
    string Resolution,
    string Owner,
    string IfNobody,
    string Customer,
    string CustomerName,
    string Account,
    Guid? CorrelationId,
    CasePosting? Posting,
    string NoReplay)
{
    /// <summary>Who waits, when the case is about a missing rate of exchange; null otherwise.</summary>
    public WaitingForRate? Waiting { get; init; }

    /// <summary>What people and the program did about it, oldest first.</summary>
    public IReadOnlyList<CaseNote> Notes { get; init; } = [];

    /// <summary>The attempt by which its posting came to be posted; null while there is none.</summary>
    public int? ResolvedAttempt { get; init; }
}

/// <summary>Something done about a case.</summary>
/// <param name="Kind"><c>comment</c>, <c>owner</c>, <c>due</c>, <c>replay</c>, <c>override</c> or <c>posted</c>.</param>
public sealed record CaseNote(string Kind, string Text, string Actor, DateTimeOffset At);

/// <summary>The posting a case is about.</summary>
/// <param name="DocumentKind">What is to be posted: <c>invoice</c>, <c>credit-memo</c>, <c>payment</c> and so on.</param>
/// <param name="Behind">
/// How many documents of the same billing account and ERP wait until it is settled: an account's go one after the other. 0 once it is parked.
/// </param>
public sealed record CasePosting(
    Guid Id, string BusinessKey, string DocumentKind, string State, string Target, int Tries, DateTimeOffset ChangedAt, long Behind);

/// <summary>Lists exceptions, newest first, and opens one.</summary>
public sealed class FindExceptions(NpgsqlDataSource database, TimeProvider clock)
{
    private const string Columns =
        """
        x.id, x.category, x.code, x.subject_kind, x.subject_key, x.cause, x.state, coalesce(e.code, '') as entity, x.month,
        x.currency, x.amount, x.repeats, x.opened_at, x.last_seen_at, x.resolved_at, x.queue, x.fingerprint, x.owner as assigned, x.due
        """;

    /// <summary>One page; <paramref name="after"/> is the last page's <see cref="ExceptionList.Next"/>.</summary>
    public async Task<ExceptionList> Run(ExceptionFilter filter, Cursor? after, int limit, CancellationToken cancel)
    {
        var (where, parameters) = filter.Sql(clock.GetUtcNow());
        parameters.Add("limit", limit + 1);
        if (after is { } start) parameters.Add("after", start.Id);
        // Ids are made in order of time, so the newest case has the largest.
        var rows = await database.Rows<Row>(
            $"""
            select {Columns}
            from exceptions.exception_case x
            left join customers.legal_entity e on e.id = x.legal_entity_id
            where {where}{(after is null ? "" : " and x.id < @after")}
            order by x.id desc limit @limit
            """, parameters, cancel);
        var page = rows.Take(limit).ToArray();
        var next = rows.Count > limit ? new Cursor(DateOnly.FromDateTime(page[^1].OpenedAt.UtcDateTime), page[^1].Id).ToString() : null;
        return new ExceptionList([.. page.Select(Shown)], next);
    }

    /// <summary>One case by id; null when there is none.</summary>
    public async Task<ExceptionDetail?> One(Guid id, CancellationToken cancel)
    {
        var found = await database.Rows<Detail>(
            $"""
            select {Columns}, x.remedy, x.technical, x.resolution, x.correlation_id, x.resolved_attempt,
                   coalesce(c.code, '') as customer, coalesce(c.name, '') as customer_name, coalesce(a.code, '') as account
            from exceptions.exception_case x
            left join customers.legal_entity e on e.id = x.legal_entity_id
            left join customers.billing_account a on a.id = x.billing_account_id
            left join customers.customer c on c.id = a.customer_id
            where x.id = @id
            """, new { id }, cancel);
        if (found.Count == 0) return null;
        var row = found[0];
        var posting = row.SubjectKind == "posting" ? await Posting(row.SubjectKey, cancel) : null;
        return new ExceptionDetail(
            Shown(row), CaseWords.Happened(row.SubjectKind, row.SubjectKey, posting?.DocumentKind), row.Remedy, row.Technical, row.Resolution,
            CaseWords.Owner(row.Category, row.Queue), CaseWords.IfNobody(row.SubjectKind),
            row.Customer, row.CustomerName, row.Account, row.CorrelationId, posting, CaseWords.NoReplay(row.State, row.SubjectKind, posting?.State))
        {
            Waiting = row.SubjectKind == RateCases.Kind ? await new WaitingAccounts(database).Totals(id, cancel) : null,
            Notes = await database.Rows<CaseNote>("select kind, text, actor, at from exceptions.note where case_id = @id order by at, id", new { id }, cancel),
            ResolvedAttempt = row.ResolvedAttempt,
        };
    }

    private async Task<CasePosting?> Posting(string key, CancellationToken cancel)
    {
        var rows = await database.Rows<CasePosting>(
            """
            select p.id, p.business_key, p.document_kind, p.state, coalesce(p.target, '') as target, p.tries, p.changed_at,
                   case when p.stage in ('open', 'in-doubt') and p.billing_account_id <> p.legal_entity_id then (
                     select count(*) from posting.posting other
                     where other.billing_account_id = p.billing_account_id and other.stage = 'staged'
                       and (other.target = p.target or other.target is null)) else 0 end as behind
            from posting.posting p
            where p.tenant = 1 and p.business_key = @key
            """, new { key }, cancel);
        return rows.Count == 0 ? null : rows[0];
    }

    /// <summary>What a filter comes to. Looks at all that matches, so it is asked apart from the pages.</summary>
    public async Task<ExceptionTotals> Totals(ExceptionFilter filter, CancellationToken cancel)
    {
        var (where, parameters) = filter.Sql(clock.GetUtcNow());
        var rows = await database.Rows<TotalRow>(
            $"""
            select x.category, x.code, case when x.amount is not null then x.currency end as currency,
                   count(*) as count, coalesce(sum(x.amount), 0) as amount
            from exceptions.exception_case x
            where {where}
            group by 1, 2, 3
            """, parameters, cancel);
        return new ExceptionTotals(
            rows.Sum(row => row.Count),
            [.. rows.Where(row => row.Currency is not null)
                .GroupBy(row => row.Currency!, StringComparer.Ordinal)
                .OrderBy(group => group.Key, StringComparer.Ordinal)
                .Select(group => Cash.Of(group.Sum(row => row.Amount), group.Key))],
            [.. rows.GroupBy(row => (row.Category, row.Code))
                .Select(group => new CodeCount(group.Key.Category, group.Key.Code, group.Sum(row => row.Count)))
                .OrderByDescending(code => code.Count).ThenBy(code => code.Code, StringComparer.Ordinal)]);
    }

    private static ExceptionRow Shown(Row row) => new(
        row.Id, row.Category, row.Code, row.SubjectKind, row.SubjectKey, row.Cause, row.State, row.Entity,
        row.Month is { } month ? AccountingMonth.Of(month) : null, Cash.Of(row.Amount, row.Currency),
        row.Repeats, row.OpenedAt, row.LastSeenAt, row.ResolvedAt)
    {
        Queue = row.Queue,
        Group = row.Fingerprint,
        Assigned = row.Assigned,
        Due = row.Due,
    };

    private record Row(
        Guid Id, string Category, string Code, string SubjectKind, string SubjectKey, string Cause, string State, string Entity,
        DateOnly? Month, string? Currency, decimal? Amount, int Repeats,
        DateTimeOffset OpenedAt, DateTimeOffset LastSeenAt, DateTimeOffset? ResolvedAt, string Queue, string Fingerprint, string Assigned, DateOnly? Due);

    private sealed record Detail(
        Guid Id, string Category, string Code, string SubjectKind, string SubjectKey, string Cause, string State, string Entity,
        DateOnly? Month, string? Currency, decimal? Amount, int Repeats,
        DateTimeOffset OpenedAt, DateTimeOffset LastSeenAt, DateTimeOffset? ResolvedAt, string Queue, string Fingerprint, string Assigned, DateOnly? Due,
        string Remedy, string Technical, string Resolution, Guid? CorrelationId, int? ResolvedAttempt, string Customer, string CustomerName, string Account)
        : Row(Id, Category, Code, SubjectKind, SubjectKey, Cause, State, Entity, Month, Currency, Amount, Repeats, OpenedAt, LastSeenAt, ResolvedAt, Queue,
            Fingerprint, Assigned, Due);

    private sealed record TotalRow(string Category, string Code, string? Currency, long Count, decimal Amount);
}
