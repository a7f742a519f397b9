using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using Tieout.Application.Catalog;
using Tieout.Shell.Tests.Api;
using Tieout.Shell.Tests.Database;

namespace Tieout.Shell.Tests.Catalog;

public sealed class PreviewTests(PostgresFixture postgres)
{
    private const string Graduated =
        """
        {"price":{"currency":"USD","model":{"type":"graduated","tiers":[{"up-to":"100","unit-price":"0.12"},{"up-to":1000,"unit-price":0.10},{"unit-price":"0.05"}]}},
         "quantity":"183"}
        """;

    [Fact]
    public async Task Steps_are_said_in_words_with_exact_and_rounded_amounts()
    {
        var preview = await Answer(Graduated);
        preview.Steps.Select(step => step.Words).ShouldBe(["100 units at 0.12 in tier 1 of 3", "83 units at 0.10 in tier 2 of 3"]);
        (preview.Exact, preview.Rounded.ToString()).ShouldBe((20.30m, "20.30 USD"));
        preview.Conventions.ShouldContain("rounded once, half-away-from-zero, to 2 decimals of USD");
    }

    [Fact]
    public async Task Days_discounts_levels_and_credit_are_asked_about_at_once()
    {
        var preview = await Answer(
            """
            {"price":{"currency":"EUR","terms":{"kind":"usage","meter":"calls","minimum":"30"},"model":{"type":"prepaid","credit":"calls","of":{"type":"per-unit","unit-price":"0.1"}}},
             "usage":"200","grants":[{"credit":"calls","remaining":"50","name":"welcome"},{"credit":"calls","remaining":"3","money":true,"expires-on":"2026-12-01"}],
             "period":{"start":"2026-11-01","end":"2026-12-01"},"used-days":10,"level":"gold",
             "discounts":[{"code":"S","kind":"percent","value":"0.1","levels":[{"level":"gold","value":"0.5"}]},{"code":"OLD","kind":"percent","value":"1","until":"2026-11-01"}]}
            """);
        // 200 - 50 = 150 calls = 15.00, minus 3.00 of credit = 12.00, above a third of 30; half of it off.
        preview.Rounded.ToString().ShouldBe("6.00 EUR");
        preview.Draws.ShouldBe([new PreviewDraw("welcome", 50m, 1), new PreviewDraw("grant 2", 3m, 2)]);
        preview.Conventions.ShouldContain("10 of 30 days (actual-days), usage is not prorated, its fees and minimums are");
    }

    [Theory]
    [InlineData("""{"price":{"currency":"JPY","model":"flat","unit-price":"100.5"},"quantity":1}""", "101 JPY")]
    [InlineData("""{"price":{"currency":"KWD","model":"flat","unit-price":"1.2345"},"quantity":0}""", "1.235 KWD")]
    [InlineData("""{"price":{"currency":"USD","model":"per-unit","unit-price":"0.10"},"quantity":"1000000000000000"}""", "100000000000000.00 USD")]
    [InlineData("""{"price":{"currency":"USD","model":{"type":"percentage","rate":"0.029","fixed-fee":"0.3"}},"transactions":["100","50"]}""", "4.95 USD")]
    [InlineData("""{"price":{"currency":"USD","model":{"type":"matrix","dimensions":["r"],"cells":[{"values":["eu"],"model":{"type":"per-unit","unit-price":"2"}}]}},"groups":[{"values":["eu"],"quantity":"3"}]}""", "6.00 USD")]
    [InlineData("""{"price":{"currency":"USD","model":"flat","unit-price":"30","terms":{"ramp":[{"months-in":6,"model":{"type":"flat","amount":"60"}}]}},"quantity":1,"started-on":"2026-01-01","period":{"start":"2026-07-01","end":"2026-08-01"}}""", "60.00 USD")]
    [InlineData("""{"price":{"currency":"USD","model":"flat","unit-price":"30"},"quantity":1,"used-days":10,"period-days":30}""", "10.00 USD")]
    public async Task Small_questions_have_small_answers(string question, string rounded) => (await Answer(question)).Rounded.ToString().ShouldBe(rounded);

