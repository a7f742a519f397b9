using Tieout.Domain.Catalog;
using Tieout.Domain.Customers;
using Tieout.Domain.Invoicing;
using Tieout.Domain.Subscriptions;
using Tieout.Domain.Tests.Subscriptions;
using static Tieout.Domain.Tests.Amounts;

namespace Tieout.Domain.Tests.Invoicing;

/// <summary>An amount off everything that falls due on one day: base at 100.00 in advance, support at 50.00 in arrears.</summary>
public class AmountDiscountsTests
{
    private static readonly Discount Loyal = new("LOYAL", DiscountKind.Amount, 9m, Eur) { Levels = [new("gold", 21m)] };

    [Theory]
    [InlineData("", "", "2026-03-01 base 94.00; 2026-03-01 support 47.00")]                   // 9.00 as 100 to 50
    [InlineData("2026-02-01", "", "2026-03-01 base 86.00; 2026-03-01 support 43.00")]         // gold before both began: 21.00
    [InlineData("2026-03-01", "", "2026-03-01 base 86.00; 2026-03-01 support 43.00")]         // gold between them: once, the later one
    [InlineData("2026-03-02", "", "2026-03-01 base 94.00; 2026-03-01 support 47.00")]
    [InlineData("", "2026-03-01", "2026-03-01 base 100.00; 2026-03-01 support 41.00")]        // ended: what began before has all of it
    public void It_comes_off_once_for_all_that_falls_due_on_a_day(string goldFrom, string until, string billed)
    {
        var given = new GrantedDiscount(Loyal, Loyal.Value, Sample.Id, null, Day("2026-01-01"), until.Length == 0 ? null : Day(until));
        var levels = goldFrom.Length == 0 ? given.ByLevels([]) : given.ByLevels([(Day(goldFrom), "gold")]);
        Billed([.. levels]).ShouldBe(billed);
    }

    [Fact]
    public void A_discount_given_again_on_the_day_it_ended_comes_off_once() => Billed(
        [new(Loyal, 9m, Sample.Id, null, Day("2026-01-01"), Day("2026-03-01")), new(Loyal, 9m, Sample.Id, null, Day("2026-03-01"), null)])
        .ShouldBe("2026-03-01 base 94.00; 2026-03-01 support 47.00");

    [Fact]
    public void A_change_in_mid_period_stays_one_period()
    {
        // A March of 5 seats until the 15th and 8 from the 16th: 50 x 15/31 = 24.19 and 80 x 16/31 = 41.29, less 3.32 and 5.68 of 9.00.
        var price = Sample.Price("seats");
        var subscription = new Subscription(Sample.Id, Sample.Correlation, Day("2026-03-01"), null,
        [
            new SubscribedComponent("seats", price, 5m, Day("2026-03-01"), Day("2026-03-16")) { ClosedBy = 2 },
            new SubscribedComponent("seats", price, 8m, Day("2026-03-16"), null) { OpenedBy = 2 },
        ]);
        Billed([new GrantedDiscount(Loyal, 9m, Sample.Id, null, Day("2026-01-01"), null)], subscription, "2026-03-31")
            .ShouldBe("2026-03-01 seats 20.87; 2026-03-16 seats 35.61");
    }

    private static string Billed(List<GrantedDiscount> discounts)
    {
        var arrears = PriceTerms.Default with { Timing = BillingTiming.Arrears };
        var subscription = new Subscription(Sample.Id, Sample.Correlation, Day("2026-01-01"), null,
        [
            new SubscribedComponent("base", Sample.Price("base", amount: 100m), 1m, Day("2026-01-01"), null),
            new SubscribedComponent("support", Sample.Price("support", arrears, 50m), 1m, Day("2026-01-01"), null),
        ]);
        return Billed(discounts, subscription, "2026-03-01", "2026-02-28");
    }

    private static string Billed(List<GrantedDiscount> discounts, Subscription subscription, string through, string? billedThrough = null)
    {
        var account = new BillingAccount(
            new BillingAccountId(Guid.Empty), new CustomerId(Guid.Empty), new LegalEntityId(Guid.Empty), Eur, "T", 14, Sample.Correlation);
        var wanted = Wanted.Of(
            new BillableAccount(account, "A") { Subscriptions = [new BillableSubscription(subscription, "S")], Discounts = discounts },
            new BillingWindow(Day("2026-01-01"), billedThrough is null ? null : Day(billedThrough), Day(through)));
        return string.Join("; ", wanted.Lines.Select(line => $"{line.DueOn:yyyy-MM-dd} {line.Key.Component} {line.Amount.ToPlain()}"));
    }
}
