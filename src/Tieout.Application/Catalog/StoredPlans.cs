using System.Text.Json;
using Dapper;
using Npgsql;
using Tieout.Domain;
using Tieout.Domain.Catalog;

namespace Tieout.Application.Catalog;

/// <summary>A plan as it stands, with all its versions.</summary>
internal sealed record StoredPlan(Guid Id, string Code, string Name, string? Product, IReadOnlyList<StoredVersion> Versions);

/// <summary>A version as it stands.</summary>
internal sealed record StoredVersion(PlanVersion Content, VersionStatus Status, string? Fingerprint, DateTimeOffset? PublishedAt,
    string? PublishedBy);

/// <summary>Loads the whole catalogue: it is small, and whoever compares needs all of it.</summary>
internal static class StoredPlans
{
    public static async Task<IReadOnlyList<StoredPlan>> Load(NpgsqlConnection connection, string? code, CancellationToken cancel)
    {
        await using var results = await connection.QueryMultipleAsync(new CommandDefinition(
            """
            select plan.id, plan.code, plan.name, product.code as product
            from catalog.plan plan left join catalog.product product on product.id = plan.product_id
            where plan.tenant = 1 and (@code::text is null or plan.code = @code) order by plan.code;

            select plan_id, version, effective_from, trial_days, minimums::text as minimums, status, content_sha256, published_at, published_by
            from catalog.plan_version where tenant = 1 order by plan_id, version;

            select price.id, price.plan_id, plan.code as plan, price.version, price.component, price.charge_model::text as charge_model,
                   price.currency, price.recognition, price.description, price.terms::text as terms
            from catalog.price price join catalog.plan plan on plan.id = price.plan_id
            where price.tenant = 1 and (@code::text is null or plan.code = @code) order by price.component, price.currency;
            """, new { code }, cancellationToken: cancel));
        var plans = (await results.ReadAsync<PlanRow>()).AsList();
        var versions = (await results.ReadAsync<VersionRow>()).ToLookup(row => row.PlanId);
        var prices = (await results.ReadAsync<PriceRow>()).ToLookup(row => (row.PlanId, row.Version), row => row.ToPrice());
        return
        [
            .. plans.Select(plan => new StoredPlan(
                plan.Id, plan.Code, plan.Name, plan.Product,
                [.. versions[plan.Id].Select(version => Version(plan.Code, version, [.. prices[(plan.Id, version.Version)]]))])),
        ];
    }

    private static StoredVersion Version(string plan, VersionRow row, IReadOnlyList<Price> prices) => new(
        new PlanVersion(plan, row.Version, row.EffectiveFrom, prices) { TrialDays = row.TrialDays, Minimums = Minimums(row.Minimums) },
        Words.Parse<VersionStatus>(row.Status), row.ContentSha256, row.PublishedAt, row.PublishedBy);

    private static IReadOnlyList<Money> Minimums(string stored)
    {
        using var document = JsonDocument.Parse(stored);
        return [.. document.RootElement.EnumerateObject().Select(member => new Money(
            decimal.Parse(member.Value.GetString()!, System.Globalization.CultureInfo.InvariantCulture), Currency.Of(member.Name)))];
    }

    private sealed record PlanRow(Guid Id, string Code, string Name, string? Product);

    private sealed record VersionRow(
        Guid PlanId, int Version, DateOnly EffectiveFrom, int TrialDays, string Minimums, string Status, string? ContentSha256,
        DateTimeOffset? PublishedAt, string? PublishedBy);
}

/// <summary>A row of catalog.price.</summary>
internal sealed record PriceRow(
    Guid Id, Guid PlanId, string Plan, int Version, string Component, string ChargeModel, string Currency, string Recognition, string Description,
    string Terms)
{
    public Price ToPrice() => new(
        Plan, Component, PriceJson.Model(ChargeModel), Domain.Currency.Of(Currency), Words.Parse<Recognition>(Recognition), Description)
    {
        Id = new PriceId(Id),
        Version = Version,
        Terms = PriceJson.Terms(Terms),
    };
}
