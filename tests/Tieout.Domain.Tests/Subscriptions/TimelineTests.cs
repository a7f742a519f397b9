using FsCheck;
using FsCheck.Fluent;
using Tieout.Domain.Catalog;
using Tieout.Domain.Subscriptions;
using static Tieout.Domain.Tests.Amounts;
using static Tieout.Domain.Tests.Subscriptions.Amend;
using static Tieout.Domain.Tests.Subscriptions.Sample;

namespace Tieout.Domain.Tests.Subscriptions;

public class TimelineTests
{
    private static readonly Amendment Created = At(1, "2026-03-01", Team());
    private static readonly PriceTerms Once = new() { Kind = PriceKind.OneOff };

    private static ComponentOrder Setup(string plan = "TEAM", PriceTerms? terms = null) => Order("setup", 20m, null, terms ?? Once, plan);

    [Fact]
    public void A_seat_change_closes_the_old_and_opens_the_new_and_says_so()
    {
        var timeline = Folded(Created, At(2, "2026-03-16", Seats(8)));
        Seats(timeline).ShouldBe(["seats 5 2026-03-01..2026-03-16 (1-2)", "seats 8 2026-03-16.. (2-)"]);
        timeline.Steps[1].Words.ShouldBe("Seats: 5 -> 8 from 2026-03-16 (amendment 2)");
        var (before, after) = (timeline.Subscription.Components[1], timeline.Subscription.Components[2]);
        AmendmentWords.Opening(timeline.Subscription, after).ShouldBe("Seats: 5 -> 8 from 2026-03-16 (amendment 2)");
        AmendmentWords.Closing(timeline.Subscription, before).ShouldBe("Seats: 5 until 2026-03-15, then 8 (amendment 2)");
        AmendmentWords.Opening(timeline.Subscription, before).ShouldBe("");
    }

    [Fact]
    public void A_backdated_change_cuts_anew_what_lies_after_it() =>
        Seats(Folded(Created, At(2, "2026-06-01", Seats(8)), At(3, "2026-04-10", Seats(6))))
            .ShouldBe(["seats 5 2026-03-01..2026-04-10 (1-3)", "seats 6 2026-04-10..2026-06-01 (3-2)", "seats 8 2026-06-01.. (2-)"]);

    [Fact]
    public void On_one_day_the_later_version_counts_and_the_other_never_was() =>
        Seats(Folded(Created, At(2, "2026-03-16", Seats(8)), At(3, "2026-03-16", Seats(9))))
            .ShouldBe(["seats 5 2026-03-01..2026-03-16 (1-3)", "seats 9 2026-03-16.. (3-)"]);

    [Fact]
    public void Two_times_on_one_day_are_two_changes() =>
        Seats(Folded(Created, At(2, "2026-03-16T14:00", Seats(8)), At(3, "2026-03-16T10:00", Seats(6))))
            .ShouldBe(["seats 5 2026-03-01..2026-03-16T10:00 (1-3)", "seats 6 2026-03-16T10:00..2026-03-16T14:00 (3-2)", "seats 8 2026-03-16T14:00.. (2-)"]);

    [Fact]
    public void An_upgrade_keeps_the_seats_and_closes_what_the_new_plan_has_not()
    {
        var timeline = Folded(
            Created, At(2, "2026-04-01", new Change.Add(Order("support", 49m))), At(3, "2026-05-01", Seats(7)),
            At(4, "2026-06-01", new Change.ToPlan("SCALE", Up: true, [Order("base", 290m, plan: "SCALE"), Order("seats", 11m, plan: "SCALE")])));
        timeline.Plan.ShouldBe("SCALE");
        timeline.Steps[^1].Words.ShouldBe("Plan: TEAM -> SCALE (upgrade) from 2026-06-01 (amendment 4)");
        timeline.Subscription.Components.Select(Told).ShouldBe([
            "base 1 2026-03-01..2026-06-01 (1-4)", "base 1 2026-06-01.. (4-)",
            "seats 5 2026-03-01..2026-05-01 (1-3)", "seats 7 2026-05-01..2026-06-01 (3-4)", "seats 7 2026-06-01.. (4-)",
            "support 1 2026-04-01..2026-06-01 (2-4)",
        ]);
    }