    [Theory]
    [InlineData("{}", "price price-or-plan, quantity missing")]
    [InlineData("[]", "(document) object-expected")]
    [InlineData("""{"price":{"currency":"usd","model":{"type":"flat","amount":"NaN"}},"quantity":"-1","colour":"red"}""", "colour unknown-member, price.currency unknown-currency, price.model.amount bad-number, quantity bad-number")]
    [InlineData("""{"price":{"currency":"USD","model":"flat","unit-price":"1"},"quantity":"1","usage":"1"}""", "usage given-twice")]
    [InlineData("""{"price":{"currency":"USD","model":{"type":"volume","tiers":[{"up-to":"5","unit-price":"1"}]}},"quantity":"1"}""", "price.model.tiers[0].up-to last-tier-closed")]
    [InlineData("""{"price":{"currency":"USD","model":"flat","unit-price":"1"},"quantity":"1","used-days":31,"period":{"start":"2026-11-01","end":"2026-12-01"}}""", "used-days out-of-range")]
    [InlineData("""{"price":{"currency":"USD","model":"flat","unit-price":"1"},"quantity":"1","used-days":3}""", "period-days missing")]
    [InlineData("""{"price":{"currency":"USD","model":"flat","unit-price":"1"},"quantity":"1","period":{"start":"2026-12-01","end":"2026-12-01"}}""", "period.end end-before-start")]
    [InlineData("""{"price":{"currency":"USD","model":{"type":"percentage","rate":"0.029","fixed-fee":"0.3"}},"quantity":"1"}""", "quantity transactions-missing")]
    [InlineData("""{"price":{"currency":"USD","model":{"type":"matrix","dimensions":["r"],"cells":[{"values":["eu"],"model":{"type":"flat","amount":"2"}}]}},"groups":[{"values":["us"],"quantity":"3"}]}""", "groups no-cell")]
    [InlineData("""{"price":{"currency":"USD","model":"per-unit","unit-price":"9999999999999999"},"quantity":"9999999999999999"}""", "quantity overflow")]
    [InlineData("""{"price":{"currency":"USD","model":"flat","unit-price":"1"},"quantity":"1","discounts":[{"code":"A","kind":"amount","value":"1","currency":"EUR"}]}""", "discounts[0] other-currency")]
    public async Task What_cannot_be_rated_is_told_field_by_field(string question, string problems)
    {
        var refused = (await PreviewRating.Run(Encoding.UTF8.GetBytes(question), NoDatabase, CancellationToken.None)).ShouldBeOfType<RatingOutcome.Refused>();
        string.Join(", ", refused.Problems.Select(problem => $"{problem.Field} {problem.Code}").Order(StringComparer.Ordinal)).ShouldBe(problems);
    }

    [Fact]
    public async Task The_api_answers_from_the_catalogue_and_writes_nothing()
    {
        await using var host = await SeededHost.Start(postgres);
        const string plan =
            """
            {"code":"API","name":"Calls","publish":true,"prices":[{"component":"calls","currency":"USD","recognition":"immediate","description":"Calls",
             "model":{"type":"package","size":"100","price":"5"},"terms":{"kind":"usage","meter":"calls"}}]}
            """;
        using var created = await host.Client.PostAsync("/v1/plans", Content(plan));
        created.StatusCode.ShouldBe(HttpStatusCode.Created);
        var before = await host.Database.Scalar<string>(Rows);
        const string question = """{"plan":"API","component":"calls","currency":"USD","usage":"250","discounts":["NONE"]}""";
        using var refused = await host.Client.PostAsync("/v1/rating/preview", Content(question));
        ((int)refused.StatusCode, refused.Content.Headers.ContentType!.MediaType).ShouldBe((400, "application/problem+json"));
        var problem = await refused.Content.ReadFromJsonAsync<JsonElement>();
        (problem.GetProperty("code").GetString(), problem.GetProperty("fields")[0].GetProperty("code").GetString()).ShouldBe(("bad-rating", "unknown-discount"));
        problem.GetProperty("errors").GetProperty("discounts[0]")[0].GetString().ShouldBe(
            "There is no discount with this code. Correct the code, or write the discount out.");
        using var answered = await host.Client.PostAsync("/v1/rating/preview", Content(question.Replace(",\"discounts\":[\"NONE\"]", "", StringComparison.Ordinal)));
        var preview = await answered.Content.ReadFromJsonAsync<JsonElement>();
        preview.GetProperty("rounded").GetProperty("amount").GetString().ShouldBe("15.00");
        preview.GetProperty("steps")[0].GetProperty("words").GetString().ShouldBe("3 packages of 100 at 5.00");
        (await host.Database.Scalar<string>(Rows)).ShouldBe(before);
    }

