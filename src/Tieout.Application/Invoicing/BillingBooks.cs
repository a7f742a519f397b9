using Dapper;
using Npgsql;
using Tieout.Application.Catalog;
using Tieout.Application.Exchange;
using Tieout.Application.Tax;
using Tieout.Domain;
using Tieout.Domain.Catalog;
using Tieout.Domain.Exchange;
using Tieout.Domain.Invoicing;
using Tieout.Domain.Subscriptions;
using Tieout.Domain.Tax;

namespace Tieout.Application.Invoicing;

/// <summary>A legal entity as billing needs it.</summary>
/// <param name="Currency">Of its books.</param>
/// <param name="BillsFrom">The first day it was ever billed for; null before its first run.</param>
/// <param name="BilledThrough">Through this day all of its accounts were billed.</param>
/// <param name="ClosedThrough">Last day of its last closed month.</param>
/// <param name="TaxedBy">The tax engine that it was last billed by; null when it never was.</param>
/// <param name="TaxedFrom">Of documents of this day and later.</param>
/// <param name="TaxedUntil">And before this day; null while there is no end.</param>
internal sealed record BillingEntity(
    Guid Id, string Code, string Currency, DateOnly? BillsFrom, DateOnly? BilledThrough, DateOnly? ClosedThrough,
    string? TaxedBy, DateOnly? TaxedFrom, DateOnly? TaxedUntil)
{
    /// <summary>The engine that taxed it before and is to tax documents of a day; null when there is none.</summary>
    public string? TaxedByOn(DateOnly issueDate) =>
        issueDate >= TaxedFrom && (TaxedUntil is not { } until || issueDate < until) ? TaxedBy : null;

    /// <summary>What a run through a day looks at; billing begins with the month of the first run.</summary>
    public BillingWindow Window(DateOnly through) =>
        new(BillsFrom ?? AccountingMonth.Of(through).FirstDay, BilledThrough, through);
}

/// <summary>What all accounts of a run share: read once.</summary>
internal sealed record BillingBooks(
    IReadOnlyDictionary<Guid, BillingEntity> Entities,
    IReadOnlyDictionary<Guid, Price> Prices,
    IReadOnlyDictionary<(string Plan, int Version, string Currency), decimal> Minimums,
    TaxTable Taxes,
    IReadOnlyDictionary<LegalEntityId, Seller> Sellers,
    ExchangeTable Exchange)
{
    /// <summary>When they were read.</summary>
    public required DateTimeOffset Now { get; init; }

    /// <summary>The day it was then, in UTC.</summary>
    public DateOnly Today => DateOnly.FromDateTime(Now.UtcDateTime);

    /// <summary>Tax engines, and what they answered.</summary>
    public TaxAnswers Engines { get; init; } = new(TaxRoutes.None);

    /// <summary>The day it was then in a time zone; in UTC where this machine does not know the zone.</summary>
    public DateOnly TodayIn(string zone) =>
        string.Equals(zone, "UTC", StringComparison.Ordinal) || !ZoneTime.IsKnown(zone) ? Today : ZoneTime.Today(zone, Now);

    /// <summary>The same, with what was published since they were read: somebody may have subscribed to it already.</summary>
    public async Task<BillingBooks> WithNewPrices(NpgsqlConnection connection, CancellationToken cancel)
    {
        var known = Prices.Keys.ToArray();
        var more = await connection.QuerySingleAsync<bool>(new CommandDefinition(
            "select exists (select from catalog.price where tenant = 1 and id <> all(@known))", new { known }, cancellationToken: cancel));
        return more ? this with { Prices = await CatalogCache.Load(connection, cancel), Minimums = await LoadMinimums(connection, cancel) } : this;
    }

    /// <summary>Reads them.</summary>
    /// <param name="issueDate">Rates of exchange are those of this day.</param>
    /// <param name="engines">Which legal entities are taxed by an engine.</param>
    public static async Task<BillingBooks> Load(NpgsqlConnection connection, DateOnly issueDate, TimeProvider clock, TaxAnswers engines, CancellationToken cancel)
    {
        var entities = await connection.QueryAsync<BillingEntity>(new CommandDefinition(
            """
            select entity.id, entity.code, entity.currency, entity.bills_from, entity.billed_through, entity.shut_through as closed_through,
                   taxed.engine as taxed_by, taxed.from_date as taxed_from, taxed.until_date as taxed_until
            from customers.legal_entity entity left join tax.engine_entity taxed on taxed.legal_entity_id = entity.id
            where entity.tenant = 1
            """, cancellationToken: cancel));
        return new BillingBooks(
            entities.ToDictionary(entity => entity.Id), await CatalogCache.Load(connection, cancel),
            await LoadMinimums(connection, cancel),
            await StoredTaxes.Table(connection, cancel), await StoredTaxes.Sellers(connection, cancel),
            await StoredRates.Load(connection, issueDate, issueDate, cancel))
        {
            Now = clock.GetUtcNow(),
            Engines = engines,
        };
    }

    private static async Task<Dictionary<(string Plan, int Version, string Currency), decimal>> LoadMinimums(
        NpgsqlConnection connection, CancellationToken cancel)
    {
        var minimums = await connection.QueryAsync<(string Plan, int Version, string Currency, decimal Amount)>(new CommandDefinition(
            """
            select plan.code, version.version, least.key, least.value::numeric
            from catalog.plan_version version
            join catalog.plan on plan.id = version.plan_id
            cross join lateral jsonb_each_text(version.minimums) least
            """, cancellationToken: cancel));
        return minimums.ToDictionary(row => (row.Plan, row.Version, row.Currency), row => row.Amount);
    }
}
