namespace Tieout.Sandbox.SuiteQl;

/// <summary>An expression of a query. Values are text, decimal numbers, days, or null.</summary>
internal abstract record SqlExpression
{
    private SqlExpression() { }

    /// <summary><c>t.id</c>, or <c>id</c> where only one table is asked.</summary>
    public sealed record Column(string Table, string Name) : SqlExpression;

    /// <summary>A text or a number.</summary>
    public sealed record Literal(object? Value) : SqlExpression;

    /// <summary><c>TO_CHAR(x, 'YYYY-MM-DD')</c> and the like.</summary>
    public sealed record Call(string Name, IReadOnlyList<SqlExpression> Arguments) : SqlExpression;

    /// <summary><c>= &lt;&gt; &lt; &gt; &lt;= &gt;= AND OR</c>.</summary>
    public sealed record Binary(string Operator, SqlExpression Left, SqlExpression Right) : SqlExpression;

    /// <summary><c>x IN (…)</c>.</summary>
    public sealed record In(SqlExpression Value, IReadOnlyList<SqlExpression> List) : SqlExpression;

    /// <summary><c>x IS NULL</c>, or not.</summary>
    public sealed record IsNull(SqlExpression Value, bool Not) : SqlExpression;

    /// <summary>The parts joined by <c>AND</c> at the top.</summary>
    public IEnumerable<SqlExpression> Conjuncts() =>
        this is Binary { Operator: "AND" } both ? both.Left.Conjuncts().Concat(both.Right.Conjuncts()) : [this];

    /// <summary>Every column named.</summary>
    public IEnumerable<Column> Columns() => this switch
    {
        Column column => [column],
        Call call => call.Arguments.SelectMany(argument => argument.Columns()),
        Binary binary => binary.Left.Columns().Concat(binary.Right.Columns()),
        In inside => inside.Value.Columns().Concat(inside.List.SelectMany(item => item.Columns())),
        IsNull test => test.Value.Columns(),
        _ => [],
    };
}

/// <summary>A query as written.</summary>
internal sealed record SqlStatement(
    IReadOnlyList<(SqlExpression Value, string Name)> Select,
    IReadOnlyList<SqlJoin> From,
    SqlExpression? Where,
    IReadOnlyList<SqlExpression> GroupBy,
    IReadOnlyList<SqlExpression> OrderBy);

/// <summary>A table of the query; the first has no condition.</summary>
internal sealed record SqlJoin(string Table, string Alias, bool Left, SqlExpression? On);

/// <summary>The query is not one, or asks for what is not there.</summary>
internal sealed class SqlException : Exception
{
    public SqlException(string message) : base(message) { }

    public SqlException(string message, Exception inner) : base(message, inner) { }

    public SqlException() { }
}
