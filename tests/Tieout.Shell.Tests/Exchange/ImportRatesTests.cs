using Npgsql;
using Tieout.Application.Exchange;
using Tieout.Domain;
using Tieout.Domain.Exchange;
using Tieout.Shell.Tests.Database;

namespace Tieout.Shell.Tests.Exchange;

public sealed class ImportRatesTests(PostgresFixture postgres) : IAsyncLifetime
{
    private readonly TemporaryFolder _folder = new();
    private TestDatabase _database = null!;

    public async ValueTask InitializeAsync() => _database = await postgres.CreateDatabase();

    public async ValueTask DisposeAsync()
    {
        _folder.Dispose();
        await _database.DisposeAsync();
    }

    [Fact]
    public async Task Good_rows_are_taken_and_bad_ones_refused_with_line_field_and_reason()
    {
        var done = await Import(
            """
            date,base,quote,rate,type,source
            2026-11-02,EUR,USD,1.0842,,ECB
            2026-11-02,EUR,XXX,1.0842,,
            2026-11-02,EUR,EUR,1,,
            2026-13-02,EUR,USD,1.0842,,
            2026-11-03,EUR,USD,-1,,
            2026-11-03,EUR,USD,0,,
            2026-11-03,EUR,USD,"1,08",,
            2026-11-03,EUR,USD,NaN,,
            2026-11-03,EUR,USD,1e3,,
            2026-11-03,EUR,USD,1.0900,Spot Rate,
            2026-11-03,EUR,USD
            2026-11-03,EUR,"USD
            2026-11-03,EUR,USD,1.0900,,ECB
            """);
        (done.Received, done.Accepted, done.Unchanged, done.Refused).ShouldBe((13L, 2L, 0L, 11L));
        done.FirstRefused.Select(row => (row.Place, row.Field)).ShouldBe(
        [
            (3, "quote"), (4, "quote"), (5, "date"), (6, "rate"), (7, "rate"), (8, "rate"), (9, "rate"), (10, "rate"), (11, "type"), (12, ""), (13, ""),
        ]);
        done.FirstRefused.ShouldAllBe(row => row.Reason.Length > 0 && row.Remedy.Length > 0);
        done.RefusedByCode.Values.Sum().ShouldBe(11);
        (await _database.Scalar<long>($"select refused from intake.import where run_id = '{done.Run}'")).ShouldBe(11);
        (await _database.Scalar<long>($"select count(*) from intake.row where run_id = '{done.Run}'")).ShouldBe(11);
    }

    [Fact]
    public async Task The_same_file_again_adds_nothing_and_another_figure_needs_a_reason()
    {
        await Import("date,base,quote,rate\n2026-11-02,EUR,USD,1.0842\n");
        var again = await Import("date,base,quote,rate\n2026-11-02,EUR,USD,1.08420\n2026-11-02,EUR,USD,1.0842\n");
        (again.Accepted, again.Unchanged).ShouldBe((0L, 2L));

        var other = await Import("date,base,quote,rate\n2026-11-02,EUR,USD,1.0999\n");
        other.FirstRefused.ShouldHaveSingleItem().Code.ShouldBe("rate-differs");
        other.FirstRefused[0].Reason.ShouldContain("stands as 1.0842 and is given as 1.0999");
        (await Shown("EUR", "USD", "2026-11-02")).ShouldBe(1.0842m);

        (await Import("date,base,quote,rate\n2026-11-02,EUR,USD,1.0999\n", correction: "ECB republished it")).Accepted.ShouldBe(1);
        (await Shown("EUR", "USD", "2026-11-02")).ShouldBe(1.0999m);
        (await _database.Scalar<string>("select string_agg(version || ':' || rate || ':' || reason, ' | ' order by version) from exchange.rate"))
            .ShouldBe("1:1.084200000000: | 2:1.099900000000:ECB republished it");
    }

    [Fact]
    public async Task Two_figures_for_one_key_in_one_file_are_not_chosen_between()
    {
        var done = await Import("date,base,quote,rate\n2026-11-02,EUR,USD,1.0842\n2026-11-02,EUR,USD,1.0843\n");
        (done.Accepted, done.FirstRefused.ShouldHaveSingleItem().Place).ShouldBe((1L, 3L));
    }

    // The same months both ways round; either is understood by the euro beside the mark.
    [Theory]
    [InlineData("1.1221", "0.7028", "per-dollar")]          // units per dollar throughout
    [InlineData("0.8912", "1.4229", "federal-reserve")]     // dollars per euro and per pound
    public async Task A_table_by_country_is_read_the_way_round_its_figures_prove(string euro, string pound, string quoting)
    {
        var done = await Import(
            $"""
            Date,Country,Exchange rate
            2001-12-01,Germany,2.1946
            2001-12-01,Euro,{euro}
            2001-12-01,United Kingdom,{pound}
            2001-12-01,Japan,127.5900
            2001-12-01,Ireland,0.8837
            2001-12-01,Atlantis,1
            """);
        Words.Of(done.Quoting!.Value).ShouldBe(quoting);
        (done.Accepted, done.Refused).ShouldBe((3L, 3L));
        done.RefusedByCode.ShouldBe(new Dictionary<string, long>(StringComparer.Ordinal) { ["currency-withdrawn"] = 2, ["unknown-country"] = 1 }, ignoreOrder: true);
        Rounding.HalfAwayFromZero(await Shown("EUR", "USD", "2001-12-31", ExchangeRate.MonthlyAverage), 4).ShouldBe(0.8912m);
        Rounding.HalfAwayFromZero(await Shown("GBP", "USD", "2001-12-31", ExchangeRate.MonthlyAverage), 3).ShouldBe(1.423m);
        Rounding.HalfAwayFromZero(await Shown("USD", "JPY", "2001-12-01", ExchangeRate.MonthlyAverage), 2).ShouldBe(127.59m);
    }

