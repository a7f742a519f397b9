using Dapper;
using Npgsql;
using Tieout.Application.Ledger;
using Tieout.Domain;
using Tieout.Domain.Closing;

namespace Tieout.Application.Closing;

/// <summary>A month of a legal entity.</summary>
/// <param name="Lines">How many lines are booked in it.</param>
public sealed record MonthRow(AccountingMonth Month, MonthState State, long Lines);

/// <summary>The months of a legal entity, the newest first.</summary>
/// <param name="LateArrivals">Where money goes that is reported for a month which takes no documents.</param>
public sealed record MonthList(string LegalEntity, LateArrivals LateArrivals, IReadOnlyList<MonthRow> Months);

/// <summary>What was done to a month.</summary>
/// <param name="Accepted">Conditions that did not hold and were accepted.</param>
/// <param name="About">What came late; empty for none.</param>
public sealed record MonthEventRow(string Event, string Actor, string Reason, IReadOnlyList<string> Accepted, string About, DateTimeOffset At);

/// <summary>A month with what has to hold before it is closed, now, and what was done to it, the newest first.</summary>
/// <param name="Ready">Everything holds.</param>
public sealed record MonthSheet(
    string LegalEntity, AccountingMonth Month, MonthState State, bool Ready, IReadOnlyList<CloseCondition> Conditions, IReadOnlyList<MonthEventRow> Events);

/// <summary>Tells of months: which are open, what still has to hold, who did what to them.</summary>
public sealed class ReadMonths(NpgsqlDataSource database, TimeProvider clock)
{
    /// <summary>All months in which something is booked, and that of today; null when no legal entity has this code.</summary>
    public async Task<MonthList?> All(string legalEntity, CancellationToken cancel)
    {
        await using var connection = await database.OpenConnectionAsync(cancel);
        if (await MonthBooks.Entity(connection, legalEntity, cancel) is not { } entity) return null;
        var rows = await connection.QueryAsync<(DateOnly Month, long Lines)>(new CommandDefinition(
            """
            select month, sum(lines)::bigint from (
              select month, lines from ledger.turnover where tenant = 1 and legal_entity_id = @Id
              union all select date_trunc('month', @today::date)::date, 0) moved
            group by month order by month desc
            """, new { entity.Id, today = DateOnly.FromDateTime(clock.GetUtcNow().UtcDateTime) }, commandTimeout: 600, cancellationToken: cancel));
        return new MonthList(entity.Code, Words.Parse<LateArrivals>(entity.LateArrivals), [.. rows.Select(row =>
            new MonthRow(AccountingMonth.Of(row.Month), entity.Calendar.StateOf(AccountingMonth.Of(row.Month)), row.Lines))]);
    }

    /// <summary>One month; null when no legal entity has this code.</summary>
    public async Task<MonthSheet?> One(string legalEntity, AccountingMonth month, CancellationToken cancel)
    {
        await using var connection = await database.OpenConnectionAsync(cancel);
        if (await MonthBooks.Entity(connection, legalEntity, cancel) is not { } entity) return null;
        await using var moment = await LedgerBooks.OneMoment(connection, cancel);
        var conditions = CloseConditions.Of(await ReadCloseFacts.Run(connection, entity, month, clock, cancel));
        var events = await connection.QueryAsync<EventRow>(new CommandDefinition(
            """
            select event, actor, reason, accepted, about, at from ledger.month_event
            where legal_entity_id = @Id and month = @first order by at desc, transaction desc limit 1000
            """, new { entity.Id, first = month.FirstDay }, cancellationToken: cancel));
        return new MonthSheet(
            entity.Code, month, entity.Calendar.StateOf(month), conditions.All(condition => condition.Holds), conditions,
            [.. events.Select(row => new MonthEventRow(row.Event, row.Actor, row.Reason, row.Accepted, row.About, row.At))]);
    }

    // By property: Dapper finds no constructor where a column is an array.
    private sealed record EventRow
    {
        public required string Event { get; init; }
        public required string Actor { get; init; }
        public required string Reason { get; init; }
        public required string[] Accepted { get; init; }
        public required string About { get; init; }
        public required DateTimeOffset At { get; init; }
    }
}