    [Fact]
    public void An_agreed_price_is_a_step_and_may_be_taken_back()
    {
        var timeline = Folded(
            Created, At(2, "2026-07-01", new Change.AgreedPrice("base", new ChargeModel.Flat(89m))), At(3, "2027-01-01", new Change.AgreedPrice("base", null)));
        timeline.Subscription.Components.Where(item => item.Component == "base").Select(item => ((ChargeModel.Flat)item.Model).Amount).ShouldBe([99m, 89m, 99m]);
        timeline.Steps[1].Words.ShouldBe("Base: price 99 -> 89 from 2026-07-01 (amendment 2)");
    }

    [Fact]
    public void A_trial_moves_the_anchor_and_converts_or_expires()
    {
        var converting = Folded(At(1, "2026-03-01", Team() with { TrialEnd = Day("2026-03-15") }));
        (converting.Subscription.Anchor, converting.Subscription.End).ShouldBe((Day("2026-03-15"), null));
        converting.Subscription.StateOn(Day("2026-03-14")).ShouldBe(SubscriptionState.Trialing);
        converting.Subscription.StateOn(Day("2026-03-15")).ShouldBe(SubscriptionState.Active);

        var expiring = Folded(At(1, "2026-03-01", Team() with { TrialEnd = Day("2026-03-15"), TrialConverts = false }));
        expiring.Subscription.StateOn(Day("2026-03-15")).ShouldBe(SubscriptionState.Expired);
        All(expiring.Subscription).ShouldBeEmpty();

        var bought = Folded(At(1, "2026-03-01", Team() with { TrialEnd = Day("2026-03-15"), TrialConverts = false }), At(2, "2026-03-10", new Change.Activate()));
        bought.Subscription.End.ShouldBeNull();
        All(bought.Subscription).First().DueOn.ShouldBe(Day("2026-03-10"));
    }

    [Fact]
    public void A_draft_begins_on_the_day_it_is_activated()
    {
        var timeline = Folded(At(1, "2026-03-01", Team() with { Draft = true }), At(2, "2026-04-05", new Change.Activate()));
        (timeline.Subscription.Start, timeline.Subscription.Anchor).ShouldBe((Day("2026-04-05"), Day("2026-04-05")));
        Seats(timeline).ShouldBe(["seats 5 2026-04-05.. (1-)"]);
    }

    [Fact]
    public void Terms_renew_by_themselves_or_expire_and_a_renewal_may_come_early()
    {
        var year = Team() with { TermLength = BillingInterval.Yearly };
        var open = Folded(At(1, "2028-02-29", year));
        open.Subscription.End.ShouldBeNull();
        open.Term!.EndFor(Day("2030-03-01")).ShouldBe(Day("2031-02-28"));
        open.Term.EndFor(Day("2031-03-01")).ShouldBe(Day("2032-02-29")); // the clamped day comes back

        var fixedTerm = At(1, "2026-03-01", year with { TermEnding = TermEnding.Expire });
        Folded(fixedTerm).Subscription.StateOn(Day("2027-03-01")).ShouldBe(SubscriptionState.Expired);
        var early = Folded(fixedTerm, At(2, "2026-12-01", new Change.Renew(null, null)));
        early.Subscription.End.ShouldBe(Day("2027-12-01"));
        early.Steps[1].Words.ShouldBe("Renewed early until 2027-11-30, from 2026-12-01 (amendment 2)");
        Folded(fixedTerm, At(2, "2027-03-01", new Change.Renew(null, TermEnding.Renew))).Steps[1].Words
            .ShouldBe("Renewed until 2028-02-29, from 2027-03-01 (amendment 2)");
    }

