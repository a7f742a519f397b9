using System.Globalization;
using Tieout.Domain.Catalog;

namespace Tieout.Domain.Cash;

/// <summary>How exact a legal entity is about money that it gets.</summary>
/// <param name="Version">Counted from 1; 0 where nobody set one.</param>
/// <param name="GraceDays">So many days later than agreed a discount for paying early may still be kept.</param>
/// <param name="Tolerances">By currency: a payment that differs from its invoice by no more settles it, and the difference goes to rounding.</param>
public sealed record PaymentRules(int Version, int GraceDays, IReadOnlyDictionary<string, decimal> Tolerances)
{
    /// <summary>The most days of grace.</summary>
    public const int GraceMost = 10;

    /// <summary>Where nobody set any: to the day, and to the cent.</summary>
    public static PaymentRules None { get; } = new(0, 0, new Dictionary<string, decimal>(StringComparer.Ordinal));

    /// <summary>The most that a currency's tolerance may be: one of its units, or five of one that has no smaller unit. More is a discount, not rounding.</summary>
    public static decimal ToleranceMost(Currency currency) => currency.MinorUnits == 0 ? 5m : 1m;

    /// <summary>That of a currency; zero is none.</summary>
    public decimal Tolerance(string currency) => Tolerances.GetValueOrDefault(currency);

    /// <summary>What is wrong with them, by field.</summary>
    public IReadOnlyList<PriceProblem> Problems()
    {
        List<PriceProblem> problems = [];
        if (GraceDays is < 0 or > GraceMost)
            problems.Add(new("grace-days", "out-of-range", $"Days of grace are from 0 to {GraceMost}.", "Give a number of days in between."));
        foreach (var (code, amount) in Tolerances.OrderBy(one => one.Key, StringComparer.Ordinal))
            if (!Currency.TryOf(code, out var currency))
                problems.Add(new($"tolerances.{code}", "unknown-currency", "This is not a currency of ISO 4217.", "Write three capital letters, such as EUR."));
            else if (amount < 0 || amount > ToleranceMost(currency) || !new Money(amount, currency).IsWhole)
                problems.Add(new(
                    $"tolerances.{code}", "bad-amount",
                    string.Create(CultureInfo.InvariantCulture, $"A tolerance is from 0 to {ToleranceMost(currency):0.##}, in whole minor units."),
                    "Give a smaller amount, or 0 for none."));
        return problems;
    }

    /// <summary>
    /// What of a payment for one invoice goes to rounding: above zero where money is short, below where it is too much, zero where it fits. The one place
    /// that decides it.
    /// </summary>
    /// <param name="asked">What the invoice asks for, less a discount that is kept.</param>
    /// <param name="money">What came.</param>
    /// <param name="tolerance">That of the legal entity for the currency.</param>
    /// <returns>Null where they differ by more.</returns>
    public static decimal? Difference(decimal asked, decimal money, decimal tolerance) =>
        Math.Abs(asked - money) <= tolerance && money > 0 && asked > 0 ? asked - money : null;
}
