using FsCheck;
using FsCheck.Fluent;
using Tieout.Domain.Catalog;
using Tieout.Domain.Rating;
using static Tieout.Domain.Tests.Amounts;

namespace Tieout.Domain.Tests.Rating;

public class PrepaidTests
{
    private static readonly DateOnly Today = Day("2026-11-20");
    private static readonly ChargeModel Model = new ChargeModel.Prepaid("calls", new ChargeModel.PerUnit(0.1m));

    [Fact]
    public void Lower_priority_numbers_go_first_then_the_earliest_to_expire_then_the_oldest_then_the_lower_id()
    {
        CreditGrant[] grants =
        [
            Grant(1, 10m) with { Priority = 1 },
            Grant(2, 10m),
            Grant(3, 10m) with { ExpiresOn = Day("2026-12-31") },
            Grant(4, 10m) with { ExpiresOn = Day("2026-12-01") },
            Grant(5, 10m) with { GrantedOn = Day("2026-01-01") },
            Grant(6, 10m) with { GrantedOn = Day("2026-01-01") },
        ];
        var drawn = DrawDown.Of(grants, 55m, Today);
        drawn.Draws.Select(draw => draw.Name).ShouldBe(["g4", "g3", "g2", "g5", "g6", "g1"]);
        drawn.Draws.Select(draw => draw.Order).ShouldBe([1, 2, 3, 4, 5, 6]);
        drawn.Draws[^1].Amount.ShouldBe(5m);
        drawn.Left.ShouldBe(0m);
        DrawDown.Of([.. grants.Reverse()], 55m, Today).Draws.ShouldBe(drawn.Draws);
    }

    [Theory]
    [InlineData("2026-11-19", "2026-11-21", true)]
    [InlineData("2026-11-20", "2026-11-21", true)]        // on the day it begins
    [InlineData("2026-11-21", "2026-12-21", false)]       // not before
    [InlineData("2026-11-01", "2026-11-20", false)]       // not on the day it expires
    public void What_has_expired_or_has_not_begun_is_never_drawn(string from, string expires, bool drawn) =>
        DrawDown.Of([Grant(1, 10m) with { GrantedOn = Day(from), ExpiresOn = Day(expires) }], 3m, Today).Draws.Count.ShouldBe(drawn ? 1 : 0);

    [Fact]
    public void What_was_sold_and_taken_back_is_neither_drawn_nor_rolled_over()
    {
        var grant = Grant(1, 10m) with { Withdrawn = true, ExpiresOn = Day("2026-11-21"), Rollover = new Rollover(1m, null) };
        DrawDown.Of([grant], 3m, Today).Draws.ShouldBeEmpty();
        Rollover.Of(grant, Day("2026-11-21")).ShouldBe(0m);
        Rollover.Of(grant with { Withdrawn = false }, Day("2026-11-21")).ShouldBe(10m);
    }

    [Fact]
    public void Draws_are_cut_to_twelve_decimals_and_the_rest_stays_open()
    {
        var drawn = DrawDown.Of([Grant(1, 10m)], 1.0000000000009m, Today);
        drawn.Draws[0].Amount.ShouldBe(1m);
        drawn.Left.ShouldBe(0.0000000000009m);
        DrawDown.Of([Grant(1, 10m)], 0.0000000000009m, Today).Draws.ShouldBeEmpty();
        DrawDown.Of([Grant(1, 0m)], 1m, Today).Draws.ShouldBeEmpty();
        DrawDown.Of([Grant(1, 1m)], 0m, Today).Draws.ShouldBeEmpty();
        Should.Throw<ArgumentOutOfRangeException>(() => DrawDown.Of([], -1m, Today));
    }

    [Fact]
    public void Draws_conserve() =>
        Prop.ForAll(
            Gen.Choose(0, 100_000).ListOf().ToArbitrary(), Gen.Choose(0, 1_000_000).ToArbitrary(), Gen.Choose(0, 3).ToArbitrary(),
            (remaining, wanted, priorities) =>
            {
                var grants = remaining.Select((amount, index) =>
                    Grant(index + 1, amount / 100m) with { Priority = index % (priorities + 1), ExpiresOn = Today.AddDays(index % 5 - 1) }).ToList();
                var drawn = DrawDown.Of(grants, wanted / 100m, Today);
                var open = grants.Where(grant => grant.CanBeDrawn(Today)).Sum(grant => grant.Remaining);
                return drawn.Draws.Sum(draw => draw.Amount) + drawn.Left == wanted / 100m
                    && drawn.Draws.Sum(draw => draw.Amount) == Math.Min(open, wanted / 100m)
                    && drawn.Draws.All(draw => draw.Amount > 0m && draw.Amount <= grants.Single(grant => grant.Id == draw.Grant).Remaining);
            }).Check(Config.QuickThrowOnFailure.WithMaxTest(1000).WithQuietOnSuccess(true));

