using Npgsql;
using Tieout.Application.Subscriptions;
using Tieout.Domain;
using Tieout.Domain.Subscriptions;
using Tieout.Shell.Tests.Database;
using static Tieout.Shell.Tests.Subscriptions.LifecycleWorld;

namespace Tieout.Shell.Tests.Subscriptions;

public sealed class AmendSubscriptionTests(PostgresFixture postgres) : IAsyncLifetime
{
    private LifecycleWorld world = null!;

    public async ValueTask InitializeAsync() => world = await LifecycleWorld.Start(postgres);

    public ValueTask DisposeAsync() => world.DisposeAsync();

    [Fact]
    public async Task An_imported_subscription_has_its_creation_and_writes_it_down_with_its_first_amendment()
    {
        (await world.Show()).Amendments.Single().Words.ShouldBe("Created: plan team from 2026-09-01 (amendment 1)");
        var answer = Done(await world.Amend(Seats("14")));
        (answer.Version, answer.EffectiveOn, answer.Words).ShouldBe((2, new DateOnly(2026, 11, 5), "Seats: 11 -> 14 from 2026-11-05 (amendment 2)"));
        (await world.Rows("seats")).ShouldBe("11 2026-09-01..2026-11-05 1-2; 14 2026-11-05.. 2-");
        (await world.Show()).Amendments.Select(row => (row.Version, row.Actor)).ShouldBe([(1, "import"), (2, "mara")]);
    }

    [Fact]
    public async Task A_backdated_amendment_cuts_anew_and_leaves_a_note_to_billing()
    {
        await world.Amend(Seats("14", "2026-11-20"));
        await world.Amend(Seats("12", "2026-09-20"));
        (await world.Rows("seats")).ShouldBe("11 2026-09-01..2026-09-20 1-3; 12 2026-09-20..2026-11-20 3-2; 14 2026-11-20.. 2-");
        (await world.Database.Scalar<string>("select string_agg(from_date || ' ' || reason, '; ' order by id) from subscriptions.touched"))
            .ShouldBe("2026-11-01 Seats: 11 -> 14 from 2026-11-20 (amendment 2); 2026-09-01 Seats: 11 -> 12 from 2026-09-20 (amendment 3)");
    }

    [Fact]
    public async Task The_same_key_gets_the_first_answer_and_other_content_its_own_error()
    {
        var first = Done(await world.Amend(Seats("14"), "order-77"));
        Done(await world.Amend(Seats("20", "2026-10-01"))).Version.ShouldBe(3);
        var again = (await world.Amend(Seats("14"), "order-77")).ShouldBeOfType<AmendmentOutcome.Done>();
        (again.Again, again.Answer).ShouldBe((true, first));
        (await world.Amend(Seats("15"), "order-77")).ShouldBeOfType<AmendmentOutcome.KeyReused>().Earlier.ShouldBe(first);
        (await world.Amend(Seats("14"), "order-77", "S-1002")).ShouldBeOfType<AmendmentOutcome.KeyReused>();
        (await world.Database.Scalar<long>("select count(*) from subscriptions.amendment")).ShouldBe(3);
    }

    [Fact]
    public async Task Amendments_at_the_same_time_get_a_version_each_and_none_is_lost()
    {
        var outcomes = await Task.WhenAll(Enumerable.Range(1, 12).Select(day => world.Amend(Seats($"{100 + day}", $"2026-11-{day:00}"))));
        outcomes.Select(outcome => Done(outcome).Version).Order().ShouldBe(Enumerable.Range(2, 12));
        var seats = (await world.Show()).Timeline.Components.Where(span => span.Component == "seats").ToList();
        seats.Select(span => span.Quantity).ShouldBe([11, .. Enumerable.Range(101, 12)]);
        seats.Skip(1).Select(span => span.From).ShouldBe(seats.SkipLast(1).Select(span => span.Until!.Value));
        (await world.Database.Scalar<long>("select count(*) from subscriptions.touched")).ShouldBe(12);
        (await world.Database.Scalar<int>("select version from subscriptions.subscription where code = 'S-1001'")).ShouldBe(13);
    }

