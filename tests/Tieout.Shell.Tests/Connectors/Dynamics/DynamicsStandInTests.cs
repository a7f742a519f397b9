using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using Tieout.Connectors.Dynamics;

namespace Tieout.Shell.Tests.Connectors.Dynamics;

/// <summary>The stand-in is as strict, and as careless, as the documents say of the real one.</summary>
public sealed class DynamicsStandInTests : IAsyncLifetime
{
    private const string Headers = "/data/LedgerJournalHeaders";
    private const string Lines = "/data/LedgerJournalLines";
    private const string Header = """{"dataAreaId":"usmf","JournalBatchNumber":"J-1","JournalName":"GenJrn"}""";

    private DynamicsSandbox _dynamics = null!;

    public async ValueTask InitializeAsync()
    {
        _dynamics = await DynamicsSandbox.Start(pageSize: 2);
        using var answer = await Token(DynamicsSandbox.Secret);
        _dynamics.Http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue(
            "Bearer", (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("access_token").GetString());
    }

    public ValueTask DisposeAsync() => _dynamics.DisposeAsync();

    [Theory]
    [InlineData("client_secret", "wrong", 401, "invalid_client")]
    [InlineData("client_id", "SOMEBODY", 400, "unauthorized_client")]
    [InlineData("grant_type", "password", 400, "unsupported_grant_type")]
    [InlineData("scope", "https://elsewhere.example/.default", 400, "invalid_scope")]
    public async Task A_token_is_given_for_the_right_words_only(string field, string value, int status, string error)
    {
        using var answer = await Token(DynamicsSandbox.Secret, (field, value));

        ((int)answer.StatusCode).ShouldBe(status);
        (await answer.Content.ReadAsStringAsync()).ShouldContain(error);
    }

    [Theory]
    [InlineData("GET", Headers)]
    [InlineData("POST", Headers)]
    [InlineData("POST", "/data/$batch")]
    [InlineData("DELETE", Headers + "(dataAreaId='usmf',JournalBatchNumber='J-1')?cross-company=true")]
    [InlineData("POST", "/api/services/TieoutServices/JournalPosting/post")]
    public async Task Without_a_token_every_door_is_401(string method, string path)
    {
        _dynamics.Http.DefaultRequestHeaders.Authorization = null;
        using var request = new HttpRequestMessage(new HttpMethod(method), path) { Content = Json("{}") };

        using var answer = await _dynamics.Http.SendAsync(request);

        answer.StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
    }

    [Theory]
    [InlineData("""{"dataAreaId":"usmf","JournalName":"GenJrn","Colour":"red"}""", "The property 'Colour' does not exist")]
    [InlineData("""{"dataAreaId":"usmf","JournalName":"GenJrn","IsPosted":"Perhaps"}""", "expected type 'enum'")]
    [InlineData("""{"dataAreaId":"usmf","JournalName":1}""", "expected type 'string'")]
    [InlineData("""{"dataAreaId":"none","JournalName":"GenJrn"}""", "related table 'Companies'")]
    [InlineData("""{"dataAreaId":"usmf","JournalName":"CustPay"}""", "related table 'Journal names'")]
    [InlineData("""{"dataAreaId":"usmf","JournalName":"GenJrn","JournalBatchNumber":"123456789012345678901"}""", "too long")]
    [InlineData("not json", "Invalid JSON")]
    public async Task A_header_that_does_not_fit_is_refused_in_the_vendors_form(string body, string text)
    {
        using var answer = await _dynamics.Http.PostAsync(new Uri(Headers, UriKind.Relative), Json(body));

        answer.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        var error = (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("error");
        error.GetProperty("code").GetString().ShouldBeEmpty();
        error.GetProperty("innererror").GetProperty("message").GetString()!.ShouldContain(text);
    }

    [Theory]
    [InlineData("\"AccountDisplayValue\":\"999999---\",\"DebitAmount\":1", "related table 'Main accounts'")]
    [InlineData("\"AccountDisplayValue\":\"401100\",\"DebitAmount\":1", "number of segments")]
    [InlineData("\"AccountDisplayValue\":\"401100-777--\",\"DebitAmount\":1", "related table 'Financial dimension values'")]
    [InlineData("\"AccountDisplayValue\":\"401100---\",\"DebitAmount\":1,\"CreditAmount\":1", "either a debit or a credit")]
    [InlineData("\"AccountDisplayValue\":\"401100---\",\"DebitAmount\":1.001", "more decimals")]
    [InlineData("\"AccountDisplayValue\":\"401100---\",\"DebitAmount\":1,\"SalesTaxCode\":\"ZZ\"", "related table 'Sales tax codes'")]
    [InlineData("\"AccountDisplayValue\":\"C-1\",\"AccountType\":\"Cust\",\"DebitAmount\":1", "related table 'Customers'")]
    [InlineData("\"AccountDisplayValue\":\"401100---\",\"DebitAmount\":1,\"OffsetCompany\":\"demf\"", "Intercompany")]
    [InlineData("\"AccountDisplayValue\":\"401100---\",\"DebitAmount\":1,\"Text\":\"a text of more than sixty characters, which is what the field can hold\"", "too long")]
    public async Task A_line_that_does_not_fit_is_refused(string fields, string text)
    {
        await Created(Headers, Header);

        using var answer = await _dynamics.Http.PostAsync(new Uri(Lines, UriKind.Relative), Json(Line(fields)));

        answer.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        (await answer.Content.ReadAsStringAsync()).ShouldContain(text.Replace("'", "\\u0027", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_journal_number_is_given_once_in_a_company_over_both_kinds_of_journal()
    {
        await Created(Headers, Header);
        await Created(Headers, Header.Replace("usmf", "demf", StringComparison.Ordinal));

        foreach (var (set, body) in ((string, string)[])
            [(Headers, Header), ("/data/CustomerPaymentJournalHeaders", Header.Replace("GenJrn", "CustPay", StringComparison.Ordinal))])
        {
            using var answer = await _dynamics.Http.PostAsync(new Uri(set, UriKind.Relative), Json(body));
            (await answer.Content.ReadAsStringAsync()).ShouldContain("The record already exists");
        }
    }

    [Fact]
    public async Task A_change_set_is_all_or_nothing_and_the_first_that_fails_ends_a_batch_that_does_not_ask_to_go_on()
    {
        var (header, good, bad) = (Operation(Headers, Header), Operation(Lines, Line("\"AccountDisplayValue\":\"401100---\",\"DebitAmount\":1")), Operation(Lines, "{}"));
        var second = Operation(Headers, Header.Replace("J-1", "J-2", StringComparison.Ordinal));

        (await Batch(goesOn: false, [[header, good, bad], [second]])).Count.ShouldBe(1);
        (await _dynamics.JournalCount("J-1"), await _dynamics.JournalCount("J-2")).ShouldBe((0, 0));

        var answers = await Batch(goesOn: true, [[header, good, bad], [second]]);
        answers.Select(answer => (answer.Whole, answer.Parts[0].Status)).ShouldBe([(false, 400), (true, 201)]);
        (await _dynamics.JournalCount("J-1"), await _dynamics.JournalCount("J-2")).ShouldBe((0, 1));
    }

    [Fact]
    public async Task Only_the_users_own_company_is_seen_without_cross_company()
    {
        await Created(Headers, Header);

        (await Rows(Headers)).ShouldBeEmpty();
        (await Rows(Headers + "?cross-company=true")).ShouldHaveSingleItem();
        using var answer = await _dynamics.Http.DeleteAsync(new Uri(Headers + "(dataAreaId='usmf',JournalBatchNumber='J-1')", UriKind.Relative));
        answer.StatusCode.ShouldBe(HttpStatusCode.NotFound);
    }

    [Theory]
    [InlineData("JournalBatchNumber eq 'j-*'", 3)]          // an asterisk, and no case
    [InlineData("JournalBatchNumber eq '*2'", 1)]
    [InlineData("IsPosted eq Microsoft.Dynamics.DataEntities.NoYes'No'", 3)]
    [InlineData("dataAreaId eq 'usmf' and (JournalBatchNumber eq 'J-1' or JournalBatchNumber eq 'J-3')", 2)]
    public async Task Filters_are_read_as_finance_and_operations_apps_read_them(string filter, int rows)
    {
        foreach (var number in (string[])["J-1", "J-2", "J-3"]) await Created(Headers, Header.Replace("J-1", number, StringComparison.Ordinal));

        var page = await _dynamics.Http.GetFromJsonAsync<JsonElement>($"{Headers}?cross-company=true&$count=true&$filter={Uri.EscapeDataString(filter)}");

        page.GetProperty("@odata.count").GetInt32().ShouldBe(rows);
        page.TryGetProperty("@odata.nextLink", out _).ShouldBe(rows > 2);
    }

    [Theory]
    [InlineData("$filter=IsPosted eq 'No'")]                    // an enumeration needs its type
    [InlineData("$filter=JournalBatchNumber in ('J-1')")]
    [InlineData("$filter=Colour eq 'red'")]
    [InlineData("$select=Colour")]
    [InlineData("$orderby=Colour")]
    [InlineData("$apply=aggregate(x)")]
    public async Task What_the_query_does_not_know_is_refused_and_never_ignored(string query)
    {
        using var answer = await _dynamics.Http.GetAsync(new Uri($"{Headers}?cross-company=true&{query}", UriKind.Relative));

        answer.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
    }

    [Fact]
    public async Task A_journal_is_posted_once_whole_and_balanced_and_then_it_stays()
    {
        await Created(Headers, Header);
        await Created(Lines, Line("\"AccountDisplayValue\":\"110110---\",\"DebitAmount\":5"));
        (await Post("J-1")).ShouldContain("do not balance");
        await Created(Lines, Line("\"AccountDisplayValue\":\"401100---\",\"CreditAmount\":5"));

        (await Post("J-1")).ShouldBeEmpty();
        (await Post("J-1")).ShouldContain("already been posted");

        (await Rows("/data/GeneralJournalAccountEntries?cross-company=true")).Select(row => row.GetProperty("TransactionCurrencyAmount").GetDecimal()).ShouldBe([5m, -5m]);
        using var deleted = await _dynamics.Http.DeleteAsync(new Uri(Headers + "(dataAreaId='usmf',JournalBatchNumber='J-1')?cross-company=true", UriKind.Relative));
        deleted.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        using var line = await _dynamics.Http.PostAsync(new Uri(Lines, UriKind.Relative), Json(Line("\"AccountDisplayValue\":\"401100---\",\"CreditAmount\":5")));
        line.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
    }

    [Fact]
    public async Task A_row_that_somebody_changed_is_not_deleted_under_its_old_version()
    {
        await Created(Headers, Header);
        using var request = new HttpRequestMessage(HttpMethod.Delete, Headers + "(dataAreaId='usmf',JournalBatchNumber='J-1')?cross-company=true");
        request.Headers.TryAddWithoutValidation("If-Match", "W/\"7\"");

        using var answer = await _dynamics.Http.SendAsync(request);

        answer.StatusCode.ShouldBe(HttpStatusCode.PreconditionFailed);
    }

    private static string Line(string fields) =>
        $$"""{"dataAreaId":"usmf","JournalBatchNumber":"J-1","Voucher":"V-1","TransDate":"2026-11-01T12:00:00Z","CurrencyCode":"USD",{{fields}}}""";

    private BatchOperation Operation(string path, string body) => new(new Uri(_dynamics.BaseUrl, path), Encoding.UTF8.GetBytes(body));

    private async Task<IReadOnlyList<ChangeSetAnswer>> Batch(bool goesOn, IReadOnlyList<IReadOnlyList<BatchOperation>> changeSets)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/data/$batch") { Content = new ByteArrayContent(ODataBatch.Write("b", changeSets)) };
        request.Content.Headers.TryAddWithoutValidation("Content-Type", ODataBatch.ContentType("b"));
        if (goesOn) request.Headers.Add("Prefer", "odata.continue-on-error");
        using var answer = await _dynamics.Http.SendAsync(request);
        return ODataBatch.Read(answer.Content.Headers.ContentType!.ToString(), await answer.Content.ReadAsByteArrayAsync());
    }

    private async Task<string> Post(string number)
    {
        using var answer = await _dynamics.Http.PostAsync(
            new Uri($"{Headers}(dataAreaId='usmf',JournalBatchNumber='{number}')/Microsoft.Dynamics.DataEntities.post?cross-company=true", UriKind.Relative), Json("{}"));
        return await answer.Content.ReadAsStringAsync();
    }

    private async Task Created(string set, string body)
    {
        using var answer = await _dynamics.Http.PostAsync(new Uri(set, UriKind.Relative), Json(body));
        answer.StatusCode.ShouldBe(HttpStatusCode.Created);
    }

    private async Task<List<JsonElement>> Rows(string path) =>
        [.. (await _dynamics.Http.GetFromJsonAsync<JsonElement>(path)).GetProperty("value").EnumerateArray()];

    private Task<HttpResponseMessage> Token(string secret, params (string Name, string Value)[] changes)
    {
        Dictionary<string, string> fields = new(StringComparer.Ordinal)
        {
            ["grant_type"] = "client_credentials",
            ["client_id"] = "TIEOUT",
            ["client_secret"] = secret,
            ["scope"] = _dynamics.BaseUrl.GetLeftPart(UriPartial.Authority) + "/.default",
        };
        foreach (var (name, value) in changes) fields[name] = value;
        return _dynamics.Http.PostAsync(new Uri("/any-tenant/oauth2/v2.0/token", UriKind.Relative), new FormUrlEncodedContent(fields));
    }

    private static StringContent Json(string body) => new(body, Encoding.UTF8, "application/json");
}
