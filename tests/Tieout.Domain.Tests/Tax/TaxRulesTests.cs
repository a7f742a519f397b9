using Tieout.Domain.Tax;
using static Tieout.Domain.Tests.Amounts;

namespace Tieout.Domain.Tests.Tax;

public class TaxRulesTests
{
    // The German cut of 2020 and its end, a rate of France, an American one by hand, and territories of three kinds.
    private static readonly TaxTable Table = new(
        [
            new("DE-standard", D("0.19"), TaxRate.EverSince, Day("2020-07-01")),
            new("DE-standard", D("0.16"), Day("2020-07-01"), Day("2021-01-01")),
            new("DE-standard", D("0.19"), Day("2021-01-01"), null),
            new("DE-reduced", D("0.07"), TaxRate.EverSince, null),
            new("FR-standard", D("0.20"), Day("2014-01-01"), null),
            new("FR-reunion-standard", D("0.085"), Day("2014-01-01"), null),
            new("ES-standard", D("0.21"), TaxRate.EverSince, null),
            new("ES-canary-islands-standard", 0, TaxRate.EverSince, null, TaxCategory.NotSubject),
            new("US-CA", D("0.0725"), Day("2017-01-01"), null),
            new("XX-export", 0, Day("2017-01-01"), null, TaxCategory.Export),
        ],
        [
            new("FR", "reunion", "Reunion", @"974\d{2,}"),
            new("ES", "canary-islands", "Canary Islands", @"(35\d{3}|38\d{3})"),
        ]);

    private static readonly Seller German = new("DE");
    private static readonly Seller GermanOss = new("DE", OneStopShop: true);
    private static readonly Seller American = new("US");

    // Whoever sells, to whom, on which tax code, gives which code, letter and rate, and which words of explanation.
    public static TheoryData<Seller, TaxProfile?, string, string, string, string, string> Decisions() => new()
    {
        { German, new("DE"), "auto", "DE-standard", "S", "0.19", "domestic" },
        { German, new("DE", business: true, vat: Vat("DE983020541")), "auto", "DE-standard", "S", "0.19", "domestic" },
        { German, new("FR", business: true, vat: Vat("FRB0000788784")), "auto", "DE-reverse-charge", "AE", "0", "VIES was not asked" },
        { GermanOss, new("FR", business: true, vat: Vat("FRB0000788784")), "auto", "DE-reverse-charge", "AE", "0", "business in FR" },
        { German, new("MC", business: true, vat: Vat("FRB0000788784")), "auto", "DE-reverse-charge", "AE", "0", "business in FR" },
        { German, new("GR", business: true, vat: Vat("EL329897270")), "auto", "DE-reverse-charge", "AE", "0", "business in GR" },
        { German, new("FR"), "auto", "DE-standard", "S", "0.19", "no one-stop shop" },
        { GermanOss, new("FR"), "auto", "FR-standard", "S", "0.20", "one-stop shop" },
        { GermanOss, new("FR", business: true), "auto", "FR-standard", "S", "0.20", "taken for a consumer" },
        { GermanOss, new("FR", "97410"), "auto", "FR-reunion-standard", "S", "0.085", "Reunion" },
        { German, new("FR", "97410"), "auto", "DE-standard", "S", "0.19", "the seller's rate" },
        { German, new("FR", "97410", business: true, vat: Vat("FRB0000788784")), "auto", "DE-reverse-charge", "AE", "0", "business in FR" },
        { GermanOss, new("ES", "38001"), "auto", "DE-outside", "O", "0", "Canary Islands" },
        { GermanOss, new("ES", "38 001", business: true, vat: Vat("ESA11591971")), "auto", "DE-outside", "O", "0", "Canary Islands" },
        { GermanOss, new("ES", "28001"), "auto", "ES-standard", "S", "0.21", "one-stop shop" },
        { German, new("US", "94105"), "auto", "DE-outside", "O", "0", "outside the EU" },
        { German, new("CH", business: true, vat: Vat("CHE406086367")), "auto", "DE-outside", "O", "0", "outside the EU" },
        { German, new("GB", business: true, vat: Vat("XIGD314")), "auto", "DE-outside", "O", "0", "outside the EU" },   // services: XI counts for goods only
        { American, new("FR", business: true, vat: Vat("FRB0000788784")), "auto", "US-reverse-charge", "AE", "0", "business in FR" },
        { new("US", OneStopShop: true), new("FR"), "auto", "FR-standard", "S", "0.20", "one-stop shop" },
        { American, new("JP"), "auto", "US-outside", "O", "0", "outside the EU" },
        { American, new("US", "94105"), "US-CA", "US-CA", "S", "0.0725", "the account's own tax code" },
        { American, null, "US-CA", "US-CA", "S", "0.0725", "the account's own tax code" },
        { German, new("FR", business: true, vat: Vat("FRB0000788784")), "DE-standard", "DE-standard", "S", "0.19", "the account's own tax code" },   // it wins
        { American, new("JP"), "XX-export", "XX-export", "G", "0", "the account's own tax code" },
        { German, new("DE", exemption: new("E-1", Day("2026-01-01"), null)), "auto", "DE-exempt", "E", "0", "certificate" },
        { German, new("DE", exemption: new("E-1", Day("2026-01-01"), Day("2026-11-30"))), "auto", "DE-standard", "S", "0.19", "not valid on that day" },
        { German, new("DE", exemption: new("E-1", Day("2026-01-01"), Day("2026-12-01"))), "auto", "DE-exempt", "E", "0", "valid on supply date 2026-11-30" },
        { German, new("US", exemption: new("E-1", Day("2026-01-01"), null)), "auto", "DE-outside", "O", "0", "outside the EU" },   // nothing to be freed from
    };

