using Tieout.Domain.Catalog;
using Tieout.Domain.Customers;
using Tieout.Domain.Invoicing;
using Tieout.Domain.Subscriptions;
using Tieout.Domain.Tests.Subscriptions;
using Tieout.Domain.Usage;
using static Tieout.Domain.Tests.Amounts;

namespace Tieout.Domain.Tests.Invoicing;

/// <summary>A price of usage, 1.00 each and counted to the second, that changes on the 1st and on the 10th of March at 14:00: 7 units on either day, 5 on the 20th.</summary>
public class MeasuredUsageTests
{
    [Fact]
    public void A_day_on_which_the_price_changes_is_counted_once_for_what_came_last()
    {
        var price = Sample.Price(
            "calls", PriceTerms.Default with { Kind = PriceKind.Usage, Meter = "calls", Timing = BillingTiming.Arrears, DayCount = DayCount.Seconds }) with
        {
            Model = new ChargeModel.PerUnit(1m),
        };
        SubscribedComponent At(string from, string? until) => new("calls", price, 1m, Day(from[..10]), until is null ? null : Day(until[..10]))
        {
            FromTime = Sample.Time(from),
            UntilTime = until is null ? default : Sample.Time(until),
        };
        var subscription = new Subscription(Sample.Id, Sample.Correlation, Day("2026-03-01"), null,
            [At("2026-03-01", "2026-03-01T14:00"), At("2026-03-01T14:00", "2026-03-10T14:00"), At("2026-03-10T14:00", null)]);
        var billable = new BillableSubscription(subscription, "S");
        billable.Usage.Add(new MeteredUsage(
            Sample.Id, "calls", Aggregation.Sum, "", [Of("2026-03-01", 7m), Of("2026-03-10", 7m), Of("2026-03-20", 5m)], 0m, [], []));
        var account = new BillingAccount(
            new BillingAccountId(Guid.Empty), new CustomerId(Guid.Empty), new LegalEntityId(Guid.Empty), Eur, "T", 14, Sample.Correlation);
        var wanted = Wanted.Of(
            new BillableAccount(account, "A") { Subscriptions = [billable] }, new BillingWindow(Day("2026-03-01"), null, Day("2026-04-01")));
        wanted.Lines.Select(line => $"{line.Key.From:MM-dd}{line.Key.Detail} {line.Amount.ToPlain()}").ShouldBe(["03-01T14:00 7.00", "03-10T14:00 12.00"]);
    }

    private static UsageDay Of(string day, decimal value) => new(Day(day), value, 1, 0m, null, null);
}
