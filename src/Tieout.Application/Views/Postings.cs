using Npgsql;
using Tieout.Application.Database;
using Tieout.Domain;
using Tieout.Domain.Posting;

namespace Tieout.Application.Views;

/// <summary>Postings of one target in one state and currency.</summary>
/// <param name="Target">Empty while no route has picked one.</param>
/// <param name="Oldest">When the longest-standing of them came into this state.</param>
public sealed record PostingTotal(string Target, string State, long Count, Money Total, DateTimeOffset Oldest);

/// <summary>Which postings; null narrows nothing.</summary>
/// <param name="State">One of the posting states.</param>
/// <param name="Kind">Kind of document, such as <c>credit-memo</c>.</param>
/// <param name="Entity">Code of the legal entity.</param>
/// <param name="Month">The month they are booked in.</param>
/// <param name="Key">A business key, whole.</param>
public sealed record PostingFilter(string? Target, string? State, string? Kind, string? Entity, AccountingMonth? Month, string? Key)
{
    /// <summary>The states there are.</summary>
    public static IReadOnlyList<string> States { get; } = [.. Enum.GetValues<PostingState>().Select(state => Words.Of(state))];

    /// <summary>The kinds of documents there are.</summary>
    public static IReadOnlyList<string> Kinds { get; } = ["invoice", "credit-memo", .. Enum.GetValues<EntryKind>().Select(kind => Words.Of(kind))];
}

/// <summary>One page of postings, the newest first.</summary>
/// <param name="Next">Token of the next page; null on the last one.</param>
public sealed record PostingList(IReadOnlyList<PostingRow> Rows, string? Next);

/// <summary>A posting in a list.</summary>
/// <param name="Target">Empty while no route has picked one.</param>
/// <param name="NotBefore">When it is tried next; null when nothing keeps it or it is settled.</param>
public sealed record PostingRow(
    Guid Id, string BusinessKey, string Kind, string Entity, AccountingMonth Month, Money Amount, string Target, string State, string ErpNumber, int Attempts,
    DateTimeOffset? NotBefore, DateTimeOffset? SentAt, DateTimeOffset CreatedAt, DateTimeOffset ChangedAt, Guid CorrelationId, Guid DocumentId);

/// <summary>Reads how far delivery is.</summary>
public sealed class ReadPostings(NpgsqlDataSource database)
{
    /// <summary>By target, state and currency; <paramref name="target"/> narrows it when given.</summary>
    public async Task<IReadOnlyList<PostingTotal>> Run(string? target, CancellationToken cancel)
    {
        var rows = await database.Rows<Row>(
            """
            select coalesce(target, '') as target, state, currency, count(*) as count, sum(amount) as amount, min(changed_at) as oldest
            from posting.posting
            where @target::text is null or target = @target
            group by 1, 2, 3
            order by 1, 2, 3
            """, new { target }, cancel);
        return [.. rows.Select(row => new PostingTotal(row.Target, row.State, row.Count, Cash.Of(row.Amount, row.Currency), row.Oldest))];
    }

    /// <summary>One page, the newest first; <paramref name="after"/> is the last page's <see cref="PostingList.Next"/>.</summary>
    public async Task<PostingList> Run(PostingFilter filter, Cursor? after, int limit, CancellationToken cancel)
    {
        List<string> terms = ["p.tenant = 1"];
        if (filter.Target is not null) terms.Add(filter.State is null ? OfTarget : "p.target = @Target");
        // As a word, checked by the caller: it has to match the partial indexes.
        if (filter.State is { } state) terms.AddRange(OfState(Words.Parse<PostingState>(state)));
        if (filter.Kind is not null) terms.Add(filter.Kind == "invoice" ? "p.document_kind = @Kind" : "p.document_kind = @Kind and p.document_kind <> 'invoice'");
        if (filter.Entity is not null) terms.Add("p.legal_entity_id = (select id from customers.legal_entity where tenant = 1 and code = @Entity)");
        if (filter.Month is not null) terms.Add("p.month = @month");
        if (filter.Key is not null) terms.Add("p.business_key = @Key");
        if (after is not null) terms.Add("p.id < @after");
        var rows = await database.Rows<ListRow>(
            $"""
            select p.id, p.business_key, p.document_kind as kind, entity.code as entity, p.month, p.currency, p.amount, coalesce(p.target, '') as target, p.state,
                   coalesce(p.erp_number, '') as erp_number, p.attempts, p.not_before, p.sent_at, p.created_at, p.changed_at, p.correlation_id, p.document_id
            from posting.posting p join customers.legal_entity entity on entity.id = p.legal_entity_id
            where {string.Join(" and ", terms)}
            order by p.id desc limit @limit
            """,
            new { filter.Target, filter.Kind, filter.Entity, filter.Key, month = filter.Month?.FirstDay, after = after?.Id, limit = limit + 1 }, cancel);
        var page = rows.Take(limit).ToList();
        var next = rows.Count > limit ? new Cursor(DateOnly.FromDateTime(page[^1].CreatedAt.UtcDateTime), page[^1].Id).ToString() : null;
        return new PostingList(
            page.ConvertAll(row => new PostingRow(
                row.Id, row.BusinessKey, row.Kind, row.Entity, AccountingMonth.Of(row.Month), Cash.Of(row.Amount, row.Currency), row.Target, row.State,
                row.ErpNumber, row.Attempts, row.NotBefore, row.SentAt, row.CreatedAt, row.ChangedAt, row.CorrelationId, row.DocumentId)), next);
    }

    // The target alone, in words that the partial indexes of all stages answer to: few rows among very many are found by them.
    private const string OfTarget =
        """
        (p.stage = 'open' and p.target = @Target or p.stage = 'staged' and p.target is not null and p.target = @Target
         or p.stage in ('parked', 'in-doubt', 'cancelled') and p.target = @Target or p.erp_number is not null and p.target = @Target)
        """;

    private static IEnumerable<string> OfState(PostingState state)
    {
        yield return $"p.state = '{Words.Of(state)}'";
        yield return $"p.stage = '{(state is PostingState.Ready or PostingState.Sending ? "open" : Words.Of(state))}'";
        if (state == PostingState.Posted) yield return "p.erp_number is not null"; // few, while nearly all wait
        // A handful among all that is ready.
        if (state == PostingState.Sending) yield return "p.id = any(array(select unnest(postings) from posting.claim where kind = 'send'))";
    }

    private sealed record ListRow(
        Guid Id, string BusinessKey, string Kind, string Entity, DateOnly Month, string Currency, decimal Amount, string Target, string State, string ErpNumber,
        int Attempts, DateTimeOffset? NotBefore, DateTimeOffset? SentAt, DateTimeOffset CreatedAt, DateTimeOffset ChangedAt, Guid CorrelationId, Guid DocumentId);

    private sealed record Row(string Target, string State, string Currency, long Count, decimal Amount, DateTimeOffset Oldest);
}
