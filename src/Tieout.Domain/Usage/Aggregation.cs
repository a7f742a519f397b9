namespace Tieout.Domain.Usage;

/// <summary>How a meter makes one quantity of many events.</summary>
public enum Aggregation
{
    /// <summary>How many events.</summary>
    Count,

    /// <summary>The sum of a property.</summary>
    Sum,

    /// <summary>The largest value of a property; zero without events.</summary>
    Max,

    /// <summary>The value of the last event of the period by time, source, id; zero without events.</summary>
    Latest,

    /// <summary>How many different values a property had.</summary>
    UniqueCount,

    /// <summary>
    /// The average level over the period: each event sets the level from its instant on, the level before the period is carried
    /// in, and level times duration is divided by the duration of the period.
    /// </summary>
    TimeWeighted,

    /// <summary>Level times duration as in <see cref="TimeWeighted"/>, not divided: in units times hours.</summary>
    UnitHours,
}

/// <summary>What an aggregation needs.</summary>
public static class Aggregations
{
    /// <summary>Whether it reads a value of each event.</summary>
    public static bool ReadsValue(this Aggregation aggregation) => aggregation is not (Aggregation.Count or Aggregation.UniqueCount);

    /// <summary>Whether an event's value holds until the next event.</summary>
    public static bool IsLevel(this Aggregation aggregation) => aggregation is Aggregation.TimeWeighted or Aggregation.UnitHours;
}
