using Tieout.Application.Mapping;
using Tieout.Application.Posting;
using Tieout.Connectors.Port;
using Tieout.Domain.Posting;

namespace Tieout.Shell.Tests.Posting;

public abstract partial class PostingStoreRules
{
    private const string EverythingElsewhere = """{"actor":"mara","rules":[{"name":"all","target":"elsewhere"}]}""";
    private const string Revenue4711 = """{"actor":"mara","rules":[{"name":"sales","when":{"ledger-account":["revenue","deferred-revenue"]},"account":"4711"},{"name":"rest","account":"1"}]}""";
    private const string Revenue4712 = """{"actor":"mara","rules":[{"name":"sales","when":{"ledger-account":["revenue","deferred-revenue"]},"account":"4712"},{"name":"rest","account":"1"}]}""";

    [Fact]
    public async Task Published_routes_go_before_the_targets_file_and_what_is_ready_stays_where_it_is()
    {
        await using var world = await Ready();
        (await world.Route()).ShouldBe(0);
        await world.Publish(MappingSubject.Routes, EverythingElsewhere);
        (await world.Route()).ShouldBe(0);
        (await world.Claim(await world.Store.Join(default), 3)).Postings.Count.ShouldBe(3);
    }

    [Fact]
    public async Task What_can_go_at_once_becomes_ready_with_its_routing_and_the_rest_is_only_routed()
    {
        await using var world = await Start();
        await world.Store.RememberRules([world.Target], default);
        IReadOnlyList<StagedDocument> offered = [];
        (await world.Route(documents => offered = documents)).ShouldBe(3);
        offered.ShouldBeEmpty(); // the ERP knows none of their customers
        (await world.States()).ShouldBe("3 staged");
        var staged = await world.Store.OldestStaged(world.Target, 10);
        var customers = await world.Store.Customers([.. staged.Select(document => document.CustomerId)]);
        await world.Store.RecordCustomers(
            world.Target, [.. customers.Select(customer => (customer, (CustomerOutcome)new CustomerOutcome.Present("erp-" + customer.Code)))], (_, _) => Trouble);
        await world.Publish(MappingSubject.Routes, """{"actor":"mara","rules":[{"name":"all","target":"erp"}]}""".Replace("erp", world.Target.Name, StringComparison.Ordinal));
        (await world.Route(documents => [.. (offered = documents).Skip(1).Select((document, index) => document with { Place = 7 - index })])).ShouldBe(3);
        offered.ShouldBe(staged.Select(document => document with { Known = true }).OrderBy(document => document.Id));
        (await world.States()).ShouldBe("2 ready, 1 staged");
        var node = await world.Store.Join(default);
        (await world.Claim(node, 1)).Postings.ShouldHaveSingleItem().BusinessKey.ShouldBe(world.Keys[2]); // by its place
        (await world.Claim(node, 2)).Postings.ShouldHaveSingleItem().BusinessKey.ShouldBe(world.Keys[1]);
        (await world.Route(documents => offered = documents)).ShouldBe(0);
    }

    [Theory]
    [InlineData(PostingState.Posted, "3 posted, 1 ready")]
    [InlineData(PostingState.Parked, "1 parked, 2 posted, 1 staged")] // it waits for a person
    public async Task A_credit_memo_becomes_ready_with_its_routing_only_behind_a_posted_invoice(PostingState invoice, string states)
    {
        await using var world = await Ready();
        await world.Credit(world.Keys[0]);
        var batch = await world.Claim(await world.Store.Join(default), 3);
        await world.Record(batch, posting => invoice == PostingState.Posted || posting.BusinessKey != world.Keys[0]
            ? Posted(posting) : new PostingChange(invoice, Finding: Trouble), invoice == PostingState.Posted ? "accepted" : "refused");
        (await world.Route(documents => documents)).ShouldBe(1);
        (await world.States()).ShouldBe(states);
    }

