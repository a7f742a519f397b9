using Tieout.Domain.Catalog;
using Tieout.Domain.Subscriptions;

namespace Tieout.Domain.Rating;

/// <summary>The amount of one component for the days it was in force.</summary>
public static class Charge
{
    /// <summary>
    /// Rates a full <paramref name="whole"/> period by the component's model, prorates to the <paramref name="used"/> days
    /// and rounds once, as a charge line.
    /// </summary>
    public static Money Of(SubscribedComponent component, Currency currency, ServicePeriod used, ServicePeriod whole)
    {
        var full = component.Model switch
        {
            ChargeModel.Flat flat => FlatPricing.Rate(flat.Amount),
            ChargeModel.PerUnit perUnit => PerUnitPricing.Rate(perUnit.UnitPrice, component.Quantity),
            _ => throw new ArgumentOutOfRangeException(nameof(component), component.Model, "This charge model has no rule."),
        };
        return Rounding.ChargeLine(new Money(Proration.Of(full, used, whole), currency));
    }
}
