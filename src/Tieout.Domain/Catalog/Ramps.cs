namespace Tieout.Domain.Catalog;

/// <summary>Ramps: price steps by date, or by months since the subscription began.</summary>
public static class Ramps
{
    /// <summary>The model charged on <paramref name="day"/>: that of the last step begun, else the price's own.</summary>
    /// <param name="price">With its ramp in order.</param>
    /// <param name="start">The first day of the subscription; months are counted from it, clamped in short months.</param>
    /// <param name="day">The day in question.</param>
    public static ChargeModel ModelOn(Price price, DateOnly start, DateOnly day)
    {
        var model = price.Model;
        foreach (var step in price.Terms.Ramp)
        {
            if (BeginOf(step, start) > day) break;
            model = step.Model;
        }
        return model;
    }

    /// <summary>The first day of a step in the life of a subscription.</summary>
    public static DateOnly BeginOf(RampStep step, DateOnly start) => step.From ?? start.AddMonths(step.MonthsIn ?? 0);
}
