using FsCheck;
using FsCheck.Fluent;
using Tieout.Domain.Catalog;
using Tieout.Domain.Invoicing;
using static Tieout.Domain.Tests.Amounts;

namespace Tieout.Domain.Tests.Invoicing;

public class DifferenceTests
{
    private static readonly SubscriptionId Subscription = new(Guid.Parse("00000000-0000-0000-0000-0000000000b1"));
    private static readonly LineOrigin Origin = new(new InvoiceId(Guid.Parse("00000000-0000-0000-0000-0000000000c1")), "US-2026-0000001", 1);
    private static readonly LineTax Tax = new("US-CA", "S", 0.0725m, Day("2026-03-31"));

    [Fact]
    public void Billing_what_is_billed_adds_nothing() =>
        Difference.Between([Line("2026-03-01", 100)], [Booked("2026-03-01", 100, 100)]).ShouldBeEmpty();

    [Theory]
    // wanted, standing, billed: what is added, and what is billed then
    [InlineData(100, 0, 0, 100, 100)]     // taken back before: billed anew
    [InlineData(120, 100, 100, 20, 120)]
    [InlineData(60, 100, 100, -40, 60)]
    [InlineData(60, 100, 30, -30, 0)]     // 70 were credited as a favour: only 30 are left to credit
    [InlineData(90, 100, 30, -10, 20)]
    [InlineData(130, 100, 30, 30, 60)]    // the favour stays a favour
    [InlineData(-4, -10, -10, 6, -4)]     // a discount that shrinks
    public void A_booked_line_gets_the_difference(decimal wanted, decimal standing, decimal billed, decimal added, decimal billedThen)
    {
        var line = Difference.Between([Line("2026-03-01", wanted)], [Booked("2026-03-01", standing, billed)]).ShouldHaveSingleItem();
        (line.Amount.Amount, line.Standing, line.Billed, line.Revision).ShouldBe((added, wanted, billedThen, 3));
        (line.Origin is null).ShouldBe(billed == 0);
    }

    [Fact]
    public void What_nobody_wants_any_more_is_credited_and_says_what_it_corrects()
    {
        var line = Difference.Between([], [Booked("2026-03-01", 100, 100)]).ShouldHaveSingleItem();
        (line.Amount.Amount, line.Standing, line.Billed).ShouldBe((-100m, 0m, 0m));
        line.Line.Description.ShouldBe("Cancelled: Seats (invoice US-2026-0000001, line 1)");
        line.Tax.ShouldBe(Tax);
    }

    [Fact]
    public void What_was_credited_whole_as_a_favour_is_not_credited_again() =>
        Difference.Between([], [Booked("2026-03-01", 100, 0)]).ShouldBeEmpty();

    [Fact]
    public void A_backdated_change_credits_the_shortened_part_and_bills_the_new_one()
    {
        var lines = Difference.Between([Line("2026-03-01", 48.39m, "2026-03-16"), Line("2026-03-16", 77.42m)], [Booked("2026-03-01", 100, 100)]);
        lines.Select(line => (line.Line.Key.From, line.Amount.Amount, line.Revision))
            .ShouldBe([(Day("2026-03-01"), -51.61m, 3), (Day("2026-03-16"), 77.42m, 1)]);
        lines[0].Line.Period.ShouldBe(new ServicePeriod(Day("2026-03-01"), Day("2026-03-16")));
    }

    [Fact]
    public void A_part_that_gives_days_away_at_the_same_amount_is_credited_and_billed_for_fewer_days()
    {
        var lines = Difference.Between([Line("2026-03-01", 50, "2026-03-16"), Line("2026-03-16", 7)], [Booked("2026-03-01", 50, 30)]);
        lines.Select(line => (line.Line.Key.From, line.Line.Period.End, line.Amount.Amount, line.Standing, line.Billed, line.Revision)).ShouldBe([
            (Day("2026-03-01"), Day("2026-04-01"), -30m, 0m, 0m, 3),
            (Day("2026-03-01"), Day("2026-03-16"), 30m, 50m, 30m, 4),
            (Day("2026-03-16"), Day("2026-04-01"), 7m, 7m, 7m, 1)]);
    }

    [Fact]
    public void A_part_that_ends_earlier_at_the_same_amount_stays_while_nothing_takes_its_days() =>
        Difference.Between([Line("2026-03-01", 50, "2026-03-16")], [Booked("2026-03-01", 50, 50)]).ShouldBeEmpty();

    [Fact]
    public void Whatever_changes_how_often_what_is_billed_in_the_end_is_what_is_wanted_in_the_end() =>
        Prop.ForAll(Gen.Choose(-500, 500).Select(cents => Math.Max(cents, 0)).ListOf().ToArbitrary(), wanted =>
        {
            BookedLine? booked = null;
            foreach (var cents in wanted)
            {
                var now = cents == 0 ? Array.Empty<ChargeLine>() : [Line("2026-03-01", cents / 100m)];
                foreach (var line in Difference.Between(now, booked is null ? [] : [booked])) booked = After(line);
                if (Difference.Between(now, booked is null ? [] : [booked]).Count > 0) return false;
            }
            return (booked?.Billed ?? 0) == (wanted.Count == 0 ? 0 : wanted[^1] / 100m);
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(1000).WithQuietOnSuccess(true));

    private static BookedLine After(LineToBook line) => new(line.Line, line.Revision, line.Standing, line.Billed, line.Origin ?? Origin, line.Tax ?? Tax);

    private static ChargeLine Line(string from, decimal amount, string until = "2026-04-01") => new(
        new LineKey(Subscription, "seats", Day(from)), new CorrelationId(Guid.Empty), new Money(amount, Usd),
        new ServicePeriod(Day(from), Day(until)), 5, 20, Recognition.Immediate, "Seats");

    private static BookedLine Booked(string from, decimal standing, decimal billed) =>
        new(Line(from, standing), 2, standing, billed, Origin, Tax);
}
