using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using Tieout.Shell.Tests.Database;

namespace Tieout.Shell.Tests.Api;

public sealed class ApiTests(PostgresFixture postgres) : IAsyncLifetime
{
    private ApiHost host = null!;

    public async ValueTask InitializeAsync() => host = await SeededHost.Start(postgres);

    public ValueTask DisposeAsync() => host.DisposeAsync();

    [Theory]
    [InlineData("/health")]
    [InlineData("/v1/overview")]
    [InlineData("/v1/exceptions")]
    [InlineData("/v1/exceptions?category=business&entity=US&state=all&text=period&age=2-7&limit=5")]
    [InlineData("/v1/exceptions/019a0000-0000-7000-8000-000000000006")]
    [InlineData("/v1/exceptions/019a0000-0000-7000-8000-000000000006/waiting?state=all&limit=5")]
    [InlineData("/v1/timeline/DE-2026-0000001")]
    [InlineData("/v1/runs?limit=3")]
    [InlineData("/v1/invoices?entity=US&month=2026-11&state=parked")]
    [InlineData("/v1/invoices?state=posted&text=ash")]
    [InlineData("/v1/balances?entity=US&month=2026-11")]
    [InlineData("/v1/postings?target=sap-de")]
    [InlineData("/openapi/v1.json")]
    public async Task Answers(string path) => (await host.Client.GetAsync(path)).StatusCode.ShouldBe(HttpStatusCode.OK);

    [Theory]
    [InlineData("/v1/exceptions/abc", 400, "bad-id")]
    [InlineData("/v1/exceptions/00000000-0000-0000-0000-000000000009", 404, "not-found")]
    [InlineData("/v1/exceptions/abc/waiting", 400, "bad-id")]
    [InlineData("/v1/exceptions/00000000-0000-0000-0000-000000000009/waiting", 404, "not-found")]
    [InlineData("/v1/exceptions/00000000-0000-0000-0000-000000000009/waiting?state=billed", 400, "bad-filter")]
    [InlineData("/v1/exceptions/00000000-0000-0000-0000-000000000009/waiting?after=zz", 400, "bad-page-token")]
    [InlineData("/v1/exceptions?category=weather", 400, "bad-filter")]
    [InlineData("/v1/exceptions?state=closed", 400, "bad-filter")]
    [InlineData("/v1/exceptions?age=1", 400, "bad-filter")]
    [InlineData("/v1/exceptions?after=zz", 400, "bad-page-token")]
    [InlineData("/v1/exceptions?limit=0", 400, "bad-filter")]
    [InlineData("/v1/invoices?month=2026-13", 400, "bad-filter")]
    [InlineData("/v1/invoices?state=lost", 400, "bad-filter")]
    [InlineData("/v1/invoices?after=AAAA", 400, "bad-page-token")]
    [InlineData("/v1/invoices?text=%00", 400, "bad-filter")]
    [InlineData("/v1/invoices/abc", 400, "bad-id")]
    [InlineData("/v1/invoices/00000000-0000-0000-0000-000000000009", 404, "not-found")]
    [InlineData("/v1/invoices/US-2026-9999999", 404, "not-found")]
    [InlineData("/v1/invoices/US-2026-99999990", 400, "bad-id")]
    [InlineData("/v1/runs?limit=many", 400, "bad-filter")]
    [InlineData("/v1/runs/abc", 400, "bad-id")]
    [InlineData("/v1/runs/00000000-0000-0000-0000-000000000009", 404, "not-found")]
    [InlineData("/v1/balances?month=november", 400, "bad-filter")]
    [InlineData("/v1/timeline/", 400, "bad-id")]
    [InlineData("/v1/timeline/no-such-thing", 404, "not-found")]
    [InlineData("/v1/nothing-here", 404, "not-found")]
    public async Task Refuses_with_a_stable_code(string path, int status, string code)
    {
        using var response = await host.Client.GetAsync(path);
        ((int)response.StatusCode).ShouldBe(status);
        response.Content.Headers.ContentType!.MediaType.ShouldBe("application/problem+json");
        (await Json(response)).GetProperty("code").GetString().ShouldBe(code);
    }

