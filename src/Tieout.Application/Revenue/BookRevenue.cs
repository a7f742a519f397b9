using Dapper;
using Npgsql;
using Tieout.Application.Exchange;
using Tieout.Application.Ledger;
using Tieout.Domain;
using Tieout.Domain.Catalog;
using Tieout.Domain.Ledger;
using Tieout.Domain.Revenue;

namespace Tieout.Application.Revenue;

/// <summary>
/// Books what schedules earned and nobody booked, for each month of the books and currency of a legal entity: one entry that is the sum, or
/// as many as its ERP wants it split into. The detail are the lines of the schedules, which are linked with the entries and never change.
/// </summary>
internal sealed class BookRevenue(NpgsqlDataSource database, TimeProvider clock, Guid run, RevenueRequest request)
{
    /// <summary>What waits for a rate of exchange.</summary>
    public List<StoppedContract> Stopped { get; } = [];

    /// <summary>What rates left of prepaid credit of which nothing is left.</summary>
    public List<ExchangedPrepaid> Exchanged { get; } = [];

    /// <summary>What rates left in deferred revenue.</summary>
    public List<ExchangedDeferred> Differences { get; } = [];

    /// <summary>
    /// One transaction for the legal entity, which moves what was earned and not invoiced to accounts of its own and books what was used of
    /// prepaid credit as well; null when its books are closed for the month asked for.
    /// </summary>
    public async Task<(IReadOnlyList<BookedRevenue> Booked, IReadOnlyList<MovedUnbilled> Moved, IReadOnlyList<ReleasedPrepaid> Prepaid)?> Run(
        LedgerEntity entity, CancellationToken cancel)
    {
        await using var connection = await database.OpenConnectionAsync(cancel);
        await using var transaction = await connection.BeginTransactionAsync(cancel);
        await RevenueLock.Take(connection, entity.Id, cancel);
        var closed = await connection.QuerySingleAsync<DateOnly?>(new CommandDefinition(
            "select closed_through from customers.legal_entity where id = @Id", new { entity.Id }, cancellationToken: cancel));
        if (request.Month.FirstDay <= closed) return null;
        List<BookedRevenue> booked = [];
        var targets = await RevenueTargets.Load(connection, cancel);
        var differences = new ExchangeDeferred(connection, request, run, clock.GetUtcNow());
        foreach (var booking in ReleasePlan.Of(await Due(connection, entity.Id, cancel), closed))
        {
            if (await Save(connection, entity, booking, targets, differences, cancel) is { } one) booked.Add(one);
        }
        var moved = await new MoveUnbilled(connection, request, run, clock.GetUtcNow(), targets, Stopped).Run(entity, closed, cancel);
        var release = new ReleasePrepaid(connection, request, run, clock.GetUtcNow(), targets);
        var prepaid = await release.Run(entity, closed, cancel);
        await differences.Rest(entity, cancel);
        await transaction.CommitAsync(cancel);
        Exchanged.AddRange(release.Exchanged);
        Differences.AddRange(differences.Booked);
        return (booked, moved, prepaid);
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

    private async Task<BookedRevenue?> Save(
        NpgsqlConnection connection, LedgerEntity entity, RevenueBooking booking, RevenueTargets targets, ExchangeDeferred differences,
        CancellationToken cancel)
    {
        var now = clock.GetUtcNow();
        var split = targets.Of(entity.Code, booking.Amount.Currency, booking.Month, Recognition.Deferred);
        if (await InBooks(connection, entity, booking, cancel) is not { } told) return null;
        var no = await connection.QuerySingleAsync<int>(new CommandDefinition("select nextval('revenue.booking_id')::int", cancellationToken: cancel));
        await connection.ExecuteAsync(new CommandDefinition(
            "insert into revenue.release (batch, month, booking) select batch, month, @no from unnest(@batches, @months) as due (batch, month)",
            new
            {
                no,
                batches = booking.Due.Select(due => due.Batch).ToArray(),
                months = booking.Due.Select(due => due.Month.FirstDay).ToArray(),
            }, commandTimeout: 600, cancellationToken: cancel));
        var save = new SaveLines(
            new RunEntry(connection, request, run, now), entity, booking.Month, targets.InBooks(entity, booking.Amount.Currency, booking.Month));
        var (entries, left) = split.IsWhole
            ? await SaveWhole(save, booking, told.Values, cancel)
            : await SaveParts(save, new BookingParts(connection, entity.Id, no), booking, split, told.Values, cancel);
        // Two statements: the booking seals what it finds released and entered under its number.
        await connection.ExecuteAsync(new CommandDefinition(
            """
            insert into revenue.booking_entry (booking, no, entry_id) select @no, place, entry from unnest(@entries) with ordinality as booked (entry, place);
            insert into revenue.booking (id, legal_entity_id, currency, month, entry_id, lines, amount, run_id, created_at)
            values (@no, @Entity, @currency, @month, @first, @Lines, @amount, @run, @now);
            insert into revenue.contract_carried (booking, contract_id, amount, functional)
            select @no, contract, amount, functional from unnest(@contracts, @given, @functional) as of (contract, amount, functional);
            """,
            new
            {
                no,
                contracts = told.Contracts.Select(one => one.Contract).ToArray(),
                given = told.Contracts.Select(one => one.Amount).ToArray(),
                functional = told.Contracts.Select(one => one.Functional).ToArray(),
                entries = entries.ConvertAll(entry => entry.Id).ToArray(),
                Entity = entity.Id,
                currency = booking.Amount.Currency.Code,
                month = booking.Month.FirstDay,
                first = entries.Count == 0 ? (Guid?)null : entries[0].Id,
                booking.Lines,
                amount = booking.Amount.Amount,
                run,
                now,
            }, commandTimeout: 600, cancellationToken: cancel));
        await differences.Released(entity, booking.Month, booking.Amount.Currency, no, left, cancel);
        var caughtUp = booking.Due.Where(due => due.Month < booking.Month).Sum(due => due.Amount.Amount);
        return new BookedRevenue(
            entity.Code, booking.Month, entries.Count == 0 ? "" : entries[0].Number, entries.Count, booking.Amount, booking.Amount with { Amount = caughtUp },
            booking.Lines);
    }

    // In a foreign currency what it comes to in the books; null while a rate is missing.
    private async Task<(ReleasedInBooks? Values, IReadOnlyList<ReleaseInBooks.OfContract> Contracts)?> InBooks(
        NpgsqlConnection connection, LedgerEntity entity, RevenueBooking booking, CancellationToken cancel)
    {
        if (booking.Amount.Currency.Code == entity.Currency) return (null, []);
        try
        {
            return await ReleaseInBooks.Of(connection, booking, Currency.Of(entity.Currency), cancel);
        }
        catch (RateMissingException missing)
        {
            Stopped.Add(new StoppedContract($"{entity.Code} {booking.Month}", "rate", missing.Finding.Code, missing.Finding.Cause, missing.Finding.Remedy));
            return null;
        }
    }

    // One entry, none where every month comes to zero; and what is left beside it in the books.
    private static async Task<(List<(Guid Id, string Number)> Entries, decimal Left)> SaveWhole(
        SaveLines save, RevenueBooking booking, ReleasedInBooks? values, CancellationToken cancel)
    {
        var shares = values?.Lines(booking.Served.ToDictionary(served => served.Month, served => served.Amount.Amount));
        if (booking.Served.Count == 0) return ([], shares?.Left ?? 0m);
        List<(JournalLine, string)> lines =
        [
            .. from served in booking.Served
               from line in shares?.Next(served.Month, served.Amount) ?? RevenueBooking.Pair(served.Amount)
               select (line, booking.TextOf(served.Month)),
        ];
        return ([await save.Run($"Revenue of {booking.Month}", lines, cancel)], shares?.Left ?? 0m);
    }

    private static async Task<(List<(Guid Id, string Number)> Entries, decimal Left)> SaveParts(
        SaveLines save, BookingParts parts, RevenueBooking booking, RevenueSplit split, ReleasedInBooks? values, CancellationToken cancel)
    {
        var entries = await parts.Keep(split, booking.Due, cancel);
        var shares = values?.Lines(await parts.Months(cancel));
        List<(Guid Id, string Number)> saved = [];
        for (var entry = 1; entry <= entries; entry++)
        {
            var text = entries == 1 ? $"Revenue of {booking.Month}" : FormattableString.Invariant($"Revenue of {booking.Month}, part {entry} of {entries}");
            List<(JournalLine, string)> lines =
            [
                .. from part in await parts.Of(entry, cancel)
                   let about = part.About.Length == 0 ? booking.TextOf(part.Month) : $"{booking.TextOf(part.Month)}: {part.About}"
                   let amount = booking.Amount with { Amount = part.Amount }
                   from line in shares?.Next(part.Month, amount) ?? RevenueBooking.Pair(amount)
                   select (line, about),
            ];
            saved.Add(await save.Run(text, lines, cancel));
        }
        return (saved, shares?.Left ?? 0m);
    }

    // Entries of one booking.
    private sealed record SaveLines(RunEntry Entry, LedgerEntity Entity, AccountingMonth Month, bool InBooks)
    {
        public Task<(Guid Id, string Number)> Run(string text, List<(JournalLine, string)> lines, CancellationToken cancel) =>
            Entry.Save(Entity.Id, Month, text, lines, InBooks, cancel);
    }

    private sealed record DueRow(int Batch, DateOnly Month, string Currency, decimal Amount, int Lines);
}
