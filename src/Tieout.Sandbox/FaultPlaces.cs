namespace Tieout.Sandbox;

/// <summary>Where faults strike, and which of them mean anything there: what a seed draws from.</summary>
internal static class FaultPlaces
{
    private static readonly string[] Door =
        [Faults.Slow, Faults.Reject503, Faults.Throttle429, Faults.TokenExpired, Faults.CertificateExpired, Faults.SlotsTaken];

    private static readonly string[] Garbled = [Faults.HtmlAnswer, Faults.TruncatedAnswer, Faults.MalformedAnswer];

    private static readonly string[] Reading = [.. Door, Faults.TimeoutBeforeCommit, .. Garbled];

    private static readonly string[] Writing =
        [.. Reading, Faults.CommitThenSilence, Faults.CommitLate, Faults.ServerFault, Faults.ClientFault];

    private static readonly string[] Posting = [.. Writing, Faults.HalfBatch, Faults.HalfAnswer, Faults.PeriodCloses];

    private static readonly string[] Queueing =
    [
        .. Posting, Faults.ConfirmationMissing, Faults.ConfirmationDoubled, Faults.ConfirmationEarly, Faults.ConfirmationLate, Faults.ConfirmationError,
        Faults.ConfirmationFalse, Faults.NotBooked,
    ];

    // A token endpoint has no slots, and nothing that was committed.
    private static readonly string[] Tokens =
        [Faults.Slow, Faults.Reject503, Faults.Throttle429, Faults.CertificateExpired, Faults.TimeoutBeforeCommit, .. Garbled];

    private static readonly string[] Taxes =
    [
        Faults.Slow, Faults.Reject503, Faults.Throttle429, Faults.TokenExpired, Faults.CertificateExpired, Faults.TimeoutBeforeCommit, .. Garbled,
        Faults.CommitThenSilence, Faults.ServerFault, Faults.ClientFault,
    ];

    // A file has no door: it is rejected with a code, or its acknowledgement is spoilt.
    private static readonly string[] Files =
    [
        Faults.Slow, Faults.Reject503, Faults.Throttle429, Faults.TokenExpired, Faults.CertificateExpired, Faults.TimeoutBeforeCommit, .. Garbled,
        Faults.CommitThenSilence, Faults.CommitLate, Faults.ServerFault, Faults.ClientFault, Faults.HalfAnswer, Faults.AckTwice,
        Faults.AckBeforeExport, Faults.KeysForgotten,
    ];

    /// <summary>The kinds that strike at a place, by place.</summary>
    public static IReadOnlyDictionary<string, IReadOnlyList<string>> Kinds { get; } = new Dictionary<string, IReadOnlyList<string>>(StringComparer.Ordinal)
    {
        ["post"] = [.. Posting, Faults.ConfirmationFalse],
        ["read"] = Reading,
        ["write"] = [.. Door, Faults.TimeoutBeforeCommit],
        [Faults.SapClear] = [.. Door, Faults.TimeoutBeforeCommit, Faults.CommitThenSilence, Faults.KeysForgotten],
        [Faults.SapQueue] = [.. Queueing, Faults.KeysForgotten],
        [Faults.SapIdoc] = Queueing,
        [Faults.TaxQuote] = [.. Taxes, Faults.WrongSum, Faults.WrongTax, Faults.MissingLine],
        [Faults.TaxRead] = Taxes,
        [Faults.TaxCommit] = [.. Taxes, Faults.CommitLate],
        [Faults.NetSuitePost] = Posting,
        [Faults.NetSuiteRead] = [.. Reading, Faults.ServerFault],
        [Faults.NetSuiteWrite] = Writing,
        [Faults.NetSuiteToken] = Tokens,
        [Faults.DynamicsCreate] = [.. Writing, Faults.HalfBatch, Faults.HalfAnswer],
        [Faults.DynamicsPost] = [.. Writing, Faults.PeriodCloses],
        [Faults.DynamicsDelete] = [.. Reading, Faults.CommitThenSilence, Faults.ServerFault, Faults.ClientFault],
        [Faults.DynamicsRead] = [.. Reading, Faults.ServerFault],
        [Faults.DynamicsWrite] = [.. Writing, Faults.HalfBatch, Faults.HalfAnswer],
        [Faults.DynamicsToken] = [.. Tokens, Faults.ServerFault],
        [Faults.OdooCreate] = [.. Writing, Faults.HalfAnswer, Faults.PeriodCloses],
        [Faults.OdooChange] = Writing,
        [Faults.OdooPost] = Posting,
        [Faults.OdooDelete] = Writing,
        [Faults.OdooSettle] = Writing,
        [Faults.OdooRead] = [.. Reading, Faults.ServerFault, Faults.ClientFault],
        [Faults.OdooWrite] = Writing,
        [Faults.OdooLogin] = [.. Tokens, Faults.ServerFault],
        [Faults.LegacyPost] = [.. Files, Faults.HalfBatch, Faults.PeriodCloses],
        [Faults.LegacyCustomers] = Files,
        [Faults.LegacySoapPost] = [.. Posting, Faults.ErrorIn200],
        [Faults.LegacySoapRead] = [.. Reading, Faults.ServerFault, Faults.ErrorIn200],
        [Faults.LegacySoapWrite] = [.. Writing, Faults.ErrorIn200],
        [Faults.StripeRead] =
        [
            Faults.Slow, Faults.Throttle429, Faults.Reject503, Faults.ServerFault, Faults.TokenExpired, Faults.CertificateExpired, Faults.HtmlAnswer,
            Faults.TruncatedAnswer,
        ],
    };
}
