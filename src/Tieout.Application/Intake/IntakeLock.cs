using Dapper;
using Npgsql;

namespace Tieout.Application.Intake;

/// <summary>
/// Whoever adds customers, accounts, subscriptions or prices holds this lock until its transaction ends: between looking what
/// stands and adding to it, nobody else adds the same.
/// </summary>
internal static class IntakeLock
{
    // Numbers of advisory locks: 731 to 733 nodes, runs and customers; 734 this one, 735 imports of one file, 736 tie-outs,
    // 737 rates of exchange and what is billed, 738 cases of missing ones, 739 replays by plan, 740 keys of requests, 741 mappings,
    // 742 dunning, 745 money of one account, 757 folding balances, 761 revenue, 771 what gateways hold in a foreign currency.
    public static Task Take(NpgsqlConnection connection, CancellationToken cancel) =>
        connection.ExecuteAsync(new CommandDefinition("select pg_advisory_xact_lock(734, 1)", cancellationToken: cancel));
}
