using Tieout.Domain.Catalog;
using Tieout.Domain.Rating;
using Tieout.Domain.Subscriptions;

namespace Tieout.Domain.Invoicing;

/// <summary>What should stand for a month: every component of every subscription in force, for its days of that month.</summary>
public static class MonthlyCharges
{
    /// <summary>
    /// The lines wanted for one billing account. A charge that comes to nothing (zero price, zero units) is left out:
    /// an invoice line of 0.00 tells nobody anything and some ERPs refuse it.
    /// </summary>
    public static IEnumerable<ChargeLine> Wanted(IEnumerable<Subscription> subscriptions, Currency currency, AccountingMonth month)
    {
        var whole = month.Period;
        foreach (var subscription in subscriptions)
        {
            if (subscription.ActiveIn(whole) is not { } used) continue;
            foreach (var component in subscription.Components)
            {
                var amount = Charge.Of(component, currency, used, whole);
                if (amount.IsZero) continue;
                yield return new ChargeLine(
                    new LineKey(subscription.Id, component.Component, used.Start), subscription.Correlation, amount, used,
                    component.Quantity, UnitPrice(component.Model), component.Price.Recognition, component.Price.Description);
            }
        }
    }

    private static decimal UnitPrice(ChargeModel model) => model switch
    {
        ChargeModel.Flat flat => flat.Amount,
        ChargeModel.PerUnit perUnit => perUnit.UnitPrice,
        _ => 0m,
    };
}
