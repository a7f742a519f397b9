namespace Tieout.Sandbox.SuiteQl;

/// <summary>A table that queries can ask: its columns, and how its rows are found.</summary>
/// <param name="Columns">How each column is read from a row: text, decimal number, day, or null.</param>
/// <param name="Rows">All of them.</param>
/// <param name="Found">Rows by the value of a column, where that is quicker than looking at all.</param>
internal sealed record SqlTable(
    IReadOnlyDictionary<string, Func<object, object?>> Columns,
    Func<IEnumerable<object>> Rows,
    IReadOnlyDictionary<string, Func<object, IEnumerable<object>>> Found)
{
    /// <summary>A table whose rows are all of one type.</summary>
    public static SqlTable Of<T>(
        Func<IEnumerable<T>> rows,
        IReadOnlyDictionary<string, Func<T, object?>> columns,
        IReadOnlyDictionary<string, Func<object, IEnumerable<T>>>? found = null)
        where T : class => new(
            columns.ToDictionary(column => column.Key, column => (Func<object, object?>)(row => column.Value((T)row)), StringComparer.Ordinal),
            rows,
            (found ?? new Dictionary<string, Func<object, IEnumerable<T>>>(StringComparer.Ordinal))
                .ToDictionary(one => one.Key, one => (Func<object, IEnumerable<object>>)(value => one.Value(value)), StringComparer.Ordinal));
}
