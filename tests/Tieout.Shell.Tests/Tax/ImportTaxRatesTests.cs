using Npgsql;
using Tieout.Application.Tax;
using Tieout.Domain.Tax;
using Tieout.Shell.Tests.Database;
using Tieout.Shell.Tests.Exchange;

namespace Tieout.Shell.Tests.Tax;

public sealed class ImportTaxRatesTests(PostgresFixture postgres) : IAsyncLifetime
{
    // Periods stand in any order; the first one began before anybody wrote it down.
    private const string Germany =
        """
        {"items": {"DE": [
          {"effective_from": "2021-01-01", "rates": {"reduced": 7, "standard": 19}, "exceptions": [{"name": "Büsingen", "postcode": "78266", "standard": 0}]},
          {"effective_from": "2020-07-01", "rates": {"reduced": 5, "standard": 16}, "exceptions": [{"name": "Büsingen", "postcode": "78266", "standard": 0}]},
          {"effective_from": "0000-01-01", "rates": {"reduced": 7, "standard": 19, "super_reduced": 9.5}}]}}
        """;

    private readonly TemporaryFolder _folder = new();
    private TestDatabase _database = null!;

    public async ValueTask InitializeAsync() => _database = await postgres.CreateDatabase();

    public async ValueTask DisposeAsync()
    {
        _folder.Dispose();
        await _database.DisposeAsync();
    }

    [Fact]
    public async Task Every_level_of_a_country_becomes_a_code_with_its_days_and_an_exception_a_territory()
    {
        var done = await Import(Germany);
        (done.Received, done.Accepted, done.Unchanged, done.Territories).ShouldBe((8, 8, 0, 1));
        done.Refused.ShouldBeEmpty();
        (await Rates()).ShouldBe(
        [
            "DE-busingen-standard 0 O 2020-07-01",
            "DE-reduced 7 S 1900-01-01 to 2020-07-01", "DE-reduced 5 S 2020-07-01 to 2021-01-01", "DE-reduced 7 S 2021-01-01",
            "DE-standard 19 S 1900-01-01 to 2020-07-01", "DE-standard 16 S 2020-07-01 to 2021-01-01", "DE-standard 19 S 2021-01-01",
            "DE-super-reduced 9.5 S 1900-01-01 to 2020-07-01",
        ]);
    }

    [Fact]
    public async Task The_same_file_again_adds_nothing_and_a_new_period_ends_the_open_rate()
    {
        await Import(Germany);
        (await Import(Germany)).ShouldSatisfyAllConditions(done => done.Accepted.ShouldBe(0), done => done.Unchanged.ShouldBe(8));
        var longer = await Import(Germany.Replace("""{"DE": [""", """{"DE": [{"effective_from": "2027-01-01", "rates": {"reduced": 7, "standard": 20}},""", StringComparison.Ordinal));
        (longer.Accepted, longer.Ended, longer.Refused.Count).ShouldBe((1, 2, 0)); // standard, and the territory that is named no more
        (await Rates()).ShouldContain("DE-standard 19 S 2021-01-01 to 2027-01-01");
        (await Rates()).ShouldContain("DE-reduced 7 S 2021-01-01");
    }

    [Fact]
    public async Task A_code_that_contradicts_what_is_published_is_refused_and_the_others_go_on()
    {
        await _database.Execute("insert into tax.rate (code, rate, from_date) values ('DE-standard', 0.18, '2019-01-01')");
        var done = await Import(Germany);
        var refused = done.Refused.ShouldHaveSingleItem();
        (refused.Code, refused.Field).ShouldBe(("tax-rate-overlap", "DE-standard"));
        refused.Reason.ShouldContain("18 % is stored, in force from 2019-01-01");
        refused.Remedy.ShouldContain("never change");
        (await Rates()).ShouldContain("DE-reduced 7 S 2021-01-01");
        (await Rates()).Count(rate => rate.StartsWith("DE-standard", StringComparison.Ordinal)).ShouldBe(1);
    }

    [Theory]
    [InlineData("""{"items": {"DE": [{"effective_from": "2021-01-01", "rates": {"standard": 19}}, {"effective_from": "2021-01-01", "rates": {"standard": 16}}]}}""", "tax-rate-overlap", "items.DE")]
    [InlineData("""{"items": {"DE": [{"effective_from": "1 January", "rates": {"standard": 19}}]}}""", "bad-date", "items.DE[0].effective_from")]
    [InlineData("""{"items": {"DE": [{"rates": {"standard": 19}}]}}""", "bad-date", "items.DE[0].effective_from")]
    [InlineData("""{"items": {"DE": [{"effective_from": "2021-01-01", "rates": {"standard": 119}}]}}""", "bad-rate", "items.DE[0].rates.standard")]
    [InlineData("""{"items": {"DE": [{"effective_from": "2021-01-01", "rates": {"standard": -1}}]}}""", "bad-rate", "items.DE[0].rates.standard")]
    [InlineData("""{"items": {"DE": [{"effective_from": "2021-01-01", "rates": {"standard": "19"}}]}}""", "bad-rate", "items.DE[0].rates.standard")]
    [InlineData("""{"items": {"DE": [{"effective_from": "2021-01-01", "rates": {"standard": 19.00001}}]}}""", "bad-rate", "items.DE[0].rates.standard")]
    [InlineData("""{"items": {"DE": [{"effective_from": "2021-01-01", "rates": {"standard": 1e400}}]}}""", "bad-rate", "items.DE[0].rates.standard")]
    [InlineData("""{"items": {"DE": [{"effective_from": "2021-01-01"}]}}""", "malformed", "items.DE[0]")]
    [InlineData("""{"items": {"Germany": []}}""", "malformed", "items.Germany")]
    [InlineData("""{"items": {"DE": [{"effective_from": "2021-01-01", "rates": {}, "exceptions": [{"name": "X", "postcode": "(", "standard": 0}]}]}}""", "bad-territory", "items.DE[0].exceptions[0].postcode")]
    [InlineData("""{"items": {"DE": [{"effective_from": "2021-01-01", "rates": {}, "exceptions": [{"name": "X", "postcode": "(a)\\1", "standard": 0}]}]}}""", "bad-territory", "items.DE[0].exceptions[0].postcode")]
    [InlineData("""{"items": {"DE": [{"effective_from": "2021-01-01", "rates": {}, "exceptions": [{"name": "X"}]}]}}""", "bad-territory", "items.DE[0].exceptions[0]")]
    public async Task A_part_that_cannot_be_meant_is_refused_by_its_place(string json, string code, string field)
    {
        var refused = (await Import(json)).Refused.ShouldHaveSingleItem();
        (refused.Code, refused.Field).ShouldBe((code, field));
        refused.Remedy.ShouldNotBeEmpty();
        (await Rates()).ShouldBeEmpty();
    }

