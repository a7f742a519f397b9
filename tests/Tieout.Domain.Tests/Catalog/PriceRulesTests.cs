using Tieout.Domain.Catalog;
using Tieout.Domain.Tests.Rating;
using static Tieout.Domain.Tests.Amounts;

namespace Tieout.Domain.Tests.Catalog;

public class PriceRulesTests
{
    private static readonly ChargeModel Good = new ChargeModel.Flat(1m);
    private static readonly PriceTerms Usage = new() { Kind = PriceKind.Usage, Timing = BillingTiming.Arrears, Meter = "calls" };

    public static TheoryData<string, ChargeModel, string> Bad => new()
    {
        { "negative", new ChargeModel.Flat(-1m), "model.amount negative" },
        { "scale", new ChargeModel.PerUnit(0.0000000000001m), "model.unit-price too-many-decimals" },
        { "zeros at the end do not count", new ChargeModel.PerUnit(0.10000000000000m), "" },
        { "size of a number", new ChargeModel.Flat(10_000_000_000_000_000m), "model.amount too-large" },
        { "largest number", new ChargeModel.Flat(9_999_999_999_999_999m), "" },
        { "no tiers", new ChargeModel.Graduated([]), "model.tiers no-tiers" },
        { "good tiers", new ChargeModel.Graduated([Rate.Tier("10", "1"), Rate.Tier(null, "1")]), "" },
        { "not rising", new ChargeModel.Volume([Rate.Tier("10", "1"), Rate.Tier("10", "1"), Rate.Tier(null, "1")]), "model.tiers[1].up-to tiers-not-rising" },
        { "falling", new ChargeModel.Capacity([Rate.Tier("10", "1"), Rate.Tier("5", "1"), Rate.Tier(null, "1")]), "model.tiers[1].up-to tiers-not-rising" },
        { "zero", new ChargeModel.Graduated([Rate.Tier("0", "1"), Rate.Tier(null, "1")]), "model.tiers[0].up-to tiers-not-rising" },
        { "closed", new ChargeModel.Graduated([Rate.Tier("10", "1")]), "model.tiers[0].up-to last-tier-closed" },
        { "open inside", new ChargeModel.Graduated([Rate.Tier(null, "1"), Rate.Tier(null, "1")]), "model.tiers[0].up-to open-tier-not-last" },
        { "after an open one", new ChargeModel.Graduated([Rate.Tier("5", "1"), Rate.Tier(null, "1"), Rate.Tier("5", "1"), Rate.Tier(null, "1")]),
            "model.tiers[1].up-to open-tier-not-last, model.tiers[2].up-to tiers-not-rising" },
        { "tier's figures", new ChargeModel.Graduated([Rate.Tier("10", "-1", "-1"), Rate.Tier(null, "1")]),
            "model.tiers[0].flat-amount negative, model.tiers[0].unit-price negative" },
        { "limit's scale", new ChargeModel.Graduated([Rate.Tier("0.0000000000001", "1"), Rate.Tier(null, "1")]), "model.tiers[0].up-to too-many-decimals" },
        { "package", new ChargeModel.Package(0m, -1m, PackageRounding.Up, -1m), "model.free-units negative, model.price negative, model.size size-zero" },
        { "package size", new ChargeModel.Package(-1m, 1m, PackageRounding.Up, 0m), "model.size negative" },
        { "package tier", new ChargeModel.GraduatedPackage([new(null, 0m, -1m)], PackageRounding.Up), "model.tiers[0].price negative, model.tiers[0].size size-zero" },
        { "volume package tier", new ChargeModel.VolumePackage([new(5m, 1m, 1m)], PackageRounding.Up), "model.tiers[0].up-to last-tier-closed" },
        { "rate", new ChargeModel.Percentage(2.9m, 0, 0m, 0m, null, null), "model.rate rate-too-high" },
        { "largest rate", new ChargeModel.Percentage(1m, 0, 0m, 0m, 1m, 1m), "" },
        { "percentage", new ChargeModel.Percentage(-0.1m, -1, -1m, -1m, -1m, -2m),
            "model.fixed-fee negative, model.free-amount negative, model.free-count negative, model.maximum-per-transaction maximum-below-minimum, "
            + "model.maximum-per-transaction negative, model.minimum-per-transaction negative, model.rate negative" },
        { "percentage tier", new ChargeModel.GraduatedPercentage([new(null, 1.1m, -1m)]), "model.tiers[0].flat-amount negative, model.tiers[0].rate rate-too-high" },
        { "overage twice", new ChargeModel.Included(1m, 1m, 1m, 1m), "model.overage-price overage-twice" },
        { "overage not", new ChargeModel.Included(1m, 1m, null, null), "model.overage-price overage-missing" },
        { "factor of nothing", new ChargeModel.Included(1m, 0m, null, 1m), "model.units units-zero" },
        { "price above nothing", new ChargeModel.Included(1m, 0m, 1m, null), "" },
        { "included", new ChargeModel.Included(-1m, -1m, -1m, null), "model.fee negative, model.overage-price negative, model.units negative" },
        { "factor", new ChargeModel.Included(1m, 1m, null, -1m), "model.overage-factor negative" },
        { "commitment to nothing", new ChargeModel.Commitment(0m, Good), "model.minimum minimum-zero" },
        { "commitment", new ChargeModel.Commitment(-1m, new ChargeModel.Flat(-1m)), "model.minimum negative, model.of.amount negative" },
        { "commitment in commitment", new ChargeModel.Commitment(1m, new ChargeModel.Commitment(1m, Good)), "model.of nested" },
        { "good prepaid", new ChargeModel.Commitment(1m, new ChargeModel.Prepaid("calls", Good)), "" },
        { "credit's name", new ChargeModel.Prepaid(" ", new ChargeModel.Flat(-1m)), "model.credit missing, model.of.amount negative" },
        { "prepaid in prepaid", new ChargeModel.Prepaid("a", new ChargeModel.Prepaid("b", Good)), "model.of nested" },
        { "prepaid in commitment in prepaid", new ChargeModel.Prepaid("a", new ChargeModel.Commitment(1m, new ChargeModel.Prepaid("b", Good))), "model.of nested" },
        { "good matrix", new ChargeModel.Matrix(["region", "size"], [new(["eu", "s"], Good), new(["us", "s"], Good)], null), "" },
        { "matrix of nothing", new ChargeModel.Matrix([], [], null), "model.cells missing, model.dimensions missing" },
        { "matrix otherwise only", new ChargeModel.Matrix(["a"], [], new ChargeModel.Flat(-1m)), "model.otherwise.amount negative" },
        { "dimension twice", new ChargeModel.Matrix(["a", "a"], [new(["x", "y"], Good)], null), "model.dimensions[1] duplicate" },
        { "cell twice", new ChargeModel.Matrix(["a"], [new(["x"], Good), new(["x"], new ChargeModel.Flat(-1m))], null),
            "model.cells[1].model.amount negative, model.cells[1].values duplicate" },
        { "dimension count", new ChargeModel.Matrix(["a", "b"], [new(["x"], Good)], null), "model.cells[0].values dimension-count" },
        { "empty value", new ChargeModel.Matrix([""], [new([""], Good)], null), "model.cells[0].values[0] missing, model.dimensions[0] missing" },
        { "matrix in matrix", new ChargeModel.Matrix(["a"], [new(["x"], new ChargeModel.Matrix(["b"], [], Good))], null), "model.cells[0].model nested" },
        { "prepaid in matrix", new ChargeModel.Matrix(["a"], [], new ChargeModel.Commitment(1m, new ChargeModel.Prepaid("c", Good))), "model.otherwise nested" },
        { "card number", new ChargeModel.Prepaid("4111 1111 1111 1111", Good), "model.credit card-number" },
    };

