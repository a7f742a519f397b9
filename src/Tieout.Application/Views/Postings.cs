using Npgsql;
using Tieout.Application.Database;
using Tieout.Domain;

namespace Tieout.Application.Views;

/// <summary>Postings of one target in one state and currency.</summary>
/// <param name="Target">Empty while no route has picked one.</param>
/// <param name="Oldest">When the longest-standing of them came into this state.</param>
public sealed record PostingTotal(string Target, string State, long Count, Money Total, DateTimeOffset Oldest);

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

    private sealed record Row(string Target, string State, string Currency, long Count, decimal Amount, DateTimeOffset Oldest);
}
