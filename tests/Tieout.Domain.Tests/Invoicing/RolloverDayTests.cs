using Tieout.Domain.Customers;
using Tieout.Domain.Invoicing;
using Tieout.Domain.Rating;
using Tieout.Domain.Tests.Subscriptions;
using static Tieout.Domain.Tests.Amounts;

namespace Tieout.Domain.Tests.Invoicing;

/// <summary>What is left of credit that expires on the 15th of April, asked for by a run of all of April.</summary>
public class RolloverDayTests
{
    [Theory]
    [InlineData("2026-04-01", 0)]     // the run is early: the last units may still be used
    [InlineData("2026-04-14", 0)]
    [InlineData("2026-04-15", 1)]     // the first day it can no longer be drawn
    [InlineData("2026-05-01", 1)]
    public void It_is_granted_anew_once_its_last_day_is_over(string today, int rollovers)
    {
        var account = new BillingAccount(
            new BillingAccountId(Guid.Empty), new CustomerId(Guid.Empty), new LegalEntityId(Guid.Empty), Eur, "T", 14, Sample.Correlation);
        var grant = new CreditGrant(new CreditGrantId(Guid.Empty), "calls", 100m)
        {
            GrantedOn = Day("2026-01-15"),
            ExpiresOn = Day("2026-04-15"),
            Rollover = new Rollover(0.8m, null),
        };
        var wanted = Wanted.Of(
            new BillableAccount(account, "A") { Grants = [grant] },
            new BillingWindow(Day("2026-01-01"), null, Day("2026-04-30")) { Today = Day(today) });
        wanted.Rollovers.Select(rolled => (rolled.New.Remaining, rolled.Lost)).ShouldBe(Enumerable.Repeat((80m, 20m), rollovers));
    }
}
