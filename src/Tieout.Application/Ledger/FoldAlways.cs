using Dapper;
using Npgsql;

namespace Tieout.Application.Ledger;

/// <summary>Folds the balances until it is stopped; what every <c>tieout serve</c> does beside serving.</summary>
public sealed class FoldAlways(NpgsqlDataSource database, TimeProvider clock)
{
    private static readonly TimeSpan BetweenLooks = TimeSpan.FromSeconds(5);

    private readonly FoldBalances _fold = new(database);

    /// <summary>Runs until cancelled; a database that is away for a while is waited for.</summary>
    /// <param name="trouble">Told when something unexpected went wrong; the next look comes all the same.</param>
    public async Task Run(Action<string> trouble, CancellationToken cancel)
    {
        while (!cancel.IsCancellationRequested)
        {
            try
            {
                if (await Something(cancel)) await _fold.Run(cancel);
            }
            catch (OperationCanceledException) when (cancel.IsCancellationRequested)
            {
                return;
            }
            catch (Exception unexpected)
            {
                trouble($"Balances are not folded: {unexpected.Message} They are right all the same, and take longer to read.");
            }
            await Task.Delay(BetweenLooks, clock, cancel).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task<bool> Something(CancellationToken cancel)
    {
        await using var connection = await database.OpenConnectionAsync(cancel);
        return await connection.QuerySingleAsync<bool>(new CommandDefinition(
            "select exists (select from ledger.balance_change)", cancellationToken: cancel));
    }
}
