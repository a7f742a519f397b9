using Tieout.Domain.Catalog;
using Tieout.Domain.Customers;
using Tieout.Domain.Invoicing;
using Tieout.Domain.Subscriptions;
using Tieout.Domain.Tests.Subscriptions;
using static Tieout.Domain.Tests.Amounts;

namespace Tieout.Domain.Tests.Invoicing;

/// <summary>What is missing to the minimum of a calendar month: a flat 30.00 a month, the months of the first quarter.</summary>
public class MonthlyMinimumsTests
{
    [Theory]
    [InlineData("2026-01-01", "30", "")]                                                           // exactly the minimum
    [InlineData("2026-01-01", "30.01", "2026-01-01 0.01; 2026-02-01 0.01; 2026-03-01 0.01")]
    [InlineData("2026-01-01", "100", "2026-01-01 70.00; 2026-02-01 70.00; 2026-03-01 70.00")]
    [InlineData("2026-01-17", "100", "2026-01-17 33.87; 2026-02-01 70.00; 2026-03-01 70.00")]     // 15 of 31 days: 48.3870… less 14.52
    [InlineData("2026-01-01", "0", "")]
    public void The_minimum_of_a_plan_goes_by_the_days_it_was_in_force(string start, string minimum, string missing) =>
        TrueUps(start, D(minimum), account: 0m).ShouldBe(missing);

    [Theory]
    [InlineData("2026-01-01", "100", "2026-01-01 70.00; 2026-02-01 70.00; 2026-03-01 70.00")]
    [InlineData("2026-01-17", "100", "2026-01-01 85.48; 2026-02-01 70.00; 2026-03-01 70.00")]     // whole months, from the first charge's on
    [InlineData("2026-02-01", "100", "2026-02-01 70.00; 2026-03-01 70.00")]
    public void The_minimum_of_an_account_is_for_whole_months(string start, string minimum, string missing) =>
        TrueUps(start, 0m, D(minimum)).ShouldBe(missing);

    [Fact]
    public void An_accounts_minimum_sees_what_its_plans_minimum_added() =>
        TrueUps("2026-01-01", 60m, 80m).ShouldBe(
            "2026-01-01 30.00; 2026-02-01 30.00; 2026-03-01 30.00; 2026-01-01 20.00; 2026-02-01 20.00; 2026-03-01 20.00");

    [Fact]
    public void Who_gave_up_on_trial_owes_no_minimum() =>
        TrueUps("2026-01-01", 60m, 0m, life => life with { TrialEnd = Day("2026-01-15"), End = Day("2026-01-10") }).ShouldBe("");

    [Theory]
    [InlineData("2026-01-15", "", "2026-01-15", "")]                                                // ended on the day it began
    [InlineData("2026-01-15", "2026-02-15", "2026-02-10", "")]                                      // given up on trial
    [InlineData("2026-01-15", "2026-02-15", "", "2026-02-01 85.00; 2026-03-01 70.00")]              // from the month of the first paid day
    public void An_account_owes_no_minimum_for_a_month_that_nothing_was_paid_for(string start, string trialEnd, string end, string missing) =>
        TrueUps(start, 0m, 100m, life => life with { TrialEnd = trialEnd.Length == 0 ? null : Day(trialEnd), End = end.Length == 0 ? null : Day(end) })
            .ShouldBe(missing);

    [Theory]
    [InlineData("100", "0", "")]
    [InlineData("0", "100", "")]
    [InlineData("130", "0", "2026-11-01 10.00; 2026-12-01 6.00")]
    [InlineData("0", "130", "2026-11-01 10.00; 2026-12-01 6.00")]
    public void What_was_billed_before_we_began_counts_for_the_months_it_covers(string plan, string account, string missing)
    {
        // 1,460.00 for the year fell due on 1 January, before the first month of ours: 4.00 are for each day.
        var yearly = PriceTerms.Default with { Interval = BillingInterval.Yearly };
        var life = new Subscription(Sample.Id, Sample.Correlation, Day("2026-01-01"), null,
            [new SubscribedComponent("base", Sample.Price("base", yearly, 1460m), 1m, Day("2026-01-01"), null)]);
        TrueUps(life, D(plan), D(account), new BillingWindow(Day("2026-11-01"), null, Day("2027-01-01"))).ShouldBe(missing);
    }

    [Fact]
    public void Days_of_a_pause_ask_for_nothing() => // February rests: of January and March 30.00 each are missing
        TrueUps("2026-01-01", 60m, 0m, life => life with { Pauses = [new Pause(Day("2026-02-01"), Day("2026-03-01"), PauseMode.CreditDays, 2)] })
            .ShouldBe("2026-01-01 30.00; 2026-03-01 30.00");

    [Fact]
    public void A_share_of_a_minimum_is_told_with_twelve_decimals_at_most()
    {
        var life = new Subscription(Sample.Id, Sample.Correlation, Day("2026-03-23"), null,
            [new SubscribedComponent("base", Sample.Price("base", amount: 31m), 1m, Day("2026-03-23"), null)]);
        var window = new BillingWindow(Day("2026-01-01"), null, Day("2026-05-01"));
        Lines(life, 100m, 0m, window).Select(line => line.Convention)
            .ShouldBe(["29.032258064516 EUR less charges of the month", "100.00 EUR less charges of the month"]); // 9 of 31 days
    }

    private static string TrueUps(string start, decimal plan, decimal account, Func<Subscription, Subscription>? change = null)
    {
        var subscription = new Subscription(Sample.Id, Sample.Correlation, Day(start), null,
            [new SubscribedComponent("base", Sample.Price("base", amount: 30m), 1m, Day(start), null)]);
        return TrueUps(change?.Invoke(subscription) ?? subscription, plan, account, new BillingWindow(Day("2026-01-01"), null, Day("2026-04-01")));
    }

    private static string TrueUps(Subscription subscription, decimal plan, decimal account, BillingWindow window) =>
        string.Join("; ", Lines(subscription, plan, account, window).Select(line => $"{line.Key.From:yyyy-MM-dd} {line.Amount.ToPlain()}"));

    private static List<ChargeLine> Lines(Subscription subscription, decimal plan, decimal account, BillingWindow window)
    {
        var payer = new BillingAccount(
            new BillingAccountId(Guid.Empty), new CustomerId(Guid.Empty), new LegalEntityId(Guid.Empty), Eur, "T", 14, Sample.Correlation);
        var billable = new BillableSubscription(subscription, "S") { Touched = true };
        if (plan > 0) billable.Minimums.Add(new PlanMinimum(subscription.Start, null, plan));
        var wanted = Wanted.Of(new BillableAccount(payer, "A") { Subscriptions = [billable], MonthlyMinimum = account }, window);
        return wanted.Lines.FindAll(line => line.Key.Component == "minimum");
    }
}
