using System.Buffers.Text;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Tieout.Connectors.NetSuite;

namespace Tieout.Shell.Tests.Connectors.NetSuite;

/// <summary>The stand-in is as strict, and as careless, as the real one.</summary>
public sealed class NetSuiteStandInTests : IAsyncLifetime
{
    private const string Base = "/services/rest";
    private const string Journal = Base + "/record/v1/journalEntry/eid:J-1";
    private const string Two = """{"account":{"id":"54"},"credit":10},{"account":{"id":"58"},"debit":10}""";

    private NetSuiteSandbox _netSuite = null!;

    public async ValueTask InitializeAsync()
    {
        _netSuite = await NetSuiteSandbox.Start(pageSize: 2);
        using var answer = await Ask(Assertion());
        _netSuite.Http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue(
            "Bearer", (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("access_token").GetString());
    }

    public ValueTask DisposeAsync() => _netSuite.DisposeAsync();

    [Theory]
    [InlineData("aud", "https://elsewhere.example/token", "invalid_grant")]
    [InlineData("iss", "SOMEBODY", "invalid_client")]
    [InlineData("scope", "restlets", "invalid_scope")]
    [InlineData("exp", 1_000_000_000L, "invalid_grant")]    // long over
    [InlineData("iat", 1_000_000_000L, "invalid_grant")]    // an hour is the most
    [InlineData("iat", 9_000_000_000L, "invalid_grant")]    // not yet
    public async Task An_assertion_is_held_to_its_claims(string claim, object value, string error)
    {
        using var answer = await Ask(Signed(Header("PS256"), Claims((claim, value)), RSASignaturePadding.Pss));

        answer.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        (await answer.Content.ReadAsStringAsync()).ShouldContain(error);
    }

    [Fact]
    public async Task Only_a_good_PSS_signature_of_a_registered_certificate_opens_the_door()
    {
        using (var good = await Ask(Signed(Header("PS256"), Claims(), RSASignaturePadding.Pss))) good.StatusCode.ShouldBe(HttpStatusCode.OK);
        foreach (var assertion in (string[])
            [
                Signed(Header("RS256"), Claims(), RSASignaturePadding.Pkcs1),   // NetSuite takes no RS256
                Signed(Header("PS256"), Claims(), RSASignaturePadding.Pkcs1),   // nor one under another name
                Signed(Header("PS256", "somebody-elses"), Claims(), RSASignaturePadding.Pss),
                Assertion()[..^8] + "AAAAAAAA",
            ])
        {
            using var answer = await Ask(assertion);
            answer.StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
        }
    }

    [Theory]
    [InlineData("PUT", Journal)]
    [InlineData("PUT", Base + "/record/v1/customer/eid:C-1")]
    [InlineData("POST", Base + "/query/v1/suiteql")]
    public async Task Without_a_token_every_door_is_401_in_the_vendors_form(string method, string path)
    {
        _netSuite.Http.DefaultRequestHeaders.Authorization = null;
        using var request = new HttpRequestMessage(new HttpMethod(method), path) { Content = Json("{}") };

        using var answer = await _netSuite.Http.SendAsync(request);

        answer.StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
        answer.Content.Headers.ContentType!.ToString().ShouldBe("application/vnd.oracle.resource+json; type=error");
        (await Code(answer)).ShouldBe("INVALID_LOGIN");
    }

    [Fact]
    public async Task Unknown_fields_are_dropped_in_silence_unless_the_caller_asks_for_an_error()
    {
        var body = Body(Two, extra: "\"dueDate\":\"2026-12-01\",");

        using var strict = await Put(Journal, body, strict: true);
        using var careless = await Put(Journal, body, strict: false);

        (await Code(strict)).ShouldBe("INVALID_CONTENT");
        (await Path(strict)).ShouldBe("dueDate");
        careless.StatusCode.ShouldBe(HttpStatusCode.NoContent);
        careless.Headers.Location!.ToString().ShouldContain("/record/v1/journalEntry/");
    }

    [Theory]
    [InlineData("""{"account":{"id":"54"},"credit":10},{"account":{"id":"58"},"debit":10.01}""", "USER_ERROR", "")]
    [InlineData("""{"account":{"id":"54"},"credit":10},{"account":{"id":"9"},"debit":10}""", "INVALID_CONTENT", "line.items[1].account")]
    [InlineData("""{"account":{"id":"54"},"credit":10,"entity":{"id":"9"}},{"account":{"id":"58"},"debit":10}""", "INVALID_CONTENT", "line.items[0].entity")]
    [InlineData("""{"account":{"id":"119"},"debit":10},{"account":{"id":"54"},"credit":10}""", "USER_ERROR", "")] // a receivable without a customer
    [InlineData("""{"account":{"id":"54"},"credit":10,"debit":10},{"account":{"id":"58"},"debit":10}""", "USER_ERROR", "")]
    [InlineData("""{"account":{"id":"54"},"credit":-10},{"account":{"id":"58"},"debit":-10}""", "USER_ERROR", "")]
    [InlineData("""{"account":{"id":"54"},"credit":0.005},{"account":{"id":"58"},"debit":0.005}""", "INVALID_CONTENT", "line.items[0].credit")]
    [InlineData("""{"account":{"id":"54"},"credit":"10"},{"account":{"id":"58"},"debit":10}""", "INVALID_CONTENT", "line.items[0].credit")]
    [InlineData("""{"account":{"id":"54"},"credit":10}""", "USER_ERROR", "")]
    public async Task A_journal_is_refused_with_the_vendors_code_and_field(string lines, string code, string path)
    {
        using var answer = await Put(Journal, Body(lines), strict: true);

        answer.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        (await Code(answer)).ShouldBe(code);
        (await Path(answer)).ShouldBe(path);
        (await _netSuite.LedgerCount("J-1")).ShouldBe(0);
    }

    [Fact]
    public async Task Upsert_takes_an_external_id_only()
    {
        using var byId = await Put(Base + "/record/v1/journalEntry/104", Body(Two), strict: true);
        using var strange = await Put(Base + "/record/v1/journalEntry/eid:A|B", Body(Two), strict: true);

        byId.StatusCode.ShouldBe(HttpStatusCode.MethodNotAllowed);
        strange.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
    }

    [Theory]
    [InlineData("SELECT id FROM transaction ORDER BY id", "", "INVALID_HEADER")]    // Prefer: transient is mandatory
    [InlineData("SELECT nothing FROM transaction ORDER BY id", "transient", "INVALID_PARAMETER")]
    [InlineData("SELECT id FROM nowhere", "transient", "INVALID_PARAMETER")]
    [InlineData("DELETE FROM transaction", "transient", "INVALID_PARAMETER")]
    [InlineData("SELECT id FROM transaction WHERE externalid = 'a' ; x", "transient", "INVALID_PARAMETER")]
    [InlineData("SELECT id FROM transaction WHERE trandate >= '2026-11-01'", "transient", "INVALID_PARAMETER")] // a text is no day
    public async Task A_query_that_is_none_is_refused(string query, string prefer, string code)
    {
        using (await Put(Journal, Body(Two), strict: true))
        using (var answer = await Query(query, prefer))
        {
            answer.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
            (await Code(answer)).ShouldBe(code);
        }
    }

    [Fact]
    public async Task Rows_come_in_pages_as_text_and_without_what_is_null()
    {
        foreach (var key in (string[])["J-1", "J-2", "J-3"])
            using (var put = await Put($"{Base}/record/v1/journalEntry/eid:{key}", Body(Two), strict: true)) put.EnsureSuccessStatusCode();
        const string query = "SELECT t.id AS id, t.externalid AS key, tl.entity AS entity FROM transaction t JOIN transactionline tl ON tl.transaction = t.id ORDER BY t.id, tl.id";

        using var first = await Query(query, "transient");
        using var last = await Query(query, "transient", offset: 4);

        var page = await first.Content.ReadFromJsonAsync<JsonElement>();
        (page.GetProperty("count").GetInt32(), page.GetProperty("totalResults").GetInt32(), page.GetProperty("hasMore").GetBoolean()).ShouldBe((2, 6, true));
        page.GetProperty("items")[0].EnumerateObject().Select(column => column.Name).ShouldBe(["id", "key"]);
        page.GetProperty("items")[0].GetProperty("id").ValueKind.ShouldBe(JsonValueKind.String);
        (await last.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("hasMore").GetBoolean().ShouldBeFalse();
    }

    [Theory]
    [InlineData("SELECT SUM(tl.foreignamount) AS a, tal.account AS b FROM transactionline tl JOIN transactionaccountingline tal ON tal.transaction = tl.transaction AND tal.transactionline = tl.id GROUP BY tal.account ORDER BY tal.account", "-10/54 10/58")]
    [InlineData("SELECT id AS a, symbol AS b FROM currency WHERE symbol = 'EUR' OR id IN (1, 99) ORDER BY id", "1/USD 4/EUR")]
    [InlineData("SELECT id AS a, NVL(symbol, 'x') AS b FROM currency WHERE id > 4 AND id <= 6 AND symbol <> 'JPY' ORDER BY id", "6/CHF")]
    [InlineData("SELECT t.externalid AS a, c.symbol AS b FROM transaction t JOIN currency c ON c.id = t.currency LEFT JOIN customer e ON e.externalid = t.memo WHERE e.id IS NULL ORDER BY t.id", "J-1/USD")]
    [InlineData("SELECT t.externalid AS a, TO_CHAR(t.trandate, 'YYYY-MM-DD') AS b FROM transaction t WHERE t.trandate < TO_DATE('2026-11-21', 'YYYY-MM-DD') AND SUBSTR(t.externalid, 1, 2) = 'J-' ORDER BY t.id", "J-1/2026-11-20")]
    [InlineData("SELECT t.externalid AS a, t.trandate AS b FROM transaction t ORDER BY t.id", "J-1/11/20/2026")] // a bare day, as some user likes it
    public async Task Queries_answer_what_they_ask(string query, string expected)
    {
        using (var put = await Put(Journal, Body(Two), strict: true)) put.EnsureSuccessStatusCode();

        using var answer = await Query(query, "transient");

        var rows = (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("items").EnumerateArray()
            .Select(row => $"{row.GetProperty("a").GetString()}/{row.GetProperty("b").GetString()}");
        string.Join(' ', rows).ShouldBe(expected);
    }

    private static string Body(string lines, string extra = "") =>
        $$"""{ {{extra}} "subsidiary":{"id":"1"},"currency":{"id":"1"},"tranDate":"2026-11-20","line":{"items":[ {{lines}} ]} }""";

    private Task<HttpResponseMessage> Put(string path, string body, bool strict)
    {
        var request = new HttpRequestMessage(HttpMethod.Put, path) { Content = Json(body) };
        if (strict) request.Headers.Add("X-NetSuite-PropertyNameValidation", "Error");
        return _netSuite.Http.SendAsync(request);
    }

    private Task<HttpResponseMessage> Query(string query, string prefer, int offset = 0)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, FormattableString.Invariant($"{Base}/query/v1/suiteql?limit=1000&offset={offset}"))
        {
            Content = JsonContent.Create(new { q = query }),
        };
        if (prefer.Length > 0) request.Headers.Add("Prefer", prefer);
        return _netSuite.Http.SendAsync(request);
    }

    private Task<HttpResponseMessage> Ask(string assertion) => _netSuite.Http.PostAsync(Base + "/auth/oauth2/v1/token", new FormUrlEncodedContent(
        new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["grant_type"] = "client_credentials",
            ["client_assertion_type"] = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
            ["client_assertion"] = assertion,
        }));