    [Theory]
    [MemberData(nameof(Decisions))]
    public void A_sale_is_taxed_by_seller_customer_and_code(
        Seller seller, TaxProfile? customer, string account, string code, string letter, string rate, string words)
    {
        var decision = Decided(Ask(seller, customer, account));
        decision.Code.ShouldBe(code);
        decision.Category.Letter().ShouldBe(letter);
        decision.Rate.ShouldBe(D(rate));
        decision.Explanation.ShouldContain(words);
        // Whatever is not charged says on which ground.
        (decision.Ground.Length > 0).ShouldBe(letter != "S");
    }

    [Fact]
    public void A_reverse_charge_names_its_legal_ground() =>
        Decided(Ask(German, new("FR", business: true, vat: Vat("FRB0000788784")), "auto")).Ground.ShouldContain("Art. 196 Directive 2006/112/EC");

    [Fact]
    public void A_confirmation_by_VIES_is_told_with_its_day()
    {
        var vat = Vat("FRB0000788784") with { Kind = VatCheckKind.Vies, On = Day("2026-10-05"), Consultation = "WAPIAAAA" };
        Decided(Ask(German, new("FR", business: true, vat: vat), "auto")).Explanation.ShouldContain("confirmed by VIES on 2026-10-05");
    }

    public static TheoryData<Seller, TaxProfile?, string, string, string> Undecided() => new()
    {
        { German, null, "auto", TaxRules.Undetermined, "no tax profile of the customer names a country" },
        { German, new(""), "auto", TaxRules.Undetermined, "no tax profile of the customer names a country" },
        { American, new("FR"), "auto", TaxRules.Undetermined, "reports none there" },
        { American, new("US"), "auto", TaxRules.RateMissing, "US-standard has no rate at all" },
        { GermanOss, new("IT"), "auto", TaxRules.RateMissing, "IT-standard has no rate at all" },
        { German, new("DE"), "NO-SUCH", TaxRules.RateMissing, "NO-SUCH has no rate at all" },
    };

    [Theory]
    [MemberData(nameof(Undecided))]
    public void What_is_not_certain_is_a_finding_and_never_zero(Seller seller, TaxProfile? customer, string account, string code, string cause)
    {
        var finding = Ask(seller, customer, account).ShouldBeOfType<TaxAnswer.Undecided>().Finding;
        finding.Code.ShouldBe(code);
        finding.Cause.ShouldContain(cause);
        finding.Remedy.ShouldNotBeEmpty();
    }

    [Theory]
    [InlineData("2013-12-01", "2014-01-01", "FR-standard has no rate in force on 2013-12-31")]
    [InlineData("2013-12-31", "2014-01-02", "")]
    public void A_day_before_the_first_rate_is_a_finding(string start, string end, string cause)
    {
        var answer = TaxRules.For(new(GermanOss, new("FR"), "auto", "standard", new(Day(start), Day(end)), Day(start)), Table);
        if (cause.Length > 0) answer.ShouldBeOfType<TaxAnswer.Undecided>().Finding.Cause.ShouldContain(cause);
        else Decided(answer).Rate.ShouldBe(D("0.20"));
    }

