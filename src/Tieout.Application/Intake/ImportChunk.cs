using Dapper;
using Npgsql;
using Tieout.Domain;
using Tieout.Domain.Intake;

namespace Tieout.Application.Intake;

/// <summary>
/// Takes in some rows of a run in one transaction, together with the record of each row and the run's counters: after a crash
/// either all of a chunk is there or nothing of it.
/// </summary>
internal sealed class ImportChunk(NpgsqlConnection connection, TimeProvider clock)
{
    public async Task<RowCounts> Write(Guid run, IReadOnlyList<ChunkRow> rows, CancellationToken cancel)
    {
        await using var transaction = await connection.BeginTransactionAsync(cancel);
        await IntakeLock.Take(connection, cancel);
        // While the first million goes in, the planner still thinks the tables small and would read them whole for every chunk.
        await connection.ExecuteAsync(new CommandDefinition("set local enable_seqscan = off", cancellationToken: cancel));
        var (stored, earlier) = await ChunkLookUp.Of(connection, run, rows, cancel);
        var additions = Decide(rows, stored, earlier);
        await ChunkCopy.Write(connection, run, additions, clock.GetUtcNow(), cancel);

        var counts = Count(additions.Rows);
        await connection.ExecuteAsync(new CommandDefinition(
            """
            update intake.import
            set received = received + @Received, accepted = accepted + @Accepted, unchanged = unchanged + @Unchanged, refused = refused + @Refused
            where run_id = @run;
            update runs.run set done = done + @Received, updated_at = @now where id = @run;
            """,
            new { run, now = clock.GetUtcNow(), counts.Received, counts.Accepted, counts.Unchanged, counts.Refused }, cancellationToken: cancel));
        await transaction.CommitAsync(cancel);
        return counts;
    }

    private static ChunkAdditions Decide(IReadOnlyList<ChunkRow> rows, Stored stored, Dictionary<string, long> earlier)
    {
        var additions = new ChunkAdditions();
        foreach (var row in rows)
        {
            var correlation = Guid.CreateVersion7();
            if (row.Row is null)
            {
                additions.Rows.Add(new RowRecord(row.Line, row.Key, "refused", row.Refusal, correlation));
                continue;
            }
            if (earlier.TryGetValue(row.Key, out var line))
            {
                additions.Rows.Add(new RowRecord(row.Line, row.Key, "refused", Duplicate(line), correlation));
                continue;
            }

            var record = RowDecision.Of(row.Row, stored) switch
            {
                RowDecision.Unchanged unchanged => new RowRecord(row.Line, row.Key, "unchanged", null, unchanged.Correlation.Value),
                RowDecision.Refused refused => new RowRecord(row.Line, row.Key, "refused", refused.Refusal, correlation),
                _ => Added(row, stored, additions, new CorrelationId(correlation)),
            };
            if (record.Refusal is null) earlier.Add(row.Key, row.Line);
            additions.Rows.Add(record);
        }
        return additions;
    }

    // Adds what is missing to what stands as well, so that a later row of the chunk sees it.
    private static RowRecord Added(ChunkRow source, Stored stored, ChunkAdditions additions, CorrelationId correlation)
    {
        var row = source.Row!;
        if (!stored.Customers.TryGetValue(row.Customer.Code, out var customer))
        {
            customer = new StoredCustomer(new(Guid.CreateVersion7()), correlation, row.Customer);
            stored.Customers.Add(row.Customer.Code, customer);
            additions.Customers.Add(customer);
        }
        if (row.Account is not null && !stored.Accounts.ContainsKey(row.Account.Code))
        {
            var account = new StoredAccount(new(Guid.CreateVersion7()), correlation, customer.Id, row.Account);
            stored.Accounts.Add(row.Account.Code, account);
            additions.Accounts.Add(account);
        }
        if (row.Subscription is not null)
        {
            var account = stored.Accounts[row.Account!.Code];
            var subscription = new StoredSubscription(new(Guid.CreateVersion7()), correlation, account.Id, row.Subscription);
            stored.Subscriptions.Add(row.Subscription.Code, subscription);
            additions.Subscriptions.Add(subscription);
            additions.Entities[account.Id.Value] = account.Content.LegalEntity.Value;
        }
        return new RowRecord(source.Line, source.Key, "accepted", null, correlation.Value);
    }

    private static Refusal Duplicate(long line) => new(
        RefusalCode.Duplicate, "key", $"The same id stands already on line {line} of this file.",
        "Each row needs an id of its own. Remove the row, or correct its id.");

    private static RowCounts Count(List<RowRecord> rows) => new(
        rows.Count, rows.LongCount(row => row.Outcome == "accepted"), rows.LongCount(row => row.Outcome == "unchanged"),
        rows.LongCount(row => row.Outcome == "refused"));
}
