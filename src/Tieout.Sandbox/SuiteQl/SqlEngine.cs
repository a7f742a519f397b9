using System.Globalization;

namespace Tieout.Sandbox.SuiteQl;

/// <summary>Answers a query from tables in memory: joins in the order written, conditions as early as their tables are there.</summary>
internal sealed class SqlEngine
{
    private readonly SqlStatement _statement;
    private readonly SqlTable[] _tables;
    private readonly List<SqlExpression>[] _filters;

    private SqlEngine(SqlStatement statement, IReadOnlyDictionary<string, SqlTable> tables)
    {
        _statement = statement;
        _tables = [.. statement.From.Select(from => tables.GetValueOrDefault(from.Table)
            ?? throw new SqlException($"Invalid or unsupported search: Record '{from.Table}' was not found."))];
        _filters = [.. statement.From.Select(_ => new List<SqlExpression>())];
        foreach (var part in statement.Where?.Conjuncts() ?? []) _filters[LastTable(part)].Add(part);
        foreach (var value in statement.Select.Select(item => item.Value).Concat(statement.GroupBy).Concat(statement.OrderBy)) LastTable(value);
        foreach (var (index, join) in statement.From.Index())
            if (join.On is not null && LastTable(join.On) > index) throw new SqlException("Invalid or unsupported search: a join names a later table.");
    }

    /// <summary>The rows in order, each with the columns as named; a null column is not in it.</summary>
    /// <exception cref="SqlException">The query asks for what is not there.</exception>
    public static IReadOnlyList<IReadOnlyDictionary<string, string>> Run(string query, IReadOnlyDictionary<string, SqlTable> tables)
    {
        var engine = new SqlEngine(SqlParser.Parse(query), tables);
        var grouped = engine._statement.GroupBy.Count > 0 || engine._statement.Select.Any(item => item.Value is SqlExpression.Call { Name: "SUM" });
        IEnumerable<IReadOnlyList<object?[]>> groups = grouped
            ? engine.Joined().GroupBy(row => string.Join('\u001f', engine._statement.GroupBy.Select(key => Told(engine.Value(key, row)))), StringComparer.Ordinal)
                .Select(group => (IReadOnlyList<object?[]>)[.. group])
            : engine.Joined().Select(row => (IReadOnlyList<object?[]>)[row]);
        return [.. engine.Ordered(groups).Select(engine.Shown)];
    }

    private List<IReadOnlyList<object?[]>> Ordered(IEnumerable<IReadOnlyList<object?[]>> groups)
    {
        var keyed = groups.Select(group => (group, keys: _statement.OrderBy.Select(key => Value(key, group[0])).ToArray())).ToList();
        keyed.Sort((one, other) =>
        {
            for (var index = 0; index < one.keys.Length; index++)
                if (Compare(one.keys[index], other.keys[index]) is not 0 and var order) return order ?? 0;
            return 0;
        });
        return [.. keyed.Select(item => item.group)];
    }

    private Dictionary<string, string> Shown(IReadOnlyList<object?[]> group)
    {
        Dictionary<string, string> shown = new(StringComparer.Ordinal);
        foreach (var (value, name) in _statement.Select)
        {
            var told = value is SqlExpression.Call { Name: "SUM" } sum
                ? group.Sum(row => Value(sum.Arguments[0], row) is decimal amount ? amount : 0m)
                : Value(value, group[0]);
            if (told is not null) shown[name] = Told(told);
        }
        return shown;
    }

    private IEnumerable<object?[]> Joined()
    {
        IEnumerable<object?[]> rows = [new object?[_tables.Length]];
        for (var index = 0; index < _tables.Length; index++)
        {
            var at = index;
            rows = rows.SelectMany(row => With(row, at));
        }
        return rows;
    }

    private IEnumerable<object?[]> With(object?[] row, int index)
    {
        var join = _statement.From[index];
        var conditions = join.On is null ? _filters[index] : [.. join.On.Conjuncts()];
        var matched = false;
        foreach (var candidate in Candidates(row, index, conditions))
        {
            object?[] wider = [.. row];
            wider[index] = candidate;
            if (join.On is not null && !Holds(join.On, wider)) continue;
            matched = true;
            if (_filters[index].TrueForAll(filter => Holds(filter, wider))) yield return wider;
        }
        if (!matched && join.Left && _filters[index].TrueForAll(filter => Holds(filter, row))) yield return row;
    }

