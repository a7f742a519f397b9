using Npgsql;
using Tieout.Application.Invoicing;
using Tieout.Application.Posting;
using Tieout.Application.Settings;
using Tieout.Application.Tax;
using Tieout.Connectors.Port;
using Tieout.Domain;
using Tieout.Domain.Posting;
using Tieout.Domain.Tax;
using Tieout.Shell.Tests.Connectors.AvaTax;
using Tieout.Shell.Tests.Database;

namespace Tieout.Shell.Tests.Tax;

/// <summary>Finished invoices on their way to a tax engine, whose own ledger is the witness.</summary>
public sealed class CommitTaxesTests(PostgresFixture postgres) : IAsyncLifetime
{
    private static readonly PostingPolicy Policy = new(3, TimeSpan.FromMilliseconds(50), TimeSpan.FromMilliseconds(200), TimeSpan.FromSeconds(2));
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);
    private readonly List<ITaxEngine> _engines = [];
    private TestDatabase _database = null!;
    private AvaTaxWorld _world = null!;

    public async ValueTask InitializeAsync()
    {
        _database = await postgres.CreateDatabase();
        _world = await AvaTaxWorld.Start();
        await SampleData.Subscriptions(_database.Source, 6); // three American, three German ones
        // Texas: 6.25 % is what AvaTax computes there, as our books do.
        await _database.Execute(
            """
            update tax.rate set rate = 0.0625 where code = 'US-CA';
            insert into tax.profile (customer_id, country, region, postcode, business, changed_by, changed_at)
            select id, 'US', 'TX', '73301', false, 'test', now() from customers.customer where country = 'US'
            """);
        await new BillAccounts(_database.Source, TimeProvider.System).Run(new BillingRequest(new AccountingMonth(2026, 11), "test"), null, CancellationToken.None);
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var engine in _engines) await engine.DisposeAsync();
        await _world.DisposeAsync();
        await _database.DisposeAsync();
    }

    [Fact]
    public async Task Every_invoice_of_the_engine_s_legal_entities_is_kept_once_and_running_again_adds_nothing()
    {
        var summary = await Run();
        (summary.Staged, summary.Waiting).ShouldBe((3, 0L));
        summary.Counts.ShouldBe([new CommitmentCount("avatax-us", "committed", 3)]);
        (await Run()).Staged.ShouldBe(0);
        await AllKeptOnce();
        (await Count("posting.exchange where target = 'avatax-us' and operation = 'tax-commit' and status = 200")).ShouldBe(3);
    }

    [Theory]
    [InlineData("commit-then-silence")]
    [InlineData("server-fault")]
    [InlineData("malformed-answer")]
    [InlineData("timeout-before-commit")]
    public async Task A_lost_answer_is_asked_about_and_never_answered_by_telling_again_blindly(string fault)
    {
        await _world.Fault(fault, "tax-commit", count: 2);
        (await Run()).Waiting.ShouldBe(0);
        await AllKeptOnce();
        (await Count("tax.commitment where look_ups > 0")).ShouldBe(2);
    }

    [Fact]
    public async Task An_engine_that_is_still_at_work_after_our_time_out_keeps_it_once_too()
    {
        await _world.Fault("commit-late", "tax-commit", seconds: 1.4); // later than the time-out, sooner than absence is believed
        (await Run()).Waiting.ShouldBe(0);
        await AllKeptOnce();
    }

    [Fact]
    public async Task Throttling_costs_no_try_and_tells_a_person_until_it_is_over()
    {
        await _world.Fault("throttle-429", "tax-commit", count: 5, seconds: 1);
        await _world.Fault("token-expired", "tax-read", count: 1);
        (await Run()).Waiting.ShouldBe(0);
        await AllKeptOnce();
        (await Count("tax.commitment where tries > 1")).ShouldBe(0);
        (await Count("exceptions.exception_case where code = 'tax-engine-out-of-reach' and state = 'resolved'")).ShouldBe(1);
        (await Count("exceptions.exception_case where state = 'open'")).ShouldBe(0);
    }

    [Fact]
    public async Task A_refused_invoice_is_parked_with_its_case_and_goes_again_when_somebody_says_so()
    {
        await _world.Fault("client-fault", "tax-commit");
        var summary = await Run();
        summary.Counts.ShouldBe([new CommitmentCount("avatax-us", "committed", 2), new CommitmentCount("avatax-us", "parked", 1)]);
        var number = await _database.Scalar<string>("select number from tax.commitment where state = 'parked'");
        (await _database.Scalar<string>("select code || ' ' || subject_key from exceptions.exception_case where state = 'open'"))
            .ShouldBe($"tax-engine-refused avatax-us/{number}");

        (await Commit().Replay(number, "address corrected", CancellationToken.None)).ShouldBeTrue();
        (await Commit().Replay(number, "again", CancellationToken.None)).ShouldBeFalse();
        (await Run()).Waiting.ShouldBe(0);
        await AllKeptOnce();
        (await Count("exceptions.exception_case where state = 'open'")).ShouldBe(0);
    }

    [Fact]
    public async Task A_tax_that_the_engine_computes_otherwise_is_kept_as_invoiced_and_told()
    {
        await _database.Execute("update tax.profile set region = 'CA', postcode = '94105'");
        (await Run()).Counts.ShouldBe([new CommitmentCount("avatax-us", "committed", 3)]);
        (await Count("exceptions.exception_case where state = 'open' and code = 'tax-computed-otherwise'")).ShouldBe(3);
        await AllKeptOnce();
    }

    [Fact]
    public async Task Invoices_dated_before_the_first_day_are_not_told()
    {
        (await Run(from: new DateOnly(2026, 11, 2))).Counts.ShouldBeEmpty();
        (await _world.Ledger()).ShouldBeEmpty();
    }

    [Fact]
    public async Task Several_workers_tell_each_invoice_once()
    {
        await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Run()));
        await AllKeptOnce();
        (await Count("tax.commitment where attempts > 1")).ShouldBe(0);
    }

    [Fact]
    public async Task A_worker_that_slept_longer_than_its_lease_can_neither_send_nor_record()
    {
        var clock = new SettableClock();
        var route = Route();
        var queue = new Commitments(_database.Source, clock, route);
        await queue.Stage(CancellationToken.None);
        var claimed = (await queue.ToSend(CancellationToken.None))!;
        clock.Advance(Commitments.Lease(route) + TimeSpan.FromSeconds(1));
        await Should.ThrowAsync<ClaimLostException>(() => Log(claimed).Began("tax-commit", new byte[1], CancellationToken.None));
        (await queue.Recover(CancellationToken.None)).ShouldBe(1);
        (await States()).ShouldBe(["waiting", "waiting", "waiting"]); // nothing had gone on record, so nothing was told
        await queue.Record(claimed, CommitmentState.Sending, new PostingChange(PostingState.Posted, Document: new("x", "x")), "", true, null);
        (await States()).ShouldBe(["waiting", "waiting", "waiting"]);

        var again = (await queue.ToSend(CancellationToken.None))!;
        await Log(again).Began("tax-commit", new byte[1], CancellationToken.None);
        clock.Advance(Commitments.Lease(route) + TimeSpan.FromSeconds(1));
        await queue.Recover(CancellationToken.None);
        (await States()).ShouldBe(["in-doubt", "waiting", "waiting"]);

        CommitmentLog Log(ClaimedCommitment commitment) => new(_database.Source, clock, commitment.Claim, route);
    }

    [Fact]
    public async Task The_database_allows_the_same_moves_as_the_rules()
    {
        var states = Enum.GetValues<CommitmentState>();
        foreach (var from in states)
            foreach (var to in states.Where(other => other != from))
                (await _database.Scalar<bool>($"select tax.commitment_move_allowed('{Words.Of(from)}', '{Words.Of(to)}')")).ShouldBe(CommitmentMoves.Allowed(from, to), $"{from} to {to}");
    }

    [Theory]
    [InlineData("update tax.commitment set state = 'committed', engine_id = '1' where state = 'waiting'", "commitment_move")]
    [InlineData("update tax.commitment set state = 'sending' where state = 'waiting'", "commitment_sending_is_claimed")]
    [InlineData("delete from tax.commitment", "booked_is_booked")]
    [InlineData("insert into tax.commitment select gen_random_uuid(), billing_account_id, tenant, legal_entity_id, engine, number, month, currency, total, tax, 'waiting', 0, 0, 0, null, null, null, null, null, '', correlation_id, now(), now() from tax.commitment limit 1", "commitment_once")]
    public async Task The_database_refuses_it_too(string sql, string constraint)
    {
        await new Commitments(_database.Source, TimeProvider.System, Route()).Stage(CancellationToken.None);
        (await Should.ThrowAsync<PostgresException>(() => _database.Execute(sql))).ConstraintName.ShouldBe(constraint);
    }

    [Theory]
    [InlineData("password: secret", "must not stand in this file")]
    [InlineData("password: {env: NO_SUCH_VARIABLE_HERE}", "is not set")]
    [InlineData("password: {file: key}\n    colour: red", "unknown key")]
    [InlineData("password: {file: key}\n    absence-proof-seconds: 5", "shorter than 'timeout-seconds'")]
    public async Task A_wrong_setting_is_told_with_its_place_and_never_with_the_secret(string lines, string words)
    {
        using var folder = new TemporaryFolder();
        var path = await EngineFile(folder, lines);
        var message = Should.Throw<SettingsException>(() => TaxEngineFile.Read(path)).Message;
        message.ShouldContain(words);
        message.ShouldNotContain("very-secret");
    }

    [Fact]
    public async Task A_file_of_engines_reads_in()
    {
        using var folder = new TemporaryFolder();
        var engine = TaxEngineFile.Read(await EngineFile(folder, "password: {file: key}")).ShouldHaveSingleItem();
        (engine.Settings.Password, engine.Settings.Seller.Region, engine.From).ShouldBe(("very-secret", "CA", new DateOnly(2026, 11, 1)));
        engine.LegalEntities.ShouldBe(["US"]);
    }

    private static async Task<string> EngineFile(TemporaryFolder folder, string lines)
    {
        await File.WriteAllTextAsync(Path.Combine(folder.Path, "key"), "very-secret\n");
        var path = Path.Combine(folder.Path, "engines.yaml");
        await File.WriteAllTextAsync(path,
            $$"""
            tax-engines:
              - name: avatax-us
                system: avatax
                url: https://tax.example
                user: "2000000001"
                company: DEFAULT
                seller: {country: US, region: CA, postcode: "94105"}
                legal-entities: [US]
                from: 2026-11-01
                {{lines}}
            """);
        return path;
    }

    private TaxEngineRoute Route(DateOnly? from = null)
    {
        var engine = _world.Engine(TimeSpan.FromSeconds(1));
        _engines.Add(engine);
        return new TaxEngineRoute(_world.Settings(TimeSpan.FromSeconds(1)), engine, Policy, ["US"], from ?? new DateOnly(2026, 11, 1));
    }

    private CommitTaxes Commit(DateOnly? from = null) => new(_database.Source, TimeProvider.System, [Route(from)]);

    private Task<CommitSummary> Run(DateOnly? from = null) => Commit(from).Run(Patience, CancellationToken.None);

    // Version 1 of each: nothing was ever written over.
    private async Task AllKeptOnce()
    {
        var ledger = await _world.Ledger();
        ledger.Select(row => (row.Status, row.Version)).ShouldBe([("Committed", 1), ("Committed", 1), ("Committed", 1)]);
        ledger.Sum(row => row.Tax).ShouldBe(await _database.Scalar<decimal>("select sum(tax) from invoicing.invoice where currency = 'USD'"));
        (await Count("tax.commitment where state = 'committed' and engine_id is not null")).ShouldBe(3);
    }

    private async Task<IReadOnlyList<string>> States() =>
        (await _database.Scalar<string>("select string_agg(state, ' ' order by invoice_id) from tax.commitment")).Split(' ');

    private Task<long> Count(string from) => _database.Scalar<long>("select count(*) from " + from);

    private sealed class SettableClock : TimeProvider
    {
        private DateTimeOffset _now = System.GetUtcNow();

        public void Advance(TimeSpan by) => _now += by;

        public override DateTimeOffset GetUtcNow() => _now;
    }
}
