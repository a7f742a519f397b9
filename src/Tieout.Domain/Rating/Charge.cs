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
        var full = RateCharge.Amount(
            component.Model, new Measured(component.Quantity), new RatingRules(component.Price.Terms.ZeroUnitsEnterFirstTier));
        return Rounding.ChargeLine(new Money(Proration.Of(full, used, whole), currency));
    }
}
