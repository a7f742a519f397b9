using FsCheck;
using FsCheck.Fluent;
using Tieout.Domain.Exchange;
using static Tieout.Domain.Tests.Amounts;

namespace Tieout.Domain.Tests.Exchange;

public class ExchangeTests
{
    private static readonly Currency Gbp = Currency.Of("GBP");
    private static readonly Currency Kwd = Currency.Of("KWD");

    // Quoted both ways round, as central banks do.
    private static readonly ExchangeRate[] Rates =
    [
        Rate("EUR", "USD", "2026-11-02", "1.0842"),
        Rate("EUR", "USD", "2026-11-05", "1.0900"),
        Rate("USD", "JPY", "2026-11-02", "153.20"),
        Rate("GBP", "USD", "2026-11-02", "1.2700"),
        Rate("USD", "EUR", "2026-11-09", "0.9100"),
        new(Currency.Of("EUR"), Usd, Day("2026-11-01"), ExchangeRate.MonthlyAverage, D("1.0700"), "test"),
    ];

    private static readonly ExchangeTable Table = new(Rates, ExchangePolicy.Default);

    [Theory]
    [InlineData("EUR", "USD", "2026-11-02", "100.00", "108.42")]   // as quoted
    [InlineData("USD", "EUR", "2026-11-02", "108.42", "100.00")]   // turned round
    [InlineData("EUR", "USD", "2026-11-04", "100.00", "108.42")]   // the last one before the day
    [InlineData("EUR", "USD", "2026-11-05", "100.00", "109.00")]
    [InlineData("EUR", "JPY", "2026-11-03", "100.00", "16610")]    // 100 × 1.0842 × 153.20 = 16609.944
    [InlineData("JPY", "EUR", "2026-11-03", "16610", "100.00")]
    [InlineData("GBP", "EUR", "2026-11-02", "100.00", "117.14")]   // 127.00 / 1.0842 = 117.1370…
    [InlineData("EUR", "GBP", "2026-11-02", "100.00", "85.37")]    // 108.42 / 1.27 = 85.3700…
    [InlineData("EUR", "USD", "2026-11-09", "100.00", "109.89")]   // the younger quotation, turned round: 100 / 0.91
    [InlineData("EUR", "EUR", "1999-01-01", "12.34", "12.34")]     // itself, without any rate
    public void An_amount_is_converted_by_the_rate_of_the_day(string from, string to, string day, string amount, string expected)
    {
        var conversion = Convert(new Money(D(amount), Currency.Of(from)), Currency.Of(to), Day(day));
        conversion.Converted.ShouldBe(new Money(D(expected), Currency.Of(to)));
        ConversionProof.Check(conversion).ShouldBeNull();
    }

    [Fact]
    public void Multiplying_comes_before_dividing()
    {
        // A rounded inverse would be off by cents at this size: 1 / 1.0842 is 0.92233905…
        var exact = Convert(new Money(D("98765432109.87"), Usd), Eur, Day("2026-11-02"));
        exact.Converted.Amount.ShouldBe(D("91095215006.34"));
        ConversionProof.Check(exact).ShouldBeNull();
    }

    [Theory]
    [InlineData("2026-11-01", false)]    // before the first
    [InlineData("2026-11-02", true)]
    [InlineData("2026-11-09", true)]     // seven days old
    [InlineData("2026-11-10", false)]    // eight
    public void A_rate_counts_for_as_many_days_as_the_policy_says(string day, bool counts) =>
        (Table.On(Gbp, Usd, Day(day)) is RateAnswer.Found).ShouldBe(counts);

    [Fact]
    public void A_missing_rate_names_currencies_and_day()
    {
        var finding = Table.On(Kwd, Eur, Day("2026-11-02")).ShouldBeOfType<RateAnswer.Missing>().Finding;
        finding.Code.ShouldBe("exchange-rate-missing");
        finding.Cause.ShouldBe("There is no spot rate from KWD to EUR for 2026-11-02, nor one of the 7 days before, neither directly nor through USD.");
    }

    [Fact]
    public void The_path_names_every_rate_as_it_was_quoted() =>
        Found(Gbp, Eur, "2026-11-02").Path.ShouldBe(
            "GBP to USD by 1 GBP = 1.27 USD on 2026-11-02 (spot, test), then USD to EUR by 1 EUR = 1.0842 USD on 2026-11-02 (spot, test), inverse");

    [Fact]
    public void Rates_of_another_type_do_not_mix_in() =>
        ((RateAnswer.Found)Table.On(Eur, Usd, Day("2026-11-03"), ExchangeRate.MonthlyAverage)).Rate.Shown.ShouldBe(D("1.07"));

    [Fact]
    public void Without_a_pivot_nothing_is_crossed() =>
        new ExchangeTable(Rates, new ExchangePolicy("spot", 7, null)).On(Gbp, Eur, Day("2026-11-02")).ShouldBeOfType<RateAnswer.Missing>();

    [Fact]
    public void Two_rates_of_one_key_are_refused() =>
        Should.Throw<ArgumentException>(() => new ExchangeTable([Rates[0], Rate("EUR", "USD", "2026-11-02", "1.5")], ExchangePolicy.Default));

