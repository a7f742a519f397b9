using System.Globalization;
using Tieout.Domain.Exceptions;
using Tieout.Domain.Exchange;

namespace Tieout.Domain.Ledger;

/// <summary>What lies on an account in a foreign currency at a month's end.</summary>
/// <param name="Account">One of <see cref="LedgerAccount.Monetary"/>.</param>
/// <param name="Booked">What revaluations of the month booked for it so far, in the currency of the books.</param>
public sealed record ForeignBalance(string Account, Currency Currency, Carried Stands, decimal Booked);

/// <summary>A balance at the closing rate, in the currency of the books.</summary>
/// <param name="Rate">How it was converted; null for a balance of nothing.</param>
/// <param name="Worth">The balance at that rate.</param>
/// <param name="Difference">What is still to be booked: its worth less what it is carried at, less what is booked.</param>
public sealed record RevaluedBalance(ForeignBalance Balance, AppliedRate? Rate, Money Worth, Money Difference);

/// <summary>What a month's end makes of open items in foreign currencies.</summary>
/// <param name="Missing">Rates of the last day that nobody has quoted; while there are any nothing is booked.</param>
public sealed record RevaluationAnswer(IReadOnlyList<RevaluedBalance> Balances, IReadOnlyList<Finding> Missing)
{
    /// <summary>Balances that are not booked at what they are worth.</summary>
    public IEnumerable<RevaluedBalance> Due => Balances.Where(balance => !balance.Difference.IsZero);
}

/// <summary>
/// Revalues money to come and to go at the rate of a month's last day (IAS 21.23(a), 21.28; ASC 830-20-35-2). What is wanted less what is
/// booked: a second run books what a corrected rate changes, and nothing otherwise.
/// </summary>
public static class Revaluation
{
    /// <summary>Every balance at its rate, by account and currency.</summary>
    /// <param name="rate">The rate of the month's last day into the currency of the books.</param>
    public static RevaluationAnswer Of(IEnumerable<ForeignBalance> balances, Currency books, Func<Currency, RateAnswer> rate)
    {
        List<RevaluedBalance> revalued = [];
        Dictionary<string, Finding> missing = new(StringComparer.Ordinal);
        foreach (var balance in balances.OrderBy(one => one.Currency.Code, StringComparer.Ordinal).ThenBy(one => one.Account, StringComparer.Ordinal))
        {
            if (balance.Stands == default && balance.Booked == 0) continue;
            if (balance.Stands.Amount == 0) revalued.Add(At(balance, null, Money.Zero(books)));
            else if (rate(balance.Currency) is RateAnswer.Found(var found))
                revalued.Add(At(balance, found, Conversion.Of(new Money(balance.Stands.Amount, balance.Currency), found).Converted));
            else if (rate(balance.Currency) is RateAnswer.Missing none) missing[balance.Currency.Code] = none.Finding;
        }
        return new RevaluationAnswer(revalued, [.. missing.Values]);
    }

    /// <summary>The lines of the entry: what each balance is worth more or less, against what is won or lost by that in all.</summary>
    /// <param name="due">With a difference.</param>
    public static IReadOnlyList<(JournalLine Line, string Text)> EntryLines(IReadOnlyList<RevaluedBalance> due)
    {
        List<(JournalLine, string)> lines = [.. due.Select(one => (new JournalLine(LedgerAccount.Revaluation, one.Difference), Text(one)))];
        var sum = due.Aggregate(Money.Zero(due[0].Worth.Currency), (total, one) => total + one.Difference);
        if (!sum.IsZero) lines.Add((new JournalLine(LedgerAccount.FxUnrealised, -sum), sum.Amount > 0 ? "Unrealised exchange gain" : "Unrealised exchange loss"));
        return lines;
    }

    private static RevaluedBalance At(ForeignBalance balance, AppliedRate? rate, Money worth) =>
        new(balance, rate, worth, worth with { Amount = worth.Amount - balance.Stands.Functional - balance.Booked });

    private static string Text(RevaluedBalance one) => string.Create(
        CultureInfo.InvariantCulture,
        $"{one.Balance.Account}: {new Money(one.Balance.Stands.Amount, one.Balance.Currency)} carried at {one.Balance.Stands.Functional:0.####}, worth {one.Worth}");
}
