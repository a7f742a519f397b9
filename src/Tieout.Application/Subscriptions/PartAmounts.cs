using Npgsql;
using Tieout.Application.Invoicing;
using Tieout.Application.Tax;
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
    /// <summary>The account with its discounts; where one of them is spread over all of it, with what it subscribed to besides.</summary>
    public static async Task<BillableAccount> Account(NpgsqlConnection connection, TimeProvider clock, Guid id, Currency currency, CancellationToken cancel)
    {
        var account = new BillingAccount(new BillingAccountId(id), default, default, currency, "", 0, default);
        List<BillableAccount> one = [new BillableAccount(account, "")];
        await SubscriptionExtras.AddTo(connection, one, id, id, cancel);
        var discounted = one[0] with { OneOffs = [], Grants = [], Draws = [], MinimumSteps = [] };
        return discounted.Discounts.Exists(given => given.Discount is { Kind: DiscountKind.Amount, Scope: DiscountScope.Account })
            ? discounted with { Subscriptions = await Subscribed(connection, clock, id, cancel) }
            : discounted;
    }

    private static async Task<List<BillableSubscription>> Subscribed(NpgsqlConnection connection, TimeProvider clock, Guid id, CancellationToken cancel)
    {
        var account = await BilledAccount.Read(connection, id, cancel);
        var today = DateOnly.FromDateTime(clock.GetUtcNow().UtcDateTime);
        var books = await BillingBooks.Load(connection, today, clock, new TaxAnswers(TaxRoutes.None), cancel);
        var window = new BillingWindow(today, null, today);
        var whole = await LookedAtWhole.Load(connection, account.LegalEntityId, id, id, window, everything: true, cancel);
        var accounts = await AccountsToBill.LoadSubscribed(connection, account.LegalEntityId, id, id, window, books, whole, cancel);
        await SubscriptionExtras.AddTo(connection, accounts, id, id, cancel);
        return accounts[0].Subscriptions;
    }

    /// <summary>By the key that the invoice line will have.</summary>
    public static IReadOnlyDictionary<LineKey, PartAmount> Of(BillableAccount account, Subscription subscription, DateOnly dueAfter, DateOnly dueThrough)
    {
        // In its place among them, as in a run: what a discount leaves over by the cent goes by their order.
        var all = account.Subscriptions.ConvertAll(item => item.Subscription.Id == subscription.Id ? subscription : item.Subscription);
        if (!all.Contains(subscription)) all.Add(subscription);
        var known = account with { Subscriptions = all.ConvertAll(Known) };
        Dictionary<LineKey, PricedLine> explained = [];
        try
        {
            var lines = Wanted.Of(known, new BillingWindow(dueAfter.AddDays(1), null, dueThrough), explained).Lines
                .ToDictionary(line => line.Key, line => line.Amount);
            return explained.ToDictionary(part => part.Key, part => Priced(part.Value, lines.GetValueOrDefault(part.Key, Money.Zero(account.Account.Currency))));
        }
        catch (RatingException)
        {
            // Days are shown all the same; a run would say what is wrong with the price.
            return new Dictionary<LineKey, PartAmount>();
        }
    }

    private static BillableSubscription Known(Subscription subscription) => new(
        subscription with { Components = [.. subscription.Components.Where(item => item.Terms.Kind != PriceKind.Usage)] }, "")
    {
        Touched = true,
    };

    private static PartAmount Priced(PricedLine priced, Money amount) => new(amount, amount == priced.Rounded ? priced.Steps :
        [.. priced.Steps, new RatingStep("discounts spread over all lines of the day", null, null, null, amount.Amount - priced.Rounded.Amount)]);
}
