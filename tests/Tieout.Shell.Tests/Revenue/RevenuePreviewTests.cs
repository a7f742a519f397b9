using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using Tieout.Application.Revenue;
using Tieout.Domain;
using Tieout.Shell.Tests.Api;
using Tieout.Shell.Tests.Database;

namespace Tieout.Shell.Tests.Revenue;

public sealed class RevenuePreviewTests(PostgresFixture postgres)
{
    private const string Good =
        """
        {"contract":"RC-1","currency":"USD","obligations":[{"code":"A","satisfaction":"ratable-daily","ssp":"365","period":{"start":"2026-01-01","end":"2027-01-01"}}],
         "price":{"fixed":"365.00"},"events":[{"kind":"invoice","id":"I-1","on":"2026-01-01","amount":"365.00"}]}
        """;

    [Fact]
    public void A_contract_is_answered_with_schedule_balances_and_rules()
    {
        var answer = PreviewRevenue.Run(Encoding.UTF8.GetBytes(Good)).ShouldBeOfType<RevenueOutcome.Answered>().Answer;
        answer.Schedule[1].ShouldBe(new Domain.Revenue.ScheduledMonth("A", new AccountingMonth(2026, 2), 28m, 0m));
        answer.Balances[0].ContractLiability.ShouldBe(334m);
        answer.Steps.ShouldContain(step => step.Rule.Contains("606-10-32-31", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("{}", "contract missing, currency missing, obligations missing, price missing")]
    [InlineData("[]", "(document) object-expected")]
    [InlineData("""{"contract":"4111 1111 1111 1111","currency":"XXX","colour":1,"obligations":[{"code":"A","satisfaction":"slowly","ssp":"NaN","period":{"start":"2026-01-01","end":"2026-01-01"}}],"price":{"fixed":"-1"}}""",
        "colour unknown-member, contract card-number, currency unknown-currency, obligations[0].period.end end-before-start, obligations[0].satisfaction unknown-word, obligations[0].ssp bad-number, price.fixed bad-number")]
    [InlineData("""{"contract":"R","currency":"JPY","obligations":[{"code":"A","satisfaction":"usage","quantity":"0","period":{"start":"2026-01-01","end":"2027-01-01"}}],"price":{"fixed":"1.5"}}""",
        "obligations[0].quantity not-positive, obligations[0].ssp ssp-missing, price.fixed wrong-scale")]
    [InlineData("""{"contract":"R","currency":"USD","obligations":[{"code":"A","satisfaction":"point-in-time","distinct":false,"ssp":"1","period":{"start":"2026-01-01","end":"2027-01-01"}}],"price":{"fixed":"1"},"events":[{"kind":"fly","on":"2026-01-01"},{"kind":"close","through":"2026-13"},{"kind":"modification","on":"soon","version":1,"increase":"1","decrease":"1"},7]}""",
        "events[0].kind unknown-word, events[1].through bad-month, events[2].decrease given-twice, events[2].on bad-date, events[2].reason missing, events[2].version out-of-range, events[3] object-expected, obligations[0].into distinct-or-into")]
    [InlineData("""{"contract":"R","currency":"USD","obligations":[{"code":"A","satisfaction":"ratable-daily","ssp":"1","period":{"start":"1900-01-01","end":"2150-01-01"}}],"price":{"fixed":"1"}}""", "(document) too-long")]
    [InlineData("""{"contract":NaN}""", "(document) bad-json")]
    public void What_cannot_be_recognised_is_told_field_by_field(string question, string problems)
    {
        var refused = PreviewRevenue.Run(Encoding.UTF8.GetBytes(question)).ShouldBeOfType<RevenueOutcome.Refused>();
        string.Join(", ", refused.Problems.Select(problem => $"{problem.Field} {problem.Code}").Order(StringComparer.Ordinal)).ShouldBe(problems);
    }

    [Fact]
    public void Every_example_that_ships_is_answered()
    {
        var folder = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(folder, "Tieout.slnx"))) folder = Path.GetDirectoryName(folder)!;
        var files = Directory.GetFiles(Path.Combine(folder, "examples", "revenue"), "*.json");
        files.ShouldNotBeEmpty();
        foreach (var file in files) PreviewRevenue.Run(File.ReadAllBytes(file)).ShouldBeOfType<RevenueOutcome.Answered>(file);
    }

    [Fact]
    public async Task The_api_answers_and_refuses_with_a_stable_code()
    {
        await using var host = await SeededHost.Start(postgres);
        using var answered = await host.Client.PostAsync("/v1/revenue/preview", Content(Good));
        var answer = await answered.Content.ReadFromJsonAsync<JsonElement>();
        answer.GetProperty("schedule")[0].GetProperty("amount").GetString().ShouldBe("31.00");
        answer.GetProperty("balances")[0].GetProperty("month").GetString().ShouldBe("2026-01");
        using var refused = await host.Client.PostAsync("/v1/revenue/preview", Content(Good.Replace("USD", "ZZZ", StringComparison.Ordinal)));
        (refused.StatusCode, refused.Content.Headers.ContentType!.MediaType).ShouldBe((HttpStatusCode.BadRequest, "application/problem+json"));
        var problem = await refused.Content.ReadFromJsonAsync<JsonElement>();
        (problem.GetProperty("code").GetString(), problem.GetProperty("fields")[0].GetProperty("field").GetString()).ShouldBe(("bad-revenue", "currency"));
    }

    private static StringContent Content(string text) => new(text, Encoding.UTF8, "application/json");
}
