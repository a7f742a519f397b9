namespace Tieout.Domain.Revenue;

/// <summary>How a promise is kept, and with that how its revenue follows.</summary>
public enum Satisfaction
{
    /// <summary>Over time, the same for each day of the period.</summary>
    RatableDaily,

    /// <summary>Over time, the same for each month counted from the period's first day; within such a month by its days.</summary>
    RatableMonthly,

    /// <summary>At one moment: the day it is delivered.</summary>
    PointInTime,

    /// <summary>Unit by unit: units used, or delivered, of the units expected.</summary>
    Usage,

    /// <summary>By milestones reached, each with a weight.</summary>
    Milestone,

    /// <summary>By a measure of progress somebody states, such as cost incurred of cost expected.</summary>
    Measured,
}

/// <summary>What is done with the cents that months leave over. The sum is exact either way.</summary>
public enum ScheduleRounding
{
    /// <summary>What is recognised up to a month's end is rounded, the month is the difference: no month is off by more than a minor unit.</summary>
    Cumulative,

    /// <summary>Each month is rounded by itself, never past what is left; the last one takes the rest.</summary>
    ResidualLast,
}

/// <summary>Which standalone selling price counts when the stated price lies outside its range.</summary>
public enum OutsideRange
{
    /// <summary>The end of the range that is nearer.</summary>
    Nearest,

    /// <summary>The middle of the range.</summary>
    Midpoint,
}

/// <summary>What revenue recognised before it was invoiced is shown as.</summary>
public enum UnbilledKind
{
    /// <summary>Something else than time has to pass before it may be invoiced.</summary>
    ContractAsset,

    /// <summary>Only time has to pass: the right is unconditional.</summary>
    Receivable,
}

/// <summary>What a standalone selling price is for.</summary>
public enum PerTime
{
    /// <summary>One unit for the whole of the promise's period.</summary>
    Term,

    /// <summary>One unit for a month.</summary>
    Month,

    /// <summary>One unit for a year of twelve months.</summary>
    Year,
}
