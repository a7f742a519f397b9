using System.Text;
using System.Text.Json;
using Tieout.Domain.Usage;

namespace Tieout.Domain.Tests.Usage;

/// <summary>Meters and events in few words.</summary>
internal static class Metering
{
    public static readonly MeterBook Book = new(
    [
        new(1, Meter(new MeterDraft("calls", "Calls", Aggregation.Count, ["call"]))),
        new(2, Meter(new MeterDraft("bytes", "Bytes", Aggregation.Sum, ["call"], ValueProperty: "bytes",
            Filters: [new MeterFilter("cached", FilterOperator.IsNot, ["true"])]))),
        new(3, Meter(new MeterDraft("users", "Users", Aggregation.UniqueCount, ["login"], UniqueProperty: "user"))),
        new(4, Meter(new MeterDraft("logins", "Logins", Aggregation.Count, ["login"], GroupBy: ["region", "plan"]))),
        new(5, Meter(new MeterDraft("delta", "Delta", Aggregation.Sum, ["adjust"], ValueProperty: "by", NegativeAllowed: true))),
        new(6, Meter(new MeterDraft("ok", "Ok", Aggregation.Count, ["result"], Filters: [new MeterFilter("status", FilterOperator.In, ["200", "204"])]))),
        new(7, Meter(new MeterDraft("slow", "Slow", Aggregation.Count, ["result"], Filters: [new MeterFilter("slow", FilterOperator.Is, ["true"])]))),
    ]);

    public static Meter Meter(MeterDraft draft) => MeterRules.Judge(draft).Meter.ShouldNotBeNull();

    public static (IncomingEvent? Event, RefusedEvent? Refused) Read(string json)
    {
        var bytes = Encoding.UTF8.GetBytes(json);
        var reader = new Utf8JsonReader(bytes);
        reader.Read();
        return new EventReader(Book).Read(ref reader, bytes, 0);
    }

    /// <summary>A good event with some attributes given otherwise; null leaves one out.</summary>
    public static string Json(string type = "call", string data = """{"bytes":1}""", params (string Name, string? Json)[] changes)
    {
        Dictionary<string, string?> attributes = new(StringComparer.Ordinal)
        {
            ["specversion"] = "\"1.0\"",
            ["id"] = "\"e-1\"",
            ["source"] = "\"/gate\"",
            ["type"] = $"\"{type}\"",
            ["subject"] = "\"S-1\"",
            ["time"] = "\"2026-11-20T10:00:00Z\"",
            ["data"] = data,
        };
        foreach (var (name, json) in changes) attributes[name] = json;
        return "{" + string.Join(',', attributes.Where(pair => pair.Value is not null).Select(pair => $"\"{pair.Key}\":{pair.Value}")) + "}";
    }
}
