using FsCheck;
using FsCheck.Fluent;
using Tieout.Domain.Catalog;
using Tieout.Domain.Subscriptions;
using static Tieout.Domain.Tests.Amounts;
using static Tieout.Domain.Tests.Subscriptions.Sample;

namespace Tieout.Domain.Tests.Subscriptions;

/// <summary>What holds whatever the terms, the changes and the pauses are.</summary>
public class PartProperties
{
    private const string Horizon = "2034-01-01";
    private static readonly Config Often = Config.QuickThrowOnFailure.WithMaxTest(400).WithQuietOnSuccess(true);
    private static readonly DateOnly Origin = Day("2027-01-01");

    private static readonly BillingInterval[] Intervals =
    [
        BillingInterval.Monthly, BillingInterval.Quarterly, BillingInterval.Yearly, new(6, IntervalUnit.Month), new(5, IntervalUnit.Month),
        new(4, IntervalUnit.Week), new(1, IntervalUnit.Week), new(10, IntervalUnit.Day),
    ];

    private static readonly string[] Zones = ["UTC", "Europe/Berlin", "America/New_York", "Pacific/Apia"];

    // Days of a life within four years: its start, changes, pauses, perhaps a trial and an end.
    private static readonly Gen<Subscription> Lives =
        from interval in Gen.Elements(Intervals)
        from anchoring in Gen.Elements(Anchoring.Calendar, Anchoring.Anniversary)
        from timing in Gen.Elements(BillingTiming.Advance, BillingTiming.Arrears)
        from dayCount in Gen.Elements(DayCount.ActualDays, DayCount.Fixed30, DayCount.Seconds)
        from prorated in Gen.Elements(true, true, false)
        from start in Gen.Choose(0, 60)
        from changes in Gen.ListOf(Gen.Choose(1, 1200))
        from pauses in Gen.ListOf(from gap in Gen.Choose(1, 200) from days in Gen.Choose(1, 70) from moves in Gen.Elements(true, false) select (gap, days, moves))
        from trial in Gen.Choose(-30, 40)
        from length in Gen.Choose(1, 1400)
        from zone in Gen.Elements(Zones)
        select Life(
            new PriceTerms { Interval = interval, Anchoring = anchoring, Timing = timing, DayCount = dayCount, Prorated = prorated },
            start, [.. changes.Take(5).Where(change => change < length).Distinct().Order()], [.. pauses.Take(3)], trial, length, zone);

    private static Subscription Life(
        PriceTerms terms, int start, List<int> changes, List<(int Gap, int Days, bool Moves)> pauses, int trial, int length, string zone)
    {
        var first = Origin.AddDays(start);
        var price = Price("base", terms);
        List<int> cuts = [0, .. changes];
        var components = cuts.Select((cut, index) => new SubscribedComponent(
            "base", price, index + 1, first.AddDays(cut), index + 1 < cuts.Count ? first.AddDays(cuts[index + 1]) : null)).ToList();
        List<Pause> rests = [];
        var day = first;
        foreach (var (gap, days, moves) in pauses)
        {
            var from = day.AddDays(gap);
            day = from.AddDays(days);
            rests.Add(new Pause(from, day, moves ? PauseMode.MoveEnd : PauseMode.CreditDays, 2));
        }
        return new Subscription(Id, Correlation, first, first.AddDays(length), components)
        {
            TrialEnd = trial > 0 ? first.AddDays(trial) : null,
            Anchor = trial > 0 ? first.AddDays(trial) : first,
            Pauses = rests,
            Zone = zone,
        };
    }

    [Fact]
    public void Parts_are_exactly_the_paid_days_each_once() => Prop.ForAll(Lives.ToArbitrary(), life =>
    {
        var billed = All(life, Horizon).SelectMany(part => Days(part.Days)).Order().ToList();
        var paid = Days(new ServicePeriod(life.Start, life.End!.Value))
            .Where(day => !(life.TrialEnd > day))
            .Where(day => !life.Pauses.Any(pause => pause.From <= day && day < pause.Until));
        return billed.SequenceEqual(paid);
    }).Check(Often);

    [Fact]
    public void Shares_of_a_period_paid_from_first_to_last_day_sum_to_one() => Prop.ForAll(Lives.ToArbitrary(), life =>
    {
        foreach (var period in All(life, Horizon).GroupBy(part => part.Period))
        {
            var paid = period.Sum(part => part.Days.Days);
            var running = period.Key.Days - life.Pauses.Where(pause => pause.Mode == PauseMode.MoveEnd)
                .Sum(pause => new ServicePeriod(pause.From, pause.Until!.Value).Overlap(period.Key)?.Days ?? 0);
            var whole = period.First().WholeShare;
            var sum = period.Sum(part => part.ActiveShare);
            period.ShouldAllBe(part => part.WholeShare == whole && part.ActiveShare >= 0);
            if (paid == running || !period.First().Component.Price.Terms.Prorated) sum.ShouldBe(whole);
            else sum.ShouldBeLessThanOrEqualTo(whole);
        }
    }).Check(Often);

    [Fact]
    public void A_change_that_changes_nothing_changes_no_days_and_no_shares() => Prop.ForAll(Lives.ToArbitrary(), Gen.Choose(1, 1000).ToArbitrary(), (life, cut) =>
    {
        var whole = life with { Components = [life.Components[0] with { Until = null }] };
        var day = life.Start.AddDays(cut);
        var split = life with
        {
            Components = [life.Components[0] with { Until = day }, life.Components[0] with { From = day, Until = null }],
        };
        SharesByPeriod(split).ShouldBe(SharesByPeriod(whole));
        All(split, Horizon).SelectMany(part => Days(part.Days)).Order().ShouldBe(All(whole, Horizon).SelectMany(part => Days(part.Days)).Order());
    }).Check(Often);

    [Fact]
    public void Windows_side_by_side_give_what_one_window_gives() => Prop.ForAll(Lives.ToArbitrary(), Gen.Choose(1, 90).ToArbitrary(), (life, step) =>
    {
        List<string> seen = [];
        for (var day = Origin.AddDays(-1); day < Day(Horizon); day = day.AddDays(step))
            seen.AddRange(Parts.Of(life, day, day.AddDays(step)).Select(Told));
        seen.Order(StringComparer.Ordinal).ShouldBe(All(life, "2034-06-01").Select(Told).Order(StringComparer.Ordinal));
    }).Check(Often.WithMaxTest(150));

    [Fact]
    public void A_part_is_known_by_its_first_day_and_detail() => Prop.ForAll(Lives.ToArbitrary(), life =>
        All(life, Horizon).Select(part => (part.Component.Component, part.Days.Start, part.Detail)).Distinct().Count() == All(life, Horizon).Count).Check(Often);

    // Seconds to seconds, days to days: a share of the period's whole, written as one fraction.
    private static List<(ServicePeriod Period, decimal Share)> SharesByPeriod(Subscription life) =>
        [.. All(life, Horizon).GroupBy(part => part.Period).Select(parts => (parts.Key, parts.Sum(part => part.ActiveShare) / parts.First().WholeShare))];

    private static IEnumerable<DateOnly> Days(ServicePeriod period)
    {
        for (var day = period.Start; day < period.End; day = day.AddDays(1)) yield return day;
    }
}
