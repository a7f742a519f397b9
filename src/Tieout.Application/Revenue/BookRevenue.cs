using Dapper;
using Npgsql;
using Tieout.Application.Exchange;
using Tieout.Application.Journals;
using Tieout.Application.Ledger;
using Tieout.Domain;
using Tieout.Domain.Ledger;
using Tieout.Domain.Posting;
using Tieout.Domain.Revenue;

namespace Tieout.Application.Revenue;

/// <summary>
/// Books what schedules earned and nobody booked: one entry for each month of the books and currency of a legal entity. The entry is the
/// sum; its detail are the lines of the schedules, which are linked with it and never change.
/// </summary>
internal sealed class BookRevenue(NpgsqlDataSource database, TimeProvider clock, Guid run, RevenueRequest request)
{
    /// <summary>What waits for a rate of exchange.</summary>
    public List<StoppedContract> Stopped { get; } = [];

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
            if (await Save(connection, entity, booking, cancel) is { } one) booked.Add(one);
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

    private async Task<BookedRevenue?> Save(NpgsqlConnection connection, LedgerEntity entity, RevenueBooking booking, CancellationToken cancel)
    {
        var now = clock.GetUtcNow();
        if (await Lines(connection, entity, booking, cancel) is not { } told) return null;
        var (lines, contracts) = told;
        Guid? entry = lines.Count == 0 ? null : Guid.CreateVersion7(now);
        var number = entry is { } id ? await SaveItsEntry(connection, entity, booking, lines, id, now, cancel) : "";
        var no = await connection.QuerySingleAsync<int>(new CommandDefinition("select nextval('revenue.booking_id')::int", cancellationToken: cancel));
        // Two statements: the booking seals what it finds released under its number.
        await connection.ExecuteAsync(new CommandDefinition(
            """
            insert into revenue.release (batch, month, booking) select batch, month, @no from unnest(@batches, @months) as due (batch, month);
            insert into revenue.booking (id, legal_entity_id, currency, month, entry_id, lines, amount, run_id, created_at)
            values (@no, @Entity, @currency, @month, @entry, @Lines, @amount, @run, @now);
            insert into revenue.contract_carried (booking, contract_id, amount, functional)
            select @no, contract, amount, functional from unnest(@contracts, @given, @functional) as of (contract, amount, functional);
            """,
            new
            {
                no,
                contracts = contracts.Select(one => one.Contract).ToArray(),
                given = contracts.Select(one => one.Amount).ToArray(),
                functional = contracts.Select(one => one.Functional).ToArray(),
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

    // In a foreign currency with what they come to in the books; null while a rate is missing.
    private async Task<(IReadOnlyList<(JournalLine Line, string Text)> Lines, IReadOnlyList<ReleaseInBooks.OfContract> Contracts)?> Lines(
        NpgsqlConnection connection, LedgerEntity entity, RevenueBooking booking, CancellationToken cancel)
    {
        var lines = booking.EntryLines;
        if (booking.Amount.Currency.Code == entity.Currency) return ([.. lines.Select(line => (line.Line, line.Text))], []);
        try
        {
            var (values, contracts) = await ReleaseInBooks.Of(connection, booking, Currency.Of(entity.Currency), cancel);
            var told = values.Told([.. lines.Select(line => line.Line)], [.. lines.Select(line => line.Served)]);
            return ([.. told.Zip(lines, (line, with) => (line, with.Text))], contracts);
        }
        catch (RateMissingException missing)
        {
            Stopped.Add(new StoppedContract($"{entity.Code} {booking.Month}", "rate", missing.Finding.Code, missing.Finding.Cause, missing.Finding.Remedy));
            return null;
        }
    }

    private async Task<string> SaveItsEntry(
        NpgsqlConnection connection, LedgerEntity entity, RevenueBooking booking, IReadOnlyList<(JournalLine Line, string Text)> lines, Guid id,
        DateTimeOffset now, CancellationToken cancel)
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
                [.. lines.Select(line => new EntryLineToBook(line.Line, BillingAccount: null, Text: line.Text))],
                Correlation: run, Id: id),
            now, cancel);
    }

    private sealed record DueRow(int Batch, DateOnly Month, string Currency, decimal Amount, int Lines);
}
