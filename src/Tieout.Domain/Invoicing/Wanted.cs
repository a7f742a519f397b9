using Tieout.Domain.Catalog;
using Tieout.Domain.Rating;
using Tieout.Domain.Subscriptions;

namespace Tieout.Domain.Invoicing;

/// <summary>What should stand for an account.</summary>
/// <param name="Lines">Each key once; charges of nothing are left out.</param>
/// <param name="Draws">What the lines take from prepaid credit.</param>
public sealed record WantedCharges(List<ChargeLine> Lines, List<WantedDraw> Draws);

/// <summary>What a charge takes from a grant.</summary>
public sealed record WantedDraw(LineKey Key, CreditDraw Draw, DateOnly On);

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
        var credit = account.Grants.Count == 0 ? null : new PrepaidBalance(account.Grants);
        foreach (var subscription in account.Subscriptions)
        {
            var first = wanted.Lines.Count;
            foreach (var part in InOrder(window.Parts(subscription), credit)) Add(wanted, account, subscription, part, credit, explained);
            AmountDiscounts.TakeOff(wanted.Lines, first, account, subscription.Subscription.Id);
            if (subscription.Minimums.Count > 0)
                MonthlyMinimums.OfSubscription(wanted.Lines, first, account.Account, subscription, window);
        }
        foreach (var charge in account.OneOffs)
            if (charge.On >= window.BillsFrom && charge.On <= window.Last) wanted.Lines.Add(Line(charge, account));
        AmountDiscounts.TakeOff(wanted.Lines, 0, account, subscription: null);
        if (account.MonthlyMinimum > 0) MonthlyMinimums.OfAccount(wanted.Lines, account, window);
        return wanted;
    }

    // Prepaid credit is drawn in the order charges fell due, whatever component they are of.
    private static IEnumerable<Part> InOrder(IEnumerable<Part> parts, PrepaidBalance? credit) =>
        credit is null ? parts : parts.OrderBy(part => part.DueOn).ThenBy(part => part.Component.Component, StringComparer.Ordinal).ThenBy(part => part.Days.Start);

    private static void Add(
        WantedCharges wanted, BillableAccount account, BillableSubscription subscription, Part part, PrepaidBalance? credit,
        Dictionary<LineKey, PricedLine>? explained)
    {
        var component = part.Component;
        var terms = component.Price.Terms;
        var measured = terms.Kind == PriceKind.Usage
            ? MeasuredUsage.Of(subscription, part)
            : new Measured(component.Quantity);
        var key = new LineKey(subscription.Subscription.Id, component.Component, part.Days.Start, part.Detail);
        var line = new LineToPrice(part.Model, terms, measured, new Share(part.ActiveShare, part.WholeShare))
        {
            Discounts = account.Discounts.Count == 0 ? [] : DiscountsOf(account, key),
        };
        var amount = credit is null && explained is null
            ? PriceLine.Amount(line, account.Account.Currency)
            : Explained(wanted, line, key, part, account.Account.Currency, credit, explained);
        if (!amount.IsZero) wanted.Lines.Add(Line(subscription.Subscription, part, key, amount, measured.Quantity));
    }

    private static Money Explained(
        WantedCharges wanted, LineToPrice line, LineKey key, Part part, Currency currency, PrepaidBalance? credit,
        Dictionary<LineKey, PricedLine>? explained)
    {
        if (credit is not null) line = line with { Measured = line.Measured with { Grants = credit.Left, AsOf = part.Days.End.AddDays(-1) } };
        var priced = PriceLine.Explain(line, currency);
        foreach (var draw in priced.Draws)
        {
            wanted.Draws.Add(new WantedDraw(key, draw, part.Days.End.AddDays(-1)));
            credit?.Take(draw);
        }
        explained?.Add(key, priced);
        return priced.Rounded;
    }

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
            Convention = part.Convention,
            Amendment = component.OpenedBy,
            Price = component.Price.Id,
            TaxCategory = component.Price.Terms.TaxCategory,
        };
    }

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
