namespace Tieout.Domain.Usage;

/// <summary>
/// What is counted. Once published it never changes its meaning; other counting is another code. Made by <see cref="MeterRules"/>.
/// </summary>
public sealed record Meter
{
    internal Meter(string code, string name, Aggregation aggregation, IReadOnlyList<string> eventTypes) =>
        (Code, Name, Aggregation, EventTypes) = (code, name, aggregation, eventTypes);

    /// <summary>Unique; letters, digits, dot, dash, underscore; at most 60.</summary>
    public string Code { get; }

    /// <summary>For people.</summary>
    public string Name { get; }

    /// <summary>How events become a quantity.</summary>
    public Aggregation Aggregation { get; }

    /// <summary>The types of the events it listens to.</summary>
    public IReadOnlyList<string> EventTypes { get; }

    /// <summary>The top-level property of an event's data that holds the number; empty for count and unique-count.</summary>
    public string ValueProperty { get; internal init; } = "";

    /// <summary>The property whose different values are counted; empty unless unique-count.</summary>
    public string UniqueProperty { get; internal init; } = "";

    /// <summary>All must hold for an event to count.</summary>
    public IReadOnlyList<MeterFilter> Filters { get; internal init; } = [];

    /// <summary>Properties by whose values quantities are kept apart.</summary>
    public IReadOnlyList<string> GroupBy { get; internal init; } = [];

    /// <summary>Each event is handed to billing one by one, for prices with terms per transaction; for sums only.</summary>
    public bool KeepTransactions { get; internal init; }

    /// <summary>Whether a value may be below zero.</summary>
    public bool NegativeAllowed { get; internal init; }

    /// <summary>How far an event's time may lie ahead of our clock, in hours.</summary>
    public int HoursAhead { get; internal init; } = 1;

    /// <summary>Whether both mean the same: everything but the order of event types is equal.</summary>
    public bool MeansTheSameAs(Meter other) =>
        Code == other.Code && Name == other.Name && Aggregation == other.Aggregation
        && ValueProperty == other.ValueProperty && UniqueProperty == other.UniqueProperty
        && KeepTransactions == other.KeepTransactions && NegativeAllowed == other.NegativeAllowed && HoursAhead == other.HoursAhead
        && EventTypes.Order(StringComparer.Ordinal).SequenceEqual(other.EventTypes.Order(StringComparer.Ordinal), StringComparer.Ordinal)
        && GroupBy.SequenceEqual(other.GroupBy, StringComparer.Ordinal)
        && Filters.Count == other.Filters.Count && Filters.Zip(other.Filters).All(pair => pair.First.Says(pair.Second));
}

/// <summary>How a filter compares.</summary>
public enum FilterOperator
{
    /// <summary>The property is the one value.</summary>
    Is,

    /// <summary>The property is one of the values.</summary>
    In,

    /// <summary>The property is absent or none of the values.</summary>
    IsNot,
}

/// <summary>A condition on one property. Texts compare exactly; a number compares as it is written, true and false as these words.</summary>
public sealed record MeterFilter(string Property, FilterOperator Operator, IReadOnlyList<string> Values)
{
    internal bool Says(MeterFilter other) =>
        Property == other.Property && Operator == other.Operator && Values.SequenceEqual(other.Values, StringComparer.Ordinal);
}

/// <summary>A meter with the number events refer to it by.</summary>
public sealed record NumberedMeter(int No, Meter Meter);
