using System.Globalization;
using Dapper;
using Npgsql;
using Tieout.Application.Closing;
using Tieout.Domain;
using Tieout.Domain.Closing;

namespace Tieout.Application.Journals;

/// <summary>Money that went back in a month that is closed.</summary>
internal static class LateReversal
{
    /// <summary>
    /// Why it is not booked. Where the policy says so, that its month be opened again is asked for, once for the same. The caller commits.
    /// </summary>
    /// <param name="refused">The day it was told for, and why it is not booked on it.</param>
    public static async Task<JournalOutcome.Refused> Held(
        NpgsqlConnection connection, Guid entity, ReversalRequest request, (DateOnly On, JournalOutcome.Refused Why) refused, TimeProvider clock,
        CancellationToken cancel)
    {
        if (!request.WentBack || refused.Why.Code != "month-closed") return refused.Why;
        var (policy, through) = await connection.QuerySingleAsync<(string, DateOnly)>(new CommandDefinition(
            "select late_arrivals, closed_through from customers.legal_entity where id = @entity", new { entity }, cancellationToken: cancel));
        if (Words.Parse<LateArrivals>(policy) != LateArrivals.AskToReopen) return refused.Why;
        var month = AccountingMonth.Of(refused.On);
        var note = new MonthNote(request.Actor, $"{request.Number} went back late.", request.Key);
        await MonthBooks.Say(connection, entity, month, "reopening-asked", note, clock.GetUtcNow(), cancel);
        return new JournalOutcome.Refused(
            "on", "reopening-asked",
            string.Create(CultureInfo.InvariantCulture, $"the books are closed through {through:yyyy-MM-dd}; that {month} be opened again is asked for"),
            "Take it back again once the month is open.");
    }
}
