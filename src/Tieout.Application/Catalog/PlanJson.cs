using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Tieout.Domain;
using Tieout.Domain.Catalog;

namespace Tieout.Application.Catalog;

/// <summary>A version of a plan as JSON, and its fingerprint.</summary>
internal static class PlanJson
{
    /// <summary>The members of a version; whoever reads one adds those around it.</summary>
    public static readonly IReadOnlyList<string> VersionMembers = ["effective-from", "trial-days", "minimums", "prices"];

    /// <summary>
    /// A version, checked as a whole when every value of it could be read: problems of values would only bring more of them.
    /// </summary>
    public static PlanVersion Read(JsonFields json, string plan, int version, DateOnly otherwiseFrom, List<PriceProblem> problems, string path = "")
    {
        var before = problems.Count;
        List<Price> prices = [];
        foreach (var price in json.Need("prices")?.Items() ?? []) prices.Add(PriceJson.Read(price, plan, version));
        var read = new PlanVersion(plan, version, json.DateOrNone("effective-from") ?? otherwiseFrom, prices)
        {
            TrialDays = json.IntegerOr("trial-days", PlanVersion.LongestTrial, 0),
            Minimums = Minimums(json),
        };
        if (problems.Count == before) problems.AddRange(PlanRules.Check(read).Select(problem => problem with { Field = path + problem.Field }));
        return read;
    }

    /// <summary>The version in its canonical form: prices by component and currency, whatever order they were given in.</summary>
    public static JsonObject Of(PlanVersion version) => new()
    {
        ["effective-from"] = PriceJson.Day(version.EffectiveFrom),
        ["trial-days"] = ModelText.Number(version.TrialDays),
        ["minimums"] = Of(version.Minimums),
        ["prices"] = new JsonArray([.. version.Prices
            .OrderBy(price => price.Component, StringComparer.Ordinal).ThenBy(price => price.Currency.Code, StringComparer.Ordinal).Select(PriceJson.Of)]),
    };

    /// <summary>Minimums by currency.</summary>
    public static JsonObject Of(IReadOnlyList<Money> minimums)
    {
        var json = new JsonObject();
        foreach (var minimum in minimums.OrderBy(minimum => minimum.Currency.Code, StringComparer.Ordinal))
            json[minimum.Currency.Code] = ModelText.Number(minimum.Amount);
        return json;
    }

    /// <summary>SHA-256 of the canonical form: two versions with the same fingerprint say the same.</summary>
    public static string Fingerprint(PlanVersion version) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(Of(version).ToJsonString())));

    private static IReadOnlyList<Money> Minimums(JsonFields json)
    {
        List<Money> minimums = [];
        foreach (var (code, value) in json.Find("minimums")?.Allow([.. json.Find("minimums")!.Members().Select(member => member.Name)]).Members() ?? [])
        {
            if (!Currency.TryOf(code, out var currency))
                value.Add("unknown-currency", "The name is not a currency of ISO 4217.", "Write three capital letters, such as USD.");
            else if (value.AsNumber() is { } amount) minimums.Add(new Money(amount, currency));
        }
        return minimums;
    }
}
