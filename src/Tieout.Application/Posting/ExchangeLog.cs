using Npgsql;
using NpgsqlTypes;
using Tieout.Connectors.Port;

namespace Tieout.Application.Posting;

/// <summary>
/// Keeps requests and answers of one batch in <c>posting.exchange</c>. A request is on disk before it is sent, and only
/// while the batch is still claimed: a worker that was paused and wakes up after its lease cannot send. Each request renews
/// the lease and the instant that a proof of absence counts from: one batch may take many requests.
/// </summary>
/// <param name="database">Where to.</param>
/// <param name="clock">For the instants.</param>
/// <param name="batch">The claim, which is also the batch the exchanges are kept under.</param>
/// <param name="target">The target spoken to.</param>
/// <param name="claimed">How many postings must be claimed; 0 for questions that change nothing and need no claim.</param>
internal sealed class ExchangeLog(NpgsqlDataSource database, TimeProvider clock, Guid batch, DeliveryTarget target, int claimed) : IExchangeLog
{
    /// <summary>Whether anything was asked since this was last set to false.</summary>
    public bool Asked { get; set; }

    public async Task<Guid> Began(string operation, ReadOnlyMemory<byte> request, CancellationToken cancel)
    {
        var now = clock.GetUtcNow();
        var id = Guid.CreateVersion7(now);
        // Updating the postings waits for whoever takes them away at this moment (see Recovery). All of them must still be
        // ours: of a batch taken in part, the rest may be on its way again already.
        await using var command = database.CreateCommand(
            """
            with held as (
              update posting.posting set sent_at = $6, claimed_until = $8
              where $7 > 0 and target = $3 and state = 'sending' and claim = $2 and claimed_until > $6
              returning id)
            insert into posting.exchange (id, batch, target, operation, request, started_at)
            select $1, $2, $3, $4, $5, $6
            where $7 = (select count(*) from held)
            """);
        command.Parameters.Add(new() { Value = id });
        command.Parameters.Add(new() { Value = batch });
        command.Parameters.Add(new() { Value = target.Name });
        command.Parameters.Add(new() { Value = operation });
        command.Parameters.Add(new() { Value = request, NpgsqlDbType = NpgsqlDbType.Bytea });
        command.Parameters.Add(new() { Value = now });
        command.Parameters.Add(new() { Value = claimed });
        command.Parameters.Add(new() { Value = now + Claims.Lease(target) });
        Asked = await command.ExecuteNonQueryAsync(cancel) == 1 ? true : throw new ClaimLostException();
        return id;
    }

    public async Task Ended(Guid exchange, int? status, ReadOnlyMemory<byte> answer, string? failure, CancellationToken cancel)
    {
        await using var command = database.CreateCommand(
            "update posting.exchange set answer = $2, status = $3, failure = $4, ended_at = $5 where id = $1");
        command.Parameters.Add(new() { Value = exchange });
        command.Parameters.Add(new() { Value = status is null ? DBNull.Value : answer, NpgsqlDbType = NpgsqlDbType.Bytea });
        command.Parameters.Add(new() { Value = (object?)status ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Integer });
        command.Parameters.Add(new() { Value = (object?)failure ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Text });
        command.Parameters.Add(new() { Value = clock.GetUtcNow() });
        // What came back is evidence: it is kept even while the program is stopping.
        await command.ExecuteNonQueryAsync(CancellationToken.None);
    }
}
