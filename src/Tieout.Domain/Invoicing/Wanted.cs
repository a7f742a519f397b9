using Tieout.Domain.Catalog;
using Tieout.Domain.Rating;
using Tieout.Domain.Subscriptions;

namespace Tieout.Domain.Invoicing;

/// <summary>What should stand for an account.</summary>
/// <param name="Lines">Each key once; charges of nothing are left out.</param>
/// <param name="Draws">What the lines take from prepaid credit.</param>
public sealed record WantedCharges(List<ChargeLine> Lines, List<WantedDraw> Draws)
{
    /// <summary>What is left of expired credit and granted anew, for the first time.</summary>
    public IReadOnlyList<WantedRollover> Rollovers { get; init; } = [];
}

/// <summary>What a charge takes from a grant.</summary>
public sealed record WantedDraw(LineKey Key, CreditDraw Draw, DateOnly On);

/// <summary>A rest that lives on.</summary>
/// <param name="Old">As it stood when it expired.</param>
/// <param name="New">What is granted anew; its remaining amount is what was kept.</param>
public sealed record WantedRollover(CreditGrant Old, CreditGrant New)
{
    /// <summary>What is lost: the breakage.</summary>
    public decimal Lost => Old.Remaining - New.Remaining;
}

/// <summary>
/// Every charge that should stand for an account in a window of due days: parts of components, one-off charges, and what is
/// missing to minimums.
/// </summary>
public static class Wanted
{
    /// <summary>
    /// In the order of subscriptions, components and days; true-ups last. A charge that comes to nothing is left out: an
    /// invoice line of 0.00 tells nobody anything and some ERPs refuse it.
    /// </summary>
    /// <param name="account">With what was measured.</param>
    /// <param name="window">Which days of falling due.</param>
    /// <param name="explained">Takes the arithmetic of every part, in words, where somebody asks; a run does not.</param>
    /// <exception cref="RatingException">Something measured cannot be rated by its price; nothing of the account is billed then.</exception>
    public static WantedCharges Of(BillableAccount account, BillingWindow window, Dictionary<LineKey, PricedLine>? explained = null)
    {
        var wanted = new WantedCharges(new List<ChargeLine>(account.Subscriptions.Count), []);
        var ours = OursBefore(account, window);
        var credit = account.Grants.Count == 0 ? null : new PrepaidBalance(account.Grants, account.Today ?? window.Today);
        var drawing = credit is null ? null : Drawing(wanted.Draws, account, window, ours, credit, explained);
        foreach (var subscription in account.Subscriptions)
        {
            var first = wanted.Lines.Count;
            if (drawing is not null) wanted.Lines.AddRange(drawing[subscription.Subscription.Id]);
            else
                foreach (var part in PartsOf(subscription, window, ours)) Add(wanted.Lines, account, subscription, part, explained);
            AmountDiscounts.TakeOff(wanted.Lines, first, account, subscription.Subscription.Id);
        }
        AmountDiscounts.TakeOff(wanted.Lines, 0, account, subscription: null);
        var least = account.MonthlyMinimum > 0 || account.MinimumSteps.Count > 0;
        var elsewhere = least || account.Subscriptions.Exists(item => item.Minimums.Count > 0) ? Elsewhere(account, window) : [];
        MonthlyMinimums.OfSubscriptions(wanted.Lines, elsewhere, account, window);
        // What a person charged stays as it was given; it is ours to bill, also where it was given before billing began.
        foreach (var charge in account.OneOffs)
            if (charge.On <= window.Last) wanted.Lines.Add(Line(charge, account));
        if (least) MonthlyMinimums.OfAccount(wanted.Lines, elsewhere, account, window);
        return credit is null ? wanted : wanted with { Rollovers = credit.Rollovers };
    }

