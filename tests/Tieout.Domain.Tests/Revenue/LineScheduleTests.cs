using FsCheck;
using FsCheck.Fluent;
using Tieout.Domain.Revenue;
using static Tieout.Domain.Tests.Amounts;

namespace Tieout.Domain.Tests.Revenue;

/// <summary>What an invoice defers, over the months of its service.</summary>
public class LineScheduleTests
{
    private static readonly SpreadPolicy ByDay = SpreadPolicy.Default;
    private static readonly SpreadPolicy EvenMonths = new(Spread.EvenMonths, ScheduleRounding.Cumulative);
    private static readonly Config Often = Config.QuickThrowOnFailure.WithMaxTest(500).WithQuietOnSuccess(true);
    private static readonly Arbitrary<int> Seeds = Gen.Choose(0, int.MaxValue - 1).ToArbitrary();

    [Theory]
    [InlineData("365.00", "USD", "2026-01-01", "2027-01-01", "31 28 31 30 31 30 31 31 30 31 30 31")]
    [InlineData("366.00", "USD", "2028-01-01", "2029-01-01", "31 29 31 30 31 30 31 31 30 31 30 31")] // a leap year has one day more
    [InlineData("100.00", "USD", "2026-11-01", "2026-12-01", "100.00")]                             // a month is earned in it, whole
    [InlineData("100.00", "USD", "2026-11-30", "2026-12-01", "100.00")]                             // one day, the month's last
    [InlineData("100.00", "USD", "2026-11-30", "2026-12-02", "50.00 50.00")]                        // the end does not count
    [InlineData("1200.00", "USD", "2026-01-15", "2027-01-15", "55.89 92.06 101.91 98.63 101.92 98.63 101.92 101.92 98.63 101.91 98.63 101.92 46.03")]
    [InlineData("-365.00", "USD", "2026-01-01", "2027-01-01", "-31 -28 -31 -30 -31 -30 -31 -31 -30 -31 -30 -31")]
    [InlineData("100", "JPY", "2026-01-01", "2026-04-01", "34 32 34")]                              // 34.44, 65.56, 100: no minor unit but the yen
    [InlineData("1.000", "KWD", "2026-01-01", "2026-04-01", "0.344 0.312 0.344")]                   // three decimals
    [InlineData("0.01", "USD", "2026-01-01", "2027-01-01", "- - - - - - 0.01 - - - - -")]           // one cent comes once, when half of it is earned
    [InlineData("0.01", "USD", "2026-12-31", "2027-01-02", "0.01 -")]                               // half a cent is rounded away from zero
    public void By_days_each_month_end_is_the_exact_amount_rounded(string amount, string currency, string start, string end, string months) =>
        Told(LineSchedule.Of(Of(amount, currency, start, end), ByDay), start, end).ShouldBe(Figures(months));

    [Theory]
    [InlineData("1200.00", "2026-01-01", "2027-01-01", "100 100 100 100 100 100 100 100 100 100 100 100")] // months of the calendar are alike
    [InlineData("300.00", "2026-01-31", "2026-04-30", "3.57 99.66 100.10 96.67")]                            // 31 Jan, 28 Feb, 31 Mar, 30 Apr
    [InlineData("100.00", "2026-01-01", "2026-04-01", "33.33 33.34 33.33")]
    [InlineData("100.00", "2026-01-15", "2026-02-15", "54.84 45.16")]                                       // within a month by its days
    public void In_even_months_they_are_counted_from_the_first_day(string amount, string start, string end, string months) =>
        Told(LineSchedule.Of(Of(amount, "USD", start, end), EvenMonths), start, end).ShouldBe(Figures(months));

    [Theory]
    [InlineData("100.00", "2026-01-01", "2026-04-01", "33.33 33.33 33.34")]  // the last takes the rest
    [InlineData("-100.00", "2026-01-01", "2026-04-01", "-33.33 -33.33 -33.34")]
    [InlineData("0.02", "2026-01-01", "2026-04-01", "0.01 0.01 -")]          // 0.0067 is a cent each time, and never past what is left
    [InlineData("0.01", "2026-01-01", "2026-04-01", "- - 0.01")]
    public void With_the_residual_last_each_month_is_rounded_by_itself(string amount, string start, string end, string months) =>
        Told(LineSchedule.Of(Of(amount, "USD", start, end), new SpreadPolicy(Spread.EvenMonths, ScheduleRounding.ResidualLast)), start, end).ShouldBe(Figures(months));

    [Fact]
    public void A_charge_cut_short_gives_back_the_months_after_the_cut_alone()
    {
        var change = LineSchedule.Change(Of("365.00", "USD", "2026-01-01", "2027-01-01"), Of("196.00", "USD", "2026-01-01", "2026-07-16"), ByDay);
        change.ShouldBe([
            new(Month("2026-07"), -16m), new(Month("2026-08"), -31m), new(Month("2026-09"), -30m), new(Month("2026-10"), -31m),
            new(Month("2026-11"), -30m), new(Month("2026-12"), -31m)]);
    }

