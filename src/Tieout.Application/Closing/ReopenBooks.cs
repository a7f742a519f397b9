using Dapper;
using Npgsql;
using Tieout.Application.Invoicing;
using Tieout.Domain.Closing;

namespace Tieout.Application.Closing;

/// <summary>
/// Opens a month of a legal entity again, and all after it, for a reason that stands beside it for good. What was signed or tied out
/// stays on record; it has to be closed anew.
/// </summary>
public sealed class ReopenBooks(NpgsqlDataSource database, TimeProvider clock)
{
    /// <summary>One transaction; whoever books in the entity now is waited for.</summary>
    public async Task<CloseOutcome> Run(MonthRequest request, CancellationToken cancel)
    {
        if (MonthBooks.Unreadable(request.Actor, request.Reason) is { } unreadable) return unreadable;
        await using var connection = await database.OpenConnectionAsync(cancel);
        await using var transaction = await connection.BeginTransactionAsync(cancel);
        if (await MonthBooks.Alone(connection, request.LegalEntity, cancel) is not { } entity) return new CloseOutcome.NotFound(request.LegalEntity);
        if (entity.Calendar.StateOf(request.Month) == MonthState.Open)
            return new CloseOutcome.Refused("month", "month-open", $"{request.Month} is open", "Name a month that is closed or soft-closed.");
        var now = clock.GetUtcNow();
        await OneDocumentRun.Add(
            connection, "close", $"Open {request.LegalEntity} from {request.Month} again: {request.Reason}", request.Actor, now, cancel);
        await MonthBooks.Say(connection, entity.Id, request.Month, "reopened", new MonthNote(request.Actor, request.Reason), now, cancel);
        var after = entity.Calendar.Reopened(request.Month);
        await connection.ExecuteAsync(new CommandDefinition(
            "update customers.legal_entity set closed_through = @ClosedThrough, soft_closed_through = @SoftClosedThrough where id = @Id",
            new { after.ClosedThrough, after.SoftClosedThrough, entity.Id }, cancellationToken: cancel));
        await transaction.CommitAsync(cancel);
        return new CloseOutcome.Changed(request.LegalEntity, request.Month, MonthState.Open);
    }
}