    [Fact]
    public void A_pause_that_moves_the_end_moves_the_terms_end_when_it_is_over()
    {
        var fixedTerm = At(1, "2026-03-01", Team() with { TermLength = BillingInterval.Yearly, TermEnding = TermEnding.Expire });
        var resting = At(2, "2027-02-20", new Change.Rest(PauseMode.MoveEnd, null));
        Folded(fixedTerm, resting).Subscription.StateOn(Day("2027-06-01")).ShouldBe(SubscriptionState.Paused);
        Folded(fixedTerm, resting, At(3, "2027-06-01", new Change.Resume())).Subscription.End.ShouldBe(Day("2027-03-01").AddDays(101));
        Folded(fixedTerm, At(2, "2026-05-01", new Change.Rest(PauseMode.CreditDays, Day("2026-06-01")))).Subscription.End.ShouldBe(Day("2027-03-01"));
        Folded(fixedTerm, At(2, "2026-05-01", new Change.Rest(PauseMode.MoveEnd, Day("2026-06-01"))), At(3, "2026-05-11", new Change.Resume()))
            .Subscription.End.ShouldBe(Day("2027-03-11"));
    }

    [Fact]
    public void A_cancellation_may_be_taken_back_without_a_gap_or_with_one()
    {
        var cancelled = At(2, "2026-06-01", new Change.Cancel(DayCounts: false));
        Folded(Created, cancelled).Subscription.End.ShouldBe(Day("2026-06-01"));
        Seats(Folded(Created, cancelled, At(3, "2026-06-01", new Change.Reactivate()))).ShouldBe(["seats 5 2026-03-01.. (1-)"]);
        var again = Folded(Created, cancelled, At(3, "2026-06-11", new Change.Reactivate()));
        Seats(again).ShouldBe(["seats 5 2026-03-01..2026-06-01 (1-2)", "seats 5 2026-06-11.. (3-)"]);
        again.Subscription.End.ShouldBeNull();
    }

    [Fact]
    public void What_is_cancelled_while_it_rests_ends_there() =>
        Folded(Created, At(2, "2026-04-01", new Change.Rest(PauseMode.CreditDays, null)), At(3, "2026-04-20", new Change.Cancel(true)))
            .Subscription.Pauses.Single().Until.ShouldBe(Day("2026-04-20"));

    [Theory]
    [InlineData("2026-02-28", "before-start")]
    [InlineData("2026-03-01", null)]
    public void Nothing_is_amended_before_the_start(string day, string? code) => Refused(Created, At(2, day, Seats(8)))?.Code.ShouldBe(code);

