using Tieout.Domain.Catalog;

namespace Tieout.Domain.Subscriptions;

/// <summary>One thing a subscription pays for: the plan's base, its seats, an add-on.</summary>
/// <param name="Component">Its name, unique within the subscription; part of the invoice line's identity.</param>
/// <param name="Model">How price and quantity become an amount.</param>
/// <param name="UnitPrice">The catalogue's price, or the one agreed for this subscription.</param>
/// <param name="Quantity">Units; 1 for a flat price.</param>
/// <param name="Recognition">Where the charge is credited.</param>
/// <param name="Description">What the customer reads on the invoice line.</param>
public sealed record SubscribedComponent(
    string Component,
    ChargeModel Model,
    decimal UnitPrice,
    decimal Quantity,
    Recognition Recognition,
    string Description);
