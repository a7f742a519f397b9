using Dapper;
using Npgsql;

namespace Tieout.Application.Gateways;

/// <summary>Charges of gateways whose money a person took back are looked at again: nobody knows whose it is any more.</summary>
internal static class TakenBackReceipts
{
    /// <summary>
    /// In the transaction that takes them back. What somebody looks at in this moment is left to the next look: whoever holds it waits for the same
    /// accounts by another connection.
    /// </summary>
    public static Task Run(NpgsqlConnection connection, Guid[] entries, DateTimeOffset now, CancellationToken cancel) =>
        connection.ExecuteAsync(new CommandDefinition(
            """
            update cash.gateway_object set again_at = @now
            where tenant = 1 and (gateway, id) in (
              select o.gateway, o.id
              from unnest(@entries) as taken (id)
              join cash.gateway_booked b on b.entry_id = taken.id
              join cash.movement m on m.entry_id = b.entry_id and m.kind = 'receipt'
              join cash.gateway_object o on o.tenant = 1 and o.gateway = b.gateway and o.id = b.object
              for no key update of o skip locked)
            """, new { entries, now }, cancellationToken: cancel));
}
