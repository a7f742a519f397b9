using System.Text;
using Npgsql;
using Tieout.Application.Posting;
using Tieout.Application.Posting.Postgres;
using Tieout.Domain.Posting;
using Tieout.Shell.Tests.Database;

namespace Tieout.Shell.Tests.Posting;

/// <summary>Who may send and record: only who holds the claim, and only while it lasts.</summary>
public sealed class ClaimTests(PostgresFixture postgres) : IAsyncLifetime
{
    private readonly SettableClock _clock = new();
    private World _world = null!;
    private DeliveryTarget _target = null!;

    private NpgsqlDataSource Database => _world.Database.Source;

    private IPostingStore Store => new PostgresPosting(Database, _clock);

    public async ValueTask InitializeAsync()
    {
        _world = await World.Start(postgres, 6);
        _target = _world.Targets()[1];
        await _world.Database.Execute(
            """
            insert into posting.target_version (target, version, system, rules) values ('sap-de', 'rules-1', 'sap-s4hana', '{}');
            insert into customers.cross_reference (system, object_kind, internal_id, external_id) select 'sap-de', 'customer', id, code from customers.customer;
            update posting.posting set state = 'ready', target = 'sap-de' where currency = 'EUR';
            """);
    }

    public ValueTask DisposeAsync() => _world.DisposeAsync();

    [Fact]
    public async Task The_holder_of_a_claim_sends_and_records()
    {
        await using var node = await Store.Join(CancellationToken.None);
        var batch = await Claim(node);
        await Ask(batch);
        await Record(batch, new DeliveryOutcome.Accepted(new ErpReference("1", "1")));
        (await States()).ShouldBe(["posted", "posted", "posted"]);
    }

    [Fact]
    public async Task A_worker_that_slept_longer_than_its_lease_can_neither_send_nor_record()
    {
        await using var node = await Store.Join(CancellationToken.None);
        var batch = await Claim(node);
        _clock.Advance(Claims.Lease(_target) + TimeSpan.FromSeconds(1));
        await Should.ThrowAsync<ClaimLostException>(() => Ask(batch));

        (await Store.FreeDead(CancellationToken.None)).ShouldBe(3);
        (await States()).ShouldBe(["ready", "ready", "ready"]); // nothing had gone on record, so nothing was sent
        var second = (await Claim(node))!;
        await Should.ThrowAsync<ClaimLostException>(() => Ask(batch));
        await Record(batch, new DeliveryOutcome.Refused(new(Domain.Exceptions.ExceptionCategory.Business, "x", "late", "")));
        (await States()).ShouldBe(["sending", "sending", "sending"]);
        (await _world.OpenCases()).ShouldBeEmpty();
        (await _world.Count("posting.attempt where outcome = 'refused'")).ShouldBe(0);
        await Ask(second);
    }

    [Fact]
    public async Task Each_request_of_a_long_batch_renews_the_lease_and_the_proof_of_absence_counts_from_the_last()
    {
        await using var node = await Store.Join(CancellationToken.None);
        var batch = await Claim(node);
        var log = new ExchangeLog(Store, _clock, batch.Claim, _target, claimed: 3);
        for (var request = 0; request < 4; request++)
        {
            _clock.Advance(Claims.Lease(_target) * 0.75);
            await log.Began("post", Encoding.UTF8.GetBytes("x"), CancellationToken.None);
        }
        (await Store.FreeDead(CancellationToken.None)).ShouldBe(0);
        (await _world.Rows<DateTimeOffset>("select sent_at from posting.claim"))
            .ShouldHaveSingleItem().ShouldBe(_clock.GetUtcNow(), TimeSpan.FromMilliseconds(1));
    }

