using System.Globalization;

namespace Tieout.Domain;

/// <summary>
/// An amount in one currency. Adding amounts of two currencies is a bug and throws; multiplying and dividing happen
/// only inside a named rule (rating, proration, tax), never here.
/// </summary>
/// <param name="Amount">Signed, exact; may hold more decimals than the currency until a named rule rounds it.</param>
/// <param name="Currency">The currency of the amount.</param>
public readonly record struct Money(decimal Amount, Currency Currency) : IComparable<Money>
{
    /// <summary>Nothing, in a currency.</summary>
    public static Money Zero(Currency currency) => new(0m, currency);

    /// <summary>The sum. Throws <see cref="InvalidOperationException"/> when the currencies differ.</summary>
    public static Money operator +(Money left, Money right) => left with { Amount = left.Amount + left.Same(right).Amount };

    /// <summary>The difference. Throws <see cref="InvalidOperationException"/> when the currencies differ.</summary>
    public static Money operator -(Money left, Money right) => left with { Amount = left.Amount - left.Same(right).Amount };

    /// <summary>The same amount on the other side of the account.</summary>
    public static Money operator -(Money money) => money with { Amount = -money.Amount };

    /// <summary>True when the left amount is smaller; throws when the currencies differ.</summary>
    public static bool operator <(Money left, Money right) => left.CompareTo(right) < 0;

    /// <summary>True when the left amount is larger; throws when the currencies differ.</summary>
    public static bool operator >(Money left, Money right) => left.CompareTo(right) > 0;

    /// <summary>True when the left amount is smaller or equal; throws when the currencies differ.</summary>
    public static bool operator <=(Money left, Money right) => left.CompareTo(right) <= 0;

    /// <summary>True when the left amount is larger or equal; throws when the currencies differ.</summary>
    public static bool operator >=(Money left, Money right) => left.CompareTo(right) >= 0;

    /// <summary>True for zero, in any currency.</summary>
    public bool IsZero => Amount == 0m;

    /// <summary>True when the amount has no more decimals than its currency keeps.</summary>
    public bool IsWhole => Rounding.ToMinorUnits(Amount, Currency) == Amount;

    /// <inheritdoc/>
    public int CompareTo(Money other) => Amount.CompareTo(Same(other).Amount);

    /// <summary>
    /// Splits the amount by weights so that the parts, each in minor units, add up to the whole exactly.
    /// What rounding leaves over goes to the largest remainders.
    /// </summary>
    public IReadOnlyList<Money> Split(IReadOnlyList<decimal> weights)
    {
        var currency = Currency;
        return [.. Allocation.ByLargestRemainder(Amount, weights, currency.MinorUnits).Select(part => new Money(part, currency))];
    }

    /// <summary>Amount with the currency's decimals, then the code: <c>1234.50 USD</c>.</summary>
    public override string ToString() =>
        Amount.ToString("F" + Math.Max(Currency.MinorUnits, Scale(Amount)).ToString(CultureInfo.InvariantCulture), CultureInfo.InvariantCulture)
        + " " + Currency.Code;

    /// <summary>The amount with exactly the currency's decimals and a point: <c>1234.50</c>. For documents and interfaces.</summary>
    public string ToPlain() => Rounding.Plain(Amount, Currency.MinorUnits);

    private static int Scale(decimal amount)
    {
        // 12.3400 and 12.34 are equal: dividing by one with many zeros drops the trailing ones.
        var canonical = amount / 1.0000000000000000000000000000m;
        return canonical.Scale;
    }

    private Money Same(Money other) =>
        ReferenceEquals(Currency, other.Currency)
            ? other
            : throw new InvalidOperationException($"{Currency} and {other.Currency} cannot be added or compared.");
}
