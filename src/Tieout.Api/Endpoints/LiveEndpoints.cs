using System.Net.ServerSentEvents;
using System.Runtime.CompilerServices;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Hosting;

namespace Tieout.Api.Endpoints;

internal static class LiveEndpoints
{
    public static void MapLive(this IEndpointRouteBuilder app) =>
        app.MapGet("/v1/live", Watch).WithTags("Live").WithName("watch")
            .WithSummary("Server-sent events: overview, runs, a beat each second, trouble.");

    private static ServerSentEventsResult<string> Watch(LiveFeed live, IHostApplicationLifetime host, CancellationToken cancel) =>
        TypedResults.ServerSentEvents(UntilStopped(live, host.ApplicationStopping, cancel));

    // Without this an open page would hold a stopping program for half a minute.
    private static async IAsyncEnumerable<SseItem<string>> UntilStopped(
        LiveFeed live, CancellationToken stopping, [EnumeratorCancellation] CancellationToken cancel)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(stopping, cancel);
        await using var items = live.Watch(either.Token).GetAsyncEnumerator(either.Token);
        while (await Next(items)) yield return items.Current;
    }

    private static async Task<bool> Next(IAsyncEnumerator<SseItem<string>> items)
    {
        try
        {
            return await items.MoveNextAsync();
        }
        catch (OperationCanceledException)
        {
            return false; // the page was closed, or the program stops
        }
    }
}
