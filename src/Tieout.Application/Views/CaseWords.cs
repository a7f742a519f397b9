using Tieout.Domain.Posting;

namespace Tieout.Application.Views;

/// <summary>What every exception says besides its own cause and remedy.</summary>
internal static class CaseWords
{
    /// <summary>What happened, in a sentence.</summary>
    /// <param name="documentKind">Of what was to be posted; null where the case is about something else.</param>
    public static string Happened(string subjectKind, string subjectKey, string? documentKind) => subjectKind switch
    {
        "posting" => $"{EntryWords.Named(documentKind ?? "")} {subjectKey} was not posted into the ERP.".TrimStart(),
        "billing" => $"{subjectKey} was not invoiced.",
        "rate" when subjectKey.Split('/') is [var entity, var from, var into, var day, ..] =>
            $"Invoices of {entity} wait for the rate from {from} to {into} of {day}.",
        "break" => $"Our books and the ERP's differ at {subjectKey}.",
        "webhook" => $"The webhook endpoint {subjectKey} is not told of events.",
        "gateway" => $"What the payment gateway told of {subjectKey} is not booked, or not all of it.",
        "statement" when subjectKey.Split('|', 3) is [var account, var before, var after] =>
            $"A bank statement of account {account} is missing between {before} and {after}.",
        _ => $"Delivery to {subjectKey} stopped.",
    };

    public static string Owner(string category, string queue) => (category, queue) switch
    {
        ("data", _) => "The sender: the field, the reason and how to correct it are given.",
        (_, "integration-engineer") => "The integration engineer: connections, mappings and routes.",
        (_, "controller") => "The controller: periods, rates, and what stands otherwise in the ERP.",
        _ => "Finance operations: customers, documents and values.",
    };

    public static string IfNobody(string subjectKind) => subjectKind switch
    {
        "posting" => "The document stands in our books only, and its month cannot be tied out.",
        "billing" => "The account is not invoiced for this month.",
        "rate" => "The accounts that wait are not invoiced.",
        "break" => "The books keep differing, and the month's verdict stays at breaks.",
        "webhook" => "Whoever listens there does not learn what happened; it is kept and can be replayed.",
        "gateway" => "The money is missing in our books, and the gateway's clearing account does not come to zero.",
        "statement" => "What came and went in between is not in our books, and who paid then seems to owe.",
        _ => "Nothing is delivered to this target until it is solved.",
    };

    /// <summary>Why a case cannot be replayed; empty when it can.</summary>
    public static string NoReplay(string state, string subjectKind, string? postingState) => (state, subjectKind, postingState) switch
    {
        ("resolved", _, _) => "The case is resolved.",
        (_, not "posting", _) => "Only a posting can be replayed; this case closes when its cause is gone.",
        (_, _, null) => "Its posting was not found.",
        (_, _, "parked") => "",
        var (_, _, other) => $"Its posting is {other}, not parked.",
    };
}
