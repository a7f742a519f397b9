using System.Globalization;

namespace Tieout.Domain.Exchange;

/// <summary>A stored rate used in one direction.</summary>
/// <param name="Rate">As quoted.</param>
/// <param name="Inverse">True when it goes from the quote to the base: divided by instead of multiplied with.</param>
public sealed record RateStep(ExchangeRate Rate, bool Inverse)
{
    /// <summary>Where the step begins.</summary>
    public Currency From => Inverse ? Rate.Quote : Rate.Base;

    /// <summary>Where it ends.</summary>
    public Currency To => Inverse ? Rate.Base : Rate.Quote;
}

/// <summary>
/// How one currency becomes another: no step for the same currency, one for a quoted pair, two across a pivot. The figures
/// stay as quoted, so that a conversion multiplies first and divides once.
/// </summary>
public sealed record AppliedRate
{
    internal AppliedRate(Currency from, Currency to, IReadOnlyList<RateStep> steps) => (From, To, Steps) = (from, to, steps);

    /// <summary>One rate, in the direction in which it is quoted.</summary>
    public static AppliedRate Of(ExchangeRate rate) => new(rate.Base, rate.Quote, [new RateStep(rate, Inverse: false)]);

    /// <summary>The currency converted.</summary>
    public Currency From { get; }

    /// <summary>The currency it becomes.</summary>
    public Currency To { get; }

    /// <summary>The path, in order.</summary>
    public IReadOnlyList<RateStep> Steps { get; }

    /// <summary>Product of the rates that multiply.</summary>
    public decimal Numerator => Steps.Where(step => !step.Inverse).Aggregate(1m, (product, step) => product * step.Rate.Rate);

    /// <summary>Product of the rates that divide.</summary>
    public decimal Denominator => Steps.Where(step => step.Inverse).Aggregate(1m, (product, step) => product * step.Rate.Rate);

    /// <summary>Units of <see cref="To"/> for one of <see cref="From"/>, to 12 decimals: to be shown, never to compute with.</summary>
    public decimal Shown => Rounding.HalfAwayFromZero(Numerator / Denominator, 12);

    /// <summary>The oldest day among its rates; null for the same currency.</summary>
    public DateOnly? OldestDay => Steps.Count == 0 ? null : Steps.Min(step => step.Rate.Date);

    /// <summary>The way in words: every rate as quoted, and which of them is turned round.</summary>
    public string Path => Steps.Count == 0
        ? $"{From} stays {From}"
        : string.Join(", then ", Steps.Select(step => $"{step.From} to {step.To} by {step.Rate}{(step.Inverse ? ", inverse" : "")}"));

    /// <inheritdoc/>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"1 {From} = {Shown:0.############} {To}: {Path}");
}

/// <summary>A rate, or what is missing for one.</summary>
public abstract record RateAnswer
{
    private RateAnswer() { }

    /// <summary>It is known.</summary>
    public sealed record Found(AppliedRate Rate) : RateAnswer;

    /// <summary>It is not: code <c>exchange-rate-missing</c>, naming the currencies and the day.</summary>
    public sealed record Missing(Exceptions.Finding Finding, MissingRate Rate) : RateAnswer;
}
