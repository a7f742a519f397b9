using Npgsql;
using NpgsqlTypes;
using Tieout.Domain.Exceptions;

namespace Tieout.Application.Posting.Postgres;

internal sealed partial class PostgresPosting
{
    private const int Together = 64;

    // Renewing the claim waits for whoever takes it, or some of its postings, away at this moment (posting.count_claimed, FreeDead).
    // All of them must still be under it: of a batch taken in part, the rest may be on its way again already.
    private const string BeginAll =
        """
        with asked as (
          select id, batch, target, operation, request, claimed, lease, coalesce($8, clock_timestamp()) as at
          from unnest($1, $2, $3, $4, $5, $6, $7) as asked (id, batch, target, operation, request, claimed, lease)),
        held as (
          update posting.claim c set sent_at = asked.at, until = asked.at + asked.lease
          from asked
          where asked.claimed > 0 and c.id = asked.batch and c.target = asked.target
            and c.remaining = asked.claimed and c.until > asked.at
          returning c.id)
        insert into posting.exchange (id, batch, target, operation, request, started_at)
        select id, batch, target, operation, request, at from asked
        where claimed = 0 or batch in (select id from held)
        returning id
        """;

    private const string EndAll =
        """
        update posting.exchange x
        set answer = case when new.status is not null then new.answer end, status = new.status, failure = new.failure,
            ended_at = greatest(x.started_at, $5)
        from unnest($1, $2, $3, $4) as new (id, answer, status, failure)
        where x.id = new.id
        """;

    public Task<Guid?> BeginExchange(ExchangeStart start, CancellationToken cancel)
    {
        cancel.ThrowIfCancellationRequested();
        return _beginnings.Ask(start);
    }

    // What came back is evidence: it is kept even while the program is stopping.
    public Task EndExchange(Guid exchange, int? status, ReadOnlyMemory<byte> answer, string? failure) =>
        WritingOf(exchange).Ask(new ExchangeEnd(exchange, status, status is null ? ReadOnlyMemory<byte>.Empty : answer, failure));

    private async Task<IReadOnlyList<Guid?>> Begin(NpgsqlConnection connection, IReadOnlyList<ExchangeStart> starts)
    {
        var now = Now;
        var ids = starts.Select(start => BesideOf(start.Batch, Guid.CreateVersion7(now))).ToArray();
        await using var batch = HotBatch.Of(connection, HotBatch.Statement(
            BeginAll,
            ids,
            starts.Select(start => start.Batch).ToArray(),
            starts.Select(start => start.Target.Name).ToArray(),
            starts.Select(start => start.Operation).ToArray(),
            HotBatch.Typed(starts.Select(start => start.Request).ToArray(), NpgsqlDbType.Array | NpgsqlDbType.Bytea),
            starts.Select(start => start.Claimed).ToArray(),
            starts.Select(start => Posting.Claims.Lease(start.Target)).ToArray(),
            // By the database's own clock: ours may be behind when this machine was suspended, and proofs of absence count from here.
            HotBatch.Typed(_clock is DatabaseClock ? null : now, NpgsqlDbType.TimestampTz)));
        HashSet<Guid> begun = [];
        await using (var reader = await HotBatch.Read(batch, CancellationToken.None))
            while (await reader.ReadAsync()) begun.Add(reader.GetGuid(0));
        return [.. ids.Select(id => begun.Contains(id) ? id : (Guid?)null)];
    }

    private static NpgsqlBatchCommand EndOf(IReadOnlyList<ExchangeEnd> ends, DateTimeOffset now) => HotBatch.Statement(
        EndAll,
        ends.Select(end => end.Exchange).ToArray(),
        HotBatch.Typed(ends.Select(end => end.Answer).ToArray(), NpgsqlDbType.Array | NpgsqlDbType.Bytea),
        HotBatch.Typed(ends.Select(end => end.Status).ToArray(), NpgsqlDbType.Array | NpgsqlDbType.Integer),
        HotBatch.Typed(ends.Select(end => end.Failure is { } failure ? KeptText.Of(failure) : null).ToArray(), NpgsqlDbType.Array | NpgsqlDbType.Text),
        now);

    private sealed record ExchangeEnd(Guid Exchange, int? Status, ReadOnlyMemory<byte> Answer, string? Failure);
}
