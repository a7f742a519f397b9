using System.Globalization;
using Tieout.Connectors.Port;
using Tieout.Domain.Posting;

namespace Tieout.Connectors.SapS4;

/// <summary>
/// A target as the SAP connector understands it. What differs from tenant to tenant, and what the vendor does not document,
/// is an option with a default; an option nobody knows is refused, because a typing error must not fall back in silence.
/// </summary>
internal sealed record SapSettings
{
    /// <summary>Documents per call unless the target says otherwise; the vendor publishes no limit, so it stays modest.</summary>
    public const int DefaultBatchSize = 100;

    /// <summary>Calls at once unless the target says otherwise.</summary>
    public const int DefaultSlots = 2;

    /// <summary>The corrected invoice's number stands in Reference2InDocumentHeader.</summary>
    public const string AsReference2 = "reference-2";

    /// <summary>It stands in OriginalPredecessorRefDocument; some tenants keep that for their own documents.</summary>
    public const string AsPredecessor = "predecessor";

    private const string AsNothing = "none";

    /// <summary>Open items are cleared by SAP's clearing service, after the entry is booked.</summary>
    public const string ByService = "service";

    private const string ByAssignment = "assignment";
    private static readonly string[] EntryTypes = ["payment-document-type", "customer-document-type", "journal-document-type"];

    private const string ErrorPrefix = "error:";
    private const string DimensionPrefix = "dimension:";

    /// <summary>What an item can be sorted by, in the schema's order.</summary>
    public static IReadOnlyList<string> AssignmentFields { get; } = ["ProfitCenter", "Segment", "CostCenter", "WBSElement", "FunctionalArea"];

    /// <summary>The answer says what became of each document.</summary>
    public const string Synchronous = "synchronous";

    /// <summary>SAP takes the message, books in its own time, and confirms by a message of its own.</summary>
    public const string Asynchronous = "asynchronous";

    /// <summary>IDocs over HTTP, for tenants on premise; booked in SAP's own time.</summary>
    public const string ByIdoc = "idoc";

    private static readonly Dictionary<string, string> Defaults = new(StringComparer.Ordinal)
    {
        ["delivery"] = Synchronous,               // which way documents go in
        ["confirmation-wait-seconds"] = "0",      // how long a delivery waits for confirmations before its documents are in doubt
        ["confirmation-grace-seconds"] = "120",   // how long SAP may take to show what it has confirmed
        ["duplicate-text"] = "duplicate",         // by which SAP's words tell that it has had a message before
        ["document-type"] = "DR",                 // customer invoice in SAP's delivered configuration
        ["credit-memo-document-type"] = "DG",     // customer credit memo there
        ["payment-document-type"] = "DZ",         // customer payment there; also of refunds
        ["customer-document-type"] = "DA",        // other entries that move a customer: disputes, write-offs
        ["journal-document-type"] = "SA",         // entries of the general ledger alone
        ["clearing"] = ByService,                 // service: entries clear what they settle; assignment: left to SAP, by the assignment field
        ["clearing-document-type"] = "AB",        // of the clearing documents
        ["business-transaction"] = "RFBU",        // ordinary posting in financial accounting
        ["created-by"] = "TIEOUT",                // shown in SAP as the user who entered the document; 12 characters
        ["logical-system"] = "TIEOUT",            // sender's name in the document; 10 characters, empty to leave out
        ["header-text"] = "Subscription invoice", // 25 characters, empty to leave out
        ["credit-memo-header-text"] = "Subscription credit memo",
        ["invoice-reference"] = AsReference2,     // where the number of the corrected invoice goes
        ["tax-classification"] = "MWS",           // account key of output tax
        ["tax-condition"] = "MWAS",               // condition type of output tax
        ["reconciliation-account"] = "",          // of new customers; empty for the account rule of 'receivable'
        ["payment-terms"] = "0001",               // of new customers; every invoice carries its own days anyway
        ["partner-grouping"] = "",                // number range of new business partners; empty for the tenant's default
        ["sap-client"] = "",                      // three digits on premise; empty in the cloud
        ["look-before-send"] = "true",            // SAP does not deduplicate: ask for the keys before posting them
        ["confirm"] = "true",                     // read back what was just booked: a number is given before the update that may fail
        ["page-size"] = "0",                      // rows asked for with $top; 0 leaves the page size to the server
        ["journal-entry-path"] = "/sap/bc/srt/scs_ext/sap/journalentrycreaterequestconfi",
        ["bulk-path"] = "/sap/bc/srt/scs_ext/sap/journalentrybulkcreationreques",
        ["idoc-path"] = "/sap/bc/idoc_xml",
        ["idoc-sender"] = "TIEOUT",               // our logical system, as the tenant's partner profile names it
        ["idoc-sender-port"] = "",
        ["idoc-receiver"] = "",                   // the tenant's logical system; needed for IDocs
        ["idoc-receiver-port"] = "",
        ["clearing-path"] = "/sap/bc/srt/scs_ext/sap/journalentrybulkclearingreques",
        ["line-items-path"] = "/sap/opu/odata/sap/API_OPLACCTGDOCITEMCUBE_SRV",
        ["partners-path"] = "/sap/opu/odata/sap/API_BUSINESS_PARTNER",
    };

