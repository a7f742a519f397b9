using Dapper;
using Npgsql;
using Tieout.Domain;
using Tieout.Domain.Catalog;

namespace Tieout.Application.Catalog;

/// <summary>Writes versions of plans inside the caller's transaction. Whoever calls has checked them.</summary>
internal static class WriteVersion
{
    /// <summary>A new plan without versions; its id.</summary>
    public static async Task<Guid> Plan(NpgsqlConnection connection, string code, string name, string? product, CancellationToken cancel)
    {
        var id = Guid.CreateVersion7();
        await connection.ExecuteAsync(new CommandDefinition(
            """
            insert into catalog.plan (id, code, name, product_id)
            values (@id, @code, @name, (select id from catalog.product where tenant = 1 and code = @product))
            """, new { id, code, name, product }, cancellationToken: cancel));
        return id;
    }

    /// <summary>A draft with its prices; one that stands already under the number is replaced.</summary>
    public static async Task Draft(NpgsqlConnection connection, Guid plan, PlanVersion version, CancellationToken cancel)
    {
        await connection.ExecuteAsync(new CommandDefinition(
            """
            delete from catalog.price where plan_id = @plan and version = @Version;
            delete from catalog.plan_version where plan_id = @plan and version = @Version;
            insert into catalog.plan_version (plan_id, version, effective_from, trial_days, minimums, status)
            values (@plan, @Version, @EffectiveFrom, @TrialDays, @minimums::jsonb, 'draft');
            """,
            new { plan, version.Version, version.EffectiveFrom, version.TrialDays, minimums = PlanJson.Of(version.Minimums).ToJsonString() },
            cancellationToken: cancel));
        await connection.ExecuteAsync(new CommandDefinition(
            """
            insert into catalog.price (id, plan_id, version, component, model, charge_model, currency, unit_price, recognition, description, terms)
            values (@Id, @plan, @Version, @Component, @Model, @ChargeModel::jsonb, @Currency, @UnitPrice, @Recognition, @Description, @Terms::jsonb)
            """,
            version.Prices.Select(price => new
            {
                Id = Guid.CreateVersion7(),
                plan,
                version.Version,
                price.Component,
                Model = ModelText.Type(price.Model),
                ChargeModel = ModelText.Of(price.Model).ToJsonString(),
                Currency = price.Currency.Code,
                UnitPrice = UnitPrice(price.Model),
                Recognition = Words.Of(price.Recognition),
                price.Description,
                Terms = PriceJson.Of(price.Terms).ToJsonString(),
            }), cancellationToken: cancel));
    }

    /// <summary>Makes a draft published: from here on it never changes.</summary>
    public static Task Publish(NpgsqlConnection connection, Guid plan, PlanVersion version, string actor, CancellationToken cancel) =>
        connection.ExecuteAsync(new CommandDefinition(
            """
            update catalog.plan_version
            set status = 'published', prices = @prices, content_sha256 = @fingerprint, published_at = now(), published_by = @actor
            where plan_id = @plan and version = @Version
            """,
            new { plan, version.Version, prices = version.Prices.Count, fingerprint = PlanJson.Fingerprint(version), actor },
            cancellationToken: cancel));

    private static decimal? UnitPrice(ChargeModel model) => model switch
    {
        ChargeModel.Flat flat => flat.Amount,
        ChargeModel.PerUnit perUnit => perUnit.UnitPrice,
        _ => null,
    };
}
