using System.Net.Http.Json;
using System.Text.Json;
using Tieout.Application.Views.Timelines;
using Tieout.Shell.Tests.Database;

namespace Tieout.Shell.Tests.Api;

public sealed class TimelineTests(PostgresFixture postgres) : IAsyncLifetime
{
    private ApiHost host = null!;

    public async ValueTask InitializeAsync() => host = await SeededHost.Start(postgres);

    public ValueTask DisposeAsync() => host.DisposeAsync();

    [Fact]
    public async Task Every_id_of_a_transaction_leads_to_the_same_story()
    {
        string[] ids =
        [
            Seed.Proved,
            "de-2026-0000001",
            "1900000001",
            "1000/1900000001/2026",
            await Scalar("select id::text from invoicing.invoice where number = 'DE-2026-0000001'"),
            await Scalar("select correlation_id::text from invoicing.invoice where number = 'DE-2026-0000001'"),
            await Scalar("select id::text from posting.posting where business_key = 'DE-2026-0000001'"),
            await Scalar("select e.id::text from ledger.journal_entry e join invoicing.invoice i on i.id = e.source_id where number = 'DE-2026-0000001'"),
        ];
        var stories = new HashSet<string>(StringComparer.Ordinal);
        foreach (var id in ids) stories.Add((await Get(id)).GetProperty("story").GetRawText());
        stories.Count.ShouldBe(1);
    }

    [Fact]
    public async Task A_proved_invoice_is_told_from_its_row_to_its_verdict()
    {
        var story = (await Get(Seed.Proved)).GetProperty("story");
        Kinds(story).ShouldBe(
        [
            "source done", "customer done", "billing-account done", "subscription done", "charges done", "invoice done",
            "journal-entry done", "posting done", "attempt done", "erp-document done", "tie-out done",
        ]);
        story.GetProperty("answer").GetString()!.ShouldContain("both books agree");
        Step(story, "attempt").GetProperty("exchanges")[0].GetProperty("request").GetProperty("text").GetString()!
            .ShouldContain("<DocumentReferenceID>DE-2026-0000001</DocumentReferenceID>");
    }

    [Fact]
    public async Task What_has_not_happened_yet_stands_as_a_gap()
    {
        var story = (await Get("US-2026-0000029")).GetProperty("story"); // staged
        Kinds(story).ShouldContain("posting gap");
        Kinds(story).ShouldContain("erp-document gap");
        Kinds(story).ShouldContain("tie-out gap");
        story.GetProperty("answer").GetString()!.ShouldContain("not in an ERP yet");
    }

    [Fact]
    public async Task A_break_is_told_with_its_exception()
    {
        var story = (await Get("US-2026-0000012")).GetProperty("story");
        Kinds(story).ShouldContain("tie-out trouble");
        Kinds(story).ShouldContain("exception trouble");
        story.GetProperty("answer").GetString()!.ShouldContain("522.00 in the ERP");
    }

    [Fact]
    public async Task An_exception_leads_to_the_invoice_it_stopped() =>
        (await Get("019a0000-0000-7000-8000-000000000006")).GetProperty("story").GetProperty("id").GetString().ShouldBe(Seed.Parked);

    [Fact]
    public async Task An_id_of_several_transactions_gives_them_to_choose_from()
    {
        var found = await Get("C-1001");
        found.GetProperty("story").ValueKind.ShouldBe(JsonValueKind.Null);
        found.GetProperty("candidates").EnumerateArray().Select(row => row.GetProperty("id").GetString())
            .ShouldBe(["US-2026-0000021", "US-2026-0000011", "US-2026-0000001"]);
    }

    [Fact]
    public async Task One_number_in_two_erps_is_never_guessed()
    {
        var found = await Get("2026/00012");
        found.GetProperty("candidates").GetArrayLength().ShouldBe(2);
    }

    [Fact]
    public async Task A_refused_row_says_why()
    {
        var run = await Scalar("select run_id::text from intake.import");
        var story = (await Get(run + ":23")).GetProperty("story");
        Step(story, "source").GetProperty("text").GetString()!.ShouldContain("Write EUR.");
        Kinds(story)[^1].ShouldBe("invoice gap");
    }

    [Fact]
    public async Task What_nothing_has_says_what_was_tried()
    {
        var problem = await (await host.Client.GetAsync("/v1/timeline/XX-1")).Content.ReadFromJsonAsync<JsonElement>();
        problem.GetProperty("detail").GetString()!.ShouldContain("ERP document number");
    }

    [Fact]
    public void A_long_payload_is_cut_around_the_document()
    {
        var lines = Enumerable.Range(0, 9000).Select(n => $"""    <row>US-2026-{n:0000000}</row>""");
        var bytes = System.Text.Encoding.UTF8.GetBytes("<batch>" + string.Concat(lines) + "</batch>");
        var shown = Payload.Of(bytes, bytes.Length, "US-2026-0008000");
        shown.Text.Length.ShouldBe(Payload.Shown);
        shown.Text.ShouldContain("US-2026-0008000");
        shown.Note.ShouldContain("around US-2026-0008000");
    }

    private static List<string> Kinds(JsonElement story) =>
        [.. story.GetProperty("steps").EnumerateArray().Select(step => $"{step.GetProperty("kind").GetString()} {step.GetProperty("state").GetString()}")];

    private static JsonElement Step(JsonElement story, string kind) =>
        story.GetProperty("steps").EnumerateArray().First(step => step.GetProperty("kind").GetString() == kind);

    private Task<string> Scalar(string sql) => host.Database.Scalar<string>(sql);

    private Task<JsonElement> Get(string id) => host.Client.GetFromJsonAsync<JsonElement>("/v1/timeline/" + id);
}
