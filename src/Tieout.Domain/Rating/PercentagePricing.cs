using Tieout.Domain.Catalog;

namespace Tieout.Domain.Rating;

/// <summary>
/// Percentage pricing: transactions are taken in the order given, which is the order they happened in.
/// <list type="number">
/// <item>The first <c>FreeCount</c> transactions are free: no share, no fee, no minimum.</item>
/// <item>Of the money after them the first <c>FreeAmount</c> is free. A transaction that lies in it as a whole is free too; of one
/// that crosses its end only the money above pays the share.</item>
/// <item>Every transaction that is not free costs its money times the rate, plus the fixed fee; the result is then raised to the
/// minimum or cut to the maximum per transaction.</item>
/// </list>
/// Without a list of transactions the quantity is the period's money, of which the free amount is taken off; a price that looks
/// at single transactions refuses that.
/// </summary>
internal static class PercentagePricing
{
    public static void Rate<T>(ChargeModel.Percentage model, Measured measured, ref T steps) where T : ISteps
    {
        if (measured.Transactions is { } transactions) OfEach(model, transactions, ref steps);
        else OfSum(model, measured.Quantity, ref steps);
    }

    private static void OfSum<T>(ChargeModel.Percentage model, decimal money, ref T steps) where T : ISteps
    {
        if (model.FreeCount > 0 || model.FixedFee != 0m || model.MinimumPerTransaction is not null || model.MaximumPerTransaction is not null)
            throw new RatingException(
                "transactions-missing", "This price looks at each transaction, and only their sum is known.",
                "Give the list of transactions, or use a price without free count, fixed fee, minimum and maximum.");
        var free = Math.Min(money, model.FreeAmount);
        if (free > 0m) steps.Add(new Slice(SliceKind.FreeMoney, 0m) { Quantity = free });
        var charged = money - free;
        steps.Add(new Slice(SliceKind.Money, charged * model.Rate) { Quantity = charged, UnitPrice = model.Rate });
    }

    private static void OfEach<T>(ChargeModel.Percentage model, IReadOnlyList<decimal> transactions, ref T steps) where T : ISteps
    {
        var freeMoney = model.FreeAmount;
        for (var index = 0; index < transactions.Count; index++)
        {
            var money = transactions[index];
            if (index < model.FreeCount)
            {
                steps.Add(new Slice(SliceKind.FreeTransaction, 0m) { Place = index + 1, Quantity = money });
            }
            else if (freeMoney > 0m && money <= freeMoney)
            {
                freeMoney -= money;
                steps.Add(new Slice(SliceKind.FreeTransaction, 0m) { Place = index + 1, Quantity = money });
            }
            else
            {
                var charged = money - freeMoney;
                freeMoney = 0m;
                var amount = Clamped(charged * model.Rate + model.FixedFee, model);
                steps.Add(new Slice(SliceKind.Transaction, amount)
                {
                    Place = index + 1,
                    Quantity = charged,
                    UnitPrice = model.Rate,
                    Other = model.FixedFee,
                });
            }
        }
    }

    private static decimal Clamped(decimal amount, ChargeModel.Percentage model)
    {
        if (model.MinimumPerTransaction is { } least && amount < least) amount = least;
        return model.MaximumPerTransaction is { } most && amount > most ? most : amount;
    }
}
