namespace Tieout.Domain.Catalog;

/// <summary>What a charge model must be to be published. Looks into models within models.</summary>
internal static class ModelRules
{
    private const int Deepest = 4;

    public static void Check(ChargeModel model, string path, PriceFields fields, int depth = 1)
    {
        if (depth > Deepest)
        {
            fields.Add(path, "too-deep", $"Models stand {depth} deep within each other.", $"At most {Deepest} are allowed.");
            return;
        }
        switch (model)
        {
            case ChargeModel.Flat flat: fields.Number(path + ".amount", flat.Amount); break;
            case ChargeModel.PerUnit perUnit: fields.Number(path + ".unit-price", perUnit.UnitPrice); break;
            case ChargeModel.Graduated graduated: TierRules.Check(graduated.Tiers, path, fields); break;
            case ChargeModel.Volume volume: TierRules.Check(volume.Tiers, path, fields); break;
            case ChargeModel.Capacity capacity: TierRules.Check(capacity.Tiers, path, fields); break;
            case ChargeModel.GraduatedPackage graduated: TierRules.Check(graduated.Tiers, path, fields); break;
            case ChargeModel.VolumePackage volume: TierRules.Check(volume.Tiers, path, fields); break;
            case ChargeModel.GraduatedPercentage graduated: TierRules.Check(graduated.Tiers, path, fields); break;
            case ChargeModel.Package package: Check(package, path, fields); break;
            case ChargeModel.Percentage percentage: Check(percentage, path, fields); break;
            case ChargeModel.Included included: Check(included, path, fields); break;
            case ChargeModel.Commitment commitment: Check(commitment, path, fields, depth); break;
            case ChargeModel.Matrix matrix: Check(matrix, path, fields, depth); break;
            case ChargeModel.Prepaid prepaid: Check(prepaid, path, fields, depth); break;
            default: throw new ArgumentOutOfRangeException(nameof(model), model, "This charge model has no rules.");
        }
    }

    /// <summary>The size of a package.</summary>
    public static void Size(decimal size, string path, PriceFields fields) =>
        fields.Positive(path + ".size", size, "size-zero", "A package of no size holds nothing.", "Give a size above zero.");

    private static void Check(ChargeModel.Package model, string path, PriceFields fields)
    {
        Size(model.Size, path, fields);
        fields.Number(path + ".price", model.Price);
        fields.Number(path + ".free-units", model.FreeUnits);
    }

    private static void Check(ChargeModel.Percentage model, string path, PriceFields fields)
    {
        fields.Rate(path + ".rate", model.Rate);
        fields.Number(path + ".free-count", model.FreeCount);
        fields.Number(path + ".free-amount", model.FreeAmount);
        fields.Number(path + ".fixed-fee", model.FixedFee);
        if (model.MinimumPerTransaction is { } least) fields.Number(path + ".minimum-per-transaction", least);
        if (model.MaximumPerTransaction is { } most) fields.Number(path + ".maximum-per-transaction", most);
        if (model.MinimumPerTransaction > model.MaximumPerTransaction)
            fields.Add(path + ".maximum-per-transaction", "maximum-below-minimum", "The maximum of a transaction is below its minimum.",
                "Swap the two, or leave one out.");
    }

    private static void Check(ChargeModel.Included model, string path, PriceFields fields)
    {
        fields.Number(path + ".fee", model.Fee);
        fields.Number(path + ".units", model.Units);
        if (model.OveragePrice is { } price) fields.Number(path + ".overage-price", price);
        if (model.OverageFactor is { } factor) fields.Number(path + ".overage-factor", factor);
        if (model is { OveragePrice: not null, OverageFactor: not null })
            fields.Add(path + ".overage-price", "overage-twice", "Both an overage price and a factor are given.", "Give one of the two.");
        if (model is { OveragePrice: null, OverageFactor: null })
            fields.Add(path + ".overage-price", "overage-missing", "Neither an overage price nor a factor is given.",
                "Give one of the two; a price of 0 makes units above free.");
        if (model is { OverageFactor: not null, Units: 0m })
            fields.Add(path + ".units", "units-zero", "A factor of the fee per included unit needs included units.",
                "Include units, or give an overage price.");
    }

