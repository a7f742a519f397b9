using System.Globalization;
using System.Text.Json.Nodes;

namespace Tieout.Shell.Tests.Invoicing.Stories;

/// <summary>A price as a story writes it, such as <c>at least 500.00 of 0.02 each</c>, as the catalogue reads it.</summary>
internal static class StoryPrice
{
    /// <summary>One row of the table of plans.</summary>
    /// <param name="currency">Of the price.</param>
    /// <param name="row">Component, what the customer reads, the price, how it is billed, when it is earned.</param>
    public static JsonObject Of(string currency, string[] row)
    {
        var steps = row[2].Split(" / ");
        var json = new JsonObject
        {
            ["component"] = row[0],
            ["currency"] = currency,
            ["recognition"] = row[4],
            ["description"] = row[1],
            ["model"] = Model(steps[0]),
        };
        json["terms"] = Terms(row[3]);
        if (steps.Length > 1) json["terms"]!["ramp"] = new JsonArray([.. steps[1..].Select(Step)]);
        return json;
    }

    private static JsonObject Terms(string words)
    {
        var terms = new JsonObject { ["interval"] = words.Split(' ', ',')[0] };
        if (words.Contains("from its own day", StringComparison.Ordinal)) terms["anchoring"] = "anniversary";
        if (words.Contains("in arrears", StringComparison.Ordinal)) terms["timing"] = "arrears";
        if (StoryWords.Find(@".*\busage of (\S+)", words) is [var meter])
        {
            terms["kind"] = "usage";
            terms["meter"] = meter;
        }
        return terms;
    }

    private static JsonNode Step(string words)
    {
        var of = StoryWords.Read($@"(?:after (\d+) months|from {StoryWords.Day}) (.+)", words);
        var step = new JsonObject { ["model"] = Model(of[2]) };
        if (of[0].Length > 0) step["months-in"] = int.Parse(of[0], CultureInfo.InvariantCulture);
        else step["from"] = of[1];
        return step;
    }

    private static JsonObject Model(string words)
    {
        var word = words.Split(' ');
        return word switch
        {
            [var amount, "flat"] => Type("flat", ("amount", amount)),
            [var price, "each"] => Type("per-unit", ("unit-price", price)),
            [var fee, "with", var units, "included,", var price, "above"] => Type("included", ("fee", fee), ("units", units), ("overage-price", price)),
            ["at", "least", var least, "of", ..] => Type("commitment", ("minimum", least), ("of", Model(string.Join(' ', word[4..])))),
            ["prepaid", var credit, "of", ..] => Type("prepaid", ("credit", credit), ("of", Model(string.Join(' ', word[3..])))),
            ["graduated:" or "volume:", ..] => Type(word[0][..^1], ("tiers", new JsonArray([.. string.Join(' ', word[1..]).Split(", ").Select(Tier)]))),
            _ => throw new FormatException($"No price: {words}"),
        };
    }

    private static JsonNode Tier(string words)
    {
        var of = StoryWords.Read(@"(?:up to (\S+)|above) at (\S+)(?: and (\S+) once)?", words);
        var tier = new JsonObject { ["unit-price"] = of[1] };
        if (of[0].Length > 0) tier["up-to"] = of[0];
        if (of[2].Length > 0) tier["flat-amount"] = of[2];
        return tier;
    }

    private static JsonObject Type(string type, params (string Name, JsonNode Value)[] members)
    {
        var json = new JsonObject { ["type"] = type };
        foreach (var (name, value) in members) json[name] = value;
        return json;
    }
}
