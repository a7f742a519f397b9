using Npgsql;
using Tieout.Domain.Closing;

namespace Tieout.Application.Closing;

/// <summary>Signs a month: somebody has looked at its tie-out. What is posted or compared afterwards is not covered by it.</summary>
public sealed class SignMonth(NpgsqlDataSource database, TimeProvider clock)
{
    /// <summary>Signed again it counts from then on. A closed month is not signed.</summary>
    public async Task<CloseOutcome> Run(MonthRequest request, CancellationToken cancel)
    {
        if (MonthBooks.Unreadable(request.Actor, request.Reason) is { } unreadable) return unreadable;
        await using var connection = await database.OpenConnectionAsync(cancel);
        await using var transaction = await connection.BeginTransactionAsync(cancel);
        if (await MonthBooks.Alone(connection, request.LegalEntity, cancel) is not { } entity) return new CloseOutcome.NotFound(request.LegalEntity);
        var state = entity.Calendar.StateOf(request.Month);
        if (state == MonthState.Closed)
            return new CloseOutcome.Refused("month", "month-closed", $"{request.Month} is closed", "What is closed was signed, or closed without it.");
        var facts = await ReadCloseFacts.Run(connection, entity, request.Month, clock, cancel);
        if (CloseConditions.Of(facts).Single(one => one.Code == "tied-out") is { Holds: false } open)
            return new CloseOutcome.Refused("month", "not-tied-out", open.Says.TrimEnd('.'), open.Remedy, [open]);
        await MonthBooks.Say(connection, entity.Id, request.Month, "signed", new MonthNote(request.Actor, request.Reason), clock.GetUtcNow(), cancel);
        await transaction.CommitAsync(cancel);
        return new CloseOutcome.Changed(request.LegalEntity, request.Month, state);
    }
}
