using Tieout.Application.Settings;
using Tieout.Connectors.Port;
using Tieout.Domain.Intake;
using Tieout.Domain.Posting;

namespace Tieout.Application.Tax;

/// <summary>A tax engine as the file has it.</summary>
/// <param name="Settings">For its connector.</param>
/// <param name="Policy">How patient telling it is.</param>
/// <param name="LegalEntities">Codes of the legal entities whose invoices it keeps.</param>
/// <param name="From">Invoices dated before this day are not told.</param>
public sealed record ConfiguredTaxEngine(TaxEngineSettings Settings, PostingPolicy Policy, IReadOnlyList<string> LegalEntities, DateOnly From);

/// <summary>The tax engines and whose invoices they keep; docs/tax.md describes every setting.</summary>
public static class TaxEngineFile
{
    /// <summary>The engines in a YAML file, their secrets fetched from where the file points.</summary>
    /// <exception cref="SettingsException">
    /// Not YAML, an unknown or missing key, a secret written down, two engines of one name or for one legal entity. The message
    /// names file, line and key, never a secret.
    /// </exception>
    public static IReadOnlyList<ConfiguredTaxEngine> Read(string path)
    {
        var top = SettingsNode.Load(path).Allow("tax-engines");
        var folder = Path.GetDirectoryName(Path.GetFullPath(path))!;
        List<ConfiguredTaxEngine> engines = [];
        foreach (var node in top.Need("tax-engines").Items())
        {
            var engine = Engine(node, folder);
            if (engines.Exists(other => other.Settings.Name == engine.Settings.Name)) throw node.Error($"two engines are named '{engine.Settings.Name}'.");
            if (engines.SelectMany(other => other.LegalEntities).Intersect(engine.LegalEntities, StringComparer.Ordinal).FirstOrDefault() is { } twice)
                throw node.Error($"legal entity '{twice}' has an engine already; its invoices go to one.");
            engines.Add(engine);
        }
        return engines;
    }

    private static ConfiguredTaxEngine Engine(SettingsNode node, string folder)
    {
        node.Allow(
            "name", "system", "url", "user", "password", "company", "seller", "tax-codes", "code", "timeout-seconds", "legal-entities", "from",
            "attempts", "first-pause-seconds", "longest-pause-seconds", "absence-proof-seconds");
        var timeout = node.Find("timeout-seconds")?.Integer(1, 600) is { } seconds ? TimeSpan.FromSeconds(seconds) : TaxEngines.UsualTimeout;
        var settings = new TaxEngineSettings(
            Name(node.Need("name")),
            node.Need("system").OneOf([.. TaxEngines.Systems]),
            SecretSetting.Url(node.Need("url")),
            node.Need("user").Text(),
            SecretSetting.Read(node.Need("password"), folder),
            node.Need("company").Text(),
            Seller(node.Need("seller")),
            node.Find("tax-codes")?.Entries().ToDictionary(entry => entry.Key, entry => entry.Value.Text(), StringComparer.Ordinal) ?? [],
            timeout)
        {
            Code = Code(node.Find("code")),
        };
        return new ConfiguredTaxEngine(
            settings, Policy(node, timeout), [.. node.Need("legal-entities").Items().Select(item => item.Text())], node.Need("from").Date());
    }

    private static string Name(SettingsNode node)
    {
        var name = node.Text();
        return name.All(letter => char.IsAsciiLetterLower(letter) || char.IsAsciiDigit(letter) || letter == '-') && name.Length <= 40
            ? name
            : throw node.Error("small letters, digits and dashes only, at most 40, such as avatax-us.");
    }

    // Our tax code of a place; ERPs have one of theirs for each.
    private static string Code(SettingsNode? node)
    {
        if (node is null) return TaxEngineSettings.UsualCode;
        var code = node.Text();
        var rest = code.Replace("{country}", "", StringComparison.Ordinal).Replace("{region}", "", StringComparison.Ordinal);
        return code.Length is > 0 and <= 40 && rest.All(letter => char.IsAsciiLetterOrDigit(letter) || letter == '-')
            ? code
            : throw node.Error("letters, digits, dashes, {country} and {region} only, such as {country}-{region}.");
    }

    private static TaxAddress Seller(SettingsNode node)
    {
        node.Allow("country", "region", "postcode", "city", "line1");
        var country = node.Need("country");
        if (FieldRules.OfCountry(country.Text()) is { } bad) throw country.Error($"this {bad.Reason}. {bad.Remedy}");
        return new TaxAddress(
            country.Text(), node.Find("region")?.Text() ?? "", node.Find("postcode")?.Text() ?? "",
            node.Find("city")?.Text() ?? "", node.Find("line1")?.Text() ?? "");
    }

    private static PostingPolicy Policy(SettingsNode node, TimeSpan timeout)
    {
        var usual = PostingPolicy.Default;
        TimeSpan Seconds(string key, int most, TimeSpan otherwise) => node.Find(key)?.Integer(1, most) is { } seconds ? TimeSpan.FromSeconds(seconds) : otherwise;

        var policy = new PostingPolicy(
            node.Find("attempts")?.Integer(1, 1_000) ?? usual.Attempts,
            Seconds("first-pause-seconds", 3_600, usual.FirstPause),
            Seconds("longest-pause-seconds", 86_400, usual.LongestPause),
            Seconds("absence-proof-seconds", 86_400, usual.AbsenceProof));
        if (policy.LongestPause < policy.FirstPause) throw node.Error("'longest-pause-seconds' is shorter than 'first-pause-seconds'.");
        return policy.AbsenceProof >= timeout
            ? policy
            : throw node.Error("'absence-proof-seconds' is shorter than 'timeout-seconds': an invoice could still arrive after it was believed lost.");
    }
}
