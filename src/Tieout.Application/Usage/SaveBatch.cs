using Dapper;
using Npgsql;
using Tieout.Application.Database;
using Tieout.Domain.Intake;
using Tieout.Domain.Usage;

namespace Tieout.Application.Usage;

/// <summary>What one transaction writes.</summary>
internal sealed record BatchToSave(string Via, string Actor, DateTimeOffset At, int Received, List<PlacedEvent> Placed, List<RefusedEvent> Refused);

/// <summary>Writes one batch: its events once each, its corrections, what was refused, and the counts that account for all of it.</summary>
internal sealed class SaveBatch(IntakeBooks books)
{
    private const int MostTries = 6;

    /// <summary>Two senders that get in each other's way are told apart by trying again; all else throws, and nothing is written.</summary>
    public async Task<UsageOutcome.Taken> Run(IntakeSession session, BatchToSave batch, CancellationToken cancel)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                if (await Try(session, batch, cancel) is { } taken) return taken;
            }
            catch (PostgresException inTheWay) when (
                inTheWay.SqlState is PostgresErrorCodes.DeadlockDetected or PostgresErrorCodes.SerializationFailure && attempt < MostTries)
            {
                continue;
            }
            if (attempt == MostTries) throw new InvalidOperationException("The same corrections are being sent by others all the time; send the batch again.");
        }
    }

    // Null when somebody else corrected the same event between our look and our write.
    private async Task<UsageOutcome.Taken?> Try(IntakeSession session, BatchToSave batch, CancellationToken cancel)
    {
        var refused = new List<RefusedEvent>(batch.Refused);
        var (events, repeated) = Once(batch.Placed, refused);
        var number = await books.NextBatch(cancel);
        await using var transaction = await session.Connection.BeginTransactionAsync(cancel);
        var corrections = new SaveCorrections(books, session.Connection, number);
        if (await corrections.Run(events, refused, cancel) is not { } holding) return null;

        var inserted = holding.Count == 0 ? 0 : await Insert(session, holding, number, cancel);
        var duplicates = repeated;
        if (inserted < holding.Count)
        {
            var known = await Known(session.Connection, holding, number, cancel);
            if (known.Any(one => corrections.Written.Contains(one.Event.Key))) return null;
            duplicates += known.Count(one => one.IsSame);
            refused.AddRange(known.Where(one => !one.IsSame).Select(one => UsageIntake.Refused(one.Event.Incoming, Conflict)));
        }

        var taken = new UsageOutcome.Taken(
            number, batch.Received, inserted, duplicates, [.. refused.OrderBy(one => one.RowNo)]);
        if (taken.Received != taken.Accepted + taken.Duplicate + taken.Refused.Count)
            throw new InvalidOperationException($"{taken.Received} events came, {taken.Accepted}, {taken.Duplicate} and {taken.Refused.Count} are accounted for.");
        await Finish(session, batch, taken, cancel);
        // Not cancelled: nobody could say any more whether it was written.
        await transaction.CommitAsync(CancellationToken.None);
        return taken;
    }

    private static readonly Refusal Conflict = new(
        UsageCode.Conflict, "id", "The same source and id came before with other content.",
        "Give another event an id of its own. To change what was sent, send a new event that supersedes the first one.");

    /// <summary>Each event of the batch once, in the order of its key: two senders never wait for each other crosswise.</summary>
    private static (List<PlacedEvent> Events, int Repeated) Once(List<PlacedEvent> placed, List<RefusedEvent> refused)
    {
        Dictionary<(int, string), long> seen = new(placed.Count);
        List<PlacedEvent> events = new(placed.Count);
        var repeated = 0;
        foreach (var one in placed)
        {
            if (seen.TryAdd((one.SourceNo, one.Incoming.Id), one.Incoming.Content)) events.Add(one);
            else if (seen[(one.SourceNo, one.Incoming.Id)] == one.Incoming.Content) repeated++;
            else refused.Add(UsageIntake.Refused(one.Incoming, Conflict));
        }
        events.Sort(static (left, right) => left.SourceNo != right.SourceNo
            ? left.SourceNo.CompareTo(right.SourceNo) : string.CompareOrdinal(left.Incoming.Id, right.Incoming.Id));
        return (events, repeated);
    }

    private static async Task<int> Insert(IntakeSession session, List<PlacedEvent> events, long number, CancellationToken cancel)
    {
        EventCopy.Write(session.Rows, events);
        await using (var copy = await session.Connection.BeginRawBinaryCopyAsync(EventCopy.Copy, cancel))
            await copy.WriteAsync(session.Rows.Written, cancel);
        session.Insert.Parameters[0].Value = number;
        return await session.Insert.ExecuteNonQueryAsync(cancel);
    }

    /// <summary>Which of the events were in the ledger before, and whether they say the same there.</summary>
    private static async Task<List<(PlacedEvent Event, bool IsSame)>> Known(
        NpgsqlConnection connection, List<PlacedEvent> events, long number, CancellationToken cancel)
    {
        var byKey = events.ToDictionary(placed => (placed.SourceNo, placed.Incoming.Id));
        // One look by key for each: no planner without statistics can be led to read the whole ledger.
        var rows = await connection.QueryAsync<(int SourceNo, string Id, bool IsSame)>(new CommandDefinition(
            """
            select staged.source_no, staged.id, known.content = staged.content
            from pg_temp.usage_staging staged
            cross join lateral (
              select content from usage.event e where e.source_no = staged.source_no and e.id = staged.id and e.batch <> @number offset 0) known
            """, new { number }, cancellationToken: cancel));
        return [.. rows.Select(row => (byKey[(row.SourceNo, row.Id)], row.IsSame))];
    }

    private static async Task Finish(IntakeSession session, BatchToSave batch, UsageOutcome.Taken taken, CancellationToken cancel)
    {
        object[] values =
        [
            taken.Batch, batch.Via, batch.Actor, taken.Received, taken.Accepted, taken.Duplicate, taken.Refused.Count,
            // Where nothing was accepted there is nothing to sum up.
            batch.At.UtcDateTime, taken.Accepted == 0 ? batch.At.UtcDateTime : DBNull.Value,
        ];
        for (var index = 0; index < values.Length; index++) session.Finish.Parameters[index].Value = values[index];
        await session.Finish.ExecuteNonQueryAsync(cancel);
        if (taken.Refused.Count == 0) return;
        await Bulk.Copy(session.Connection, "usage.refused (batch, row_no, source, event_id, code, field, reason, remedy)", taken.Refused, (row, one) => row
            .Long(taken.Batch).Int(one.RowNo).Text(one.Source).Text(one.Id)
            .Text(one.Refusal.Code).Text(one.Refusal.Field).Text(one.Refusal.Reason).Text(one.Refusal.Remedy), cancel);
    }
}
