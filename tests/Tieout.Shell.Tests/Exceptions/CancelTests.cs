using Npgsql;
using Tieout.Application.Exceptions;
using Tieout.Application.Posting.Postgres;
using Tieout.Domain.Exceptions;
using Tieout.Shell.Tests.Database;
using Tieout.Shell.Tests.Posting;
using static Tieout.Shell.Tests.Exceptions.CaseWorld;

namespace Tieout.Shell.Tests.Exceptions;

/// <summary>A parked posting that is given up for good.</summary>
public sealed class CancelTests(PostgresFixture postgres)
{
    [Fact]
    public async Task It_goes_nowhere_any_more_its_cases_close_with_who_and_why_and_a_second_press_is_told()
    {
        await using var world = await Parked(postgres, 2);
        var id = await AnyCase(world);
        var cancelled = Done(await Cancel(world, id));
        cancelled.State.ShouldBe("cancelled");
        (await world.Rows<string>("select resolution from exceptions.exception_case where state = 'resolved'")).ShouldHaveSingleItem()
            .ShouldBe("Cancelled by mara: Booked there by hand.");
        var again = (await Cancel(world, id)).ShouldBeOfType<CaseRefused<CancelledPosting>>();
        again.Code.ShouldBe("already-resolved");
        (await world.Deliver()).Waiting.ShouldBe(0);
        (await world.Held(cancelled.BusinessKey)).ShouldBe(0);
        await world.Replay("account-rule-missing");
        (await world.Deliver()).Waiting.ShouldBe(0);
        (await world.Rows<string>("select state from posting.posting order by state")).ShouldBe(["cancelled", "posted"]);
    }

    [Fact]
    public async Task What_waits_for_it_is_parked_behind_it_and_cancelled_in_its_turn()
    {
        await using var world = await Parked(postgres, 1);
        var number = (await world.Rows<string>("select business_key from posting.posting"))[0];
        var memo = await world.Credit(number);
        Done(await Cancel(world, await AnyCase(world)));
        (await world.Deliver()).Waiting.ShouldBe(0);
        (await world.Rows<string>("select cause from exceptions.exception_case where state = 'open'")).ShouldHaveSingleItem().ShouldContain($"{number} is cancelled");
        Done(await Cancel(world, await AnyCase(world))).BusinessKey.ShouldBe(memo);
        (await world.OpenCases()).ShouldBeEmpty();
        (await world.Count("posting.posting where state = 'cancelled'")).ShouldBe(2);
    }

    [Fact]
    public async Task What_is_on_its_way_in_doubt_or_posted_is_refused_and_nothing_is_changed()
    {
        await using var world = await Parked(postgres, 1);
        var id = await AnyCase(world);
        foreach (var (state, more) in new[] { ("ready", ""), ("in-doubt", ""), ("posted", ", erp_number = '1'") })
        {
            await world.Database.Execute($"alter table posting.posting disable trigger user; update posting.posting set state = '{state}'{more}");
            var refused = (await Cancel(world, id)).ShouldBeOfType<CaseRefused<CancelledPosting>>();
            (refused.Code, refused.Reason).ShouldBe(("not-parked", $"The posting is {state}: it is in the ERP, may be, or is on its way."));
        }
        (await world.OpenCases()).Values.Sum().ShouldBe(1);
        await world.Database.Execute("alter table posting.posting enable trigger user");
        (await Should.ThrowAsync<PostgresException>(() => world.Database.Execute("update posting.posting set state = 'cancelled', erp_number = null")))
            .SqlState.ShouldBe("23514"); // PostgreSQL would not have it either
    }

    [Fact]
    public async Task Who_and_why_are_asked_for_and_cases_of_other_things_have_nothing_to_cancel()
    {
        await using var world = await Parked(postgres, 1);
        var cancel = new CancelPosting(world.Database.Source, TimeProvider.System);
        (await cancel.Run(await AnyCase(world), " ", null, default)).ShouldBeOfType<CaseUnreadable<CancelledPosting>>().Errors.Keys
            .ShouldBe(["actor", "reason"], ignoreOrder: true);
        (await cancel.Run(Guid.CreateVersion7(), "mara", "x", default)).ShouldBeOfType<CaseNotFound<CancelledPosting>>();
        await new PostgresPosting(world.Database.Source, TimeProvider.System)
            .RaiseTarget("sap-us", new Finding(ExceptionCategory.Technical, "target-out-of-reach", "Away.", "Wait."));
        var target = (await world.Rows<Guid>("select id from exceptions.exception_case where subject_kind = 'target'"))[0];
        (await cancel.Run(target, "mara", "x", default)).ShouldBeOfType<CaseRefused<CancelledPosting>>().Code.ShouldBe("nothing-to-cancel");
    }

    private static Task<CaseOutcome<CancelledPosting>> Cancel(World world, Guid id) =>
        new CancelPosting(world.Database.Source, TimeProvider.System).Run(id, "mara", "Booked there by hand.", default);
}
