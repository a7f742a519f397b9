using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Tieout.Shell.Tests.Api;
using Tieout.Shell.Tests.Database;

namespace Tieout.Shell.Tests.Webhooks;

public sealed class WebhookApiTests(PostgresFixture postgres) : IAsyncLifetime
{
    private WebhookWorld _world = null!;
    private ApiHost _host = null!;

    public async ValueTask InitializeAsync()
    {
        _world = await WebhookWorld.Start(postgres);
        _host = await ApiHost.Over(_world.Database, _world.Clock);
        _world.DatabaseIsTaken = true;
    }

    public async ValueTask DisposeAsync()
    {
        await _host.DisposeAsync();
        await _world.DisposeAsync();
    }

    [Fact]
    public async Task An_endpoint_is_created_read_changed_tested_and_removed()
    {
        var made = await Json(await Post("/v1/webhook-endpoints", Good()), 201);
        var path = "/v1/webhook-endpoints/" + made.GetProperty("id").GetString();
        made.GetProperty("secrets")[0].GetProperty("readable").GetBoolean().ShouldBeTrue();
        made.GetRawText().ShouldNotContain("whsec_");
        (await Json(await Post(path + "/test", new { }), 200)).GetProperty("event").GetString().ShouldBe("webhook.test");
        await _world.Deliver();
        _world.Receiver.All.ShouldHaveSingleItem().SignedBy(_world.Secret.Secret).ShouldBeTrue();

        using var patch = await _host.Client.PatchAsJsonAsync(path, new { state = "disabled", events = new[] { "posting.posted" }, actor = "mara", reason = "pause" });
        var changed = await Json(patch, 200);
        changed.GetProperty("state").GetString().ShouldBe("disabled");
        changed.GetProperty("events")[0].GetString().ShouldBe("posting.posted");
        (await Json(await Post(path + "/test", new { }), 409)).GetProperty("code").GetString().ShouldBe("endpoint-not-enabled");

        using var gone = await _host.Client.DeleteAsync(path + "?actor=mara&reason=unused");
        (await Json(gone, 200)).GetProperty("state").GetString().ShouldBe("removed");
        using var list = await _host.Client.GetAsync("/v1/webhook-endpoints");
        (await Json(list, 200)).GetProperty("rows").GetArrayLength().ShouldBe(0);
        (await Json(await Post(path + "/test", new { }), 404)).GetProperty("code").GetString().ShouldBe("not-found");
    }

    [Theory]
    [InlineData("url", "http://example.com/")]
    [InlineData("url", "https://10.0.0.1/")]
    [InlineData("url", "https://169.254.169.254/")]
    [InlineData("actor", "")]
    [InlineData("actor", "4111 1111 1111 1111")]
    [InlineData("description", "4111 1111 1111 1111")]
    public async Task What_cannot_be_taken_is_named_by_its_field(string field, string value)
    {
        var request = Good();
        request[field] = value;
        var problem = await Json(await Post("/v1/webhook-endpoints", request), 400);
        problem.GetProperty("code").GetString().ShouldBe("bad-request");
        problem.GetProperty("errors").EnumerateObject().ShouldHaveSingleItem().Name.ShouldBe(field);
        (await _world.Count("webhooks.endpoint")).ShouldBe(0);
    }

    [Theory]
    [InlineData("""{"env":"whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"}""")]
    [InlineData("""{"file":"secret.txt"}""")]
    [InlineData("""{"env":"A","file":"/b"}""")]
    [InlineData("""{}""")]
    public async Task A_secret_is_never_taken_only_where_it_is(string secret)
    {
        var request = Good();
        request["secret"] = JsonSerializer.Deserialize<JsonElement>(secret);
        var problem = await Json(await Post("/v1/webhook-endpoints", request), 400);
        problem.GetProperty("errors").EnumerateObject().ShouldHaveSingleItem().Name.ShouldBe("secret");
        problem.GetRawText().ShouldNotContain("whsec_");
    }

