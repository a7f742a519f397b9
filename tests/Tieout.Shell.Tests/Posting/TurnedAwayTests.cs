using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using System.Text;
using Tieout.Connectors.Port;
using Tieout.Domain;
using Tieout.Domain.Posting;
using Tieout.Shell.Tests.Database;

namespace Tieout.Shell.Tests.Posting;

/// <summary>An ERP that answers and turns calls away whole, with no word about any document: 403, 413, a right that is missing.</summary>
public sealed class TurnedAwayTests(PostgresFixture postgres)
{
    private const string Bad = "US-2026-0000003";

    [Fact]
    public async Task One_document_that_gets_every_call_turned_away_is_parted_from_the_others_and_ends_in_a_case_that_names_it()
    {
        await using var world = await World.Start(postgres, 40);
        var policy = World.Policy with { Attempts = 4 };
        await world.Deliver(world.Targets(inner => new Turning(inner, documents => documents.Any(document => document.Key == Bad)), policy));
        (await world.Rows<(string, string, string)>("select subject_key, code, category from exceptions.exception_case where state = 'open'"))
            .ShouldBe([(Bad, "turned-away", "technical")]);
        var told = (await world.Rows<(string Cause, string Technical)>("select cause, technical from exceptions.exception_case where state = 'open'"))[0];
        told.Cause.ShouldContain("turned this document away in 4 tries");
        told.Technical.ShouldBe("Not allowed (403).");
        (await world.Count("posting.posting where state = 'posted'")).ShouldBe(39);
        (await world.Count("posting.posting where state = 'posted' and tries <> 1")).ShouldBe(0); // the others lost no try over it
        (await world.Held(Bad)).ShouldBe(0);

        await world.Replay("turned-away");
        await world.Deliver();
        await world.AllPostedOnce();
    }

    [Fact]
    public async Task Two_of_them_are_both_found()
    {
        await using var world = await World.Start(postgres, 40);
        string[] bad = [Bad, "US-2026-0000005"];
        var policy = World.Policy with { Attempts = 3 };
        await world.Deliver(world.Targets(inner => new Turning(inner, documents => documents.Any(document => bad.Contains(document.Key))), policy));
        (await world.Rows<(string, string)>("select subject_key, code from exceptions.exception_case where state = 'open' order by 1"))
            .ShouldBe([(bad[0], "turned-away"), (bad[1], "turned-away")]);
        (await world.Count("posting.posting where state = 'posted'")).ShouldBe(38);
    }

    [Fact]
    public async Task An_erp_that_turns_everything_away_costs_no_document_a_try_and_when_it_is_back_all_are_posted()
    {
        await using var world = await World.Start(postgres, 40);
        var (away, calls) = (true, new ConcurrentBag<int>());
        var targets = world.Targets(
            inner => new Turning(inner, documents =>
            {
                calls.Add(documents.Count);
                return away;
            }), World.Policy with { Attempts = 3 });
        using var stop = new CancellationTokenSource();
        var run = world.Post(targets).Run("test", TimeSpan.FromSeconds(30), null, stop.Token);
        await Eventually.True(() => Task.FromResult(calls.Count(size => size == 1) > 12), "single documents are turned away, too");
        (await world.OpenCases()).ShouldBe(new Dictionary<string, long> { ["target-out-of-reach"] = 2 });
        (await world.Count("posting.posting where state = 'ready' and tries > 0")).ShouldBe(0);
        away = false;
        (await run).Waiting.ShouldBe(0);
        await world.AllPostedOnce();
        (await world.OpenCases()).ShouldBeEmpty();
        (await world.Count("posting.posting where tries <> 1")).ShouldBe(0);
    }

    [Fact]
    public async Task The_only_document_there_is_is_named_where_the_erp_answers_questions_about_it_and_waits_where_it_does_not()
    {
        await using var world = await World.Start(postgres, 2);
        var answers = false;
        var targets = world.Targets(
            inner => new Turning(
                new Meddling(inner) { BeforeLookUp = _ => answers ? Task.CompletedTask : throw new InvalidOperationException("away") }, _ => true),
            World.Policy with { Attempts = 3 });
        var run = world.Deliver(targets);
        await Eventually.True(async () => await world.Count("posting.attempt where outcome = 'not-sent'") > 10, "both are turned away several times");
        (await world.Count("posting.posting where state = 'ready' and tries > 0")).ShouldBe(0);
        (await world.OpenCases()).ShouldBe(new Dictionary<string, long> { ["target-out-of-reach"] = 2 });
        answers = true;
        (await run).Waiting.ShouldBe(0);
        (await world.OpenCases()).ShouldBe(new Dictionary<string, long> { ["turned-away"] = 2 });
        await world.Replay("turned-away");
        await world.Deliver();
        await world.AllPostedOnce();
    }

    /// <summary>Answers 403 where it is told to, and lets all else through.</summary>
    private sealed class Turning(IErpConnector inner, Func<IReadOnlyList<ErpDocument>, bool> turns) : IErpConnector
    {
        public ConnectorLimits Limits => inner.Limits;

        public Task<IReadOnlyList<CustomerOutcome>> EnsureCustomers(IReadOnlyList<ErpCustomer> customers, IExchangeLog log, CancellationToken cancel) =>
            inner.EnsureCustomers(customers, log, cancel);

        public async Task<IReadOnlyList<DeliveryOutcome>> Send(IReadOnlyList<ErpDocument> documents, IExchangeLog log, CancellationToken cancel)
        {
            if (!turns(documents)) return await inner.Send(documents, log, cancel);
            await log.Ended(await log.Began("post", Encoding.UTF8.GetBytes("x"), cancel), 403, Encoding.UTF8.GetBytes("no"), null, cancel);
            return [.. documents.Select(_ => new DeliveryOutcome.NotSent("Not allowed (403)."))];
        }

        public Task<IReadOnlyList<LookUpOutcome>> LookUp(IReadOnlyList<ErpDocument> documents, IExchangeLog log, CancellationToken cancel) =>
            inner.LookUp(documents, log, cancel);

        public Task<DryRun> DryRun(ErpDocument document, CancellationToken cancel) => inner.DryRun(document, cancel);

        public Task<CustomerDryRun> DryRunCustomer(ErpCustomer customer, CancellationToken cancel) => inner.DryRunCustomer(customer, cancel);

        public async IAsyncEnumerable<HeldDocument> ReadDocuments(ReadScope scope, [EnumeratorCancellation] CancellationToken cancel)
        {
            await foreach (var held in inner.ReadDocuments(scope, cancel)) yield return held;
        }

        public Task<IReadOnlyList<AccountMovement>> ReadMovements(AccountingMonth month, CancellationToken cancel) => inner.ReadMovements(month, cancel);

        public ValueTask DisposeAsync() => inner.DisposeAsync();
    }
}