    [Fact]
    public async Task A_table_whose_figures_contradict_what_was_said_is_not_begun()
    {
        const string file = "Date,Country,Exchange rate\n2001-12-01,Germany,2.1946\n2001-12-01,Euro,1.1221\n";
        (await NotBegun(file, Quoting.FederalReserve)).ShouldContain("its figures of 1999 to 2001 are per-dollar");
        (await NotBegun(file + "2001-11-01,Germany,2.2028\n2001-11-01,Euro,0.8883\n", null)).ShouldContain("both ways round");
        (await NotBegun("Date,Country,Exchange rate\n2026-06-01,Euro,0.8684\n", null)).ShouldContain("--quoting");
        (await _database.Scalar<long>("select count(*) from exchange.rate")).ShouldBe(0);
    }

    [Theory]
    [InlineData("", "empty")]
    [InlineData("a,b,c\n1,2,3\n", "neither")]
    [InlineData("date,base,quote,rate,rate\n", "neither")]
    public async Task A_file_that_is_none_is_not_begun(string text, string problem) => (await NotBegun(text, null)).ShouldContain(problem);

    [Fact]
    public async Task A_file_that_is_not_there_is_not_begun() =>
        (await new ImportRates(_database.Source, TimeProvider.System).Run(new RatesRequest("/no/such/file.csv", "test"), CancellationToken.None))
            .ShouldBeOfType<RatesOutcome.NotBegun>();

    [Fact]
    public async Task The_public_table_beside_the_project_reads_in()
    {
        if (Beside("data/fx-usd-monthly.csv") is not { } path)
        {
            TestContext.Current.SendDiagnosticMessage("The public table of exchange rates does not lie beside the project; nothing was compared with it.");
            return;
        }
        var import = new ImportRates(_database.Source, TimeProvider.System);
        var done = (await import.Run(new RatesRequest(path, "test"), CancellationToken.None)).ShouldBeOfType<RatesOutcome.Finished>();
        done.Received.ShouldBe(done.Accepted + done.Unchanged + done.Refused);
        done.RefusedByCode.Keys.ShouldBe(["currency-withdrawn"]);
        // January 1999: the euro began at 1.1789 dollars and came to 1.16 on average; nobody paid 0.86 dollars for it.
        (await Shown("EUR", "USD", "1999-01-15", ExchangeRate.MonthlyAverage)).ShouldBeInRange(1.155m, 1.165m);
        var again = (await import.Run(new RatesRequest(path, "test"), CancellationToken.None)).ShouldBeOfType<RatesOutcome.Finished>();
        (again.Accepted, again.Unchanged).ShouldBe((0L, done.Accepted));
    }

    [Theory]
    [InlineData("insert into exchange.rate (base, quote, date, type, rate, actor, created_at) values ('EUR', 'EUR', '2026-01-01', 'spot', 1, 'x', now())", "rate_of_two_currencies")]
    [InlineData("insert into exchange.rate (base, quote, date, type, rate, actor, created_at) values ('EUR', 'USD', '2026-01-01', 'spot', 0, 'x', now())", "rate_rate_check")]
    [InlineData("insert into exchange.rate (base, quote, date, type, version, rate, actor, created_at) values ('EUR', 'USD', '2026-11-02', 'spot', 2, 2, 'x', now())", "rate_corrected_with_reason")]
    [InlineData("insert into exchange.rate (base, quote, date, type, version, rate, reason, actor, created_at) values ('EUR', 'USD', '2026-01-01', 'spot', 2, 2, 'why', 'x', now())", "rate_correction_follows")]
    [InlineData("update exchange.rate set rate = 2", "booked_is_booked")]
    [InlineData("delete from exchange.rate", "booked_is_booked")]
    public async Task The_database_refuses_it_too(string sql, string constraint)
    {
        await Import("date,base,quote,rate\n2026-11-02,EUR,USD,1.0842\n");
        (await Should.ThrowAsync<PostgresException>(() => _database.Execute(sql))).ConstraintName.ShouldBe(constraint);
    }

    private async Task<decimal> Shown(string from, string to, string day, string? type = null)
    {
        var answer = await new FindRates(_database.Source).On(
            Currency.Of(from), Currency.Of(to), DateOnly.ParseExact(day, "yyyy-MM-dd", System.Globalization.CultureInfo.InvariantCulture), type, CancellationToken.None);
        return answer.ShouldBeOfType<RateAnswer.Found>().Rate.Shown;
    }

    private async Task<RatesOutcome.Finished> Import(string text, string correction = "") =>
        (await Run(text, null, correction)).ShouldBeOfType<RatesOutcome.Finished>();

    private async Task<string> NotBegun(string text, Quoting? quoting) => (await Run(text, quoting, "")).ShouldBeOfType<RatesOutcome.NotBegun>().Problem;

    private async Task<RatesOutcome> Run(string text, Quoting? quoting, string correction)
    {
        var path = Path.Combine(_folder.Path, $"{Guid.CreateVersion7():N}.csv");
        await File.WriteAllTextAsync(path, text);
        return await new ImportRates(_database.Source, TimeProvider.System).Run(new RatesRequest(path, "test", null, quoting, correction), CancellationToken.None);
    }

    /// <summary>A public file that may lie beside the checkout; null where it does not.</summary>
    internal static string? Beside(string file)
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
            if (Path.Combine(folder.FullName, "shared", file) is var path && File.Exists(path)) return path;
        return null;
    }
}
