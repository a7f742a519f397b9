using Dapper;
using Npgsql;
using Tieout.Application.Invoicing;
using Tieout.Domain;
using Tieout.Domain.Closing;
using Tieout.Domain.Invoicing;

namespace Tieout.Application.Closing;

/// <summary>A legal entity with how far it is closed.</summary>
/// <param name="Books">The currency of its books.</param>
internal sealed record ClosingEntity(Guid Id, string Code, DateOnly? ClosedThrough, DateOnly? SoftClosedThrough, string LateArrivals, string Books)
{
    public BooksCalendar Calendar => new(ClosedThrough, SoftClosedThrough);
}

/// <summary>Reads and writes what concerns the months of one legal entity.</summary>
internal static class MonthBooks
{
    public static Task<ClosingEntity?> Entity(NpgsqlConnection connection, string code, CancellationToken cancel) =>
        connection.QuerySingleOrDefaultAsync<ClosingEntity>(new CommandDefinition(
            "select id, code, closed_through, soft_closed_through, late_arrivals, currency as books from customers.legal_entity where tenant = 1 and code = @code",
            new { code }, cancellationToken: cancel));

    /// <summary>The entity with nobody else booking in it until the transaction ends; null when there is none.</summary>
    public static async Task<ClosingEntity?> Alone(NpgsqlConnection connection, string code, CancellationToken cancel)
    {
        if (await Entity(connection, code, cancel) is not { } known) return null;
        await BillingLock.Alone(connection, known.Id, cancel);
        return await Entity(connection, code, cancel);
    }

    /// <summary>Null when who and why can be kept.</summary>
    public static CloseOutcome.Refused? Unreadable(string actor, string reason) =>
        GivenText.Problem(reason, GivenText.ReasonMost) is { } why ? new CloseOutcome.Refused("reason", "bad-text", why, "")
        : GivenText.Problem(actor, GivenText.ActorMost) is { } who ? new CloseOutcome.Refused("actor", "bad-text", who, "")
        : null;

    /// <summary>Says what was done to a month. False when the same was asked before.</summary>
    public static async Task<bool> Say(
        NpgsqlConnection connection, Guid entity, AccountingMonth month, string what, MonthNote note, DateTimeOffset now, CancellationToken cancel) =>
        await connection.ExecuteAsync(new CommandDefinition(
            """
            insert into ledger.month_event (id, legal_entity_id, month, event, accepted, about, actor, reason, at)
            values (@id, @entity, @month, @what, @accepted, @About, @Actor, @Reason, @now) on conflict do nothing
            """,
            new
            {
                id = Guid.CreateVersion7(now),
                entity,
                month = month.FirstDay,
                what,
                accepted = note.Accepted.ToArray(),
                note.About,
                note.Actor,
                note.Reason,
                now,
            },
            cancellationToken: cancel)) > 0;
}

/// <summary>Who, why, about what, and which conditions were accepted.</summary>
internal sealed record MonthNote(string Actor, string Reason, string About = "")
{
    public IReadOnlyList<string> Accepted { get; init; } = [];
}
