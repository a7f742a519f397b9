using Dapper;
using Npgsql;
using Tieout.Application.Exchange;
using Tieout.Domain;
using Tieout.Domain.Exchange;
using Tieout.Domain.Ledger;

namespace Tieout.Application.Journals;

/// <summary>
/// Says of each line of entries in a foreign currency what it comes to in the books, and adds the line of what was won or lost by a rate. One after
/// the other: each finds its items as those before it leave them, whether these are booked already or only with it. An entry in the books' own
/// currency stays as it is.
/// </summary>
internal sealed class ValueEntry(NpgsqlConnection connection)
{
    private readonly CarriedItems _items = new(connection);
    private readonly Dictionary<Guid, Currency> _books = [];
    private (DateOnly First, DateOnly Last, ExchangeTable Table)? _rates;

    /// <summary>One entry by itself.</summary>
    /// <exception cref="RateMissingException">A rate of its day is needed and is not there.</exception>
    public static Task<EntryToBook> Run(NpgsqlConnection connection, EntryToBook entry, CancellationToken cancel) => new ValueEntry(connection).Run(entry, cancel);

    /// <summary>Loads for many entries together what they move, and the rates of their days; what is not known is loaded when it is asked for.</summary>
    /// <param name="documents">Ids that their lines settle.</param>
    /// <param name="payments">Whose unapplied cash they move.</param>
    public async Task Know(IReadOnlyCollection<Guid> documents, IReadOnlyCollection<Guid> payments, IReadOnlyCollection<DateOnly> days, CancellationToken cancel)
    {
        await _items.Know(documents, payments, cancel);
        if (days.Count > 0) _rates = (days.Min(), days.Max(), await StoredRates.Load(connection, days.Min(), days.Max(), cancel));
    }

    /// <summary>The next entry with its amounts in the books.</summary>
    /// <exception cref="RateMissingException">A rate of its day is needed and is not there; those after it find everything as if it were not.</exception>
    public async Task<EntryToBook> Run(EntryToBook entry, CancellationToken cancel)
    {
        var (currency, books) = (entry.Lines[0].Line.Amount.Currency, await Books(entry.LegalEntity, cancel));
        if (ReferenceEquals(currency, books)) return entry;
        var valued = entry.Reverses is not null ? await _items.Empty(entry, books, cancel)
            : entry.Lines.Any(line => line.Line.Functional is not null) ? entry
            : entry.ByHand ? With(entry, await ByHand(entry, currency, books, cancel), 0m, books)
            : await OfItems(entry, currency, books, cancel);
        _items.Carry(valued);
        return valued;
    }

    /// <summary>What was won, a credit, or lost, a debit, by a rate of exchange; in the books alone.</summary>
    public static EntryLineToBook GainOrLoss(Currency currency, Money functional) => new(
        new JournalLine(LedgerAccount.FxGainLoss, Money.Zero(currency), functional), BillingAccount: null,
        Text: functional.Amount < 0 ? "Exchange gain" : "Exchange loss");

    private async Task<EntryToBook> OfItems(EntryToBook entry, Currency currency, Currency books, CancellationToken cancel)
    {
        var items = await _items.Of(entry, cancel);
        List<LineToValue> lines = [.. entry.Lines.Select((line, index) => new LineToValue(line.Line.Account, line.Line.Amount.Amount, items[index]))];
        return FunctionalAmounts.Of(lines, currency, books, await Rate(currency, books, entry.Date, cancel)) switch
        {
            Valuation.Valued(var amounts, var difference) => With(entry, amounts, difference, books),
            Valuation.RateMissing(var finding, _) => throw new RateMissingException(finding),
            var other => throw new InvalidOperationException($"No answer for {other}."),
        };
    }

    // By hand all lines go by one rate: the one that was given, or that of the day.
    private async Task<IReadOnlyList<decimal>> ByHand(EntryToBook entry, Currency currency, Currency books, CancellationToken cancel)
    {
        var answer = entry.Rate is { } given ? new RateAnswer.Found(AppliedRate.Of(new ExchangeRate(currency, books, entry.Date, "given", given)))
            : await Rate(currency, books, entry.Date, cancel);
        return answer switch
        {
            RateAnswer.Found(var rate) => FunctionalAmounts.AtRate([.. entry.Lines.Select(line => line.Line.Amount.Amount)], currency, rate),
            RateAnswer.Missing(var finding, _) => throw new RateMissingException(finding),
            _ => throw new InvalidOperationException($"No answer for {answer}."),
        };
    }

    private async Task<RateAnswer> Rate(Currency currency, Currency books, DateOnly day, CancellationToken cancel)
    {
        if (_rates is not { } known || day < known.First || day > known.Last)
            _rates = known = (day, day, await StoredRates.Load(connection, day, day, cancel));
        return known.Table.On(currency, books, day);
    }

    private async Task<Currency> Books(Guid entity, CancellationToken cancel)
    {
        if (_books.TryGetValue(entity, out var known)) return known;
        return _books[entity] = Currency.Of(await connection.QuerySingleAsync<string>(new CommandDefinition(
            "select currency from customers.legal_entity where id = @entity", new { entity }, cancellationToken: cancel)));
    }

    private static EntryToBook With(EntryToBook entry, IReadOnlyList<decimal> amounts, decimal difference, Currency books)
    {
        List<EntryLineToBook> lines =
        [
            .. entry.Lines.Select((line, index) => line with { Line = line.Line with { Functional = new Money(amounts[index], books) } }),
        ];
        // Last of all: what the ERP is told has the same numbers without it.
        if (difference != 0) lines.Add(GainOrLoss(lines[0].Line.Amount.Currency, new Money(difference, books)));
        return entry with { Lines = lines };
    }
}
