using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;
using Tieout.Api;
using Tieout.Shell.Tests.Database;

namespace Tieout.Shell.Tests.Api;

/// <summary>The real host on a free port, over a database of its own filled by <see cref="Seed"/>.</summary>
internal sealed class SeededHost : IAsyncDisposable
{
    private readonly WebApplication app;

    private SeededHost(TestDatabase database, WebApplication built)
    {
        (Database, app) = (database, built);
        Url = app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First();
        Client = new HttpClient { BaseAddress = new Uri(Url) };
    }

    public TestDatabase Database { get; }

    public string Url { get; }

    public HttpClient Client { get; }

    public static async Task<SeededHost> Start(PostgresFixture postgres)
    {
        var database = await postgres.CreateDatabase();
        await Seed.Fill(database.Source);
        var built = TieoutApi.Build(database.Source, "http://127.0.0.1:0", new FixedClock());
        await built.StartAsync();
        return new SeededHost(database, built);
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await app.StopAsync();
        await app.DisposeAsync();
        await Database.DisposeAsync();
    }

    // Time stands still for ages and answers; waits still pass, for they use timers.
    private sealed class FixedClock : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => Seed.Now;
    }
}
