using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Tieout.Application.Invoicing;
using Tieout.Domain;
using Tieout.Shell.Tests.Database;

namespace Tieout.Shell.Tests.Api;

/// <summary>Credits, voids, write-offs and closings as programs ask for them.</summary>
public sealed class CreditApiTests(PostgresFixture postgres) : IAsyncLifetime
{
    private const string Number = "US-2026-0000001"; // 10.01 and 0.73 tax

    private TestDatabase books = null!;
    private ApiHost host = null!;
    private HttpClient client = null!;

    public async ValueTask InitializeAsync()
    {
        books = await postgres.CreateDatabase();
        await SampleData.Subscriptions(books.Source, 2);
        await new BillAccounts(books.Source, new Late()).Run(new BillingRequest(new AccountingMonth(2026, 11), "test"), null, CancellationToken.None);
        host = await ApiHost.Over(books, new Late());
        client = host.Client;
    }

    public ValueTask DisposeAsync() => host.DisposeAsync();

    [Fact]
    public async Task A_credit_memo_is_given_once_under_its_key_and_stands_on_both_documents()
    {
        object body = new { actor = "mara", reason = "Outage", amount = "4.00" };
        var (status, given) = await Post($"{Number}/credit-memos", "k-1", body);
        status.ShouldBe(HttpStatusCode.Created);
        (given.GetProperty("number").GetString(), Amount(given, "net"), Amount(given, "tax"), Amount(given, "total")).ShouldBe(("USC-2026-0000001", "-4.00", "-0.29", "-4.29"));
        var (repeated, again) = await Post($"{Number.ToLowerInvariant()}/credit-memos", "k-1", body);
        (repeated, again.GetProperty("again").GetBoolean(), again.GetProperty("id").GetGuid()).ShouldBe((HttpStatusCode.OK, true, given.GetProperty("id").GetGuid()));
        await Refused($"{Number}/credit-memos", "k-1", new { actor = "mara", reason = "Outage", amount = "5.00" }, 409, "key-reused", "idempotency-key");

        var rows = (await client.GetFromJsonAsync<JsonElement>("/v1/invoices?entity=US")).GetProperty("rows").EnumerateArray().ToDictionary(row => row.GetProperty("number").GetString()!);
        (rows[Number].GetProperty("kind").GetString(), Amount(rows[Number], "open"), rows[Number].GetProperty("correctedBy")[0].GetString()).ShouldBe(("invoice", "6.45", "USC-2026-0000001"));
        var memo = rows["USC-2026-0000001"];
        (memo.GetProperty("kind").GetString(), memo.GetProperty("open").ValueKind, memo.GetProperty("corrects")[0].GetString()).ShouldBe(("credit-memo", JsonValueKind.Null, Number));

        var detail = await client.GetFromJsonAsync<JsonElement>("/v1/invoices/" + given.GetProperty("id").GetString());
        detail.GetProperty("reason").GetString().ShouldBe("Outage");
        var tax = detail.GetProperty("taxes").EnumerateArray().ShouldHaveSingleItem();
        (tax.GetProperty("code").GetString(), tax.GetProperty("rate").GetString(), Amount(tax, "base"), tax.GetProperty("corrects").GetString()).ShouldBe(("US-CA", "0.0725", "-4.00", Number));
        var line = detail.GetProperty("lines").EnumerateArray().ShouldHaveSingleItem();
        (line.GetProperty("revision").GetInt32(), line.GetProperty("correctsInvoice").GetString(), line.GetProperty("correctsLine").GetInt32()).ShouldBe((2, Number, 1));
    }

    [Fact]
    public async Task The_timelines_of_both_documents_lead_to_each_other()
    {
        await Post($"{Number}/credit-memos", "k-1", new { actor = "mara", reason = "Outage", whole = true });
        (await Facts("USC-2026-0000001")).ShouldContain(("Corrects", Number));
        (await Facts(Number)).ShouldContain(("Corrected by", "USC-2026-0000001"));
        (await client.GetFromJsonAsync<JsonElement>("/v1/timeline/USC-2026-0000001")).GetProperty("story").GetProperty("answer").GetString()!.ShouldStartWith("Credit memo USC-2026-0000001");
    }

