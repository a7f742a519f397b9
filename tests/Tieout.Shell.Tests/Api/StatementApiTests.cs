using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using Tieout.Shell.Tests.Database;
using Tieout.Shell.Tests.Payments;

namespace Tieout.Shell.Tests.Api;

/// <summary>Bank statements as programs send them.</summary>
public sealed class StatementApiTests(PostgresFixture postgres) : IAsyncLifetime
{
    private const string Iban = "DE89370400440532013000";

    private TestDatabase books = null!;
    private ApiHost host = null!;
    private HttpClient client = null!;

    public async ValueTask InitializeAsync()
    {
        books = await CashDesk.TwoInvoices(postgres);
        await new CashDesk(books.Source).Scalar<int>("update customers.legal_entity set iban = @Iban where code = 'US'", new { Iban });
        host = await ApiHost.Over(books, TimeProvider.System);
        client = host.Client;
    }

    public ValueTask DisposeAsync() => host.DisposeAsync();

    [Fact]
    public async Task A_file_is_taken_in_and_its_payment_accepted()
    {
        using var answer = await Send(File("10.74"), "application/xml", "?actor=mara");
        answer.StatusCode.ShouldBe(HttpStatusCode.OK);
        var taken = await answer.Content.ReadFromJsonAsync<JsonElement>();
        taken.GetProperty("matched").GetProperty("proposed").GetInt32().ShouldBe(1);
        var line = (await client.GetFromJsonAsync<JsonElement>("/v1/bank-lines?state=proposed")).GetProperty("rows")[0];
        var place = $"/v1/bank-lines/{line.GetProperty("key").GetString()}";
        var proposal = line.GetProperty("proposals")[0].GetProperty("id").GetString();
        using var declined = await client.PostAsJsonAsync(place + "/decline", new { reason = "Not sure", actor = "mara" });
        declined.StatusCode.ShouldBe(HttpStatusCode.NoContent);
        using var accepted = await client.PostAsJsonAsync(place + "/accept", new { proposal, reason = "After all", actor = "mara" });
        accepted.StatusCode.ShouldBe(HttpStatusCode.OK);
        (await accepted.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("journal").GetProperty("kind").GetString().ShouldBe("payment");
    }

    [Fact]
    public async Task A_line_is_booked_beside_customers_money_once_and_who_pays_from_where_is_listed_and_ended()
    {
        using var answer = await Send(File("10.74").Replace("<RmtInf>", "<RltdPties><DbtrAcct><Id><IBAN>GB29NWBK60161331926819</IBAN></Id></DbtrAcct></RltdPties><RmtInf>", StringComparison.Ordinal), "application/xml", "?actor=mara");
        var line = (await client.GetFromJsonAsync<JsonElement>("/v1/bank-lines?state=proposed")).GetProperty("rows")[0];
        var place = $"/v1/bank-lines/{line.GetProperty("key").GetString()}";
        using var refused = await client.PostAsJsonAsync(place + "/book", new { account = "revenue", reason = "Rent", actor = "mara" });
        ((int)refused.StatusCode, await Code(refused)).ShouldBe((409, "unfit-account"));
        using var booked = await client.PostAsJsonAsync(place + "/book", new { account = "other-income", reason = "Rent", actor = "mara" });
        var journal = (await booked.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("journal");
        journal.GetProperty("kind").GetString().ShouldBe("manual-journal");
        using var other = await client.PostAsJsonAsync(place + "/accept", new Dictionary<string, string> { ["billing-account"] = "C-1", ["reason"] = "No", ["actor"] = "mara" });
        ((int)other.StatusCode, await Code(other)).ShouldBe((409, "line-booked"));

        // Taken back, it is C-1's after all; what that teaches is listed, and ended.
        using var reversal = new HttpRequestMessage(HttpMethod.Post, $"/v1/journals/{journal.GetProperty("number").GetString()}/reverse")
        {
            Content = JsonContent.Create(new { reason = "It is C-1's", actor = "mara" }),
        };
        reversal.Headers.Add("Idempotency-Key", "k-1");
        using var reversed = await client.SendAsync(reversal);
        reversed.IsSuccessStatusCode.ShouldBeTrue(await reversed.Content.ReadAsStringAsync());
        var freed = (await client.GetFromJsonAsync<JsonElement>("/v1/bank-lines")).GetProperty("rows")[0];
        freed.GetProperty("before")[0].GetProperty("entry").GetString().ShouldBe(journal.GetProperty("number").GetString());
        using var accepted = await client.PostAsJsonAsync(place + "/accept", new Dictionary<string, string> { ["billing-account"] = "C-1", ["reason"] = "Yes", ["actor"] = "mara" });
        accepted.StatusCode.ShouldBe(HttpStatusCode.OK);
        var payer = (await client.GetFromJsonAsync<JsonElement>("/v1/payers?account=C-1&number=GB29NWBK60161331926819")).GetProperty("rows")[0];
        payer.GetProperty("billingAccount").GetString().ShouldBe("C-1");
        using var forgotten = await client.PostAsJsonAsync("/v1/payers/forget", new Dictionary<string, string>
        {
            ["number"] = "GB29NWBK60161331926819",
            ["billing-account"] = "C-1",
            ["reason"] = "Sold",
            ["actor"] = "mara",
        });
        forgotten.StatusCode.ShouldBe(HttpStatusCode.OK);
        (await client.GetFromJsonAsync<JsonElement>("/v1/payers")).GetProperty("rows").GetArrayLength().ShouldBe(0);
        (await client.GetFromJsonAsync<JsonElement>("/v1/payers?state=all&limit=1")).GetProperty("rows")[0].GetProperty("endedWhy").GetString().ShouldBe("Sold");
        using var bad = await client.GetAsync(new Uri("/v1/payers?after=soon", UriKind.Relative));
        (await Code(bad)).ShouldBe("bad-page-token");
    }

    private static async Task<string?> Code(HttpResponseMessage answer) => (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("code").GetString();

    [Theory]
    [InlineData("10.75", "application/xml", "?actor=mara", 400, "bad-statement")]
    [InlineData("10.74", "application/xml", "", 400, "bad-statement")]
    [InlineData("10.74", "text/plain", "?actor=mara", 415, "json-required")]
    [InlineData("", "application/json", "", 400, "bad-statement")]
    public async Task What_cannot_be_taken_is_told(string closing, string type, string query, int status, string code)
    {
        using var answer = await Send(closing.Length > 0 ? File(closing) : "{}", type, query);
        ((int)answer.StatusCode).ShouldBe(status);
        (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("code").GetString().ShouldBe(code);
    }

    [Fact]
    public async Task What_is_not_there_is_said()
    {
        using var accepted = await client.PostAsJsonAsync("/v1/bank-lines/none/accept", new { proposal = "x", reason = "x", actor = "mara" });
        accepted.StatusCode.ShouldBe(HttpStatusCode.NotFound);
        using var listed = await client.GetAsync(new Uri("/v1/bank-lines?state=lost", UriKind.Relative));
        listed.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
    }

    private Task<HttpResponseMessage> Send(string text, string type, string query) =>
        client.PostAsync(new Uri("/v1/bank-statements" + query, UriKind.Relative), new StringContent(text, Encoding.UTF8, type));

    private static string File(string closing) =>
        "<Document xmlns=\"urn:iso:std:iso:20022:tech:xsd:camt.053.001.02\"><BkToCstmrStmt><GrpHdr><MsgId>M</MsgId></GrpHdr>"
        + $"<Stmt><Id>S</Id><Acct><Id><IBAN>{Iban}</IBAN></Id></Acct>{Balance("OPBD", "0")}{Balance("CLBD", closing)}"
        + "<Ntry><Amt Ccy=\"USD\">10.74</Amt><CdtDbtInd>CRDT</CdtDbtInd><Sts>BOOK</Sts><BookgDt><Dt>2026-12-20</Dt></BookgDt><NtryDtls><TxDtls>"
        + "<RmtInf><Ustrd>US-2026-0000001</Ustrd></RmtInf></TxDtls></NtryDtls></Ntry></Stmt></BkToCstmrStmt></Document>";

    private static string Balance(string code, string amount) =>
        $"<Bal><Tp><CdOrPrtry><Cd>{code}</Cd></CdOrPrtry></Tp><Amt Ccy=\"USD\">{amount}</Amt><CdtDbtInd>CRDT</CdtDbtInd><Dt><Dt>2026-12-20</Dt></Dt></Bal>";
}
