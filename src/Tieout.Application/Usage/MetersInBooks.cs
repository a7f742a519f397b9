using Tieout.Application.Settings;
using Tieout.Domain;
using Tieout.Domain.Usage;

namespace Tieout.Application.Usage;

/// <summary>Reads the <c>meters</c> of a books file; docs/usage.md describes every key.</summary>
internal static class MetersInBooks
{
    /// <summary>The meters that are declared; none when the key is absent.</summary>
    /// <exception cref="SettingsException">An unknown or missing key, a value that cannot be meant, a code declared twice.</exception>
    public static IReadOnlyList<Meter> Read(SettingsNode top)
    {
        List<Meter> meters = [];
        foreach (var node in top.Find("meters")?.Items() ?? [])
        {
            var meter = Meter(node);
            if (meters.Exists(other => other.Code == meter.Code)) throw node.Error($"'{meter.Code}' is declared twice in this file.");
            meters.Add(meter);
        }
        return meters;
    }

    private static Meter Meter(SettingsNode node)
    {
        node.Allow("code", "name", "aggregation", "events", "value", "unique", "filter", "group-by", "keep-transactions", "negative", "hours-ahead");
        var code = node.Need("code").Text();
        var (meter, problems) = MeterRules.Judge(new MeterDraft(
            code, node.Find("name")?.Text() ?? code, AggregationOf(node.Need("aggregation")), Texts(node.Need("events")),
            node.Find("value")?.Text() ?? "", node.Find("unique")?.Text() ?? "",
            [.. (node.Find("filter")?.Items() ?? []).Select(Filter)], node.Find("group-by") is { } groups ? Texts(groups) : [],
            node.Find("keep-transactions")?.Flag() ?? false,
            node.Find("negative")?.OneOf("allowed", "refused") == "allowed",
            node.Find("hours-ahead")?.Integer(0, 8784) ?? 1));
        return meter ?? throw (node.Find(KeyOf(problems[0].Field)) ?? node).Error(problems[0].Problem);
    }

    private static Aggregation AggregationOf(SettingsNode node) =>
        Words.Parse<Aggregation>(node.OneOf([.. Enum.GetValues<Aggregation>().Select(Words.Of)]));

    // How the file writes what the draft calls otherwise.
    private static string KeyOf(string field) => field switch
    {
        "eventTypes" => "events",
        "valueProperty" => "value",
        "uniqueProperty" => "unique",
        "filters" => "filter",
        "groupBy" => "group-by",
        "keepTransactions" => "keep-transactions",
        "negativeAllowed" => "negative",
        "hoursAhead" => "hours-ahead",
        _ => field,
    };

    private static MeterFilter Filter(SettingsNode node)
    {
        node.Allow("property", "is", "in", "is-not");
        var property = node.Need("property").Text();
        var given = new[] { ("is", FilterOperator.Is), ("in", FilterOperator.In), ("is-not", FilterOperator.IsNot) }
            .Where(one => node.Find(one.Item1) is not null).ToArray();
        return given is [var (key, comparison)]
            ? new MeterFilter(property, comparison, Texts(node.Need(key)))
            : throw node.Error("a filter has one of 'is', 'in' and 'is-not'.");
    }

    private static string[] Texts(SettingsNode node) => node.IsList ? [.. node.Items().Select(item => item.Word())] : [node.Text()];
}