    [Fact]
    public async Task By_line_void_and_write_off()
    {
        (await Post($"{Number}/credit-memos", "k-1", new { actor = "mara", reason = "x", lines = new[] { new { no = 1, amount = "0.01" } } })).Answer.GetProperty("number").GetString().ShouldBe("USC-2026-0000001");
        await Refused($"{Number}/void", "k-2", new { actor = "mara", reason = "x" }, 409, "corrected-since", "lines[1]");
        var (_, writtenOff) = await Post($"{Number}/write-offs", "k-3", new { actor = "mara", reason = "Insolvent", amount = "10.00" });
        (Amount(writtenOff, "amount"), Amount(writtenOff, "left")).ShouldBe(("10.00", "0.73"));
        await Refused($"{Number}/write-offs", "k-4", new { actor = "mara", reason = "x", amount = "0.74" }, 409, "more-than-owed", "amount");
        var (status, given) = await Post("DE-2026-0000001/void", "k-5", new { actor = "mara", reason = "Wrong customer" });
        (status, Amount(given, "net")).ShouldBe((HttpStatusCode.Created, "-10.02"));
    }

    [Theory]
    [InlineData("US-2026-0000009/credit-memos", """{"actor":"m","reason":"x","whole":true}""", 404, "not-found")]
    [InlineData("US-2026-0000001/credit-memos", """{"actor":"m","reason":"x","amount":"10.02"}""", 409, "more-than-billed")]
    [InlineData("US-2026-0000001/credit-memos", """{"actor":"m","reason":"x","amount":"1.005"}""", 400, "bad-amount")]
    [InlineData("US-2026-0000001/credit-memos", """{"actor":"m","reason":"x","lines":[{"no":7,"amount":"1"}]}""", 400, "line-unknown")]
    [InlineData("US-2026-0000001/credit-memos", """{"actor":"m","reason":"x","whole":true,"on":"2026-10-31"}""", 409, "before-invoice")]
    [InlineData("US-2026-0000001/credit-memos", """{"actor":"m","reason":"x","amount":1.5}""", 400, "bad-request")] // a number is no text
    [InlineData("US-2026-0000001/void", """{"reason":"x"}""", 400, "bad-request")]
    [InlineData("US-2026-0000001/write-offs", """{"actor":"m","reason":"x","amount":"-1"}""", 400, "bad-request")]
    public async Task What_cannot_be_given_is_refused_with_a_stable_code(string path, string body, int status, string code)
    {
        using var response = await Send(path, "k-1", new StringContent(body, null, "application/json"));
        ((int)response.StatusCode).ShouldBe(status);
        (await response.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("code").GetString().ShouldBe(code);
        (await books.Scalar<long>("select (select count(*) from invoicing.invoice) + (select count(*) from invoicing.write_off)")).ShouldBe(2);
    }

    [Fact]
    public async Task One_answer_names_every_wrong_field_and_repeats_no_card_number()
    {
        const string card = "4111 1111 1111 1111";
        using var response = await Send("US-2026-0000001/credit-memos", null, JsonContent.Create(
            new { actor = " ", reason = $"paid with {card}", on = "yesterday", amount = "all", whole = true }));
        response.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        var text = await response.Content.ReadAsStringAsync();
        text.Replace(" ", "", StringComparison.Ordinal).ShouldNotContain("11111111");
        JsonElement.Parse(text).GetProperty("errors").EnumerateObject().Select(field => field.Name).Order().ShouldBe(["actor", "idempotency-key", "on", "reason", "whole"]);
    }

    [Theory]
    [InlineData("line\nbreak")]
    [InlineData("nul\u0000")]
    public async Task Control_characters_are_refused_in_a_reason(string reason) =>
        await Refused($"{Number}/void", "k-1", new { actor = "m", reason }, 400, "bad-request", "reason");

    [Fact]
    public async Task Books_close_when_all_is_posted_and_only_forward()
    {
        await Refused("/v1/legal-entities/US/closed-through", null, new { through = "2026-11", actor = "mara", reason = "month end" }, 409, "documents-open", "through");
        await books.Execute("update posting.posting set state = 'cancelled'");
        await Refused("/v1/legal-entities/US/closed-through", null, new { through = "2026-11", actor = "mara", reason = "month end" }, 409, "conditions-unmet", "through");
        await Refused("/v1/legal-entities/US/closed-through", null, new { through = "2026-11", actor = "mara", reason = "x", accept = new[] { "none-in-doubt" } }, 409, "not-acceptable", "accept");
        var (_, closed) = await Post("/v1/legal-entities/US/closed-through", null, new { through = "2026-11", actor = "mara", reason = "month end", accept = new[] { "signed" } });
        closed.GetProperty("closedThrough").GetString().ShouldBe("2026-11-30");
        await Refused("/v1/legal-entities/US/closed-through", null, new { through = "2026-10", actor = "mara", reason = "x" }, 409, "only-forward", "through");
        await Refused("/v1/legal-entities/US/closed-through", null, new { through = "2026-12", actor = "mara", reason = "x" }, 409, "month-not-over", "through");
        await Refused("/v1/legal-entities/US/closed-through", null, new { through = "soon", actor = "mara", reason = "x" }, 400, "bad-request", "through");
        await Refused($"{Number}/void", "k-1", new { actor = "mara", reason = "x", on = "2026-11-30" }, 409, "month-closed", "on");
        await TheMonthOpensAgain();
        (await Post("/v1/legal-entities/XX/closed-through", null, new { through = "2026-11", actor = "mara", reason = "x" })).Status.ShouldBe(HttpStatusCode.NotFound);
    }

    private async Task TheMonthOpensAgain()
    {
        await Refused("/v1/legal-entities/US/months/2026-11/sign", null, new { actor = "mara", reason = "x" }, 409, "month-closed", "month");
        await Refused("/v1/legal-entities/US/months/soon/reopen", null, new { actor = "mara", reason = "x" }, 400, "bad-request", "month");
        var (_, opened) = await Post("/v1/legal-entities/US/months/2026-11/reopen", null, new { actor = "mara", reason = "Bank statement came late" });
        (opened.GetProperty("month").GetString(), opened.GetProperty("state").GetString()).ShouldBe(("2026-11", "open"));
        await Refused("/v1/legal-entities/US/months/2026-11/reopen", null, new { actor = "mara", reason = "x" }, 409, "month-open", "month");
        var sheet = await client.GetFromJsonAsync<JsonElement>("/v1/legal-entities/US/months/2026-11");
        sheet.GetProperty("conditions").EnumerateArray().Where(one => !one.GetProperty("holds").GetBoolean()).Select(one => one.GetProperty("code").GetString()).ShouldBe(["signed"]);
        sheet.GetProperty("events").EnumerateArray().Select(one => (one.GetProperty("event").GetString(), one.GetProperty("reason").GetString()))
            .ShouldBe([("reopened", "Bank statement came late"), ("closed", "month end")]);
        var months = await client.GetFromJsonAsync<JsonElement>("/v1/legal-entities/US/months");
        (months.GetProperty("lateArrivals").GetString(), months.GetProperty("months").EnumerateArray().Last().GetProperty("month").GetString()).ShouldBe(("hold", "2026-11"));
        (await client.GetAsync("/v1/legal-entities/US/months/soon")).StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        (await client.GetAsync("/v1/legal-entities/XX/months")).StatusCode.ShouldBe(HttpStatusCode.NotFound);
    }

    private async Task<IReadOnlyList<(string?, string?)>> Facts(string id) =>
        [.. (await client.GetFromJsonAsync<JsonElement>("/v1/timeline/" + id)).GetProperty("story").GetProperty("steps").EnumerateArray()
            .SelectMany(step => step.GetProperty("facts").EnumerateArray()).Select(fact => (fact.GetProperty("label").GetString(), fact.GetProperty("value").GetString()))];

    private async Task<(HttpStatusCode Status, JsonElement Answer)> Post(string path, string? key, object body)
    {
        using var response = await Send(path, key, JsonContent.Create(body));
        return (response.StatusCode, await response.Content.ReadFromJsonAsync<JsonElement>());
    }

    private async Task Refused(string path, string? key, object body, int status, string code, string field)
    {
        var (got, problem) = await Post(path, key, body);
        ((int)got, problem.GetProperty("code").GetString()).ShouldBe((status, code));
        problem.GetProperty("errors").EnumerateObject().Select(error => error.Name).ShouldBe([field]);
    }

    private async Task<HttpResponseMessage> Send(string path, string? key, HttpContent content)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, path.StartsWith('/') ? path : "/v1/invoices/" + path) { Content = content };
        if (key is not null) request.Headers.Add("Idempotency-Key", key);
        return await client.SendAsync(request);
    }

    private static string? Amount(JsonElement parent, string name) => parent.GetProperty(name).GetProperty("amount").GetString();

    // The month is over; waits still pass, for they use timers.
    private sealed class Late : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => new(2026, 12, 4, 9, 0, 0, TimeSpan.Zero);
    }
}
