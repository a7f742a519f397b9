using System.Globalization;
using Npgsql;
using Tieout.Application.Closing;
using Tieout.Application.Journals;
using Tieout.Domain;
using Tieout.Domain.Closing;

namespace Tieout.Application.Payments;

/// <summary>Money reported for a month that takes no documents any more.</summary>
internal static class LateMoney
{
    /// <summary>What the entry says; of late money also on which day it was received.</summary>
    public static string Text(PaymentRequest request, LateArrival.Booked booked) => booked.Late
        ? string.Create(CultureInfo.InvariantCulture, $"Payment {request.Reference}, received {request.ReceivedOn:yyyy-MM-dd}")
        : $"Payment {request.Reference}";

    /// <summary>
    /// Why it is not booked. Where the policy says so, that its month be opened again is asked for: once for the same money. The caller commits.
    /// </summary>
    public static async Task<JournalOutcome.Refused> Held(
        NpgsqlConnection connection, CashAccount account, PaymentRequest request, DateTimeOffset now, CancellationToken cancel)
    {
        if (Words.Parse<LateArrivals>(account.LateArrivals) != LateArrivals.AskToReopen)
            return CashBooks.Closed("received-on", request.ReceivedOn, account.ClosedThrough)!;
        var month = AccountingMonth.Of(request.ReceivedOn);
        var note = new MonthNote(
            request.Actor, $"{request.Amount} of {account.Code} came late.", $"{request.Source} {request.Reference}");
        await MonthBooks.Say(connection, account.LegalEntityId, month, "reopening-asked", note, now, cancel);
        return new JournalOutcome.Refused(
            "received-on", "reopening-asked", $"the books are closed through {account.ClosedThrough:yyyy-MM-dd}; that {month} be opened again is asked for",
            "Report it again once the month is open.");
    }
}
