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
    /// <summary>The operations, as SQL text, under which engines record what may change something.</summary>
    public const string Operations = "'tax-commit', 'tax-void'";

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

    public Task Ended(Guid exchange, int? status, ReadOnlyMemory<byte> answer, string? failure, CancellationToken cancel) =>
        Answers.Keep(database, clock, exchange, status, answer, failure);
}
