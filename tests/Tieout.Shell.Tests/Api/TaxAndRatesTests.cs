using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Tieout.Shell.Tests.Database;

namespace Tieout.Shell.Tests.Api;

public sealed class TaxAndRatesTests(PostgresFixture postgres) : IAsyncLifetime
{
    private ApiHost _host = null!;
    private string _customer = "";

    public async ValueTask InitializeAsync()
    {
        _host = await SeededHost.Start(postgres);
        _customer = await _host.Database.Scalar<string>("select min(code) from customers.customer");
    }

    public ValueTask DisposeAsync() => _host.DisposeAsync();

    [Fact]
    public async Task A_profile_is_saved_in_one_spelling_and_read_back()
    {
        using var missing = await _host.Client.GetAsync(Profile(_customer));
        await ShouldBe(missing, 404, "not-found");
        using var saved = await Save(new
        {
            country = "FR",
            postcode = "75001",
            business = true,
            vatNumber = "fr b0 000788784",
            vatCheck = new { kind = "vies", on = "2026-10-05", consultation = "WAPIAAAA" },
            exemption = new { number = "E-1", from = "2026-01-01", until = "2027-01-01" },
        });
        saved.StatusCode.ShouldBe(HttpStatusCode.OK);
        var read = await _host.Client.GetFromJsonAsync<JsonElement>(Profile(_customer));
        read.GetProperty("vatNumber").GetString().ShouldBe("FRB0000788784");
        read.GetProperty("vatCheck").GetProperty("consultation").GetString().ShouldBe("WAPIAAAA");
        read.GetProperty("exemption").GetProperty("until").GetString().ShouldBe("2027-01-01");

        // Putting a profile replaces all of it.
        using var plain = await Save(new { country = "DE" });
        (await plain.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("vatNumber").ValueKind.ShouldBe(JsonValueKind.Null);
    }

    [Theory]
    [InlineData("""{"country": "EL"}""", "country", "GR for Greece")]
    [InlineData("""{"country": "Germany"}""", "country", "two capital letters")]
    [InlineData("""{"country": "DE", "business": true, "vatNumber": "DE983020542"}""", "vatNumber", "check digits are wrong")]
    [InlineData("""{"country": "DE", "business": true, "vatNumber": "DE12"}""", "vatNumber", "9 digits")]
    [InlineData("""{"country": "DE", "business": true, "vatNumber": "US123456"}""", "vatNumber", "not known here")]
    [InlineData("""{"country": "DE", "business": true, "vatNumber": "FRB0000788784"}""", "vatNumber", "does not go with country DE")]
    [InlineData("""{"country": "DE", "vatNumber": "DE983020541"}""", "business", "belongs to a business")]
    [InlineData("""{"country": "DE", "vatCheck": {"kind": "vies"}}""", "vatCheck", "no VAT number")]
    [InlineData("""{"country": "DE", "business": true, "vatNumber": "DE983020541", "vatCheck": {"kind": "vies"}}""", "vatCheck.on", "which day")]
    [InlineData("""{"country": "DE", "business": true, "vatNumber": "DE983020541", "vatCheck": {"kind": "guess"}}""", "vatCheck.kind", "'format' or 'vies'")]
    [InlineData("""{"country": "DE", "exemption": {"number": "", "from": "2026-01-01"}}""", "exemption.number", "Give it")]
    [InlineData("""{"country": "DE", "exemption": {"number": "E", "from": "2026-02-30"}}""", "exemption.from", "not a date")]
    [InlineData("""{"country": "DE", "exemption": {"number": "E", "from": "2026-02-01", "until": "2026-02-01"}}""", "exemption.until", "later than 'from'")]
    [InlineData("""{"country": "DE", "exemption": {"number": "4111 1111 1111 1111", "from": "2026-02-01"}}""", "exemption.number", "payment card")]
    [InlineData("""{"country": "DE", "postcode": "1234567890 1234567890 1"}""", "postcode", "20 characters")]
    public async Task A_field_that_cannot_be_meant_is_named_with_what_to_do(string json, string field, string words)
    {
        using var answer = await _host.Client.PutAsync(Profile(_customer), new StringContent(json, new System.Net.Http.Headers.MediaTypeHeaderValue("application/json")));
        var problem = await ShouldBe(answer, 400, "bad-tax-profile");
        problem.GetProperty("errors").GetProperty(field)[0].GetString()!.ShouldContain(words);
        (await _host.Database.Scalar<long>("select count(*) from tax.profile")).ShouldBe(0);
    }

    [Fact]
    public async Task A_customer_that_does_not_exist_has_no_profile()
    {
        using var answer = await _host.Client.PutAsJsonAsync(Profile("NOBODY"), new { country = "DE" });
        await ShouldBe(answer, 404, "not-found");
    }

    [Fact]
    public async Task Rates_are_entered_listed_and_used_in_any_direction()
    {
        using var entered = await Enter([new { @base = "EUR", quote = "USD", date = "2026-11-02", rate = "1.0842", source = "ECB" }, new { @base = "EUR", quote = "US", date = "2026-11-02", rate = "1" }]);
        var counts = await entered.Content.ReadFromJsonAsync<JsonElement>();
        (counts.GetProperty("accepted").GetInt64(), counts.GetProperty("refused").GetInt64()).ShouldBe((1L, 1L));
        counts.GetProperty("rows")[0].GetProperty("field").GetString().ShouldBe("quote");

        var listed = await _host.Client.GetFromJsonAsync<JsonElement>("/v1/exchange-rates?base=EUR&from=2026-11-01&until=2026-12-01");
        listed.EnumerateArray().ShouldHaveSingleItem().GetProperty("source").GetString().ShouldBe("ECB");
        var turned = await _host.Client.GetFromJsonAsync<JsonElement>("/v1/exchange-rates/on?from=USD&to=EUR&date=2026-11-05");
        turned.GetProperty("rate").GetString().ShouldBe("0.922339051835");
        turned.GetProperty("path").GetString()!.ShouldContain("inverse");
    }

    [Fact]
    public async Task Another_figure_is_refused_until_its_reason_is_given()
    {
        object[] first = [new { @base = "EUR", quote = "USD", date = "2026-11-02", rate = "1.0842" }], second = [new { @base = "EUR", quote = "USD", date = "2026-11-02", rate = "1.0999" }];
        (await Enter(first)).StatusCode.ShouldBe(HttpStatusCode.OK);
        await ShouldBe(await Enter(second), 409, "rate-differs");
        (await Enter(second, "republished")).StatusCode.ShouldBe(HttpStatusCode.OK);
        (await _host.Database.Scalar<long>("select count(*) from exchange.rate")).ShouldBe(2);
    }

    [Fact]
    public async Task A_request_that_cannot_be_meant_is_refused()
    {
        await ShouldBe(await Enter([]), 400, "bad-exchange-rates");
        await ShouldBe(await Enter([new { @base = "EUR", quote = "USD", date = "2026-11-02", rate = "NaN" }]), 400, "bad-exchange-rates");
        await ShouldBe(await _host.Client.GetAsync("/v1/exchange-rates?from=yesterday"), 400, "bad-filter");
        await ShouldBe(await _host.Client.GetAsync("/v1/exchange-rates/on?from=EUR&to=XX&date=2026-11-05"), 400, "bad-filter");
        await ShouldBe(await _host.Client.GetAsync("/v1/exchange-rates/on?from=EUR&to=USD"), 400, "bad-filter");
        await ShouldBe(await _host.Client.GetAsync("/v1/exchange-rates/on?from=EUR&to=USD&date=2026-11-05"), 404, "exchange-rate-missing");
    }

    private static string Profile(string customer) => $"/v1/customers/{customer}/tax-profile";

    private Task<HttpResponseMessage> Save(object profile) => _host.Client.PutAsJsonAsync(Profile(_customer), profile);

    private Task<HttpResponseMessage> Enter(object[] rates, string? correction = null) =>
        _host.Client.PostAsJsonAsync("/v1/exchange-rates", new { rates, actor = "mara", correction });

    private static async Task<JsonElement> ShouldBe(HttpResponseMessage response, int status, string code)
    {
        ((int)response.StatusCode).ShouldBe(status);
        var problem = await response.Content.ReadFromJsonAsync<JsonElement>();
        problem.GetProperty("code").GetString().ShouldBe(code);
        return problem;
    }
}
