using System.Globalization;
using Tieout.Application.Posting;
using Tieout.Application.Posting.Postgres;
using Tieout.Shell.Tests.Database;

namespace Tieout.Shell.Tests.Posting;

/// <summary>What the simulation has found about clocks and numbers, on the real database.</summary>
public sealed class OtherClockTests(PostgresFixture postgres)
{
    private static readonly TimeSpan Near = TimeSpan.FromMinutes(1);

    [Theory]
    [InlineData(-60)]
    [InlineData(60)]
    public async Task A_machine_whose_clock_is_wrong_goes_by_the_database_s(int minutes)
    {
        await using var world = await Ready();
        var store = new PostgresPosting(world.Database.Source, new DatabaseClock(new OffClock { By = TimeSpan.FromMinutes(minutes) }));
        await using var node = await store.Join(default);
        store.Now.ShouldBe(TimeProvider.System.GetUtcNow(), Near);
        var target = world.Targets()[1];
        var batch = (await store.ClaimToSend(target, node.Number, 0, 10, default))!;
        (await store.BeginExchange(new ExchangeStart(batch.Claim, target, batch.Postings.Count, "post", "x"u8.ToArray()), default)).ShouldNotBeNull();
        foreach (var sentAt in await world.Rows<DateTimeOffset>("select sent_at from posting.posting where state = 'sending'"))
            sentAt.ShouldBe(TimeProvider.System.GetUtcNow(), Near);
    }

    [Theory]
    [InlineData(31)]
    [InlineData(-600)] // set back while it slept
    public async Task A_worker_that_was_stopped_between_the_permission_and_the_sending_does_not_send_and_leaves_a_doubt(int seconds)
    {
        await using var world = await Ready();
        var store = new PostgresPosting(world.Database.Source, TimeProvider.System);
        await using var node = await store.Join(default);
        var target = world.Targets()[1];
        var batch = (await store.ClaimToSend(target, node.Number, 0, 10, default))!;
        var asleep = new OffClock { Jump = TimeSpan.FromSeconds(seconds) };
        await Should.ThrowAsync<ClaimLostException>(
            () => new ExchangeLog(store, asleep, batch.Claim, target, batch.Postings.Count).Began("post", "x"u8.ToArray(), default));
        (await store.Release(batch.Claim, target.Name)).ShouldBe(2);
        (await world.Count("posting.posting where state = 'in-doubt'")).ShouldBe(2);
    }

    [Fact]
    public async Task A_number_whose_owner_lives_on_is_left_to_it()
    {
        await using var world = await World.Start(postgres, 2);
        var store = new PostgresPosting(world.Database.Source, TimeProvider.System);
        await using var first = await store.Join(default);
        // As after a restore: the numbers come again.
        await world.Database.Execute(string.Create(CultureInfo.InvariantCulture,
            $"delete from posting.node; alter table posting.node alter column number restart with {first.Number}"));
        await using var second = await store.Join(default);
        second.Number.ShouldBe(first.Number + 1);
    }

    private async Task<World> Ready()
    {
        var world = await World.Start(postgres, 4);
        await world.Database.Execute(
            """
            insert into posting.target_version (target, version, system, rules) values ('sap-de', 'rules-1', 'sap-s4hana', '{}');
            update posting.posting set state = 'ready', target = 'sap-de' where currency = 'EUR';
            """);
        return world;
    }

    private sealed class OffClock : TimeProvider
    {
        private int _asked;

        public TimeSpan By { get; init; }

        /// <summary>It is set by so much after it was first asked.</summary>
        public TimeSpan Jump { get; init; }

        public override DateTimeOffset GetUtcNow() => System.GetUtcNow() + By + (_asked++ > 0 ? Jump : TimeSpan.Zero);
    }
}
