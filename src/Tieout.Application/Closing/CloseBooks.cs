using Dapper;
using Npgsql;
using Tieout.Application.Invoicing;
using Tieout.Domain.Closing;

namespace Tieout.Application.Closing;

/// <summary>
/// Closes the books of a legal entity through a month: nothing is booked in it any more, corrections come in later ones. Only for
/// months that are over, and only when every condition holds or is accepted by name. Soft-closed, a month takes journals only.
/// </summary>
public sealed class CloseBooks(NpgsqlDataSource database, TimeProvider clock)
{
    /// <summary>One transaction; whoever bills or credits the entity now is waited for.</summary>
    public async Task<CloseOutcome> Run(CloseRequest request, CancellationToken cancel)
    {
        if (MonthBooks.Unreadable(request.Actor, request.Reason) is { } unreadable) return unreadable;
        await using var connection = await database.OpenConnectionAsync(cancel);
        await using var transaction = await connection.BeginTransactionAsync(cancel);
        if (await MonthBooks.Alone(connection, request.LegalEntity, cancel) is not { } entity) return new CloseOutcome.NotFound(request.LegalEntity);
        var through = request.Through.Period.End.AddDays(-1);
        if ((request.Soft ? entity.Calendar.ShutThrough : entity.ClosedThrough) == through)
            return new CloseOutcome.Closed(request.LegalEntity, through, Again: true);
        if (Refusal(request, entity, through) is { } refused) return refused;
        var conditions = CloseConditions.Of(await ReadCloseFacts.Run(connection, entity, request.Through, clock, cancel));
        if (Unmet(request, conditions) is { } unmet) return unmet;
        await Close(connection, request, entity, through, conditions, cancel);
        await transaction.CommitAsync(cancel);
        return new CloseOutcome.Closed(request.LegalEntity, through, Again: false);
    }

    private async Task Close(
        NpgsqlConnection connection, CloseRequest request, ClosingEntity entity, DateOnly through, IReadOnlyList<CloseCondition> conditions,
        CancellationToken cancel)
    {
        var now = clock.GetUtcNow();
        var what = request.Soft ? "Soft-close" : "Close";
        await OneDocumentRun.Add(connection, "close", $"{what} {request.LegalEntity} through {request.Through}: {request.Reason}", request.Actor, now, cancel);
        var accepted = request.Soft ? [] : conditions.Where(condition => !condition.Holds).Select(condition => condition.Code).ToArray();
        await MonthBooks.Say(
            connection, entity.Id, request.Through, request.Soft ? "soft-closed" : "closed",
            new MonthNote(request.Actor, request.Reason) { Accepted = accepted }, now, cancel);
        await connection.ExecuteAsync(new CommandDefinition(
            request.Soft ? "update customers.legal_entity set soft_closed_through = @through where id = @Id"
                : "update customers.legal_entity set closed_through = @through where id = @Id",
            new { through, entity.Id }, cancellationToken: cancel));
    }

    private static CloseOutcome.Refused? Refusal(CloseRequest request, ClosingEntity entity, DateOnly through)
    {
        var stands = request.Soft ? entity.Calendar.ShutThrough : entity.ClosedThrough;
        if (stands > through)
            return new CloseOutcome.Refused(
                "through", "only-forward", $"the books are closed through {stands:yyyy-MM-dd}", "Name a later month; to open one again, reopen it.");
        var unknown = request.Accept.FirstOrDefault(code => !CloseConditions.Acceptable.Contains(code, StringComparer.Ordinal));
        return unknown is null ? null : new CloseOutcome.Refused(
            "accept", "not-acceptable", $"'{unknown}' cannot be accepted", $"Leave it out; what may be accepted: {string.Join(", ", CloseConditions.Acceptable)}.");
    }

    // To soft-close a month it need only be over: what is to come is what it is soft-closed for.
    private static CloseOutcome.Refused? Unmet(CloseRequest request, IReadOnlyList<CloseCondition> conditions)
    {
        var unmet = conditions.Where(condition => !condition.Holds && !request.Accept.Contains(condition.Code, StringComparer.Ordinal)
            && (!request.Soft || condition.Code == CloseConditions.MonthOver)).ToList();
        if (unmet.Count == 0) return null;
        var code = unmet[0].Code == CloseConditions.MonthOver ? "month-not-over" : unmet.Exists(one => !one.MayBeAccepted) ? "documents-open" : "conditions-unmet";
        return new CloseOutcome.Refused(
            "through", code, string.Join(" ", unmet.Select(one => one.Says)).TrimEnd('.'),
            string.Join(" ", unmet.Select(one => one.MayBeAccepted ? $"{one.Remedy} Or accept '{one.Code}'." : one.Remedy)), unmet);
    }
}
