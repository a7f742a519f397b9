namespace Tieout.Domain.Exchange;

/// <summary>Which stored rate may stand in for the one of a day.</summary>
public sealed record ExchangePolicy
{
    /// <summary>The longest look back.</summary>
    public const int MostDays = 366;

    /// <summary>A policy.</summary>
    /// <param name="type">The kind of rate used.</param>
    /// <param name="withinDays">The last rate on or before the day counts, if it is at most so many days old; 0 for that day's only.</param>
    /// <param name="pivot">The currency two others are crossed through; null for no crossing.</param>
    /// <exception cref="ArgumentException">Days below zero or above a year, or no type.</exception>
    public ExchangePolicy(string type, int withinDays, Currency? pivot)
    {
        if (!ExchangeRate.IsType(type)) throw new ArgumentException("A type has small letters, digits and dashes.", nameof(type));
        if (withinDays is < 0 or > MostDays) throw new ArgumentException($"Days go from 0 to {MostDays}.", nameof(withinDays));
        (Type, WithinDays, Pivot) = (type, withinDays, pivot);
    }

    /// <summary>Spot rates, at most seven days old, crossed through the dollar.</summary>
    public static ExchangePolicy Default { get; } = new(ExchangeRate.Spot, UsualDays(ExchangeRate.Spot), Currency.Of("USD"));

    /// <summary>How old a rate may be when nobody says: an average counts for its month, others over weekends and holidays.</summary>
    public static int UsualDays(string type) => type == ExchangeRate.MonthlyAverage ? 30 : 7;

    /// <summary>The kind of rate used.</summary>
    public string Type { get; }

    /// <summary>How old the last rate may be.</summary>
    public int WithinDays { get; }

    /// <summary>The currency two others are crossed through.</summary>
    public Currency? Pivot { get; }
}
