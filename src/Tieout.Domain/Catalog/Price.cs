namespace Tieout.Domain.Catalog;

/// <summary>
/// What one component of a plan (the base, the seats, an add-on) costs in one currency. A published price never changes;
/// another price is another version of its plan.
/// </summary>
/// <param name="PlanCode">The plan it belongs to.</param>
/// <param name="Component">Names the component inside the plan, such as <c>base</c> or <c>seats</c>.</param>
/// <param name="Model">How a quantity becomes an amount of a full period.</param>
/// <param name="Currency">The currency of the price.</param>
/// <param name="Recognition">Where the charge is credited.</param>
/// <param name="Description">What the customer reads on the invoice line.</param>
public sealed record Price(
    string PlanCode,
    string Component,
    ChargeModel Model,
    Currency Currency,
    Recognition Recognition,
    string Description)
{
    /// <summary>Its id once it is stored; until then the empty one.</summary>
    public PriceId Id { get; init; }

    /// <summary>The version of the plan, from 1.</summary>
    public int Version { get; init; } = 1;

    /// <summary>When it falls due and how shares of it are counted.</summary>
    public PriceTerms Terms { get; init; } = PriceTerms.Default;
}
