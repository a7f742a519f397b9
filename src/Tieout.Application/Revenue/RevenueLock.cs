using Dapper;
using Npgsql;
using Tieout.Application.Invoicing;

namespace Tieout.Application.Revenue;

/// <summary>
/// One books the revenue of a legal entity at a time, and its books are not closed meanwhile. Nobody who bills waits.
/// </summary>
internal static class RevenueLock
{
    // IntakeLock lists the numbers of advisory locks; 761 is this one.
    public static async Task Take(NpgsqlConnection connection, Guid entity, CancellationToken cancel)
    {
        await BillingLock.Shared(connection, entity, cancel);
        await connection.ExecuteAsync(new CommandDefinition(
            "select pg_advisory_xact_lock(761, hashtext(@entity::text))", new { entity }, cancellationToken: cancel));
    }
}
