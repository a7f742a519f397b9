namespace Tieout.Domain.Catalog;

/// <summary>What makes a charge fall due.</summary>
public enum PriceKind
{
    /// <summary>Every billing period, by the subscription's quantity.</summary>
    Recurring,

    /// <summary>Every billing period, by what a meter counted in it; always in arrears.</summary>
    Usage,

    /// <summary>Once, on the day the component starts.</summary>
    OneOff,
}

/// <summary>When a period is billed.</summary>
public enum BillingTiming
{
    /// <summary>On its first day.</summary>
    Advance,

    /// <summary>On the first day after it.</summary>
    Arrears,
}

/// <summary>Where billing periods begin.</summary>
public enum Anchoring
{
    /// <summary>With the calendar: the first of the month, quarter or year; the first and last one are cut short.</summary>
    Calendar,

    /// <summary>On the subscription's own anchor day; it clamps in short months and returns after.</summary>
    Anniversary,
}

/// <summary>How the share of a period is counted.</summary>
public enum DayCount
{
    /// <summary>Active days over the actual days of the period.</summary>
    ActualDays,

    /// <summary>Every month has 30 days, of which 30 at most are counted.</summary>
    Fixed30,

    /// <summary>Seconds between local midnights, or the amendment's time of day, in the account's zone; days of 23 and 25 hours count as they are.</summary>
    Seconds,
}

/// <summary>The unit of a billing interval.</summary>
public enum IntervalUnit
{
    /// <summary>Days.</summary>
    Day,

    /// <summary>Weeks of seven days.</summary>
    Week,

    /// <summary>Calendar months.</summary>
    Month,

    /// <summary>Calendar years.</summary>
    Year,
}

/// <summary>The length of a billing period: 1 month, 3 months, 1 year, 4 weeks.</summary>
public readonly record struct BillingInterval
{
    /// <summary>At least one unit, and no more than 10,000 days.</summary>
    public BillingInterval(int count, IntervalUnit unit)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(count, unit is IntervalUnit.Day or IntervalUnit.Week ? 1_000 : 120);
        (Count, Unit) = (count, unit);
    }

    /// <summary>How many units.</summary>
    public int Count { get; }

    /// <summary>Of what.</summary>
    public IntervalUnit Unit { get; }

    /// <summary>One calendar month.</summary>
    public static BillingInterval Monthly { get; } = new(1, IntervalUnit.Month);

    /// <summary>Three calendar months.</summary>
    public static BillingInterval Quarterly { get; } = new(3, IntervalUnit.Month);

    /// <summary>One calendar year.</summary>
    public static BillingInterval Yearly { get; } = new(1, IntervalUnit.Year);
}

/// <summary>
/// The conventions of a price: settings with documented defaults (docs/catalogue.md). The one used is written on each line.
/// </summary>
public sealed record PriceTerms
{
    /// <summary>All defaults: recurring, monthly by the calendar, in advance, prorated by actual days.</summary>
    public static PriceTerms Default { get; } = new();

    /// <summary>What makes it due.</summary>
    public PriceKind Kind { get; init; } = PriceKind.Recurring;

    /// <summary>Length of a period.</summary>
    public BillingInterval Interval { get; init; } = BillingInterval.Monthly;

    /// <summary>Billed on the first day of the period, or after it.</summary>
    public BillingTiming Timing { get; init; } = BillingTiming.Advance;

    /// <summary>Where periods begin.</summary>
    public Anchoring Anchoring { get; init; } = Anchoring.Calendar;

    /// <summary>How shares are counted.</summary>
    public DayCount DayCount { get; init; } = DayCount.ActualDays;

    /// <summary>
    /// Whether a part of a period costs its share; if not, a period begun costs the whole. Usage itself is never prorated, its
    /// fees and minimums are.
    /// </summary>
    public bool Prorated { get; init; } = true;

    /// <summary>Whether the day a subscription is cancelled on still counts. Default: it does not, as every period's end.</summary>
    public bool CancellationDayBilled { get; init; }

    /// <summary>Whether zero units cost the first tier's flat amount. Default: they do not.</summary>
    public bool ZeroUnitsEnterFirstTier { get; init; }

    /// <summary>The meter whose count is charged; usage prices only.</summary>
    public string? Meter { get; init; }

    /// <summary>What kind of thing it is for tax, such as <c>standard</c>.</summary>
    public string TaxCategory { get; init; } = "standard";

    /// <summary>A full period costs at least this; the rest is a true-up on the same line.</summary>
    public decimal Minimum { get; init; }

    /// <summary>Other models from some day on, in order; empty for a steady price.</summary>
    public IReadOnlyList<RampStep> Ramp { get; init; } = [];
}

/// <summary>From some day of a subscription's life its price is another. Exactly one of the two begins is given.</summary>
/// <param name="From">From this day.</param>
/// <param name="MonthsIn">Or this many months after the subscription's start.</param>
/// <param name="Model">What is charged from then on.</param>
public sealed record RampStep(DateOnly? From, int? MonthsIn, ChargeModel Model);
