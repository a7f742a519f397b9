using System.Text.Json;
using Dapper;
using Npgsql;
using Tieout.Application.Database;
using Tieout.Domain.Cash;
using Tieout.Domain.Catalog;
using Tieout.Domain.Invoicing;

namespace Tieout.Application.Payments;

/// <summary>How exact a legal entity is about money that it gets.</summary>
/// <param name="Version">Counted from 1; 0 where nobody set one.</param>
/// <param name="GraceDays">So many days later than the invoice says a discount for paying early may be kept.</param>
/// <param name="Tolerances">By currency: what a payment may differ from its invoice by and settle it all the same.</param>
/// <param name="ChangedAt">Null where nobody set one.</param>
public sealed record PaymentRulesSheet(
    string LegalEntity, int Version, int GraceDays, IReadOnlyDictionary<string, decimal> Tolerances, string Reason, string Actor, DateTimeOffset? ChangedAt);

/// <summary>What came of asking for payment rules.</summary>
public abstract record PaymentRulesOutcome
{
    private PaymentRulesOutcome() { }

    /// <summary>They count.</summary>
    /// <param name="Again">They did before; nothing was changed.</param>
    public sealed record Done(PaymentRulesSheet Sheet, bool Again) : PaymentRulesOutcome;

    /// <summary>No legal entity has the code.</summary>
    public sealed record NotFound : PaymentRulesOutcome;

    /// <summary>The document cannot be taken.</summary>
    public sealed record Unreadable(IReadOnlyList<PriceProblem> Problems) : PaymentRulesOutcome;
}

/// <summary>
/// Says how many days of grace there are for discounts, and what goes to rounding: versions, of which the newest counts for money that is booked from
/// then on.
/// </summary>
public sealed class SetPaymentRules(NpgsqlDataSource database, TimeProvider clock)
{
    private const int DaysMost = 1_000;

    /// <summary>Those that count.</summary>
    public async Task<PaymentRulesOutcome> Find(string legalEntity, CancellationToken cancel)
    {
        await using var connection = await database.OpenConnectionAsync(cancel);
        return await Newest(connection, legalEntity, cancel) is { } sheet ? new PaymentRulesOutcome.Done(sheet, Again: true) : new PaymentRulesOutcome.NotFound();
    }

    /// <summary>Sets a new version; what was booked before stays as it is.</summary>
    /// <param name="document">docs/payments.md describes its members. What it leaves out is none.</param>
    /// <param name="actor">Who sets them; null when the document says.</param>
    public async Task<PaymentRulesOutcome> Set(string legalEntity, JsonElement document, string? actor, CancellationToken cancel)
    {
        List<PriceProblem> problems = [];
        var json = CashFields.Top(document, problems, "grace-days", "tolerances", "reason", "actor");
        var tolerances = json.Find("tolerances")?.Members().Select(member => (member.Name, Amount: member.Value.AsNumber() ?? 0m)).ToList() ?? [];
        var rules = new PaymentRules(
            0, json.IntegerOr("grace-days", DaysMost, 0), tolerances.ToDictionary(one => one.Name, one => one.Amount, StringComparer.Ordinal));
        var (reason, who) = (json.Words("reason", GivenText.ReasonMost), actor ?? json.Words("actor", GivenText.ActorMost));
        if (problems.Count == 0) problems.AddRange(rules.Problems());
        if (problems.Count > 0) return new PaymentRulesOutcome.Unreadable(problems);
        await using var connection = await database.OpenConnectionAsync(cancel);
        await using var transaction = await connection.BeginTransactionAsync(cancel);
        // Whoever else sets them for this legal entity waits.
        await connection.ExecuteAsync(new CommandDefinition(
            "select from customers.legal_entity where tenant = 1 and code = @legalEntity for no key update", new { legalEntity }, cancellationToken: cancel));
        if (await Newest(connection, legalEntity, cancel) is not { } stands) return new PaymentRulesOutcome.NotFound();
        if (Same(stands, rules)) return new PaymentRulesOutcome.Done(stands, Again: true);
        await Save(connection, legalEntity, stands.Version + 1, rules, (reason, who), cancel);
        await transaction.CommitAsync(cancel);
        return new PaymentRulesOutcome.Done((await Newest(connection, legalEntity, cancel))!, Again: false);
    }

    private Task Save(
        NpgsqlConnection connection, string legalEntity, int version, PaymentRules rules, (string Reason, string Actor) by, CancellationToken cancel)
    {
        var some = rules.Tolerances.Where(one => one.Value > 0).ToList();
        return connection.ExecuteAsync(new CommandDefinition(
            """
            insert into cash.payment_rules (legal_entity_id, version, grace_days, reason, actor, created_at)
            select id, @version, @GraceDays, @Reason, @Actor, @now from customers.legal_entity where tenant = 1 and code = @legalEntity;
            insert into cash.tolerance (legal_entity_id, version, currency, amount)
            select e.id, @version, said.currency, said.amount
            from customers.legal_entity e, unnest(@currencies, @amounts) as said (currency, amount) where e.tenant = 1 and e.code = @legalEntity
            """,
            new
            {
                legalEntity,
                version,
                rules.GraceDays,
                by.Reason,
                by.Actor,
                now = clock.GetUtcNow(),
                currencies = some.Select(one => one.Key).ToArray(),
                amounts = some.Select(one => one.Value).ToArray(),
            }, cancellationToken: cancel));
    }

    private static bool Same(PaymentRulesSheet stands, PaymentRules rules) => stands.Version > 0 && stands.GraceDays == rules.GraceDays
        && rules.Tolerances.Where(one => one.Value > 0).ToHashSet().SetEquals(stands.Tolerances);

    // Of a legal entity without any: to the day, and to the cent.
    private static async Task<PaymentRulesSheet?> Newest(NpgsqlConnection connection, string legalEntity, CancellationToken cancel)
    {
        var row = await connection.QuerySingleOrDefaultAsync<Row>(new CommandDefinition(
            """
            select e.id, e.code, coalesce(r.version, 0) as version, coalesce(r.grace_days, 0) as grace_days, coalesce(r.reason, '') as reason,
                   coalesce(r.actor, '') as actor, r.created_at
            from customers.legal_entity e
            left join lateral (
              select * from cash.payment_rules rules where rules.legal_entity_id = e.id order by rules.version desc limit 1) r on true
            where e.tenant = 1 and e.code = @legalEntity
            """, new { legalEntity }, cancellationToken: cancel));
        if (row is null) return null;
        var tolerances = await connection.QueryAsync<(string Currency, decimal Amount)>(new CommandDefinition(
            "select currency, amount from cash.tolerance where legal_entity_id = @Id and version = @Version order by currency", row, cancellationToken: cancel));
        return new PaymentRulesSheet(
            row.Code, row.Version, row.GraceDays, tolerances.ToDictionary(one => one.Currency, one => Canonical.Of(one.Amount), StringComparer.Ordinal), row.Reason,
            row.Actor, row.CreatedAt);
    }

    private sealed record Row(Guid Id, string Code, int Version, int GraceDays, string Reason, string Actor, DateTimeOffset? CreatedAt);
}
