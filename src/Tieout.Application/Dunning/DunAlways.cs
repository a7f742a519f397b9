using Npgsql;

namespace Tieout.Application.Dunning;

/// <summary>Looks at all accounts once a day and again every few hours, beside serving: what was paid since leads back within hours.</summary>
public sealed class DunAlways(NpgsqlDataSource database, TimeProvider clock)
{
    private static readonly TimeSpan BetweenLooks = TimeSpan.FromHours(4);

    /// <summary>Runs until cancelled; a database that is away for a while is waited for.</summary>
    /// <param name="trouble">Told when something unexpected went wrong; the next look comes all the same.</param>
    public async Task Run(Action<string> trouble, CancellationToken cancel)
    {
        while (!cancel.IsCancellationRequested)
        {
            try
            {
                await new RunDunning(database, clock).Run(cancel);
            }
            catch (OperationCanceledException) when (cancel.IsCancellationRequested)
            {
                return;
            }
            catch (Exception unexpected)
            {
                trouble($"Dunning waits: {unexpected.Message}");
            }
            await Task.Delay(BetweenLooks, clock, cancel).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }
}
