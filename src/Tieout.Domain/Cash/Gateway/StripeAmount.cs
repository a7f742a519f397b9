using System.Collections.Frozen;
using System.Diagnostics.CodeAnalysis;

namespace Tieout.Domain.Cash.Gateway;

/// <summary>
/// Stripe's amounts: whole numbers of its own smallest unit, which is not always that of ISO 4217. Kept apart from <see cref="Currency"/>, for
/// it follows another list: the króna and the Ugandan shilling have two decimals there, the ariary none.
/// </summary>
public static class StripeAmount
{
    private static readonly FrozenSet<string> Whole =
        "BIF CLP DJF GNF JPY KMF KRW MGA PYG RWF VND VUV XAF XOF XPF".Split(' ').ToFrozenSet(StringComparer.Ordinal);

    private static readonly FrozenSet<string> Thousandths = "BHD JOD KWD OMR TND".Split(' ').ToFrozenSet(StringComparer.Ordinal);

    /// <summary>The amount in money; false for an unknown currency, and where Stripe's unit is finer than what the currency keeps.</summary>
    /// <param name="code">In small letters, as Stripe writes it.</param>
    public static bool TryRead(long units, string code, [NotNullWhen(true)] out Currency? currency, out Money money)
    {
        money = default;
        if (!Currency.TryOf(code.ToUpperInvariant(), out currency)) return false;
        money = new Money(units / Unit(currency), currency);
        return money.IsWhole;
    }

    private static decimal Unit(Currency currency) => Whole.Contains(currency.Code) ? 1m : Thousandths.Contains(currency.Code) ? 1000m : 100m;
}
