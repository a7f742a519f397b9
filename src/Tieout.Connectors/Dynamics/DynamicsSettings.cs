using Tieout.Connectors.Port;

namespace Tieout.Connectors.Dynamics;

/// <summary>
/// A target as the Dynamics connector understands it. What differs from environment to environment, and what the vendor does not
/// document, is an option with a default; an option nobody knows is refused, because a typing error must not fall back in silence.
/// </summary>
internal sealed record DynamicsSettings
{
    /// <summary>Documents per delivery unless the target says otherwise: one call creates them, one call each posts them.</summary>
    public const int DefaultBatchSize = 20;

    /// <summary>Calls at once unless the target says otherwise; the environment's limits are by load, not by number.</summary>
    public const int DefaultSlots = 4;

    /// <summary>Posts by an OData action on the journal's header.</summary>
    public const string ByAction = "action";

    /// <summary>Posts by a custom service.</summary>
    public const string ByService = "service";

    /// <summary>The environment's own batch job posts; we only watch.</summary>
    public const string ByBatchJob = "batch";

    private const string ErrorPrefix = "error:";
    private const string ProfilePrefix = "posting-profile:";
    private const string DimensionPrefix = "dimension:";

    private static readonly Dictionary<string, string> Defaults = new(StringComparer.Ordinal)
    {
        ["tenant"] = "",                            // Entra tenant, id or domain; needed unless token-url is whole
        ["token-url"] = "https://login.microsoftonline.com/{tenant}/oauth2/v2.0/token",
        ["scope"] = "",                             // empty: the environment's address and /.default
        ["journal-name"] = "GenJrn",                // journal of type Daily, voucher numbers entered by hand
        ["payment-journal-name"] = "CustPay",       // journal of type Customer payment, the same
        ["posting"] = ByAction,
        ["post-action"] = "Microsoft.Dynamics.DataEntities.post",
        ["post-service"] = "/api/services/TieoutServices/JournalPosting/post",
        ["ledger-dimensions"] = "",                 // Ledger dimension format after the main account, by commas
        ["default-dimensions"] = "",                // Default dimension format, by commas
        ["dimension-separator"] = "-",
        ["customer-group"] = "",                    // of customers we create; empty: we create none
        ["entries-entity"] = "GeneralJournalAccountEntries",
        ["entries-company-field"] = "dataAreaId",
    };

    private readonly Dictionary<string, string> _options;
    private readonly Dictionary<string, string> _profiles;
    private readonly Dictionary<string, string> _accountsOfProfiles;

    private DynamicsSettings(TargetSettings target, Dictionary<string, string> options, Dictionary<string, string> profiles)
    {
        (Target, _options, _profiles) = (target, options, profiles);
        Dimensions = new DimensionFormats(Names("ledger-dimensions"), Names("default-dimensions"), options["dimension-separator"][0]);
        // By our account or by theirs.
        _accountsOfProfiles = profiles.DistinctBy(profile => profile.Value, StringComparer.Ordinal)
            .ToDictionary(profile => profile.Value, profile => target.Accounts.GetValueOrDefault(profile.Key, profile.Key), StringComparer.Ordinal);
    }

    /// <summary>The target itself.</summary>
    public TargetSettings Target { get; }

    public int BatchSize => Target.BatchSize ?? DefaultBatchSize;
    public int Slots => Target.Slots ?? DefaultSlots;
    public string ClientId => Target.User;
    public string ClientSecret => Target.Password;

    /// <summary>The legal entity, <c>dataAreaId</c>.</summary>
    public string Company => Target.Company;

    public string JournalName => _options["journal-name"];
    public string PaymentJournalName => _options["payment-journal-name"];
    public string Posting => _options["posting"];
    public string PostAction => _options["post-action"];
    public string PostService => _options["post-service"];
    public string CustomerGroup => _options["customer-group"];
    public string EntriesEntity => _options["entries-entity"];
    public string EntriesCompanyField => _options["entries-company-field"];

    /// <summary>Display values of accounts and dimensions.</summary>
    public DimensionFormats Dimensions { get; }

    /// <summary>Our word of a dimension to theirs.</summary>
    public IReadOnlyDictionary<string, string> DimensionNames { get; private init; } = ErpDimension.None;

    /// <summary>What a piece of a refusal's text means; see <see cref="DynamicsFindings"/>.</summary>
    public IReadOnlyDictionary<string, string> Errors { get; private init; } = DynamicsFindings.DefaultMeanings;

    public Uri TokenUrl { get; private init; } = null!;

    /// <summary>For the whole environment; without a slash before the dot, or Entra takes it for another resource.</summary>
    public string Scope => _options["scope"] is { Length: > 0 } named ? named : Target.Url.GetLeftPart(UriPartial.Authority) + "/.default";

    /// <summary>The account that customers' debts are kept on where no posting profile says otherwise.</summary>
    public string Receivable => Target.Accounts.GetValueOrDefault("receivable", "");

    /// <summary>An address of the environment.</summary>
    /// <param name="path">From the root, with its slash; encoded already.</param>
    public Uri Address(string path) => new(Target.Url.GetLeftPart(UriPartial.Path).TrimEnd('/') + path);

