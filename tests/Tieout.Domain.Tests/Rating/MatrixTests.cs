using Tieout.Domain.Catalog;
using Tieout.Domain.Rating;

namespace Tieout.Domain.Tests.Rating;

public class MatrixTests
{
    private static readonly ChargeModel.Matrix Model = new(
        ["region", "size"],
        [new(["eu", "small"], new ChargeModel.PerUnit(0.1m)), new(["eu", "large"], new ChargeModel.Graduated([Rate.Tier("10", "1"), Rate.Tier(null, "0.5")]))],
        new ChargeModel.PerUnit(2m));

    [Fact]
    public void Each_combination_costs_what_its_cell_says_and_the_rest_the_other_model()
    {
        var rated = Rate.Of(Model, Groups((["eu", "small"], 30m), (["eu", "large"], 12m), (["us", "small"], 1m), (["us", "large"], 2m)));
        rated.Exact.ShouldBe(3m + 11m + 2m + 4m);
        rated.Steps.Select(step => step.Words).ShouldBe(
        [
            "region eu, size small: 30 units at 0.10",
            "region eu, size large: 10 units at 1.00 in tier 1 of 2",
            "region eu, size large: 2 units at 0.50 in tier 2 of 2",
            "region us, size small: 1 unit at 2.00",
            "region us, size large: 2 units at 2.00",
        ]);
    }

    [Fact]
    public void Cells_hold_the_largest_and_the_smallest_quantities() =>
        Rate.Of(Model, Groups((["eu", "small"], 1_000_000_000_000_000m), (["us", "small"], 0.5m), (["us", "large"], 0m))).Exact.ShouldBe(100_000_000_000_001m);

    [Fact]
    public void What_has_no_price_is_refused_and_not_free() =>
        Rate.Refusal(Model with { Otherwise = null }, Groups((["us", "small"], 1m))).ShouldBe("no-cell");

    [Fact]
    public void Values_match_exactly() =>
        Rate.Refusal(Model with { Otherwise = null }, Groups((["EU", "small"], 1m))).ShouldBe("no-cell");

    [Fact]
    public void A_cell_with_fewer_values_matches_nothing() =>
        Rate.Refusal(new ChargeModel.Matrix(["r", "s"], [new(["eu"], new ChargeModel.Flat(1m))], null), Groups((["eu", "s"], 1m))).ShouldBe("no-cell");

    [Fact]
    public void A_combination_twice_or_with_other_dimensions_is_refused()
    {
        Rate.Refusal(Model, Groups((["eu", "small"], 1m), (["us", "small"], 1m), (["eu", "small"], 1m))).ShouldBe("bad-group");
        Rate.Refusal(Model, Groups((["eu"], 1m))).ShouldBe("bad-group");
        Rate.Refusal(Model, Groups((["eu", "small", "x"], 1m))).ShouldBe("bad-group");
    }

    [Fact]
    public void A_total_alone_is_refused_unless_it_is_zero()
    {
        Rate.Refusal(Model, "1").ShouldBe("groups-missing");
        Rate.Of(Model, "0").ShouldBe(0m);
        Rate.Of(Model, new Measured(0m) { Groups = [] }).Exact.ShouldBe(0m);
    }

    [Fact]
    public void A_combination_of_which_nothing_was_used_costs_what_its_cell_says_for_zero() =>
        Rate.Of(new ChargeModel.Matrix(["r"], [new(["eu"], new ChargeModel.Flat(7m))], null), Groups((["eu"], 0m))).Exact.ShouldBe(7m);

    [Fact]
    public void Steps_after_the_matrix_are_not_of_a_combination() =>
        Rate.Of(new ChargeModel.Commitment(10m, Model), Groups((["us", "small"], 1m))).Steps[^1].Words.ShouldBe("true-up to the commitment of 10.00");

    [Fact]
    public void A_cell_of_a_percentage_sees_its_own_money_and_not_all_transactions() =>
        Rate.Of(
            new ChargeModel.Matrix(["card"], [], new ChargeModel.Percentage(0.1m, 0, 0m, 0m, null, null)),
            new Measured(0m) { Groups = [new(["visa"], 50m)], Transactions = [1000m] }).Exact.ShouldBe(5m);

    private static Measured Groups(params (string[] Values, decimal Quantity)[] groups) =>
        new(groups.Sum(group => group.Quantity)) { Groups = [.. groups.Select(group => new MeasuredGroup(group.Values, group.Quantity))] };
}