    // What a region, department, class or location is differs from tenant to tenant: an option says so.
    private static readonly Dictionary<string, string> UsualFields = new(StringComparer.Ordinal)
    {
        [ErpDimension.CostCenter] = "CostCenter",
        [ErpDimension.ProfitCenter] = "ProfitCenter",
        [ErpDimension.Project] = "WBSElement",
    };

    private readonly Dictionary<string, string> _options;
    private Dictionary<string, string> _fields = UsualFields;

    private SapSettings(TargetSettings target, Dictionary<string, string> options) => (Target, _options) = (target, options);

    /// <summary>The target itself.</summary>
    public TargetSettings Target { get; }

    /// <summary>Calls at once.</summary>
    public int Slots => Target.Slots ?? DefaultSlots;

    public string CompanyCode => Target.Company;
    public string DocumentType => _options["document-type"];
    public string CreditMemoDocumentType => _options["credit-memo-document-type"];
    public string CreditMemoHeaderText => _options["credit-memo-header-text"];
    public string InvoiceReference => _options["invoice-reference"];
    public string BusinessTransaction => _options["business-transaction"];
    public string CreatedBy => _options["created-by"];
    public string LogicalSystem => _options["logical-system"];
    public string HeaderText => _options["header-text"];
    public string TaxClassification => _options["tax-classification"];
    public string TaxCondition => _options["tax-condition"];
    public string PaymentTerms => _options["payment-terms"];
    public string PartnerGrouping => _options["partner-grouping"];
    public string SapClient => _options["sap-client"];
    public string JournalEntryPath => _options["journal-entry-path"];
    public string LineItemsPath => _options["line-items-path"];
    public string PartnersPath => _options["partners-path"];

    public string BulkPath => _options["bulk-path"];
    public string IdocPath => _options["idoc-path"];
    public string IdocSender => _options["idoc-sender"];
    public string IdocSenderPort => _options["idoc-sender-port"];
    public string IdocReceiver => _options["idoc-receiver"];
    public string IdocReceiverPort => _options["idoc-receiver-port"];

    /// <summary>Which way documents go in.</summary>
    public string Delivery => _options["delivery"];

    /// <summary>How long a delivery waits for confirmations; no longer than a call may take.</summary>
    public TimeSpan ConfirmationWait { get; private init; }

    /// <summary>How long SAP may take to show what it has confirmed.</summary>
    public TimeSpan ConfirmationGrace { get; private init; }

    /// <summary>Whether SAP's words say that it has had a message before.</summary>
    public bool TellsDuplicate(string text) =>
        _options["duplicate-text"] is { Length: > 0 } words && text.Contains(words, StringComparison.OrdinalIgnoreCase);

    /// <summary>Where the account rule has tax; empty where it does not say.</summary>
    public string TaxAccount => Target.Accounts.GetValueOrDefault("tax", "");

    public string ClearingPath => _options["clearing-path"];
    public string ClearingDocumentType => _options["clearing-document-type"];

    /// <summary>Whether we ask SAP to clear what an entry settles.</summary>
    public bool Clears => _options["clearing"] == ByService;

    /// <summary>SAP's kind of document for an entry.</summary>
    public string DocumentTypeOf(ErpEntry entry) => entry.Kind is EntryKind.Payment or EntryKind.Refund
        ? _options["payment-document-type"]
        : _options[entry.Lines.Any(line => line.CustomerCode.Length > 0) ? "customer-document-type" : "journal-document-type"];

    /// <summary>True for the document types of entries; what has another is an invoice or credit memo.</summary>
    public bool IsEntry(string documentType) => EntryTypes.Any(type => _options[type] == documentType);

    /// <summary>The field of SAP's account assignment that a dimension of ours stands in; empty for none.</summary>
    public string FieldOf(string dimension) => _fields.GetValueOrDefault(dimension, "");

    /// <summary>
    /// The reconciliation account of a customer's line where it is not the customer's own, ten digits; empty where it is: the usual one
    /// comes from the customer.
    /// </summary>
    public string OtherReceivable(ErpEntryLine line) => line.LedgerAccount == Domain.Ledger.LedgerAccount.Receivable && line.Account.Length == 0
        ? ""
        : SapText.Ten(Target.AccountOf(line.LedgerAccount, line.Account));

    /// <summary>
    /// Whether keys are looked up before they are posted. The state machine asks after every silence, so switching this off
    /// is safe as long as our own books are whole; left on, a hub restored from an older backup cannot post anything twice.
    /// </summary>
    public bool LookBeforeSend => _options["look-before-send"] == "true";

    /// <summary>Whether what SAP says it has booked is read back before it counts as posted. What is booked later is in any case.</summary>
    public bool Confirm => _options["confirm"] == "true" && Delivery == Synchronous;