    private IEnumerable<object> Candidates(object?[] row, int index, List<SqlExpression> conditions)
    {
        foreach (var condition in conditions)
        {
            if (condition is SqlExpression.In { Value: SqlExpression.Column column } inside && Quick(column, index) is { } anyOf)
                return inside.List.Select(item => Value(item, row)).OfType<object>().Distinct().SelectMany(anyOf);
            if (condition is not SqlExpression.Binary { Operator: "=" } equal) continue;
            foreach (var (side, other) in new[] { (equal.Left, equal.Right), (equal.Right, equal.Left) })
                if (side is SqlExpression.Column key && Quick(key, index) is { } one && other.Columns().All(named => TableOf(named) < index))
                    return Value(other, row) is { } value ? one(value) : [];
        }
        return _tables[index].Rows();
    }

    private Func<object, IEnumerable<object>>? Quick(SqlExpression.Column column, int index) =>
        TableOf(column) == index ? _tables[index].Found.GetValueOrDefault(column.Name) : null;

    private int LastTable(SqlExpression expression) => expression.Columns().Select(TableOf).DefaultIfEmpty(0).Max();

    private int TableOf(SqlExpression.Column column)
    {
        for (var index = 0; index < _tables.Length; index++)
            if (column.Table.Length == 0 ? _tables[index].Columns.ContainsKey(column.Name) : _statement.From[index].Alias == column.Table)
                return _tables[index].Columns.ContainsKey(column.Name)
                    ? index
                    : throw new SqlException($"Field '{column.Name}' for record '{_statement.From[index].Table}' was not found.");
        throw new SqlException($"Field '{column.Name}' was not found.");
    }

    private object? Value(SqlExpression expression, object?[] row) => expression switch
    {
        SqlExpression.Literal literal => literal.Value,
        SqlExpression.Column column => TableOf(column) is var index && row[index] is { } record ? _tables[index].Columns[column.Name](record) : null,
        SqlExpression.Call call => Called(call.Name, [.. call.Arguments.Select(argument => Value(argument, row))]),
        _ => throw new SqlException("Invalid or unsupported search: a condition is no value."),
    };

    private bool Holds(SqlExpression condition, object?[] row) => condition switch
    {
        SqlExpression.Binary { Operator: "AND" } both => Holds(both.Left, row) && Holds(both.Right, row),
        SqlExpression.Binary { Operator: "OR" } either => Holds(either.Left, row) || Holds(either.Right, row),
        SqlExpression.IsNull test => Value(test.Value, row) is null != test.Not,
        SqlExpression.In inside => inside.List.Any(item => Compare(Value(inside.Value, row), Value(item, row)) == 0),
        SqlExpression.Binary binary => Compare(Value(binary.Left, row), Value(binary.Right, row)) is { } order && binary.Operator switch
        {
            "=" => order == 0,
            "<>" => order != 0,
            "<" => order < 0,
            ">" => order > 0,
            "<=" => order <= 0,
            _ => order >= 0,
        },
        _ => throw new SqlException("Invalid or unsupported search: a value is no condition."),
    };

    /// <summary>Null compared with anything is unknown. Text that is a number compares with a number.</summary>
    private static int? Compare(object? one, object? other) => (one, other) switch
    {
        (null, _) or (_, null) => null,
        (decimal left, decimal right) => left.CompareTo(right),
        (DateOnly left, DateOnly right) => left.CompareTo(right),
        (string left, string right) => string.CompareOrdinal(left, right),
        (decimal left, string right) => left.CompareTo(Number(right)),
        (string left, decimal right) => Number(left).CompareTo(right),
        _ => throw new SqlException("Invalid or unsupported search: a day compared with what is none; use TO_DATE."),
    };

    private static object? Called(string name, object?[] arguments) => (name, arguments) switch
    {
        ("TO_CHAR", [null, _]) or ("TO_DATE", [null, _]) or ("SUBSTR", [null, ..]) => null,
        ("TO_CHAR", [DateOnly day, "YYYY-MM-DD"]) => day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture),
        ("TO_DATE", [string text, "YYYY-MM-DD"])
            when DateOnly.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day) => day,
        ("SUBSTR", [string text, decimal from, decimal length]) when from >= 1 =>
            text.Length < from ? null : text.Substring((int)from - 1, Math.Min((int)length, text.Length - (int)from + 1)),
        ("NVL", [var first, var second]) => first ?? second,
        _ => throw new SqlException($"Invalid or unsupported search: {name} with these arguments."),
    };

    private static decimal Number(string text) => decimal.TryParse(text, NumberStyles.Number, CultureInfo.InvariantCulture, out var number)
        ? number
        : throw new SqlException($"Invalid or unsupported search: '{text}' is no number.");

    // A bare day comes in the form the user of the integration chose; here one that nobody should rely on.
    private static string Told(object? value) => value switch
    {
        null => "",
        decimal number => number.ToString(CultureInfo.InvariantCulture),
        DateOnly day => day.ToString("M/d/yyyy", CultureInfo.InvariantCulture),
        _ => (string)value,
    };
}
