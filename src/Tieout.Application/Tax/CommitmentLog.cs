using Npgsql;
using NpgsqlTypes;
using Tieout.Application.Posting;
using Tieout.Connectors.Port;

namespace Tieout.Application.Tax;

/// <summary>
/// Keeps requests and answers in <c>posting.exchange</c>, under the claim. A request is on disk before it is sent, and only while
/// the invoice is still claimed: a worker that was paused and wakes up after its lease cannot send. Each request renews the lease
/// and, while sending, the instant that a proof of absence counts from.
/// </summary>
internal sealed class CommitmentLog(NpgsqlDataSource database, TimeProvider clock, Guid claim, TaxEngineRoute route) : IExchangeLog
{
    /// <summary>The operation under which engines record what may change something.</summary>
    public const string CommitOperation = "tax-commit";

    public async Task<Guid> Began(string operation, ReadOnlyMemory<byte> request, CancellationToken cancel)
    {
        var now = clock.GetUtcNow();
        var id = Guid.CreateVersion7(now);
        await using var command = database.CreateCommand(
            """
            with held as (
              update tax.commitment set sent_at = case when state = 'sending' then $6 else sent_at end, claimed_until = $7
              where claim = $2 and claimed_until > $6
              returning 1)
            insert into posting.exchange (id, batch, target, operation, request, started_at)
            select $1, $2, $3, $4, $5, $6
            where exists (select from held)
            """);
        command.Parameters.Add(new() { Value = id });
        command.Parameters.Add(new() { Value = claim });
        command.Parameters.Add(new() { Value = route.Name });
        command.Parameters.Add(new() { Value = operation });
        command.Parameters.Add(new() { Value = request, NpgsqlDbType = NpgsqlDbType.Bytea });
        command.Parameters.Add(new() { Value = now });
        command.Parameters.Add(new() { Value = now + Commitments.Lease(route) });
        return await command.ExecuteNonQueryAsync(cancel) == 1 ? id : throw new ClaimLostException();
    }

    public async Task Ended(Guid exchange, int? status, ReadOnlyMemory<byte> answer, string? failure, CancellationToken cancel)
    {
        await using var command = database.CreateCommand("update posting.exchange set answer = $2, status = $3, failure = $4, ended_at = $5 where id = $1");
        command.Parameters.Add(new() { Value = exchange });
        command.Parameters.Add(new() { Value = status is null ? DBNull.Value : answer, NpgsqlDbType = NpgsqlDbType.Bytea });
        command.Parameters.Add(new() { Value = (object?)status ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Integer });
        command.Parameters.Add(new() { Value = (object?)failure ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Text });
        command.Parameters.Add(new() { Value = clock.GetUtcNow() });
        // What came back is evidence: it is kept even while the program is stopping.
        await command.ExecuteNonQueryAsync(CancellationToken.None);
    }
}
