using System.Collections.Immutable;

namespace Tieout.Sandbox.Dynamics;

/// <summary>A row of an entity set by its properties: text, <see cref="decimal"/> or <see cref="DateTimeOffset"/>. What is not there is empty.</summary>
/// <param name="Values">Property to value.</param>
/// <param name="Version">Counts changes; the ETag is made of it.</param>
internal sealed record EntityRow(ImmutableDictionary<string, object> Values, int Version = 1)
{
    // What Dynamics tells for a date that is not set.
    private static readonly DateTimeOffset NoDate = new(1900, 1, 1, 12, 0, 0, TimeSpan.Zero);

    public string Company => Text("dataAreaId");

    public string Journal => Text("JournalBatchNumber");

    public string Etag => FormattableString.Invariant($"W/\"{Version}\"");

    public string Text(string name) => Values.TryGetValue(name, out var value) ? (string)value : "";

    public decimal Number(string name) => Values.TryGetValue(name, out var value) ? (decimal)value : 0m;

    public DateTimeOffset Moment(string name) => Values.TryGetValue(name, out var value) ? (DateTimeOffset)value : NoDate;

    /// <summary>The row with another value, and another ETag.</summary>
    public EntityRow With(string name, object value) => new(Values.SetItem(name, value), Version + 1);
}