    [Fact]
    public async Task Deliveries_are_paged_filtered_and_opened_with_their_attempts()
    {
        await _world.Subscribe();
        await _world.Park(3);
        await _world.Deliver();
        var first = await Get("/v1/webhook-deliveries?limit=2&state=delivered&event=posting.parked&key=" + WebhookWorld.Parked);
        first.GetProperty("rows").GetArrayLength().ShouldBe(2);
        var second = await Get("/v1/webhook-deliveries?limit=2&after=" + first.GetProperty("next").GetString());
        var last = second.GetProperty("rows").EnumerateArray().ShouldHaveSingleItem();
        var detail = await Get("/v1/webhook-deliveries/" + last.GetProperty("id").GetString());
        detail.GetProperty("attempts")[0].GetProperty("status").GetInt32().ShouldBe(200);
        detail.GetProperty("body").GetString()!.ShouldContain("\"posting.parked\"");
        using var bad = await _host.Client.GetAsync("/v1/webhook-deliveries?state=lost");
        (await Json(bad, 400)).GetProperty("code").GetString().ShouldBe("bad-filter");
    }

    [Fact]
    public async Task A_range_is_replayed_as_planned_once_and_what_moved_meanwhile_is_left_alone()
    {
        var endpoint = await _world.Subscribe();
        await _world.Park(3);
        _world.Receiver.Answer = http =>
        {
            http.Response.StatusCode = 410;
            return Task.CompletedTask;
        };
        await _world.Deliver();
        await _world.Endpoints.Change(endpoint.Id, new() { State = "enabled", Actor = "mara", Reason = "back" }, CancellationToken.None);
        _world.Receiver.Answer = _ => Task.CompletedTask;
        await _world.Park();
        var request = new { endpoint = endpoint.Id.ToString(), actor = "mara" };
        var plan = await Json(await Post("/v1/webhook-deliveries/replay-plans", request), 201);
        plan.GetProperty("deliveries").GetInt32().ShouldBe(3);
        plan.GetProperty("skipped").EnumerateArray().ShouldHaveSingleItem().GetProperty("state").GetString().ShouldBe("waiting");

        var one = (await _world.Rows()).First(row => row.State is "failed" or "held").Id;
        await Json(await Post($"/v1/webhook-deliveries/{one}/replay", new { actor = "jonas", reason = "first" }), 200);
        var path = $"/v1/webhook-deliveries/replay-plans/{plan.GetProperty("id").GetString()}/carry-out";
        (await Json(await Post(path, new { fingerprint = "other", actor = "mara", reason = "back" }), 409)).GetProperty("code").GetString().ShouldBe("other-plan");
        var carry = new { fingerprint = plan.GetProperty("fingerprint").GetString(), actor = "mara", reason = "back" };
        var answers = await Task.WhenAll(Post(path, carry), Post(path, carry));
        answers.Select(answer => (int)answer.StatusCode).Order().ShouldBe([200, 409]);
        var done = await Json(answers.Single(answer => answer.StatusCode == HttpStatusCode.OK), 200);
        done.GetProperty("replayed").GetInt32().ShouldBe(2);
        _world.Receiver.All.Clear();
        await _world.Deliver();
        _world.Receiver.All.Select(received => received.Id).Distinct(StringComparer.Ordinal).Count().ShouldBe(4);
        _world.Receiver.All.Count.ShouldBe(4);
    }

    private Dictionary<string, object> Good() => new(StringComparer.Ordinal)
    {
        ["url"] = _world.Receiver.Url + "/hook",
        ["description"] = "Data warehouse",
        ["events"] = new[] { "posting.parked" },
        ["secret"] = new { file = _world.Secret.Path },
        ["actor"] = "mara",
    };

    private Task<HttpResponseMessage> Post(string path, object body) => _host.Client.PostAsJsonAsync(path, body);

    private async Task<JsonElement> Get(string path)
    {
        using var response = await _host.Client.GetAsync(path);
        return await Json(response, 200);
    }

    private static async Task<JsonElement> Json(HttpResponseMessage response, int status)
    {
        var text = await response.Content.ReadAsStringAsync();
        ((int)response.StatusCode).ShouldBe(status, text);
        return JsonSerializer.Deserialize<JsonElement>(text);
    }
}
