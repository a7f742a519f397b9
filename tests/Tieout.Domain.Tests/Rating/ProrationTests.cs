using Tieout.Domain.Catalog;
using Tieout.Domain.Rating;
using static Tieout.Domain.Tests.Amounts;

namespace Tieout.Domain.Tests.Rating;

public class ProrationTests
{
    [Theory]
    [InlineData("30", "12", "30", "12")]
    [InlineData("30", "0", "30", "0")]
    [InlineData("30", "30", "30", "30")]
    [InlineData("100000", "68", "366", "18579.234972677595628415300546")]      // multiplied first
    [InlineData("1", "2548800", "2678400", "0.9516129032258064516129032258")]  // seconds of October
    public void A_share_of_an_amount(string amount, string active, string whole, string expected) =>
        Proration.Of(D(amount), new Share(D(active), D(whole))).ShouldBe(D(expected));

    [Fact]
    public void The_full_share_is_the_amount_itself_whatever_its_size() =>
        Proration.Of(decimal.MaxValue, new Share(30m, 30m)).ShouldBe(decimal.MaxValue);

    [Theory]
    [InlineData("-1", "30")]
    [InlineData("31", "30")]
    [InlineData("0", "0")]
    [InlineData("-1", "-1")]
    public void A_share_lies_between_nothing_and_the_whole(string active, string whole) =>
        Should.Throw<ArgumentOutOfRangeException>(() => new Share(D(active), D(whole)));

    [Fact]
    public void A_share_that_was_never_given_a_whole_is_a_bug() => Should.Throw<ArgumentException>(() => Proration.Of(1m, default));

    [Theory]
    [InlineData("2026-10-31", "2026-11-05")]
    [InlineData("2026-11-05", "2026-12-02")]
    public void Days_outside_the_period_are_refused(string start, string end) =>
        Should.Throw<ArgumentException>(() => Share.Of(new ServicePeriod(Day(start), Day(end)), Month("2026-11").Period)).Message.ShouldContain("does not lie within");

    [Fact]
    public void Days_become_a_share()
    {
        var share = Share.Of(new ServicePeriod(Day("2026-11-05"), Day("2026-11-10")), Month("2026-11").Period);
        (share.Active, share.Whole, share.IsFull).ShouldBe((5m, 30m, false));
        Share.Of(Month("2026-11").Period, Month("2026-11").Period).IsFull.ShouldBeTrue();
    }

    [Fact]
    public void A_ramp_steps_on_its_day_or_after_its_months()
    {
        ChargeModel First = new ChargeModel.Flat(1m), Second = new ChargeModel.Flat(2m), Third = new ChargeModel.Flat(3m);
        var byDay = Price(First, new RampStep(Day("2026-06-01"), null, Second), new RampStep(Day("2027-06-01"), null, Third));
        Ramps.ModelOn(byDay, Day("2026-01-01"), Day("2026-05-31")).ShouldBe(First);
        Ramps.ModelOn(byDay, Day("2026-01-01"), Day("2026-06-01")).ShouldBe(Second);
        Ramps.ModelOn(byDay, Day("2026-01-01"), Day("2030-01-01")).ShouldBe(Third);
        var byMonths = Price(First, new RampStep(null, 1, Second), new RampStep(null, 12, Third));
        Ramps.ModelOn(byMonths, Day("2026-01-31"), Day("2026-02-27")).ShouldBe(First);
        Ramps.ModelOn(byMonths, Day("2026-01-31"), Day("2026-02-28")).ShouldBe(Second);       // clamped in a short month
        Ramps.ModelOn(byMonths, Day("2026-01-31"), Day("2027-01-31")).ShouldBe(Third);
    }

    private static Price Price(ChargeModel model, params RampStep[] ramp) =>
        new("P", "base", model, Usd, Recognition.Immediate, "x") { Terms = new PriceTerms { Ramp = ramp } };
}