    private static void Check(ChargeModel.Commitment model, string path, PriceFields fields, int depth)
    {
        fields.Positive(path + ".minimum", model.Minimum, "minimum-zero", "A commitment of nothing commits to nothing.",
            "Give a minimum above zero, or leave the commitment out.");
        if (model.Of is ChargeModel.Commitment)
            fields.Add(path + ".of", "nested", "A commitment stands within a commitment.", "One of them is enough: the higher.");
        Check(model.Of, path + ".of", fields, depth + 1);
    }

    private static void Check(ChargeModel.Prepaid model, string path, PriceFields fields, int depth)
    {
        fields.Text(path + ".credit", model.Credit);
        if (model.Of is ChargeModel.Prepaid or ChargeModel.Commitment { Of: ChargeModel.Prepaid })
            fields.Add(path + ".of", "nested", "Prepaid credit stands within prepaid credit.", "Grant both as one kind of credit, with priorities.");
        Check(model.Of, path + ".of", fields, depth + 1);
    }

    private static void Check(ChargeModel.Matrix model, string path, PriceFields fields, int depth)
    {
        if (model.Dimensions.Count == 0) fields.Add(path + ".dimensions", "missing", "A matrix has dimensions.",
            "Name the meter's dimensions, such as region.");
        for (var index = 0; index < model.Dimensions.Count; index++)
        {
            fields.Text(PriceFields.At(path, "dimensions", index), model.Dimensions[index]);
            if (model.Dimensions.Take(index).Contains(model.Dimensions[index], StringComparer.Ordinal))
                fields.Add(PriceFields.At(path, "dimensions", index), "duplicate", $"Dimension '{model.Dimensions[index]}' stands twice.",
                    "Name each once.");
        }
        if (model.Cells.Count == 0 && model.Otherwise is null)
            fields.Add(path + ".cells", "missing", "The matrix has no price at all.", "Give cells, or an 'otherwise'.");
        HashSet<string> seen = new(StringComparer.Ordinal);
        for (var index = 0; index < model.Cells.Count; index++)
            CheckCell(model, model.Cells[index], PriceFields.At(path, "cells", index), seen, fields, depth);
        if (model.Otherwise is { } other) CheckInner(other, path + ".otherwise", fields, depth);
    }

    private static void CheckCell(ChargeModel.Matrix matrix, MatrixCell cell, string path, HashSet<string> seen, PriceFields fields, int depth)
    {
        if (cell.Values.Count != matrix.Dimensions.Count)
            fields.Add(path + ".values", "dimension-count", $"The cell has {cell.Values.Count} values for {matrix.Dimensions.Count} dimensions.",
                "Give one value for each dimension, in their order.");
        // No text that may be stored holds a line break, so nothing can look like another combination.
        else if (!seen.Add(string.Join('\n', cell.Values)))
            fields.Add(path + ".values", "duplicate", $"The combination {string.Join(", ", cell.Values)} stands twice.",
                "Give each combination once.");
        for (var index = 0; index < cell.Values.Count; index++) fields.Text(PriceFields.At(path, "values", index), cell.Values[index]);
        CheckInner(cell.Model, path + ".model", fields, depth);
    }

    private static void CheckInner(ChargeModel model, string path, PriceFields fields, int depth)
    {
        if (Holds(model))
            fields.Add(path, "nested", "A matrix or prepaid credit stands within a matrix.",
                "Put all dimensions into one matrix, and prepaid credit around it.");
        Check(model, path, fields, depth + 1);
    }

    private static bool Holds(ChargeModel model) =>
        model is ChargeModel.Matrix or ChargeModel.Prepaid || (model is ChargeModel.Commitment commitment && Holds(commitment.Of));
}
