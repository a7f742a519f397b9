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

    /// <summary>The prices of one currency.</summary>
    public IReadOnlyList<Price> In(Currency currency) => [.. _byId.Values.Where(price => price.Currency == currency)];

    /// <summary>Loads all prices of some plans, by code, and those that a subscription's amendments and components name.</summary>
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
               or price.id in (
                 select component.price_id from subscriptions.component where component.subscription_id = @subscription
                   and component.billing_account_id = (select billing_account_id from subscriptions.subscription where id = @subscription)
                 union
                 select (jsonb_path_query(amendment.content, '$.**.price') #>> '{}')::uuid
                 from subscriptions.amendment where amendment.subscription_id = @subscription)
            """, new { plans = plans.ToArray(), subscription }, cancellationToken: cancel));
        var book = new PriceBook();
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