    [Fact]
    public async Task What_is_led_elsewhere_is_not_offered_here()
    {
        await using var world = await Start();
        await world.Publish(MappingSubject.Routes, EverythingElsewhere);
        IReadOnlyList<StagedDocument>? offered = null;
        (await world.Route(documents => offered = documents)).ShouldBe(3);
        offered.ShouldBeEmpty();
    }

    [Fact]
    public async Task What_is_staged_for_a_target_is_looked_at_again_once_other_routes_are_published()
    {
        await using var world = await Start();
        (await world.Route()).ShouldBe(3);
        (await world.Store.OldestStaged(world.Target, 10)).Count.ShouldBe(3);
        await world.Publish(MappingSubject.Routes, EverythingElsewhere);
        (await world.Store.SomethingIsDue([world.Target], default)).ShouldBeTrue();
        (await world.Route()).ShouldBe(3);
        (await world.Route()).ShouldBe(0);
        (await world.Store.OldestStaged(world.Target, 10)).ShouldBeEmpty();
        (await world.Store.SomethingIsDue([world.Target], default)).ShouldBeFalse();
        await world.Publish(MappingSubject.Routes, """{"actor":"mara","rules":[{"name":"nobody","when":{"currency":"CHF"},"target":"elsewhere"}]}""");
        (await world.Route()).ShouldBe(3);
        (await world.Store.OldestStaged(world.Target, 10)).Count.ShouldBe(3); // the file says so
    }

    [Fact]
    public async Task A_credit_memo_follows_its_invoice_whatever_the_routes_say_now()
    {
        await using var world = await Ready();
        var node = await world.Store.Join(default);
        await world.Record(await world.Claim(node, 3), batch => Posted(batch), "accepted");
        await world.Publish(MappingSubject.Routes, EverythingElsewhere);
        var memo = await world.Credit(world.Keys[0]);
        (await world.Route()).ShouldBe(1);
        await world.Promote();
        (await world.Claim(node, 3)).Postings.ShouldHaveSingleItem().BusinessKey.ShouldBe(memo);
    }

    [Fact]
    public async Task What_follows_a_document_goes_where_that_went_at_last()
    {
        await using var world = await Start();
        var (node, other) = (await world.Store.Join(default), world.Target with { Settings = world.Target.Settings with { Name = "elsewhere" } });
        await world.Store.RememberRules([world.Target, other], default);
        await world.Route();
        await RecordCustomers(world, world.Target, new CustomerOutcome.Refused(Trouble)); // parks all, for the customers are refused
        await world.Publish(MappingSubject.Routes, EverythingElsewhere);
        var memo = await world.Credit(world.Keys[0]);
        (await world.Route()).ShouldBe(1); // to where its invoice is, parked
        foreach (var (id, _, _) in await world.OpenCases()) await new Tieout.Application.Exceptions.ReplayException(world.Store).Run(id, "mara", "seen to", default);
        (await world.Route()).ShouldBe(3);
        await RecordCustomers(world, other, new CustomerOutcome.Present("E1"), count: 1);
        await world.Store.Promote(other, [.. (await world.Store.OldestStaged(other, 10)).Where(document => document.Known)]);
        var batch = (await world.Store.ClaimToSend(other, node.Number, 0, 1, default))!;
        batch.Postings.ShouldHaveSingleItem().BusinessKey.ShouldBe(world.Keys[0]);
        await world.Record(batch, Posted, "accepted");

        (await world.Store.OldestStaged(world.Target, 10)).ShouldHaveSingleItem();
        await world.Store.Promote(world.Target, [.. await world.Store.OldestStaged(world.Target, 10)]);
        (await world.Store.OldestStaged(world.Target, 10)).ShouldBeEmpty();
        (await world.Store.ClaimToSend(world.Target, node.Number, 0, 10, default)).ShouldBeNull();
        (await world.Route()).ShouldBe(1);
        await world.Store.Promote(other, [.. (await world.Store.OldestStaged(other, 10)).Where(document => document.Known)]);
        (await world.Store.ClaimToSend(other, node.Number, 0, 1, default))!.Postings.ShouldHaveSingleItem().BusinessKey.ShouldBe(memo);
    }

