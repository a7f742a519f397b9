using Tieout.Application.Exceptions;
using Tieout.Application.Views;
using Tieout.Shell.Tests.Database;
using Tieout.Shell.Tests.Posting;
using static Tieout.Shell.Tests.Exceptions.CaseWorld;

namespace Tieout.Shell.Tests.Exceptions;

/// <summary>Replays of many, at the real database and before the stand-in's own ledger.</summary>
public sealed class ReplayPlanTests(PostgresFixture postgres)
{
    [Fact]
    public async Task A_plan_says_how_many_and_how_much_and_what_is_left_alone_and_changes_nothing()
    {
        await using var world = await Parked(postgres, 6);
        var gone = await AnyCase(world);
        (await new ReplayException(world.Database.Source, TimeProvider.System).Run(gone, "mara", "first", default)).ShouldBeOfType<ReplayException.Outcome.Replayed>();
        await world.Database.Execute(
            """
            insert into exceptions.exception_case (id, category, code, subject_kind, subject_key, cause, remedy, opened_at, last_seen_at)
            values (gen_random_uuid(), 'technical', 'target-out-of-reach', 'target', 'sap-x', 'Away.', 'Wait.', now(), now())
            """);

        var plan = Done(await Plans(world).Make(Open with { State = null }, "mara", default));
        plan.Postings.ShouldBe(5);
        plan.State.ShouldBe("made");
        foreach (var value in plan.Values)
            value.Amount.ShouldBe((await world.Rows<decimal>(
                "select sum(amount) from posting.posting where state = 'parked' and currency = @Code", new { value.Currency.Code }))[0]);
        plan.Skipped.Select(skipped => (skipped.Why, skipped.Count)).ShouldBe(
            [("It is about no posting; it closes when its cause is gone.", 1), ("It is resolved.", 1)], ignoreOrder: true);
        (await world.Count("posting.posting where state = 'parked'")).ShouldBe(5);
        (await Plans(world).Lines(plan.Id, 0, 100, default))!.Count.ShouldBe(7);
    }

    [Fact]
    public async Task Pressed_by_many_at_once_it_is_carried_out_once_and_every_document_is_posted_once()
    {
        await using var world = await Parked(postgres, 40);
        var plan = Done(await Plans(world).Make(Open, "mara", default));
        var other = Done(await Plans(world).Make(Open, "juri", default));

        // Eight people on two plans over the same cases, while two workers send what becomes ready.
        var work = new[] { world.Deliver(), world.Deliver() };
        var pressed = await Task.WhenAll(Enumerable.Range(0, 8).Select(person => Task.Run(() => CarryOut(world).Run(
            person % 2 == 0 ? plan.Id : other.Id, person % 2 == 0 ? plan.Fingerprint : other.Fingerprint, $"p{person}", "mended", null, default))));
        await Task.WhenAll(work);
        await world.Deliver();

        pressed.Count(outcome => outcome is CaseDone<CaseReplayPlan>).ShouldBe(2);
        pressed.OfType<CaseRefused<CaseReplayPlan>>().ShouldAllBe(refused => refused.Code == "plan-running" || refused.Code == "plan-done");
        await world.AllPostedOnce();
        var (first, second) = ((await Plans(world).One(plan.Id, default))!, (await Plans(world).One(other.Id, default))!);
        (first.State, second.State).ShouldBe(("done", "done"));
        (first.Replayed + second.Replayed).ShouldBe(40);
        (first.Left + second.Left).ShouldBe(40);
        (await world.Count("exceptions.exception_case where state = 'open' and subject_kind = 'posting'")).ShouldBe(0);
        (await world.Count("runs.run where kind = 'replay' and state = 'finished'")).ShouldBe(2);
    }

    [Fact]
    public async Task One_by_one_and_by_plan_at_the_same_time_still_post_once()
    {
        await using var world = await Parked(postgres, 20);
        var plan = Done(await Plans(world).Make(Open, "mara", default));
        var ids = await world.Rows<Guid>("select id from exceptions.exception_case where state = 'open' order by id desc");
        var single = new ReplayException(world.Database.Source, TimeProvider.System);

        var all = CarryOut(world).Run(plan.Id, plan.Fingerprint, "mara", "mended", null, default);
        var ones = await Task.WhenAll(ids.SelectMany(id => new[] { single.Run(id, "juri", "mended", default), single.Run(id, "ida", "mended", default) }));
        var done = Done(await all);
        await world.Deliver();

        (done.Replayed + ones.Count(outcome => outcome is ReplayException.Outcome.Replayed)).ShouldBe(20);
        (done.Replayed + done.Left).ShouldBe(20);
        await world.AllPostedOnce();
    }

