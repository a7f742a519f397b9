using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Tieout.Application.Intake;
using Tieout.Application.Settings;
using Tieout.Shell.Tests.Database;
using Tieout.Shell.Tests.Intake;
using static Tieout.Shell.Tests.Usage.UsageWorld;

namespace Tieout.Shell.Tests.Usage;

/// <summary>Declaring meters, by the API and by the books file.</summary>
public sealed class MeterTests(PostgresFixture postgres)
{
    private const string Declared =
        """
        meters:
          - {code: calls, name: Calls, aggregation: count, events: [call, call.v2]}
          - code: bytes
            aggregation: sum
            events: call
            value: bytes
            filter:
              - {property: status, in: ["200", "204"]}
              - {property: cached, is-not: "true"}
            group-by: [region, tier]
            keep-transactions: true
            negative: allowed
            hours-ahead: 24
        """;

    [Fact]
    public async Task A_meter_is_declared_once_and_never_changes()
    {
        await using var world = await Start(postgres);
        var filters = new[] { new { property = "status", @operator = "is-not", values = new[] { "500" } } };
        object body = new { code = "ok", aggregation = "sum", eventTypes = new[] { "done" }, valueProperty = "n", filters };
        (await world.Client.PostAsJsonAsync("/v1/meters", body)).StatusCode.ShouldBe(HttpStatusCode.Created);
        (await world.Client.PostAsJsonAsync("/v1/meters", body)).StatusCode.ShouldBe(HttpStatusCode.OK);
        var changed = await world.Client.PostAsJsonAsync("/v1/meters", new { code = "ok", aggregation = "max", eventTypes = new[] { "done" }, valueProperty = "n" });
        (await world.Code(changed, 409)).ShouldBe("meter-published");
        var listed = (await world.Get("/v1/meters")).GetProperty("rows").EnumerateArray().Single(row => row.GetProperty("code").GetString() == "ok");
        listed.GetProperty("filters")[0].GetProperty("operator").GetString().ShouldBe("is-not");
        // It counts what comes from now on.
        (await world.Send(Event("a", "done", """{"n":3}"""))).Accepted.ShouldBe(1);
        await world.CatchUp();
        (await world.Value("ok")).ShouldBe(3m);
    }

    [Fact]
    public async Task One_answer_names_everything_that_is_wrong()
    {
        await using var world = await Start(postgres);
        var answer = await world.Client.PostAsJsonAsync("/v1/meters", new { code = "a b", aggregation = "sum", hoursAhead = -1 });
        var problem = await answer.Content.ReadFromJsonAsync<JsonElement>();
        problem.GetProperty("code").GetString().ShouldBe("bad-meter");
        problem.GetProperty("errors").EnumerateObject().Select(field => field.Name).Order().ShouldBe(["code", "eventTypes", "hoursAhead", "valueProperty"]);
        (await world.Code(await world.Client.PostAsJsonAsync("/v1/meters", new { code = "a", aggregation = "median", eventTypes = new[] { "x" } }), 400)).ShouldBe("bad-meter");
    }

    [Fact]
    public async Task The_books_file_declares_meters_and_the_same_again_adds_nothing()
    {
        await using var database = await postgres.CreateDatabase();
        (await SetUp(database, Declared)).ShouldBeOfType<BooksOutcome.Done>().Meters.ShouldBe(2);
        (await SetUp(database, Declared)).ShouldBeOfType<BooksOutcome.Done>().Meters.ShouldBe(0);
        (await SetUp(database, Declared.Replace("value: bytes", "value: octets", StringComparison.Ordinal)))
            .ShouldBeOfType<BooksOutcome.Refused>().Problems.ShouldHaveSingleItem().ShouldContain("Meter 'bytes' is published as");
        (await Books.Count(database, "usage.meter")).ShouldBe(2);
    }

    [Theory]
    [InlineData("aggregation: sum", "aggregation: median", "'median' is not one of count, sum")]
    [InlineData("value: bytes", "unique: bytes", "meters[2]")]
    [InlineData("code: bytes", "code: calls", "'calls' is declared twice")]
    [InlineData("is-not: \"true\"", "is: \"true\", in: [x]", "one of 'is', 'in' and 'is-not'")]
    [InlineData("group-by: [region, tier]", "group-by: [region, region]", "meters[2].group-by")]
    [InlineData("hours-ahead: 24", "hours-ahead: soon", "a whole number from 0")]
    [InlineData("negative: allowed", "negativ: allowed", "unknown key")]
    public void A_file_that_cannot_be_meant_is_refused_with_its_place(string from, string to, string problem) =>
        Should.Throw<SettingsException>(() => BooksFile.Of(Books.Yaml(Declared.Replace(from, to, StringComparison.Ordinal)))).Message.ShouldContain(problem);

    private static Task<BooksOutcome> SetUp(TestDatabase database, string yaml) =>
        new SetUpBooks(database.Source).Run(BooksFile.Of(Books.Yaml(yaml)), CancellationToken.None);
}