    [Theory]
    [InlineData("/v1/plans", "{", 400, "bad-json")]
    [InlineData("/v1/plans", "{}", 400, "bad-plan")]
    [InlineData("/v1/plans/NONE/versions", "{}", 404, "not-found")]
    [InlineData("/v1/plans/NONE/versions/1/publish", """{"actor":"ann"}""", 404, "not-found")]
    [InlineData("/v1/plans/NONE/versions/1/publish", """{"actor":" "}""", 400, "bad-publish")]
    [InlineData("/v1/plans/NONE/versions/x/publish", """{"actor":"ann"}""", 404, "not-found")]
    [InlineData("/v1/discounts", """{"code":"X"}""", 400, "bad-discount")]
    [InlineData("/v1/credit-grants", """{"key":"X"}""", 400, "bad-credit-grant")]
    [InlineData("/v1/rating/preview", """{"a":NaN}""", 400, "bad-json")]
    [InlineData("/v1/rating/preview", """{"plan":"NONE","component":"x","currency":"USD","quantity":1}""", 400, "bad-rating")]
    public async Task The_api_refuses_with_a_stable_code(string path, string body, int status, string code)
    {
        await using var host = await SeededHost.Start(postgres);
        using var response = await host.Client.PostAsync(path, Content(body));
        ((int)response.StatusCode).ShouldBe(status);
        (await response.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("code").GetString().ShouldBe(code);
    }

    [Fact]
    public async Task The_api_lists_what_was_added()
    {
        await using var host = await SeededHost.Start(postgres);
        using var added = await host.Client.PostAsync("/v1/discounts", Content("""{"code":"S","kind":"percent","value":"0.1"}"""));
        added.StatusCode.ShouldBe(HttpStatusCode.OK);
        (await host.Client.GetFromJsonAsync<JsonElement>("/v1/discounts"))[0].GetProperty("code").GetString().ShouldBe("S");
        (await host.Client.GetFromJsonAsync<JsonElement>("/v1/plans")).GetArrayLength().ShouldBeGreaterThan(0);
        (await host.Client.GetAsync("/v1/plans/NONE")).StatusCode.ShouldBe(HttpStatusCode.NotFound);
    }

    private const string Rows =
        "select string_agg(relname || n, ',' order by relname) from (select c.relname, (xpath('/row/n/text()', query_to_xml(format('select count(*) as n from %I.%I', "
        + "s.nspname, c.relname), true, true, '')))[1]::text as n from pg_class c join pg_namespace s on s.oid = c.relnamespace "
        + "where c.relkind = 'r' and s.nspname in ('catalog', 'credits', 'subscriptions', 'invoicing', 'ledger')) t";

    private static StringContent Content(string json) => new(json, Encoding.UTF8, "application/json");

    private static async Task<RatingPreview> Answer(string question) =>
        (await PreviewRating.Run(Encoding.UTF8.GetBytes(question), NoDatabase, CancellationToken.None)).ShouldBeOfType<RatingOutcome.Answered>().Preview;

    private static Task<Npgsql.NpgsqlConnection> NoDatabase(CancellationToken cancel) => throw new InvalidOperationException("A price written out needs no database.");
}
