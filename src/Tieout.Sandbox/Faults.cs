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
/// <param name="After">
/// For a period that closes: after how many documents of the call; half of them when not given, and after the last when there are fewer. A call
/// that is all or nothing closes it before with 0, otherwise after.
/// </param>
public sealed record Fault(string Kind, int Count = 1, double? Seconds = null, string On = "post", bool Commit = true, int? After = null)
{
    /// <summary>The pause, or the default given.</summary>
    public TimeSpan Pause(double otherwise) => TimeSpan.FromSeconds(Seconds ?? otherwise);
}

/// <summary>
/// Faults waiting to strike, first asked first served, one per call; where none waits, those of a seed. What has struck is on <see cref="Log"/>.
/// </summary>
/// <param name="clock">For when they struck.</param>
internal sealed class Faults(TimeProvider clock)
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

    // A period closes while a call is worked on; for so many seconds, or until somebody opens it.
    public const string PeriodCloses = "period-closes";

    // What logs in is over: the certificate, the secret, the key. Where a log-in gives tokens, those are over too, and the next log-in is refused.
    public const string CertificateExpired = "certificate-expired";

    // What it has seen, by which it knows a message that comes twice, is forgotten from now on.
    public const string KeysForgotten = "keys-forgotten";

    // Somebody else has all slots for a while.
    public const string SlotsTaken = "slots-taken";

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
        PeriodCloses, CertificateExpired, KeysForgotten, SlotsTaken,
        AckTwice, AckBeforeExport, ErrorIn200,
        ConfirmationMissing, ConfirmationDoubled, ConfirmationEarly, ConfirmationLate, ConfirmationError, ConfirmationFalse, NotBooked,
    ];

    private readonly ConcurrentDictionary<string, ConcurrentQueue<Fault>> _waiting = new(StringComparer.Ordinal);
    private volatile SeededFaults? _seeded;

    /// <summary>What has struck.</summary>
    public FaultLog Log { get; } = new(clock);

    /// <summary>How long stand-ins know what they have seen.</summary>
    public KeyWindow Keys { get; set; } = KeyWindow.ForEver;

    /// <summary>The seed that draws; null when none does.</summary>
    public SeededFaults? Seeded => _seeded;

    public void Add(Fault fault)
    {
        var queue = _waiting.GetOrAdd(fault.On, _ => new ConcurrentQueue<Fault>());
        for (var strike = 0; strike < fault.Count; strike++) queue.Enqueue(fault);
    }

    /// <summary>The fault that strikes the call at hand; null for none.</summary>
    public Fault? Take(string place)
    {
        // A seed draws for every call, so that what it gives to a later one does not depend on what somebody asked for meanwhile.
        var (call, drawn) = _seeded?.Next(place) ?? (0, null);
        var asked = _waiting.TryGetValue(place, out var queue) && queue.TryDequeue(out var waiting) ? waiting : null;
        if ((asked ?? drawn) is not { } fault) return null;
        Log.Add(fault, place, asked is null ? call : 0);
        return fault;
    }

    /// <summary>From now on a seed draws, from the first call of each place.</summary>
    public void Seed(long seed, double rate) => _seeded = new SeededFaults(seed, rate);

    /// <summary>Nothing strikes any more, and everything that is seen is known for ever. The log stays.</summary>
    public void Clear()
    {
        _waiting.Clear();
        _seeded = null;
        Keys = KeyWindow.ForEver;
    }
}
