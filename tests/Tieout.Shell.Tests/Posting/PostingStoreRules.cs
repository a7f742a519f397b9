using System.Data.Common;
using Tieout.Application.Exceptions;
using Tieout.Application.Posting;
using Tieout.Connectors.Port;
using Tieout.Domain.Exceptions;
using Tieout.Domain.Posting;

namespace Tieout.Shell.Tests.Posting;

/// <summary>
/// What the delivery of documents may rely on, whatever stores its postings. PostgreSQL and the simulation's memory are held to the
/// same rules: what the simulation finds out about one holds for the other.
/// </summary>
public abstract partial class PostingStoreRules
{
    private static readonly Finding Trouble = new(ExceptionCategory.Business, "period-closed", "The period is closed.", "Open it.");

    /// <summary>Three staged invoices of DE, of three customers that no ERP knows yet.</summary>
    internal abstract Task<StoreWorld> Start();

    [Fact]
    public async Task A_posting_is_claimed_once_the_oldest_first_and_what_is_claimed_is_sending()
    {
        await using var world = await Ready();
        var (one, other) = (await world.Store.Join(default), await world.Store.Join(default));
        one.Number.ShouldNotBe(other.Number);
        var first = await world.Claim(one, 2);
        var second = await world.Claim(other, 2);
        first.Postings.Select(posting => posting.BusinessKey).ShouldBe(world.Keys.Take(2));
        second.Postings.Select(posting => posting.BusinessKey).ShouldBe(world.Keys.Skip(2));
        first.Documents.Select(document => document.Key).ShouldBe(first.Postings.Select(posting => posting.BusinessKey));
        first.Claim.ShouldNotBe(second.Claim);
        (await world.Store.ClaimToSend(world.Target, one.Number, 0, 10, default)).ShouldBeNull();
        (await world.States()).ShouldBe("3 sending");
        first.Documents.OfType<ErpInvoice>().ShouldAllBe(invoice => invoice.ErpCustomerId == "erp-" + invoice.CustomerCode);
    }

    [Fact]
    public async Task Tries_keep_company_with_their_like()
    {
        await using var world = await Ready();
        var node = await world.Store.Join(default);
        var batch = await world.Claim(node, 1);
        await world.Record(batch, new PostingChange(PostingState.Ready, world.Store.Now), "not-sent");
        (await world.Store.FewestTries(world.Target, default)).ShouldBe(0);
        (await world.Store.ClaimToSend(world.Target, node.Number, 1, 10, default))!.Postings.ShouldHaveSingleItem().Tries.ShouldBe(2);
        (await world.Claim(node, 10)).Postings.Count.ShouldBe(2);
        (await world.Store.FewestTries(world.Target, default)).ShouldBeNull();
    }

    [Fact]
    public async Task That_the_erp_was_out_of_reach_is_no_try_and_what_has_to_wait_is_not_claimed_before()
    {
        await using var world = await Ready();
        var node = await world.Store.Join(default);
        await world.Record(await world.Claim(node, 3), new PostingChange(PostingState.Ready, world.Store.Now + TimeSpan.FromMinutes(1)), "not-sent", counts: false);
        (await world.Store.ClaimToSend(world.Target, node.Number, 0, 10, default)).ShouldBeNull();
        (await world.Store.SomethingIsDue([world.Target], default)).ShouldBeFalse();
        (await world.Store.Open([world.Target], default)).ShouldHaveSingleItem().AtOnce.ShouldBe(0);
        world.Advance(TimeSpan.FromMinutes(1));
        (await world.Store.SomethingIsDue([world.Target], default)).ShouldBeTrue();
        (await world.Claim(node, 3)).Postings.Count.ShouldBe(3);
    }

    [Fact]
    public async Task Who_slept_longer_than_its_lease_can_neither_send_nor_record()
    {
        await using var world = await Ready();
        var node = await world.Store.Join(default);
        var late = await world.Claim(node, 3);
        world.Advance(Claims.Lease(world.Target) + TimeSpan.FromSeconds(1));
        (await world.Begin(late)).ShouldBeNull();
        (await world.Store.FreeDead(default)).ShouldBe(3);
        (await world.States()).ShouldBe("3 ready"); // nothing was on record, so nothing can have been sent
        var present = await world.Claim(node, 3);
        present.Postings.ShouldAllBe(posting => posting.Tries == 1);
        (await world.Begin(late)).ShouldBeNull();
        await world.Record(late, new PostingChange(PostingState.Parked, Finding: Trouble), "refused");
        (await world.States()).ShouldBe("3 sending");
        (await world.OpenCases()).ShouldBeEmpty();
        (await world.Begin(present)).ShouldNotBeNull();
    }

