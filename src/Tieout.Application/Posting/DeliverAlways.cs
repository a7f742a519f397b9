using Dapper;
using Npgsql;

namespace Tieout.Application.Posting;

/// <summary>Delivers whatever becomes due, until it is stopped; what <c>tieout serve</c> does beside serving.</summary>
public sealed class DeliverAlways(NpgsqlDataSource database, TimeProvider clock, IReadOnlyList<DeliveryTarget> targets)
{
    private static readonly TimeSpan BetweenLooks = TimeSpan.FromSeconds(2);

    private readonly PostDocuments _post = new(database, clock, targets);

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
                if (broken || await SomethingIsDue(cancel))
                {
                    await _post.Run("serve", BetweenLooks, progress: null, cancel);
                    broken = false;
                }
                else await Task.Delay(BetweenLooks, clock, cancel);
            }
            catch (OperationCanceledException) when (cancel.IsCancellationRequested)
            {
                return;
            }
            catch (Exception unexpected)
            {
                broken = true;
                trouble($"Delivery waits: {unexpected.Message}");
                await Task.Delay(BetweenLooks, clock, cancel).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    // Looks by index only; a run is opened for real work, not for every look.
    private async Task<bool> SomethingIsDue(CancellationToken cancel)
    {
        // One that is out of reach is left alone until its pause is over.
        var reachable = _post.Reachable();
        await using var connection = await database.OpenConnectionAsync(cancel);
        return await connection.QuerySingleAsync<bool>(
            """
            select exists (
                     select from posting.posting where target = any(@names)
                       and (state = 'sending' or state in ('ready', 'in-doubt') and (not_before is null or not_before <= @now)))
                or exists (
                     select from posting.posting where state = 'staged' and (document_kind = 'invoice' or posting.turn(document_id) <> 'waits')
                       and legal_entity_id in (select id from customers.legal_entity where code = any(@entities)))
            """,
            new
            {
                now = clock.GetUtcNow(),
                names = reachable.Select(target => target.Name).ToArray(),
                entities = reachable.SelectMany(target => target.LegalEntities).ToArray(),
            });
    }
}
