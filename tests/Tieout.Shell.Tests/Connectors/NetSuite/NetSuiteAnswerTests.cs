using System.Text;
using Tieout.Connectors.NetSuite;
using Tieout.Connectors.Port;

namespace Tieout.Shell.Tests.Connectors.NetSuite;

/// <summary>What an answer is taken to mean, where the stand-in cannot be made to say it.</summary>
public sealed class NetSuiteAnswerTests
{
    private const string No = """{"title":"Bad Request","status":400,"o:errorDetails":[{"detail":"No.","o:errorCode":"USER_ERROR"}]}""";
    private const string Full = """{"title":"Bad Request","status":400,"o:errorDetails":[{"detail":"Full.","o:errorCode":"SSS_REQUEST_LIMIT_EXCEEDED"}]}""";
    private const string Page = "<html><body>Notice</body></html>";

    [Theory]
    [InlineData(400, No, null, "no")]               // NetSuite says no
    [InlineData(400, Full, null, "not now")]        // the limit comes as 400 from some of its services
    [InlineData(429, "", null, "not now")]
    [InlineData(401, No, null, "not now")]
    [InlineData(403, No, null, "not now")]
    [InlineData(404, Page, null, "not now")]        // a gateway that does not know the way
    [InlineData(302, "", null, "not now")]          // to a log-in page
    [InlineData(408, "", null, "doubt")]            // may come from a gateway that gave up waiting
    [InlineData(503, Page, 3, "not now")]
    [InlineData(503, Page, null, "doubt")]
    [InlineData(500, No, null, "doubt")]            // whatever it says, the body was sent
    [InlineData(502, Page, null, "doubt")]
    [InlineData(200, "{}", null, "doubt")]          // not what an upsert answers
    [InlineData(204, "", null, "doubt")]            // without the address of a record
    public void An_answer_says_no_or_not_now_or_leaves_a_doubt(int status, string body, int? retryAfter, string expected)
    {
        var answer = Answer(status, body, "", retryAfter);

        (answer.NotNow is not null ? "not now" : answer.SaysNo ? "no" : "doubt").ShouldBe(expected);
    }

    [Theory]
    [InlineData("https://x.example/services/rest/record/v1/journalEntry/1042", "1042")]
    [InlineData("/services/rest/record/v1/journalEntry/1042", "1042")]
    [InlineData("https://x.example/services/rest/async/v1/job/abc", "")]
    [InlineData("https://x.example/services/rest/record/v1/journalEntry/eid:INV-1", "")]
    [InlineData("", "")]
    public void The_internal_id_ends_the_address(string location, string id) => Answer(204, "", location).InternalId.ShouldBe(id);

    [Theory]
    [InlineData("INVALID_CONTENT", "line.items[0].account", "account-unknown")]
    [InlineData("INVALID_CONTENT", "line.items[2].account", "tax-code-unknown")]   // the third line is the tax
    [InlineData("INVALID_CONTENT", "line.items[2].account.id", "tax-code-unknown")]
    [InlineData("INVALID_CONTENT", "line.items[1].entity", "customer-unknown")]
    [InlineData("NONEXISTENT_ID", "subsidiary", "company-unknown")]
    [InlineData("INVALID_CONTENT", "currency", "currency-unknown")]
    [InlineData("INVALID_CONTENT", "line.items[1].memo", "erp-refused")]
    [InlineData("USER_ERROR", "", "erp-refused")]
    [InlineData("TRAN_PRD_CLOSED", "line.items[0].account", "period-closed")]      // a code that names the cause goes before the field
    [InlineData("DUP_RCRD", "", "locked")]
    [InlineData("HOUSE_RULE", "", "period-closed")]                                // set by an option
    public void A_refusal_is_told_in_our_words(string code, string path, string meaning)
    {
        var error = new NetSuiteError("Bad Request", [new NetSuiteErrorDetail(code, path, "No.")]);
        var settings = NetSuiteSettings.Of(NetSuiteMapTests.Target(("error:HOUSE_RULE", "period-closed")));

        NetSuiteFindings.Meaning(error, settings.Errors, index => index == 2).ShouldBe(meaning);
    }

    [Fact]
    public void NetSuites_own_text_stands_beside_ours()
    {
        var finding = NetSuiteFindings.Of("erp-refused", NetSuiteError.Read(Encoding.UTF8.GetBytes(No))!.Text);

        finding.Technical.ShouldBe("USER_ERROR No.");
        finding.Cause.ShouldNotBeEmpty();
        finding.Remedy.ShouldContain("replay");
    }

    [Theory]
    [InlineData("\"1234567890123456.78\"", "1234567890123456.78")]
    [InlineData("1234567890123456.78", "1234567890123456.78")]      // a number keeps its digits
    [InlineData("-0.10", "-0.10")]
    [InlineData("null", "0")]
    public void Amounts_are_read_by_their_digits(string json, string amount)
    {
        using var row = System.Text.Json.JsonDocument.Parse($$"""{"amount":{{json}}}""");

        SuiteQlRow.Of(row.RootElement).Amount("amount").ShouldBe(decimal.Parse(amount, System.Globalization.CultureInfo.InvariantCulture));
    }

    [Theory]
    [InlineData("""{"amount":"a lot"}""")]
    [InlineData("""{"amount":"NaN"}""")]
    public void What_is_no_amount_is_no_answer(string json)
    {
        using var row = System.Text.Json.JsonDocument.Parse(json);

        Should.Throw<ReadBackException>(() => SuiteQlRow.Of(row.RootElement).Amount("amount"));
    }

    [Fact]
    public async Task A_journal_told_in_part_proves_nothing()
    {
        async IAsyncEnumerable<SuiteQlRow> Rows()
        {
            await Task.CompletedTask;
            yield return Row("119", "119.00");
            yield return Row("54", "-100.00");
        }

        await Should.ThrowAsync<ReadBackException>(async () =>
        {
            await foreach (var journal in HeldJournal.Group(Rows())) journal.Key.ShouldBe("never reached");
        });
    }

    private static SuiteQlRow Row(string account, string amount) => new(new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase)
    {
        ["id"] = "7",
        ["externalid"] = "T-1",
        ["type"] = "Journal",
        ["posting"] = "T",
        ["voided"] = "F",
        ["month"] = "2026-11-01",
        ["currency"] = "EUR",
        ["account"] = account,
        ["amount"] = amount,
    });

    private static NetSuiteReply.Answered Answer(int status, string body, string location, int? retryAfter = null) =>
        new(status, Encoding.UTF8.GetBytes(body), location, retryAfter is { } seconds ? TimeSpan.FromSeconds(seconds) : null);
}
