using System.Globalization;
using Tieout.Connectors.Port;

namespace Tieout.Connectors.NetSuite;

/// <summary>
/// A target as the NetSuite connector understands it. What differs from account to account, and what the vendor does not
/// document, is an option with a default; an option nobody knows is refused, because a typing error must not fall back in silence.
/// </summary>
internal sealed record NetSuiteSettings
{
    /// <summary>Documents per delivery unless the target says otherwise: they go one after the other, after one look for all.</summary>
    public const int DefaultBatchSize = 10;

    /// <summary>Calls at once unless the target says otherwise: the smallest account allows five, and somebody else may need one.</summary>
    public const int DefaultSlots = 4;

    /// <summary>In <see cref="TargetSettings.Taxes"/>: the account that the account rule names for <c>tax</c>.</summary>
    public const string RuleAccount = "tax";

    private const string ErrorPrefix = "error:";
    private const string DimensionPrefix = "dimension:";

    // The segments every account has. Others are custom ones, whose fields an option names.
    private static readonly Dictionary<string, string> UsualFields = new(StringComparer.Ordinal)
    {
        [ErpDimension.Department] = "department",
        [ErpDimension.Class] = "class",
        [ErpDimension.Location] = "location",
    };

    private static readonly Dictionary<string, string> Defaults = new(StringComparer.Ordinal)
    {
        ["certificate-id"] = "",                                     // key id that the M2M setup gave our certificate; needed
        ["audience"] = "",                                           // of the assertion; empty for the address of the token itself
        ["token-path"] = "/services/rest/auth/oauth2/v1/token",
        ["one-world"] = "true",                                      // false: the account has no subsidiaries
        ["approved"] = "true",                                       // journals are created approved; false leaves it to NetSuite's routing
        ["accounting-book"] = "1",                                   // the primary book; empty where the account knows no books
        ["customer-entity-id"] = "code",                             // auto: NetSuite numbers new customers
        ["confirm"] = "true",                                        // read back what was just sent: an upsert's answer says nothing of it
        ["tax-accounts"] = "",                                       // further accounts, by blanks, that account rules book taxes on
        ["page-size"] = "1000",                                      // rows of one answer
    };

    private readonly Dictionary<string, string> _options;
    private readonly HashSet<string> _taxAccounts;

    private NetSuiteSettings(TargetSettings target, Dictionary<string, string> options)
    {
        (Target, _options) = (target, options);
        var further = options["tax-accounts"].Split(' ', StringSplitOptions.RemoveEmptyEntries);
        _taxAccounts = [.. target.Taxes.Values.Select(TaxAccount).Append(Account(RuleAccount)).Concat(further).Where(account => account.Length > 0)];
    }

    /// <summary>The target itself.</summary>
    public TargetSettings Target { get; }

    public int BatchSize => Target.BatchSize ?? DefaultBatchSize;
    public int Slots => Target.Slots ?? DefaultSlots;
    public string ClientId => Target.User;

    /// <summary>PEM of the private key: the target's password, which comes from a file or from the environment.</summary>
    public string PrivateKey => Target.Password;

    public string CertificateId => _options["certificate-id"];
    public string TokenPath => _options["token-path"];
    public bool OneWorld => _options["one-world"] == "true";
    public bool Approved => _options["approved"] == "true";
    public bool Confirm => _options["confirm"] == "true";
    public string AccountingBook => _options["accounting-book"];
    public bool EntityIdIsOurCode => _options["customer-entity-id"] == "code";
    public int PageSize { get; private init; }

    /// <summary>Internal id of the subsidiary.</summary>
    public string Subsidiary => Target.Company;

    public string Audience => _options["audience"] is { Length: > 0 } named ? named : Address(TokenPath, "").AbsoluteUri;

    /// <summary>What customers owe is kept here.</summary>
    public string Receivable => Account("receivable");

    /// <summary>The line's field that a dimension of ours stands in; empty for none.</summary>
    public string FieldOf(string dimension) =>
        _options.GetValueOrDefault(DimensionPrefix + dimension) ?? UsualFields.GetValueOrDefault(dimension, "");

    /// <summary>What a vendor's error code means here; see <see cref="NetSuiteFindings"/>.</summary>
    public IReadOnlyDictionary<string, string> Errors { get; private init; } = NetSuiteFindings.DefaultMeanings;

    /// <summary>An address of the account.</summary>
    /// <param name="path">From the root, with its slash.</param>
    /// <param name="query">Encoded already; may be empty.</param>
    public Uri Address(string path, string query) => new UriBuilder(Target.Url)
    {
        Path = Target.Url.AbsolutePath.TrimEnd('/') + path,
        Query = query,
    }.Uri;

    /// <summary>The account a tax is booked on.</summary>
    /// <param name="theirs">What <see cref="TargetSettings.Taxes"/> has for it.</param>
    public string TaxAccount(string theirs) => theirs == RuleAccount ? Account(RuleAccount) : theirs;

