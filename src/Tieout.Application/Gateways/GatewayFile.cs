using Tieout.Application.Settings;
using Tieout.Domain;
using Tieout.Domain.Cash;
using Tieout.Domain.Cash.Gateway;

namespace Tieout.Application.Gateways;

/// <summary>The payment gateways of a file; docs/cash.md describes every setting.</summary>
public static class GatewayFile
{
    private const int LongestName = 30;
    private const int MostSecrets = 2;
    private const int LongestTolerance = 3_600;

    /// <summary>The gateways in a YAML file, their secrets fetched from where the file points.</summary>
    /// <exception cref="SettingsException">
    /// Not YAML, an unknown or missing key, a secret written down, two gateways of one name. The message names file, line and key, never a
    /// secret.
    /// </exception>
    public static IReadOnlyList<GatewaySettings> Read(string path)
    {
        var top = SettingsNode.Load(path).Allow("gateways");
        var folder = Path.GetDirectoryName(Path.GetFullPath(path))!;
        List<GatewaySettings> gateways = [];
        foreach (var node in top.Need("gateways").Items())
        {
            var gateway = Gateway(node, folder);
            if (gateways.Exists(other => other.Name == gateway.Name)) throw node.Error($"two gateways are named '{gateway.Name}'.");
            gateways.Add(gateway);
        }
        return gateways;
    }

    private static GatewaySettings Gateway(SettingsNode node, string folder)
    {
        node.Allow("name", "provider", "account", "mode", "legal-entity", "legal-entities", "lost-disputes", "signing-secret", "tolerance-seconds");
        node.Need("provider").OneOf("stripe");
        return new GatewaySettings(
            Name(node.Need("name")),
            node.Find("account")?.Text() ?? "",
            node.Find("mode")?.OneOf("live", "test") != "test",
            node.Find("lost-disputes")?.OneOf(Words.Of(LostTo.BadDebt), Words.Of(LostTo.OwedAgain)) is { } word ? Words.Parse<LostTo>(word) : LostTo.BadDebt,
            LegalEntities(node),
            Secrets(node.Need("signing-secret"), folder),
            node.Find("tolerance-seconds")?.Integer(1, LongestTolerance) ?? StripeSignature.Tolerance);
    }

    private static string Name(SettingsNode node)
    {
        var name = node.Text();
        return name.All(letter => char.IsAsciiLetterLower(letter) || char.IsAsciiDigit(letter) || letter == '-') && name.Length <= LongestName
            ? name
            : throw node.Error("small letters, digits and dashes only, at most 30, such as stripe-us.");
    }

    private static Dictionary<string, string> LegalEntities(SettingsNode node)
    {
        var (one, several) = (node.Find("legal-entity"), node.Find("legal-entities"));
        if (one is null && several is null) throw node.Error("'legal-entity' is missing, or 'legal-entities' with one for each currency.");
        Dictionary<string, string> entities = new(StringComparer.Ordinal);
        if (one is not null) entities[""] = one.Text();
        foreach (var (currency, entity) in several?.Entries() ?? [])
        {
            if (!Currency.TryOf(currency, out _)) throw entity.Error($"'{currency}' is no currency; write it as USD.");
            entities[currency] = entity.Text();
        }
        return entities;
    }

    private static IReadOnlyList<string> Secrets(SettingsNode node, string folder)
    {
        IReadOnlyList<string> secrets = node.IsList ? [.. node.Items().Select(item => SecretSetting.Read(item, folder))] : [SecretSetting.Read(node, folder)];
        return secrets.Count is >= 1 and <= MostSecrets ? secrets : throw node.Error("one secret is expected here, or two while one is rolled.");
    }
}
