using System.Text;
using Tieout.Sandbox;

namespace Tieout.Shell.Tests.Connectors.Prism;

/// <summary>That the judge finds what is wrong; what our connectors send is judged where it is sent, in the conformance tests.</summary>
public sealed class PrismTests(PrismFixture prism)
{
    private static readonly Dictionary<string, string> Headers = new(StringComparer.Ordinal)
    {
        ["authorization"] = "Bearer x",
        ["content-type"] = "application/json",
        ["prefer"] = "transient",
    };

    [Theory]
    [InlineData("POST", "/services/rest/query/v1/suiteql?limit=5&offset=0", """{"q":"select 1"}""", "")]
    [InlineData("POST", "/services/rest/query/v1/suiteql?limit=many", """{"q":"select 1"}""", "limit")]
    [InlineData("POST", "/services/rest/query/v1/suiteql", """{"query":"select 1"}""", "'q'")]
    [InlineData("PUT", "/services/rest/record/v1/journalEntries/eid:1", "{}", "NO_PATH_MATCHED")]
    public async Task NetSuites_description_refuses_what_it_does_not_know(string method, string path, string body, string words) =>
        await Refuses(PrismFixture.NetSuite, Request(method, path, body), words);

    [Fact]
    public async Task A_query_without_its_mandatory_header_is_refused() => await Refuses(
        PrismFixture.NetSuite,
        Request("POST", "/services/rest/query/v1/suiteql", """{"q":"select 2"}""") with { Headers = Headers.Where(header => header.Key != "prefer").ToDictionary() },
        "prefer");

    [Theory]
    [InlineData("POST", "/data/LedgerJournalHeaders", """{"dataAreaId":"demf","JournalName":"GenJrn","Description":"x"}""", "")]
    [InlineData("POST", "/data/LedgerJournalHeaders", """{"dataAreaId":5}""", "dataAreaId")]
    [InlineData("GET", "/data/LedgerJournals?$top=1", "", "NO_PATH_MATCHED")]
    public async Task Dynamics_description_refuses_what_it_does_not_know(string method, string path, string body, string words) =>
        await Refuses(PrismFixture.Dynamics, Request(method, path, body), words);

    [Fact]
    public async Task The_parts_of_a_batch_are_judged_each_by_itself()
    {
        const string body = "--b\r\nContent-Type: multipart/mixed;boundary=c\r\n\r\n--c\r\nContent-Type: application/http\r\n\r\n"
            + "POST http://127.0.0.1/data/LedgerJournalHeaders HTTP/1.1\r\nContent-Type: application/json\r\n\r\n{\"dataAreaId\":7}\r\n--c--\r\n--b--\r\n";
        await Refuses(PrismFixture.Dynamics, Request("POST", "/data/$batch", body), "dataAreaId");
    }

    private async Task Refuses(PrismSpec spec, SeenRequest request, string words)
    {
        var said = await prism.Verdicts(spec, [request]);
        if (words.Length == 0) said.ShouldBeEmpty();
        else said.ShouldHaveSingleItem().ShouldContain(words);
    }

    private static SeenRequest Request(string method, string path, string body) => new(method, path, Headers, Encoding.UTF8.GetBytes(body));
}