    // Germany charged 16 instead of 19 per cent from 1 July to 31 December 2020.
    [Theory]
    [InlineData(SupplyDateRule.PeriodEnd, "2020-06-01", "2020-07-01", "2020-06-01", "2020-06-30", "0.19")]
    [InlineData(SupplyDateRule.PeriodEnd, "2020-06-01", "2020-07-02", "2020-06-01", "2020-07-01", "0.16")]
    [InlineData(SupplyDateRule.PeriodEnd, "2020-01-01", "2021-01-01", "2020-01-01", "2020-12-31", "0.16")]
    [InlineData(SupplyDateRule.PeriodEnd, "2020-02-01", "2021-02-01", "2020-02-01", "2021-01-31", "0.19")]
    [InlineData(SupplyDateRule.PeriodStart, "2020-06-15", "2020-07-15", "2020-07-15", "2020-06-15", "0.19")]
    [InlineData(SupplyDateRule.PeriodStart, "2020-12-15", "2021-01-15", "2021-01-15", "2020-12-15", "0.16")]
    [InlineData(SupplyDateRule.InvoiceDate, "2020-06-01", "2020-07-01", "2020-07-01", "2020-07-01", "0.16")]
    [InlineData(SupplyDateRule.InvoiceDate, "2020-12-01", "2021-01-01", "2021-01-01", "2021-01-01", "0.19")]
    public void The_supply_date_decides_about_a_rate_that_changes(
        SupplyDateRule rule, string start, string end, string invoiced, string supply, string rate)
    {
        var question = new TaxQuestion(new("DE", SupplyDate: rule), new("DE"), "auto", "standard", new(Day(start), Day(end)), Day(invoiced));
        var decision = Decided(TaxRules.For(question, Table));
        decision.Rate.ShouldBe(D(rate));
        decision.SupplyDay.ShouldBe(Day(supply));
        decision.Explanation.ShouldContain($"supply date {supply} ({Words.Of(rule)})");
    }

    [Fact]
    public void A_line_over_a_change_of_rate_says_so_and_from_when_to_when_its_rate_is_in_force()
    {
        var half = Decided(TaxRules.For(new(German, new("DE"), "auto", "standard", new(Day("2020-06-15"), Day("2020-07-15")), Day("2020-06-15")), Table));
        half.Explanation.ShouldBe(
            "DE-standard 16 %: domestic; supply date 2020-07-14 (period-end), rate in force from 2020-07-01 to 2020-12-31; "
            + "the rate changes on 2020-07-01, inside the period 2020-06-15 to 2020-07-14, and the supply date decides.");
        Decided(Ask(German, new("DE"), "auto")).Explanation.ShouldBe(
            "DE-standard 19 %: domestic; supply date 2026-11-30 (period-end), rate in force from 2021-01-01.");
    }

    [Fact]
    public void A_product_may_have_another_of_the_country_s_rates()
    {
        Decided(TaxRules.For(Question(German, new("DE"), "auto") with { ProductCategory = "reduced" }, Table)).Code.ShouldBe("DE-reduced");
        TaxRules.For(Question(GermanOss, new("FR", "97410"), "auto") with { ProductCategory = "reduced1" }, Table)
            .ShouldBeOfType<TaxAnswer.Undecided>().Finding.Cause.ShouldContain("FR-reunion-reduced1"); // a territory's other rates are not guessed
    }

    [Theory]
    [InlineData("de", false, null)]
    [InlineData("DEU", false, null)]
    [InlineData("DE", false, "DE983020541")]    // a consumer has none
    [InlineData("DE", true, "FRB0000788784")]   // of another country
    public void A_profile_that_contradicts_itself_cannot_be_made(string country, bool business, string? vat) =>
        Should.Throw<ArgumentException>(() => new TaxProfile(country, business: business, vat: vat is null ? null : Vat(vat)));

    [Theory]
    [InlineData("0.19", TaxCategory.ReverseCharge)]
    [InlineData("0", TaxCategory.Standard)]
    [InlineData("1.01", null)]
    [InlineData("-0.01", null)]
    public void A_rate_and_its_letter_go_together(string rate, TaxCategory? category) =>
        Should.Throw<ArgumentException>(() => new TaxRate("X", D(rate), Day("2026-01-01"), null, category));

    private static VatEvidence Vat(string number) => new(VatNumber.Read(number).Number!);

    private static TaxQuestion Question(Seller seller, TaxProfile? customer, string account) =>
        new(seller, customer, account, "standard", new(Day("2026-11-01"), Day("2026-12-01")), Day("2026-11-01"));

    private static TaxAnswer Ask(Seller seller, TaxProfile? customer, string account) => TaxRules.For(Question(seller, customer, account), Table);

    private static TaxDecision Decided(TaxAnswer answer) =>
        (answer as TaxAnswer.Decided)?.Decision ?? throw new InvalidOperationException(((TaxAnswer.Undecided)answer).Finding.Cause);
}