    [Fact]
    public async Task What_a_person_sees_to_beside_a_posted_document_is_a_case_that_a_replay_closes_and_nothing_is_sent()
    {
        await using var world = await Ready();
        var beside = Trouble with { Code = PostedCases.NotSettled };
        var batch = await world.Claim(await world.Store.Join(default), 3);
        await world.Record(batch, posting => new PostingChange(
            PostingState.Posted, Document: new ErpReference("4711-" + posting.BusinessKey, "1"), Finding: posting == batch.Postings[0] ? beside : null), "accepted");
        var (id, key, code) = (await world.OpenCases()).ShouldHaveSingleItem();
        (key, code).ShouldBe((world.Keys[0], PostedCases.NotSettled));
        var replay = new ReplayException(world.Store);
        (await replay.Run(id, "mara", "settled by hand", default)).ShouldBe(new ReplayException.Outcome.Closed(key));
        (await world.OpenCases()).ShouldBeEmpty();
        (await world.States()).ShouldBe("3 posted");
        (await replay.Run(id, "mara", "settled by hand", default)).ShouldBeOfType<ReplayException.Outcome.AlreadyResolved>();
    }

    [Fact]
    public async Task A_later_attempt_without_it_closes_the_case_beside_a_document_and_one_with_it_keeps_it()
    {
        await using var world = await Ready();
        var node = await world.Store.Join(default);
        var beside = Trouble with { Code = PostedCases.NotSettled };
        await world.Record(await world.Claim(node, 1), new PostingChange(PostingState.InDoubt, world.Store.Now, Finding: beside), "no-answer");
        var doubt = (await world.Store.ClaimToLookUp(world.Target, node.Number, 1, default))!;
        await world.Store.Record(doubt.Claim, PostingState.InDoubt, [world.Result(
            doubt.Postings[0], new PostingChange(PostingState.Posted, Document: new ErpReference("4711", "1"), Finding: beside), "found")]);
        (await world.OpenCases()).ShouldHaveSingleItem().Code.ShouldBe(PostedCases.NotSettled);
        await world.Record(await world.Claim(node, 1), new PostingChange(PostingState.InDoubt, world.Store.Now, Finding: beside), "no-answer");
        doubt = (await world.Store.ClaimToLookUp(world.Target, node.Number, 1, default))!;
        await world.Store.Record(doubt.Claim, PostingState.InDoubt, [world.Result(
            doubt.Postings[0], new PostingChange(PostingState.Posted, Document: new ErpReference("4712", "2")), "found")]);
        (await world.OpenCases()).ShouldHaveSingleItem().Key.ShouldNotBe(doubt.Postings[0].BusinessKey);
    }

    [Fact]
    public async Task Every_request_renews_the_lease()
    {
        await using var world = await Ready();
        var batch = await world.Claim(await world.Store.Join(default), 3);
        for (var request = 0; request < 4; request++)
        {
            world.Advance(Claims.Lease(world.Target) * 0.75);
            (await world.Begin(batch)).ShouldNotBeNull();
        }
        (await world.Store.FreeDead(default)).ShouldBe(0);
    }

    [Fact]
    public async Task Of_a_batch_taken_in_part_nothing_is_sent()
    {
        await using var world = await Ready();
        var batch = await world.Claim(await world.Store.Join(default), 3);
        await world.Store.Record(batch.Claim, PostingState.Sending, [world.Result(batch.Postings[0], new PostingChange(PostingState.Ready), "not-sent")]);
        (await world.Begin(batch)).ShouldBeNull();
        (await world.Store.Release(batch.Claim, world.Target.Name)).ShouldBe(2);
        (await world.States()).ShouldBe("3 ready");
    }

