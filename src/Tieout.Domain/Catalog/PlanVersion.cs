namespace Tieout.Domain.Catalog;

/// <summary>Where a version of a plan stands.</summary>
public enum VersionStatus
{
    /// <summary>Being written; nobody can subscribe to it.</summary>
    Draft,

    /// <summary>In the catalogue; it never changes again.</summary>
    Published,
}

/// <summary>One version of a plan: its settings and all its prices. A subscription keeps the version it took.</summary>
public sealed record PlanVersion
{
    /// <summary>The day of versions that have been there always.</summary>
    public static readonly DateOnly Always = new(1900, 1, 1);

    /// <summary>The longest trial, in days.</summary>
    public const int LongestTrial = 3_650;

    /// <summary>A version.</summary>
    /// <param name="planCode">The plan.</param>
    /// <param name="version">From 1.</param>
    /// <param name="effectiveFrom">Subscriptions that start on this day or later take it, until the next version's day.</param>
    /// <param name="prices">One for each component and currency.</param>
    public PlanVersion(string planCode, int version, DateOnly effectiveFrom, IReadOnlyList<Price> prices)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(version, 1);
        (PlanCode, Version, EffectiveFrom, Prices) = (planCode, version, effectiveFrom, prices);
    }

    /// <summary>The plan.</summary>
    public string PlanCode { get; }

    /// <summary>From 1.</summary>
    public int Version { get; }

    /// <summary>The first day subscriptions take it.</summary>
    public DateOnly EffectiveFrom { get; }

    /// <summary>One for each component and currency.</summary>
    public IReadOnlyList<Price> Prices { get; init; }

    /// <summary>Days that are not paid for after the start of a subscription.</summary>
    public int TrialDays { get; init; }

    /// <summary>The least a subscription costs in a calendar month, in each currency that has one.</summary>
    public IReadOnlyList<Money> Minimums { get; init; } = [];

    /// <summary>The version a subscription takes that starts on a day: the latest one begun; null when none has.</summary>
    public static PlanVersion? InForce(IEnumerable<PlanVersion> published, DateOnly day) =>
        published.Where(version => version.EffectiveFrom <= day).OrderBy(version => version.EffectiveFrom).ThenBy(version => version.Version).LastOrDefault();
}
