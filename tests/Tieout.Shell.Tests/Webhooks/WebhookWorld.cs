using System.Net;
using Tieout.Application.Webhooks;
using Tieout.Connectors.Webhooks;
using Tieout.Shell.Tests.Database;

namespace Tieout.Shell.Tests.Webhooks;

/// <summary>The seeded books, a receiver, an endpoint's secret, and a clock that is put forward.</summary>
internal sealed class WebhookWorld : IAsyncDisposable
{
    /// <summary>A posting of the seed that is parked.</summary>
    public const string Parked = Seed.Parked;

    private WebhookWorld(TestDatabase database, Receiver receiver)
    {
        (Database, Receiver) = (database, receiver);
        Client = new WebhookClient(Clock, TimeSpan.FromSeconds(15), Dns.GetHostAddressesAsync);
    }

    public TestDatabase Database { get; }

    /// <summary>Somebody else disposes of the database.</summary>
    public bool DatabaseIsTaken { get; set; }

    public Receiver Receiver { get; }

    public SecretFile Secret { get; } = new();

    public SettableClock Clock { get; } = new();

    public WebhookClient Client { get; set; }

    public WebhookEndpoints Endpoints => new(Database.Source, Clock);

    public WebhookDeliveries Deliveries => new(Database.Source);

    public static async Task<WebhookWorld> Start(PostgresFixture postgres)
    {
        var database = await postgres.CreateDatabase();
        await Seed.Fill(database.Source);
        return new WebhookWorld(database, await Receiver.Start());
    }

    /// <summary>An endpoint that is told of parked postings and what else is named.</summary>
    public async Task<WebhookEndpoint> Subscribe(params string[] events) => (await Endpoints.Create(
        new EndpointRequest
        {
            Url = Receiver.Url + "/hook",
            Events = events.Length > 0 ? events : ["posting.parked"],
            Secret = new SecretPlace { File = Secret.Path },
            Actor = "mara",
        }, CancellationToken.None)).ShouldBeOfType<WebhookDone<WebhookEndpoint>>().Value;

    /// <summary>A posting goes on its way and is parked again, so many times.</summary>
    public async Task Park(int times = 1)
    {
        for (var time = 0; time < times; time++)
        {
            await Database.Execute($"update posting.posting set state = 'ready', changed_at = now() where business_key = '{Parked}'");
            await Database.Execute($"update posting.posting set state = 'parked', changed_at = now() - interval '1 hour' where business_key = '{Parked}'");
        }
    }

    public Task<int> Deliver() => Node().Run(CancellationToken.None);

    /// <summary>In the story's own time.</summary>
    public DeliverWebhooks Node() => new(Database.Source, Client, Clock);

    /// <summary>Puts the clock beyond a pause with its jitter.</summary>
    public void Wait(TimeSpan pause) => Clock.Advance(pause * 1.2);

    public async Task<IReadOnlyList<WebhookDelivery>> Rows(string? state = null) =>
        (await Deliveries.Run(new DeliveryFilter(null, state, null, null), null, 200, CancellationToken.None)).Rows;

    public async Task<DeliveryDetail> Only() => (await Deliveries.One((await Rows()).ShouldHaveSingleItem().Id, CancellationToken.None))!;

    public Task<long> Count(string from) => Database.Scalar<long>("select count(*) from " + from);

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        Secret.Dispose();
        await Receiver.DisposeAsync();
        if (!DatabaseIsTaken) await Database.DisposeAsync();
    }

    internal sealed class SettableClock : TimeProvider
    {
        private DateTimeOffset _now = System.GetUtcNow();

        public void Advance(TimeSpan by) => _now += by;

        public override DateTimeOffset GetUtcNow() => _now;
    }
}
