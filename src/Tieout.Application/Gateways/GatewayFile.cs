using System.Globalization;
using Tieout.Application.Settings;
using Tieout.Connectors.Stripe;
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
    private const int MostMinutes = 1_440;

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
        node.Allow("name", "provider", "account", "mode", "legal-entity", "legal-entities", "lost-disputes", "signing-secret", "tolerance-seconds",
            "secret-key", "api-version", "url", "fetch-minutes");
        node.Need("provider").OneOf("stripe");
        return new GatewaySettings(
            Name(node.Need("name")),
            node.Find("account")?.Text() ?? "",
            node.Find("mode")?.OneOf("live", "test") != "test",
            node.Find("lost-disputes")?.OneOf(Words.Of(LostTo.BadDebt), Words.Of(LostTo.OwedAgain)) is { } word ? Words.Parse<LostTo>(word) : LostTo.BadDebt,
            LegalEntities(node),
            Secrets(node.Need("signing-secret"), folder),
            node.Find("tolerance-seconds")?.Integer(1, LongestTolerance) ?? StripeSignature.Tolerance)
        {
            Api = Api(node, folder),
        };
    }

    private static GatewayApi? Api(SettingsNode node, string folder)
    {
        if (node.Find("secret-key") is not { } key)
            return new[] { "api-version", "url", "fetch-minutes" }.Select(node.Find).FirstOrDefault(one => one is not null) is { } other
                ? throw other.Error("its API is asked with a 'secret-key', which is missing.")
                : null;
        return new GatewayApi(
            node.Find("url") is { } url ? Url(url) : StripeAccess.UsualUrl,
            SecretSetting.Read(key, folder),
            node.Find("api-version") is { } version ? Version(version) : StripeAccess.UsualVersion,
            node.Find("fetch-minutes")?.Integer(0, MostMinutes) is { } minutes ? TimeSpan.FromMinutes(minutes) : GatewayApi.UsualEvery);
    }

    // The key is never sent where others can read it.
    private static Uri Url(SettingsNode node) => SecretSetting.Url(node) is var url && (url.Scheme == Uri.UriSchemeHttps || url.IsLoopback)
        ? url
        : throw node.Error("an address with https:// is expected here; http:// only on this machine.");

    private static string Version(SettingsNode node)
    {
        var version = node.Text();
        var read = DateOnly.TryParseExact(version.Split('.')[0], "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out _);
        return read && version.Length <= 40 && version.All(letter => char.IsAsciiLetterOrDigit(letter) || letter is '-' or '.')
            ? version
            : throw node.Error($"a version of Stripe's API is expected here, such as {StripeAccess.UsualVersion}.");
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
