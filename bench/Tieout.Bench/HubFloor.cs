using Dapper;
using Npgsql;
using NpgsqlTypes;

namespace Tieout.Bench;

/// <summary>
/// The least that a durable queue costs: postings claimed with skip locked and completed, the attempt rows copied in with the completion;
/// two commits a batch, over as many connections as the lane has slots. Nothing is loaded, mapped, sent or told.
/// </summary>
internal sealed class HubFloor(NpgsqlDataSource source, int batchSize, int connections)
{
    /// <summary>A table of postings like ours, with the queue's index and the keys, and one of attempts.</summary>
    public async Task Fill()
    {
        await using var connection = await source.OpenConnectionAsync();
        await connection.ExecuteAsync(
            """
            create schema bare;
            create table bare.posting (like posting.posting including defaults including storage, primary key (id, billing_account_id)) with (fillfactor = 45);
            create index on bare.posting (target, place, id) where state = 'ready';
            create table bare.attempt (like posting.attempt including defaults, primary key (posting_id, number));
            insert into bare.posting select * from posting.posting order by id;
            update bare.posting set state = 'ready', target = 'floor', place = 1;
            """);
        await connection.ExecuteAsync("vacuum analyze bare.posting;");
    }

    /// <summary>Posts so many of them; answers how long that took.</summary>
    public async Task<TimeSpan> Run(int count)
    {
        var began = TimeProvider.System.GetTimestamp();
        var left = count;
        await Task.WhenAll(Enumerable.Range(0, connections).Select(async _ =>
        {
            await using var connection = await source.OpenConnectionAsync();
            await using var claim = new NpgsqlCommand(
                """
                update bare.posting p set state = 'sending', claim = $1, sent_at = $2, attempts = attempts + 1, tries = tries + 1,
                    changed_at = $2
                from (select id, billing_account_id from bare.posting where target = 'floor' and state = 'ready'
                      order by place, id for update skip locked limit $3) due
                where p.id = due.id and p.billing_account_id = due.billing_account_id returning p.id
                """, connection);
            claim.Parameters.AddRange(new NpgsqlParameter[] { new() { Value = Guid.Empty }, new() { Value = TimeProvider.System.GetUtcNow() }, new() { Value = batchSize } });
            await using var complete = new NpgsqlCommand(
                """
                update bare.posting set state = 'posted', erp_number = 'N', erp_id = 'N', claim = null, changed_at = $2
                where id = any($1) and claim = $3
                """, connection);
            complete.Parameters.AddRange(new NpgsqlParameter[] { new() { Value = Array.Empty<Guid>() }, new() { Value = TimeProvider.System.GetUtcNow() }, new() { Value = Guid.Empty } });
            await claim.PrepareAsync();
            await complete.PrepareAsync();
            while (Interlocked.Add(ref left, -batchSize) > -batchSize) await Batch(connection, claim, complete);
        }));
        return TimeProvider.System.GetElapsedTime(began);
    }

    private static async Task Batch(NpgsqlConnection connection, NpgsqlCommand claim, NpgsqlCommand complete)
    {
        var (batch, now) = (Guid.CreateVersion7(), TimeProvider.System.GetUtcNow());
        (claim.Parameters[0].Value, claim.Parameters[1].Value) = (batch, now);
        List<Guid> ids = [];
        await using (var reader = await claim.ExecuteReaderAsync())
            while (await reader.ReadAsync()) ids.Add(reader.GetGuid(0));
        await using var transaction = await connection.BeginTransactionAsync();
        await using (var copy = await connection.BeginBinaryImportAsync(
            "copy bare.attempt (posting_id, number, kind, batch, node, started_at, ended_at, outcome, detail) from stdin (format binary)"))
        {
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
        (complete.Parameters[0].Value, complete.Parameters[1].Value, complete.Parameters[2].Value) = (ids.ToArray(), now, batch);
        await complete.ExecuteNonQueryAsync();
        await transaction.CommitAsync();
    }
}