    [Fact]
    public void Units_are_taken_off_the_quantity_and_the_rest_is_charged()
    {
        var rated = Rate.Of(Model, Calls(100m, Grant(1, 30m), Grant(2, 20m) with { Priority = 1 }));
        rated.Exact.ShouldBe(5m);
        rated.Draws.Select(draw => (draw.Name, draw.Amount, draw.Order)).ShouldBe([("g1", 30m, 1), ("g2", 20m, 2)]);
        rated.Steps.Select(step => step.Words).ShouldBe(["30 units drawn from prepaid g1", "20 units drawn from prepaid g2", "50 units at 0.10"]);
        rated.Steps.Select(step => step.Quantity).ShouldBe([30m, 20m, 50m]);
        Rate.Of(Model, Calls(40m, Grant(1, 100m))).Exact.ShouldBe(0m);
    }

    [Fact]
    public void Money_is_taken_off_the_amount_and_never_more_than_it()
    {
        var rated = Rate.Of(Model, Calls(100m, Grant(1, 7m) with { Currency = Usd }));
        rated.Exact.ShouldBe(3m);
        rated.Steps[^1].Words.ShouldBe("7.00 drawn from prepaid g1");
        rated.Steps[^1].Quantity.ShouldBeNull();
        Rate.Of(Model, Calls(100m, Grant(1, 70m) with { Currency = Usd })).Draws.ShouldHaveSingleItem().Amount.ShouldBe(10m);
    }

    [Fact]
    public void Units_come_before_money_and_the_order_goes_on()
    {
        var rated = Rate.Of(Model, Calls(100m, Grant(1, 4m) with { Currency = Usd, Priority = 0 }, Grant(2, 10m) with { Priority = 9 }));
        rated.Draws.Select(draw => (draw.Name, draw.Order)).ShouldBe([("g2", 1), ("g1", 2)]);
        rated.Exact.ShouldBe(5m);
    }

    [Fact]
    public void Grants_of_another_credit_are_left_alone() =>
        Rate.Of(Model, Calls(100m, new CreditGrant(new(Id(1)), "storage", 50m))).Exact.ShouldBe(10m);

    [Fact]
    public void Money_is_drawn_for_single_transactions_too() =>
        Rate.Of(
            new ChargeModel.Prepaid("calls", new ChargeModel.Percentage(0.1m, 0, 0m, 1m, null, null)),
            Calls(0m, Grant(1, 5m) with { Currency = Usd }) with { Transactions = [100m, 10m] }).Exact.ShouldBe(8m);

    [Fact]
    public void Without_grants_all_is_charged()
    {
        Rate.Of(Model, new Measured(100m)).Exact.ShouldBe(10m);
        Rate.Of(Model, new Measured(0m)).Exact.ShouldBe(0m);
        Rate.Of(Model, new Measured(0.5m)).Exact.ShouldBe(0.05m);
        Rate.Of(Model, new Measured(1_000_000_000_000_000m)).Exact.ShouldBe(100_000_000_000_000m);
    }

    [Fact]
    public void A_commitment_around_prepaid_credit_counts_what_is_charged() =>
        Rate.Of(new ChargeModel.Commitment(8m, Model), Calls(100m, Grant(1, 50m))).Exact.ShouldBe(8m);

    [Fact]
    public void Money_is_not_drawn_for_what_came_before_the_prepaid_part() =>
        Rate.Of(
            new ChargeModel.Matrix(["x"], [new(["a"], new ChargeModel.Flat(100m))], Model),
            Calls(0m, Grant(1, 50m) with { Currency = Usd }) with { Groups = [new(["a"], 1m), new(["b"], 100m)] }).Exact.ShouldBe(100m);

