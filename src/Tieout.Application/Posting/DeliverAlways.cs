using Npgsql;
using Tieout.Application.Posting.Postgres;

namespace Tieout.Application.Posting;

/// <summary>Delivers whatever becomes due, until it is stopped; what <c>tieout serve</c> does beside serving.</summary>
public sealed class DeliverAlways
{
    private static readonly TimeSpan BetweenLooks = TimeSpan.FromSeconds(1);

    private readonly TimeProvider _clock;
    private readonly PostDocuments _post;

    /// <summary>Over the books in PostgreSQL.</summary>
    public DeliverAlways(NpgsqlDataSource database, TimeProvider clock, IReadOnlyList<DeliveryTarget> targets)
        : this(new PostgresPosting(database, new DatabaseClock(clock)), clock, targets, PostDocuments.Jitter) { }

    internal DeliverAlways(IPostingStore store, TimeProvider clock, IReadOnlyList<DeliveryTarget> targets, Func<decimal> jitter) =>
        (_clock, _post) = (clock, new PostDocuments(store, clock, targets, jitter));

    /// <summary>
    /// Runs until cancelled; a database that is away for a while is waited for.
    /// </summary>
    /// <param name="trouble">Told when something unexpected went wrong; the next look comes all the same.</param>
    public async Task Run(Action<string> trouble, CancellationToken cancel)
    {
        var broken = false;
        while (!cancel.IsCancellationRequested)
        {
            try
            {
                // A run that broke is taken up even when nothing is due any more: it has its end to tell.
                // A run is opened for real work, not for every look.
                if (broken || await _post.SomethingIsDue(cancel))
                {
                    await _post.Run("serve", BetweenLooks, progress: null, cancel);
                    broken = false;
                }
                // Also after a run: what is due and can go nowhere just now, such as into a lane that is paused, must not open run after run.
                await Task.Delay(BetweenLooks, _clock, cancel);
            }
            catch (OperationCanceledException) when (cancel.IsCancellationRequested)
            {
                return;
            }
            catch (Exception unexpected)
            {
                broken = true;
                trouble($"Delivery waits: {unexpected.Message}");
                await Task.Delay(BetweenLooks, _clock, cancel)
                    .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
            }
        }
    }
}
