using Tieout.Domain.Catalog;
using Tieout.Domain.Rating;

namespace Tieout.Domain.Invoicing;

/// <summary>
/// Discounts of an amount that are given to a whole subscription or account: the amount comes off once for everything that
/// falls due on one day, spread over its lines in proportion to them, never below zero.
/// </summary>
internal static class AmountDiscounts
{
    /// <summary>Takes them off the lines from <paramref name="first"/> on.</summary>
    public static void TakeOff(List<ChargeLine> lines, int first, BillableAccount account, SubscriptionId? subscription)
    {
        var wanted = subscription is null ? DiscountScope.Account : DiscountScope.Subscription;
        foreach (var discount in account.Discounts)
        {
            if (discount.Discount.Kind != DiscountKind.Amount || discount.Discount.Scope != wanted || discount.Discount.Currency != account.Account.Currency)
                continue;
            foreach (var day in Enumerable.Range(first, lines.Count - first)
                .Where(index => discount.Counts(lines[index].Key.Subscription, lines[index].Key.Component, lines[index].Key.From))
                .GroupBy(index => lines[index].DueOn).ToList())
                Spread(lines, [.. day], discount, account.Account.Currency);
        }
        lines.RemoveAll(line => line.Amount.IsZero);
    }

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
