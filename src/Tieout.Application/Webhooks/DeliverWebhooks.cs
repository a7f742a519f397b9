using System.Diagnostics;
using Npgsql;
using Tieout.Application.Posting;
using Tieout.Connectors.Webhooks;
using Tieout.Domain.Webhooks;

namespace Tieout.Application.Webhooks;

/// <summary>Sends what is due, a bounded number at once. Any number of programs may run it on one database.</summary>
public sealed class DeliverWebhooks
{
    /// <summary>The most on the wire at once.</summary>
    public const int AtOnce = 16;

    /// <summary>The most on the wire at once to one endpoint.</summary>
    public const int AtOnceToOne = 4;

    private static readonly TimeSpan BetweenLooks = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan BetweenSweeps = TimeSpan.FromSeconds(30);

    private readonly DeliveryQueue _queue;
    private readonly TimeProvider _clock;
    private readonly WebhookClient _client;

    /// <summary>By the database's time: <paramref name="machine"/> says only how long something took.</summary>
    public DeliverWebhooks(NpgsqlDataSource database, TimeProvider machine, WebhookClient client) : this(database, client, new DatabaseClock(machine)) { }

    /// <summary>By a clock of its own, for a story in its own time.</summary>
    internal DeliverWebhooks(NpgsqlDataSource database, WebhookClient client, TimeProvider clock) =>
        (_queue, _client, _clock) = (new DeliveryQueue(database, clock), client, clock);

    /// <summary>Runs until cancelled; a database that is away for a while is waited for. What is on the wire then is finished first.</summary>
    /// <param name="trouble">Told when something unexpected went wrong; the next look comes all the same.</param>
    /// <param name="cancel">Ends it.</param>
    public async Task Always(Action<string> trouble, CancellationToken cancel)
    {
        var sweep = DateTimeOffset.MinValue;
        while (!cancel.IsCancellationRequested)
        {
            try
            {
                if (_clock.GetUtcNow() >= sweep)
                {
                    await _queue.Sweep(cancel);
                    sweep = _clock.GetUtcNow() + BetweenSweeps;
                }
                if (await Run(cancel) == 0) await Task.Delay(BetweenLooks, _clock, cancel);
            }
            catch (OperationCanceledException) when (cancel.IsCancellationRequested)
            {
                return;
            }
            catch (Exception unexpected)
            {
                trouble($"Webhooks wait: {unexpected.Message}");
                await Task.Delay(BetweenLooks, _clock, cancel).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    /// <summary>Sends until nothing is due and nothing is on the wire; how many attempts it made.</summary>
    public async Task<int> Run(CancellationToken cancel)
    {
        var flying = new Dictionary<Task, Guid>();
        var attempts = 0;
        try
        {
            while (true)
            {
                var claimed = flying.Count < AtOnce && !cancel.IsCancellationRequested ? await Claim(flying, cancel) : [];
                foreach (var delivery in claimed) flying.Add(Deliver(delivery), delivery.EndpointId);
                attempts += claimed.Count;
                if (flying.Count == 0) return attempts;
                // Somebody else's event may come due while a slow receiver thinks.
                await Task.WhenAny([.. flying.Keys, Task.Delay(BetweenLooks, CancellationToken.None)]);
                foreach (var done in flying.Keys.Where(task => task.IsCompleted).ToArray())
                {
                    flying.Remove(done);
                    await done;
                }
            }
        }
        finally
        {
            await Task.WhenAll(flying.Keys);
        }
    }

    private Task<IReadOnlyList<ClaimedDelivery>> Claim(Dictionary<Task, Guid> flying, CancellationToken cancel) => _queue.Claim(
        AtOnce - flying.Count, AtOnceToOne, flying.Values.GroupBy(id => id).ToDictionary(group => group.Key, group => group.Count()),
        WebhookClient.UsualTimeout, cancel);

    private async Task Deliver(ClaimedDelivery delivery)
    {
        var secrets = await _queue.Secrets(delivery.EndpointId, CancellationToken.None);
        // Asleep for so long that the claim may end on the way: somebody else sends it.
        if (_clock.GetUtcNow() + WebhookClient.UsualTimeout >= delivery.Until) return;
        var watch = Stopwatch.StartNew();
        var answer = secrets.Count == 0
            ? new DeliveryAnswer.NotSent("No secret is where the endpoint points.")
            : await _client.Send(new Uri(delivery.Url), delivery.Event, secrets, _clock.GetUtcNow(), CancellationToken.None);
        await _queue.Record(delivery, answer, secrets.Count == 0, watch.Elapsed, Random.Shared.Next(1000) / 1000m);
    }
}
