using NpgsqlTypes;

namespace Tieout.Application.Posting.Postgres;

internal sealed partial class PostgresPosting
{
    public async Task<Guid?> BeginExchange(ExchangeStart start, CancellationToken cancel)
    {
        var now = Now;
        var id = Guid.CreateVersion7(now);
        // Updating the postings waits for whoever takes them away at this moment (see FreeDead). All of them must still be
        // ours: of a batch taken in part, the rest may be on its way again already.
        await using var command = database.CreateCommand(
            """
            with held as (
              update posting.posting set sent_at = moment.at, claimed_until = moment.at + $8
              from (select coalesce($6, clock_timestamp()) as at) moment
              where $7 > 0 and target = $3 and state = 'sending' and claim = $2 and claimed_until > moment.at
              returning id)
            insert into posting.exchange (id, batch, target, operation, request, started_at)
            select $1, $2, $3, $4, $5, coalesce($6, clock_timestamp())
            where $7 = (select count(*) from held)
            """);
        command.Parameters.Add(new() { Value = id });
        command.Parameters.Add(new() { Value = start.Batch });
        command.Parameters.Add(new() { Value = start.Target.Name });
        command.Parameters.Add(new() { Value = start.Operation });
        command.Parameters.Add(new() { Value = start.Request, NpgsqlDbType = NpgsqlDbType.Bytea });
        // By the database's own clock: ours may be behind when this machine was suspended, and proofs of absence count from here.
        command.Parameters.Add(new() { Value = clock is DatabaseClock ? DBNull.Value : now, NpgsqlDbType = NpgsqlDbType.TimestampTz });
        command.Parameters.Add(new() { Value = start.Claimed });
        command.Parameters.Add(new() { Value = Posting.Claims.Lease(start.Target) });
        return await command.ExecuteNonQueryAsync(cancel) == 1 ? id : null;
    }

    public async Task EndExchange(Guid exchange, int? status, ReadOnlyMemory<byte> answer, string? failure)
    {
        // The ERP's slot is taken until this is done, so the disk is not waited for: what follows from the answer is recorded next, and
        // that commit brings this one to the disk with it. Should the server crash in between, the posting is in doubt and asked for.
        await using var command = database.CreateCommand(
            """
            update posting.exchange set answer = $2, status = $3, failure = $4, ended_at = greatest(started_at, $5)
            from (select set_config('synchronous_commit', 'off', true)) without_waiting
            where id = $1
            """);
        command.Parameters.Add(new() { Value = exchange });
        command.Parameters.Add(new() { Value = status is null ? DBNull.Value : answer, NpgsqlDbType = NpgsqlDbType.Bytea });
        command.Parameters.Add(new() { Value = (object?)status ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Integer });
        command.Parameters.Add(new() { Value = (object?)failure ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Text });
        command.Parameters.Add(new() { Value = Now });
        // What came back is evidence: it is kept even while the program is stopping.
        await command.ExecuteNonQueryAsync(CancellationToken.None);
    }
}