    [Fact]
    public void A_favour_takes_from_every_month_and_a_void_takes_all_of_it_back()
    {
        var stood = Of("365.00", "USD", "2026-01-01", "2027-01-01");
        LineSchedule.Change(stood, stood with { Amount = stood.Amount with { Amount = 328.50m } }, ByDay).Select(month => month.Amount)
            .ShouldBe([-3.1m, -2.8m, -3.1m, -3m, -3.1m, -3m, -3.1m, -3.1m, -3m, -3.1m, -3m, -3.1m]);
        LineSchedule.Change(stood, null, ByDay).ShouldBe(LineSchedule.Of(stood with { Amount = -stood.Amount }, ByDay));
        LineSchedule.Change(null, stood, ByDay).ShouldBe(LineSchedule.Of(stood, ByDay));
        LineSchedule.Change(stood, stood, ByDay).ShouldBeEmpty();
    }

    [Fact]
    public void Foreign_months_keep_the_rate_of_their_document_and_come_to_the_whole_converted()
    {
        var months = LineSchedule.Of(Of("100.00", "USD", "2026-01-01", "2026-04-01"), ByDay);
        LineSchedule.InBooks(months, 0.92333m, Eur).Select(money => money.Amount).ShouldBe([31.80m, 28.73m, 31.80m]);
        LineSchedule.InBooks(months, 150.1m, Jpy).Select(money => money.Amount).ShouldBe([5169m, 4672m, 5169m]);
    }

    [Fact]
    public void Months_sum_to_the_amount_lie_in_the_period_and_turn_their_signs_with_it() => Prop.ForAll(Seeds, seed =>
    {
        var luck = new Luck(seed);
        var (service, policy) = (luck.Service(), luck.Policy());
        var months = LineSchedule.Of(service, policy);
        return months.Sum(month => month.Amount) == service.Amount.Amount
            && months.TrueForAll(month => month.Amount != 0m && month.Month.Period.Overlap(service.Period) is not null)
            && months.SequenceEqual(months.OrderBy(month => month.Month))
            && LineSchedule.Of(service with { Amount = -service.Amount }, policy).SequenceEqual(months.Select(month => month with { Amount = -month.Amount }));
    }).Check(Often);

    [Fact]
    public void Cumulative_month_ends_are_within_half_a_minor_unit_of_the_exact_amount() => Prop.ForAll(Seeds, seed =>
    {
        var service = new Luck(seed).Service();
        var (sum, exact) = (0m, true);
        foreach (var (month, amount) in LineSchedule.Of(service, ByDay))
        {
            sum += amount;
            var days = Math.Min(month.Period.End.DayNumber, service.Period.End.DayNumber) - service.Period.Start.DayNumber;
            exact &= Math.Abs(sum - service.Amount.Amount * days / service.Period.Days) <= 0.005m;
        }
        return exact;
    }).Check(Often);

    [Fact]
    public void Changes_in_a_row_come_to_what_stands_at_last() => Prop.ForAll(Seeds, seed =>
    {
        var luck = new Luck(seed);
        var policy = luck.Policy();
        List<Service?> states = [null, .. Enumerable.Range(0, 5).Select(_ => luck.Next(4) == 0 ? (Service?)null : luck.Service())];
        var sums = states.Zip(states.Skip(1), (before, after) => LineSchedule.Change(before, after, policy)).SelectMany(months => months)
            .GroupBy(month => month.Month).Select(group => new MonthAmount(group.Key, group.Sum(month => month.Amount)))
            .Where(month => month.Amount != 0m).OrderBy(month => month.Month);
        return sums.SequenceEqual(LineSchedule.Change(null, states[^1], policy));
    }).Check(Often);

    private static Service Of(string amount, string currency, string start, string end) =>
        new(new Money(D(amount), Currency.Of(currency)), new ServicePeriod(Day(start), Day(end)));

    // Each month of the period, those without an amount as zero.
    private static List<decimal> Told(List<MonthAmount> months, string start, string end)
    {
        var amounts = months.ToDictionary(month => month.Month, month => month.Amount);
        List<decimal> told = [];
        for (var month = AccountingMonth.Of(Day(start)); month.FirstDay < Day(end); month = AccountingMonth.Of(month.Period.End))
            told.Add(amounts.GetValueOrDefault(month));
        return told;
    }

    // A month that stays away at the end is not written.
    private static List<decimal> Figures(string months) => [.. months.Split(' ').Select(text => text == "-" ? 0m : D(text))];

    private sealed class Luck(int seed)
    {
        private readonly Random _random = new(seed);

        public int Next(int below) => _random.Next(below);

        public Service Service()
        {
            var start = new DateOnly(2026, 1, 1).AddDays(_random.Next(0, 800));
            var amount = _random.Next(-500_000, 500_000) / 100m;
            return new Service(new Money(amount == 0m ? 0.01m : amount, Usd), new ServicePeriod(start, start.AddDays(_random.Next(1, 800))));
        }

        public SpreadPolicy Policy() => new((Spread)_random.Next(2), (ScheduleRounding)_random.Next(2));
    }
}
