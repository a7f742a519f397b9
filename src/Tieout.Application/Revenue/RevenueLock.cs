using Dapper;
using Npgsql;
using Tieout.Application.Invoicing;

namespace Tieout.Application.Revenue;

/// <summary>
/// One books the revenue of a legal entity, or gives it a contract, at a time, and its books are not closed meanwhile. Nobody who bills waits.
/// </summary>
internal static class RevenueLock
{
    /// <summary>For who spreads lines: which of them a contract covers does not change meanwhile. Legal entities always in the same order.</summary>
    public static async Task Share(NpgsqlConnection connection, IReadOnlyList<Guid> entities, CancellationToken cancel)
    {
        foreach (var entity in entities.Order())
            await connection.ExecuteAsync(new CommandDefinition(
                "select pg_advisory_xact_lock_shared(761, hashtext(@entity::text))", new { entity }, cancellationToken: cancel));
    }

    // IntakeLock lists the numbers of advisory locks; 761 is this one.
    public static async Task Take(NpgsqlConnection connection, Guid entity, CancellationToken cancel)
    {
        await BillingLock.Shared(connection, entity, cancel);
        await connection.ExecuteAsync(new CommandDefinition(
            "select pg_advisory_xact_lock(761, hashtext(@entity::text))", new { entity }, cancellationToken: cancel));
    }
}
