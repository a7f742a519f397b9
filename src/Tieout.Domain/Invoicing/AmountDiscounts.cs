using Tieout.Domain.Catalog;
using Tieout.Domain.Rating;

namespace Tieout.Domain.Invoicing;

/// <summary>
/// Discounts of an amount that are given to a whole subscription or account: the amount comes off once for everything whose
/// billing period falls due on one day, spread over its lines in proportion to them, never below zero. A component that changes in
/// mid-period stays one period: both parts share the amount.
/// </summary>
internal static class AmountDiscounts
{
    /// <summary>
    /// Takes them off the lines from <paramref name="first"/> on. Where the customer's level changed between the parts of one due
    /// day, the amount that was given last counts for all of them.
    /// </summary>
    public static void TakeOff(List<ChargeLine> lines, int first, BillableAccount account, SubscriptionId? subscription)
    {
        var wanted = subscription is null ? DiscountScope.Account : DiscountScope.Subscription;
        foreach (var steps in account.Discounts
            .Where(given => given.Discount.Kind == DiscountKind.Amount && given.Discount.Scope == wanted && given.Discount.Currency == account.Account.Currency)
            .GroupBy(given => (given.Discount.Code, given.Subscription, given.Component)))
        {
            foreach (var day in Enumerable.Range(first, lines.Count - first)
                .Select(index => (Index: index, Given: steps.LastOrDefault(given => Counts(given, lines[index]))))
                .Where(one => one.Given is not null)
                .GroupBy(one => lines[one.Index].PeriodDueOn).ToList())
                Spread(lines, [.. day.Select(one => one.Index)], day.MaxBy(one => one.Given!.From).Given!, account.Account.Currency);
        }
        lines.RemoveAll(line => line.Amount.IsZero);
    }

    private static bool Counts(GrantedDiscount given, ChargeLine line) => given.Counts(line.Key.Subscription, line.Key.Component, line.Key.From);

    private static void Spread(List<ChargeLine> lines, int[] indexes, GrantedDiscount discount, Currency currency)
    {
        var amount = Rounding.ChargeLine(new Money(discount.Value, currency)).Amount;
        var off = Discounts.Spread([.. indexes.Select(index => lines[index].Amount.Amount)], amount, currency);
        for (var place = 0; place < indexes.Length; place++)
        {
            if (off[place] == 0) continue;
            var line = lines[indexes[place]];
            lines[indexes[place]] = line with
            {
                Amount = line.Amount with { Amount = line.Amount.Amount - off[place] },
                Convention = $"{line.Convention}; less {new Money(off[place], currency).ToPlain()} of discount {discount.Discount.Code}",
            };
        }
    }
}
