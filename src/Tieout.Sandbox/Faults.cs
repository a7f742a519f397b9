using System.Collections.Concurrent;

namespace Tieout.Sandbox;

/// <summary>A fault asked for by <c>POST /_sandbox/faults</c>.</summary>
/// <param name="Kind">One of <see cref="Faults.Kinds"/>.</param>
/// <param name="Count">How many calls it strikes.</param>
/// <param name="Seconds">What it means depends on the kind: the pause, or Retry-After; null for the kind's default.</param>
/// <param name="On">
/// <c>post</c> (journal entries), <c>queue</c> and <c>idoc</c> (those booked later),
/// <c>clear</c> (open items), <c>read</c> (entity sets) or <c>write</c> (partners);
/// <c>tax-quote</c>, <c>tax-read</c> or <c>tax-commit</c>;
/// <c>netsuite-post</c> (journals), <c>netsuite-read</c> (SuiteQL), <c>netsuite-write</c> (customers) or <c>netsuite-token</c>;
/// <c>dynamics-create</c> (journals), <c>dynamics-post</c> (the second step), <c>dynamics-delete</c>, <c>dynamics-read</c> (entity sets),
/// <c>dynamics-write</c> (customers) or <c>dynamics-token</c>;
/// <c>odoo-create</c> (drafts), <c>odoo-change</c>, <c>odoo-post</c> (the second step), <c>odoo-delete</c>, <c>odoo-settle</c>, <c>odoo-read</c>,
/// <c>odoo-write</c> (customers) or <c>odoo-login</c>;
/// <c>legacy-post</c> (files of documents) or <c>legacy-customers</c>; <c>legacy-soap-post</c>, <c>legacy-soap-read</c> or <c>legacy-soap-write</c> (customers);
/// <c>stripe-read</c> (lists).
/// </param>
/// <param name="Commit">For an unreadable answer: whether the documents were booked before it.</param>
public sealed record Fault(string Kind, int Count = 1, double? Seconds = null, string On = "post", bool Commit = true)
{
    /// <summary>The pause, or the default given.</summary>
    public TimeSpan Pause(double otherwise) => TimeSpan.FromSeconds(Seconds ?? otherwise);
}

/// <summary>Faults waiting to strike, first asked first served, one per call.</summary>
internal sealed class Faults
{
    public const string TimeoutBeforeCommit = "timeout-before-commit";
    public const string CommitThenSilence = "commit-then-silence";
    public const string CommitLate = "commit-late";
    public const string Reject503 = "reject-503";
    public const string Throttle429 = "throttle-429";
    public const string HalfBatch = "half-batch";
    public const string HalfAnswer = "half-answer";
    public const string HtmlAnswer = "html-answer";
    public const string TruncatedAnswer = "truncated-answer";
    public const string MalformedAnswer = "malformed-answer";
    public const string TokenExpired = "token-expired";
    public const string Slow = "slow";
    public const string ClientFault = "client-fault";
    public const string ServerFault = "server-fault";

    // Answers of AvaTax that cannot be true.
    public const string WrongSum = "wrong-sum";
    public const string WrongTax = "wrong-tax";
    public const string MissingLine = "missing-line";

    // Where AvaTax is struck; the words before them are SAP's.
    public const string TaxQuote = "tax-quote";
    public const string TaxRead = "tax-read";
    public const string TaxCommit = "tax-commit";

    // SAP's clearing service, and its services that book later.
    public const string SapClear = "clear";
    public const string SapQueue = "queue";
    public const string SapIdoc = "idoc";

    // Only of what SAP books later: what becomes of the confirmation, or that the message lies in SAP for good.
    public const string ConfirmationMissing = "confirmation-missing";
    public const string ConfirmationDoubled = "confirmation-doubled";
    public const string ConfirmationEarly = "confirmation-early";
    public const string ConfirmationLate = "confirmation-late";
    public const string ConfirmationError = "confirmation-error";
    public const string ConfirmationFalse = "confirmation-false";
    public const string NotBooked = "not-booked";