    [Fact]
    public async Task A_dead_node_s_claims_are_free_at_once_in_doubt_where_a_request_is_on_record_and_a_live_one_s_are_not()
    {
        await using var world = await Ready();
        var (dying, living) = (await world.Store.Join(default), await world.Store.Join(default));
        (await world.Begin(await world.Claim(dying, 1))).ShouldNotBeNull();
        await world.Claim(dying, 1);
        await world.Claim(living, 1);
        (await world.Store.FreeDead(default)).ShouldBe(0);
        await dying.DisposeAsync();
        (await world.Store.FreeDead(default)).ShouldBe(2);
        (await world.States()).ShouldBe("1 in-doubt, 1 ready, 1 sending");
        await living.Prove(default);
    }

    [Fact]
    public async Task A_doubt_is_looked_up_when_due_by_one_at_a_time_and_stays_a_doubt_when_that_one_dies()
    {
        await using var world = await Ready();
        var (one, other) = (await world.Store.Join(default), await world.Store.Join(default));
        var batch = await world.Claim(one, 3);
        await world.Begin(batch);
        await world.Record(batch, new PostingChange(PostingState.InDoubt, world.Store.Now + TimeSpan.FromSeconds(5)), "no-answer");
        (await world.Store.ClaimToLookUp(world.Target, one.Number, 10, default)).ShouldBeNull();
        world.Advance(TimeSpan.FromSeconds(6));
        (await world.Store.ClaimToLookUp(world.Target, one.Number, 10, default))!.Postings.Count.ShouldBe(3);
        (await world.Store.ClaimToLookUp(world.Target, other.Number, 10, default)).ShouldBeNull();
        await one.DisposeAsync();
        (await world.Store.FreeDead(default)).ShouldBe(3);
        (await world.States()).ShouldBe("3 in-doubt");
        var again = (await world.Store.ClaimToLookUp(world.Target, other.Number, 10, default))!;
        again.Postings.ShouldAllBe(posting => posting.LookUps == 2 && posting.Tries == 1);
        await world.Store.Record(again.Claim, PostingState.InDoubt, [.. again.Postings.Select(posting => world.Result(posting, Posted(posting), "found"))]);
        (await world.States()).ShouldBe("3 posted");
    }

    [Fact]
    public async Task What_the_books_refuse_happens_not_even_in_part()
    {
        await using var world = await Ready();
        var batch = await world.Claim(await world.Store.Join(default), 3);
        PostingResult[] results =
        [
            world.Result(batch.Postings[0], Posted(batch.Postings[0]), "accepted"),
            world.Result(batch.Postings[1], new PostingChange(PostingState.Posted), "accepted"), // posted as what?
        ];
        (await Should.ThrowAsync<DbException>(() => world.Store.Record(batch.Claim, PostingState.Sending, results))).SqlState.ShouldBe("23514");
        (await world.States()).ShouldBe("3 sending");
        await world.Record(batch, new PostingChange(PostingState.InDoubt, world.Store.Now), "no-answer");
        (await Should.ThrowAsync<DbException>(() => world.Move(world.Keys[0], PostingState.Staged))).SqlState.ShouldBe("23514");
        (await world.States()).ShouldBe("3 in-doubt");
    }