    [Fact]
    public void Illegal_amendments_are_refused_with_their_code()
    {
        var cancelled = At(2, "2026-06-01", new Change.Cancel(true));
        var resting = At(2, "2026-06-01", new Change.Rest(PauseMode.CreditDays, null));
        var table = new (string Code, Amendment[] Amendments)[]
        {
            ("before-start", [Created, At(2, "2026-02-28", new Change.Cancel(true))]),
            ("after-end", [Created, cancelled, At(3, "2026-06-01", Seats(8))]),
            ("after-end", [Created, cancelled, At(3, "2026-07-01", new Change.Cancel(true))]),
            ("after-end", [At(1, "2026-03-01", Team() with { End = Day("2026-05-01") }), At(2, "2026-05-01", Seats(8))]),
            ("in-the-way", [Created, At(2, "2026-06-01", Seats(8)), At(3, "2026-05-01", new Change.Cancel(true))]),
            ("in-the-way", [Created, At(2, "2026-06-01", new Change.Remove("seats")), At(3, "2026-05-01", new Change.Remove("seats"))]),
            ("overlapping-pause", [Created, resting, At(3, "2026-06-10", new Change.Rest(PauseMode.MoveEnd, null))]),
            ("in-the-way", [Created, resting, At(3, "2026-05-10", new Change.Rest(PauseMode.CreditDays, Day("2026-06-05")))]),
            ("not-paused", [Created, At(2, "2026-06-01", new Change.Resume())]),
            ("not-paused", [Created, At(2, "2026-05-01", new Change.Rest(PauseMode.CreditDays, Day("2026-06-01"))), At(3, "2026-06-01", new Change.Resume())]),
            ("bad-end", [Created, At(2, "2026-06-01", new Change.Rest(PauseMode.CreditDays, Day("2026-06-01")))]),
            ("unknown-component", [Created, At(2, "2026-06-01", new Change.Quantity("storage", 1m))]),
            ("unknown-component", [Created, At(2, "2026-06-01", new Change.Remove("storage"))]),
            ("component-twice", [Created, At(2, "2026-06-01", new Change.Add(Order("seats", 1m)))]),
            ("component-twice", [At(1, "2026-03-01", new Change.Create("TEAM", Eur, "UTC", [Order("base", 1m), Order("base", 1m)]))]),
            ("no-components", [At(1, "2026-03-01", new Change.Create("TEAM", Eur, "UTC", []))]),
            ("no-components", [Created, At(2, "2026-06-01", new Change.Remove("seats")), At(3, "2026-06-02", new Change.Remove("base"))]),
            ("negative-quantity", [Created, At(2, "2026-06-01", Seats(-1m))]),
            ("negative-quantity", [At(1, "2026-03-01", Team(-1m))]),
            ("unknown-zone", [At(1, "2026-03-01", Team() with { Zone = "Europe/Atlantis" })]),
            ("wrong-currency", [At(1, "2026-03-01", Team() with { Currency = Usd })]),
            ("wrong-plan", [Created, At(2, "2026-06-01", new Change.Add(Order("support", 1m, plan: "SCALE")))]),
            ("nothing-changes", [Created, At(2, "2026-06-01", Seats(5))]),
            ("nothing-changes", [Created, At(2, "2026-06-01", new Change.AgreedPrice("base", null))]),
            ("nothing-changes", [Created, At(2, "2026-06-01", new Change.ToPlan("TEAM", true, [Order("base", 99m), Order("seats", 12.5m)]))]),
            ("no-term", [Created, At(2, "2026-06-01", new Change.Renew(null, null))]),
            ("bad-end", [At(1, "2026-03-01", Team() with { End = Day("2026-03-01") })]),
            ("bad-end", [At(1, "2026-03-01", Team() with { TrialEnd = Day("2026-03-01") })]),
            ("bad-end", [At(1, "2026-03-01", Team() with { End = Day("2027-03-01"), TermLength = BillingInterval.Yearly })]),
            ("wrong-state", [Created, At(2, "2026-06-01", new Change.Reactivate())]),
            ("wrong-state", [Created, At(2, "2026-06-01", new Change.Activate())]),
            ("wrong-state", [At(1, "2026-03-01", Team() with { Draft = true }), At(2, "2026-06-01", Seats(8))]),
            ("wrong-state", [At(1, "2026-03-01", Team() with { TrialEnd = Day("2026-04-01") }), At(2, "2026-03-10", new Change.Rest(PauseMode.CreditDays, null))]),
            ("not-first", [Created, At(2, "2026-06-01", Team())]),
            ("not-first", [At(2, "2026-06-01", Seats(8))]),
            ("bought-once", [
                At(1, "2026-03-01", new Change.Create("TEAM", Eur, "UTC", [Order("seats", 5m, 2m, new PriceTerms { Kind = PriceKind.OneOff })])),
                At(2, "2026-06-01", Seats(8))]),
        };
        foreach (var (code, amendments) in table)
        {
            var refusal = Refused(amendments).ShouldNotBeNull($"{code}: {amendments[^1]}");
            refusal.Code.ShouldBe(code, refusal.Reason);
            new[] { refusal.Field, refusal.Reason, refusal.Remedy }.ShouldAllBe(text => text.Length > 0);
        }
    }

