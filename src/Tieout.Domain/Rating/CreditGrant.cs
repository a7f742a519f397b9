namespace Tieout.Domain.Rating;

/// <summary>Prepaid credit as it stands now.</summary>
public sealed record CreditGrant
{
    /// <summary>A grant.</summary>
    /// <param name="id">Its id.</param>
    /// <param name="credit">The kind of credit, which a prepaid price names.</param>
    /// <param name="remaining">What can still be drawn; units, or money where there is a currency.</param>
    /// <exception cref="ArgumentOutOfRangeException">Less than nothing remains.</exception>
    public CreditGrant(CreditGrantId id, string credit, decimal remaining)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(remaining);
        (Id, Credit, Remaining) = (id, credit, remaining);
    }

    /// <summary>Its id.</summary>
    public CreditGrantId Id { get; }

    /// <summary>The kind of credit, such as <c>api-calls</c>.</summary>
    public string Credit { get; }

    /// <summary>What can still be drawn.</summary>
    public decimal Remaining { get; }

    /// <summary>The currency of a grant of money; null for a grant of units.</summary>
    public Currency? Currency { get; init; }

    /// <summary>What people call it; shown in the steps.</summary>
    public string Name { get; init; } = "credit";

    /// <summary>Lower goes first.</summary>
    public int Priority { get; init; }

    /// <summary>The first day it can be drawn.</summary>
    public DateOnly GrantedOn { get; init; } = DateOnly.MinValue;

    /// <summary>The first day it can no longer be drawn; null when it never expires.</summary>
    public DateOnly? ExpiresOn { get; init; }

    /// <summary>What becomes of the rest when it expires; null when it is lost.</summary>
    public Rollover? Rollover { get; init; }

    /// <summary>Whether it can be drawn on a day.</summary>
    public bool CanBeDrawn(DateOnly day) => Remaining > 0m && day >= GrantedOn && (ExpiresOn is not { } end || day < end);
}

/// <summary>What of an expiring grant lives on: a fraction of the rest, and no more than the most.</summary>
public sealed record Rollover
{
    /// <summary>A rule.</summary>
    /// <param name="fraction">0.5 keeps half of the rest; above 0, at most 1.</param>
    /// <param name="most">The most that is kept; null for no limit.</param>
    public Rollover(decimal fraction, decimal? most)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(fraction);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(fraction, 1m);
        if (most is { } limit) ArgumentOutOfRangeException.ThrowIfNegativeOrZero(limit, nameof(most));
        (Fraction, Most) = (fraction, most);
    }

    /// <summary>Of the rest.</summary>
    public decimal Fraction { get; }

    /// <summary>The limit.</summary>
    public decimal? Most { get; }

    /// <summary>
    /// What is granted anew on the day a grant expires; zero before that day, without a rule, or when nothing is left. Cut to 12
    /// decimals, as credit is kept. What is not kept is breakage.
    /// </summary>
    public static decimal Of(CreditGrant grant, DateOnly day)
    {
        if (grant.Rollover is not { } rule || grant.ExpiresOn is not { } end || day < end) return 0m;
        var kept = DrawDown.Kept(grant.Remaining * rule.Fraction);
        return rule.Most is { } most && kept > most ? most : kept;
    }
}
