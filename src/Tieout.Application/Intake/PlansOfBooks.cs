using System.Text.Json;
using Tieout.Application.Catalog;
using Tieout.Application.Settings;
using Tieout.Domain.Catalog;

namespace Tieout.Application.Intake;

/// <summary>Plans and discounts of a books file. They are read as the API reads them; what is wrong is told with file and line.</summary>
internal static class PlansOfBooks
{
    private const int MostVersions = 10_000;

    /// <summary>A plan: its prices alone, which are version 1 since always, or a list of versions.</summary>
    public static DeclaredPlan Read(SettingsNode node)
    {
        node.Allow(["code", "name", "product", "versions", .. PlanJson.VersionMembers]);
        var code = BooksFile.Text(node.Need("code"));
        var name = BooksFile.Text(node.Need("name"));
        var product = node.Find("product") is { } text ? BooksFile.Text(text) : null;
        var versions = node.Find("versions") is { } list ? Versions(node, list, code) : [Version(node, code, 1, PlanVersion.Always)];
        return new DeclaredPlan(code, name, [.. versions.SelectMany(version => version.Prices)]) { Product = product, Versions = versions };
    }

    /// <summary>A discount.</summary>
    public static Discount Discount(SettingsNode node) =>
        Checked(node, (json, problems) => DiscountJson.Read(json, problems))!;

    private static List<PlanVersion> Versions(SettingsNode plan, SettingsNode list, string code)
    {
        if (plan.Find("prices") is { } prices) throw prices.Error("prices stand in the versions; remove them here.");
        List<PlanVersion> versions = [];
        foreach (var node in list.Items())
        {
            node.Allow(["version", .. PlanJson.VersionMembers]);
            node.Need("effective-from");
            var version = Version(node, code, node.Need("version").Integer(1, MostVersions), PlanVersion.Always);
            if (versions.Exists(other => other.Version == version.Version)) throw node.Error($"version {version.Version} is declared twice in this plan.");
            if (versions.Exists(other => other.EffectiveFrom == version.EffectiveFrom))
                throw node.Error("another version of this plan begins on the same day.");
            versions.Add(version);
        }
        return versions.Count > 0 ? versions : throw list.Error("at least one version is expected here.");
    }

    private static PlanVersion Version(SettingsNode node, string code, int version, DateOnly otherwiseFrom)
    {
        node.Need("prices");
        return Checked(node, (json, problems) => PlanJson.Read(json, code, version, otherwiseFrom, problems));
    }

    private static T Checked<T>(SettingsNode node, Func<JsonFields, List<PriceProblem>, T> read)
    {
        List<PriceProblem> problems = [];
        var value = read(JsonFields.Top(JsonSerializer.SerializeToElement(node.ToJson()), problems), problems);
        if (problems.Count == 0) return value;
        throw new SettingsException(string.Join('\n', problems.Select(problem => node.At(problem.Field).Error($"{problem.Reason} {problem.Remedy}").Message)));
    }
}
