using System.Globalization;
using Tieout.Connectors.Port;

namespace Tieout.Connectors.Tryton;

/// <summary>
/// A target as the Tryton connector understands it. An option nobody knows is refused, because a typing error must not fall
/// back in silence.
/// </summary>
internal sealed record TrytonSettings
{
    /// <summary>Documents per delivery unless the target says otherwise.</summary>
    public const int DefaultBatchSize = 100;

    /// <summary>
    /// Deliveries at once unless the target says otherwise. Numbers have no gaps, so every post waits for the one before it in
    /// the same company: measured, four clients at once post half of what one does.
    /// </summary>
    public const int DefaultSlots = 1;

    /// <summary>A post of 20 invoices takes 2 s on an idle machine and ten times that on a busy one.</summary>
    public static readonly TimeSpan UsualTimeout = TimeSpan.FromSeconds(120);

    private const string TermPrefix = "payment-term:";

    private static readonly Dictionary<string, string> Defaults = new(StringComparer.Ordinal)
    {
        ["tax-amounts"] = "forced",              // forced: our tax to the cent; computed: the ERP computes it, halves to even
        ["accounting-date"] = "latest-allowed",  // latest-allowed: moved on where numbering has gone past it; as-invoiced: refused then
        ["look-before-send"] = "true",           // Tryton does not deduplicate: ask for the keys before creating them
        ["journal"] = "REV",                     // code of the journal of customer invoices
        ["entry-journal"] = "MISC",              // code of the journal of entries
        ["payment-term"] = "Net {days}",         // name of the payment term; payment-term:<days> names one of them
        ["page-size"] = "500",                   // invoices per question when reading back
    };

    private readonly Dictionary<string, string> _options;
    private readonly Dictionary<int, string> _terms;

    private TrytonSettings(TargetSettings target, Dictionary<string, string> options, Dictionary<int, string> terms) =>
        (Target, _options, _terms) = (target, options, terms);

    /// <summary>The target itself.</summary>
    public TargetSettings Target { get; }

    /// <summary>Our tax amount is booked as it is; otherwise the ERP computes its own and a difference shows at tie-out.</summary>
    public bool TaxForced => _options["tax-amounts"] == "forced";

    /// <summary>
    /// Whether an invoice dated before the last number given may carry a later accounting date. Its invoice date stays; if the
    /// two lie in different months, tie-out shows it as a period break.
    /// </summary>
    public bool MayMoveAccountingDate => _options["accounting-date"] == "latest-allowed";

    /// <summary>
    /// Whether keys are looked up before they are created (9 ms a batch). The state machine asks after every silence, so
    /// switching this off is safe as long as our own books are whole; left on, a hub restored from an older backup cannot post
    /// anything twice.
    /// </summary>
    public bool LookBeforeSend => _options["look-before-send"] == "true";

    public string Journal => _options["journal"];
    public string EntryJournal => _options["entry-journal"];

    /// <summary>Invoices per question when reading back.</summary>
    public int PageSize { get; private init; }

    /// <summary>The name of the payment term that gives so many days.</summary>
    public string PaymentTerm(int days) =>
        _terms.GetValueOrDefault(days) ?? _options["payment-term"].Replace("{days}", days.ToString(CultureInfo.InvariantCulture), StringComparison.Ordinal);

    /// <summary>Reads a target.</summary>
    /// <exception cref="ArgumentException">A setting is missing, unknown or not possible; the message names it.</exception>
    public static TrytonSettings Of(TargetSettings target)
    {
        ArgumentException Wrong(string what) => new($"Target '{target.Name}': {what}", nameof(target));

        if (!target.Url.IsAbsoluteUri || target.Url.Scheme is not ("http" or "https")) throw Wrong("url is not an http(s) address.");
        if (target.Company.Length == 0) throw Wrong("company must be the name of a company in Tryton.");

        var options = new Dictionary<string, string>(Defaults, StringComparer.Ordinal);
        Dictionary<int, string> terms = new() { [0] = "Due on receipt" };
        foreach (var (name, value) in target.Options)
        {
            if (name.StartsWith(TermPrefix, StringComparison.Ordinal))
                terms[Whole(name[TermPrefix.Length..]) ?? throw Wrong($"option '{name}' must name a number of days, as in {TermPrefix}30.")] = value;
            else if (Defaults.ContainsKey(name)) options[name] = value;
            else throw Wrong($"option '{name}' is not known; known are {string.Join(", ", Defaults.Keys)} and {TermPrefix}<days>.");
        }

        if (options["tax-amounts"] is not ("forced" or "computed")) throw Wrong("option 'tax-amounts' must be forced or computed.");
        if (options["accounting-date"] is not ("latest-allowed" or "as-invoiced"))
            throw Wrong("option 'accounting-date' must be latest-allowed or as-invoiced.");
        if (options["look-before-send"] is not ("true" or "false")) throw Wrong("option 'look-before-send' must be true or false.");
        if (Whole(options["page-size"]) is not { } pageSize || pageSize is 0 or > 5000) throw Wrong("option 'page-size' must be a whole number from 1 to 5000.");
        return new TrytonSettings(target, options, terms) { PageSize = pageSize };
    }

    private static int? Whole(string text) => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;
}
