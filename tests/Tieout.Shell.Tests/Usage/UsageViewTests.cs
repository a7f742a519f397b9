using Tieout.Application.Database;
using Tieout.Application.Views;
using Tieout.Shell.Tests.Database;
using static Tieout.Shell.Tests.Usage.UsageWorld;

namespace Tieout.Shell.Tests.Usage;

/// <summary>From a summary to its events, from an event to its summaries, page by page; and out of a backup again.</summary>
public sealed class UsageViewTests(PostgresFixture postgres)
{
    [Fact]
    public async Task Pages_hold_every_row_once()
    {
        await using var world = await Start(postgres);
        await world.Send(Enumerable.Range(0, 23).Select(index => Event($"e{index}", changes: ("time", $"\"2026-11-{10 + (index % 5)}T10:00:00Z\""))));
        foreach (var batch in Enumerable.Range(0, 4)) await world.Send(Event($"x{batch}", changes: ("subject", "\"nobody\"")), Event($"y{batch}", "none"));
        await world.CatchUp();
        (await Pages(world, "/v1/usage/events?subscription=C-1&limit=4", "id")).ShouldBe(23);
        (await Pages(world, "/v1/usage/events?subscription=C-1&meter=calls&from=2026-11-11&until=2026-11-13&limit=3", "id")).ShouldBe(10);
        // Five days of calls, bytes, peak, region and users.
        (await Pages(world, "/v1/usage/summaries?subscription=C-1&limit=2", "meter")).ShouldBe(25);
        (await Pages(world, "/v1/usage/summaries?subscription=C-1&meter=bytes&limit=2", "day")).ShouldBe(5);
        (await Pages(world, "/v1/usage/batches?limit=2", "no")).ShouldBe(5);
        (await Pages(world, "/v1/usage/refused?limit=3", "id")).ShouldBe(8);
        (await Pages(world, "/v1/usage/refused?limit=3&code=unknown-meter", "id")).ShouldBe(4);
    }

    [Theory]
    [InlineData("/v1/usage/events", "bad-filter")]
    [InlineData("/v1/usage/events?subscription=C-1&from=november", "bad-filter")]
    [InlineData("/v1/usage/events?subscription=C-1&after=zz", "bad-page-token")]
    [InlineData("/v1/usage/summaries?subscription=C-1&limit=0", "bad-filter")]
    [InlineData("/v1/usage/refused?batch=first", "bad-filter")]
    public async Task What_cannot_be_asked_is_refused(string path, string code)
    {
        await using var world = await Start(postgres);
        (await world.Code(await world.Client.GetAsync(path), 400)).ShouldBe(code);
    }

    [Fact]
    public async Task An_event_leads_to_its_summaries_and_a_summary_to_its_events()
    {
        await using var world = await Start(postgres);
        await world.Send(Event("call-1", data: """{"bytes":5,"user":"u","region":"eu"}"""), Event("call-2", data: """{"bytes":7,"user":"u","region":"us"}"""));
        (await Story(world, "call-1")).Answer.ShouldContain("waits to be summed up");
        await world.CatchUp();
        var story = await Story(world, "call-1");
        story.Id.ShouldBe("/gate call-1");
        story.Steps.Count(step => step.Kind == StepKind.UsageSummary).ShouldBe(5);
        story.Steps.Select(step => step.Kind).ShouldContain(StepKind.Subscription);
        var behind = await world.Get("""/v1/usage/events?subscription=C-1&meter=regions&group=["eu"]&from=2026-11-10&until=2026-11-11""");
        behind.GetProperty("rows").EnumerateArray().ShouldHaveSingleItem().GetProperty("id").GetString().ShouldBe("call-1");

        await world.Send(Event("call-3", data: """{"bytes":6,"user":"u"}""", changes: ("supersedes", "\"call-1\"")));
        (await Story(world, "call-1")).Answer.ShouldContain("no longer counts");
        (await Story(world, "call-3")).Steps.Single(step => step.Kind == StepKind.UsageEvent).Facts.ShouldContain(new Fact("Replaces", "/gate call-1", IsId: true));
    }

    [Fact]
    public async Task Two_events_of_one_id_are_told_apart_by_their_source()
    {
        await using var world = await Start(postgres);
        await world.Send(Event("same"), Event("same", changes: ("source", "\"/other\"")));
        var found = await Timeline(world, "same");
        found.Story.ShouldBeNull();
        found.Candidates.Select(candidate => candidate.Id).Order().ShouldBe(["/gate same", "/other same"]);
        (await Story(world, "/other same")).Id.ShouldBe("/other same");
    }

    [Fact]
    public async Task A_backup_brings_the_whole_ledger_back()
    {
        await using var world = await Start(postgres);
        await world.Send(Event("a"), Event("b", "nodes", """{"n":3}"""), Event("c", "payment", """{"amount":"1.25"}"""), Event("d", "none"));
        await world.CatchUp();
        await world.Send(Event("e", changes: ("supersedes", "\"a\"")));
        using var folder = new TemporaryFolder();
        await Backup.Write(world.Database.Source, folder["ledger.zip"], CancellationToken.None);
        await using var other = await postgres.CreateEmptyDatabase();
        await Restore.Run(other.Source, folder["ledger.zip"], replace: false, Migrations.Shipped, CancellationToken.None);
        foreach (var table in new[] { "meter", "source", "event_type", "batch", "event", "replaced", "refused", "summary", "point", "unique_key", "touched" })
            (await other.Scalar<string>($"select md5(string_agg(x::text, ';' order by x::text)) from usage.{table} x"))
                .ShouldBe(await world.Database.Scalar<string>($"select md5(string_agg(x::text, ';' order by x::text)) from usage.{table} x"), table);
    }

    private static async Task<Timeline> Timeline(UsageWorld world, string id) =>
        await new ReadTimeline(world.Database.Source, new FindInvoices(world.Database.Source)).Run(id, CancellationToken.None);

    private static async Task<Story> Story(UsageWorld world, string id) => (await Timeline(world, id)).Story.ShouldNotBeNull();

    private static async Task<int> Pages(UsageWorld world, string path, string key)
    {
        var rows = new List<string>();
        for (string? after = ""; after is not null;)
        {
            var page = await world.Get(path + (after.Length > 0 ? "&after=" + after : ""));
            rows.AddRange(page.GetProperty("rows").EnumerateArray().Select(row => row.ToString()));
            foreach (var row in page.GetProperty("rows").EnumerateArray()) row.TryGetProperty(key, out _).ShouldBeTrue(row.ToString());
            after = page.GetProperty("next").GetString();
        }
        rows.ShouldBeUnique();
        return rows.Count;
    }
}
