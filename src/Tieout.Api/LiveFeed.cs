using System.Net.ServerSentEvents;
using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Threading.Channels;
using Npgsql;
using Tieout.Application.Views;

namespace Tieout.Api;

/// <summary>
/// What changes, told to everybody who watches. One loop asks the database once a second for all of them together, and
/// only while somebody watches.
/// </summary>
internal sealed class LiveFeed(ReadOverview overview, ReadRuns runs, NpgsqlDataSource database, TimeProvider clock, JsonSerializerOptions json)
{
    private static readonly TimeSpan Tick = TimeSpan.FromSeconds(1);

    // However still it is, a screen is never older than this.
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(30);

    // The overview scans all postings: it may take this share of the time and no more.
    private const int Rest = 9;

    private readonly Lock gate = new();
    private readonly HashSet<Channel<SseItem<string>>> watchers = [];
    private SseItem<string>? lastOverview;
    private SseItem<string>? lastRuns;

    /// <summary>Events <c>overview</c>, <c>runs</c>, <c>beat</c> each second, and <c>trouble</c> when the database does not answer.</summary>
    public async IAsyncEnumerable<SseItem<string>> Watch([EnumeratorCancellation] CancellationToken cancel)
    {
        // A slow reader misses what is outdated anyway.
        var channel = Channel.CreateBounded<SseItem<string>>(new BoundedChannelOptions(16) { FullMode = BoundedChannelFullMode.DropOldest });
        Enter(channel);
        try
        {
            await foreach (var item in channel.Reader.ReadAllAsync(cancel)) yield return item;
        }
        finally
        {
            lock (gate) watchers.Remove(channel);
        }
    }

    private void Enter(Channel<SseItem<string>> channel)
    {
        lock (gate)
        {
            watchers.Add(channel);
            if (watchers.Count == 1)
            {
                (lastOverview, lastRuns) = (null, null);
                _ = Task.Run(Poll);
            }
            if (lastOverview is { } known) channel.Writer.TryWrite(known);
            if (lastRuns is { } progress) channel.Writer.TryWrite(progress);
        }
    }

    private async Task Poll()
    {
        var seen = "";
        var (next, latest) = (clock.GetUtcNow(), clock.GetUtcNow());
        while (Watched())
        {
            try
            {
                await TellRuns();
                var mark = await Mark();
                var now = clock.GetUtcNow();
                if ((mark != seen && now >= next) || now >= latest)
                {
                    await TellOverview();
                    var took = clock.GetUtcNow() - now;
                    (seen, next, latest) = (mark, clock.GetUtcNow() + (took * Rest), now + Longest);
                }
                Tell(new SseItem<string>(JsonSerializer.Serialize(new { at = clock.GetUtcNow() }, json), "beat"));
            }
            catch (Exception trouble) when (trouble is NpgsqlException or TimeoutException or InvalidOperationException)
            {
                Tell(new SseItem<string>(JsonSerializer.Serialize(new { message = "The database does not answer." }, json), "trouble"));
            }
            await Task.Delay(Tick, clock);
        }
    }

    private bool Watched()
    {
        lock (gate) return watchers.Count > 0;
    }

    private async Task TellRuns()
    {
        var item = new SseItem<string>(JsonSerializer.Serialize(await runs.Latest(20, CancellationToken.None), json), "runs");
        if (item.Data == lastRuns?.Data) return;
        lastRuns = item;
        Tell(item);
    }

    private async Task TellOverview()
    {
        var item = new SseItem<string>(JsonSerializer.Serialize(await overview.Run(CancellationToken.None), json), "overview");
        lastOverview = item;
        Tell(item);
    }

    /// <summary>Differs when anything did that the overview shows: all work reports to its run, all trouble to a case.</summary>
    private async Task<string> Mark()
    {
        await using var command = database.CreateCommand(
            """
            select concat_ws('/',
              (select max(updated_at) from runs.run),
              (select count(*) from exceptions.exception_case where state = 'open'),
              (select max(last_seen_at) from exceptions.exception_case),
              (select max(compared_at) from reconciliation.result))
            """);
        return (string?)await command.ExecuteScalarAsync() ?? "";
    }

    private void Tell(SseItem<string> item)
    {
        lock (gate)
        {
            foreach (var watcher in watchers) watcher.Writer.TryWrite(item);
        }
    }
}
