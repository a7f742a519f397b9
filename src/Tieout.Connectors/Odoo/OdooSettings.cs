using System.Globalization;
using Tieout.Connectors.Port;

namespace Tieout.Connectors.Odoo;

/// <summary>
/// A target as the Odoo connector understands it. What differs from database to database is an option with a default; an option nobody
/// knows is refused, because a typing error must not fall back in silence.
/// </summary>
internal sealed record OdooSettings
{
    /// <summary>Documents per delivery unless the target says otherwise.</summary>
    public const int DefaultBatchSize = 20;

    /// <summary>Calls at once unless the target says otherwise: numbers of one journal are given one after the other.</summary>
    public const int DefaultSlots = 2;

    private const string ErrorPrefix = "error:";
    private const string DimensionPrefix = "dimension:";

    private static readonly Dictionary<string, string> Defaults = new(StringComparer.Ordinal)
    {
        ["database"] = "",                  // needed
        ["journal"] = "INV",                // code of the journal of invoices and credit notes; ours alone
        ["entry-journal"] = "MISC",         // code of the journal of entries; ours alone
        ["number"] = "ours",                // ours: our number is the move's own; theirs: Odoo gives one and ours stands in its reference only
        ["create-customers"] = "true",
        ["page-size"] = "500",
        ["lock-fields"] = "fiscalyear_lock_date,tax_lock_date,sale_lock_date,hard_lock_date",
    };

    private readonly Dictionary<string, string> _options;

    private OdooSettings(TargetSettings target, Dictionary<string, string> options) => (Target, _options) = (target, options);

    /// <summary>The target itself.</summary>
    public TargetSettings Target { get; }

    public int BatchSize => Target.BatchSize ?? DefaultBatchSize;
    public int Slots => Target.Slots ?? DefaultSlots;
    public string Database => _options["database"];
    public string Journal => _options["journal"];
    public string EntryJournal => _options["entry-journal"];

    /// <summary>Our number is the move's own, of which Odoo lets only one be posted in a journal.</summary>
    public bool NumberIsOurs => _options["number"] == "ours";

    public bool CreatesCustomers => _options["create-customers"] == "true";

    /// <summary>Rows per question.</summary>
    public int PageSize { get; private init; }

    /// <summary>Fields of the company that hold a day up to which its books are closed.</summary>
    public IReadOnlyList<string> LockFields { get; private init; } = [];

    /// <summary>Our word of a dimension to the name of their analytic plan.</summary>
    public IReadOnlyDictionary<string, string> Plans { get; private init; } = ErpDimension.None;

    /// <summary>What a piece of a refusal's text means; see <see cref="OdooFindings"/>.</summary>
    public IReadOnlyDictionary<string, string> Errors { get; private init; } = OdooFindings.DefaultMeanings;

    /// <summary>Where calls go.</summary>
    public Uri Address => new(Target.Url.GetLeftPart(UriPartial.Path).TrimEnd('/') + "/jsonrpc");

    /// <summary>Reads a target.</summary>
    /// <exception cref="ArgumentException">A setting is missing, unknown or not possible; the message names it.</exception>
    public static OdooSettings Of(TargetSettings target)
    {
        ArgumentException Wrong(string what) => new($"Target '{target.Name}': {what}", nameof(target));

        if (!target.Url.IsAbsoluteUri || target.Url.Scheme is not ("http" or "https")) throw Wrong("url is not an http(s) address.");
        if (target.Company.Length == 0) throw Wrong("company must be the name of a company in Odoo.");
        var options = new Dictionary<string, string>(Defaults, StringComparer.Ordinal);
        var errors = new Dictionary<string, string>(OdooFindings.DefaultMeanings, StringComparer.OrdinalIgnoreCase);
        Dictionary<string, string> plans = new(StringComparer.Ordinal);
        foreach (var (name, value) in target.Options)
        {
            if (name.StartsWith(ErrorPrefix, StringComparison.Ordinal))
                errors[name[ErrorPrefix.Length..]] = OdooFindings.IsMeaning(value)
                    ? value
                    : throw Wrong($"option '{name}' must be one of {string.Join(", ", OdooFindings.Meanings)}.");
            else if (name.StartsWith(DimensionPrefix, StringComparison.Ordinal))
                plans[ErpDimension.All.Contains(name[DimensionPrefix.Length..], StringComparer.Ordinal)
                    ? name[DimensionPrefix.Length..]
                    : throw Wrong($"option '{name}' names no dimension of ours; they are {string.Join(", ", ErpDimension.All)}.")] = value;
            else if (Defaults.ContainsKey(name)) options[name] = value;
            else throw Wrong($"option '{name}' is not known; known are {string.Join(", ", Defaults.Keys)}, "
                + $"{DimensionPrefix}<dimension> and {ErrorPrefix}<text>.");
        }
        return new OdooSettings(target, options)
        {
            Errors = errors,
            Plans = plans,
            PageSize = Check(options, Wrong),
            LockFields = options["lock-fields"].Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries),
        };
    }

    private static int Check(Dictionary<string, string> options, Func<string, ArgumentException> wrong)
    {
        if (options["database"].Length == 0) throw wrong("option 'database' is needed: the name of Odoo's database.");
        if (options["number"] is not ("ours" or "theirs")) throw wrong("option 'number' must be ours or theirs.");
        if (options["create-customers"] is not ("true" or "false")) throw wrong("option 'create-customers' must be true or false.");
        if (options["journal"] == options["entry-journal"]) throw wrong("options 'journal' and 'entry-journal' must name two journals.");
        return int.TryParse(options["page-size"], NumberStyles.None, CultureInfo.InvariantCulture, out var size) && size is > 0 and <= 5000
            ? size
            : throw wrong("option 'page-size' must be a whole number from 1 to 5000.");
    }
}
