using System.Net.Http.Json;
using System.Text.Json;
using Tieout.Shell.Tests.Database;

namespace Tieout.Shell.Tests.Api;

public sealed class LaneApiTests(PostgresFixture postgres) : IAsyncLifetime
{
    private ApiHost host = null!;

    public async ValueTask InitializeAsync()
    {
        host = await SeededHost.Start(postgres);
        await host.Database.Execute(
            """
            insert into posting.lane (target, slots, batch_size, zone, maintenance, legal_entities, slots_now, tokens, tokens_at, changed_at)
            values ('sap-us', 15, 100, 'Europe/Berlin', '{daily 02:00-02:30}', '{US}', 11.25, 0, now(), now())
            """);
    }

    public ValueTask DisposeAsync() => host.DisposeAsync();

    [Fact]
    public async Task Lanes_are_listed_with_slots_hours_and_forecast()
    {
        var lane = (await host.Client.GetFromJsonAsync<JsonElement>("/v1/lanes")).GetProperty("rows").EnumerateArray().ShouldHaveSingleItem();
        lane.GetProperty("slots").GetProperty("now").GetInt32().ShouldBe(11);
        lane.GetProperty("hours").GetProperty("maintenance")[0].GetString().ShouldBe("daily 02:00-02:30");
        lane.GetProperty("forecast").GetProperty("words").GetString()!.ShouldEndWith("not measured yet");
        await ShouldBe(await host.Client.GetAsync("/v1/lanes/sap-mars"), 404, "not-found");
    }

    [Fact]
    public async Task A_lane_is_paused_once_and_the_second_hears_who_was_first()
    {
        using var first = await Tell("sap-us/pause", new { actor = "mara", reason = "upgrade" });
        (await first.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("mode").GetString().ShouldBe("paused");
        using var second = await Tell("sap-us/pause", new { actor = "tom", reason = "me too" });
        (await ShouldBe(second, 409, "lane-already-paused")).GetProperty("detail").GetString()!.ShouldContain("by mara: upgrade");
        (await host.Client.GetFromJsonAsync<JsonElement>("/v1/lanes/sap-us")).GetProperty("commands").GetArrayLength().ShouldBe(1);
        await ShouldBe(await Tell("sap-us/resume", new { actor = "mara", reason = "done" }), 200, null);
        await ShouldBe(await Tell("sap-us/resume", new { actor = "mara", reason = "done" }), 409, "lane-already-running");
    }

    [Theory]
    [InlineData("sap-mars/pause", "mara", "x", 404, "not-found")]
    [InlineData("sap-us/pause", " ", "x", 400, "bad-request")]
    [InlineData("sap-us/pause", "mara", "4111 1111 1111 1111", 400, "bad-request")]
    [InlineData("sap-us/pause", "mara", "two\nlines", 400, "bad-request")]
    [InlineData("sap-us/explode", "mara", "x", 404, "not-found")]
    public async Task What_is_wrong_is_refused_and_changes_nothing(string path, string actor, string reason, int status, string code)
    {
        (await ShouldBe(await Tell(path, new { actor, reason }), status, code)).GetRawText().ShouldNotContain("4111");
        (await host.Database.Scalar<long>("select count(*) from posting.lane_command")).ShouldBe(0);
    }

    private static async Task<JsonElement> ShouldBe(HttpResponseMessage response, int status, string? code)
    {
        ((int)response.StatusCode).ShouldBe(status);
        var body = await response.Content.ReadFromJsonAsync<JsonElement>();
        if (code is not null) body.GetProperty("code").GetString().ShouldBe(code);
        return body;
    }

    private Task<HttpResponseMessage> Tell(string path, object body) => host.Client.PostAsJsonAsync("/v1/lanes/" + path, body);
}
