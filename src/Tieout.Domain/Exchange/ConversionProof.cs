using System.Numerics;
using Tieout.Domain.Exceptions;

namespace Tieout.Domain.Exchange;

/// <summary>
/// Computes a conversion once more by another path than <see cref="Conversion.Of"/>: in whole numbers without end, from the
/// rates as quoted, with its own rounding.
/// </summary>
public static class ConversionProof
{
    /// <summary>What does not agree: code <c>conversion-differs</c>; null when all does.</summary>
    public static Finding? Check(Conversion conversion)
    {
        var (original, converted, rate) = (conversion.Original, conversion.Converted, conversion.Rate);
        if (!ReferenceEquals(original.Currency, rate.From) || !ReferenceEquals(converted.Currency, rate.To) || !Connects(rate))
            return Wrong($"The path of the rate does not lead from {original.Currency} to {converted.Currency}: {rate.Path}.");
        if (rate.Steps.Count == 0)
            return original == converted ? null : Wrong($"{original} became {converted} without any rate.");

        var (top, bottom) = Fraction(original.Amount);
        foreach (var step in rate.Steps)
        {
            var (up, down) = Fraction(step.Rate.Rate);
            if (step.Inverse) (up, down) = (down, up);
            (top, bottom) = (top * up, bottom * down);
        }
        var units = HalfAway(top * BigInteger.Pow(10, converted.Currency.MinorUnits), bottom);
        var (told, parts) = Fraction(converted.Amount);
        return told * BigInteger.Pow(10, converted.Currency.MinorUnits) == units * parts
            ? null
            : Wrong($"{original} became {converted}; computed again it is {units} of the smallest units of {converted.Currency} ({rate.Path}).");
    }

    private static bool Connects(AppliedRate rate)
    {
        var at = rate.From;
        foreach (var step in rate.Steps)
        {
            if (!ReferenceEquals(step.From, at)) return false;
            at = step.To;
        }
        return ReferenceEquals(at, rate.To);
    }

    private static (BigInteger Top, BigInteger Bottom) Fraction(decimal value)
    {
        var bottom = BigInteger.Pow(10, value.Scale);
        Span<int> bits = stackalloc int[4];
        decimal.GetBits(value, bits);
        var top = ((BigInteger)(uint)bits[2] << 64) + ((BigInteger)(uint)bits[1] << 32) + (uint)bits[0];
        return (value < 0 ? -top : top, bottom);
    }

    private static BigInteger HalfAway(BigInteger top, BigInteger bottom)
    {
        var (whole, rest) = BigInteger.DivRem(BigInteger.Abs(top), bottom);
        if (rest * 2 >= bottom) whole++;
        return top.Sign < 0 ? -whole : whole;
    }

    private static Finding Wrong(string cause) => new(
        ExceptionCategory.Technical, "conversion-differs", cause,
        "Nothing is booked with this figure. This should not happen and wants an engineer: give them this text.");
}
