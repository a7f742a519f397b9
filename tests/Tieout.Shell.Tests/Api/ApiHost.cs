using Microsoft.AspNetCore.Builder;
using Tieout.Api;
using Tieout.Application.Gateways;
using Tieout.Shell.Tests.Database;

namespace Tieout.Shell.Tests.Api;

/// <summary>The real host on a free port, over a database that it takes with it when it ends.</summary>
internal sealed class ApiHost : IAsyncDisposable
{
    private readonly WebApplication _app;

    private ApiHost(TestDatabase database, WebApplication app)
    {
        (Database, _app, Url) = (database, app, app.Urls.First());
        // Who waits for leave to send a long body waits for it on a busy machine, too.
        Client = new HttpClient(new SocketsHttpHandler { Expect100ContinueTimeout = TimeSpan.FromMinutes(1) }) { BaseAddress = new Uri(Url) };
    }

    public TestDatabase Database { get; }

    public string Url { get; }

    public HttpClient Client { get; }

    public static async Task<ApiHost> Over(TestDatabase database, TimeProvider clock, IReadOnlyList<GatewaySettings>? gateways = null)
    {
        var app = TieoutApi.Build(database.Source, "http://127.0.0.1:0", clock, gateways: gateways);
        await app.StartAsync();
        return new ApiHost(database, app);
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await _app.StopAsync();
        await _app.DisposeAsync();
        await Database.DisposeAsync();
    }
}