    private static async Task RecordCustomers(StoreWorld world, DeliveryTarget target, CustomerOutcome outcome, int count = 10)
    {
        var staged = await world.Store.OldestStaged(target, 10);
        var customers = await world.Store.Customers([.. staged.Select(document => document.CustomerId)]);
        var first = staged.Select(document => document.CustomerId).Distinct().Take(count).ToHashSet();
        await world.Store.RecordCustomers(target, [.. customers.Where(customer => first.Contains(customer.Id)).Select(customer => (customer, outcome))], (_, _) => Trouble);
    }

    [Fact]
    public async Task A_batch_is_loaded_under_what_is_in_force_and_a_doubt_is_asked_for_and_sent_again_as_it_was_sent()
    {
        await using var world = await Ready();
        var node = await world.Store.Join(default);
        await world.Publish(MappingSubject.AccountRules(world.Target.Name), Revenue4711);
        var batch = await world.Claim(node, 3);
        Accounts(batch).ShouldBe(["4711", "4711", "4711"]);
        await world.Begin(batch);
        await world.Publish(MappingSubject.AccountRules(world.Target.Name), Revenue4712);
        Accounts(batch).ShouldBe(["4711", "4711", "4711"]); // what was loaded stays as it is
        await world.Record(batch, new PostingChange(PostingState.InDoubt, world.Store.Now), "no-answer");
        var doubts = (await world.Store.ClaimToLookUp(world.Target, node.Number, 10, default))!;
        Accounts(doubts).ShouldBe(["4711", "4711", "4711"]);
        await world.Store.Record(
            doubts.Claim, PostingState.InDoubt, [.. doubts.Postings.Select(posting => world.Result(posting, new PostingChange(PostingState.Ready, world.Store.Now), "absent"))]);
        var again = (await world.Store.ClaimToSend(world.Target, node.Number, 1, 10, default))!;
        Accounts(again).ShouldBe(["4711", "4711", "4711"]); // the first request may still arrive
    }

    [Fact]
    public async Task What_the_erp_refused_or_never_got_is_mapped_anew()
    {
        await using var world = await Ready();
        var node = await world.Store.Join(default);
        await world.Publish(MappingSubject.AccountRules(world.Target.Name), Revenue4711);
        var batch = await world.Claim(node, 2);
        await world.Begin(batch);
        await world.Store.Record(batch.Claim, PostingState.Sending,
        [
            world.Result(batch.Postings[0], new PostingChange(PostingState.Parked, Finding: Trouble), "refused"),
            world.Result(batch.Postings[1], new PostingChange(PostingState.Ready, world.Store.Now), "not-sent", counts: false),
        ]);
        var crashing = await world.Store.Join(default);
        (await world.Claim(crashing, 1)).Postings.ShouldHaveSingleItem();
        await crashing.DisposeAsync();
        await world.Store.FreeDead(default);
        await world.Publish(MappingSubject.AccountRules(world.Target.Name), Revenue4712);
        foreach (var (id, _, _) in await world.OpenCases()) await new Tieout.Application.Exceptions.ReplayException(world.Store).Run(id, "mara", "seen to", default);
        Accounts(await world.Claim(node, 10)).ShouldBe(["4712", "4712", "4712"]);
    }

    [Fact]
    public async Task What_no_rule_and_no_setting_names_must_not_be_sent()
    {
        await using var world = await Ready();
        var map = """{"actor":"mara","rules":[{"name":"by customer","when":{"ledger-account":["revenue","deferred-revenue"]},"account":{"from":"plan"},"dimensions":{"region":{"from":"region"}}}]}""";
        await world.Publish(MappingSubject.AccountRules(world.Target.Name), map);
        var batch = await world.Claim(await world.Store.Join(default), 3);
        batch.Unmapped.Count.ShouldBe(3);
        batch.Unmapped.Values.ShouldAllBe(finding => finding.Code == "dimension-unmapped" && finding.Cause.Contains("region"));
    }

    private static IEnumerable<string> Accounts(ClaimedBatch batch) => batch.Documents.Cast<ErpInvoice>().Select(invoice => invoice.Lines[0].Account);
}
