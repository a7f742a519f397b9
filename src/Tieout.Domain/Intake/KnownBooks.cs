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

/// <summary>A plan and its published versions.</summary>
public sealed record KnownPlan(Guid Id, string Code, IReadOnlyList<KnownVersion> Versions)
{
    /// <summary>A plan with one version that has been there always.</summary>
    public KnownPlan(Guid id, string code, IReadOnlyDictionary<(string Component, string Currency), Guid> prices)
        : this(id, code, [new KnownVersion(DateOnly.MinValue, prices)]) { }

    /// <summary>The prices a subscription takes that starts on a day: those of the latest version begun; none when none has.</summary>
    public IReadOnlyDictionary<(string Component, string Currency), Guid> PricesOn(DateOnly start) =>
        On(start)?.Prices ?? FrozenDictionary<(string, string), Guid>.Empty;

    /// <summary>Days of trial of a subscription that starts on a day.</summary>
    public int TrialDaysOn(DateOnly start) => On(start)?.TrialDays ?? 0;

    private KnownVersion? On(DateOnly start)
    {
        KnownVersion? latest = null;
        foreach (var version in Versions)
            if (version.From <= start && (latest is null || version.From >= latest.From)) latest = version;
        return latest;
    }
}

/// <summary>A version: the first day subscriptions take it, and the ids of its prices by component and currency code.</summary>
public sealed record KnownVersion(DateOnly From, IReadOnlyDictionary<(string Component, string Currency), Guid> Prices)
{
    /// <summary>Days of trial it gives to whoever subscribes.</summary>
    public int TrialDays { get; init; }
}
