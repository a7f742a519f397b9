namespace Tieout.Domain.Ledger;

/// <summary>Lines with one code of a dimension.</summary>
/// <param name="Word">One of <see cref="Mapping.MappingFields.Dimensions"/>.</param>
/// <param name="Code">Our code; empty for the lines that have none of this dimension.</param>
public sealed record DimensionFilter(string Word, string Code)
{
    /// <summary>Reads <c>cost-center=4100</c>, or <c>cost-center=</c> for lines without; null for anything else.</summary>
    public static DimensionFilter? Parse(string text) =>
        text.IndexOf('=', StringComparison.Ordinal) is var sign and > 0 && new DimensionFilter(text[..sign], text[(sign + 1)..].Trim()) is var filter
        && (filter.Code.Length == 0 ? Mapping.MappingFields.Dimensions.Contains(filter.Word) : LineDimensions.Judge([new(filter.Word, filter.Code)]).Count == 0)
            ? filter : null;
}

/// <summary>What lines with dimensions moved together.</summary>
/// <param name="Before">In months before the one that is asked for.</param>
/// <param name="By">Their code of the dimension that is grouped by; empty where they have none, or nothing is grouped.</param>
/// <param name="Filter">Their code of the dimension that is filtered by; empty where they have none, or nothing is filtered.</param>
public sealed record DimensionCell(string Account, Currency Currency, bool Before, string By, string Filter, Turnover Moved);

/// <summary>
/// Sorts balances by a dimension. Few lines have any, so that only those are read: what they leave of the balances has none.
/// </summary>
public static class DimensionSplit
{
    /// <summary>
    /// What accounts moved, of the lines with a code or without, one for each code. Without a filter they come to what all moved. What holds no
    /// line is left out.
    /// </summary>
    /// <param name="all">What all lines moved, one for each account and currency.</param>
    /// <param name="cells">What those with any dimension moved, in any number of parts.</param>
    /// <param name="grouped">Whether there is one for each code of what is grouped by.</param>
    /// <param name="only">The code of what is filtered by, empty for lines without; null for all.</param>
    public static IReadOnlyList<AccountMovement> Of(
        IEnumerable<AccountMovement> all, IEnumerable<DimensionCell> cells, bool grouped, string? only)
    {
        var sorted = cells.ToLookup(cell => (cell.Account, cell.Currency));
        List<AccountMovement> movements = [];
        foreach (var whole in all)
        {
            List<DimensionCell> parts = [.. sorted[(whole.Account, whole.Currency)]];
            parts.Add(Rest(whole, whole.Before, parts, before: true));
            parts.Add(Rest(whole, whole.Within, parts, before: false));
            var wanted = parts.Where(part => part.Moved.Lines != 0 && (only is null || part.Filter == only));
            movements.AddRange(wanted.GroupBy(part => grouped ? part.By : null, StringComparer.Ordinal).Select(group =>
                whole with { Code = group.Key, Before = Sum(group, before: true), Within = Sum(group, before: false) }));
        }
        return movements;
    }

    private static DimensionCell Rest(AccountMovement whole, Turnover moved, IEnumerable<DimensionCell> parts, bool before) =>
        new(whole.Account, whole.Currency, before, "", "", moved - Sum(parts, before));

    private static Turnover Sum(IEnumerable<DimensionCell> parts, bool before) =>
        parts.Where(part => part.Before == before).Aggregate(default(Turnover), (sum, part) => sum + part.Moved);
}
