using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Tieout.Shell.Tests.Api;
using Tieout.Shell.Tests.Database;

namespace Tieout.Shell.Tests.Subscriptions;

public sealed class SubscriptionApiTests(PostgresFixture postgres) : IAsyncLifetime
{
    private const string Amendments = "/v1/subscriptions/S-1001/amendments";
    private ApiHost host = null!;

    public async ValueTask InitializeAsync() => host = await SeededHost.Start(postgres);

    public ValueTask DisposeAsync() => host.DisposeAsync();

    [Fact]
    public async Task A_subscription_is_created_amended_and_shown()
    {
        using var created = await Post("/v1/subscriptions", "k1", new
        {
            code = "S-3001",
            account = "A-1001",
            plan = "team",
            start = "2026-11-01",
            term = "1 year",
            termEnding = "expire",
            components = new object[] { new { component = "platform" }, new { component = "seats", quantity = "2.5", price = "15.50" } },
            reason = "signed",
            actor = "mara",
        });
        created.StatusCode.ShouldBe(HttpStatusCode.Created);
        created.Headers.Location!.ToString().ShouldBe("/v1/subscriptions/S-3001");
        using var amended = await Post("/v1/subscriptions/S-3001/amendments", "k2", new { kind = "change-quantity", component = "seats", quantity = "4", reason = "grew", actor = "mara" });
        (await Json(amended)).GetProperty("words").GetString().ShouldBe("Seats: 2.5 -> 4 from 2026-11-05 (amendment 2)");
        var shown = await Json(await host.Client.GetAsync("/v1/subscriptions/S-3001"));
        (shown.GetProperty("state").GetString(), shown.GetProperty("version").GetInt32()).ShouldBe(("active", 2));
        shown.GetProperty("timeline").GetProperty("end").GetString().ShouldBe("2027-11-01");
        shown.GetProperty("timeline").GetProperty("components")[1].GetProperty("unitPrice").GetString().ShouldBe("15.5");
        shown.GetProperty("amendments").GetArrayLength().ShouldBe(2);
    }

    [Fact]
    public async Task A_retry_answers_the_same_and_another_content_does_not()
    {
        var seats = new { kind = "change-quantity", component = "seats", quantity = "14", reason = "grew", actor = "mara" };
        using var first = await Post(Amendments, "k", seats);
        using var again = await Post(Amendments, "k", seats);
        (first.StatusCode, again.StatusCode).ShouldBe((HttpStatusCode.Created, HttpStatusCode.OK));
        (await again.Content.ReadAsStringAsync()).ShouldBe(await first.Content.ReadAsStringAsync());
        await ShouldBe(await Post(Amendments, "k", seats with { quantity = "15" }), 409, "key-reused");
        await ShouldBe(await host.Client.PostAsJsonAsync(Amendments, seats), 400, "key-needed");
        await ShouldBe(await Post(Amendments, "4111 1111 1111 1111", seats), 400, "bad-key");
    }

    [Fact]
    public async Task A_preview_shows_days_before_and_after_and_writes_nothing()
    {
        using var answer = await host.Client.PostAsJsonAsync("/v1/subscriptions/preview", new
        {
            subscription = "S-1001",
            amendment = new { kind = "change-quantity", component = "seats", quantity = "14", effective = "2026-11-16", reason = "grew", actor = "mara" },
        });
        var preview = await Json(answer);
        answer.StatusCode.ShouldBe(HttpStatusCode.OK);
        Parts(preview, "partsBefore").Take(2).ShouldBe(["2026-11-01 11 whole period", "2026-12-01 11 whole period"]);
        preview.GetProperty("partsBefore")[0].GetProperty("quantity").GetString().ShouldBe("1");
        Amounts(preview, "partsBefore").Take(2).ShouldBe(["203.50", "203.50"]);
        Amounts(preview, "partsAfter").Take(3).ShouldBe(["101.75", "129.50", "259.00"]);
        preview.GetProperty("partsAfter")[0].GetProperty("steps").GetArrayLength().ShouldBeGreaterThan(0);
        Parts(preview, "partsAfter").Take(3).ShouldBe(["2026-11-01 11 15 of 30 days, actual days", "2026-11-16 14 15 of 30 days, actual days", "2026-12-01 14 whole period"]);
        (await Json(await host.Client.GetAsync("/v1/subscriptions/S-1001"))).GetProperty("version").GetInt32().ShouldBe(1);

        using var fresh = await host.Client.PostAsJsonAsync("/v1/subscriptions/preview", new
        {
            create = new { code = "S-1", account = "A-1001", plan = "team", start = "2026-11-16", components = new[] { new { component = "seats", quantity = "2" } }, reason = "r", actor = "a" },
        });
        Parts(await Json(fresh), "partsAfter").First().ShouldBe("2026-11-16 2 15 of 30 days, actual days");
    }

