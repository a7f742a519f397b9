using System.Text;

namespace Tieout.Domain.Usage;

/// <summary>All published meters, arranged by the type of event they listen to.</summary>
public sealed class MeterBook
{
    private readonly Utf8Map<TypePlan> _plans = new();

    /// <summary>A book of these meters.</summary>
    public MeterBook(IReadOnlyList<NumberedMeter> meters)
    {
        Meters = meters;
        foreach (var type in meters.SelectMany(meter => meter.Meter.EventTypes).Distinct(StringComparer.Ordinal))
            _plans.Add(Encoding.UTF8.GetBytes(type), new TypePlan(type,
                [.. meters.Where(meter => meter.Meter.EventTypes.Contains(type, StringComparer.Ordinal)).OrderBy(meter => meter.No)]));
    }

    /// <summary>All of them.</summary>
    public IReadOnlyList<NumberedMeter> Meters { get; }

    internal TypePlan? Find(ReadOnlySpan<byte> type) => _plans.Find(type);
}

/// <summary>What is read of events of one type: the properties that some meter needs, and which meter needs which.</summary>
internal sealed class TypePlan
{
    private readonly List<byte[]> _properties = [];

    public TypePlan(string type, IReadOnlyList<NumberedMeter> meters)
    {
        Type = type;
        HoursAhead = meters.Min(meter => meter.Meter.HoursAhead);
        Meters = [.. meters.Select(Plan)];
        All = [.. meters.Select(meter => meter.No)];
        HasGroups = meters.Any(meter => meter.Meter.GroupBy.Count > 0);
        HasUniques = meters.Any(meter => meter.Meter.Aggregation == Aggregation.UniqueCount);
    }

    public string Type { get; }

    /// <summary>The least of its meters.</summary>
    public int HoursAhead { get; }

    public MeterPlan[] Meters { get; }

    /// <summary>The numbers of all its meters, for the usual event that counts for all of them.</summary>
    public int[] All { get; }

    public bool HasGroups { get; }

    public bool HasUniques { get; }

    public int Properties => _properties.Count;

    /// <summary>Which property this is; -1 for one that no meter reads.</summary>
    public int PropertyOf(ReadOnlySpan<byte> name)
    {
        for (var index = 0; index < _properties.Count; index++)
            if (name.SequenceEqual(_properties[index])) return index;
        return -1;
    }

    public string NameOf(int property) => Encoding.UTF8.GetString(_properties[property]);

    private MeterPlan Plan(NumberedMeter meter) => new(
        meter.No, meter.Meter.Aggregation, Index(meter.Meter.ValueProperty), Index(meter.Meter.UniqueProperty),
        [.. meter.Meter.GroupBy.Select(Index)],
        [.. meter.Meter.Filters.Select(filter => new FilterPlan(
            Index(filter.Property), filter.Operator == FilterOperator.IsNot, [.. filter.Values.Select(Encoding.UTF8.GetBytes)]))],
        meter.Meter.NegativeAllowed);

    private int Index(string name)
    {
        if (name.Length == 0) return -1;
        var utf8 = Encoding.UTF8.GetBytes(name);
        var index = PropertyOf(utf8);
        if (index >= 0) return index;
        _properties.Add(utf8);
        return _properties.Count - 1;
    }
}

/// <summary>A meter with its properties by place; -1 where it has none.</summary>
internal sealed record MeterPlan(int No, Aggregation Aggregation, int Value, int Unique, int[] GroupBy, FilterPlan[] Filters, bool NegativeAllowed);

/// <summary>Holds when the property is one of the values, or, negated, when it is none of them.</summary>
internal sealed record FilterPlan(int Property, bool Negated, byte[][] Values);