    [Fact]
    public void There_and_back_again_is_off_by_one_minor_unit_at_most() =>
        Prop.ForAll(
            ArbMap.Default.ArbFor<int>(), ArbMap.Default.ArbFor<PositiveInt>(), ArbMap.Default.ArbFor<bool>(),
            (cents, figure, turned) =>
            {
                // From 1 to 9999 per unit: what is converted into is the finer unit, so that no cent is lost on the way.
                var per = 1 + figure.Item % 9999 / 1m + figure.Item % 97 / 100m;
                var rate = turned ? new ExchangeRate(Eur, Gbp, Day("2026-11-02"), "spot", per) : new ExchangeRate(Gbp, Eur, Day("2026-11-02"), "spot", 1 / per);
                var table = new ExchangeTable([rate], ExchangePolicy.Default);
                var money = new Money(cents / 100m, Eur);
                var there = Conversion.Of(money, ((RateAnswer.Found)table.On(Eur, Gbp, Day("2026-11-02"))).Rate);
                var back = Conversion.Of(there.Converted, ((RateAnswer.Found)table.On(Gbp, Eur, Day("2026-11-02"))).Rate);
                return Math.Abs(back.Converted.Amount - money.Amount) <= 0.01m && ConversionProof.Check(there) is null && ConversionProof.Check(back) is null;
            }).Check(Config.QuickThrowOnFailure.WithMaxTest(2000).WithQuietOnSuccess(true));

    [Fact]
    public void The_proof_finds_a_figure_that_is_off_by_a_cent_and_a_path_that_leads_elsewhere()
    {
        var right = Convert(new Money(100, Eur), Usd, Day("2026-11-02"));
        ConversionProof.Check(right with { Converted = new Money(D("108.43"), Usd) })!.Code.ShouldBe("conversion-differs");
        ConversionProof.Check(right with { Converted = new Money(D("108.42"), Gbp) })!.Code.ShouldBe("conversion-differs");
        var same = Convert(new Money(100, Eur), Eur, Day("2026-11-02"));
        ConversionProof.Check(same with { Converted = new Money(D("100.01"), Eur) })!.Code.ShouldBe("conversion-differs");
    }

    [Fact]
    public void A_rate_converts_its_own_currency_only() =>
        Should.Throw<ArgumentException>(() => Conversion.Of(new Money(1, Gbp), Found(Eur, Usd, "2026-11-02")));

    [Theory]
    [InlineData("USD", "USD", "1", "spot")]
    [InlineData("EUR", "USD", "0", "spot")]
    [InlineData("EUR", "USD", "-1", "spot")]
    [InlineData("EUR", "USD", "1", "Spot rate")]
    public void What_is_no_rate_cannot_be_made(string @base, string quote, string rate, string type) =>
        Should.Throw<ArgumentException>(() => new ExchangeRate(Currency.Of(@base), Currency.Of(quote), Day("2026-11-02"), type, D(rate)));

    // December 2001: the mark at 2.1946 to the dollar, the euro at 1.1221 to the dollar, which is 0.8912 dollars.
    [Theory]
    [InlineData("1.1221", "2.1946", 1, 0)]
    [InlineData("0.8912", "2.1946", 0, 1)]
    [InlineData("1.5000", "2.1946", 0, 0)]     // fits neither
    [InlineData("1.0000", "1.9558", 0, 0)]     // fits both
    [InlineData("0", "2.1946", 0, 0)]
    public void The_euro_beside_the_mark_tells_which_way_round_a_table_is(string euro, string mark, int perDollar, int published) =>
        QuotingEvidence.Of([new("Euro", Day("2001-12-01"), D(euro)), new("Germany", Day("2001-12-01"), D(mark))]).ShouldBe((perDollar, published));

    [Theory]
    [InlineData("Germany", "1995-01-01", "DEM")]
    [InlineData("Ireland", "1971-01-01", "IEP")]
    [InlineData("Euro", "1999-01-01", "EUR")]
    [InlineData("Brazil", "1994-06-01", "BRR")]
    [InlineData("Brazil", "1994-07-01", "BRL")]
    [InlineData("Venezuela", "2018-08-01", "VEF")]
    [InlineData("Venezuela", "2018-09-01", "VES")]
    [InlineData("Venezuela", "2021-10-01", "")]
    [InlineData("Venezuela", "2021-11-01", "VED")]
    public void A_country_s_money_is_that_of_the_month(string country, string month, string code) => CountryCurrencies.CodeOf(country, Day(month)).ShouldBe(code);

    private static ExchangeRate Rate(string @base, string quote, string day, string rate) =>
        new(Currency.Of(@base), Currency.Of(quote), Day(day), "spot", D(rate), "test");

    private static AppliedRate Found(Currency from, Currency to, string day) => ((RateAnswer.Found)Table.On(from, to, Day(day))).Rate;

    private static Conversion Convert(Money money, Currency to, DateOnly day) => Conversion.Of(money, ((RateAnswer.Found)Table.On(money.Currency, to, day)).Rate);
}
