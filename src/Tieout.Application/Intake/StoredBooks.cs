using Dapper;
using Npgsql;
using Tieout.Domain;
using Tieout.Domain.Intake;
using Tieout.Domain.Tax;

namespace Tieout.Application.Intake;

/// <summary>Loads what rows may refer to.</summary>
internal static class StoredBooks
{
    public static async Task<KnownBooks> Load(NpgsqlConnection connection, CancellationToken cancel)
    {
        await using var results = await connection.QueryMultipleAsync(new CommandDefinition(
            """
            select id, code, currency from customers.legal_entity where tenant = 1;
            select id, code from catalog.plan where tenant = 1;
            select price.plan_id, price.component, price.currency, price.id, price.version, version.effective_from, version.trial_days
            from catalog.price price
            join catalog.plan_version version on version.plan_id = price.plan_id and version.version = price.version
            where price.tenant = 1 and version.status = 'published';
            select distinct code from tax.rate where tenant = 1;
            """, cancellationToken: cancel));
        var entities = await results.ReadAsync<(Guid Id, string Code, string Currency)>();
        var plans = await results.ReadAsync<(Guid Id, string Code)>();
        var prices = (await results.ReadAsync<(Guid Plan, string Component, string Currency, Guid Id, int Version, DateOnly From, int TrialDays)>())
            .ToLookup(price => price.Plan);
        return new KnownBooks(
            entities.Select(entity => new KnownLegalEntity(new(entity.Id), entity.Code, Currency.Of(entity.Currency))),
            plans.Select(plan => new KnownPlan(plan.Id, plan.Code,
            [
                .. prices[plan.Id].GroupBy(price => (price.From, price.Version, price.TrialDays)).Select(version => new KnownVersion(
                    version.Key.From, version.ToDictionary(price => (price.Component, price.Currency), price => price.Id)) { TrialDays = version.Key.TrialDays }),
            ])),
            (await results.ReadAsync<string>()).Append(TaxRules.Auto));
    }
}
