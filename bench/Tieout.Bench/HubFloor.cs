using Dapper;
using Npgsql;
using NpgsqlTypes;

namespace Tieout.Bench;

/// <summary>
/// The least that a durable queue costs: postings claimed with skip locked and completed, the attempt rows copied in with the completion;
/// two commits a batch, over as many connections as the lane has slots. Nothing is loaded, mapped, sent or told. With a request and its answer
/// it also keeps those, in rows like ours: the request goes on record with the claim, the answer with the completion.
/// </summary>
/// <param name="source">The books.</param>
/// <param name="schema">Of its tables.</param>
/// <param name="batchSize">Postings claimed at once.</param>
/// <param name="connections">At work at the same time.</param>
/// <param name="wire">What was asked and answered for a batch of this size; null where nothing of it is kept.</param>
internal sealed class HubFloor(NpgsqlDataSource source, string schema, int batchSize, int connections, (byte[] Request, byte[] Answer)? wire)
{
    /// <summary>A table of postings like ours, with the queue's index and the keys, and those of attempts and of exchanges.</summary>
    public async Task Fill()
    {
        await using var connection = await source.OpenConnectionAsync();
        await connection.ExecuteAsync(
            $"""
            create schema {schema};
            create table {schema}.posting (like posting.posting including defaults including storage, primary key (id, billing_account_id)) with (fillfactor = 45);
            create index on {schema}.posting (target, place, id) where state = 'ready';
            create table {schema}.attempt (like posting.attempt including defaults, primary key (posting_id, number));
            create table {schema}.exchange (like posting.exchange including defaults including storage including compression, primary key (id)) with (fillfactor = 60);
            create index on {schema}.exchange (batch);
            insert into {schema}.posting select * from posting.posting order by id;
            update {schema}.posting set state = 'ready', target = 'floor', place = 1;
            """);
        await connection.ExecuteAsync($"vacuum analyze {schema}.posting;");
    }

    /// <summary>Posts so many of them; answers how long that took.</summary>
    public async Task<TimeSpan> Run(int count)
    {
        var began = TimeProvider.System.GetTimestamp();
        var left = count;
        await Task.WhenAll(Enumerable.Range(0, connections).Select(async _ =>
        {
            await using var connection = await source.OpenConnectionAsync();
            await using var line = await Line.Prepare(connection, schema, batchSize, wire);
            while (Interlocked.Add(ref left, -batchSize) > -batchSize) await line.Batch();
        }));
        return TimeProvider.System.GetElapsedTime(began);
    }

    /// <summary>One connection with its statements prepared.</summary>
    private sealed class Line : IAsyncDisposable
    {
        private readonly NpgsqlConnection _connection;
        private readonly NpgsqlBatch _claim;
        private readonly NpgsqlBatch _complete;
        private readonly string _attempts;

        private Line(NpgsqlConnection connection, NpgsqlBatch claim, NpgsqlBatch complete, string attempts) =>
            (_connection, _claim, _complete, _attempts) = (connection, claim, complete, attempts);

        public static async Task<Line> Prepare(NpgsqlConnection connection, string schema, int batchSize, (byte[] Request, byte[] Answer)? wire)
        {
            var (nobody, now) = (Guid.Empty, TimeProvider.System.GetUtcNow());
            var claim = new NpgsqlBatch(connection);
            claim.BatchCommands.Add(Statement(
                $"""
                update {schema}.posting p set state = 'sending', claim = $1, sent_at = $2, attempts = attempts + 1, tries = tries + 1,
                    changed_at = $2
                from (select id, billing_account_id from {schema}.posting where target = 'floor' and state = 'ready'
                      order by place, id for update skip locked limit $3) due
                where p.id = due.id and p.billing_account_id = due.billing_account_id returning p.id
                """, nobody, now, batchSize));
            var complete = new NpgsqlBatch(connection);
            complete.BatchCommands.Add(Statement(
                $"""
                update {schema}.posting set state = 'posted', erp_number = 'N', erp_id = 'N', claim = null, changed_at = $2
                where id = any($3) and claim = $1
                """, nobody, now, Array.Empty<Guid>()));
            if (wire is var (request, answer))
            {
                claim.BatchCommands.Add(Statement(
                    $"insert into {schema}.exchange (id, batch, target, operation, request, started_at) values ($1, $1, 'floor', 'post', $3, $2)", nobody, now, request));
                complete.BatchCommands.Add(Statement($"update {schema}.exchange set answer = $3, status = 200, ended_at = $2 where id = $1", nobody, now, answer));
            }
            await claim.PrepareAsync();
            await complete.PrepareAsync();
            return new Line(
                connection, claim, complete,
                $"copy {schema}.attempt (posting_id, number, kind, batch, node, started_at, ended_at, outcome, detail) from stdin (format binary)");
        }

        public async Task Batch()
        {
            var (batch, now) = (Guid.CreateVersion7(), TimeProvider.System.GetUtcNow());
            Set(_claim, batch, now);
            List<Guid> ids = [];
            await using (var reader = await _claim.ExecuteReaderAsync())
                while (await reader.ReadAsync()) ids.Add(reader.GetGuid(0));
            await using var transaction = await _connection.BeginTransactionAsync();
            await Copy(ids, batch, now);
            Set(_complete, batch, now);
            _complete.BatchCommands[0].Parameters[2].Value = ids.ToArray();
            await _complete.ExecuteNonQueryAsync();
            await transaction.CommitAsync();
        }

        public async ValueTask DisposeAsync()
        {
            await _claim.DisposeAsync();
            await _complete.DisposeAsync();
        }

        private async Task Copy(List<Guid> ids, Guid batch, DateTimeOffset now)
        {
            await using var copy = await _connection.BeginBinaryImportAsync(_attempts);
            foreach (var id in ids)
            {
                copy.StartRow();
                copy.Write(id, NpgsqlDbType.Uuid);
                copy.Write(1, NpgsqlDbType.Integer);
                copy.Write("send", NpgsqlDbType.Text);
                copy.Write(batch, NpgsqlDbType.Uuid);
                copy.Write(1, NpgsqlDbType.Integer);
                copy.Write(now, NpgsqlDbType.TimestampTz);
                copy.Write(now, NpgsqlDbType.TimestampTz);
                copy.Write("accepted", NpgsqlDbType.Text);
                copy.Write("N", NpgsqlDbType.Text);
            }
            await copy.CompleteAsync();
        }

        private static void Set(NpgsqlBatch statements, Guid batch, DateTimeOffset now)
        {
            foreach (var statement in statements.BatchCommands)
                (statement.Parameters[0].Value, statement.Parameters[1].Value) = (batch, now);
        }

        private static NpgsqlBatchCommand Statement(string sql, params ReadOnlySpan<object> values)
        {
            var command = new NpgsqlBatchCommand(sql);
            foreach (var value in values) command.Parameters.Add(new NpgsqlParameter { Value = value });
            return command;
        }
    }
}
