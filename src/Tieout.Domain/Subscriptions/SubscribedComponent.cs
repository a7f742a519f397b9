using Tieout.Domain.Catalog;

namespace Tieout.Domain.Subscriptions;

/// <summary>
/// One thing a subscription pays for (the plan's base, its seats, an add-on) over the days nothing about it changed. An
/// amendment closes one and opens the next, so no two of one component share a day.
/// </summary>
/// <param name="Component">Its name, unique within the subscription on any day; part of the invoice line's identity.</param>
/// <param name="Price">The catalogue's price.</param>
/// <param name="Quantity">Units subscribed to; 1 for a flat price, and of no account for a usage price.</param>
/// <param name="From">The first day it stands so.</param>
/// <param name="Until">The first day it no longer does; null while open.</param>
public sealed record SubscribedComponent(string Component, Price Price, decimal Quantity, DateOnly From, DateOnly? Until)
{
    /// <summary>Agreed for this subscription instead of the catalogue's model.</summary>
    public ChargeModel? Agreed { get; init; }

    /// <summary>Version of the amendment that opened it; 1 is the subscription's creation.</summary>
    public int OpenedBy { get; init; } = 1;

    /// <summary>Version of the amendment that closed it; null while open, or closed by the subscription's own end.</summary>
    public int? ClosedBy { get; init; }

    /// <summary>Time of day of <see cref="From"/> in the account's zone; only prices prorated to the second look at it.</summary>
    public TimeOnly FromTime { get; init; }

    /// <summary>Time of day of <see cref="Until"/>.</summary>
    public TimeOnly UntilTime { get; init; }

    /// <summary>Agreed for this subscription instead of the catalogue's terms; only together with a model.</summary>
    public PriceTerms? AgreedTerms { get; init; }

    /// <summary>When it falls due and how shares are counted.</summary>
    public PriceTerms Terms => AgreedTerms ?? Price.Terms;

    /// <summary>Its steps by date; what was agreed without terms of its own is not raised by the catalogue's.</summary>
    public IReadOnlyList<RampStep> Ramp => AgreedTerms is { } agreed ? agreed.Ramp : Agreed is null ? Price.Terms.Ramp : [];

    /// <summary>What is charged, ramps aside.</summary>
    public ChargeModel Model => Agreed ?? Price.Model;
}