    // The first day of ours before billing began, by subscription and component: of a period in arrears that fell due since and was billed.
    private static Dictionary<(SubscriptionId, string), DateOnly>? OursBefore(BillableAccount account, BillingWindow window)
    {
        Dictionary<(SubscriptionId, string), DateOnly>? first = null;
        foreach (var line in account.Booked)
        {
            if (line.Key.From >= window.BillsFrom) continue;
            var key = (line.Key.Subscription, line.Key.Component);
            first ??= [];
            if (!first.TryGetValue(key, out var day) || line.Key.From < day) first[key] = line.Key.From;
        }
        return first;
    }

    // A period of ours that was cut short later, to before billing began, stays ours with all its parts, and due when it was.
    private static IEnumerable<Part> PartsOf(BillableSubscription subscription, BillingWindow window, Dictionary<(SubscriptionId, string), DateOnly>? ours)
    {
        var parts = window.Parts(subscription);
        if (ours is null || !subscription.Touched) return parts;
        return window.Before(subscription.Subscription)
            .Where(part => PeriodDueOn(part) >= window.BillsFrom
                && ours.TryGetValue((subscription.Subscription.Id, part.Component.Component), out var first) && part.Days.Start >= first)
            .Select(part => part with { DueOn = PeriodDueOn(part) }).Concat(parts);
    }

    // What was billed elsewhere for days of months that are ours: minimums count it.
    private static List<ChargeLine> Elsewhere(BillableAccount account, BillingWindow window)
    {
        List<ChargeLine> lines = [];
        foreach (var subscription in account.Subscriptions)
        {
            var first = lines.Count;
            // Usage is charged behind its days, so none of it reaches into ours.
            foreach (var part in window.Before(subscription.Subscription))
                if (part.Component.Terms.Kind != PriceKind.Usage) Add(lines, account, subscription, part, explained: null);
            AmountDiscounts.TakeOff(lines, first, account, subscription.Subscription.Id);
        }
        AmountDiscounts.TakeOff(lines, 0, account, subscription: null);
        return lines.FindAll(line => line.Period.End > window.BillsFrom);
    }

    // Prepaid credit is drawn in the order charges fell due, whatever they are of: so what a later run adds takes nothing from what
    // an earlier one billed. A piece that is due later than its last day draws as if it were due after it.
    private static Dictionary<SubscriptionId, List<ChargeLine>> Drawing(
        List<WantedDraw> draws, BillableAccount account, BillingWindow window, Dictionary<(SubscriptionId, string), DateOnly>? ours, PrepaidBalance credit,
        Dictionary<LineKey, PricedLine>? explained)
    {
        var lines = account.Subscriptions.ToDictionary(item => item.Subscription.Id, _ => new List<ChargeLine>());
        var parts = account.Subscriptions.SelectMany(item => PartsOf(item, window, ours), (item, part) => (item, part, On: DrawnOn(part)))
            .OrderBy(one => one.On).ThenBy(one => one.part.Days.End > one.On)
            .ThenBy(one => one.part.Component.Component, StringComparer.Ordinal).ThenBy(one => one.part.Days.Start);
        foreach (var (subscription, part, on) in parts)
        {
            // What is drawn on days before the expiry day comes first.
            credit.Through(part.Days.End > on ? on : on.AddDays(-1));
            Add(lines[subscription.Subscription.Id], account, subscription, part, explained, new Drawn(draws, credit));
        }
        credit.Through(window.Last);
        return lines;
    }

    private static DateOnly DrawnOn(Part part) => part.DueOn < part.Days.End ? part.DueOn : part.Days.End;

