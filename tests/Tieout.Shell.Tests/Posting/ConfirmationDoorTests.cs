using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Tieout.Shell.Tests.Database;

namespace Tieout.Shell.Tests.Posting;

/// <summary>The door that ERPs confirm at lets in whom it should, takes what it should, and keeps what it took.</summary>
public sealed class ConfirmationDoorTests(PostgresFixture postgres)
{
    private const string Good = "SAP:" + ConfirmingWorld.Secret;

    [Fact]
    public async Task Only_a_targets_own_log_in_opens_its_door_and_nothing_else_is_kept()
    {
        await using var confirming = await ConfirmingWorld.Start(postgres, 1);
        var message = ConfirmingWorld.Message("US-1-000000000000000000");
        (string Target, string? Login)[] strangers =
        [
            ("sap-us", null), ("sap-us", "SAP:" + ConfirmingWorld.Secret[..^1]), ("sap-us", Good + "x"), ("sap-us", "sap:" + ConfirmingWorld.Secret),
            ("sap-us", ":"), ("sap-us", ""), ("sap-us", "SAP:another secret altogether"), ("sap-de", Good), ("no-such", Good), ("sap-us%2F..%2Fsap-us", Good),
        ];

        var answers = new List<(HttpStatusCode Status, string Text)>();
        foreach (var (target, login) in strangers) answers.Add(await confirming.Knock(message, target, login));

        answers.ShouldAllBe(answer => answer.Status == HttpStatusCode.Unauthorized && answer.Text.Contains("not-logged-in", StringComparison.Ordinal));
        answers.Select(answer => JsonDocument.Parse(answer.Text).RootElement.GetProperty("detail").GetString()).Distinct().Count().ShouldBe(1);
        (await confirming.World.Count("posting.confirmation_message")).ShouldBe(0);
        (await confirming.Knock(message)).Status.ShouldBe(HttpStatusCode.Accepted);
    }

    [Theory]
    [InlineData("")]
    [InlineData("not xml")]
    [InlineData("<html><body>Logon failed</body></html>")]
    [InlineData("<!DOCTYPE a [<!ENTITY x SYSTEM \"file:///etc/hostname\">]><a>&x;</a>")]
    [InlineData("<!DOCTYPE a [<!ENTITY x \"xxxxxxxxxx\"><!ENTITY y \"&x;&x;&x;&x;&x;&x;&x;&x;\">]><a>&y;</a>")]
    [InlineData("<s:Envelope xmlns:s=\"http://schemas.xmlsoap.org/soap/envelope/\"/>")]
    [InlineData("<s:Envelope xmlns:s=\"http://schemas.xmlsoap.org/soap/envelope/\"><s:Body/></s:Envelope>")]
    [InlineData("<f:JournalEntryBulkCreationConfirmation xmlns:f=\"http://sap.com/xi/SAPSCORE/SFIN\"><Log/></f:JournalEntryBulkCreationConfirmation>")]
    [InlineData("<f:JournalEntryBulkCreateRequest xmlns:f=\"http://sap.com/xi/SAPSCORE/SFIN\"/>")]
    [InlineData("<JournalEntryBulkCreationConfirmation xmlns=\"urn:another\"/>")]
    public async Task What_is_no_confirmation_is_refused_in_words_and_kept_as_evidence(string message)
    {
        await using var confirming = await ConfirmingWorld.Start(postgres, 1);

        var (status, text) = await confirming.Knock(message);

        status.ShouldBe(HttpStatusCode.BadRequest);
        text.ShouldContain("confirmation-malformed");
        text.ShouldNotContain("xxxxxxxxxx");
        (await confirming.World.Rows<(string, int)>("select treatment, octet_length(body) from posting.confirmation_message"))
            .ShouldBe([("malformed", message.Length)]);
        (await confirming.World.Count("posting.confirmation")).ShouldBe(0);
    }

    [Fact]
    public async Task A_message_without_a_reference_breaks_off_in_the_middle_or_has_more_than_the_schema_knows_is_malformed()
    {
        await using var confirming = await ConfirmingWorld.Start(postgres, 1);
        var good = ConfirmingWorld.Message("US-1-000000000000000000");
        string[] bad =
        [
            good.Replace("<ReferenceID>US-1-000000000000000000</ReferenceID>", "", StringComparison.Ordinal),
            good[..(good.Length / 2)],
            good.Replace("<FiscalYear>", "<Strange/><FiscalYear>", StringComparison.Ordinal),
            ConfirmingWorld.Message(new string('9', 36)),
        ];

        foreach (var message in bad) (await confirming.Knock(message)).Status.ShouldBe(HttpStatusCode.BadRequest);

        (await confirming.World.Count("posting.confirmation_message where treatment = 'malformed'")).ShouldBe(bad.Length);
    }

    [Fact]
    public async Task More_than_a_message_holds_is_refused_and_a_page_or_a_document_is_no_message()
    {
        await using var confirming = await ConfirmingWorld.Start(postgres, 1);
        var huge = ConfirmingWorld.Message("US-1-000000000000000000", note: new string('x', 5 * 1024 * 1024));

        (await confirming.Knock(huge)).Status.ShouldBe(HttpStatusCode.RequestEntityTooLarge);
        (await confirming.Knock("{}", type: "application/json")).Status.ShouldBe(HttpStatusCode.UnsupportedMediaType);
        (await confirming.Knock("a=b", type: "application/x-www-form-urlencoded")).Status.ShouldBe(HttpStatusCode.UnsupportedMediaType);
        (await confirming.Knock("<p>", type: "text/html")).Status.ShouldBe(HttpStatusCode.UnsupportedMediaType);
        (await confirming.World.Count("posting.confirmation_message")).ShouldBe(0);
    }

    [Fact]
    public async Task A_doubled_message_is_kept_twice_and_counts_once_and_an_unknown_one_changes_nothing()
    {
        await using var confirming = await ConfirmingWorld.Start(postgres, 1);
        var unknown = ConfirmingWorld.Message("XX-1-000000000000000000");

        (await confirming.Knock(unknown)).ShouldBe((HttpStatusCode.Accepted, ""));
        (await confirming.Knock(unknown)).ShouldBe((HttpStatusCode.Accepted, ""));

        using var http = new HttpClient();
        var list = await http.GetFromJsonAsync<JsonElement>(new Uri(confirming.Door(), "/v1/confirmations?target=sap-us"));
        var rows = list.GetProperty("rows").EnumerateArray().Select(row => (
            row.GetProperty("treatment").GetString(), row.GetProperty("documents").GetInt32(), row.GetProperty("unknown").GetInt32())).ToList();
        rows.ShouldBe([("doubled", 0, 0), ("taken", 1, 1)]);
        (await confirming.World.Count("posting.posting where state = 'staged'")).ShouldBe(1);
        await Should.ThrowAsync<Exception>(() => confirming.World.Rows<int>("update posting.confirmation_message set problem = 'x'"));
        await Should.ThrowAsync<Exception>(() => confirming.World.Rows<int>("delete from posting.confirmation"));
    }
}