    [Fact]
    public async Task One_key_from_many_sides_at_the_same_time_is_one_amendment()
    {
        var outcomes = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => world.Amend(Seats("14"), "once")));
        outcomes.Select(outcome => Done(outcome).Version).ShouldAllBe(version => version == 2);
        outcomes.OfType<AmendmentOutcome.Done>().Count(done => !done.Again).ShouldBe(1);
        (await world.Database.Scalar<long>("select count(*) from subscriptions.touched")).ShouldBe(1);
    }

    [Fact]
    public async Task A_whole_life_is_stored_as_it_was_folded()
    {
        await world.Amend(Of("pause", "2026-11-10") with { Mode = "move-end", Until = "2026-11-20" });
        await world.Amend(Of("upgrade", "2026-12-01") with { Plan = "scale", Components = [new() { Component = "platform", Price = "1200" }, new() { Component = "seats" }] });
        await world.Amend(Of("renew", "2026-12-15") with { Term = "1 year", TermEnding = "expire" });
        await world.Amend(Of("pause", "2027-02-01"));
        await world.Amend(Of("cancel", "2027-02-10"));
        await world.Amend(Of("reactivate", "2027-03-01"));
        var shown = await world.Show();
        shown.Timeline.Plan.ShouldBe("scale");
        shown.Timeline.Pauses.Select(pause => (pause.From, pause.Until, pause.Mode)).ShouldBe([
            (new DateOnly(2026, 11, 10), new DateOnly(2026, 11, 20), PauseMode.MoveEnd), (new DateOnly(2027, 2, 1), new DateOnly(2027, 2, 10), PauseMode.CreditDays)]);
        (await world.Rows("platform")).ShouldBe("1 2026-09-01..2026-12-01 1-3; 1 2026-12-01..2027-02-10 3-6; 1 2027-03-01.. 7-");
        (await world.Database.Scalar<string>(
            "select concat_ws(' ', p.code, s.state, s.end_date, s.term_end, s.term_ending, s.version) from subscriptions.subscription s join catalog.plan p on p.id = plan_id where s.code = 'S-1001'"))
            .ShouldBe("scale active 2027-12-15 2027-12-15 expire 7");
        (await world.Database.Scalar<decimal>("select agreed_price from subscriptions.component where opened_by = 7 and component = 'platform'")).ShouldBe(1200m);
    }

    [Fact]
    public async Task At_the_end_of_the_period_means_the_first_day_of_the_next_and_may_be_taken_back()
    {
        Done(await world.Amend(Of("cancel", "period-end"))).EffectiveOn.ShouldBe(new DateOnly(2026, 12, 1));
        var shown = await world.Show();
        (shown.State, shown.Timeline.End).ShouldBe((SubscriptionState.Active, new DateOnly(2026, 12, 1)));
        Done(await world.Amend(Of("reactivate"))).EffectiveOn.ShouldBe(new DateOnly(2026, 12, 1));
        (await world.Rows("platform")).ShouldBe("1 2026-09-01.. 1-");
    }

    [Fact]
    public async Task What_is_refused_leaves_nothing_behind()
    {
        (await world.Amend(Seats("14", "2026-08-31"))).ShouldBeOfType<AmendmentOutcome.Refused>().Refusal.Code.ShouldBe("before-start");
        (await world.Amend(Of("term-end") with { Kind = "cancel", Effective = "term-end" })).ShouldBeOfType<AmendmentOutcome.Unreadable>().Errors.Keys.ShouldBe(["effective"]);
        (await world.Amend(Of("upgrade") with { Plan = "galaxy" })).ShouldBeOfType<AmendmentOutcome.Unreadable>().Errors.Keys.ShouldBe(["plan"]);
        (await world.Amend(Seats("14"), code: "S-9999")).ShouldBeOfType<AmendmentOutcome.NotFound>();
        (await world.Database.Scalar<long>("select (select count(*) from subscriptions.amendment) + (select count(*) from subscriptions.touched)")).ShouldBe(0);
    }

    [Fact]
    public async Task A_new_subscription_has_its_price_and_is_told_to_billing_where_billing_runs()
    {
        Done(await world.Create(New("S-2001"), "new-1")).Words.ShouldBe("Created: plan team from 2026-10-10 (amendment 1)");
        (await world.Database.Scalar<long>("select count(*) from subscriptions.touched")).ShouldBe(0); // billing never ran for this entity
        await world.Database.Execute("update customers.legal_entity set bills_from = '2026-09-01'");
        Done(await world.Create(New("S-2002"))).State.ShouldBe(SubscriptionState.Active);
        (await world.Database.Scalar<DateOnly>("select from_date from subscriptions.touched")).ShouldBe(new DateOnly(2026, 10, 10));
        (await world.Database.Scalar<decimal>("select min(agreed_price) from subscriptions.component where component = 'seats' and agreed_price is not null")).ShouldBe(15.5m);

        (await world.Create(New("S-2001"), "new-1")).ShouldBeOfType<AmendmentOutcome.Done>().Again.ShouldBeTrue();
        (await world.Create(New("S-2003"), "new-1")).ShouldBeOfType<AmendmentOutcome.KeyReused>();
        (await world.Create(New("S-2001"), "new-2")).ShouldBeOfType<AmendmentOutcome.CodeTaken>();
    }

    [Fact]
    public async Task Two_that_create_the_same_code_at_once_make_one()
    {
        var outcomes = await Task.WhenAll(Enumerable.Range(0, 6).Select(number => world.Create(New("S-2001"), $"new-{number}")));
        outcomes.OfType<AmendmentOutcome.Done>().Count().ShouldBe(1);
        outcomes.OfType<AmendmentOutcome.CodeTaken>().Count().ShouldBe(5);
    }

    [Fact]
    public async Task A_draft_on_trial_that_converts_and_rests_moves_state_by_state()
    {
        await world.Create(New("S-2001") with { Draft = true });
        await world.Amend(Of("trial", "2026-10-12") with { Until = "2026-10-26" }, code: "S-2001");
        (await world.Show("S-2001")).State.ShouldBe(SubscriptionState.Active); // the trial was over by itself
        Done(await world.Amend(Of("pause"), code: "S-2001")).State.ShouldBe(SubscriptionState.Paused);
        (await world.Database.Scalar<string>("select concat_ws(' ', state, start_date, anchor_date, trial_end) from subscriptions.subscription where code = 'S-2001'"))
            .ShouldBe("paused 2026-10-12 2026-10-26 2026-10-26");
    }

    [Fact]
    public async Task A_cancelled_draft_ends_where_it_would_have_begun()
    {
        await world.Create(New("S-2001") with { Draft = true });
        Done(await world.Amend(Of("cancel"), code: "S-2001")).State.ShouldBe(SubscriptionState.Cancelled);
        (await world.Show("S-2001")).Timeline.End.ShouldBe(new DateOnly(2026, 10, 10));
    }

    [Fact]
    public async Task The_timeline_of_a_subscription_tells_its_amendments()
    {
        await world.Amend(Seats("14"));
        await world.Create(New("S-2001"));
        var story = (await new Tieout.Application.Views.ReadTimeline(world.Database.Source, new(world.Database.Source)).Run("S-2001", CancellationToken.None)).Story;
        story.ShouldNotBeNull().Steps.ShouldContain(step => step.Title == "Amendment 1 of S-2001: create" && step.Text == "Created: plan team from 2026-10-10 (amendment 1).");
    }

    [Fact]
    public async Task An_account_lives_in_its_own_zone()
    {
        await world.Database.Execute("alter table customers.billing_account add column if not exists time_zone text; update customers.billing_account set time_zone = 'Pacific/Apia'");
        (await world.Show()).Zone.ShouldBe("Pacific/Apia");
        await world.Database.Execute("update customers.billing_account set time_zone = 'Europe/Atlantis'");
        (await world.Create(New("S-2001"))).ShouldBeOfType<AmendmentOutcome.Refused>().Refusal.Code.ShouldBe("unknown-zone");
    }

    [Theory]
    [InlineData("update subscriptions.amendment set reason = 'other'", "booked_is_booked")]
    [InlineData("delete from subscriptions.amendment", "booked_is_booked")]
    [InlineData("truncate subscriptions.amendment", "booked_is_booked")]
    [InlineData("update subscriptions.subscription set state = 'draft' where code = 'S-1001'", "subscription_move")]
    [InlineData("update subscriptions.subscription set version = 9 where code = 'S-1001'", "subscription_version")]
    [InlineData("update subscriptions.component set until_date = null", "component_overlap")]
    [InlineData("update subscriptions.component set until_date = until_date + 1 where until_date is not null", "component_overlap")]
    [InlineData("update subscriptions.component set from_date = from_date - 70 where opened_by = 2", "component_overlap")]
    [InlineData("update subscriptions.component set until_date = from_date, until_time = from_time where opened_by = 1", "component_ends_after_start")]
    [InlineData("insert into subscriptions.pause select billing_account_id, subscription_id, '2026-12-15', 1, null, 'move-end', 5 from subscriptions.pause", "pause_overlap")]
    [InlineData("insert into subscriptions.amendment select billing_account_id, subscription_id, 9, 1, kind, effective_on, effective_time, content, words, state, reason, actor, null, null, recorded_at from subscriptions.amendment where version = 2", "amendment_version_gap")]
    [InlineData("insert into subscriptions.amendment select billing_account_id, subscription_id, 4, 1, 'create', effective_on, effective_time, content, words, state, reason, actor, null, null, recorded_at from subscriptions.amendment where version = 2", "amendment_creation_first")]
    public async Task The_database_refuses_what_the_rules_forbid(string sql, string constraint)
    {
        await world.Amend(Seats("14", "2026-11-05"));
        await world.Amend(Of("pause", "2026-12-10") with { Until = "2026-12-20" });
        var refused = await Should.ThrowAsync<PostgresException>(() => world.Database.Execute(sql));
        refused.ConstraintName.ShouldBe(constraint);
    }

    [Fact]
    public async Task The_database_knows_the_same_moves_as_the_program()
    {
        foreach (var from in Enum.GetValues<SubscriptionState>())
            foreach (var to in Enum.GetValues<SubscriptionState>())
                (await world.Database.Scalar<bool>($"select subscriptions.move_allowed('{Words.Of(from)}', '{Words.Of(to)}')"))
                    .ShouldBe(SubscriptionMoves.Allowed(from, to), $"{from} to {to}");
    }
}
