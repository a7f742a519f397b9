using Npgsql;
using Tieout.Application.Invoicing;
using Tieout.Domain;
using Tieout.Domain.Catalog;
using Tieout.Domain.Customers;
using Tieout.Domain.Invoicing;
using Tieout.Domain.Rating;
using Tieout.Domain.Subscriptions;

namespace Tieout.Application.Subscriptions;

/// <summary>What a part will cost as things stand, with the steps.</summary>
internal sealed record PartAmount(Money Amount, IReadOnlyList<RatingStep> Steps);

/// <summary>
/// Prices the parts of a subscription by the function that bills them, with the account's discounts. Usage is not known ahead and
/// has no amount; minimums and prepaid credit hang on everything else and are left out: the preview of an invoice has them.
/// </summary>
internal static class PartAmounts
{
    /// <summary>The account with its discounts and nothing else.</summary>
    public static async Task<BillableAccount> Account(NpgsqlConnection connection, Guid id, Currency currency, CancellationToken cancel)
    {
        var account = new BillingAccount(new BillingAccountId(id), default, default, currency, "", 0, default);
        List<BillableAccount> one = [new BillableAccount(account, "")];
        await SubscriptionExtras.AddTo(connection, one, id, id, cancel);
        return one[0] with { OneOffs = [], Grants = [], Draws = [], MinimumSteps = [] };
    }

    /// <summary>By the key that the invoice line will have.</summary>
    public static IReadOnlyDictionary<LineKey, PartAmount> Of(BillableAccount account, Subscription subscription, DateOnly dueAfter, DateOnly dueThrough)
    {
        var known = subscription with { Components = [.. subscription.Components.Where(item => item.Terms.Kind != PriceKind.Usage)] };
        var only = account with { Subscriptions = [new BillableSubscription(known, "") { Touched = true }] };
        Dictionary<LineKey, PricedLine> explained = [];
        try
        {
            var lines = Wanted.Of(only, new BillingWindow(dueAfter.AddDays(1), null, dueThrough), explained).Lines
                .ToDictionary(line => line.Key, line => line.Amount);
            return explained.ToDictionary(part => part.Key, part => Priced(part.Value, lines.GetValueOrDefault(part.Key, Money.Zero(account.Account.Currency))));
        }
        catch (RatingException)
        {
            // Days are shown all the same; a run would say what is wrong with the price.
            return new Dictionary<LineKey, PartAmount>();
        }
    }

    private static PartAmount Priced(PricedLine priced, Money amount) => new(amount, amount == priced.Rounded ? priced.Steps :
        [.. priced.Steps, new RatingStep("discounts spread over all lines of the day", null, null, null, amount.Amount - priced.Rounded.Amount)]);
}
