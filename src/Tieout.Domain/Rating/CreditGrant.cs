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
        (Id, Credit, Remaining) = (id, credit, remaining);
    }

    /// <summary>Its id.</summary>
    public CreditGrantId Id { get; }

    /// <summary>The kind of credit, such as <c>api-calls</c>.</summary>
    public string Credit { get; }

    /// <summary>What can still be drawn.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Set to less than nothing.</exception>
    public decimal Remaining
    {
        get;
        init
        {
            ArgumentOutOfRangeException.ThrowIfNegative(value);
            field = value;
        }
    }

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

    /// <summary>The grant whose rest this one carries on; null for what was granted by itself.</summary>
    public CreditGrantId? RolledFrom { get; init; }

    /// <summary>Whether its sale was taken back: then it is as if it had never been granted.</summary>
    public bool Withdrawn { get; init; }

    /// <summary>Whether it can be drawn on a day.</summary>
    public bool CanBeDrawn(DateOnly day) => !Withdrawn && Remaining > 0m && day >= GrantedOn && (ExpiresOn is not { } end || day < end);
}