    /// <summary>Setup costs 20.00 once, in whatever plan: each case says its days and the day it is due, by the plan whose price it is.</summary>
    [Fact]
    public void What_was_sold_once_is_not_sold_again()
    {
        var create = new Change.Create("TEAM", Eur, "UTC", [Order("base", 99m), Setup()]);
        var scale = new Change.ToPlan("SCALE", true, [Order("base", 290m, plan: "SCALE"), Setup("SCALE")]);
        var year = create with { TermLength = BillingInterval.Yearly, TermEnding = TermEnding.Expire };
        var trial = create with { TrialEnd = Day("2026-04-01") };
        var billed = create with { Components = [Order("base", 99m), Setup(terms: Once with { CancellationDayBilled = true })] };
        var table = new (string What, string Due, Amendment[] Amendments)[]
        {
            ("cancelled and reactivated", "TEAM 2026-03-01",
                [At(1, "2026-03-01", create), At(2, "2026-05-10", new Change.Cancel(true)), At(3, "2026-06-01", new Change.Reactivate())]),
            ("cancelled on its first day, which is billed", "TEAM 2026-03-01",
                [At(1, "2026-03-01", billed), At(2, "2026-03-01", new Change.Cancel(true)), At(3, "2026-06-01", new Change.Reactivate())]),
            ("cancelled on its first day", "TEAM 2026-06-01",
                [At(1, "2026-03-01", create), At(2, "2026-03-01", new Change.Cancel(true)), At(3, "2026-06-01", new Change.Reactivate())]),
            ("renewed late", "TEAM 2026-03-01",
                [At(1, "2026-03-01", year), At(2, "2027-04-01", new Change.Renew(null, null))]),
            ("given up on trial, then paid for", "TEAM 2026-05-01",
                [At(1, "2026-03-01", trial), At(2, "2026-03-10", new Change.Cancel(true)), At(3, "2026-05-01", new Change.Reactivate())]),
            ("upgraded", "TEAM 2026-03-01", [At(1, "2026-03-01", create), At(2, "2026-05-01", scale)]),
            ("upgraded, and again", "TEAM 2026-03-01",
                [At(1, "2026-03-01", create), At(2, "2026-05-01", scale), At(3, "2026-06-01", new Change.ToPlan("TEAM", false, [Order("base", 99m), Setup()]))]),
            ("upgraded on its first day", "SCALE 2026-03-01", [At(1, "2026-03-01", create), At(2, "2026-03-01", scale)]),
            ("upgraded on trial", "SCALE 2026-04-01", [At(1, "2026-03-01", trial), At(2, "2026-03-10", scale)]),
            ("removed, then upgraded", "TEAM 2026-03-01",
                [At(1, "2026-03-01", create), At(2, "2026-04-01", new Change.Remove("setup")), At(3, "2026-05-01", scale)]),
            ("recurring until the new plan", "SCALE 2026-05-01",
                [At(1, "2026-03-01", create with { Components = [Order("base", 99m), Order("setup", 5m)] }), At(2, "2026-05-01", scale)]),
            ("removed, and ordered again by name", "TEAM 2026-03-01, TEAM 2026-05-01",
                [At(1, "2026-03-01", create), At(2, "2026-04-01", new Change.Remove("setup")), At(3, "2026-05-01", new Change.Add(Setup()))]),
        };
        foreach (var (what, due, amendments) in table)
            string.Join(", ", All(Folded(amendments).Subscription).Where(part => part.Component.Terms.Kind == PriceKind.OneOff)
                .Select(part => $"{part.Component.Price.PlanCode} {part.DueOn:yyyy-MM-dd}")).ShouldBe(due, what);
    }

