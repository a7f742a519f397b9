using System.Globalization;
using Npgsql;

namespace Tieout.Application.Views.Timelines;

/// <summary>The story of a missing rate of exchange: what it stops, and the first of the accounts behind it.</summary>
internal sealed class RateStory(NpgsqlDataSource database, TimelineStory stories)
{
    private const int Shown = 50;

    private readonly WaitingAccounts waiting = new(database);

    /// <summary>By the id of its case; null for anything else.</summary>
    public async Task<Story?> Tell(string sought, CancellationToken cancel)
    {
        if (!Guid.TryParse(sought, out var id) || await waiting.Totals(id, cancel) is not { } totals) return null;
        var page = (await waiting.Run(id, waits: totals.Accounts > 0 ? true : null, after: null, Shown, cancel))!;
        var step = await stories.Case(id, cancel);
        var more = page.Next is null ? [] : new[] { new Fact("And more", $"/v1/exceptions/{id}/waiting") };
        return new Story(
            id.ToString(), CorrelationId: null, step.Text,
            [step with { Facts = [.. step.Facts, .. page.Rows.Select(FactOf), .. more] }]);
    }

    private static Fact FactOf(WaitingAccount row) => new(
        row.Account, string.Create(
            CultureInfo.InvariantCulture,
            $"{row.Total} with tax, {row.Ended ?? "waits"} since {(row.EndedAt ?? row.Since).UtcDateTime:yyyy-MM-dd HH:mm:ss'Z'}"));
}
