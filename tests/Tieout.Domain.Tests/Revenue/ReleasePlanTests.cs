using FsCheck;
using FsCheck.Fluent;
using Tieout.Domain.Revenue;
using static Tieout.Domain.Tests.Amounts;

namespace Tieout.Domain.Tests.Revenue;

/// <summary>Into which month of the books goes what is earned.</summary>
public class ReleasePlanTests
{
    [Fact]
    public void An_open_month_takes_its_own()
    {
        var plan = ReleasePlan.Of([Due(1, "2026-01", 31m), Due(1, "2026-02", 28m), Due(2, "2026-01", 4m)], closedThrough: null);
        plan.Select(booking => (booking.Month.ToString(), booking.Amount.Amount, booking.Lines)).ShouldBe([("2026-01", 35m, 20L), ("2026-02", 28m, 10L)]);
        Lines(plan[0]).ShouldBe(["deferred-revenue 35 Earned in 2026-01", "revenue -35 Earned in 2026-01"]);
    }

    [Fact]
    public void What_closed_months_lack_comes_in_the_first_open_one_and_is_named()
    {
        var plan = ReleasePlan.Of([Due(1, "2026-01", 31m), Due(1, "2026-03", 30m), Due(2, "2026-02", -4m)], Day("2026-02-28"));
        plan.ShouldHaveSingleItem().Month.ShouldBe(Month("2026-03"));
        Lines(plan[0]).ShouldBe([
            "deferred-revenue 31 Catch-up: earned in 2026-01, which is closed", "revenue -31 Catch-up: earned in 2026-01, which is closed",
            "deferred-revenue -4 Catch-up: earned in 2026-02, which is closed", "revenue 4 Catch-up: earned in 2026-02, which is closed",
            "deferred-revenue 30 Earned in 2026-03", "revenue -30 Earned in 2026-03"]);
    }

    [Fact]
    public void What_comes_to_nothing_is_booked_without_an_entry()
    {
        var plan = ReleasePlan.Of([Due(1, "2026-01", 31m), Due(2, "2026-01", -31m)], closedThrough: null);
        (plan.ShouldHaveSingleItem().Amount.IsZero, plan[0].Served.Count, plan[0].Due.Count).ShouldBe((true, 0, 2));
    }

    [Fact]
    public void Currencies_stay_apart()
    {
        var plan = ReleasePlan.Of([Due(1, "2026-01", 31m), Due(2, "2026-01", 7m, Eur)], closedThrough: null);
        plan.Select(booking => booking.Amount.ToString()).ShouldBe(["7.00 EUR", "31.00 USD"]);
    }

    [Fact]
    public void Whatever_is_due_is_booked_once_in_an_open_month_and_every_entry_balances() => Prop.ForAll(Gen.Choose(0, int.MaxValue - 1).ToArbitrary(), seed =>
    {
        var random = new Random(seed);
        var due = Enumerable.Range(1, random.Next(1, 20)).SelectMany(batch => Enumerable.Range(1, 12).Where(_ => random.Next(3) == 0)
            .Select(month => new DueMonth(batch, new AccountingMonth(2026, month), new Money(random.Next(-900, 900) / 100m, batch % 2 == 0 ? Usd : Eur), random.Next(1, 9))))
            .ToList();
        var closed = random.Next(3) == 0 ? (DateOnly?)null : new AccountingMonth(2026, random.Next(1, 12)).Period.End.AddDays(-1);
        var plan = ReleasePlan.Of(due, closed);
        return plan.SelectMany(booking => booking.Due).OrderBy(month => (month.Batch, month.Month)).SequenceEqual(due.OrderBy(month => (month.Batch, month.Month)))
            && plan.All(booking => booking.Month.FirstDay > (closed ?? DateOnly.MinValue)
                && booking.Due.All(month => month.Month == booking.Month || (month.Month < booking.Month && month.Month.FirstDay <= closed))
                && booking.Served.SelectMany(served => RevenueBooking.Pair(served.Amount)).Sum(line => line.Amount.Amount) == 0m
                && booking.Served.Sum(served => served.Amount.Amount) == booking.Amount.Amount);
    }).Check(Config.QuickThrowOnFailure.WithMaxTest(300).WithQuietOnSuccess(true));

    private static List<string> Lines(RevenueBooking booking) =>
        [
            .. from served in booking.Served
               from line in RevenueBooking.Pair(served.Amount)
               select FormattableString.Invariant($"{line.Account} {line.Amount.Amount:0.##} {booking.TextOf(served.Month)}"),
        ];

    private static DueMonth Due(int batch, string month, decimal amount, Currency? currency = null) => new(batch, Month(month), new Money(amount, currency ?? Usd), 10);
}