    /// <summary>Rows per page asked for; 0 when the server decides.</summary>
    public int PageSize { get; private init; }

    /// <summary>Account of new customers' receivables; empty when neither an option nor the account rule names one.</summary>
    public string ReconciliationAccount =>
        _options["reconciliation-account"] is { Length: > 0 } account ? account : Target.Accounts.GetValueOrDefault("receivable", "");

    /// <summary>What a vendor's message number means here, by number as in <c>201(F5)</c>; see <see cref="SapFindings"/>.</summary>
    public IReadOnlyDictionary<string, string> Errors { get; private init; } = SapFindings.DefaultMeanings;

    /// <summary>Reads a target.</summary>
    /// <exception cref="ArgumentException">A setting is missing, unknown or not possible; the message names it.</exception>
    public static SapSettings Of(TargetSettings target)
    {
        ArgumentException Wrong(string what) => new($"Target '{target.Name}': {what}", nameof(target));

        if (!target.Url.IsAbsoluteUri || target.Url.Scheme is not ("http" or "https")) throw Wrong("url is not an http(s) address.");
        if (target.Company.Length is 0 or > 4) throw Wrong("company must be a company code of at most 4 characters.");

        var options = new Dictionary<string, string>(Defaults, StringComparer.Ordinal);
        var errors = new Dictionary<string, string>(SapFindings.DefaultMeanings, StringComparer.Ordinal);
        var fields = new Dictionary<string, string>(UsualFields, StringComparer.Ordinal);
        foreach (var (name, value) in target.Options)
        {
            if (name.StartsWith(ErrorPrefix, StringComparison.Ordinal))
                errors[name[ErrorPrefix.Length..]] = SapFindings.IsMeaning(value)
                    ? value
                    : throw Wrong($"option '{name}' must be one of {string.Join(", ", SapFindings.Meanings)}.");
            else if (name.StartsWith(DimensionPrefix, StringComparison.Ordinal))
                fields[Dimension(name)] = AssignmentFields.Contains(value, StringComparer.Ordinal)
                    ? value
                    : throw Wrong($"option '{name}' must be one of {string.Join(", ", AssignmentFields)}.");
            else if (Defaults.ContainsKey(name)) options[name] = value;
            else
                throw Wrong($"option '{name}' is not known; known are {string.Join(", ", Defaults.Keys)}, "
                    + $"{DimensionPrefix}<dimension> and {ErrorPrefix}<number>(<class>).");
        }

        if (fields.Values.Distinct(StringComparer.Ordinal).Count() < fields.Count) throw Wrong("two dimensions name the same field of SAP.");
        if (options["clearing"] is not (ByService or ByAssignment)) throw Wrong($"option 'clearing' must be {ByService} or {ByAssignment}.");
        foreach (var entries in EntryTypes)
            if (options[entries] == options["document-type"] || options[entries] == options["credit-memo-document-type"])
                throw Wrong($"option '{entries}' is also the type of invoices or credit memos; what is an entry could then not be told from them.");
        if (options["look-before-send"] is not ("true" or "false")) throw Wrong("option 'look-before-send' must be true or false.");
        if (options["confirm"] is not ("true" or "false")) throw Wrong("option 'confirm' must be true or false.");
        if (options["invoice-reference"] is not (AsReference2 or AsPredecessor or AsNothing))
            throw Wrong($"option 'invoice-reference' must be {AsReference2}, {AsPredecessor} or {AsNothing}.");
        if (options["delivery"] is not (Synchronous or Asynchronous or ByIdoc))
            throw Wrong($"option 'delivery' must be {Synchronous}, {Asynchronous} or {ByIdoc}.");
        if (options["delivery"] == ByIdoc && options["idoc-receiver"].Length == 0)
            throw Wrong("option 'idoc-receiver' is needed: the logical system that the tenant receives IDocs as.");
        if (options["delivery"] != Synchronous && options["look-before-send"] == "false")
            throw Wrong("what SAP books in its own time is always looked for before it is sent; leave option 'look-before-send' at true.");
        var wait = Number("confirmation-wait-seconds");
        if (wait > target.Timeout.TotalSeconds) throw Wrong("option 'confirmation-wait-seconds' is longer than 'timeout-seconds'.");
        return new SapSettings(target, options)
        {
            PageSize = Number("page-size"),
            Errors = errors,
            _fields = fields,
            ConfirmationWait = TimeSpan.FromSeconds(wait),
            ConfirmationGrace = TimeSpan.FromSeconds(Number("confirmation-grace-seconds")),
        };

        int Number(string name) => int.TryParse(options[name], NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            ? number
            : throw Wrong($"option '{name}' must be a whole number, 0 or more.");

        string Dimension(string name) => name[DimensionPrefix.Length..] is var word && ErpDimension.All.Contains(word, StringComparer.Ordinal)
            ? word
            : throw Wrong($"option '{name}' must name one of {string.Join(", ", ErpDimension.All)}.");
    }
}
