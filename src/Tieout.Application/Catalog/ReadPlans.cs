using System.Text.Json;
using Npgsql;
using Tieout.Domain.Catalog;

namespace Tieout.Application.Catalog;

/// <summary>A plan with its versions.</summary>
public sealed record PlanView(string Code, string Name, string? Product, IReadOnlyList<VersionView> Versions);

/// <summary>A version: where it stands, and its text as it may be sent again.</summary>
/// <param name="Version">From 1.</param>
/// <param name="Status">Draft or published.</param>
/// <param name="EffectiveFrom">The first day subscriptions take it.</param>
/// <param name="Sha256">Fingerprint of its canonical form.</param>
/// <param name="PublishedAt">When.</param>
/// <param name="PublishedBy">By whom.</param>
/// <param name="Content">The version in its canonical form (docs/catalogue.md).</param>
public sealed record VersionView(
    int Version, VersionStatus Status, DateOnly EffectiveFrom, string Sha256, DateTimeOffset? PublishedAt, string? PublishedBy, JsonElement Content);

/// <summary>Reads the catalogue's plans.</summary>
public sealed class ReadPlans(NpgsqlDataSource database)
{
    /// <summary>All plans by code, or the one with a code.</summary>
    public async Task<IReadOnlyList<PlanView>> Run(string? code, CancellationToken cancel)
    {
        await using var connection = await database.OpenConnectionAsync(cancel);
        var plans = await StoredPlans.Load(connection, code, cancel);
        return [.. plans.Select(plan => new PlanView(plan.Code, plan.Name, plan.Product, [.. plan.Versions.Select(View)]))];
    }

    private static VersionView View(StoredVersion version) => new(
        version.Content.Version, version.Status, version.Content.EffectiveFrom, version.Fingerprint ?? PlanJson.Fingerprint(version.Content),
        version.PublishedAt, version.PublishedBy, JsonSerializer.SerializeToElement(PlanJson.Of(version.Content)));
}