    [Fact]
    public async Task What_moved_on_since_the_plan_was_made_is_left_alone_even_when_it_is_parked_again()
    {
        await using var world = await Parked(postgres, 3);
        var plan = Done(await Plans(world).Make(Open, "mara", default));
        var first = await AnyCase(world);
        await new ReplayException(world.Database.Source, TimeProvider.System).Run(first, "juri", "too early", default);
        await world.Deliver(Broken(world));

        var done = Done(await CarryOut(world).Run(plan.Id, plan.Fingerprint, "mara", "mended", null, default));
        (done.Replayed, done.Left).ShouldBe((2, 1));
        (await world.Count("posting.posting where state = 'parked'")).ShouldBe(1);
        var told = string.Concat(await Lines(world, plan.Id));
        told.ShouldContain("replayed");
        told.ShouldContain("left");
    }

    [Fact]
    public async Task A_plan_that_was_interrupted_goes_on_where_it_stopped()
    {
        await using var world = await Parked(postgres, 4);
        var plan = Done(await Plans(world).Make(Open, "mara", default));
        using var stopped = new CancellationTokenSource();
        var hand = Done(await CarryOut(world).Begin(plan.Id, plan.Fingerprint, "mara", "mended", default));
        (await CarryOut(world).Run(plan.Id, plan.Fingerprint, "juri", "mended", null, default)).ShouldBeOfType<CaseRefused<CaseReplayPlan>>().Code.ShouldBe("plan-running");
        stopped.Cancel();
        await Should.ThrowAsync<OperationCanceledException>(() => CarryOut(world).Continue(hand, null, stopped.Token));

        var done = Done(await CarryOut(world).Run(plan.Id, plan.Fingerprint, "juri", "again", null, default));
        (done.State, done.DoneBy, done.Replayed).ShouldBe(("done", "mara", 4));
        (await CarryOut(world).Run(plan.Id, plan.Fingerprint, "juri", "again", null, default)).ShouldBeOfType<CaseRefused<CaseReplayPlan>>().Code.ShouldBe("plan-done");
    }

    [Fact]
    public async Task Only_the_plan_that_was_looked_at_is_carried_out()
    {
        await using var world = await Parked(postgres, 1);
        var plan = Done(await Plans(world).Make(Open, "mara", default));
        (await CarryOut(world).Run(plan.Id, "another", "mara", "mended", null, default)).ShouldBeOfType<CaseRefused<CaseReplayPlan>>().Code.ShouldBe("other-plan");
        (await CarryOut(world).Run(plan.Id, plan.Fingerprint, "4111 1111 1111 1111", "", null, default)).ShouldBeOfType<CaseUnreadable<CaseReplayPlan>>()
            .Errors.Keys.ShouldBe(["actor", "reason"]);
        (await CarryOut(world).Run(Guid.CreateVersion7(), plan.Fingerprint, "mara", "mended", null, default)).ShouldBeOfType<CaseNotFound<CaseReplayPlan>>();
    }

    [Fact]
    public async Task A_plan_after_which_fields_were_set_is_not_carried_out_and_a_new_one_is()
    {
        await using var world = await Parked(postgres, 3);
        var plan = Done(await Plans(world).Make(Open, "mara", default));
        Done(await new OverrideFields(world.Database.Source, TimeProvider.System).Run(
            await AnyCase(world), [new GivenField { Field = "reference", Place = "", Value = "PO-1" }], "juri", "asked for", default));

        var refused = (await CarryOut(world).Run(plan.Id, plan.Fingerprint, "mara", "mended", null, default)).ShouldBeOfType<CaseRefused<CaseReplayPlan>>();
        refused.Code.ShouldBe("plan-outdated");
        refused.Remedy.ShouldContain("new plan");
        (await world.Count("posting.posting where state = 'parked'")).ShouldBe(3);
        (await Plans(world).One(plan.Id, default))!.State.ShouldBe("made");

        var next = Done(await Plans(world).Make(Open, "mara", default));
        next.Fingerprint.ShouldNotBe(plan.Fingerprint);
        Done(await CarryOut(world).Run(next.Id, next.Fingerprint, "mara", "mended", null, default)).Replayed.ShouldBe(3);
    }