    [Theory]
    [InlineData("POST", "/v1/rating/preview", "application/x-ndjson", 415, "json-required")]
    [InlineData("POST", "/v1/confirmations/sap", "application/json", 415, "json-required")]
    [InlineData("PUT", "/v1/plans", "application/json", 405, "method-not-allowed")]
    [InlineData("POST", "/v1/nothing-here", "application/json", 404, "not-found")]
    public async Task A_wrong_method_or_content_type_is_told_as_such_with_and_without_the_tower(string method, string path, string type, int status, string code)
    {
        using var content = new StringContent("{}", Encoding.UTF8, new System.Net.Http.Headers.MediaTypeHeaderValue(type));
        using var response = await host.Client.SendAsync(new HttpRequestMessage(new HttpMethod(method), path) { Content = content });
        ((int)response.StatusCode).ShouldBe(status);
        (await Json(response)).GetProperty("code").GetString().ShouldBe(code);
    }

    [Fact]
    public async Task One_answer_names_every_wrong_field()
    {
        var problem = await Json(await host.Client.GetAsync("/v1/invoices?month=x&state=y&limit=z"));
        problem.GetProperty("errors").EnumerateObject().Select(field => field.Name).Order().ShouldBe(["limit", "month", "state"]);
    }

    [Fact]
    public async Task Amounts_are_texts_with_their_currency()
    {
        var books = (await Get("/v1/overview")).GetProperty("books").EnumerateArray().ToArray();
        var yen = books.First(book => book.GetProperty("entity").GetString() == "JP").GetProperty("total");
        (yen.GetProperty("amount").GetString(), yen.GetProperty("currency").GetString()).ShouldBe(("513227", "JPY"));
    }

    [Fact]
    public async Task Nothing_is_green_that_is_not_proved()
    {
        var verdicts = (await Get("/v1/overview")).GetProperty("books").EnumerateArray()
            .ToDictionary(book => book.GetProperty("entity").GetString() + book.GetProperty("month").GetString(), book => book.GetProperty("verdict").GetString());
        verdicts["DE2026-11"].ShouldBe("not-tied-out");
        verdicts["US2026-11"].ShouldBe("incomplete");
        verdicts["US2026-10"].ShouldBe("breaks");
        verdicts["JP2026-10"].ShouldBe("reconciled-with-warnings");
        verdicts["DE2026-10"].ShouldBe("reconciled");
    }

    [Fact]
    public async Task A_verdict_is_outdated_once_its_postings_changed()
    {
        await host.Database.Execute("update posting.posting set changed_at = '2026-11-04Z' where business_key = 'DE-2026-0000009'");
        var october = (await Get("/v1/overview")).GetProperty("books").EnumerateArray()
            .Single(book => book.GetProperty("entity").GetString() == "DE" && book.GetProperty("month").GetString() == "2026-10");
        october.GetProperty("outdated").GetBoolean().ShouldBeTrue();
        october.GetProperty("inWords").GetString()!.ShouldContain("tie out again");
    }

    [Theory]
    [InlineData("/v1/invoices?limit=7", 66)]
    [InlineData("/v1/invoices?limit=7&entity=US", 30)]
    [InlineData("/v1/invoices?limit=2&state=parked", 3)]
    [InlineData("/v1/invoices?limit=2&text=harbor", 3)]
    [InlineData("/v1/exceptions?limit=3&state=all", 8)]
    public async Task Pages_hold_every_row_once(string path, int rows)
    {
        var ids = new List<string>();
        for (string? after = ""; after is not null;)
        {
            var page = await Get(path + (after.Length > 0 ? "&after=" + after : ""));
            ids.AddRange(page.GetProperty("rows").EnumerateArray().Select(row => row.GetProperty("id").GetString()!));
            after = page.GetProperty("next").GetString();
        }
        ids.Count.ShouldBe(rows);
        ids.ShouldBeUnique();
    }

