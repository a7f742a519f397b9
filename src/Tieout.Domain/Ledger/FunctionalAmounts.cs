using Tieout.Domain.Exceptions;
using Tieout.Domain.Exchange;

namespace Tieout.Domain.Ledger;

/// <summary>A line that is to get its amount in the currency of the books.</summary>
/// <param name="Account">One of <see cref="LedgerAccount"/>.</param>
/// <param name="Amount">Debit positive.</param>
/// <param name="Item">What it moves; null where its account carries nothing.</param>
public sealed record LineToValue(string Account, decimal Amount, CarriedItem? Item = null);

/// <summary>What came of it.</summary>
public abstract record Valuation
{
    private Valuation() { }

    /// <summary>Each line's amount in the currency of the books, in the lines' order.</summary>
    /// <param name="Difference">What is left for exchange gains and losses, so that all come to zero: a loss is positive.</param>
    public sealed record Valued(IReadOnlyList<decimal> Amounts, decimal Difference) : Valuation;

    /// <summary>A rate of the day is needed and nobody has quoted one.</summary>
    public sealed record RateMissing(Finding Finding, MissingRate Rate) : Valuation;
}

/// <summary>
/// Gives the lines of an entry in a foreign currency their amounts in the currency of the books. Cash, and what becomes an item now, is
/// worth what the rate of the day says. What is taken out of an item leaves at what it is carried at, the last part with all that is left,
/// so that an item of nothing carries nothing. What comes back to an item comes back at the rate it began with; so does what an invoice is settled
/// by without money, a discount or a small difference. What is given up, disputed or exchanged takes over what left. The difference is a realised
/// exchange gain or loss (IAS 21.28; ASC 830-20-35-1).
/// </summary>
public static class FunctionalAmounts
{
    /// <summary>The amounts of all lines, which balance in their own currency.</summary>
    /// <param name="currency">The lines' own.</param>
    /// <param name="books">That of the legal entity.</param>
    /// <param name="day">The rate of the entry's day; missing, it is told only where it is needed.</param>
    public static Valuation Of(IReadOnlyList<LineToValue> lines, Currency currency, Currency books, RateAnswer day)
    {
        var disputed = lines.Any(line => line.Account == LedgerAccount.DisputedReceivable);
        var shares = lines.Select(line => Judge(line, disputed, books)).ToList();
        IReadOnlyList<decimal> converted = new decimal[lines.Count];
        if (shares.Exists(share => share.AtDay != 0))
        {
            if (day is RateAnswer.Missing missing) return new Valuation.RateMissing(missing.Finding, missing.Rate);
            converted = AtRate([.. shares.Select(share => share.AtDay)], currency, ((RateAnswer.Found)day).Rate);
        }
        var amounts = shares.Select((share, index) => share.Fixed + converted[index]).ToList();
        var left = -amounts.Sum();
        if (!shares.Exists(share => share.TakesRest)) return new Valuation.Valued(amounts, left);
        var parts = Allocation.ByLargestRemainder(
            left, [.. lines.Select((line, index) => shares[index].TakesRest ? Math.Abs(line.Amount) : 0m)], books.MinorUnits);
        return new Valuation.Valued([.. amounts.Select((amount, index) => amount + parts[index])], 0m);
    }

    /// <summary>
    /// What items are left with in the books alone after lines whose amounts are given, such as those that take an entry back: an item of
    /// nothing in its currency may still carry what rounding left.
    /// </summary>
    /// <returns>For each line what is left of its item; zero where the item is not empty, or where nothing is left.</returns>
    public static IReadOnlyList<decimal> LeftBy(IReadOnlyList<(Carried Line, CarriedItem? Item)> lines) =>
    [
        .. lines.Select(one => one is { Item: { } item, Line.Amount: not 0 } && item.Stands + one.Line is { Amount: 0, Functional: var left } ? left : 0m),
    ];

    /// <summary>
    /// Amounts at one rate. Debits together and credits together are converted once; what rounding leaves goes to the largest of them, the
    /// first of several. So amounts that balance still do.
    /// </summary>
    public static IReadOnlyList<decimal> AtRate(IReadOnlyList<decimal> amounts, Currency currency, AppliedRate rate)
    {
        var converted = amounts.Select(amount => Converted(amount, currency, rate)).ToArray();
        foreach (var sign in (int[])[1, -1])
        {
            var largest = -1;
            var (sum, whole) = (0m, 0m);
            for (var index = 0; index < amounts.Count; index++)
            {
                if (Math.Sign(amounts[index]) != sign) continue;
                (sum, whole) = (sum + converted[index], whole + amounts[index]);
                if (largest < 0 || Math.Abs(amounts[index]) > Math.Abs(amounts[largest])) largest = index;
            }
            if (largest >= 0) converted[largest] += Converted(whole, currency, rate) - sum;
        }
        return converted;
    }

    private static decimal Converted(decimal amount, Currency currency, AppliedRate rate) => Conversion.Of(new Money(amount, currency), rate).Converted.Amount;

    private static Share Judge(LineToValue line, bool disputed, Currency books) => line.Account switch
    {
        LedgerAccount.BadDebt or LedgerAccount.CurrencyExchange => Share.Rest,
        LedgerAccount.EarlyPaymentDiscount or LedgerAccount.Tax or LedgerAccount.Rounding when line.Item is { } invoice => In(line.Amount, invoice, books),
        LedgerAccount.DisputedReceivable => line.Item?.IsReducedBy(line.Amount) == true ? Out(line, books) : Share.Rest,
        _ => line.Item switch
        {
            null => new Share(0m, line.Amount, TakesRest: false),
            var item when item.IsReducedBy(line.Amount) => Out(line, books),
            // What a gateway takes back it takes at the day's rate, where it had paid it out or exchanged it already.
            _ when disputed && line.Account != LedgerAccount.GatewayClearing => Share.Rest,
            var item => In(line.Amount, item, books),
        },
    };

    private static Share In(decimal amount, CarriedItem item, Currency books) => item.Began is { Amount: not 0 } began
        ? new Share(began.Of(amount, books), 0m, TakesRest: false)
        : new Share(0m, amount, TakesRest: false);

    // What goes beyond what lies there begins anew on the other side.
    private static Share Out(LineToValue line, Currency books)
    {
        var stands = line.Item!.Stands;
        if (Math.Abs(line.Amount) <= Math.Abs(stands.Amount)) return new Share(-stands.Of(-line.Amount, books), 0m, TakesRest: false);
        var beyond = In(line.Amount + stands.Amount, line.Item, books);
        return beyond with { Fixed = beyond.Fixed - stands.Functional };
    }

    private readonly record struct Share(decimal Fixed, decimal AtDay, bool TakesRest)
    {
        public static Share Rest { get; } = new(0m, 0m, TakesRest: true);
    }
}