    [Theory]
    [MemberData(nameof(Bad))]
    public void A_model_is_refused_field_by_field(string what, ChargeModel model, string problems)
    {
        what.ShouldNotBeEmpty();
        Shown(PriceRules.Check(Price(model, PriceTerms.Default))).ShouldBe(problems);
        PriceRules.Check(model).ShouldBe(PriceRules.Check(Price(model, PriceTerms.Default)));
    }

    public static TheoryData<PriceTerms, string> BadTerms => new()
    {
        { PriceTerms.Default, "" },
        { Usage, "" },
        { Usage with { Meter = null }, "terms.meter meter-missing" },
        { Usage with { Timing = BillingTiming.Advance }, "terms.timing usage-in-advance" },
        { PriceTerms.Default with { Meter = "calls" }, "terms.meter meter-without-usage" },
        { Usage with { Meter = "" }, "terms.meter missing" },
        { PriceTerms.Default with { Interval = default }, "terms.interval interval-missing" },
        { PriceTerms.Default with { TaxCategory = "" }, "terms.tax-category missing" },
        { PriceTerms.Default with { Minimum = -1m }, "terms.minimum negative" },
        { Ramp(new RampStep(null, null, Good)), "terms.ramp[0] ramp-begin" },
        { Ramp(new RampStep(Day("2026-01-01"), 1, Good)), "terms.ramp[0] ramp-begin" },
        { Ramp(new RampStep(null, 0, Good)), "terms.ramp[0].months-in out-of-range" },
        { Ramp(new RampStep(null, 1201, Good)), "terms.ramp[0].months-in out-of-range" },
        { Ramp(new RampStep(null, 1, Good), new RampStep(null, 1200, Good)), "" },
        { Ramp(new RampStep(null, 6, Good), new RampStep(null, 6, Good)), "terms.ramp[1] ramp-order" },
        { Ramp(new RampStep(Day("2026-02-01"), null, Good), new RampStep(Day("2026-01-01"), null, Good)), "terms.ramp[1] ramp-order" },
        { Ramp(new RampStep(Day("2026-02-01"), null, Good), new RampStep(null, 7, Good)), "terms.ramp[1] ramp-order" },
        { Ramp(new RampStep(Day("2026-02-01"), null, Good), new RampStep(Day("2026-02-02"), null, Good)), "" },
        { Ramp(new RampStep(null, 6, new ChargeModel.Flat(-1m))), "terms.ramp[0].model.amount negative" },
    };

