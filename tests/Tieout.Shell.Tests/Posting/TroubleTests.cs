using Tieout.Application.Posting;
using Tieout.Connectors.Port;
using Tieout.Domain.Posting;
using Tieout.Shell.Tests.Database;

namespace Tieout.Shell.Tests.Posting;

/// <summary>Our own troubles: bugs of connectors, a database that goes away in the middle, being stopped.</summary>
public sealed class TroubleTests(PostgresFixture postgres)
{
    private const string Bad = "US-2026-0000003";

    [Fact]
    public async Task A_document_that_a_connector_fails_over_is_parked_and_its_neighbours_are_posted()
    {
        await using var world = await World.Start(postgres, 20);
        await world.Deliver(world.Targets(inner => new Meddling(inner) { BeforeSend = documents => Fail(documents, Bad) }));
        (await world.Rows<(string, string)>("select subject_key, code from exceptions.exception_case where state = 'open'")).ShouldBe([(Bad, "connector-failed")]);
        (await world.Count("posting.posting where state = 'posted'")).ShouldBe(19);
        (await world.Held(Bad)).ShouldBe(0);
    }

    [Fact]
    public async Task A_connector_that_fails_after_it_has_sent_leaves_a_doubt_and_nothing_is_sent_twice()
    {
        await using var world = await World.Start(postgres, 20);
        var failed = 0;
        Task Fail() => Interlocked.Increment(ref failed) <= 2 ? throw new InvalidOperationException("a bug") : Task.CompletedTask;
        await world.Deliver(world.Targets(inner => new Meddling(inner) { AfterSend = _ => Fail() }));
        await world.AllPostedOnce();
        (await world.Count("posting.attempt where outcome = 'no-answer' and detail = 'The connector failed: a bug'")).ShouldBePositive();
    }

    [Fact]
    public async Task A_connector_that_fails_over_everything_stops_its_lane_with_a_case_and_the_other_goes_on()
    {
        await using var world = await World.Start(postgres, 20);
        var targets = world.Targets();
        // One worker sends all ten together; of two, one may find a single document ready, and that is parked by itself.
        IReadOnlyList<DeliveryTarget> broken =
            [targets[0], world.Target(targets[1].Settings with { Slots = 1 }, inner => new Meddling(inner) { BeforeSend = _ => throw new InvalidOperationException("a bug") })];
        (await world.Deliver(broken, patienceSeconds: 0)).Waiting.ShouldBe(10);
        (await world.OpenCases()).ShouldBe(new Dictionary<string, long> { ["target-out-of-reach"] = 1 });
        await world.Deliver();
        await world.AllPostedOnce();
    }

    [Fact]
    public async Task A_customer_that_a_connector_fails_over_parks_its_own_documents()
    {
        await using var world = await World.Start(postgres, 20);
        static Task Fail(IReadOnlyList<ErpCustomer> customers) =>
            customers.Any(customer => customer.Code == "C-3") ? throw new InvalidOperationException("a bug") : Task.CompletedTask;
        await world.Deliver(world.Targets(inner => new Meddling(inner) { BeforeCustomers = Fail }));
        (await world.OpenCases()).ShouldBe(new Dictionary<string, long> { ["connector-failed"] = 1 });
        (await world.Count("posting.posting where state = 'posted'")).ShouldBe(19);
    }

    [Fact]
    public async Task A_document_that_nothing_ever_comes_back_for_is_parted_from_the_others_and_given_up_in_the_end()
    {
        await using var world = await World.Start(postgres, 16);
        var policy = World.Policy with { Attempts = 7, AbsenceProof = TimeSpan.FromMilliseconds(200) };
        await world.Deliver(world.Targets(inner => new Swallowing(inner, Bad), policy));
        (await world.Rows<(string, string)>("select subject_key, code from exceptions.exception_case where state = 'open'")).ShouldBe([(Bad, "gave-up")]);
        (await world.Count("posting.posting where state = 'posted'")).ShouldBe(15);
        (await world.Rows<int>("select tries from posting.posting where state = 'parked'")).ShouldBe([7]);
    }

    [Fact]
    public async Task Sessions_that_are_cut_in_the_middle_lose_nothing()
    {
        await using var world = await World.Start(postgres, 160);
        var cut = 0;
        var targets = world.Targets(inner => new Meddling(inner)
        {
            // The ERP has answered, and the database goes away before it can be recorded: every session, the node's own as well.
            // Until it strikes: who comes first to a session that was cut has all the others renewed, and may then record after all.
            AfterSend = async _ =>
            {
                if (Interlocked.Increment(ref cut) <= 3 || await world.Count("posting.attempt where outcome = 'crashed'") == 0) await CutSessions(world);
            },
        });
        var summary = await world.Deliver(targets);
        summary.Waiting.ShouldBe(0);
        await world.AllPostedOnce();
        cut.ShouldBeGreaterThanOrEqualTo(3);
        (await world.Count("posting.attempt where outcome = 'crashed'")).ShouldBePositive();
        (await world.Count("posting.node")).ShouldBeGreaterThan(1);
    }

    [Fact]
    public async Task Stopping_finishes_the_batch_on_the_wire_and_ends_the_run_as_stopped()
    {
        await using var world = await World.Start(postgres, 120);
        using var stop = new CancellationTokenSource();
        var targets = world.Targets(inner => new Meddling(inner) { BeforeSend = _ => stop.CancelAsync() });
        var summary = await world.Post(targets).Run("test", TimeSpan.FromSeconds(10), null, stop.Token);
        summary.Waiting.ShouldBePositive();
        (await world.Count("posting.posting where state = 'posted'")).ShouldBePositive();
        (await world.Count("posting.posting where state = 'sending'")).ShouldBe(0);
        (await world.Rows<string>("select state from runs.run where kind = 'post'")).ShouldBe(["stopped"]);
        await world.Deliver();
        await world.AllPostedOnce();
        (await world.Rows<string>("select state from runs.run where kind = 'post'")).ShouldBe(["finished"]);
    }

