using System.Globalization;

namespace Tieout.Domain.Closing;

/// <summary>One thing that has to hold before a month is closed.</summary>
/// <param name="Code">Stable, such as <c>tied-out</c>.</param>
/// <param name="MayBeAccepted">A person may close although it does not hold, by name and with a reason.</param>
/// <param name="Says">What stands, in a sentence.</param>
/// <param name="Remedy">What to do; empty when it holds.</param>
public sealed record CloseCondition(string Code, bool Holds, bool MayBeAccepted, string Says, string Remedy);

/// <summary>What has to hold before a month is closed, from the facts of one moment. All are told, whether they hold or not.</summary>
public static class CloseConditions
{
    /// <summary>The code of the one that nothing helps but waiting.</summary>
    public const string MonthOver = "month-over";

    /// <summary>Codes of those that a person may accept although they do not hold.</summary>
    public static IReadOnlyList<string> Acceptable { get; } =
        [
        "billed", "accounts-billed", "bank-lines-decided", "cash-booked", "suspense-zero", "no-reopening-asked", "revenue-booked", "revenue-aligned",
        "revalued", "tied-out", "signed",
    ];

    /// <summary>In the order in which people see to them.</summary>
    public static IReadOnlyList<CloseCondition> Of(CloseFacts facts) =>
    [
        Over(facts),
        Billed(facts),
        None("accounts-billed", facts.Stopped, accept: true, "account that could not be billed", "accounts that could not be billed",
            "Every account was billed.", "See to the exceptions of billing, then bill again."),
        None("documents-posted", facts.Waiting, accept: false, "document is not in its ERP yet", "documents are not in their ERP yet",
            "Every document is in its ERP or cancelled.", "Post them."),
        None("none-in-doubt", facts.InDoubt, accept: false, "document is in doubt", "documents are in doubt",
            "Nothing is in doubt.", "Wait for the look-ups, or see why the ERP does not answer."),
        None("none-parked", facts.Parked, accept: false, "document is parked", "documents are parked",
            "Nothing is parked.", "See to their exceptions, then replay them, or cancel them."),
        None("bank-lines-decided", facts.Undecided, accept: true, "payment of a bank statement is not decided",
            "payments of bank statements are not decided",
            "Every payment of a bank statement is decided.", "Accept or decline what is proposed."),
        None("cash-booked", facts.UnbookedCash, accept: true, "thing that a payment gateway or a bank told is not booked, or is missing",
            "things that payment gateways or banks told are not booked, or are missing",
            "All that payment gateways and banks told is booked.", "See to the exceptions of gateways and statements, and run 'tieout gateway book'."),
        Suspense(facts),
        None("no-reopening-asked", facts.Asked, accept: true, "request to open a month again is not answered",
            "requests to open a month again are not answered",
            "Nobody asks for a month to be opened again.", "Open the month again and book what came late, or close without it."),
        None("revenue-booked", facts.Unbooked, accept: true, "month's revenue is not booked whole", "months' revenue is not booked whole",
            "All that is earned is booked.", "Run revenue for the month."),
        None("revenue-aligned", facts.Unaligned, accept: true, "contract, line or balance is not aligned", "contracts, lines or balances are not aligned",
            "Invoices, schedules and amendments tell the same.", "Look at 'tieout revenue check'; bill, run revenue, or correct what differs."),
        None("revalued", facts.Unrevalued, accept: true, "balance in a foreign currency is not at the rate of the month's end",
            "balances in foreign currencies are not at the rate of the month's end",
            "All that is open in foreign currencies is at the rate of the month's end, or nothing is.",
            "Import the rate of the last day if it is missing, then run 'tieout ledger revalue'."),
        TiedOut(facts),
        Signed(facts),
    ];

    private static CloseCondition Over(CloseFacts facts)
    {
        var end = facts.Month.Period.End;
        return new CloseCondition(MonthOver, facts.Today >= end, MayBeAccepted: false,
            facts.Today >= end ? "The month is over." : Text($"The month ends on {end.AddDays(-1):yyyy-MM-dd}."),
            facts.Today >= end ? "" : "Close it when it is over.");
    }

    private static CloseCondition Billed(CloseFacts facts)
    {
        var end = facts.Month.Period.End.AddDays(-1);
        var holds = !facts.Bills || facts.BilledThrough >= end;
        var says = !facts.Bills ? "It has no billing accounts."
            : facts.BilledThrough is { } through ? Text($"It is billed through {through:yyyy-MM-dd}.")
            : "It was never billed.";
        return new CloseCondition("billed", holds, MayBeAccepted: true, says, holds ? "" : Text($"Bill {facts.Month}."));
    }

    private static CloseCondition Suspense(CloseFacts facts)
    {
        var left = facts.Unapplied.Where(amount => !amount.IsZero).ToList();
        return new CloseCondition("suspense-zero", left.Count == 0, MayBeAccepted: true,
            left.Count == 0 ? "All money received is applied." : $"{string.Join(", ", left)} received is not applied to any invoice.",
            left.Count == 0 ? "" : "Apply it, pay it back, or accept that it stays owed to customers.");
    }

    private static CloseCondition TiedOut(CloseFacts facts)
    {
        var open = facts.TieOuts.Where(tie => !tie.Holds).ToList();
        var says = facts.TieOuts.Count == 0 ? "Nothing was posted into an ERP."
            : open.Count == 0 ? Text($"Every ERP agrees with our books: {facts.TieOuts.Count} compared.")
            : string.Join(" ", open.Select(Told));
        return new CloseCondition("tied-out", open.Count == 0, MayBeAccepted: true, says,
            open.Count == 0 ? ""
                : $"Reconcile {string.Join(" and ", open.Select(tie => tie.Month.ToString()).Distinct(StringComparer.Ordinal))}, and see to the breaks.");
    }

    private static string Told(TieOutFact tie) => tie switch
    {
        { ComparedAt: null } => $"{tie.Month} of {tie.Target} in {tie.Currency} was never compared.",
        { Verdict: "reconciled" or "reconciled-with-warnings" } => $"{tie.Month} of {tie.Target} in {tie.Currency} changed after it was compared.",
        _ => $"{tie.Month} of {tie.Target} in {tie.Currency} is {tie.Verdict}.",
    };

    // A signature is for what was seen: what was compared or posted after it is not covered.
    private static CloseCondition Signed(CloseFacts facts)
    {
        var last = facts.TieOuts.Max(tie => tie.ComparedAt > tie.ChangedAt ? tie.ComparedAt : (DateTimeOffset?)tie.ChangedAt);
        var holds = facts.SignedAt is { } at && (last is null || at >= last);
        var says = facts.SignedAt is not { } signed ? "Nobody has signed the month."
            : holds ? Text($"Signed on {signed.UtcDateTime:yyyy-MM-dd HH:mm'Z'}.")
            : Text($"Signed on {signed.UtcDateTime:yyyy-MM-dd HH:mm'Z'}, before the last comparison or posting.");
        return new CloseCondition("signed", holds, MayBeAccepted: true, says, holds ? "" : "Look at the tie-out, then sign the month.");
    }

    private static CloseCondition None(string code, long count, bool accept, string one, string many, string none, string remedy) => new(
        code, count == 0, accept, count == 0 ? none : Text($"{count:#,0} {(count == 1 ? one : many)}."), count == 0 ? "" : remedy);

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
