namespace Tieout.Domain.Rating;

/// <summary>
/// The part of a whole something was in force: 12 of 30 days, or seconds of seconds. Kept as two numbers, never as a rounded ratio.
/// </summary>
public readonly record struct Share
{
    /// <summary>A share.</summary>
    /// <param name="active">From zero to the whole.</param>
    /// <param name="whole">Above zero, in the same unit.</param>
    /// <exception cref="ArgumentOutOfRangeException">Not between nothing and the whole.</exception>
    public Share(decimal active, decimal whole)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(whole);
        ArgumentOutOfRangeException.ThrowIfNegative(active);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(active, whole);
        (Active, Whole) = (active, whole);
    }

    /// <summary>What counts.</summary>
    public decimal Active { get; }

    /// <summary>Of how much.</summary>
    public decimal Whole { get; }

    /// <summary>All of it.</summary>
    public static Share Full { get; } = new(1m, 1m);

    /// <summary>Whether it is all of it.</summary>
    public bool IsFull => Active == Whole;

    /// <summary>Days used of a period's days.</summary>
    /// <exception cref="ArgumentException">Days used that lie outside the period.</exception>
    public static Share Of(ServicePeriod used, ServicePeriod whole) =>
        used.Start < whole.Start || used.End > whole.End
            ? throw new ArgumentException($"{used} does not lie within {whole}.", nameof(used))
            : new Share(used.Days, whole.Days);
}
