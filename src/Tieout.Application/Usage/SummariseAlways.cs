using Dapper;
using Npgsql;

namespace Tieout.Application.Usage;

/// <summary>Keeps the summaries up with the events until it is stopped; what every <c>tieout serve</c> does beside serving.</summary>
public sealed class SummariseAlways(NpgsqlDataSource database, TimeProvider clock)
{
    private static readonly TimeSpan BetweenLooks = TimeSpan.FromSeconds(1);

    /// <summary>Runs until cancelled; a database that is away for a while is waited for.</summary>
    /// <param name="trouble">Told when something unexpected went wrong; the next look comes all the same.</param>
    public async Task Run(Action<string> trouble, CancellationToken cancel)
    {
        while (!cancel.IsCancellationRequested)
        {
            try
            {
                await using var connection = await database.OpenConnectionAsync(cancel);
                // By the partial index, which is empty when there is nothing to do.
                var something = await connection.QuerySingleAsync<bool>(new CommandDefinition(
                    "select exists (select from usage.batch where summarised_at is null)", cancellationToken: cancel));
                if (something) await UsageSummaries.Summarise(connection, clock, cancel);
            }
            catch (OperationCanceledException) when (cancel.IsCancellationRequested)
            {
                return;
            }
            catch (Exception unexpected)
            {
                trouble($"Usage summaries wait: {unexpected.Message}");
            }
            await Task.Delay(BetweenLooks, clock, cancel).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }
}
