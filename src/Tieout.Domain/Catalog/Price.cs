namespace Tieout.Domain.Catalog;

/// <summary>
/// A monthly price of one component of a plan (the base, the seats, an add-on) in one currency.
/// </summary>
/// <param name="PlanCode">The plan it belongs to.</param>
/// <param name="Component">Names the component inside the plan, such as <c>base</c> or <c>seats</c>.</param>
/// <param name="Model">How the price becomes an amount.</param>
/// <param name="Currency">The currency of the price.</param>
/// <param name="UnitPrice">For a full month; of the whole (flat) or of one unit (per unit). Up to twelve decimals.</param>
/// <param name="Recognition">Where the charge is credited.</param>
/// <param name="Description">What the customer reads on the invoice line.</param>
public sealed record Price(
    string PlanCode,
    string Component,
    ChargeModel Model,
    Currency Currency,
    decimal UnitPrice,
    Recognition Recognition,
    string Description);
