using Tieout.Domain.Catalog;
using Tieout.Domain.Rating;
using static Tieout.Domain.Tests.Amounts;

namespace Tieout.Domain.Tests.Rating;

/// <summary>Rates in both ways at once: whatever a test asks, the sum, the steps and the bulk amount must be one figure.</summary>
internal static class Rate
{
    public static decimal Of(ChargeModel model, string quantity, bool zeroEnters = false) => Of(model, new Measured(D(quantity)), zeroEnters).Exact;

    public static Rated Of(ChargeModel model, Measured measured, bool zeroEnters = false, Currency? currency = null)
    {
        var rules = new RatingRules(zeroEnters);
        var rated = RateCharge.Explain(model, measured, rules, currency ?? Usd);
        rated.Exact.ShouldBe(RateCharge.Amount(model, measured, rules));
        rated.Steps.Sum(step => step.Amount).ShouldBe(rated.Exact);
        return rated;
    }

    public static string Refusal(ChargeModel model, Measured measured)
    {
        var refused = Should.Throw<RatingException>(() => RateCharge.Amount(model, measured, default));
        Should.Throw<RatingException>(() => RateCharge.Explain(model, measured, default, Usd)).Code.ShouldBe(refused.Code);
        refused.Message.ShouldEndWith(".");
        refused.Remedy.ShouldEndWith(".");
        return refused.Code;
    }

    public static string Refusal(ChargeModel model, string quantity) => Refusal(model, new Measured(D(quantity)));

    public static Tier Tier(string? upTo, string unitPrice, string flat = "0") => new(upTo is null ? null : D(upTo), D(unitPrice), D(flat));

    public static IEnumerable<string> Words(ChargeModel model, string quantity) => Of(model, new Measured(D(quantity))).Steps.Select(step => step.Words);
}
