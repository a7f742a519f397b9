using Tieout.Domain.Catalog;

namespace Tieout.Domain.Rating;

/// <summary>
/// Matrix pricing: each combination of dimension values is rated by itself, by the model of the cell with exactly its values, else
/// by the model for all others (which sees each such combination alone: they are not added together). A combination that no model
/// is given for is refused, not charged at nothing; so is one that is given twice.
/// </summary>
internal static class MatrixPricing
{
    public static void Rate<T>(ChargeModel.Matrix model, Measured measured, RatingRules rules, ref T steps) where T : ISteps
    {
        if (measured.Groups is not { } groups)
        {
            if (measured.Quantity == 0m) return;
            throw new RatingException(
                "groups-missing", $"The price asks for {string.Join(" and ", model.Dimensions)}, and only a total is known.",
                "Group the meter by these dimensions.");
        }
        for (var index = 0; index < groups.Count; index++)
        {
            var group = groups[index];
            DemandOnce(model, groups, index);
            var cell = CellOf(model, group) ?? throw new RatingException(
                "no-cell", $"There is no price for {string.Join(", ", group.Values)}.",
                    "Add a cell for it, or an 'otherwise' for all that are not listed.");
            steps.Within(model.Dimensions, group);
            RateCharge.Rate(cell, measured with { Quantity = group.Quantity, Groups = null, Transactions = null }, rules, ref steps);
        }
        steps.Within(null, null);
    }

    private static ChargeModel? CellOf(ChargeModel.Matrix model, MeasuredGroup group)
    {
        foreach (var cell in model.Cells)
            if (Same(cell.Values, group.Values)) return cell.Model;
        return model.Otherwise;
    }

    private static void DemandOnce(ChargeModel.Matrix model, IReadOnlyList<MeasuredGroup> groups, int index)
    {
        var values = groups[index].Values;
        var bad = values.Count != model.Dimensions.Count;
        for (var other = 0; other < index && !bad; other++) bad = Same(groups[other].Values, values);
        if (bad)
            throw new RatingException(
                "bad-group", $"The combination {string.Join(", ", values)} stands twice or has not one value for each dimension.",
                "Give each combination once, with its values in the order of the price's dimensions.");
    }

    private static bool Same(IReadOnlyList<string> one, IReadOnlyList<string> other)
    {
        if (one.Count != other.Count) return false;
        for (var index = 0; index < one.Count; index++)
            if (!string.Equals(one[index], other[index], StringComparison.Ordinal)) return false;
        return true;
    }
}