    [Theory]
    [InlineData("routes", """{"actor":"mara","rules":[{"name":"wave 1","when":{"legal-entity":"DE"},"target":"sap-us"}]}""")]
    [InlineData("account-rules/sap-de", """{"actor":"mara","rules":[{"name":"all","when":{"ledger-account":["revenue"]},"account":"41100000"}]}""")]
    public async Task Nor_is_one_after_which_a_mapping_was_published(string subject, string draft)
    {
        await using var world = await Parked(postgres, 2);
        var plan = Done(await Plans(world).Make(Open, "mara", default));
        await MappingStories.Publish(world, Tieout.Application.Mapping.MappingSubject.Parse(subject)!, draft);

        (await CarryOut(world).Run(plan.Id, plan.Fingerprint, "mara", "mended", null, default))
            .ShouldBeOfType<CaseRefused<CaseReplayPlan>>().Code.ShouldBe("plan-outdated");
        (await world.Count("posting.posting where state = 'parked'")).ShouldBe(2);
        var next = Done(await Plans(world).Make(Open, "mara", default));
        Done(await CarryOut(world).Run(next.Id, next.Fingerprint, "mara", "mended", null, default)).Replayed.ShouldBe(2);
    }

    [Fact]
    public async Task One_that_was_begun_goes_on_also_when_something_was_published_meanwhile()
    {
        await using var world = await Parked(postgres, 2);
        var plan = Done(await Plans(world).Make(Open, "mara", default));
        using var stopped = new CancellationTokenSource();
        var hand = Done(await CarryOut(world).Begin(plan.Id, plan.Fingerprint, "mara", "mended", default));
        stopped.Cancel();
        await Should.ThrowAsync<OperationCanceledException>(() => CarryOut(world).Continue(hand, null, stopped.Token));
        await MappingStories.Publish(world, Tieout.Application.Mapping.MappingSubject.Routes,
            """{"actor":"mara","rules":[{"name":"wave 1","when":{"legal-entity":"DE"},"target":"sap-us"}]}""");

        Done(await CarryOut(world).Run(plan.Id, plan.Fingerprint, "juri", "again", null, default)).Replayed.ShouldBe(2);
    }

    [Fact]
    public async Task A_case_names_the_attempt_that_posted_its_document()
    {
        await using var world = await Parked(postgres, 2);
        var id = await AnyCase(world);
        await new ReplayException(world.Database.Source, TimeProvider.System).Run(id, "mara", "account added", default);
        await world.Deliver();

        var closed = (await new FindExceptions(world.Database.Source, TimeProvider.System).One(id, default))!;
        closed.ResolvedAttempt.ShouldBe(2);
        closed.Resolution.ShouldStartWith("Replayed by mara: account added Posted by attempt 2 as ");
        closed.Notes.ShouldHaveSingleItem().Kind.ShouldBe("posted");
    }

    [Theory]
    [InlineData("delete from exceptions.exception_case")]
    [InlineData("delete from exceptions.note")]
    [InlineData("delete from exceptions.replay_plan")]
    [InlineData("delete from exceptions.replay_item")]
    [InlineData("delete from posting.field_override")]
    [InlineData("delete from posting.posting")]
    [InlineData("update exceptions.note set text = 'x'")]
    [InlineData("update exceptions.replay_plan set fingerprint = 'x'")]
    [InlineData("update exceptions.replay_item set amount = 1")]
    [InlineData("truncate exceptions.exception_case cascade")]
    public async Task Dead_letters_and_what_was_done_about_them_are_never_dropped_or_rewritten(string statement)
    {
        await using var world = await Parked(postgres, 1);
        Done(await Plans(world).Make(Open, "mara", default));
        Done(await new WorkCase(world.Database.Source, TimeProvider.System).Run(
            await AnyCase(world), new CaseWork { Comment = "seen", Actor = "mara" }, default));
        await Should.ThrowAsync<Npgsql.PostgresException>(() => world.Database.Execute(statement));
    }

    private static async Task<List<string>> Lines(World world, Guid plan)
    {
        List<string> lines = [];
        await foreach (var line in new CaseFiles(world.Database.Source, TimeProvider.System).Plan(plan, default)) lines.Add(line);
        return lines;
    }
}
