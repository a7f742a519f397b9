using System.Globalization;

namespace Tieout.Domain.Exchange;

/// <summary>A rate of exchange as it was quoted: one unit of <see cref="Base"/> costs <see cref="Rate"/> units of <see cref="Quote"/>.</summary>
public sealed record ExchangeRate
{
    /// <summary>The kind most sources give: the rate of a day.</summary>
    public const string Spot = "spot";

    /// <summary>The average over a month, dated on its first day.</summary>
    public const string MonthlyAverage = "monthly-average";

    /// <summary>The longest word for a kind.</summary>
    public const int LongestType = 30;

    /// <summary>The longest name of a source.</summary>
    public const int LongestSource = 100;

    /// <summary>A rate.</summary>
    /// <param name="base">The currency one unit of which is quoted.</param>
    /// <param name="quote">The currency it is quoted in.</param>
    /// <param name="date">The day it is of; for an average the first day of its period.</param>
    /// <param name="type">Small letters, digits and dashes, such as <c>spot</c>.</param>
    /// <param name="rate">Above zero, exact as quoted.</param>
    /// <param name="source">Who quoted it; may be empty.</param>
    /// <exception cref="ArgumentException">One of these is not so, or both currencies are the same.</exception>
    public ExchangeRate(Currency @base, Currency quote, DateOnly date, string type, decimal rate, string source = "")
    {
        if (ReferenceEquals(@base, quote)) throw new ArgumentException($"{@base} has no rate to itself.", nameof(quote));
        if (rate <= 0) throw new ArgumentException("A rate is above zero.", nameof(rate));
        if (!IsType(type)) throw new ArgumentException("A type has small letters, digits and dashes.", nameof(type));
        if (source.Length > LongestSource) throw new ArgumentException($"A source has at most {LongestSource} characters.", nameof(source));
        (Base, Quote, Date, Type, Rate, Source) = (@base, quote, date, type, rate, source);
    }

    /// <summary>The currency one unit of which is quoted.</summary>
    public Currency Base { get; }

    /// <summary>The currency it is quoted in.</summary>
    public Currency Quote { get; }

    /// <summary>The day it is of.</summary>
    public DateOnly Date { get; }

    /// <summary>Such as <c>spot</c> or <c>monthly-average</c>.</summary>
    public string Type { get; }

    /// <summary>Units of quote for one unit of base.</summary>
    public decimal Rate { get; }

    /// <summary>Who quoted it.</summary>
    public string Source { get; }

    /// <summary>Names the rate for good; another figure under the same key is a correction.</summary>
    public string Key => string.Create(CultureInfo.InvariantCulture, $"{Base}/{Quote}/{Date:yyyy-MM-dd}/{Type}");

    /// <summary>Whether a word can be the type of a rate.</summary>
    public static bool IsType(string word) =>
        word.Length is > 0 and <= LongestType && word.All(letter => char.IsAsciiLetterLower(letter) || char.IsAsciiDigit(letter) || letter == '-');

    /// <summary><c>1 EUR = 1.0842 USD on 2026-11-02 (spot, ECB)</c>.</summary>
    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture, $"1 {Base} = {Rate:0.############} {Quote} on {Date:yyyy-MM-dd} ({Type}{(Source.Length > 0 ? ", " + Source : "")})");
}