    private string Assertion()
    {
        var login = new NetSuiteLogin(NetSuiteSettings.Of(_netSuite.Target()), TimeProvider.System);
        return login.Assertion()!;
    }

    private static Dictionary<string, object> Header(string algorithm, string keyId = NetSuiteSandbox.CertificateId) => new(StringComparer.Ordinal)
    {
        ["typ"] = "JWT",
        ["alg"] = algorithm,
        ["kid"] = keyId,
    };

    private Dictionary<string, object> Claims(params (string Name, object Value)[] changes)
    {
        var now = TimeProvider.System.GetUtcNow();
        Dictionary<string, object> claims = new(StringComparer.Ordinal)
        {
            ["iss"] = "TIEOUT",
            ["scope"] = "rest_webservices",
            ["aud"] = new Uri(_netSuite.BaseUrl, Base + "/auth/oauth2/v1/token").AbsoluteUri,
            ["iat"] = now.ToUnixTimeSeconds(),
            ["exp"] = now.AddMinutes(5).ToUnixTimeSeconds(),
        };
        foreach (var (name, value) in changes) claims[name] = value;
        return claims;
    }

    private static string Signed(Dictionary<string, object> header, Dictionary<string, object> claims, RSASignaturePadding padding)
    {
        using var key = RSA.Create();
        key.ImportFromPem(NetSuiteSandbox.PrivateKey);
        var text = $"{Base64Url.EncodeToString(JsonSerializer.SerializeToUtf8Bytes(header))}.{Base64Url.EncodeToString(JsonSerializer.SerializeToUtf8Bytes(claims))}";
        return $"{text}.{Base64Url.EncodeToString(key.SignData(Encoding.ASCII.GetBytes(text), HashAlgorithmName.SHA256, padding))}";
    }

    private static StringContent Json(string body) => new(body, Encoding.UTF8, "application/json");

    private static async Task<string?> Code(HttpResponseMessage answer) => (await Detail(answer)).GetProperty("o:errorCode").GetString();

    private static async Task<string?> Path(HttpResponseMessage answer) =>
        (await Detail(answer)).TryGetProperty("o:errorPath", out var path) ? path.GetString() : "";

    private static async Task<JsonElement> Detail(HttpResponseMessage answer)
    {
        using var json = JsonDocument.Parse(await answer.Content.ReadAsStringAsync());
        return json.RootElement.GetProperty("o:errorDetails")[0].Clone();
    }
}