    // Where NetSuite is struck.
    public const string NetSuitePost = "netsuite-post";
    public const string NetSuiteRead = "netsuite-read";
    public const string NetSuiteWrite = "netsuite-write";
    public const string NetSuiteToken = "netsuite-token";

    // Where Dynamics is struck.
    public const string DynamicsCreate = "dynamics-create";
    public const string DynamicsPost = "dynamics-post";
    public const string DynamicsDelete = "dynamics-delete";
    public const string DynamicsRead = "dynamics-read";
    public const string DynamicsWrite = "dynamics-write";
    public const string DynamicsToken = "dynamics-token";

    // Where Odoo is struck.
    public const string OdooCreate = "odoo-create";
    public const string OdooChange = "odoo-change";
    public const string OdooPost = "odoo-post";
    public const string OdooDelete = "odoo-delete";
    public const string OdooSettle = "odoo-settle";
    public const string OdooRead = "odoo-read";
    public const string OdooWrite = "odoo-write";
    public const string OdooLogin = "odoo-login";

    // Where the legacy ERP is struck: files of documents and of customers, and the SOAP service.
    public const string LegacyPost = "legacy-post";
    public const string LegacyCustomers = "legacy-customers";
    public const string LegacySoapPost = "legacy-soap-post";
    public const string LegacySoapRead = "legacy-soap-read";
    public const string LegacySoapWrite = "legacy-soap-write";

    // Where Stripe is struck: its lists.
    public const string StripeRead = "stripe-read";

    // Only of the legacy ERP: an acknowledgement that comes twice, one that comes before the exports show it, an error inside a 200.
    public const string AckTwice = "ack-twice";
    public const string AckBeforeExport = "ack-before-export";
    public const string ErrorIn200 = "error-in-200";

    public static IReadOnlyList<string> Kinds { get; } =
    [
        TimeoutBeforeCommit, CommitThenSilence, CommitLate, Reject503, Throttle429, HalfBatch, HalfAnswer,
        HtmlAnswer, TruncatedAnswer, MalformedAnswer, TokenExpired, Slow, ClientFault, ServerFault, WrongSum, WrongTax, MissingLine,
        AckTwice, AckBeforeExport, ErrorIn200,
        ConfirmationMissing, ConfirmationDoubled, ConfirmationEarly, ConfirmationLate, ConfirmationError, ConfirmationFalse, NotBooked,
    ];

    private readonly ConcurrentDictionary<string, ConcurrentQueue<Fault>> _waiting = new(StringComparer.Ordinal);

    /// <summary>Where a fault can strike.</summary>
    public static IReadOnlyList<string> Places { get; } =
    [
        "post", "read", "write", SapClear, SapQueue, SapIdoc, TaxQuote, TaxRead, TaxCommit,
        NetSuitePost, NetSuiteRead, NetSuiteWrite, NetSuiteToken,
        DynamicsCreate, DynamicsPost, DynamicsDelete, DynamicsRead, DynamicsWrite, DynamicsToken,
        OdooCreate, OdooChange, OdooPost, OdooDelete, OdooSettle, OdooRead, OdooWrite, OdooLogin,
        LegacyPost, LegacyCustomers, LegacySoapPost, LegacySoapRead, LegacySoapWrite,
        StripeRead,
    ];

    public void Add(Fault fault)
    {
        var queue = _waiting.GetOrAdd(fault.On, _ => new ConcurrentQueue<Fault>());
        for (var strike = 0; strike < fault.Count; strike++) queue.Enqueue(fault);
    }

    /// <summary>The fault that strikes the call at hand; null for none.</summary>
    public Fault? Take(string place) => _waiting.TryGetValue(place, out var queue) && queue.TryDequeue(out var fault) ? fault : null;

    public void Clear() => _waiting.Clear();
}