    [Fact]
    public async Task Serving_waits_for_an_erp_and_for_its_own_database_and_goes_on_by_itself()
    {
        await using var world = await World.Start(postgres, 20);
        using var stop = new CancellationTokenSource();
        var down = true;
        var targets = world.Targets(inner => new Meddling(inner)
        {
            BeforeSend = _ => down ? throw new InvalidOperationException("down") : Task.CompletedTask,
            AfterSend = async _ =>
            {
                if (stop.IsCancellationRequested || await world.Count("posting.attempt where outcome = 'crashed'") > 0) return;
                await CutSessions(world);
            },
        });
        var troubles = new System.Collections.Concurrent.ConcurrentQueue<string>();
        var serving = new DeliverAlways(world.Database.Source, TimeProvider.System, targets).Run(troubles.Enqueue, stop.Token);
        await Eventually.True(async () => (await world.OpenCases()).GetValueOrDefault("target-out-of-reach") == 2, "both are told");
        down = false;
        try
        {
            await Eventually.True(Posted, "all is posted, without a case");
        }
        catch (Exception stuck)
        {
            var left = await world.Rows<string>(
                "select state || ' ' || coalesce(not_before::text, '') || ' ' || coalesce(claim::text, '') from posting.posting where state <> 'posted'");
            Assert.Fail($"{stuck.Message}\n{string.Join('\n', troubles)}\n{string.Join('\n', left)}\n{string.Join('\n', (await world.OpenCases()).Keys)}\n{serving.Status}");
        }
        await stop.CancelAsync();
        await serving;
        await world.AllPostedOnce();
        (await world.OpenCases()).ShouldBeEmpty();

        async Task<bool> Posted()
        {
            try
            {
                return await world.Count("posting.posting where state <> 'posted'") == 0 && (await world.OpenCases()).Count == 0;
            }
            catch (Npgsql.NpgsqlException)
            {
                return false; // our own session was cut as well
            }
        }
    }

    [Fact]
    public async Task A_run_that_is_stopped_before_it_began_to_deliver_is_stopped_too()
    {
        await using var world = await World.Start(postgres, 2);
        using var stop = new CancellationTokenSource();
        await using var connection = await world.Database.Source.OpenConnectionAsync();
        await using (var transaction = await connection.BeginTransactionAsync())
        {
            await using var hold = new Npgsql.NpgsqlCommand("lock table posting.node", connection);
            await hold.ExecuteNonQueryAsync();
            var run = world.Post().Run("test", TimeSpan.Zero, null, stop.Token);
            await Eventually.True(async () => await world.Count("runs.run where state = 'running'") == 1, "the run begins");
            await stop.CancelAsync();
            await transaction.RollbackAsync();
            try
            {
                await run;
            }
            catch (OperationCanceledException)
            {
                // Either way it says so.
            }
        }
        (await world.Rows<string>("select state from runs.run where kind = 'post'")).ShouldBe(["stopped"]);
    }

    private static Task Fail(IReadOnlyList<ErpDocument> documents, string key) =>
        documents.Any(document => document.Key == key) ? throw new InvalidOperationException("a bug") : Task.CompletedTask;

    private static async Task CutSessions(World world)
    {
        var own = new Npgsql.NpgsqlConnectionStringBuilder(world.Database.ConnectionString) { Pooling = false };
        await Sql.Scalar(own.ConnectionString,
            "select count(pg_terminate_backend(pid)) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()");
    }

    /// <summary>An ERP that breaks down over one document: whatever comes with it is not booked, and no answer comes.</summary>
    private sealed class Swallowing(IErpConnector inner, string key) : IErpConnector
    {
        public ConnectorLimits Limits => inner.Limits;

        public Task<IReadOnlyList<CustomerOutcome>> EnsureCustomers(IReadOnlyList<ErpCustomer> customers, IExchangeLog log, CancellationToken cancel) =>
            inner.EnsureCustomers(customers, log, cancel);

        public async Task<IReadOnlyList<DeliveryOutcome>> Send(IReadOnlyList<ErpDocument> documents, IExchangeLog log, CancellationToken cancel)
        {
            if (documents.All(document => document.Key != key)) return await inner.Send(documents, log, cancel);
            var exchange = await log.Began("post", "x"u8.ToArray(), cancel);
            await log.Ended(exchange, null, default, "silence", cancel);
            return [.. documents.Select(_ => new DeliveryOutcome.NoAnswer("silence"))];
        }

        public Task<IReadOnlyList<LookUpOutcome>> LookUp(IReadOnlyList<ErpDocument> documents, IExchangeLog log, CancellationToken cancel) =>
            inner.LookUp(documents, log, cancel);

        public Task<DryRun> DryRun(ErpDocument document, CancellationToken cancel) => inner.DryRun(document, cancel);

        public Task<CustomerDryRun> DryRunCustomer(ErpCustomer customer, CancellationToken cancel) => inner.DryRunCustomer(customer, cancel);

        public IAsyncEnumerable<HeldDocument> ReadDocuments(ReadScope scope, CancellationToken cancel) => inner.ReadDocuments(scope, cancel);

        public Task<IReadOnlyList<AccountMovement>> ReadMovements(Domain.AccountingMonth month, CancellationToken cancel) => inner.ReadMovements(month, cancel);

        public ValueTask DisposeAsync() => inner.DisposeAsync();
    }
}