    [Fact]
    public void A_plan_of_nothing_but_what_was_sold_once_is_changed_to_only_while_it_stands()
    {
        var create = At(1, "2026-03-01", new Change.Create("TEAM", Eur, "UTC", [Order("base", 99m), Setup()]));
        var scale = new Change.ToPlan("SCALE", true, [Setup("SCALE")]);
        Folded(create, At(2, "2026-05-01", scale)).Plan.ShouldBe("SCALE");
        Refused(create, At(2, "2026-04-01", new Change.Remove("setup")), At(3, "2026-05-01", scale)).ShouldNotBeNull().Code.ShouldBe("no-components");
    }

    [Fact]
    public void A_refusal_names_the_amendment_in_the_way()
    {
        var refusal = Refused(Created, At(2, "2026-06-01", Seats(8)), At(3, "2026-05-01", new Change.Cancel(true))).ShouldNotBeNull();
        (refusal.Version, refusal.Reason).ShouldBe(
            (2, "Amendment 2 (change-quantity from 2026-06-01) stands in the way: It is no longer in force since 2026-05-01 (cancelled by amendment 3)."));
    }

    /// <summary>What a day's amendments make of a subscription does not depend on when each of them was recorded.</summary>
    [Fact]
    public void Amendments_of_different_days_may_be_recorded_in_any_order() => Prop.ForAll(
        Gen.Choose(1, 9).ArrayOf(5).ToArbitrary(), Gen.Shuffle(Enumerable.Range(0, 6).ToArray()).ToArbitrary(), (units, order) =>
        {
            Change[] changes =
            [
                Seats(units[0] + 10), new Change.Add(Order("support", 49m, units[1])), Seats(units[2] + 30),
                new Change.Rest(PauseMode.CreditDays, Day("2026-10-01").AddDays(units[3])), Seats(units[4] + 50), new Change.Cancel(true),
            ];
            string[] days = ["2026-04-01", "2026-05-05", "2026-06-30", "2026-09-15", "2026-11-11", "2026-12-24"];
            List<Amendment> Recorded(IEnumerable<int> places) => [Created, .. places.Select((place, index) => At(index + 2, days[place], changes[place]))];

            var inOrder = Folded([.. Recorded(Enumerable.Range(0, 6))]);
            var shuffled = Folded([.. Recorded(order)]);
            WithoutVersions(shuffled.Subscription).ShouldBe(WithoutVersions(inOrder.Subscription));
            All(shuffled.Subscription).Select(Sample.Told).ShouldBe(All(inOrder.Subscription).Select(Sample.Told));
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(200).WithQuietOnSuccess(true));

    [Theory]
    [InlineData("2026-06-20", "2026-06-01")]
    [InlineData("2026-03-01", "2026-03-01")]
    [InlineData("2026-03-20", "2026-03-01")]
    public void What_an_amendment_touches_begins_with_the_billing_period(string effective, string from) =>
        Folded(Created).TouchedFrom(Day(effective)).ShouldBe(Day(from));

    [Fact]
    public void The_period_under_way_ends_with_the_component_that_ends_last() =>
        Folded(At(1, "2026-03-10", new Change.Create("TEAM", Eur, "UTC",
            [Order("base", 1m), Order("seats", 1m, 2m, new PriceTerms { Interval = BillingInterval.Quarterly })])))
            .PeriodEnd(Day("2026-05-02")).ShouldBe(Day("2026-07-01"));

    [Fact]
    public void What_begins_after_a_day_does_not_say_when_the_period_under_way_ends() =>
        Folded(Created, At(2, "2026-06-01", new Change.ToPlan("YEAR", Up: true,
            [Order("base", 900m, null, new PriceTerms { Interval = BillingInterval.Yearly }, "YEAR")])))
            .PeriodEnd(Day("2026-05-20")).ShouldBe(Day("2026-06-01"));

    private static IEnumerable<string> WithoutVersions(Subscription subscription) =>
        subscription.Components.Select(component => Told(component with { OpenedBy = 0, ClosedBy = null })).Append($"{subscription.State} {subscription.End}");
}
