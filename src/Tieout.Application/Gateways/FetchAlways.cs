using Npgsql;

namespace Tieout.Application.Gateways;

/// <summary>Asks gateways' APIs from time to time, beside serving. Of several programs that serve, one asks.</summary>
public sealed class FetchAlways(NpgsqlDataSource database, TimeProvider clock, IReadOnlyList<GatewaySettings> gateways)
{
    private static readonly TimeSpan BetweenLooks = TimeSpan.FromSeconds(30);

    /// <summary>Runs until cancelled; a database or a gateway that is away for a while is waited for.</summary>
    /// <param name="trouble">Told when something went wrong; the next look comes all the same.</param>
    public async Task Run(Action<string> trouble, CancellationToken cancel)
    {
        var asked = gateways.Where(one => one.Api is { Every.Ticks: > 0 }).ToList();
        while (asked.Count > 0 && !cancel.IsCancellationRequested)
        {
            foreach (var gateway in asked) await Look(gateway, trouble, cancel);
            await Task.Delay(BetweenLooks, clock, cancel).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task Look(GatewaySettings gateway, Action<string> trouble, CancellationToken cancel)
    {
        try
        {
            if (!await GatewayFetches.Due(database, gateway.Name, gateway.Api!.Every, clock.GetUtcNow(), cancel)) return;
            var fetched = await new FetchGateway(database, clock).Run(gateway, since: null, cancel);
            foreach (var one in fetched.Troubles) trouble($"Gateway {gateway.Name}, {one.What}: {one.Reason} {one.Remedy}");
        }
        catch (OperationCanceledException) when (cancel.IsCancellationRequested)
        {
            // The end of serving.
        }
        catch (Exception unexpected)
        {
            trouble($"Fetching from gateway {gateway.Name} waits: {unexpected.Message}");
        }
    }
}
