namespace Tieout.Domain.Catalog;

/// <summary>How a discount is measured.</summary>
public enum DiscountKind
{
    /// <summary>A fraction of the charge.</summary>
    Percent,

    /// <summary>Money of a full billing period.</summary>
    Amount,
}

/// <summary>What a discount is taken off.</summary>
public enum DiscountScope
{
    /// <summary>One component's charge lines.</summary>
    Component,

    /// <summary>All charge lines of a subscription; an amount is spread over them.</summary>
    Subscription,

    /// <summary>All charge lines of a billing account; an amount is spread over them.</summary>
    Account,
}

/// <summary>Another value for customers of a level, such as <c>gold</c>.</summary>
public sealed record DiscountLevel(string Level, decimal Value);

/// <summary>A discount of the catalogue. A published one never changes; it may be given its end.</summary>
public sealed record Discount
{
    /// <summary>A discount.</summary>
    /// <param name="code">Its code.</param>
    /// <param name="kind">Percent or amount.</param>
    /// <param name="value">Above zero; a fraction of at most 1 (0.1 is 10 %), or money.</param>
    /// <param name="currency">Of an amount; null for a percent.</param>
    /// <exception cref="ArgumentException">A value out of range, or a currency where none belongs.</exception>
    public Discount(string code, DiscountKind kind, decimal value, Currency? currency)
    {
        if (!IsValue(kind, value)) throw new ArgumentException($"{value} is no value of a discount by {Words.Of(kind)}.", nameof(value));
        if (currency is null != (kind == DiscountKind.Percent)) throw new ArgumentException("An amount has a currency, a percent has none.", nameof(currency));
        (Code, Kind, Value, Currency) = (code, kind, value, currency);
    }

    /// <summary>Its code.</summary>
    public string Code { get; }

    /// <summary>Percent or amount.</summary>
    public DiscountKind Kind { get; }

    /// <summary>A fraction, or money of a full period.</summary>
    public decimal Value { get; }

    /// <summary>Of an amount.</summary>
    public Currency? Currency { get; }

    /// <summary>What it is taken off.</summary>
    public DiscountScope Scope { get; init; } = DiscountScope.Subscription;

    /// <summary>The first day it is given; null for always.</summary>
    public DateOnly? From { get; init; }

    /// <summary>The first day it no longer is; null while open.</summary>
    public DateOnly? Until { get; init; }

    /// <summary>Other values by the customer's level.</summary>
    public IReadOnlyList<DiscountLevel> Levels { get; init; } = [];

    /// <summary>Whether it is given for a part that begins on this day.</summary>
    public bool StandsOn(DateOnly day) => (From is not { } from || day >= from) && (Until is not { } until || day < until);

    /// <summary>The value for a customer's level; the discount's own for no level, or one it does not list.</summary>
    public decimal ValueFor(string? level)
    {
        foreach (var other in Levels)
            if (string.Equals(other.Level, level, StringComparison.Ordinal)) return other.Value;
        return Value;
    }

    /// <summary>Whether a number can be a discount's value.</summary>
    public static bool IsValue(DiscountKind kind, decimal value) => value > 0m && (kind == DiscountKind.Amount || value <= 1m);
}
