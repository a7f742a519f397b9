using Dapper;
using Npgsql;

namespace Tieout.Application.Invoicing;

/// <summary>
/// Between reading what stands and adding to it nobody else adds for the same account. Parts of a run have accounts of their
/// own and share the lock of their legal entity; whoever credits, voids or bills one account by hand takes it alone. Movements of
/// cash are many and concern one account each: they share the entity's lock and take the account's.
/// </summary>
internal static class BillingLock
{
    // Numbers of advisory locks: see IntakeLock; 737 this one, 745 that of an account.
    public static Task Shared(NpgsqlConnection connection, Guid entity, CancellationToken cancel) =>
        connection.ExecuteAsync(new CommandDefinition(
            "select pg_advisory_xact_lock_shared(737, hashtext(@entity::text))", new { entity }, cancellationToken: cancel));

    public static Task Alone(NpgsqlConnection connection, Guid entity, CancellationToken cancel) =>
        connection.ExecuteAsync(new CommandDefinition(
            "select pg_advisory_xact_lock(737, hashtext(@entity::text))", new { entity }, cancellationToken: cancel));

    /// <summary>Of two accounts with the same hash one waits for the other.</summary>
    public static Task OfAccount(NpgsqlConnection connection, Guid entity, Guid account, CancellationToken cancel) =>
        OfAccounts(connection, [entity], [account], cancel);

    /// <summary>Whoever takes several takes them in the order of their hashes, so that no two wait in a circle.</summary>
    public static Task OfAccounts(NpgsqlConnection connection, Guid[] entities, Guid[] accounts, CancellationToken cancel) =>
        connection.ExecuteAsync(new CommandDefinition(
            """
            select pg_advisory_xact_lock_shared(737, hash) from (select distinct hashtext(e::text) as hash from unnest(@entities) e order by hash) entity;
            select pg_advisory_xact_lock(745, hash) from (select distinct hashtext(a::text) as hash from unnest(@accounts) a order by hash) account;
            """, new { entities, accounts }, cancellationToken: cancel));
}
