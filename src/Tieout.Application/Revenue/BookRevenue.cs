using Dapper;
using Npgsql;
using Tieout.Application.Journals;
using Tieout.Application.Ledger;
using Tieout.Domain;
using Tieout.Domain.Posting;
using Tieout.Domain.Revenue;

namespace Tieout.Application.Revenue;

/// <summary>
/// Books what schedules earned and nobody booked: one entry for each month of the books and currency of a legal entity. The entry is the
/// sum; its detail are the lines of the schedules, which are linked with it and never change.
/// </summary>
internal sealed class BookRevenue(NpgsqlDataSource database, TimeProvider clock, Guid run, RevenueRequest request)
{
    /// <summary>One transaction for the legal entity; null when its books are closed for the month asked for.</summary>
    public async Task<IReadOnlyList<BookedRevenue>?> Run(LedgerEntity entity, CancellationToken cancel)
    {
        await using var connection = await database.OpenConnectionAsync(cancel);
        await using var transaction = await connection.BeginTransactionAsync(cancel);
        await RevenueLock.Take(connection, entity.Id, cancel);
        var closed = await connection.QuerySingleAsync<DateOnly?>(new CommandDefinition(
            "select closed_through from customers.legal_entity where id = @Id", new { entity.Id }, cancellationToken: cancel));
        if (request.Month.FirstDay <= closed) return null;
        List<BookedRevenue> booked = [];
        foreach (var booking in ReleasePlan.Of(await Due(connection, entity.Id, cancel), closed))
            booked.Add(await Save(connection, entity, booking, cancel));
        await transaction.CommitAsync(cancel);
        return booked;
    }

    private async Task<IEnumerable<DueMonth>> Due(NpgsqlConnection connection, Guid entity, CancellationToken cancel)
    {
        var rows = await connection.QueryAsync<DueRow>(new CommandDefinition(
            """
            select m.batch, m.month, b.currency, m.amount, m.lines
            from revenue.batch b join revenue.batch_month m on m.batch = b.id
            where b.legal_entity_id = @entity and m.month <= @until
              and not exists (select from revenue.release r where r.batch = m.batch and r.month = m.month)
            """, new { entity, until = request.Month.FirstDay }, commandTimeout: 600, cancellationToken: cancel));
        return rows.Select(row => new DueMonth(row.Batch, AccountingMonth.Of(row.Month), new Money(row.Amount, Currency.Of(row.Currency)), row.Lines));
    }

    private async Task<BookedRevenue> Save(NpgsqlConnection connection, LedgerEntity entity, RevenueBooking booking, CancellationToken cancel)
    {
        var now = clock.GetUtcNow();
        var lines = booking.EntryLines;
        Guid? entry = lines.Count == 0 ? null : Guid.CreateVersion7(now);
        var number = entry is { } id ? await SaveItsEntry(connection, entity, booking, id, now, cancel) : "";
        // Two statements: the booking seals what it finds released under its number.
        await connection.ExecuteAsync(new CommandDefinition(
            """
            insert into revenue.release (batch, month, booking) select batch, month, @no from unnest(@batches, @months) as due (batch, month);
            insert into revenue.booking (id, legal_entity_id, currency, month, entry_id, lines, amount, run_id, created_at)
            values (@no, @Entity, @currency, @month, @entry, @Lines, @amount, @run, @now);
            """,
            new
            {
                no = await connection.QuerySingleAsync<int>(new CommandDefinition("select nextval('revenue.booking_id')::int", cancellationToken: cancel)),
                batches = booking.Due.Select(due => due.Batch).ToArray(),
                months = booking.Due.Select(due => due.Month.FirstDay).ToArray(),
                Entity = entity.Id,
                currency = booking.Amount.Currency.Code,
                month = booking.Month.FirstDay,
                entry,
                booking.Lines,
                amount = booking.Amount.Amount,
                run,
                now,
            }, commandTimeout: 600, cancellationToken: cancel));
        var caughtUp = booking.Due.Where(due => due.Month < booking.Month).Sum(due => due.Amount.Amount);
        return new BookedRevenue(entity.Code, booking.Month, number, booking.Amount, booking.Amount with { Amount = caughtUp }, booking.Lines);
    }

    private async Task<string> SaveItsEntry(
        NpgsqlConnection connection, LedgerEntity entity, RevenueBooking booking, Guid id, DateTimeOffset now, CancellationToken cancel)
    {
        var source = Guid.CreateVersion7(now);
        var text = $"Revenue of {booking.Month}";
        await connection.ExecuteAsync(new CommandDefinition(
            "insert into ledger.manual_journal (id, legal_entity_id, reason, actor, created_at) values (@source, @Id, @text, @Actor, @now)",
            new { source, entity.Id, text, request.Actor, now }, cancellationToken: cancel));
        return await SaveEntry.Run(
            connection,
            new EntryToBook(
                EntryKind.RevenueJournal, source, entity.Id, booking.Month.Period.End.AddDays(-1), text,
                [.. booking.EntryLines.Select(line => new EntryLineToBook(line.Line, BillingAccount: null, Text: line.Text))],
                Correlation: run, Id: id),
            now, cancel);
    }

    private sealed record DueRow(int Batch, DateOnly Month, string Currency, decimal Amount, int Lines);
}