    /// <summary>True for every account that any tax is booked on.</summary>
    public bool IsTax(string account) => _taxAccounts.Contains(account);

    /// <summary>The account as our books know it: whatever account a tax stands on, for us it is the one named for <c>tax</c>.</summary>
    public string NameOf(string account) => IsTax(account) ? Account(RuleAccount) : account;

    /// <summary>Every account of the rule, taxes included.</summary>
    public IReadOnlyCollection<string> AllAccounts() => [.. Target.Accounts.Values.Concat(_taxAccounts).Distinct(StringComparer.Ordinal)];

    /// <summary>Reads a target.</summary>
    /// <exception cref="ArgumentException">A setting is missing, unknown or not possible; the message names it.</exception>
    public static NetSuiteSettings Of(TargetSettings target)
    {
        ArgumentException Wrong(string what) => new($"Target '{target.Name}': {what}", nameof(target));

        if (!target.Url.IsAbsoluteUri || target.Url.Scheme is not ("http" or "https")) throw Wrong("url is not an http(s) address.");
        var (options, errors) = Options(target, Wrong);
        if (options["certificate-id"].Length == 0) throw Wrong("option 'certificate-id' is needed: the id that NetSuite gave our certificate.");
        if (options["one-world"] == "true" && !NetSuiteLimits.IsInternalId(target.Company))
            throw Wrong("company must be the internal id of a subsidiary, digits only.");
        foreach (var (name, account) in target.Accounts)
            if (!NetSuiteLimits.IsInternalId(account)) throw Wrong($"account '{name}' must be the internal id of an account, digits only.");
        foreach (var (code, account) in target.Taxes)
            if (account != RuleAccount && !NetSuiteLimits.IsInternalId(account))
                throw Wrong($"tax '{code}' must be the internal id of the account it is booked on, or the word '{RuleAccount}'.");
        if (!int.TryParse(options["page-size"], NumberStyles.None, CultureInfo.InvariantCulture, out var page) || page is 0 or > NetSuiteLimits.PageRows)
            throw Wrong(FormattableString.Invariant($"option 'page-size' must be a whole number from 1 to {NetSuiteLimits.PageRows}."));

        var settings = new NetSuiteSettings(target, options) { PageSize = page, Errors = errors };
        foreach (var (name, account) in target.Accounts)
            if (name != RuleAccount && settings.IsTax(account))
                throw Wrong($"account '{name}' is also an account of a tax; what is tax could then not be told from what is not.");
        return settings;
    }

    private static (Dictionary<string, string> Options, Dictionary<string, string> Errors) Options(
        TargetSettings target, Func<string, ArgumentException> wrong)
    {
        var options = new Dictionary<string, string>(Defaults, StringComparer.Ordinal);
        var errors = new Dictionary<string, string>(NetSuiteFindings.DefaultMeanings, StringComparer.Ordinal);
        foreach (var (name, value) in target.Options)
        {
            if (name.StartsWith(ErrorPrefix, StringComparison.Ordinal))
                errors[name[ErrorPrefix.Length..]] = NetSuiteFindings.IsMeaning(value)
                    ? value
                    : throw wrong($"option '{name}' must be one of {string.Join(", ", NetSuiteFindings.Meanings)}.");
            else if (name.StartsWith(DimensionPrefix, StringComparison.Ordinal))
                options[name] = ErpDimension.All.Contains(name[DimensionPrefix.Length..], StringComparer.Ordinal) && IsField(value)
                    ? value
                    : throw wrong($"option '{name}' must name one of {string.Join(", ", ErpDimension.All)} and a field of NetSuite's journal lines.");
            else if (Defaults.ContainsKey(name)) options[name] = value;
            else
                throw wrong($"option '{name}' is not known; known are {string.Join(", ", Defaults.Keys)}, "
                    + $"{DimensionPrefix}<dimension> and {ErrorPrefix}<code>.");
        }
        foreach (var flag in (string[])["one-world", "approved", "confirm"])
            if (options[flag] is not ("true" or "false")) throw wrong($"option '{flag}' must be true or false.");
        if (!options["tax-accounts"].Split(' ', StringSplitOptions.RemoveEmptyEntries).All(NetSuiteLimits.IsInternalId))
            throw wrong("option 'tax-accounts' must be internal ids of accounts, divided by blanks.");
        if (options["customer-entity-id"] is not ("code" or "auto")) throw wrong("option 'customer-entity-id' must be code or auto.");
        if (options["accounting-book"].Length > 0 && !NetSuiteLimits.IsInternalId(options["accounting-book"]))
            throw wrong("option 'accounting-book' must be the internal id of a book, or empty.");
        return (options, errors);
    }

    private static bool IsField(string name) => name.Length > 0 && name.All(letter => char.IsAsciiLetterOrDigit(letter) || letter == '_');

    private string Account(string name) => Target.Accounts.GetValueOrDefault(name, "");
}
