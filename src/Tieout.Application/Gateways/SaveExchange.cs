using Dapper;
using Npgsql;
using Tieout.Application.Closing;
using Tieout.Application.Invoicing;
using Tieout.Application.Journals;
using Tieout.Domain;
using Tieout.Domain.Cash.Gateway;
using Tieout.Domain.Closing;
using Tieout.Domain.Ledger;
using Tieout.Domain.Posting;

namespace Tieout.Application.Gateways;

/// <summary>What became of an exchange.</summary>
internal abstract record ExchangeOutcome
{
    private ExchangeOutcome() { }

    /// <summary>It stands in the books; the number is that of its last entry.</summary>
    public sealed record Booked(string Number) : ExchangeOutcome;

    /// <summary>Its month takes it no more, and the policy holds it.</summary>
    public sealed record Held(HeldDay Day) : ExchangeOutcome;
}

/// <summary>
/// Books an exchange inside the caller's transaction: an entry in each of its currencies, the one in the currency of the books with what was won or lost;
/// a third one for that where neither is. All of them, or none.
/// </summary>
internal static class SaveExchange
{
    /// <summary>Whoever asks holds the row of the exchange.</summary>
    /// <exception cref="Exchange.RateMissingException">A rate of its day is needed and not there.</exception>
    public static async Task<ExchangeOutcome> Run(
        NpgsqlConnection connection, ExchangeRow row, GatewayPlace place, DateTimeOffset now, CancellationToken cancel)
    {
        await BillingLock.Shared(connection, row.LegalEntityId, cancel);
        await GivenOnce.Lock(connection, place.Key(row.Key), cancel);
        // Read anew: while this waited for the lock, somebody may have closed the month.
        var books = (await MonthBooks.Entity(connection, row.LegalEntity, cancel))!;
        var late = Words.Parse<LateArrivals>(books.LateArrivals);
        if (LateArrival.Of(row.MadeOn, books.ClosedThrough, late) is not LateArrival.Booked day)
            return new ExchangeOutcome.Held(new HeldDay(row.LegalEntityId, row.MadeOn, Journal: true, Asked: late == LateArrivals.AskToReopen));
        var (exchange, currency) = (row.Exchange, Currency.Of(row.Books));
        var text = $"Exchange of {row.Given} into {row.Got}, {row.Source} of {place.Name}{GatewayLate.Words(row.MadeOn, day)}";
        // All entries of an exchange have one correlation id.
        var story = Guid.CreateVersion7(now);
        var leaves = exchange.Given.Currency == currency ? null : await Valued(exchange.Leaves);
        var comes = exchange.Got.Currency == currency ? null : await Valued(exchange.Comes);
        var inBooks = exchange.InBooks(
            currency, leaves is null ? exchange.Given.Amount : Between(leaves), comes is null ? exchange.Got.Amount : -Between(comes));
        var between = inBooks is null ? null : Entry(inBooks);
        var given = await Book(leaves ?? between!, "given");
        var got = await Book(comes ?? between!, "got");
        var result = leaves is not null && comes is not null && between is not null ? await Book(between, "result") : null;
        await connection.ExecuteAsync(new CommandDefinition(
            """
            update cash.gateway_exchange set state = 'booked', given_entry = @given, got_entry = @got, result_entry = @result, held_entity = null, held_on = null,
              held_as = null, held_asked = null
            where tenant = 1 and gateway = @Gateway and movement = @Movement
            """, new { row.Gateway, row.Movement, given = given.Entry, got = got.Entry, result = result?.Entry }, cancellationToken: cancel));
        return new ExchangeOutcome.Booked((result ?? got).Number);

        EntryToBook Entry(EntryInCurrency entry) => new(
            EntryKind.ManualJournal, Guid.CreateVersion7(now), row.LegalEntityId, day.On, text,
            [.. entry.Lines.Select(line => new EntryLineToBook(new JournalLine(line.Account, new Money(line.Amount, entry.Currency)), null))],
            story, Id: Guid.CreateVersion7(now));

        Task<EntryToBook> Valued(EntryInCurrency entry) => ValueEntry.Run(connection, Entry(entry), cancel);

        async Task<GatewayEntryOutcome.Stands> Book(EntryToBook entry, string part)
        {
            var key = $"{row.Key}/{part}";
            var stands = await SaveGatewayEntry.Journal(connection, place.Key(key), entry, now, cancel);
            await connection.ExecuteAsync(new CommandDefinition(
                """
                insert into cash.gateway_booked (gateway, key, object, source, moves, entry_id, number, created_at)
                values (@Gateway, @key, @Object, @Movement, 'exchange', @Entry, @Number, @now)
                """, new { row.Gateway, key, row.Object, row.Movement, stands.Entry, stands.Number, now }, cancellationToken: cancel));
            return stands;
        }
    }

    // What an entry leaves on the account between, in the currency of the books.
    private static decimal Between(EntryToBook entry) =>
        entry.Lines.Where(line => line.Line.Account == LedgerAccount.CurrencyExchange).Sum(line => line.Line.InBooks.Amount);
}
