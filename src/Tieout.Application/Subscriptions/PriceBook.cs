using Dapper;
using Npgsql;
using Tieout.Application.Catalog;
using Tieout.Domain;
using Tieout.Domain.Catalog;

namespace Tieout.Application.Subscriptions;

/// <summary>Some of the catalogue's prices with their ids.</summary>
internal sealed class PriceBook
{
    private readonly Dictionary<Guid, Price> _byId = [];
    private readonly Dictionary<(string Plan, string Component, int Version, string Currency), Guid> _ids = [];
    private readonly Dictionary<string, Guid> _plans = new(StringComparer.Ordinal);

    private readonly Dictionary<(string Plan, int Version), (DateOnly From, int TrialDays)> _versions = [];

    private PriceBook()
    {
    }

    /// <summary>The price of an id.</summary>
    /// <exception cref="KeyNotFoundException">It was not loaded.</exception>
    public Price Of(Guid id) => _byId[id];

    /// <summary>The id of a price.</summary>
    /// <exception cref="KeyNotFoundException">It was not loaded.</exception>
    public Guid IdOf(Price price) => _ids[(price.PlanCode, price.Component, price.Version, price.Currency.Code)];

    /// <summary>The id of a plan.</summary>
    /// <exception cref="KeyNotFoundException">None of its prices was loaded.</exception>
    public Guid PlanOf(string code) => _plans[code];

    /// <summary>The prices of one currency in the version of each plan that is in force on a day.</summary>
    public IReadOnlyList<Price> In(Currency currency, DateOnly day) =>
    [
        .. _byId.Values.Where(price => price.Currency == currency && _versions.TryGetValue((price.PlanCode, price.Version), out var version) && version.From <= day)
            .GroupBy(price => price.PlanCode, StringComparer.Ordinal)
            .SelectMany(plan => plan.GroupBy(price => price.Version).MaxBy(version => _versions[(plan.Key, version.Key)].From)!),
    ];

    /// <summary>Days of trial in the version of a plan that is in force on a day; zero when none is.</summary>
    public int TrialDays(string plan, DateOnly day) =>
        _versions.Where(version => version.Key.Plan == plan && version.Value.From <= day)
            .OrderByDescending(version => version.Value.From).FirstOrDefault().Value.TrialDays;

    /// <summary>Loads all prices of some plans, by code, and of those that a subscription was or will be in.</summary>
    public static async Task<PriceBook> Load(
        NpgsqlConnection connection, IReadOnlyList<string> plans, Guid? subscription, CancellationToken cancel)
    {
        var rows = await connection.QueryAsync<PriceRow>(new CommandDefinition(
            """
            select price.id, plan.id as plan_id, plan.code as plan, price.version, price.component, price.charge_model::text as charge_model,
                   price.currency, price.recognition, price.description, price.terms::text as terms
            from catalog.price
            join catalog.plan on plan.id = price.plan_id
            where plan.tenant = 1 and plan.code = any(@plans)
               or price.plan_id in (
                 select named.plan_id from catalog.price named where named.id in (
                   select component.price_id from subscriptions.component where component.subscription_id = @subscription
                     and component.billing_account_id = (select billing_account_id from subscriptions.subscription where id = @subscription)
                   union
                   select (jsonb_path_query(amendment.content, '$.**.price ? (@.type() == "string")') #>> '{}')::uuid
                   from subscriptions.amendment where amendment.subscription_id = @subscription))
            """, new { plans = plans.ToArray(), subscription }, cancellationToken: cancel));
        var versions = await connection.QueryAsync<(string Plan, int Version, DateOnly From, int TrialDays)>(new CommandDefinition(
            """
            select plan.code, version.version, version.effective_from, version.trial_days
            from catalog.plan_version version join catalog.plan on plan.id = version.plan_id
            where version.tenant = 1 and version.status = 'published'
            """, cancellationToken: cancel));
        var book = new PriceBook();
        foreach (var (plan, version, from, trial) in versions) book._versions[(plan, version)] = (from, trial);
        foreach (var row in rows)
        {
            var price = row.ToPrice();
            book._byId[row.Id] = price;
            book._ids[(price.PlanCode, price.Component, price.Version, price.Currency.Code)] = row.Id;
            book._plans[row.Plan] = row.PlanId;
        }
        return book;
    }
}
