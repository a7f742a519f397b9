using System.Data.Common;
using Tieout.Application.Exceptions;
using Tieout.Application.Posting;
using Tieout.Domain.Exceptions;
using Tieout.Domain.Posting;

namespace Tieout.Shell.Tests.Posting;

public abstract partial class PostingStoreRules
{
    private static readonly Finding Behind = new(ExceptionCategory.Business, "predecessor-not-posted", "It is about another one.", "See to that.");

    [Fact]
    public async Task Of_one_account_one_document_at_a_time_is_on_its_way()
    {
        await using var world = await Ready();
        var second = await world.Next(world.Keys[0]);
        IReadOnlyList<StagedDocument> mayGo = [];
        (await world.Route(documents => { mayGo = documents; return []; })).ShouldBe(1);
        mayGo.ShouldBeEmpty();
        (await world.Store.OldestStaged(world.Target, 10)).ShouldBeEmpty();
        (await Should.ThrowAsync<DbException>(() => world.Move(second, PostingState.Ready))).SqlState.ShouldBe("23514");

        var node = await world.Store.Join(default);
        var batch = await world.Claim(node, 3);
        await world.Begin(batch);
        await world.Record(batch, posting => posting.BusinessKey == world.Keys[0]
            ? new PostingChange(PostingState.InDoubt, world.Store.Now + TimeSpan.FromMinutes(1)) : Posted(posting), "no-answer");
        (await world.Store.OldestStaged(world.Target, 10)).ShouldBeEmpty(); // it may yet come to stand in the ERP
        (await world.Store.SomethingIsDue([world.Target], default)).ShouldBeFalse();
        (await world.Store.Open([world.Target], default)).Sum(open => open.AtOnce).ShouldBe(0);

        world.Advance(TimeSpan.FromMinutes(2));
        var doubt = (await world.Store.ClaimToLookUp(world.Target, node.Number, 10, default))!;
        await world.Store.Record(
            doubt.Claim, PostingState.InDoubt, [world.Result(doubt.Postings[0], new PostingChange(PostingState.Parked, Finding: Trouble), "conflict")]);
        (await world.Store.SomethingIsDue([world.Target], default)).ShouldBeTrue(); // what is parked steps aside
        await world.Promote();
        (await world.Claim(node, 3)).Postings.ShouldHaveSingleItem().BusinessKey.ShouldBe(second);
    }

    [Fact]
    public async Task Of_two_documents_of_one_account_the_later_one_waits_however_late_it_is_asked_for()
    {
        await using var world = await Ready();
        var node = await world.Store.Join(default);
        await world.Record(await world.Claim(node, 3), posting => Posted(posting), "accepted");
        var (second, third) = (await world.Next(world.Keys[0]), await world.Next(world.Keys[0]));
        (await world.Route()).ShouldBe(2);
        var both = await world.Store.OldestStaged(world.Target, 10);
        both.Count.ShouldBe(2);
        await world.Store.Promote(world.Target, [both[0]]);
        await world.Store.Promote(world.Target, [both[1]]); // seen before the first was made ready, by whomever
        (await world.Claim(node, 3)).Postings.ShouldHaveSingleItem().BusinessKey.ShouldBe(second);
        (await world.Store.OldestStaged(world.Target, 10)).ShouldBeEmpty();
        third.ShouldNotBe(second);
    }

    [Fact]
    public async Task What_was_parked_for_a_document_goes_on_with_it_and_tells_so()
    {
        await using var world = await Ready();
        var memo = await world.Credit(world.Keys[0]);
        var node = await world.Store.Join(default);
        var batch = await world.Claim(node, 3);
        await world.Store.Record(batch.Claim, PostingState.Sending, [.. batch.Postings.Select(posting =>
            world.Result(posting, posting.BusinessKey == world.Keys[1] ? Posted(posting) : new PostingChange(PostingState.Parked, Finding: Trouble), "refused"))]);
        (await world.Route()).ShouldBe(1);
        (await world.Store.ParkBlocked(world.Target, 10, _ => Behind, default)).ShouldBe(1);
        var cases = (await world.OpenCases()).ToDictionary(one => one.Key, one => one.Id);

        await new ReplayException(world.Store).Run(cases[world.Keys[2]], "mara", "seen to", default); // nothing is about this one
        (await world.OpenCases()).Select(one => one.Key).ShouldBe([world.Keys[0], memo], ignoreOrder: true);
        await new ReplayException(world.Store).Run(cases[world.Keys[0]], "mara", "seen to", default);
        (await world.OpenCases()).ShouldBeEmpty();
        (await new ReplayException(world.Store).Run(cases[memo], "juri", "?", default)).ShouldBe(
            new ReplayException.Outcome.AlreadyResolved($"Goes on by itself: {world.Keys[0]} is on its way again."));
        (await world.Store.ParkBlocked(world.Target, 10, _ => Behind, default)).ShouldBe(0);
        await world.Record(await world.Claim(node, 3), posting => Posted(posting), "accepted");
        await world.Route();
        await world.Promote();
        (await world.Claim(node, 3)).Postings.ShouldHaveSingleItem().BusinessKey.ShouldBe(memo);
    }

    [Fact]
    public async Task Who_slept_over_a_look_up_asks_nothing_more_and_asking_moves_no_proof_of_absence()
    {
        await using var world = await Ready();
        var node = await world.Store.Join(default);
        var batch = await world.Claim(node, 3);
        await world.Begin(batch);
        await world.Record(batch, new PostingChange(PostingState.InDoubt, world.Store.Now), "no-answer");
        var late = (await world.Store.ClaimToLookUp(world.Target, node.Number, 10, default))!;
        world.Advance(TimeSpan.FromSeconds(30));
        (await world.Begin(late)).ShouldNotBeNull();
        world.Advance(Claims.Lease(world.Target) + TimeSpan.FromSeconds(1));
        (await world.Begin(late)).ShouldBeNull();
        (await world.Store.FreeDead(default)).ShouldBe(3);
        var present = (await world.Store.ClaimToLookUp(world.Target, node.Number, 10, default))!;
        present.Postings.Select(posting => posting.SentAt).ShouldBe(late.Postings.Select(posting => posting.SentAt));
        (await world.Begin(late)).ShouldBeNull();
        (await world.Begin(present)).ShouldNotBeNull();
    }
}
