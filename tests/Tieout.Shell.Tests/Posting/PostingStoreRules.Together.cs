using System.Data.Common;
using Tieout.Application.Posting;
using Tieout.Domain.Posting;

namespace Tieout.Shell.Tests.Posting;

public abstract partial class PostingStoreRules
{
    [Fact]
    public async Task Who_claims_at_the_same_moment_gets_each_its_own_documents()
    {
        await using var world = await Ready();
        var node = await world.Store.Join(default);
        var batches = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => world.Store.ClaimToSend(world.Target, node.Number, 0, 1, default)));
        batches.Count(batch => batch is null).ShouldBe(1);
        var claimed = batches.OfType<ClaimedBatch>().ToList();
        claimed.ForEach(batch => batch.Documents.ShouldHaveSingleItem().Key.ShouldBe(batch.Postings.ShouldHaveSingleItem().BusinessKey));
        claimed.Select(batch => batch.Postings[0].BusinessKey).Order().ShouldBe(world.Keys.Order());
        claimed.Select(batch => batch.Claim).Distinct().Count().ShouldBe(3);
        (await world.States()).ShouldBe("3 sending");
    }

    [Fact]
    public async Task Of_requests_at_the_same_moment_only_those_go_whose_claim_stands()
    {
        await using var world = await Ready();
        var node = await world.Store.Join(default);
        var (whole, part) = (await world.Claim(node, 1), await world.Claim(node, 2));
        await world.Store.Record(part.Claim, PostingState.Sending, [world.Result(part.Postings[0], new PostingChange(PostingState.Ready), "not-sent")]);
        var begun = await Task.WhenAll(world.Begin(whole), world.Begin(part), world.Begin(whole));
        (begun[0] is null, begun[1] is null, begun[2] is null).ShouldBe((false, true, false));
        await Task.WhenAll(world.Store.EndExchange(begun[0]!.Value, 200, "yes"u8.ToArray(), null), world.Store.EndExchange(begun[2]!.Value, null, default, "no answer"));
    }

    [Fact]
    public async Task What_the_books_refuse_of_one_does_not_keep_the_others_at_the_same_moment()
    {
        await using var world = await Ready();
        var node = await world.Store.Join(default);
        ClaimedBatch[] batches = [await world.Claim(node, 1), await world.Claim(node, 1), await world.Claim(node, 1)];
        var records = batches.Select((batch, index) => world.Store.Record(batch.Claim, PostingState.Sending, [
            world.Result(batch.Postings[0], index == 1 ? new PostingChange(PostingState.Posted) : Posted(batch.Postings[0]), "accepted")])).ToList();
        await records[0];
        (await Should.ThrowAsync<DbException>(() => records[1])).SqlState.ShouldBe("23514");
        await records[2];
        (await world.States()).ShouldBe("2 posted, 1 sending");
    }

    [Fact]
    public async Task A_late_result_tells_nothing_of_what_another_made_of_the_posting_at_the_same_moment()
    {
        await using var world = await Ready();
        var late = await world.Claim(await world.Store.Join(default), 3);
        world.Advance(Claims.Lease(world.Target) + TimeSpan.FromSeconds(1));
        await world.Store.FreeDead(default);
        var present = await world.Claim(await world.Store.Join(default), 3);
        await world.Begin(present);
        await Task.WhenAll(
            world.Record(late, new PostingChange(PostingState.Parked, Finding: Trouble), "refused"), world.Record(present, batch => Posted(batch), "accepted"));
        (await world.States()).ShouldBe("3 posted");
        (await world.OpenCases()).ShouldBeEmpty();
    }

    [Fact]
    public async Task Who_has_to_wait_for_somebody_s_lock_keeps_nobody_else()
    {
        await using var world = await Ready();
        var node = await world.Store.Join(default);
        var (held, free) = (await world.Claim(node, 1), await world.Claim(node, 1));
        var hold = await world.Hold(held.Postings[0].BusinessKey);
        var waiting = world.Record(held, batch => Posted(batch), "accepted");
        await world.Record(free, batch => Posted(batch), "accepted");
        (await world.States()).ShouldBe("1 posted, 1 ready, 1 sending");
        await hold.DisposeAsync();
        world.Advance(TimeSpan.FromSeconds(1));
        await waiting;
        (await world.States()).ShouldBe("2 posted, 1 ready");
    }
}
