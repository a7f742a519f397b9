using Microsoft.AspNetCore.Builder;
using Tieout.Api;
using Tieout.Application.Database;
using Tieout.Application.Gateways;
using Tieout.Application.Tax;

namespace Tieout.Cli.Terminal;

/// <summary>The API and the tower while a verb keeps them open.</summary>
internal sealed class Tower : IAsyncDisposable
{
    private readonly WebApplication _host;

    private Tower(WebApplication host) => _host = host;

    /// <summary>Where a browser goes.</summary>
    public string Address => _host.Urls.First();

    /// <summary>Starts serving; it answers once this returns.</summary>
    /// <exception cref="UsageException">The address is not this machine's, or somebody listens there already.</exception>
    public static async Task<Tower> Start(
        TieoutDatabase database, string url, CancellationToken cancel, TaxRoutes? engines = null, TargetSet? targets = null,
        IReadOnlyList<GatewaySettings>? gateways = null)
    {
        try
        {
            var host = TieoutApi.Build(database.Source, url, TimeProvider.System, engines, targets?.Targets, gateways);
            await host.StartAsync(cancel);
            return new Tower(host);
        }
        catch (ArgumentException wrong)
        {
            throw new UsageException(wrong.Message, wrong);
        }
        catch (IOException taken)
        {
            throw new UsageException($"Nothing can listen on {url}: {taken.Message} Name another address with --url.", taken);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _host.StopAsync();
        await _host.DisposeAsync();
    }
}