    [Fact]
    public async Task A_request_that_meets_somebody_taking_its_claim_away_waits_and_is_not_sent()
    {
        await using var node = await Store.Join(CancellationToken.None);
        var batch = await Claim(node);
        await using var connection = await Database.OpenConnectionAsync();
        await using var taking = await connection.BeginTransactionAsync();
        await using (var take = new NpgsqlCommand("update posting.posting set state = 'ready', claim = null where state = 'sending'", connection))
            await take.ExecuteNonQueryAsync();
        var asking = Ask(batch);
        await Eventually.True(
            async () => await _world.Count("pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'") > 0, "the request waits");
        await taking.CommitAsync();
        await Should.ThrowAsync<ClaimLostException>(() => asking);
        (await _world.Count("posting.exchange")).ShouldBe(0);
    }

    [Fact]
    public async Task Of_a_batch_taken_in_part_nothing_is_sent()
    {
        await using var node = await Store.Join(CancellationToken.None);
        var batch = await Claim(node);
        await _world.Database.Execute(
            "update posting.posting set state = 'ready', claim = null where id = (select min(id::text)::uuid from posting.posting where state = 'sending')");
        await Should.ThrowAsync<ClaimLostException>(() => Ask(batch));
        (await _world.Count("posting.exchange")).ShouldBe(0);
        (await Store.Release(batch.Claim, "sap-de")).ShouldBe(2);
        (await States()).ShouldBe(["ready", "ready", "ready"]);
    }

    [Fact]
    public async Task What_a_dead_node_had_on_record_is_in_doubt_and_the_rest_is_ready()
    {
        ClaimedBatch asked, unasked;
        await using (var node = await Store.Join(CancellationToken.None))
        {
            var claims = new Claims(Store, node.Number, _target, new LaneCompany());
            asked = (await claims.ToSend(1, CancellationToken.None))!;
            unasked = (await claims.ToSend(1, CancellationToken.None))!;
            await new ExchangeLog(Store, _clock, asked.Claim, _target, claimed: 1).Began("post", Encoding.UTF8.GetBytes("x"), CancellationToken.None);
            (await Store.FreeDead(CancellationToken.None)).ShouldBe(0); // a live node's claim is nobody else's
        }
        (await Store.FreeDead(CancellationToken.None)).ShouldBe(2);
        (await State(asked)).ShouldBe("in-doubt");
        (await State(unasked)).ShouldBe("ready");
        (await _world.Rows<(string, int)>("select outcome, count(*)::int from posting.attempt group by outcome")).ShouldBe([("crashed", 2)]);
        // To have crashed before anything was sent is no try.
        (await _world.Rows<int>("select tries from posting.posting where id = @Id", unasked.Postings[0])).ShouldBe([0]);
    }

    [Fact]
    public async Task What_is_under_way_stands_in_its_claim_and_the_attempt_is_written_once_when_it_is_over()
    {
        await using var node = await Store.Join(CancellationToken.None);
        var batch = await Claim(node);
        (await _world.Count("posting.attempt")).ShouldBe(0);
        (await _world.Rows<(Guid, string, int, int)>("select id, kind, node, remaining from posting.claim")).ShouldBe([(batch.Claim, "send", node.Number, 3)]);
        var taken = _clock.GetUtcNow();
        await Ask(batch);
        _clock.Advance(TimeSpan.FromSeconds(2));
        await Record(batch, new DeliveryOutcome.NoAnswer("silence"));
        _clock.Advance(TimeSpan.FromSeconds(1));
        var asked = (await new Claims(Store, node.Number, _target, new LaneCompany()).ToLookUp(10, CancellationToken.None))!;
        await node.DisposeAsync();
        await Store.FreeDead(CancellationToken.None);

        // The second one is written by whoever looked after the dead.
        (await _world.Rows<(int, string, Guid, int, string, long)>(
            "select number, kind, batch, node, outcome, count(*) from posting.attempt group by 1, 2, 3, 4, 5 order by 1"))
            .ShouldBe([(1, "send", batch.Claim, node.Number, "accepted", 3), (2, "look-up", asked.Claim, node.Number, "crashed", 3)]);
        foreach (var (began, ended) in await _world.Rows<(DateTimeOffset, DateTimeOffset)>("select started_at, ended_at from posting.attempt where number = 1"))
        {
            began.ShouldBe(taken, TimeSpan.FromMilliseconds(1));
            ended.ShouldBe(taken + TimeSpan.FromSeconds(2), TimeSpan.FromMilliseconds(1));
        }
        (await _world.Count("posting.claim")).ShouldBe(0);
    }

