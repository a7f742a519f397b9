using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Tieout.Shell.Tests.Database;

namespace Tieout.Shell.Tests.Api;

public sealed class ReplayTests(PostgresFixture postgres) : IAsyncLifetime
{
    private const string Blocked = "/v1/exceptions/019a0000-0000-7000-8000-000000000006/replay";

    private ApiHost host = null!;

    public async ValueTask InitializeAsync() => host = await SeededHost.Start(postgres);

    public ValueTask DisposeAsync() => host.DisposeAsync();

    [Fact]
    public async Task A_parked_posting_goes_on_its_way_with_all_tries_before_it()
    {
        using var response = await Replay(Blocked);
        response.StatusCode.ShouldBe(HttpStatusCode.OK);
        (await Text("select concat_ws(' ', state, tries, look_ups, not_before is null) from posting.posting where business_key = 'US-2026-0000021'"))
            .ShouldBe("ready 0 0 t");
        (await Text("select state || ': ' || resolution from exceptions.exception_case where subject_key = 'US-2026-0000021'"))
            .ShouldBe("resolved: Replayed by mara: party unblocked");
    }

    [Fact]
    public async Task A_posting_that_never_left_goes_back_to_the_checks()
    {
        await host.Database.Execute("update posting.posting set sent_at = null where business_key = 'US-2026-0000021'");
        (await (await Replay(Blocked)).Content.ReadFromJsonAsync<JsonElement>()).GetProperty("state").GetString().ShouldBe("staged");
    }

    [Fact]
    public async Task Pressing_twice_replays_once()
    {
        var answers = await Task.WhenAll(Replay(Blocked), Replay(Blocked), Replay(Blocked));
        answers.Count(answer => answer.StatusCode == HttpStatusCode.OK).ShouldBe(1);
        foreach (var refused in answers.Where(answer => answer.StatusCode != HttpStatusCode.OK)) await ShouldBe(refused, 409, "already-resolved");
    }

    [Fact]
    public async Task A_posting_that_moved_on_is_left_alone()
    {
        await host.Database.Execute("update posting.posting set state = 'ready' where business_key = 'US-2026-0000021'");
        await ShouldBe(await Replay(Blocked), 409, "not-parked");
    }

    [Fact]
    public async Task Only_postings_are_replayed() =>
        await ShouldBe(await Replay("/v1/exceptions/019a0000-0000-7000-8000-000000000008/replay"), 409, "nothing-to-replay");

    [Fact]
    public async Task Unknown_cases_and_ids_are_named()
    {
        await ShouldBe(await Replay("/v1/exceptions/00000000-0000-0000-0000-000000000009/replay"), 404, "not-found");
        await ShouldBe(await Replay("/v1/exceptions/abc/replay"), 400, "bad-id");
    }

    [Fact]
    public async Task Nobody_replays_without_name_and_reason()
    {
        using var response = await host.Client.PostAsJsonAsync(Blocked, new { actor = " ", reason = "" });
        await ShouldBe(response, 400, "bad-replay");
    }

    [Fact]
    public async Task A_body_that_is_not_ours_is_refused()
    {
        await ShouldBe(await host.Client.PostAsJsonAsync(Blocked, new { who = "mara" }), 400, "bad-request");
        await ShouldBe(await host.Client.PostAsync(Blocked, new StringContent("actor=mara")), 415, "json-required");
    }

    [Fact]
    public async Task Another_sites_page_cannot_replay()
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, Blocked) { Content = JsonContent.Create(new { actor = "mara", reason = "x" }) };
        request.Headers.Add("Origin", "http://other.example");
        await ShouldBe(await host.Client.SendAsync(request), 403, "cross-origin");
    }

    [Fact]
    public async Task A_parked_posting_is_given_up_by_name_and_reason_once()
    {
        var door = Blocked.Replace("replay", "cancel", StringComparison.Ordinal);
        await ShouldBe(await host.Client.PostAsJsonAsync(door, new { actor = "mara" }), 400, "bad-request");
        await ShouldBe(await host.Client.PostAsJsonAsync(door, new { actor = "mara", reason = "x", who = "me" }), 400, "bad-request");
        using var done = await Replay(door);
        (await done.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("state").GetString().ShouldBe("cancelled");
        await ShouldBe(await Replay(door), 409, "already-resolved");
        await ShouldBe(await Replay(Blocked), 409, "already-resolved");
        await ShouldBe(await Replay("/v1/exceptions/019a0000-0000-7000-8000-000000000008/cancel"), 409, "nothing-to-cancel");
    }

    private static async Task ShouldBe(HttpResponseMessage response, int status, string code)
    {
        ((int)response.StatusCode).ShouldBe(status);
        (await response.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("code").GetString().ShouldBe(code);
    }

    private Task<HttpResponseMessage> Replay(string path) => host.Client.PostAsJsonAsync(path, new { actor = "mara", reason = "party unblocked" });

    private Task<string> Text(string sql) => host.Database.Scalar<string>(sql);
}
