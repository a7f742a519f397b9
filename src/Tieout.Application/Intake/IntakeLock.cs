using Dapper;
using Npgsql;

namespace Tieout.Application.Intake;

/// <summary>
/// Whoever adds customers, accounts, subscriptions or prices holds this lock until its transaction ends: between looking what
/// stands and adding to it, nobody else adds the same.
/// </summary>
internal static class IntakeLock
{
    // 732 is intake's; posting's nodes use 731.
    public static Task Take(NpgsqlConnection connection, CancellationToken cancel) =>
        connection.ExecuteAsync(new CommandDefinition("select pg_advisory_xact_lock(732, 1)", cancellationToken: cancel));
}