    [Fact]
    public async Task A_parked_posting_has_one_case_which_a_replay_closes_once_and_posting_closes_too()
    {
        await using var world = await Ready();
        var node = await world.Store.Join(default);
        var batch = await world.Claim(node, 1);
        await world.Begin(batch);
        await world.Record(batch, new PostingChange(PostingState.Parked, Finding: Trouble), "refused");
        var (id, key, code) = (await world.OpenCases()).ShouldHaveSingleItem();
        (key, code).ShouldBe((world.Keys[0], "period-closed"));
        var replay = new ReplayException(world.Store);
        (await replay.Run(id, "mara", "open now", default)).ShouldBe(new ReplayException.Outcome.Replayed(key, "ready"));
        (await replay.Run(id, "juri", "open now", default)).ShouldBeOfType<ReplayException.Outcome.AlreadyResolved>();
        (await replay.Run(world.Store.NewId(), "juri", "?", default)).ShouldBeOfType<ReplayException.Outcome.NotFound>();
        (await world.OpenCases()).ShouldBeEmpty();
        var again = await world.Claim(node, 3);
        again.Postings.ShouldAllBe(posting => posting.Tries == 1);
        await world.Begin(again);
        await world.Record(again, new PostingChange(PostingState.InDoubt, world.Store.Now, Finding: Trouble), "no-answer");
        (await world.OpenCases()).Count.ShouldBe(3);
        var doubts = (await world.Store.ClaimToLookUp(world.Target, node.Number, 10, default))!;
        await world.Store.Record(doubts.Claim, PostingState.InDoubt, [.. doubts.Postings.Select(posting => world.Result(posting, Posted(posting), "found"))]);
        (await world.OpenCases()).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_customer_the_erp_refuses_parks_what_is_staged_for_it_and_one_introduces_at_a_time()
    {
        await using var world = await Start();
        await world.Route();
        var staged = await world.Store.OldestStaged(world.Target, 10);
        staged.Count.ShouldBe(3);
        staged.ShouldAllBe(document => !document.Known);
        await using (var right = await world.Store.TryIntroduce("http://erp/", default))
        {
            right.ShouldNotBeNull();
            (await world.Store.TryIntroduce("http://erp/", default)).ShouldBeNull();
        }
        await using (var right = await world.Store.TryIntroduce("http://erp/", default)) right.ShouldNotBeNull();

        var customers = await world.Store.Customers([.. staged.Select(document => document.CustomerId)]);
        await world.Store.RecordCustomers(
            world.Target,
            [
                (customers[0], new CustomerOutcome.Refused(Trouble)), (customers[1], new CustomerOutcome.Present("7")),
                (customers[2], new CustomerOutcome.NotNow("later")),
            ],
            (_, _) => Trouble);
        (await world.States()).ShouldBe("1 parked, 2 staged");
        (await world.OpenCases()).ShouldHaveSingleItem();
        var left = await world.Store.OldestStaged(world.Target, 10);
        left.Count(document => document.Known).ShouldBe(1);
        // Theirs is the number of another customer of ours.
        await world.Store.RecordCustomers(world.Target, [(customers[2], new CustomerOutcome.Present("7"))], (_, _) => Trouble with { Code = "customer-ambiguous" });
        (await world.States()).ShouldBe("2 parked, 1 staged");
        await world.Store.Promote(world.Target, [.. staged]); // what is no longer staged is left alone
        (await world.States()).ShouldBe("2 parked, 1 ready");
    }

    [Fact]
    public async Task A_credit_memo_waits_for_its_invoice_and_is_parked_behind_a_parked_one()
    {
        await using var world = await Ready();
        var memo = await world.Credit(world.Keys[0]);
        var node = await world.Store.Join(default);
        (await world.Route()).ShouldBe(0);
        (await world.Store.OldestStaged(world.Target, 10)).ShouldBeEmpty();
        (await world.Store.ParkBlocked(world.Target, 10, _ => Trouble, default)).ShouldBe(0);
        var batch = await world.Claim(node, 3);
        await world.Store.Record(batch.Claim, PostingState.Sending, [world.Result(batch.Postings[0], new PostingChange(PostingState.Parked, Finding: Trouble), "refused")]);
        BlockedDocument? told = null;
        (await world.Route()).ShouldBe(1); // to where its invoice is
        (await world.Store.ParkBlocked(world.Target, 10, blocked => { told = blocked; return Trouble; }, default)).ShouldBe(1);
        told!.BusinessKey.ShouldBe(memo);
        told.Before.ShouldContain($"{world.Keys[0]} is parked");
        foreach (var (id, _, _) in await world.OpenCases()) await new ReplayException(world.Store).Run(id, "mara", "seen to", default);
        (await world.Store.OldestStaged(world.Target, 10)).ShouldBeEmpty();
        await world.Record(await world.Claim(node, 3), batch => Posted(batch), "accepted");
        await world.Route();
        await world.Promote();
        (await world.Claim(node, 3)).Postings.ShouldHaveSingleItem().BusinessKey.ShouldBe(memo); // the ERP knows its customer
    }

    [Fact]
    public async Task Restored_books_send_nothing_that_the_erp_was_not_asked_for_since()
    {
        await using var world = await Ready();
        var node = await world.Store.Join(default);
        world.Advance(TimeSpan.FromSeconds(1));
        await world.Restored();
        world.Advance(TimeSpan.FromSeconds(1));
        (await world.Store.ClaimToSend(world.Target, node.Number, 0, 10, default)).ShouldBeNull();
        (await world.Store.FewestTries(world.Target, default)).ShouldBeNull();
        (await world.Store.DoubtRestored(world.Target, default)).ShouldBe(3);
        (await world.Store.DoubtRestored(world.Target, default)).ShouldBe(0);
        (await world.States()).ShouldBe("3 in-doubt");
        var asked = (await world.Store.ClaimToLookUp(world.Target, node.Number, 10, default))!;
        asked.Postings.ShouldAllBe(posting => world.Store.Now - posting.SentAt < TimeSpan.FromSeconds(30)); // absence counts from the restore
        await world.Store.Record(
            asked.Claim, PostingState.InDoubt, [.. asked.Postings.Select(posting => world.Result(posting, new PostingChange(PostingState.Ready, world.Store.Now), "absent"))]);
        (await world.Store.DoubtRestored(world.Target, default)).ShouldBe(0);
        (await world.Claim(node, 3)).Postings.Count.ShouldBe(3);
    }

    [Fact]
    public async Task What_another_erp_holds_after_a_restore_is_asked_for_there_again_when_it_is_replayed()
    {
        await using var world = await Ready();
        var node = await world.Store.Join(default);
        var another = await world.Another();
        await world.Restored();
        world.Advance(TimeSpan.FromSeconds(1));
        await world.Store.DoubtRestored(world.Target, default);
        (await world.Store.ClaimToLookUp(world.Target, node.Number, 10, default)).ShouldBeNull();
        await Tell(new PostingChange(PostingState.Parked, Finding: Trouble), "conflict");
        foreach (var (id, key, _) in await world.OpenCases())
            (await new ReplayException(world.Store).Run(id, "mara", "looked at both", default)).ShouldBe(new ReplayException.Outcome.Replayed(key, "in-doubt"));
        (await world.Store.ClaimToSend(world.Target, node.Number, 0, 10, default)).ShouldBeNull();
        await Tell(new PostingChange(PostingState.Ready, world.Store.Now), "absent");
        (await world.Store.ClaimToLookUp(world.Target, node.Number, 10, default))!.Postings.Count.ShouldBe(3);

        async Task Tell(PostingChange change, string word)
        {
            var asked = (await world.Store.ClaimToLookUp(another, node.Number, 10, default))!;
            asked.Postings.Count.ShouldBe(3);
            await world.Store.Record(asked.Claim, PostingState.InDoubt, [.. asked.Postings.Select(posting => world.Result(posting, change, word))]);
        }
    }

    [Fact]
    public async Task What_somebody_else_holds_is_passed_over_and_the_rest_goes_on()
    {
        await using var world = await Ready();
        var node = await world.Store.Join(default);
        await using (await world.Hold(world.Keys[0]))
        {
            (await world.Claim(node, 3)).Postings.Select(posting => posting.BusinessKey).ShouldBe(world.Keys.Skip(1));
            (await world.Store.ClaimToSend(world.Target, node.Number, 0, 3, default)).ShouldBeNull();
        }
        (await world.Claim(node, 3)).Postings.ShouldHaveSingleItem().BusinessKey.ShouldBe(world.Keys[0]);
    }

    private async Task<StoreWorld> Ready(Func<int, long>? turn = null)
    {
        var world = await Start();
        await world.Store.RememberRules([world.Target], default);
        await world.Route();
        var staged = await world.Store.OldestStaged(world.Target, 10);
        var customers = await world.Store.Customers([.. staged.Select(document => document.CustomerId)]);
        await world.Store.RecordCustomers(
            world.Target, [.. customers.Select(customer => (customer, (CustomerOutcome)new CustomerOutcome.Present("erp-" + customer.Code)))], (_, _) => Trouble);
        await world.Store.Promote(world.Target, [.. staged.Select((document, index) => document with { Place = turn?.Invoke(index) ?? 0 })]);
        return world;
    }

    private static PostingChange Posted(ClaimedPosting posting) =>
        new(PostingState.Posted, Document: new ErpReference("E" + posting.BusinessKey, posting.BusinessKey));
}
