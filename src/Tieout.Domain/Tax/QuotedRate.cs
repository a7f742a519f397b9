namespace Tieout.Domain.Tax;

/// <summary>
/// The one rate of a line that several jurisdictions tax: the sum of their rates, each by the share of the line that it taxes. A share is
/// rounded to four decimals, for its base is in whole minor units; the rate to six, as documents keep it.
/// </summary>
public static class QuotedRate
{
    private const int ShareDecimals = 4;
    private const int RateDecimals = 6;

    /// <summary>The rate of a line of <paramref name="amount"/>; zero for a line of nothing.</summary>
    public static decimal Of(decimal amount, IReadOnlyList<QuotedTax> parts)
    {
        var rate = 0m;
        foreach (var part in parts)
            rate += part.Base == amount ? part.Rate : amount == 0 ? 0 : part.Rate * Rounding.HalfAwayFromZero(part.Base / amount, ShareDecimals);
        return Rounding.HalfAwayFromZero(rate, RateDecimals);
    }

    /// <summary>
    /// How far a line's tax may lie from amount times rate: half a minor unit for each jurisdiction, which rounds by itself, and what rounding
    /// of the shares and of the rate explains.
    /// </summary>
    public static decimal Tolerance(decimal amount, IReadOnlyList<QuotedTax> parts, decimal minorUnit)
    {
        var rounding = parts.Count == 0 ? 0 : (minorUnit * parts.Count / 2) + (Math.Abs(amount) * 0.0000005m);
        foreach (var part in parts)
            if (part.Base != amount) rounding += Math.Abs(amount) * part.Rate * 0.00005m;
        return rounding;
    }
}
