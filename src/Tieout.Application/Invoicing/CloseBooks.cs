using Dapper;
using Npgsql;
using Tieout.Domain;
using Tieout.Domain.Invoicing;

namespace Tieout.Application.Invoicing;

/// <summary>Asks to close the books of a legal entity through a month.</summary>
/// <param name="LegalEntity">Its code.</param>
/// <param name="Through">The last month to be closed; all before it are closed with it.</param>
/// <param name="Actor">Who closes.</param>
/// <param name="Reason">Why, or who signed; kept with the run.</param>
public sealed record CloseRequest(string LegalEntity, AccountingMonth Through, string Actor, string Reason);

/// <summary>What came of it.</summary>
public abstract record CloseOutcome
{
    private CloseOutcome() { }

    /// <summary>Closed through this day; <paramref name="Again"/> when it was before.</summary>
    public sealed record Closed(string LegalEntity, DateOnly Through, bool Again) : CloseOutcome;

    /// <summary>No legal entity has this code.</summary>
    public sealed record NotFound(string LegalEntity) : CloseOutcome;

    /// <summary>Not closed; nothing was written.</summary>
    public sealed record Refused(string Field, string Code, string Reason, string Remedy) : CloseOutcome;
}

/// <summary>
/// Closes the books of a legal entity through a month: nothing is booked in it any more, corrections come in later ones. Only
/// forward, only for months that are over, and only when every document in them is in its ERP or given up.
/// </summary>
public sealed class CloseBooks(NpgsqlDataSource database, TimeProvider clock)
{
    /// <summary>One transaction; whoever bills or credits the entity now is waited for.</summary>
    public async Task<CloseOutcome> Run(CloseRequest request, CancellationToken cancel)
    {
        if (GivenText.Problem(request.Reason, GivenText.ReasonMost) is { } why) return new CloseOutcome.Refused("reason", "bad-text", why, "");
        if (GivenText.Problem(request.Actor, GivenText.ActorMost) is { } who) return new CloseOutcome.Refused("actor", "bad-text", who, "");
        await using var connection = await database.OpenConnectionAsync(cancel);
        await using var transaction = await connection.BeginTransactionAsync(cancel);
        if (await Find(connection, request.LegalEntity, cancel) is not { } known) return new CloseOutcome.NotFound(request.LegalEntity);
        await BillingLock.Alone(connection, known.Id, cancel);
        var entity = (await Find(connection, request.LegalEntity, cancel))!;
        var through = request.Through.Period.End.AddDays(-1);
        if (entity.ClosedThrough == through) return new CloseOutcome.Closed(request.LegalEntity, through, Again: true);
        if (Refusal(entity, through) is { } refused) return refused;
        if (await Unsettled(connection, entity.Id, through, cancel) is > 0 and var open)
            return new CloseOutcome.Refused(
                "through", "documents-open", $"{open} documents of these months are not in their ERP yet",
                "Post them, or see to those that are parked; then close.");
        var now = clock.GetUtcNow();
        await OneDocumentRun.Add(connection, "close", $"Close {request.LegalEntity} through {request.Through}: {request.Reason}", request.Actor, now, cancel);
        await connection.ExecuteAsync(new CommandDefinition(
            "update customers.legal_entity set closed_through = @through where id = @Id", new { through, entity.Id }, cancellationToken: cancel));
        await transaction.CommitAsync(cancel);
        return new CloseOutcome.Closed(request.LegalEntity, through, Again: false);
    }

    private CloseOutcome.Refused? Refusal(Row entity, DateOnly through) =>
        entity.ClosedThrough > through
            ? new CloseOutcome.Refused(
                "through", "only-forward", $"the books are closed through {entity.ClosedThrough:yyyy-MM-dd}", "A closed month is not opened again.")
        : through >= DateOnly.FromDateTime(clock.GetUtcNow().UtcDateTime)
            ? new CloseOutcome.Refused("through", "month-not-over", $"the month ends on {through:yyyy-MM-dd}", "Close it when it is over.")
        : null;

    private static Task<long> Unsettled(NpgsqlConnection connection, Guid entity, DateOnly through, CancellationToken cancel) =>
        connection.QuerySingleAsync<long>(new CommandDefinition(
            """
            select count(*) from posting.posting
            where legal_entity_id = @entity and month <= @through and state not in ('posted', 'cancelled')
            """, new { entity, through }, commandTimeout: 600, cancellationToken: cancel));

    private static Task<Row?> Find(NpgsqlConnection connection, string code, CancellationToken cancel) =>
        connection.QuerySingleOrDefaultAsync<Row>(new CommandDefinition(
            "select id, closed_through from customers.legal_entity where tenant = 1 and code = @code", new { code }, cancellationToken: cancel));

    private sealed record Row(Guid Id, DateOnly? ClosedThrough);
}
