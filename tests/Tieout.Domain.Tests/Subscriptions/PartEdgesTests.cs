using Tieout.Domain.Catalog;
using Tieout.Domain.Subscriptions;
using static Tieout.Domain.Tests.Amounts;
using static Tieout.Domain.Tests.Subscriptions.Sample;

namespace Tieout.Domain.Tests.Subscriptions;

/// <summary>What happens exactly on a boundary of a part, found by changing the code and seeing which change no test noticed.</summary>
public class PartEdgesTests
{
    private static readonly PriceTerms Anniversary = new() { Anchoring = Anchoring.Anniversary };

    [Theory]
    [InlineData("2026-01-09", "2026-01-10", 1)]
    [InlineData("2026-01-01", "2026-01-31", 1)]
    [InlineData("2026-01-10", "2026-01-31", 0)] // the day it fell due is behind
    [InlineData("2026-01-01", "2026-01-09", 0)] // and here still to come
    public void What_is_sold_once_is_due_in_one_window_only(string after, string through, int parts) =>
        Parts.Of(With(PriceTerms.Default with { Kind = PriceKind.OneOff }, "2026-01-10"), Day(after), Day(through)).Count().ShouldBe(parts);

    [Theory]
    [InlineData("2026-03-15", "2026-03-15")]
    [InlineData("2026-01-10", "2026-01-10")] // not before the subscription, whatever the component says
    [InlineData("2026-01-02", "2026-01-10")]
    public void What_is_sold_once_is_due_when_it_is_added(string from, string due)
    {
        var subscription = With(PriceTerms.Default with { Kind = PriceKind.OneOff }, "2026-01-10", null, (from, null));
        All(subscription).Single().DueOn.ShouldBe(Day(due));
    }

    [Theory]
    [InlineData(BillingTiming.Arrears, "2026-04-01", "2026-03-01..2026-04-01 1/1 due 2026-04-01")]
    [InlineData(BillingTiming.Arrears, "2026-03-31", null)]
    [InlineData(BillingTiming.Advance, "2026-04-01", "2026-03-01..2026-04-01 1/1 due 2026-03-01")]
    [InlineData(BillingTiming.Advance, "2026-03-01", null)]
    public void A_pause_that_nobody_ends_and_that_begins_on_a_boundary(BillingTiming timing, string from, string? expected)
    {
        var subscription = With(Anniversary with { Timing = timing }, "2026-03-01") with { Pauses = [new Pause(Day(from), null, PauseMode.MoveEnd, 2)] };
        All(subscription).Select(Told).ShouldBe(expected is null ? [] : [expected]);
    }

    [Fact]
    public void What_ends_on_the_day_a_pause_begins_is_due_in_arrears()
    {
        var subscription = With(Anniversary with { Timing = BillingTiming.Arrears }, "2026-03-01", null, ("2026-03-01", "2026-03-11"));
        All(subscription with { Pauses = [new Pause(Day("2026-03-11"), null, PauseMode.MoveEnd, 2)] }).Select(Told)
            .ShouldBe(["2026-03-01..2026-03-11 10/31 due 2026-03-11"]);
    }

    [Fact]
    public void Not_prorated_each_component_pays_for_itself()
    {
        var terms = PriceTerms.Default with { Prorated = false };
        var subscription = With(terms, "2026-02-01", "2026-03-01");
        var later = new SubscribedComponent("seats", Price("seats", terms), 1m, Day("2026-02-10"), null);
        All(subscription with { Components = [.. subscription.Components, later] }).Select(Told).ShouldBe([
            "2026-02-01..2026-03-01 1/1 due 2026-02-01", "2026-02-10..2026-03-01 1/1 due 2026-02-10"]);
    }

    [Theory]
    [InlineData("14:00:00", "T14:00")]
    [InlineData("14:00:30", "T14:00:30")]
    public void A_part_that_begins_within_a_day_says_when(string time, string told)
    {
        var subscription = With(PriceTerms.Default with { DayCount = DayCount.Seconds }, "2026-03-01", "2026-04-01");
        var changed = subscription.Components[0] with { From = Day("2026-03-16"), FromTime = TimeOnly.ParseExact(time, "HH:mm:ss", null) };
        All(subscription with { Components = [changed] }).Single().Detail.ShouldBe(told);
    }
}