    [Theory]
    [MemberData(nameof(BadTerms))]
    public void Terms_are_refused_field_by_field(PriceTerms terms, string problems) => Shown(PriceRules.Check(Price(Good, terms))).ShouldBe(problems);

    [Theory]
    [InlineData("one-off", "component reserved-name")]
    [InlineData("minimum", "component reserved-name")]
    [InlineData("one-offs", "")]
    public void Names_of_lines_that_are_no_components_are_reserved(string component, string problems) => Shown(PriceRules.Check(
        new Price("P", component, Good, Currency.Of("USD"), Recognition.Immediate, "x"))).ShouldBe(problems);

    [Fact]
    public void Texts_and_versions_are_looked_at()
    {
        var price = new Price("P", "", Good, Usd, Recognition.Immediate, new string('x', 201)) { Version = 0 };
        Shown(PriceRules.Check(price)).ShouldBe("component missing, description too-long, version too-small");
    }

    [Fact]
    public void Models_do_not_stand_in_each_other_without_end()
    {
        ChargeModel model = new ChargeModel.Flat(1m);
        for (var depth = 0; depth < 4; depth++) model = depth % 2 == 0 ? new ChargeModel.Commitment(1m, model) : new ChargeModel.Prepaid("c", model);
        PriceRules.Check(model).ShouldContain(problem => problem.Code == "too-deep");
    }

    [Fact]
    public void Every_problem_says_what_to_do() =>
        PriceRules.Check(Price(new ChargeModel.Included(-1m, -1m, 1m, 1m), Usage with { Meter = null })).ShouldAllBe(problem =>
            problem.Reason.EndsWith('.') && problem.Remedy.EndsWith('.') && problem.ToString() == $"{problem.Field}: {problem.Reason} {problem.Remedy}");