    [Fact]
    public void What_cannot_be_drawn_is_refused()
    {
        Rate.Refusal(Model, new Measured(1m) { Grants = [Grant(1, 1m)] }).ShouldBe("bad-grant");                            // which day?
        Rate.Refusal(Model, Calls(1m, Grant(1, 1m)) with { Transactions = [1m] }).ShouldBe("bad-grant");                    // units of what?
        Rate.Refusal(Model, Calls(1m, Grant(1, 1m)) with { Groups = [new(["a"], 1m)] }).ShouldBe("bad-grant");
        Should.Throw<RatingException>(() => RateCharge.Explain(Model, Calls(1m, Grant(1, 1m) with { Currency = Eur }), default, Usd)).Code.ShouldBe("bad-grant");
        Should.Throw<ArgumentOutOfRangeException>(() => new CreditGrant(new(Id(1)), "x", -1m));
    }

    [Theory]
    [InlineData("100", "0.5", null, "2026-11-20", "50")]
    [InlineData("100", "1", "30", "2026-11-20", "30")]        // no more than the most
    [InlineData("100", "0.2", "30", "2026-11-20", "20")]
    [InlineData("100", "0.5", null, "2026-11-19", "0")]       // not before it expires
    [InlineData("100", "0.5", null, "2026-12-24", "50")]
    [InlineData("0", "0.5", null, "2026-11-20", "0")]
    [InlineData("0.000000000001", "0.5", null, "2026-11-20", "0")]
    public void A_rollover_keeps_its_share_on_the_day_a_grant_expires(string left, string fraction, string? most, string day, string kept) =>
        Rollover.Of(
            Grant(1, D(left)) with { ExpiresOn = Today, Rollover = new Rollover(D(fraction), most is null ? null : D(most)) }, Day(day)).ShouldBe(D(kept));

    [Fact]
    public void Without_a_rule_or_an_end_nothing_rolls_over()
    {
        Rollover.Of(Grant(1, 5m) with { ExpiresOn = Today }, Today).ShouldBe(0m);
        Rollover.Of(Grant(1, 5m) with { Rollover = new Rollover(1m, null) }, Today).ShouldBe(0m);
        Should.Throw<ArgumentOutOfRangeException>(() => new Rollover(0m, null));
        Should.Throw<ArgumentOutOfRangeException>(() => new Rollover(1.1m, null));
        Should.Throw<ArgumentOutOfRangeException>(() => new Rollover(1m, 0m));
    }

    [Theory]
    [InlineData("2026-01-01", "2026-03-01", "2026-05-01")]    // two months again
    [InlineData("2026-01-31", "2026-02-28", "2026-03-28")]    // a month, clamped
    [InlineData("2026-01-01", "2026-01-31", "2026-03-02")]    // thirty days again
    [InlineData("2025-11-20", "2026-11-20", "2027-11-20")]
    [InlineData("2027-03-01", "2028-03-01", "2029-03-01")]    // a year, also one of 366 days
    public void What_rolls_over_lives_as_long_as_the_grant_it_came_from(string granted, string expires, string again)
    {
        var old = Grant(1, 10m) with
        {
            GrantedOn = Day(granted),
            ExpiresOn = Day(expires),
            Priority = 3,
            Currency = Eur,
            Rollover = new Rollover(1m, null),
        };
        var successor = Rollover.Successor(old, 4m);
        (successor.Remaining, successor.GrantedOn, successor.ExpiresOn).ShouldBe((4m, Day(expires), Day(again)));
        (successor.Credit, successor.Name, successor.Priority, successor.Currency, successor.RolledFrom).ShouldBe(("calls", "g1", 3, Eur, old.Id));
        successor.Rollover.ShouldBeNull();                      // once, unless the rule says again
        var rule = new Rollover(0.5m, 2m) { Again = true };
        Rollover.Successor(old with { Rollover = rule }, 4m).Rollover.ShouldBe(rule);
    }

    [Fact]
    public void One_rest_has_one_successor()
    {
        var old = Grant(1, 10m) with { ExpiresOn = Today, Rollover = new Rollover(1m, null) };
        Rollover.Successor(old, 4m).Id.ShouldBe(Rollover.Successor(old, 5m).Id);
        Rollover.Successor(old, 4m).Id.ShouldNotBe(Rollover.Successor(Grant(2, 10m) with { ExpiresOn = Today }, 4m).Id);
        Should.Throw<ArgumentOutOfRangeException>(() => old with { Remaining = -1m });
    }

    private static Measured Calls(decimal quantity, params CreditGrant[] grants) => new(quantity) { Grants = grants, AsOf = Today };

    private static CreditGrant Grant(int number, decimal remaining) =>
        new(new(Id(number)), "calls", remaining) { Name = $"g{number}", GrantedOn = Day("2025-12-31") };

    private static Guid Id(int number) => new(number, 0, 0, [0, 0, 0, 0, 0, 0, 0, 0]);
}
