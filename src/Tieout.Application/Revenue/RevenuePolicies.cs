using Dapper;
using Npgsql;
using Tieout.Application.Database;
using Tieout.Application.Ledger;
using Tieout.Domain;
using Tieout.Domain.Invoicing;
using Tieout.Domain.Revenue;

namespace Tieout.Application.Revenue;

/// <summary>How a legal entity spreads the charges that begin on a day or later.</summary>
public sealed record RevenuePolicy(
    string LegalEntity, DateOnly From, Spread Spread, ScheduleRounding Rounding, string Reason, string Actor, DateTimeOffset CreatedAt);

/// <summary>Asks to spread otherwise from a day on.</summary>
public sealed record PolicyRequest(string LegalEntity, DateOnly From, Spread Spread, ScheduleRounding Rounding, string Reason, string Actor);

/// <summary>
/// How legal entities spread what they defer: each choice holds for charges that begin on its day or later and is never taken back. A charge
/// goes on as it began.
/// </summary>
public sealed class RevenuePolicies(NpgsqlDataSource database, TimeProvider clock)
{
    /// <summary>All that were given, by legal entity, the newest first; charges before the first are spread by days, rounded cumulatively.</summary>
    public async Task<RevenueReply> Read(CancellationToken cancel)
    {
        var rows = await database.Rows<Row>(
            """
            select e.code as legal_entity, p.from_date, p.spread, p.rounding, p.reason, p.actor, p.created_at
            from revenue.policy p join customers.legal_entity e on e.id = p.legal_entity_id
            where p.tenant = 1 order by e.code, p.from_date desc
            """, null, cancel);
        return new RevenueReply.Policies([.. rows.Select(row => new RevenuePolicy(
            row.LegalEntity, row.FromDate, Words.Parse<Spread>(row.Spread), Words.Parse<ScheduleRounding>(row.Rounding), row.Reason, row.Actor, row.CreatedAt))]);
    }

    /// <summary>Adds one. What the legal entity chose for that day already is no change; another choice for it is refused.</summary>
    public async Task<RevenueReply> Add(PolicyRequest request, CancellationToken cancel)
    {
        if (GivenText.Problem(request.Reason, GivenText.ReasonMost) is { } why) return new RevenueReply.Refused("reason", "bad-text", why, "");
        if (GivenText.Problem(request.Actor, GivenText.ActorMost) is { } who) return new RevenueReply.Refused("actor", "bad-text", who, "");
        if (LedgerBooks.OutOfTime(AccountingMonth.Of(request.From)) is { } no) return new RevenueReply.Refused("from", no.Code, no.Reason, no.Remedy);
        await using var connection = await database.OpenConnectionAsync(cancel);
        if (await LedgerBooks.Entity(connection, request.LegalEntity, cancel) is not { } entity) return RevenueReply.UnknownEntity;
        var (spread, rounding) = (Words.Of(request.Spread), Words.Of(request.Rounding));
        await connection.ExecuteAsync(new CommandDefinition(
            """
            insert into revenue.policy (legal_entity_id, from_date, spread, rounding, reason, actor, created_at)
            values (@Id, @From, @spread, @rounding, @Reason, @Actor, @now) on conflict do nothing
            """,
            new { entity.Id, request.From, spread, rounding, request.Reason, request.Actor, now = clock.GetUtcNow() }, cancellationToken: cancel));
        var stands = await connection.QuerySingleAsync<(string Spread, string Rounding)>(new CommandDefinition(
            "select spread, rounding from revenue.policy where legal_entity_id = @Id and from_date = @From", new { entity.Id, request.From },
            cancellationToken: cancel));
        return stands == (spread, rounding)
            ? await Read(cancel)
            : new RevenueReply.Refused(
                "from", "policy-stands", $"from this day on charges are spread {stands.Spread}, rounded {stands.Rounding}", "Take a later day.");
    }

    private sealed record Row(string LegalEntity, DateOnly FromDate, string Spread, string Rounding, string Reason, string Actor, DateTimeOffset CreatedAt);
}
