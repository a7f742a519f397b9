using System.Globalization;
using Npgsql;
using Tieout.Application.Usage;
using Tieout.Domain;
using Tieout.Domain.Usage;
using Tieout.Shell.Tests.Database;
using static Tieout.Shell.Tests.Usage.UsageWorld;

namespace Tieout.Shell.Tests.Usage;

/// <summary>From accepted events to what billing reads: whatever the order, the cuts, the nodes and the deaths between.</summary>
public sealed class LedgerTests(PostgresFixture postgres)
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    public async Task Order_cuts_and_replays_change_no_summary(int seed)
    {
        var random = new Random(seed);
        var events = Sample(random, 400);
        await using var whole = await Start(postgres);
        (await whole.Send(events)).Accepted.ShouldBe(events.Length);
        await whole.CatchUp();

        await using var cut = await Start(postgres);
        random.Shuffle(events);
        for (var at = 0; at < events.Length;)
        {
            var part = events.Skip(at).Take(random.Next(1, 60)).ToArray();
            // Sometimes with events that came before, and summed up at any moment.
            await cut.Send(part.Concat(events.Take(random.Next(0, at + 1)).Take(20)));
            if (random.Next(3) == 0) await cut.CatchUp();
            at += part.Length;
        }
        await cut.CatchUp();
        var expected = await whole.Summaries();
        (await cut.Summaries()).ShouldBe(expected);
        expected.Split('\n').Length.ShouldBeGreaterThan(50);

        (await cut.Send(events)).Duplicate.ShouldBe(events.Length);
        await cut.CatchUp();
        (await cut.Summaries()).ShouldBe(expected);
    }

    [Theory]
    [InlineData(11)]
    [InlineData(12)]
    public async Task Days_are_what_their_events_come_to(int seed)
    {
        var events = Sample(new Random(seed), 300);
        await using var world = await Start(postgres);
        await world.Send(events);
        await world.CatchUp();
        // The same figures, from the events themselves and by other means.
        (await world.Database.Scalar<long>(
            """
            with one as (
              select e.subscription_id, e.day, m.code, m.aggregation, coalesce(x.g, '') as g, e.at, source.name, e.id, x.amount, x.u
              from usage.event e
              join usage.source source on source.no = e.source_no
              cross join lateral unnest(e.meters, e.amounts, e.group_keys, e.unique_keys) as x (no, amount, g, u)
              join usage.meter m on m.no = x.no),
            day as (
              select subscription_id, day, code, g,
                     case aggregation when 'count' then count(*) when 'sum' then sum(amount) when 'max' then max(amount)
                       when 'unique-count' then count(distinct u)
                       when 'latest' then (array_agg(amount order by at desc, name collate "C" desc, id collate "C" desc))[1] end as value
              from one group by subscription_id, day, code, g, aggregation)
            select count(*) from day full join usage.day_value v on v.subscription_id = day.subscription_id and v.day = day.day
              and v.meter = day.code and v.group_key = day.g
            where day.code not in ('nodes', 'hours') and day.value is distinct from v.value
            """)).ShouldBe(0);
    }

    [Fact]
    public async Task Billing_reads_days_levels_uniques_and_transactions()
    {
        await using var world = await Start(postgres);
        await world.Send(
            At("n1", "nodes", "2026-10-20T00:00:00Z", """{"n":4}"""), At("n2", "nodes", "2026-11-16T00:00:00Z", """{"n":10}"""),
            At("u1", "call", "2026-11-01T00:00:00Z", """{"bytes":5,"user":"ann","region":"eu"}"""),
            At("u2", "call", "2026-11-02T00:00:00Z", """{"bytes":7,"user":"ann","region":"us"}"""),
            At("p2", "payment", "2026-11-03T09:00:00Z", """{"amount":"19.99"}"""), At("p1", "payment", "2026-11-03T08:00:00Z", """{"amount":"5.01"}"""));
        await world.CatchUp();
        var account = await world.Database.Scalar<Guid>("select billing_account_id from subscriptions.subscription where code = 'C-1'");
        await using var connection = await world.Database.Source.OpenConnectionAsync();
        var usage = await UsageForBilling.Load(connection, [account], new DateOnly(2026, 11, 1), new DateOnly(2026, 12, 1), CancellationToken.None);
        var november = new ServicePeriod(new DateOnly(2026, 11, 1), new DateOnly(2026, 12, 1));
        decimal Quantity(string meter, string group = "") =>
            UsageOfPeriod.Combine(usage.Single(one => one.Meter == meter && one.GroupKey == group), november, TimeZoneInfo.Utc);

        Quantity("calls").ShouldBe(2m);
        Quantity("bytes").ShouldBe(12m);
        Quantity("peak").ShouldBe(7m);
        Quantity("users").ShouldBe(1m); // one person on two days
        Quantity("regions", """["eu"]""").ShouldBe(5m);
        Quantity("nodes").ShouldBe(7m); // 4 in the first half, 10 in the second
        Quantity("hours").ShouldBe(7m * 30 * 24);
        Quantity("paid").ShouldBe(25m);
        usage.Single(one => one.Meter == "nodes").CarriedIn.ShouldBe(4m);
        usage.Single(one => one.Meter == "paid").Transactions.Select(one => (one.EventId, one.Amount)).ShouldBe([("p1", 5.01m), ("p2", 19.99m)]);

        // A month in which nothing happened still has its level.
        var december = await UsageForBilling.Load(connection, account, account, new DateOnly(2026, 12, 1), new DateOnly(2027, 1, 1), CancellationToken.None);
        december.Select(one => one.Meter).ShouldBe(["hours", "nodes"]);
        december.ShouldAllBe(one => one.CarriedIn == 10m && one.Days.Count == 0);
    }

    [Fact]
    public async Task Usage_falls_on_the_days_of_its_accounts_zone()
    {
        await using var world = await Start(postgres);
        (await Zone(world, "C-1", "Europe/Berlin")).ShouldBe(TimeZoneOutcome.Set);
        await world.Send(At("a", "call", "2026-11-09T23:30:00Z", """{"bytes":1,"user":"u"}"""));
        (await Zone(world, "C-1", "UTC")).ShouldBe(TimeZoneOutcome.HasUsage);
        (await Zone(world, "C-2", "Europe/Berln")).ShouldBe(TimeZoneOutcome.UnknownZone);
        (await Zone(world, "nobody", "UTC")).ShouldBe(TimeZoneOutcome.UnknownAccount);
        (await world.Value("calls", "2026-11-10")).ShouldBe(1m);
    }

    [Fact]
    public async Task Every_change_of_a_summary_is_marked_for_billing_with_its_first_day()
    {
        await using var world = await Start(postgres);
        await world.Send(At("a", "call", "2026-11-10T00:00:00Z", """{"bytes":1,"user":"u"}"""));
        await world.CatchUp();
        var first = await world.Database.Scalar<Guid>("select id from usage.touched");
        await world.Send(At("b", "call", "2026-02-03T00:00:00Z", """{"bytes":1,"user":"u"}"""));
        await world.CatchUp();
        (await world.Database.Scalar<string>("select from_day::text from usage.touched")).ShouldBe("2026-02-03");
        // Billing that read the first row does not take away what came after it.
        await world.Database.Execute($"delete from usage.touched where id = '{first}'");
        (await world.Database.Scalar<long>("select count(*) from usage.touched")).ShouldBe(1);
    }

    [Fact]
    public async Task What_was_accepted_before_a_death_is_summed_up_after_it()
    {
        await using var world = await Start(postgres);
        await world.Send(Enumerable.Range(0, 50).Select(index => Event($"e{index}")));
        await using (var dying = new NpgsqlConnection(new NpgsqlConnectionStringBuilder(world.Database.ConnectionString) { Pooling = false }.ConnectionString))
        {
            await dying.OpenAsync();
            await using var transaction = await dying.BeginTransactionAsync();
            // As far as a node gets before it is killed.
            foreach (var sql in new[] { SummarySql.Claim, SummarySql.Add, SummarySql.Touch, SummarySql.Done })
            {
                await using var command = new NpgsqlCommand(sql, dying)
                {
                    Parameters = { new("limit", 10), new("batches", new[] { await world.Database.Scalar<long>("select max(no) from usage.batch") }), new("now", Now) },
                };
                await command.ExecuteNonQueryAsync();
            }
        }
        (await world.Database.Scalar<long>("select count(*) from usage.summary")).ShouldBe(0);
        await world.CatchUp();
        (await world.Value("calls")).ShouldBe(50m);
        await world.CatchUp();
        (await world.Value("calls")).ShouldBe(50m);
    }

    [Fact]
    public async Task Many_nodes_sum_up_at_once_and_nothing_twice()
    {
        await using var world = await Start(postgres);
        var events = Sample(new Random(77), 600);
        await using var alone = await Start(postgres);
        await alone.Send(events);
        await alone.CatchUp();

        var sending = Task.WhenAll(events.Chunk(20).Select(part => world.Send(part)));
        var summing = Task.WhenAll(Enumerable.Range(0, 6).Select(async _ =>
        {
            while (!sending.IsCompleted) await world.CatchUp();
        }));
        await sending;
        await summing;
        await world.CatchUp();
        (await world.Summaries()).ShouldBe(await alone.Summaries());
        (await world.Database.Scalar<long>("select count(*) from usage.batch where summarised_at is null")).ShouldBe(0);
    }

    [Fact]
    public async Task Whoever_catches_up_waits_for_what_another_node_is_at()
    {
        await using var world = await Start(postgres);
        await world.Send(Event("a"));
        await using var other = await world.Database.Source.OpenConnectionAsync();
        await using var transaction = await other.BeginTransactionAsync();
        await using (var claim = new NpgsqlCommand("select no from usage.batch for update", other)) await claim.ExecuteNonQueryAsync();
        var catching = world.CatchUp();
        await Eventually.True(
            async () => await world.Database.Scalar<long>("select count(*) from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'") > 0,
            "it waits for the row");
        catching.IsCompleted.ShouldBeFalse();
        await transaction.RollbackAsync();
        await catching;
        (await world.Value("calls")).ShouldBe(1m);
    }

    private static Task<TimeZoneOutcome> Zone(UsageWorld world, string account, string zone) =>
        new AccountTimeZone(world.Database.Source, new Clock()).Set(account, zone, CancellationToken.None);

    private static string At(string id, string type, string time, string data, string subject = "C-1") =>
        Event(id, type, data, ("time", $"\"{time}\""), ("subject", $"\"{subject}\""));

    /// <summary>Events of all meters over two weeks, several at the same instant, a few of them corrected in whatever order they come.</summary>
    private static string[] Sample(Random random, int count) =>
    [
        .. Enumerable.Range(0, count).Select(index =>
        {
            var at = new DateTimeOffset(2026, 11, 1, 0, 0, 0, TimeSpan.Zero).AddMinutes(random.Next(14 * 24 * 6) * 10);
            var type = new[] { "call", "seats", "nodes", "payment" }[random.Next(4)];
            var number = (random.Next(0, 100_000) / 100m).ToString(CultureInfo.InvariantCulture);
            var data = type switch
            {
                "call" => $$"""{"bytes":{{number}},"user":"u{{random.Next(12)}}","region":"{{(random.Next(2) == 0 ? "eu" : "us")}}"}""",
                "payment" => $$"""{"amount":"{{number}}"}""",
                _ => $$"""{"n":{{random.Next(0, 50)}}}""",
            };
            return Event($"e{index}", type, data, ("time", $"\"{at:yyyy-MM-ddTHH:mm:ssZ}\""), ("subject", $"\"C-{random.Next(1, 4)}\""),
                ("source", $"\"/gate/{random.Next(3)}\""));
        }),
    ];
}