    /// <summary>
    /// The posting profile of a customer's line; empty for the environment's default one, null when the line asks for an account that no
    /// profile leads to.
    /// </summary>
    /// <param name="ledgerAccount">Ours.</param>
    /// <param name="chosen">Their account, when an account rule chose one; empty otherwise.</param>
    public string? ProfileOf(string ledgerAccount, string chosen)
    {
        if (chosen.Length > 0 && _profiles.TryGetValue(chosen, out var byAccount)) return byAccount;
        if (chosen.Length > 0 && chosen != Target.Accounts.GetValueOrDefault(ledgerAccount, "")) return chosen == Receivable ? Receivables : null;
        if (_profiles.TryGetValue(ledgerAccount, out var byWord)) return byWord;
        return ledgerAccount == "receivable" ? "" : null;
    }

    /// <summary>The account a posting profile keeps debts on.</summary>
    public string AccountOfProfile(string profile) => _accountsOfProfiles.GetValueOrDefault(profile, Receivable);

    private string Receivables => _profiles.GetValueOrDefault("receivable", "");

    /// <summary>Reads a target.</summary>
    /// <exception cref="ArgumentException">A setting is missing, unknown or not possible; the message names it.</exception>
    public static DynamicsSettings Of(TargetSettings target)
    {
        ArgumentException Wrong(string what) => new($"Target '{target.Name}': {what}", nameof(target));

        if (!target.Url.IsAbsoluteUri || target.Url.Scheme is not ("http" or "https")) throw Wrong("url is not an http(s) address.");
        if (target.Company.Length is 0 or > 4 || !target.Company.All(char.IsAsciiLetterOrDigit))
            throw Wrong("company must be a legal entity (dataAreaId) of at most 4 letters and digits.");
        var options = new Dictionary<string, string>(Defaults, StringComparer.Ordinal);
        var errors = new Dictionary<string, string>(DynamicsFindings.DefaultMeanings, StringComparer.OrdinalIgnoreCase);
        Dictionary<string, string> profiles = new(StringComparer.Ordinal), dimensions = new(StringComparer.Ordinal);
        foreach (var (name, value) in target.Options)
        {
            if (name.StartsWith(ErrorPrefix, StringComparison.Ordinal))
                errors[name[ErrorPrefix.Length..]] = DynamicsFindings.IsMeaning(value)
                    ? value
                    : throw Wrong($"option '{name}' must be one of {string.Join(", ", DynamicsFindings.Meanings)}.");
            else if (name.StartsWith(ProfilePrefix, StringComparison.Ordinal)) profiles[name[ProfilePrefix.Length..]] = value;
            else if (name.StartsWith(DimensionPrefix, StringComparison.Ordinal)) dimensions[name[DimensionPrefix.Length..]] = value;
            else if (Defaults.ContainsKey(name)) options[name] = value;
            else throw Wrong($"option '{name}' is not known; known are {string.Join(", ", Defaults.Keys)}, {ProfilePrefix}<account>, "
                + $"{DimensionPrefix}<dimension> and {ErrorPrefix}<text>.");
        }
        Check(options, dimensions, Wrong);
        return new DynamicsSettings(target, options, profiles) { Errors = errors, DimensionNames = dimensions, TokenUrl = Token(options, Wrong) };
    }

    private static void Check(Dictionary<string, string> options, Dictionary<string, string> dimensions, Func<string, ArgumentException> wrong)
    {
        if (options["posting"] is not (ByAction or ByService or ByBatchJob)) throw wrong($"option 'posting' must be {ByAction}, {ByService} or {ByBatchJob}.");
        if (options["dimension-separator"].Length != 1) throw wrong("option 'dimension-separator' must be one character.");
        var known = Split(options["ledger-dimensions"]).Concat(Split(options["default-dimensions"])).ToHashSet(StringComparer.Ordinal);
        foreach (var (word, name) in dimensions)
        {
            if (!ErpDimension.All.Contains(word, StringComparer.Ordinal))
                throw wrong($"option '{DimensionPrefix}{word}' names no dimension of ours; they are {string.Join(", ", ErpDimension.All)}.");
            if (!known.Contains(name)) throw wrong($"option '{DimensionPrefix}{word}' names '{name}', which stands in neither dimension format.");
        }
    }

    private static Uri Token(Dictionary<string, string> options, Func<string, ArgumentException> wrong)
    {
        var text = options["token-url"];
        if (text.Contains("{tenant}", StringComparison.Ordinal))
        {
            if (options["tenant"].Length == 0) throw wrong("option 'tenant' is needed: the Entra tenant, by id or domain.");
            text = text.Replace("{tenant}", Uri.EscapeDataString(options["tenant"]), StringComparison.Ordinal);
        }
        // Our secret goes there.
        return Uri.TryCreate(text, UriKind.Absolute, out var url) && (url.Scheme == "https" || (url.Scheme == "http" && url.IsLoopback))
            ? url
            : throw wrong("option 'token-url' must be an https address.");
    }

    private IReadOnlyList<string> Names(string option) => Split(_options[option]);

    private static string[] Split(string names) => names.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
}