    [Fact]
    public async Task Two_workers_do_not_ask_about_the_same_doubt_and_a_dead_one_s_question_is_asked_anew_at_once()
    {
        await using var other = await Store.Join(CancellationToken.None);
        await using (var node = await Store.Join(CancellationToken.None))
        {
            var batch = await Claim(node);
            await Ask(batch);
            await Record(batch, new DeliveryOutcome.NoAnswer("silence"));
            _clock.Advance(TimeSpan.FromSeconds(1));
            (await new Claims(Store, node.Number, _target, new LaneCompany()).ToLookUp(10, CancellationToken.None))!.Postings.Count.ShouldBe(3);
            (await new Claims(Store, other.Number, _target, new LaneCompany()).ToLookUp(10, CancellationToken.None)).ShouldBeNull();
        }
        (await Store.FreeDead(CancellationToken.None)).ShouldBe(3);
        (await new Claims(Store, other.Number, _target, new LaneCompany()).ToLookUp(10, CancellationToken.None))!.Postings.Count.ShouldBe(3);
    }

    [Fact]
    public async Task What_keeps_coming_back_without_a_result_travels_alone()
    {
        await using var node = await Store.Join(CancellationToken.None);
        await _world.Database.Execute("update posting.posting set tries = 3 where state = 'ready'");
        (await new Claims(Store, node.Number, _target, new LaneCompany()).ToSend(8, CancellationToken.None))!.Postings.Count.ShouldBe(1);
    }

    [Fact]
    public async Task A_node_whose_session_was_cut_knows_that_it_is_dead()
    {
        await using var node = await Store.Join(CancellationToken.None);
        await node.Prove(CancellationToken.None);
        await _world.Database.Execute("select pg_terminate_backend(pid) from pg_locks where locktype = 'advisory' and classid = 731 and pid <> pg_backend_pid()");
        await Eventually.True(
            async () =>
            {
                try
                {
                    await node.Prove(CancellationToken.None);
                    return false;
                }
                catch (NpgsqlException)
                {
                    return true;
                }
            },
            "the node learns it");
    }

    private async Task<ClaimedBatch> Claim(IPostingNode node) => (await new Claims(Store, node.Number, _target, new LaneCompany()).ToSend(10, CancellationToken.None))!;

    private Task<Guid> Ask(ClaimedBatch batch) =>
        new ExchangeLog(Store, _clock, batch.Claim, _target, batch.Postings.Count).Began("post", Encoding.UTF8.GetBytes("x"), CancellationToken.None);

    private Task Record(ClaimedBatch batch, DeliveryOutcome outcome) => Store.Record(
        batch.Claim, PostingState.Sending,
        [.. batch.Postings.Select(posting => new PostingResult(
            posting, PostingDecision.AfterSending(outcome, 1, _clock.GetUtcNow(), World.Policy, 0), outcome is DeliveryOutcome.Refused ? "refused" : "accepted", ""))]);

    private Task<IReadOnlyList<string>> States() => _world.Rows<string>("select state from posting.posting where currency = 'EUR' order by id");

    private async Task<string> State(ClaimedBatch batch) =>
        (await _world.Rows<string>("select state from posting.posting where id = @Id", batch.Postings[0])).ShouldHaveSingleItem();

    private sealed class SettableClock : TimeProvider
    {
        private DateTimeOffset _now = System.GetUtcNow();

        public void Advance(TimeSpan by) => _now += by;

        public override DateTimeOffset GetUtcNow() => _now;
    }
}
