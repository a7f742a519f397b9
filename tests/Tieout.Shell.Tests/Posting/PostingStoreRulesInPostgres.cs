using System.Text.Json;
using Npgsql;
using Tieout.Application.Mapping;
using Tieout.Application.Posting;
using Tieout.Application.Posting.Postgres;
using Tieout.Domain;
using Tieout.Domain.Posting;
using Tieout.Shell.Tests.Database;

namespace Tieout.Shell.Tests.Posting;

/// <summary>The rules of the store, in PostgreSQL.</summary>
public sealed class PostingStoreRulesInPostgres(PostgresFixture postgres) : PostingStoreRules
{
    internal override async Task<StoreWorld> Start()
    {
        var world = await World.Start(postgres, 6);
        // The other company's are somebody else's business here.
        await world.Database.Execute(
            "update posting.posting set state = 'parked' where currency <> 'EUR'; update posting.posting set state = 'cancelled' where currency <> 'EUR'");
        return new InPostgres(world, await world.Rows<string>("select business_key from posting.posting where currency = 'EUR' order by id"));
    }

    private sealed class InPostgres : StoreWorld
    {
        private readonly World _world;
        private readonly SteppingClock _clock = new();
        private DateOnly _month = World.Month.FirstDay;

        public InPostgres(World world, IReadOnlyList<string> keys)
        {
            (_world, Keys, Target) = (world, keys, world.Targets()[1]);
            Store = new PostgresPosting(world.Database.Source, _clock);
        }

        public override IPostingStore Store { get; }

        public override DeliveryTarget Target { get; }

        public override IReadOnlyList<string> Keys { get; }

        public override void Advance(TimeSpan by) => _clock.Advance(by);

        public override Task<string> Credit(string invoice) => _world.Credit(invoice);

        public override async Task<string> Next(string invoice)
        {
            var month = new AccountingMonth(_month.AddMonths(1).Year, _month.AddMonths(1).Month);
            _month = month.FirstDay;
            await _world.Bill(month);
            // Of all others nothing comes.
            await _world.Database.Execute(
                $"""
                update posting.posting set state = 'cancelled' where state = 'staged' and month = '{_month:yyyy-MM-dd}'
                  and billing_account_id <> (select billing_account_id from posting.posting where business_key = '{invoice}')
                """);
            return (await _world.Rows<string>("select business_key from posting.posting where state = 'staged' order by id desc limit 1"))[0];
        }

        public override Task Restored() => _world.Database.Execute(
            FormattableString.Invariant($"insert into posting.restored (at) values ('{_clock.GetUtcNow():O}')"));

        public override async Task<DeliveryTarget> Another()
        {
            await _world.Database.Execute("insert into mapping.configured (target, version, legal_entities, at) values ('another', 'rules-1', '{}', now())");
            return Target with { Settings = Target.Settings with { Name = "another" } };
        }

        public override async Task<IAsyncDisposable> Hold(string key)
        {
            var connection = await _world.Database.Source.OpenConnectionAsync();
            await connection.BeginTransactionAsync();
            await using var hold = new NpgsqlCommand("select id from posting.posting where business_key = $1 for update", connection);
            hold.Parameters.Add(new() { Value = key });
            await hold.ExecuteScalarAsync();
            return connection; // disposed of, its transaction ends
        }

        public override Task Move(string key, PostingState state) =>
            _world.Database.Execute($"update posting.posting set state = '{Words.Of(state)}' where business_key = '{key}'");

        public override Task<IReadOnlyList<(Guid Id, string Key, string Code)>> OpenCases() =>
            _world.Rows<(Guid, string, string)>("select id, subject_key, code from exceptions.exception_case where state = 'open' and subject_kind = 'posting'");

        public override async Task Publish(MappingSubject subject, string document)
        {
            var versions = new MappingVersions(_world.Database.Source, TimeProvider.System);
            using var parsed = JsonDocument.Parse(document);
            (await versions.PutDraft(subject, parsed.RootElement, default)).ShouldBeOfType<MappingOutcome.Done>();
            (await versions.Publish(subject, "mara", "", default)).ShouldBeOfType<MappingOutcome.Done>();
        }

        public override ValueTask DisposeAsync() => _world.DisposeAsync();
    }

    private sealed class SteppingClock : TimeProvider
    {
        private DateTimeOffset _now = System.GetUtcNow();

        public void Advance(TimeSpan by) => _now += by;

        public override DateTimeOffset GetUtcNow() => _now;
    }
}
