namespace Tieout.Domain.Tax;

/// <summary>A rate of one tax code, for the days it is in force.</summary>
public sealed record TaxRate
{
    /// <summary>The day standing for "ever since"; tables of rates do not say when their first rate began.</summary>
    public static readonly DateOnly EverSince = new(1900, 1, 1);

    /// <summary>A rate.</summary>
    /// <param name="code">Our tax code, such as <c>DE-standard</c>.</param>
    /// <param name="rate">As a fraction: 0.19 is 19 %.</param>
    /// <param name="from">The first day it is in force.</param>
    /// <param name="until">The first day it no longer is; null while open.</param>
    /// <param name="category">Null for the usual one: S above zero, Z at zero.</param>
    /// <exception cref="ArgumentException">A rate outside 0 to 1, an end before the start, S at zero, another letter above zero.</exception>
    public TaxRate(string code, decimal rate, DateOnly from, DateOnly? until, TaxCategory? category = null)
    {
        if (rate is < 0 or > 1) throw new ArgumentException($"A rate is a fraction from 0 to 1; got {rate}.", nameof(rate));
        if (until <= from) throw new ArgumentException("A rate ends after it begins.", nameof(until));
        Category = category ?? TaxCategories.UsualOf(rate);
        if (Category == TaxCategory.Standard != rate > 0)
            throw new ArgumentException($"Category {Category.Letter()} does not go with a rate of {rate}: S is above zero, all others are zero.", nameof(category));
        (Code, Rate, From, Until) = (code, rate, from, until);
    }

    /// <summary>Our tax code.</summary>
    public string Code { get; }

    /// <summary>As a fraction: 0.19 is 19 %.</summary>
    public decimal Rate { get; }

    /// <summary>The first day it is in force.</summary>
    public DateOnly From { get; }

    /// <summary>The first day it no longer is; null while open.</summary>
    public DateOnly? Until { get; }

    /// <summary>How it is reported.</summary>
    public TaxCategory Category { get; }

    /// <summary>The same rate with another end.</summary>
    /// <exception cref="ArgumentException">An end before the start.</exception>
    public TaxRate EndingAt(DateOnly? until) => new(Code, Rate, From, until, Category);

    /// <summary>Whether it is in force on a day.</summary>
    public bool InForce(DateOnly day) => From <= day && (Until is null || day < Until);
}
