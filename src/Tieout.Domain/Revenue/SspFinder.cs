namespace Tieout.Domain.Revenue;

/// <summary>A standalone selling price that was found.</summary>
/// <param name="Amount">In minor units; what allocation weighs with.</param>
/// <param name="Low">The lowest that still counts as the standalone selling price.</param>
/// <param name="High">The highest.</param>
/// <param name="Words">Where it comes from.</param>
internal readonly record struct Ssp(decimal Amount, decimal Low, decimal High, string Words);

/// <summary>
/// Finds the standalone selling price of a promise on a day: its own, the value of its option, or the version of the book in force.
/// Of a range the stated price counts when it lies inside; outside the nearer end or the middle, by the contract's setting.
/// </summary>
internal static class SspFinder
{
    /// <summary>The price, or null when there is none: the residual approach, or a gap in the book.</summary>
    public static Ssp? Find(RevenueContract contract, Obligation obligation, DateOnly day)
    {
        if (obligation.Residual is not null) return null;
        if (obligation.Option is { } option) return OfOption(contract, obligation, option);
        if (obligation.Ssp is { } own) return Choose(contract, obligation, own, "its own");
        var booked = contract.Book.Where(entry => entry.Product == obligation.Product && entry.From <= day)
            .OrderBy(entry => entry.From).ThenBy(entry => entry.Version).LastOrDefault();
        return booked is null ? null : Choose(contract, obligation, booked.Price, $"version {Say.Count(booked.Version)} of the book, from {Say.Day(booked.From)}");
    }

    private static Ssp OfOption(RevenueContract contract, Obligation obligation, OptionValue option)
    {
        var amount = Round(contract, option.Purchases * option.Discount * option.Likelihood * obligation.Quantity);
        return new Ssp(amount, amount, amount,
            $"purchases of {Say.Number(option.Purchases)} x {Say.Percent(option.Discount)} off that others do not get x {Say.Percent(option.Likelihood)} likely");
    }

    private static Ssp Choose(RevenueContract contract, Obligation obligation, SellingPrice price, string source)
    {
        if (price is { Low: { } lowest, High: { } highest })
        {
            var (low, high) = (Scale(contract, obligation, lowest, price.Per), Scale(contract, obligation, highest, price.Per));
            if (obligation.Stated is { } stated && stated >= low && stated <= high)
                return new Ssp(stated, low, high, $"the stated price, inside the range {Say.Number(low)} to {Say.Number(high)} ({source})");
            var nearest = contract.OutsideRange == OutsideRange.Nearest && obligation.Stated is not null;
            var middle = price.Price is { } given ? Scale(contract, obligation, given, price.Per) : Round(contract, (low + high) / 2m);
            var amount = !nearest ? middle : obligation.Stated < low ? low : high;
            return new Ssp(amount, low, high,
                $"{(nearest ? "the nearer end" : price.Price is null ? "the middle" : "the usual price")} of the range {Say.Number(low)} to"
                    + $" {Say.Number(high)} ({source})");
        }
        var one = Scale(contract, obligation, price.Price ?? 0m, price.Per);
        return new Ssp(one, one, one, source);
    }

    // Multiply before dividing, and round once: what is shown is what is weighed with.
    private static decimal Scale(RevenueContract contract, Obligation obligation, decimal price, PerTime per)
    {
        var whole = price * obligation.Quantity;
        if (per == PerTime.Term) return Round(contract, whole);
        var parts = Progress.Time(Satisfaction.RatableMonthly, obligation.Period.Start, obligation.Period.Start, obligation.Period.End);
        return Round(contract, whole * parts / (per == PerTime.Year ? 12m * Progress.PartsOfMonth : Progress.PartsOfMonth));
    }

    private static decimal Round(RevenueContract contract, decimal exact) => Rounding.JournalLine(new Money(exact, contract.Currency)).Amount;
}
