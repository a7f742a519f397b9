using System.Security.Cryptography;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using Tieout.Application.Posting.Lanes;
using Tieout.Application.Settings;
using Tieout.Connectors.Port;
using Tieout.Domain.Ledger;
using Tieout.Domain.Posting;
using Tieout.Domain.Posting.Lanes;
using Tieout.Domain.Revenue;

namespace Tieout.Application.Posting;

/// <summary>The ERP tenants and which legal entity's documents go to which; docs/targets.md describes every setting.</summary>
public sealed record TargetFile(IReadOnlyList<ConfiguredTarget> Targets, IReadOnlyList<Route> Routes)
{
    private static readonly JsonSerializerOptions Plain = new()
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    };

    /// <summary>Codes of the legal entities routed to a target.</summary>
    public IReadOnlyList<string> LegalEntitiesOf(string target) =>
        [.. Routes.Where(route => route.Target == target).Select(route => route.LegalEntity)];

    /// <summary>The targets in a YAML file, their passwords fetched from where the file points.</summary>
    /// <param name="path">The file; a password file in it is looked for beside it.</param>
    /// <param name="systems">The systems there are connectors for.</param>
    /// <exception cref="SettingsException">
    /// Not YAML, an unknown or missing key, a password written down, a secret that is not there, two targets of one name, a route
    /// to nowhere. The message names file, line and key, never a secret.
    /// </exception>
    public static TargetFile Read(string path, IReadOnlyList<string> systems)
    {
        var top = SettingsNode.Load(path).Allow("targets", "routes");
        var folder = Path.GetDirectoryName(Path.GetFullPath(path))!;
        List<ConfiguredTarget> targets = [];
        foreach (var node in top.Need("targets").Items())
        {
            var target = Target(node, folder, systems);
            if (targets.Exists(other => other.Settings.Name == target.Settings.Name))
                throw node.Error($"two targets are named '{target.Settings.Name}'.");
            targets.Add(target);
        }
        return new TargetFile(targets, RoutesOf(top, targets));
    }

    private static List<Route> RoutesOf(SettingsNode top, List<ConfiguredTarget> targets)
    {
        List<Route> routes = [];
        foreach (var node in top.Find("routes")?.Items() ?? [])
        {
            node.Allow("legal-entity", "target");
            var route = new Route(node.Need("legal-entity").Text(), node.Need("target").Text());
            if (!targets.Exists(target => target.Settings.Name == route.Target))
                throw node.Need("target").Error($"there is no target '{route.Target}'; "
                    + $"there are {string.Join(", ", targets.Select(target => target.Settings.Name))}.");
            if (routes.Exists(other => other.LegalEntity == route.LegalEntity))
                throw node.Error($"legal entity '{route.LegalEntity}' has a route already; its documents go to one target.");
            routes.Add(route);
        }
        return routes;
    }

    private static ConfiguredTarget Target(SettingsNode node, string folder, IReadOnlyList<string> systems)
    {
        node.Allow(
            "name", "system", "url", "user", "password", "company", "accounts", "taxes", "options", "batch-size", "slots", "timeout-seconds",
            "confirmations", "attempts", "first-pause-seconds", "longest-pause-seconds", "absence-proof-seconds", "lane", "revenue");
        var system = node.Need("system").OneOf([.. systems]);
        var settings = new TargetSettings(
            Name(node.Need("name")),
            system,
            ErpConnectors.ExchangesFiles(system) ? SecretSetting.Folder(node.Need("url")) : SecretSetting.Url(node.Need("url")),
            node.Need("user").Text(),
            SecretSetting.Read(node.Need("password"), folder),
            node.Need("company").Text(),
            Accounts(node.Need("accounts")),
            Words(node.Find("taxes")),
            Words(node.Find("options")),
            node.Find("batch-size")?.Integer(1, 10_000),
            node.Find("slots")?.Integer(1, 64),
            Seconds(node, "timeout-seconds", 600) ?? ErpConnectors.UsualTimeout(system),
            Version: "")
        {
            Confirmations = node.Find("confirmations") is { } login ? Login(login, folder) : null,
            Revenue = node.Find("revenue") is { } detail
                ? Domain.Words.Parse<RevenueDetail>(detail.OneOf([.. Enum.GetValues<RevenueDetail>().Select(Domain.Words.Of)]))
                : RevenueDetail.Summarised,
        };
        return new ConfiguredTarget(settings with { Version = Hash(Rules(settings)) }, PolicyOf(node, settings.Timeout)) { Lane = LaneFile.Read(node.Find("lane")) };
    }

    // Basic, as an ERP's outbound service speaks it: no colon in the user.
    private static ConfirmationLogin Login(SettingsNode node, string folder)
    {
        node.Allow("user", "secret");
        var user = node.Need("user").Text();
        if (user.Contains(':', StringComparison.Ordinal)) throw node.Need("user").Error("no colon in the user.");
        var secret = SecretSetting.Read(node.Need("secret"), folder);
        return secret.Length >= ConfirmationLogin.ShortestSecret
            ? new ConfirmationLogin(user, secret)
            : throw node.Need("secret").Error($"the secret has fewer than {ConfirmationLogin.ShortestSecret} characters; whoever knows it can speak for the ERP.");
    }

    private static string Name(SettingsNode node)
    {
        var name = node.Text();
        return name.All(letter => char.IsAsciiLetterLower(letter) || char.IsAsciiDigit(letter) || letter == '-') && name.Length <= 40
            ? name
            : throw node.Error("small letters, digits and dashes only, at most 40, such as tryton-us.");
    }

    private static Dictionary<string, string> Accounts(SettingsNode node)
    {
        node.Allow([.. LedgerAccount.All, .. node.Entries().Select(entry => entry.Key).Where(LedgerAccount.IsKnown)]);
        foreach (var account in LedgerAccount.Invoiced) node.Need(account);
        return Words(node);
    }

    private static Dictionary<string, string> Words(SettingsNode? node) =>
        node?.Entries().ToDictionary(entry => entry.Key, entry => entry.Value.Text(), StringComparer.Ordinal) ?? [];

    private static PostingPolicy PolicyOf(SettingsNode node, TimeSpan timeout)
    {
        var usual = PostingPolicy.Default;
        var policy = new PostingPolicy(
            node.Find("attempts")?.Integer(1, 1_000) ?? usual.Attempts,
            Seconds(node, "first-pause-seconds", 3_600) ?? usual.FirstPause,
            Seconds(node, "longest-pause-seconds", 86_400) ?? usual.LongestPause,
            Seconds(node, "absence-proof-seconds", 86_400) ?? usual.AbsenceProof);
        if (policy.LongestPause < policy.FirstPause) throw node.Error("'longest-pause-seconds' is shorter than 'first-pause-seconds'.");
        return policy.AbsenceProof >= timeout
            ? policy
            : throw node.Error("'absence-proof-seconds' is shorter than 'timeout-seconds': "
                + "a document could still arrive after it was believed lost.");
    }

    private static TimeSpan? Seconds(SettingsNode node, string key, int most) =>
        node.Find(key)?.Integer(1, most) is { } seconds ? TimeSpan.FromSeconds(seconds) : null;

    /// <summary>
    /// What decides how a document is booked, as JSON with sorted keys: no secret, and nothing that only tunes speed or
    /// patience. Its hash is the version; it is kept with the version that postings name.
    /// </summary>
    internal static string Rules(TargetSettings settings) => JsonSerializer.Serialize(
        new
        {
            name = settings.Name,
            system = settings.System,
            url = settings.Url.AbsoluteUri,
            company = settings.Company,
            accounts = Sorted(settings.Accounts),
            taxes = Sorted(settings.Taxes),
            options = Sorted(settings.Options),
            // What is usual is left out, so that versions from before it could be chosen stay as they are.
            revenue = settings.Revenue == RevenueDetail.Summarised ? null : Domain.Words.Of(settings.Revenue),
        }, Plain);

    private static SortedDictionary<string, string> Sorted(IReadOnlyDictionary<string, string> words) =>
        new(words.ToDictionary(pair => pair.Key, pair => pair.Value, StringComparer.Ordinal), StringComparer.Ordinal);

    private static string Hash(string rules) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(rules)))[..12];
}

/// <summary>A target as the file has it.</summary>
/// <param name="Settings">For its connector; the version is the hash of the rules.</param>
/// <param name="Policy">How patient delivery is with it.</param>
public sealed record ConfiguredTarget(TargetSettings Settings, PostingPolicy Policy)
{
    /// <summary>Its rate, hours and order.</summary>
    public LaneSettings Lane { get; init; } = LaneSettings.Default;
}

/// <summary>Documents of a legal entity go to a target.</summary>
public sealed record Route(string LegalEntity, string Target);
