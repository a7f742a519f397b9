using Tieout.Domain.Catalog;
using Tieout.Domain.Customers;
using Tieout.Domain.Rating;
using Tieout.Domain.Subscriptions;
using Tieout.Domain.Usage;

namespace Tieout.Domain.Invoicing;

/// <summary>Everything that decides about a billing account's charges.</summary>
/// <param name="Account">Who pays.</param>
/// <param name="Code">Its code, for words.</param>
public sealed record BillableAccount(BillingAccount Account, string Code)
{
    /// <summary>What it subscribed to.</summary>
    public List<BillableSubscription> Subscriptions { get; init; } = [];

    /// <summary>What stands for the days looked at.</summary>
    public List<BookedLine> Booked { get; init; } = [];

    /// <summary>What people charged beside the subscriptions and did not withdraw.</summary>
    public List<OneOffCharge> OneOffs { get; init; } = [];

    /// <summary>Discounts given to it and to what it subscribed to.</summary>
    public List<GrantedDiscount> Discounts { get; init; } = [];

    /// <summary>Prepaid credit, as if nothing had been drawn by the charges looked at.</summary>
    public List<CreditGrant> Grants { get; init; } = [];

    /// <summary>What those charges drew so far, by charge and grant.</summary>
    public List<BookedDraw> Draws { get; init; } = [];

    /// <summary>Each calendar month before the first of the steps comes to at least this; 0 for none.</summary>
    public decimal MonthlyMinimum { get; init; }

    /// <summary>From which months on it comes to at least something else, in order.</summary>
    public List<MinimumStep> MinimumSteps { get; init; } = [];

    /// <summary>What the calendar month that begins on a day comes to at least; 0 for none.</summary>
    public decimal MinimumOf(DateOnly month) => Invoicing.MinimumSteps.On(MonthlyMinimum, MinimumSteps, month);

    /// <summary>The day it is where the account lives; null where nobody asks.</summary>
    public DateOnly? Today { get; init; }

    /// <summary>What went wrong in cutting its days while it was read; null when nothing did. Nothing of it is billed then.</summary>
    public Exception? Fault { get; set; }

    /// <summary>Through this day a draft made final billed it; null when only runs billed it.</summary>
    public DateOnly? BilledThrough { get; init; }
}

/// <summary>A subscription with what billing has to know besides.</summary>
/// <param name="Subscription">What is subscribed to.</param>
/// <param name="Code">Its code, for words.</param>
public sealed record BillableSubscription(Subscription Subscription, string Code)
{
    /// <summary>Something about days already billed may have changed.</summary>
    public bool Touched { get; set; }

    /// <summary>Minimums of a calendar month of the plans it was in; with any of them it is looked at whole.</summary>
    public List<PlanMinimum> Minimums { get; init; } = [];

    /// <summary>What its meters counted.</summary>
    public List<MeteredUsage> Usage { get; init; } = [];
}

/// <summary>Each calendar month comes to at least an amount while a component of the plan is in force.</summary>
/// <param name="Until">The first day it no longer is; null while open.</param>
/// <param name="Amount">Of a whole month.</param>
public sealed record PlanMinimum(DateOnly From, DateOnly? Until, decimal Amount)
{
    /// <summary>Whether it counts on a day.</summary>
    public bool Counts(DateOnly day) => day >= From && !(day >= Until);
}

/// <summary>From a month on the account comes to at least an amount.</summary>
/// <param name="From">The first day of the month.</param>
/// <param name="Amount">0 for none.</param>
public sealed record MinimumStep(DateOnly From, decimal Amount);

/// <summary>A charge a person added.</summary>
/// <param name="Id">Its id; part of the line's key.</param>
/// <param name="Subscription">The subscription it goes with; the empty id for the account as a whole.</param>
/// <param name="On">The day it is for, and falls due.</param>
public sealed record OneOffCharge(
    Guid Id, SubscriptionId Subscription, CorrelationId Correlation, DateOnly On, decimal Quantity, decimal UnitPrice, Recognition Recognition,
    string TaxCategory, string Description);

/// <summary>A discount as it was given.</summary>
/// <param name="Discount">The catalogue's.</param>
/// <param name="Value">The value for the customer's level.</param>
/// <param name="Subscription">Null when given to the whole account.</param>
/// <param name="Component">Null when given to all components.</param>
/// <param name="From">The first day it is given.</param>
/// <param name="Until">The first day it no longer is; null while open.</param>
public sealed record GrantedDiscount(Discount Discount, decimal Value, SubscriptionId? Subscription, string? Component, DateOnly From, DateOnly? Until)
{
    /// <summary>The same discount, with the value of the customer's level on each of its days.</summary>
    /// <param name="levels">From which days on the level is another, in order; before the first the value stands.</param>
    public IEnumerable<GrantedDiscount> ByLevels(IReadOnlyList<(DateOnly From, string Level)> levels)
    {
        var left = this;
        foreach (var (from, level) in levels)
        {
            if (left.Until <= from) break;
            if (from > left.From) yield return left with { Until = from };
            left = left with { From = from > left.From ? from : left.From, Value = Discount.ValueFor(level) };
        }
        yield return left;
    }

    /// <summary>Whether it counts for a part of a component that begins on a day.</summary>
    public bool Counts(SubscriptionId subscription, string component, DateOnly day) =>
        (Subscription is null || Subscription == subscription) && (Component is null || string.Equals(Component, component, StringComparison.Ordinal))
        && day >= From && (Until is not { } until || day < until) && Discount.StandsOn(day);
}

/// <summary>What a charge drew from a grant in all its revisions.</summary>
public sealed record BookedDraw(LineKey Key, CreditGrantId Grant, decimal Amount, int Revision);
