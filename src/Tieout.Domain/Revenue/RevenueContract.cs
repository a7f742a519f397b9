namespace Tieout.Domain.Revenue;

/// <summary>A contract with a customer as revenue sees it, before any event.</summary>
public sealed record RevenueContract
{
    /// <summary>For people.</summary>
    public required string Code { get; init; }

    /// <summary>Of the transaction price and all amounts.</summary>
    public required Currency Currency { get; init; }

    /// <summary>The promises; those that are not distinct stand among them and name what they are a part of.</summary>
    public required IReadOnlyList<Obligation> Obligations { get; init; }

    /// <summary>The transaction price.</summary>
    public required TransactionPrice Price { get; init; }

    /// <summary>Standalone selling prices with versions and dates.</summary>
    public IReadOnlyList<BookedPrice> Book { get; init; } = [];

    /// <summary>How months are rounded.</summary>
    public ScheduleRounding Rounding { get; init; }

    /// <summary>What counts outside a range.</summary>
    public OutsideRange OutsideRange { get; init; }

    /// <summary>What unbilled revenue is.</summary>
    public UnbilledKind Unbilled { get; init; }

    /// <summary>From the first promise's first day to the day after the last one's end.</summary>
    public ServicePeriod Period => new(
        Obligations.Min(obligation => obligation.Period.Start), Obligations.Max(obligation => obligation.Period.End));
}

/// <summary>What is expected for all promises, without taxes.</summary>
/// <param name="Fixed">Does not depend on anything that is still to happen.</param>
public sealed record TransactionPrice(decimal Fixed)
{
    /// <summary>Parts that depend on what happens, estimated. Fees of usage are no part of it: they come as they occur.</summary>
    public IReadOnlyList<VariablePart> Variable { get; init; } = [];

    /// <summary>A discount that belongs to some promises only; null where it is everybody's.</summary>
    public DiscountToSome? Discount { get; init; }

    /// <summary>A fee paid at the start for nothing distinct, recognised over a time of its own; null for none.</summary>
    public UpfrontFee? Upfront { get; init; }
}

/// <summary>A part of the price that depends on what happens.</summary>
/// <param name="Code">Names it.</param>
/// <param name="Method">How it is estimated.</param>
/// <param name="Outcomes">Amounts with their likelihood, which sum to 1.</param>
/// <param name="ConstrainedTo">The amount of which a reversal is not to be feared; null where the whole estimate is.</param>
/// <param name="To">The promises it belongs to alone; empty for all.</param>
/// <param name="Reason">Why it belongs to them alone, or why it is constrained.</param>
public sealed record VariablePart(
    string Code, EstimateMethod Method, IReadOnlyList<Outcome> Outcomes, decimal? ConstrainedTo, IReadOnlyList<string> To, string Reason);

/// <summary>An amount that may come.</summary>
public sealed record Outcome(decimal Amount, decimal Likelihood);

/// <summary>How a variable amount is estimated.</summary>
public enum EstimateMethod
{
    /// <summary>The sum of amounts weighted with their likelihood.</summary>
    ExpectedValue,

    /// <summary>The single likeliest amount.</summary>
    MostLikelyAmount,
}

/// <summary>A discount of some promises only: they are regularly sold together for this price, and each alone.</summary>
/// <param name="Obligations">Codes, two or more.</param>
/// <param name="BundlePrice">What they are sold for together.</param>
/// <param name="Reason">What shows it.</param>
public sealed record DiscountToSome(IReadOnlyList<string> Obligations, decimal BundlePrice, string Reason);

/// <summary>A fee paid at the start, such as for a set-up, that gives nothing distinct but spares a later one.</summary>
/// <param name="Amount">A part of the whole price beside the fixed one.</param>
/// <param name="Over">As long as the customer has something of it: longer than the contract when renewals do not cost it again.</param>
/// <param name="Reason">Why this long.</param>
public sealed record UpfrontFee(decimal Amount, ServicePeriod Over, string Reason);

/// <summary>A version of a standalone selling price.</summary>
/// <param name="Product">What it is the price of.</param>
/// <param name="Version">Rises; of two that begin on one day the higher counts.</param>
/// <param name="From">The first day it counts; it ends where the next one begins.</param>
/// <param name="Price">The price or the range.</param>
public sealed record BookedPrice(string Product, int Version, DateOnly From, SellingPrice Price);