    /// <summary>Every refusal has its code, and names every field that is wrong.</summary>
    [Theory]
    [InlineData("""{"kind":"change-quantity","component":"seats","quantity":"-3","reason":"r","actor":"a"}""", 400, "bad-request", "quantity")]
    [InlineData("""{"kind":"change-quantity","component":"seats","quantity":"NaN","reason":"r","actor":"a"}""", 400, "bad-request", "quantity")]
    [InlineData("""{"kind":"change-quantity","component":"seats","quantity":"1e15","reason":"r","actor":"a"}""", 400, "bad-request", "quantity")]
    [InlineData("""{"kind":"change-quantity","component":"seats","quantity":"99999999999999999","reason":"r","actor":"a"}""", 400, "bad-request", "quantity")]
    [InlineData("""{"kind":"change-quantity","component":"seats","quantity":"0.0000000000001","reason":"r","actor":"a"}""", 400, "bad-request", "quantity")]
    [InlineData("""{"kind":"change-quantity","quantity":"3","effective":"2026-02-30","time":"25:00"}""", 400, "bad-request", "actor component effective reason time")]
    [InlineData("""{"kind":"fly","reason":"r","actor":"a"}""", 400, "bad-request", "kind")]
    [InlineData("""{"kind":"create","reason":"r","actor":"a"}""", 400, "bad-request", "kind")]
    [InlineData("""{"kind":"pause","mode":"sleep","until":"soon","reason":"r","actor":"a"}""", 400, "bad-request", "mode until")]
    [InlineData("""{"kind":"renew","term":"a while","termEnding":"never","reason":"r","actor":"a"}""", 400, "bad-request", "term termEnding")]
    [InlineData("""{"kind":"cancel","reason":"card 4111111111111111","actor":"a"}""", 400, "bad-request", "reason")]
    [InlineData("""{"kind":"upgrade","plan":"scale","components":[{"component":"rockets"},null,{"quantity":"x"}],"reason":"r","actor":"a"}""", 400, "bad-request", "components[1].component components[2].component components[2].quantity")]
    [InlineData("""{"kind":"upgrade","plan":"scale","components":[{"component":"rockets"}],"reason":"r","actor":"a"}""", 400, "bad-request", "components[0].component")]
    [InlineData("""{"kind":"upgrade","plan":"galaxy","reason":"r","actor":"a"}""", 400, "bad-request", "plan")]
    [InlineData("""{"kind":"cancel","effective":"term-end","reason":"r","actor":"a"}""", 400, "bad-request", "effective")]
    [InlineData("""{"kind":"cancel","effective":"2026-08-31","reason":"r","actor":"a"}""", 409, "before-start", "effective")]
    [InlineData("""{"kind":"resume","reason":"r","actor":"a"}""", 409, "not-paused", "kind")]
    [InlineData("""{"kind":"remove-component","component":"rockets","reason":"r","actor":"a"}""", 409, "unknown-component", "component")]
    [InlineData("""{"kind":"add-component","component":"seats","reason":"r","actor":"a"}""", 409, "component-twice", "component")]
    [InlineData("""{"kind":"change-quantity","component":"seats","quantity":"11.000","reason":"r","actor":"a"}""", 409, "nothing-changes", "quantity")]
    [InlineData("""{"kind":"renew","reason":"r","actor":"a"}""", 409, "no-term", "term")]
    [InlineData("""{"kind":"cancel","quantity":5,"reason":"r","actor":"a"}""", 400, "bad-request", "")]
    [InlineData("""[1,2]""", 400, "bad-request", "")]
    public async Task Bad_amendments_are_refused_with_field_and_reason(string body, int status, string code, string fields)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, Amendments) { Content = new StringContent(body, System.Text.Encoding.UTF8, "application/json") };
        request.Headers.Add("Idempotency-Key", "k");
        using var answer = await host.Client.SendAsync(request);
        var problem = await Json(answer);
        ((int)answer.StatusCode, problem.GetProperty("code").GetString()).ShouldBe((status, code));
        if (fields.Length > 0) problem.GetProperty("errors").EnumerateObject().Select(field => field.Name).ShouldBe(fields.Split(' '));
        (await host.Database.Scalar<long>("select count(*) from subscriptions.amendment")).ShouldBe(0);
    }

    [Fact]
    public async Task A_bad_subscription_is_told_all_that_is_wrong()
    {
        using var answer = await Post("/v1/subscriptions", "k", new { start = "tomorrow", trialEnd = "x", anchor = "y", end = "z", term = "1 eon" });
        await ShouldBe(answer, 400, "bad-request");
        (await Json(answer)).GetProperty("errors").EnumerateObject().Select(field => field.Name)
            .ShouldBe(["account", "actor", "anchor", "code", "components", "end", "plan", "reason", "start", "term", "trialEnd"]);
        var good = new { code = "S-1001", account = "A-1001", plan = "team", components = new[] { new { component = "seats" } }, reason = "r", actor = "a" };
        await ShouldBe(await Post("/v1/subscriptions", "k", good), 409, "code-taken");
        await ShouldBe(await Post("/v1/subscriptions", "k", good with { code = "S-1", account = "A-0" }), 400, "bad-request");
        await ShouldBe(await Post("/v1/subscriptions", "k", good with { code = "S-1", plan = "galaxy" }), 400, "bad-request");
        await ShouldBe(await host.Client.GetAsync("/v1/subscriptions/S-0"), 404, "not-found");
        await ShouldBe(await Post("/v1/subscriptions/S-0/amendments", "k", new { kind = "cancel", reason = "r", actor = "a" }), 404, "not-found");
        await ShouldBe(await host.Client.PostAsJsonAsync("/v1/subscriptions/preview", new { subscription = "S-1001" }), 400, "bad-preview");
        await ShouldBe(await host.Client.PostAsJsonAsync("/v1/subscriptions/preview", new { subscription = "S-0", amendment = new { kind = "cancel", reason = "r", actor = "a" } }), 404, "not-found");
    }

    private static IEnumerable<string> Parts(JsonElement preview, string list) => preview.GetProperty(list).EnumerateArray()
        .Where(part => part.GetProperty("component").GetString() == "seats")
        .Select(part => $"{part.GetProperty("from").GetString()} {part.GetProperty("quantity").GetString()!.Split('.')[0]} {part.GetProperty("convention").GetString()}");

    private static IEnumerable<string?> Amounts(JsonElement preview, string list) => preview.GetProperty(list).EnumerateArray()
        .Where(part => part.GetProperty("component").GetString() == "seats")
        .Select(part => part.GetProperty("amount").GetProperty("amount").GetString());

    private async Task<HttpResponseMessage> Post(string path, string key, object body)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = JsonContent.Create(body) };
        request.Headers.Add("Idempotency-Key", key);
        return await host.Client.SendAsync(request);
    }

    private static async Task ShouldBe(HttpResponseMessage response, int status, string code)
    {
        var problem = await Json(response);
        ((int)response.StatusCode, problem.GetProperty("code").GetString()).ShouldBe((status, code), problem.ToString());
    }

    private static async Task<JsonElement> Json(HttpResponseMessage response)
    {
        using var document = JsonDocument.Parse(await response.Content.ReadAsStringAsync());
        return document.RootElement.Clone();
    }
}