    [Fact]
    public void A_version_has_prices_that_go_together()
    {
        var usd = Price(Good, PriceTerms.Default);
        var eur = usd with { Currency = Eur };
        Shown(Check(usd, eur)).ShouldBe("");
        Shown(Check()).ShouldBe("prices missing");
        Shown(Check(usd, usd with { Description = "y" })).ShouldBe("prices[1] duplicate");
        Shown(Check(usd, eur with { Terms = PriceTerms.Default with { Interval = BillingInterval.Yearly } })).ShouldBe("prices[1].terms terms-differ");
        Shown(Check(usd, eur with { Terms = Usage })).ShouldBe("prices[1].terms terms-differ");
        Shown(Check(Price(Good, Usage), Price(Good, Usage with { Meter = "other" }) with { Currency = Eur })).ShouldBe("prices[1].terms terms-differ");
        Shown(Check(usd, Price(new ChargeModel.Flat(-1m), PriceTerms.Default) with { Component = "more" })).ShouldBe("prices[1].model.amount negative");
        Shown(Check(Price(new ChargeModel.Commitment(1m, new ChargeModel.Prepaid("c", Good)), PriceTerms.Default))).ShouldBe("prices[0].terms.kind model-needs-usage");
        Shown(Check(Price(new ChargeModel.Percentage(0.1m, 0, 0m, 0m, null, null), Usage))).ShouldBe("");
        Shown(PlanRules.Check(new PlanVersion("P", 1, PlanVersion.Always, [usd]) { TrialDays = 3651, Minimums = [new Money(-1m, Usd)] }))
            .ShouldBe("minimums.USD negative, trial-days out-of-range");
    }

    public static TheoryData<ChargeModel> OfUsage => new()
    {
        new ChargeModel.Percentage(0.1m, 0, 0m, 0m, null, null),
        new ChargeModel.GraduatedPercentage([new(null, 0.1m, 0m)]),
        new ChargeModel.Matrix(["region"], [new(["eu"], Good)], null),
        new ChargeModel.Prepaid("c", Good),
        new ChargeModel.Commitment(1m, new ChargeModel.Prepaid("c", Good)),
    };

    [Theory]
    [MemberData(nameof(OfUsage))]
    public void A_step_to_a_model_that_rates_usage_needs_a_usage_price(ChargeModel model)
    {
        RampStep[] steps = [new(null, 6, Good), new(null, 12, model)];
        var problem = Check(Price(Good, Ramp(steps))).ShouldHaveSingleItem();
        (problem.Field, problem.Code).ShouldBe(("prices[0].terms.ramp[1].model", "model-needs-usage"));
        new[] { problem.Reason, problem.Remedy }.ShouldAllBe(text => text.EndsWith('.'));
        Check(Price(Good, Ramp(steps) with { Kind = PriceKind.OneOff })).ShouldHaveSingleItem().Code.ShouldBe("model-needs-usage");
        Check(Price(Good, Usage with { Ramp = steps })).ShouldBeEmpty();
    }

    [Fact]
    public void A_day_takes_the_latest_version_begun()
    {
        PlanVersion[] versions = [new("P", 2, Day("2026-06-01"), []), new("P", 1, Day("2026-01-01"), []), new("P", 3, Day("2027-01-01"), [])];
        PlanVersion.InForce(versions, Day("2025-12-31")).ShouldBeNull();
        PlanVersion.InForce(versions, Day("2026-05-31"))!.Version.ShouldBe(1);
        PlanVersion.InForce(versions, Day("2026-06-01"))!.Version.ShouldBe(2);
        PlanVersion.InForce(versions, Day("2030-01-01"))!.Version.ShouldBe(3);
        Should.Throw<ArgumentOutOfRangeException>(() => new PlanVersion("P", 0, PlanVersion.Always, []));
    }

    private static IReadOnlyList<PriceProblem> Check(params Price[] prices) => PlanRules.Check(new PlanVersion("P", 1, PlanVersion.Always, prices));

    private static PriceTerms Ramp(params RampStep[] steps) => PriceTerms.Default with { Ramp = steps };

    private static Price Price(ChargeModel model, PriceTerms terms) => new("P", "base", model, Usd, Recognition.Immediate, "x") { Terms = terms };

    private static string Shown(IEnumerable<PriceProblem> problems) =>
        string.Join(", ", problems.Select(problem => $"{problem.Field} {problem.Code}").Order(StringComparer.Ordinal));
}
