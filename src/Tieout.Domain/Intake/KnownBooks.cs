using System.Collections.Frozen;

namespace Tieout.Domain.Intake;

/// <summary>What a row may refer to: legal entities, plans with their prices, and tax codes that have a rate.</summary>
public sealed class KnownBooks(
    IEnumerable<KnownLegalEntity> legalEntities, IEnumerable<KnownPlan> plans, IEnumerable<string> taxCodes)
{
    /// <summary>Our companies, by code.</summary>
    public FrozenDictionary<string, KnownLegalEntity> LegalEntities { get; } =
        legalEntities.ToFrozenDictionary(entity => entity.Code, StringComparer.Ordinal);

    /// <summary>The catalogue's plans, by code.</summary>
    public FrozenDictionary<string, KnownPlan> Plans { get; } = plans.ToFrozenDictionary(plan => plan.Code, StringComparer.Ordinal);

    /// <summary>Tax codes with at least one rate.</summary>
    public FrozenSet<string> TaxCodes { get; } = taxCodes.ToFrozenSet(StringComparer.Ordinal);
}

/// <summary>A company of ours.</summary>
public sealed record KnownLegalEntity(LegalEntityId Id, string Code, Currency Currency);

/// <summary>A plan and the ids of its prices, by component and currency code.</summary>
public sealed record KnownPlan(Guid Id, string Code, IReadOnlyDictionary<(string Component, string Currency), Guid> Prices);
