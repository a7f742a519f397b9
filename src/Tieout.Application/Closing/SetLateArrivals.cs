using Dapper;
using Npgsql;
using Tieout.Domain;
using Tieout.Domain.Closing;

namespace Tieout.Application.Closing;

/// <summary>Says where money goes that is reported for a month which takes no documents any more. What was refused before is to be
/// reported again; what is held of a bank statement or a gateway is looked at anew.</summary>
public sealed class SetLateArrivals(NpgsqlDataSource database, TimeProvider clock)
{
    /// <summary>Counts from now on; the same again is kept too, with who said so.</summary>
    public async Task<CloseOutcome> Run(string legalEntity, LateArrivals policy, string actor, string reason, CancellationToken cancel)
    {
        if (MonthBooks.Unreadable(actor, reason) is { } unreadable) return unreadable;
        await using var connection = await database.OpenConnectionAsync(cancel);
        await using var transaction = await connection.BeginTransactionAsync(cancel);
        if (await MonthBooks.Alone(connection, legalEntity, cancel) is not { } entity) return new CloseOutcome.NotFound(legalEntity);
        var now = clock.GetUtcNow();
        var month = AccountingMonth.Of(DateOnly.FromDateTime(now.UtcDateTime));
        await MonthBooks.Say(connection, entity.Id, month, "late-arrivals-set", new MonthNote(actor, reason, Words.Of(policy)), now, cancel);
        await connection.ExecuteAsync(new CommandDefinition(
            "update customers.legal_entity set late_arrivals = @policy where id = @Id", new { policy = Words.Of(policy), entity.Id }, cancellationToken: cancel));
        await transaction.CommitAsync(cancel);
        return new CloseOutcome.Changed(legalEntity, month, entity.Calendar.StateOf(month));
    }
}
