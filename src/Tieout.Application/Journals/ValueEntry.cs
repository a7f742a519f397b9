using Dapper;
using Npgsql;
using Tieout.Application.Exchange;
using Tieout.Domain;
using Tieout.Domain.Exchange;
using Tieout.Domain.Ledger;

namespace Tieout.Application.Journals;

/// <summary>
/// Says of each line of an entry in a foreign currency what it comes to in the books, and adds the line of what was won or lost by a rate.
/// An entry in the books' own currency stays as it is.
/// </summary>
internal static class ValueEntry
{
    /// <summary>The entry with its amounts in the books.</summary>
    /// <exception cref="RateMissingException">A rate of its day is needed and is not there.</exception>
    public static async Task<EntryToBook> Run(NpgsqlConnection connection, EntryToBook entry, CancellationToken cancel)
    {
        var currency = entry.Lines[0].Line.Amount.Currency;
        var books = Currency.Of(await connection.QuerySingleAsync<string>(new CommandDefinition(
            "select currency from customers.legal_entity where id = @LegalEntity", new { entry.LegalEntity }, cancellationToken: cancel)));
        if (ReferenceEquals(currency, books)) return entry;
        if (entry.Reverses is not null) return await CarriedItems.Empty(connection, entry, books, cancel);
        if (entry.Lines.Any(line => line.Line.Functional is not null)) return entry;
        if (entry.ByHand) return With(entry, await ByHand(connection, entry, currency, books, cancel), 0m, books);
        var items = await CarriedItems.Load(connection, entry, cancel);
        var day = (await StoredRates.Load(connection, entry.Date, entry.Date, cancel)).On(currency, books, entry.Date);
        List<LineToValue> lines = [.. entry.Lines.Select((line, index) => new LineToValue(line.Line.Account, line.Line.Amount.Amount, items[index]))];
        return FunctionalAmounts.Of(lines, currency, books, day) switch
        {
            Valuation.Valued(var amounts, var difference) => With(entry, amounts, difference, books),
            Valuation.RateMissing(var finding, _) => throw new RateMissingException(finding),
            var other => throw new InvalidOperationException($"No answer for {other}."),
        };
    }

    // By hand all lines go by one rate: the one that was given, or that of the day.
    private static async Task<IReadOnlyList<decimal>> ByHand(
        NpgsqlConnection connection, EntryToBook entry, Currency currency, Currency books, CancellationToken cancel)
    {
        var answer = entry.Rate is { } given ? new RateAnswer.Found(AppliedRate.Of(new ExchangeRate(currency, books, entry.Date, "given", given)))
            : (await StoredRates.Load(connection, entry.Date, entry.Date, cancel)).On(currency, books, entry.Date);
        return answer switch
        {
            RateAnswer.Found(var rate) => FunctionalAmounts.AtRate([.. entry.Lines.Select(line => line.Line.Amount.Amount)], currency, rate),
            RateAnswer.Missing(var finding, _) => throw new RateMissingException(finding),
            _ => throw new InvalidOperationException($"No answer for {answer}."),
        };
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

    /// <summary>What was won, a credit, or lost, a debit, by a rate of exchange; in the books alone.</summary>
    public static EntryLineToBook GainOrLoss(Currency currency, Money functional) => new(
        new JournalLine(LedgerAccount.FxGainLoss, Money.Zero(currency), functional), BillingAccount: null,
        Text: functional.Amount < 0 ? "Exchange gain" : "Exchange loss");
}