    private static void Add(
        List<ChargeLine> lines, BillableAccount account, BillableSubscription subscription, Part part, Dictionary<LineKey, PricedLine>? explained,
        Drawn? credit = null)
    {
        var component = part.Component;
        var terms = component.Terms;
        var measured = terms.Kind == PriceKind.Usage
            ? MeasuredUsage.Of(subscription, part)
            : new Measured(component.Quantity);
        var key = new LineKey(subscription.Subscription.Id, component.Component, part.Days.Start, part.Detail);
        var line = new LineToPrice(
            part.Model, terms, part.Before is { } together ? MeasuredUsage.Together(subscription, part, together) : measured,
            new Share(part.Before?.ActiveShare ?? part.ActiveShare, part.WholeShare))
        {
            Discounts = account.Discounts.Count == 0 ? [] : DiscountsOf(account, key),
        };
        var amount = credit is null && explained is null
            ? PriceLine.Amount(line, account.Account.Currency)
            : Explained(line, key, part, account.Account.Currency, credit, explained);
        if (!amount.IsZero) lines.Add(Line(subscription.Subscription, part, key, amount, measured.Quantity));
    }

    private static Money Explained(
        LineToPrice line, LineKey key, Part part, Currency currency, Drawn? credit, Dictionary<LineKey, PricedLine>? explained)
    {
        var asOf = part.Days.End.AddDays(-1);
        if (credit is not null) line = line with { Measured = line.Measured with { Grants = credit.Balance.Left, AsOf = asOf } };
        var priced = PriceLine.Explain(line, currency);
        foreach (var draw in priced.Draws)
        {
            credit?.Draws.Add(new WantedDraw(key, draw, asOf));
            credit?.Balance.Take(draw);
        }
        explained?.Add(key, priced);
        return priced.Rounded;
    }

    private sealed record Drawn(List<WantedDraw> Draws, PrepaidBalance Balance);

    // Percents of every scope count for each line; amounts only those of the component: wider ones are spread later.
    private static List<GivenDiscount> DiscountsOf(BillableAccount account, LineKey key)
    {
        List<GivenDiscount> given = [];
        foreach (var discount in account.Discounts)
            if (discount.Counts(key.Subscription, key.Component, key.From)
                && (discount.Discount.Kind == DiscountKind.Percent || discount.Discount.Scope == DiscountScope.Component))
                given.Add(new GivenDiscount(discount.Discount.Code, discount.Discount.Kind, discount.Value));
        return given;
    }

    private static ChargeLine Line(Subscription subscription, Part part, LineKey key, Money amount, decimal quantity)
    {
        var component = part.Component;
        return new ChargeLine(
            key, subscription.Correlation, amount, part.Days, quantity, UnitPrice(part.Model), component.Price.Recognition,
            Words(subscription, part))
        {
            DueOn = part.DueOn,
            PeriodDueOn = PeriodDueOn(part),
            Convention = part.Convention,
            Amendment = component.OpenedBy,
            Price = component.Price.Id,
            TaxCategory = component.Terms.TaxCategory,
        };
    }

    private static DateOnly PeriodDueOn(Part part) => part.Component.Terms switch
    {
        { Kind: PriceKind.OneOff } => part.DueOn,
        { Kind: PriceKind.Usage } or { Timing: BillingTiming.Arrears } => part.Period.End,
        _ => part.Period.Start,
    };

    // Where an amendment began or ended the part, the line says which and how.
    private static string Words(Subscription subscription, Part part) =>
        AmendmentWords.OnLine(subscription, part) is { Length: > 0 } why ? $"{part.Component.Price.Description} - {why}" : part.Component.Price.Description;

    private static ChargeLine Line(OneOffCharge charge, BillableAccount account) => new(
        new LineKey(charge.Subscription, "one-off", charge.On, charge.Id.ToString("n")), charge.Correlation,
        Rounding.ChargeLine(new Money(charge.UnitPrice * charge.Quantity, account.Account.Currency)), new ServicePeriod(charge.On, charge.On.AddDays(1)),
        charge.Quantity, charge.UnitPrice, charge.Recognition, charge.Description)
    {
        Convention = "once",
        TaxCategory = charge.TaxCategory,
    };

    private static decimal UnitPrice(ChargeModel model) => model switch
    {
        ChargeModel.Flat flat => flat.Amount,
        ChargeModel.PerUnit perUnit => perUnit.UnitPrice,
        _ => 0m,
    };
}
