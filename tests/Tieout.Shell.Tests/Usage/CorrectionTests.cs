using Tieout.Shell.Tests.Database;
using static Tieout.Shell.Tests.Usage.UsageWorld;

namespace Tieout.Shell.Tests.Usage;

/// <summary>Events that take others back: the first stays, and no longer counts.</summary>
public sealed class CorrectionTests(PostgresFixture postgres) : IAsyncLifetime
{
    private UsageWorld world = null!;

    public async ValueTask InitializeAsync() => world = await Start(postgres);

    public ValueTask DisposeAsync() => world.DisposeAsync();

    [Theory]
    [InlineData(false)]
    [InlineData(true)]   // summed up between, or not
    public async Task A_new_event_supersedes_an_earlier_one(bool between)
    {
        await world.Send(Event("a", data: """{"bytes":100,"user":"ann"}"""), Event("b", data: """{"bytes":30,"user":"bob"}"""));
        if (between) await world.CatchUp();
        (await world.Send(Event("c", data: """{"bytes":40,"user":"bob"}""", changes: ("supersedes", "\"a\"")))).Accepted.ShouldBe(1);
        await world.CatchUp();
        (await world.Value("calls")).ShouldBe(2m);
        (await world.Value("bytes")).ShouldBe(70m);
        (await world.Value("peak")).ShouldBe(40m);
        (await world.Value("users")).ShouldBe(1m);
        (await world.Database.Scalar<long>("select count(*) from usage.event")).ShouldBe(3);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_voided_level_was_never_set(bool between)
    {
        await world.Send(Of("n1", "nodes", 4, "08:00"), Of("n2", "nodes", 9, "12:00"), Of("s1", "seats", 5, "08:00"), Of("s2", "seats", 6, "09:00"));
        if (between) await world.CatchUp();
        await world.Send(Event("v1", "anything", "{}", ("voids", "\"n2\"")), Event("v2", "anything", "{}", ("voids", "\"s2\"")));
        await world.CatchUp();
        (await world.Value("nodes")).ShouldBe(0m); // one event: nothing between first and last
        (await world.Value("seats")).ShouldBe(5m);
        (await world.Database.Scalar<decimal>("select closing from usage.day_value where meter = 'nodes'")).ShouldBe(4m);
        (await world.Database.Scalar<long>("select count(*) from usage.point where event_id in ('n2', 's2')")).ShouldBe(0);
    }

    [Fact]
    public async Task What_is_voided_leaves_a_day_without_usage_and_marks_it_for_billing()
    {
        await world.Send(Event("a"));
        await world.CatchUp();
        await world.Database.Execute("delete from usage.touched");
        await world.Send(Event("v", "anything", "{}", ("voids", "\"a\""), ("time", "\"2026-11-19T00:00:00Z\"")));
        await world.CatchUp();
        foreach (var meter in new[] { "calls", "bytes", "peak", "users" }) (await world.Value(meter)).ShouldBe(0m);
        // The day that changed is the voided event's, not the day of the voiding.
        (await world.Database.Scalar<string>("select from_day::text from usage.touched")).ShouldBe("2026-11-10");
    }

    [Fact]
    public async Task A_correction_is_corrected_by_naming_it()
    {
        await world.Send(Sized("a", 1), Sized("b", 10, "a"), Sized("c", 100, "b"));
        await world.CatchUp();
        (await world.Value("bytes")).ShouldBe(100m);
        (await world.Send(Sized("d", 1000, "a"))).Refused.ShouldBe([(0, "already-superseded")]);
        (await world.Send(Sized("e", 1000, "nothing"))).Refused.ShouldBe([(0, "unknown-superseded")]);
        (await world.Send(Event("f", changes: [("supersedes", "\"c\""), ("subject", "\"C-2\"")]))).Refused.ShouldBe([(0, "other-subject")]);
        (await world.Send(Sized("b", 10, "a"))).Duplicate.ShouldBe(1);
        await world.CatchUp();
        (await world.Value("bytes")).ShouldBe(100m);
    }

    [Fact]
    public async Task An_event_of_another_source_is_named_with_its_source()
    {
        await world.Send(Event("a"));
        (await world.Send(Event("b", changes: [("source", "\"/other\""), ("supersedes", "\"a\"")]))).Refused.ShouldBe([(0, "unknown-superseded")]);
        (await world.Send(Event("b", changes: [("source", "\"/other\""), ("supersedes", "\"a\""), ("supersedessource", "\"/gate\"")]))).Accepted.ShouldBe(1);
    }

    [Fact]
    public async Task Of_many_who_correct_the_same_event_at_once_one_does()
    {
        await world.Send(Sized("a", 1));
        var answers = await Task.WhenAll(Enumerable.Range(0, 8).Select(sender => world.Send(Sized($"x{sender}", 10 + sender, "a"))));
        answers.Sum(answer => answer.Accepted).ShouldBe(1);
        answers.SelectMany(answer => answer.Refused).Count(one => one.Code == "already-superseded").ShouldBe(7);
        (await world.Database.Scalar<long>("select count(*) from usage.replaced")).ShouldBe(1);
    }

    [Fact]
    public async Task A_refused_correction_leaves_the_first_event_as_it_was()
    {
        await world.Send(Sized("a", 1));
        (await world.Send(Event("b", data: """{"bytes":"x","user":"u"}""", changes: ("supersedes", "\"a\"")))).Refused.ShouldBe([(0, "bad-number")]);
        // One that is refused because its id is taken by another content.
        await world.Send(Sized("c", 5));
        (await world.Send(Sized("c", 6, "a"))).Refused.ShouldBe([(0, "event-conflict")]);
        (await world.Database.Scalar<long>("select count(*) from usage.replaced")).ShouldBe(0);
        await world.CatchUp();
        (await world.Value("bytes")).ShouldBe(6m);
    }

    [Fact]
    public async Task A_correction_that_is_summed_up_first_waits_for_what_it_corrects()
    {
        await world.Send(Sized("a", 50));
        await using var other = await world.Database.Source.OpenConnectionAsync();
        await using var transaction = await other.BeginTransactionAsync();
        // Another node is at the first batch.
        await using (var claim = new Npgsql.NpgsqlCommand("select no from usage.batch for update", other)) await claim.ExecuteNonQueryAsync();
        await world.Send(Sized("b", 7, "a"));
        await using (var connection = await world.Database.Source.OpenConnectionAsync())
            (await Tieout.Application.Usage.UsageSummaries.Summarise(connection, TimeProvider.System, CancellationToken.None)).ShouldBe(0);
        await transaction.RollbackAsync();
        await world.CatchUp();
        (await world.Value("bytes")).ShouldBe(7m);
        (await world.Value("peak")).ShouldBe(7m);
    }

    private static string Sized(string id, int bytes, string? supersedes = null) => Event(
        id, data: $$"""{"bytes":{{bytes}},"user":"u"}""", changes: ("supersedes", supersedes is null ? null : $"\"{supersedes}\""));

    private static string Of(string id, string type, int number, string time) =>
        Event(id, type, $$"""{"n":{{number}}}""", ("time", $"\"2026-11-10T{time}:00Z\""));
}