    [Fact]
    public async Task Totals_follow_the_filter_and_not_the_page()
    {
        var totals = await Get("/v1/exceptions/totals?entity=US");
        totals.GetProperty("count").GetInt64().ShouldBe(5);
        totals.GetProperty("values")[0].GetProperty("amount").GetString().ShouldBe("3294.50");
    }

    [Theory]
    [InlineData("other.example", HttpStatusCode.BadRequest)]
    [InlineData("127.0.0.1.other.example", HttpStatusCode.BadRequest)]
    [InlineData("localhost", HttpStatusCode.OK)]
    public async Task Only_this_machines_names_are_answered(string name, HttpStatusCode expected)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/v1/runs");
        request.Headers.Host = name;
        (await host.Client.SendAsync(request)).StatusCode.ShouldBe(expected);
    }

    [Fact]
    public async Task Every_answer_carries_the_security_headers()
    {
        using var response = await host.Client.GetAsync("/v1/nothing-here");
        response.Headers.GetValues("Content-Security-Policy").Single().ShouldContain("frame-ancestors 'none'");
        response.Headers.GetValues("X-Content-Type-Options").Single().ShouldBe("nosniff");
    }

    [Fact]
    public async Task The_committed_description_is_the_hosts_own()
    {
        // Written anew by dev/openapi.
        var file = Path.Combine(Repository(), "docs", "openapi.json");
        var text = await host.Client.GetStringAsync("/openapi/v1.json");
        if (Environment.GetEnvironmentVariable("TIEOUT_WRITE_OPENAPI") == "1") await File.WriteAllTextAsync(file, text + "\n");
        (await File.ReadAllTextAsync(file)).TrimEnd().ShouldBe(text.TrimEnd(), "docs/openapi.json is stale: run dev/openapi");
    }

    [Fact]
    public async Task What_stands_in_a_path_is_a_parameter_of_it_and_doors_alike_name_none_that_they_do_not_use()
    {
        using var document = JsonDocument.Parse(await host.Client.GetStringAsync("/openapi/v1.json"));
        foreach (var path in document.RootElement.GetProperty("paths").EnumerateObject())
            foreach (var door in path.Value.EnumerateObject())
            {
                var parameters = door.Value.TryGetProperty("parameters", out var found)
                    ? found.EnumerateArray().Select(one => (Name: one.GetProperty("name").GetString()!, In: one.GetProperty("in").GetString()!)).ToList() : [];
                var inPath = Regex.Matches(path.Name, @"\{(\w+)\}", RegexOptions.ExplicitCapture | RegexOptions.NonBacktracking).Select(match => match.Value.Trim('{', '}'));
                parameters.Where(one => one.In == "path").Select(one => one.Name).ShouldBe(inPath, ignoreOrder: true, $"{door.Name} {path.Name}");
                // Mappings are told by their path alone.
                if (Regex.IsMatch(path.Name, "^/v1/(routes|account-rules|value-maps)", RegexOptions.ExplicitCapture | RegexOptions.NonBacktracking))
                    parameters.ShouldAllBe(one => one.In == "path", $"{door.Name} {path.Name}");
            }
    }

    [Fact]
    public async Task News_begins_with_the_overview_and_the_runs()
    {
        using var timeout = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        await using var stream = await host.Client.GetStreamAsync("/v1/live", timeout.Token);
        using var reader = new StreamReader(stream, Encoding.UTF8);
        var events = new HashSet<string>(StringComparer.Ordinal);
        while (events.Count < 3 && await reader.ReadLineAsync(timeout.Token) is { } line)
            if (line.StartsWith("event: ", StringComparison.Ordinal)) events.Add(line[7..]);
        events.Order().ShouldBe(["beat", "overview", "runs"]);
    }

    internal static string Repository()
    {
        var folder = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(folder, "Tieout.slnx"))) folder = Path.GetDirectoryName(folder)!;
        return folder;
    }

    private static async Task<JsonElement> Json(HttpResponseMessage response) => await response.Content.ReadFromJsonAsync<JsonElement>();

    private async Task<JsonElement> Get(string path) => await host.Client.GetFromJsonAsync<JsonElement>(path);
}