    [Theory]
    [InlineData("not json")]
    [InlineData("{}")]
    [InlineData("[]")]
    public async Task A_file_of_something_else_is_not_begun(string json) => (await Run(json)).ShouldBeOfType<TaxRatesOutcome.NotBegun>();

    [Fact]
    public async Task The_public_rates_beside_the_project_read_in_with_every_territory()
    {
        if (ImportRatesTests.Beside("data/eu-vat-rates.json") is not { } path)
        {
            TestContext.Current.SendDiagnosticMessage("The public VAT rates do not lie beside the project; nothing was compared with them.");
            return;
        }
        var import = new ImportTaxRates(_database.Source);
        var done = (await import.Run(path, CancellationToken.None)).ShouldBeOfType<TaxRatesOutcome.Done>();
        done.Refused.ShouldBeEmpty();
        done.Accepted.ShouldBe(done.Received);
        (await import.Run(path, CancellationToken.None)).ShouldBeOfType<TaxRatesOutcome.Done>().Unchanged.ShouldBe(done.Received);

        await using var connection = await _database.Source.OpenConnectionAsync();
        var table = await StoredTaxes.Table(connection, CancellationToken.None);
        foreach (var state in "AT BE BG CY CZ DE DK EE ES FI FR GR HR HU IE IT LT LU LV MT NL PL PT RO SE SI SK".Split(' '))
            table.On($"{state}-standard", new(2026, 11, 30)).ShouldNotBeNull(state);
        table.On("DE-standard", new(2020, 12, 31))!.Rate.ShouldBe(0.16m);
        table.Territory("ES", "35001")!.Name.ShouldBe("Canary Islands");
        table.Territory("ES", "28001").ShouldBeNull();
        table.On(table.Territory("PT", "9000-123")!.Prefix + "-standard", new(2026, 11, 30))!.Rate.ShouldBe(0.22m); // Madeira
    }

    [Theory]
    [InlineData("insert into tax.rate (code, rate, from_date, category) values ('X', 0.1, '2026-01-01', 'AE')", "rate_category_fits")]
    [InlineData("insert into tax.rate (code, rate, from_date, category) values ('X', 0, '2026-01-01', 'S')", "rate_category_fits")]
    [InlineData("insert into tax.rate (code, rate, from_date, category) values ('X', 0, '2026-01-01', 'Q')", "rate_category")]
    [InlineData("insert into tax.rate (code, rate, from_date) values ('auto', 0.1, '2026-01-01')", "rate_code_is_no_word_of_ours")]
    [InlineData("insert into tax.territory (country, word, name, postcodes) values ('DE', 'Big', 'Big', '.')", "territory_word_check")]
    public async Task The_database_refuses_it_too(string sql, string constraint) =>
        (await Should.ThrowAsync<PostgresException>(() => _database.Execute(sql))).ConstraintName.ShouldBe(constraint);

    [Fact]
    public async Task A_rate_without_a_letter_gets_the_usual_one()
    {
        await _database.Execute("insert into tax.rate (code, rate, from_date) values ('A', 0.1, '2026-01-01'), ('B', 0, '2026-01-01')");
        (await Rates()).ShouldBe(["A 10 S 2026-01-01", "B 0 Z 2026-01-01"]);
    }

    private async Task<IReadOnlyList<string>> Rates()
    {
        await using var connection = await _database.Source.OpenConnectionAsync();
        return [.. (await StoredTaxes.Rates(connection, CancellationToken.None)).OrderBy(rate => rate.Code, StringComparer.Ordinal).ThenBy(rate => rate.From).Select(rate =>
            FormattableString.Invariant($"{rate.Code} {rate.Rate * 100:0.##} {rate.Category.Letter()} {rate.From:yyyy-MM-dd}")
            + (rate.Until is { } until ? FormattableString.Invariant($" to {until:yyyy-MM-dd}") : ""))];
    }

    private async Task<TaxRatesOutcome.Done> Import(string json) => (await Run(json)).ShouldBeOfType<TaxRatesOutcome.Done>();

    private async Task<TaxRatesOutcome> Run(string json)
    {
        var path = Path.Combine(_folder.Path, $"{Guid.CreateVersion7():N}.json");
        await File.WriteAllTextAsync(path, json);
        return await new ImportTaxRates(_database.Source).Run(path, CancellationToken.None);
    }
}
