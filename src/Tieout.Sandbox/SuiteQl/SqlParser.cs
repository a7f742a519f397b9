using System.Globalization;
using System.Text.RegularExpressions;

namespace Tieout.Sandbox.SuiteQl;

/// <summary>
/// Reads the part of SuiteQL that a hub needs: select with joins, conditions, grouping and order. What is beyond it is an error
/// with the word it stopped at, never a guess.
/// </summary>
internal sealed partial class SqlParser
{
    private static readonly string[] Comparisons = ["=", "<>", "!=", "<", ">", "<=", ">="];

    private static readonly HashSet<string> Reserved = new(StringComparer.OrdinalIgnoreCase)
    {
        "SELECT", "FROM", "JOIN", "LEFT", "INNER", "OUTER", "ON", "WHERE", "AND", "OR", "IN", "IS", "NOT", "NULL", "GROUP", "ORDER", "BY", "AS", "ASC",
    };

    private readonly List<string> _words;
    private int _next;

    private SqlParser(string text)
    {
        _words = [.. Word().Matches(text).Select(match => match.Value)];
        // What no word matches was left out: then the query holds something unknown.
        if (_words.Sum(word => word.Length) != text.Count(character => !char.IsWhiteSpace(character)) + Blanks(_words))
            throw new SqlException("Invalid or unsupported search: unexpected character.");
    }

    /// <summary>Reads a query.</summary>
    /// <exception cref="SqlException">It is not one, or holds what this does not know.</exception>
    public static SqlStatement Parse(string text)
    {
        var parser = new SqlParser(text);
        var statement = parser.Statement();
        return parser._next == parser._words.Count ? statement : throw parser.Wrong();
    }

    private SqlStatement Statement()
    {
        Need("SELECT");
        var select = List(() =>
        {
            var value = Value();
            return (value, Take("AS") ? Name() : value is SqlExpression.Column column ? column.Name : "expr");
        });
        Need("FROM");
        List<SqlJoin> from = [Table(left: false, joined: false)];
        while (Peek("JOIN") || Peek("LEFT") || Peek("INNER"))
        {
            var left = Take("LEFT");
            if (left) Take("OUTER");
            else Take("INNER");
            Need("JOIN");
            from.Add(Table(left, joined: true));
        }
        var where = Take("WHERE") ? Condition() : null;
        IReadOnlyList<SqlExpression> group = [], order = [];
        if (Take("GROUP"))
        {
            Need("BY");
            group = List(Value);
        }
        if (Take("ORDER"))
        {
            Need("BY");
            order = List(() =>
            {
                var value = Value();
                Take("ASC");
                return value;
            });
        }
        return new SqlStatement(select, from, where, group, order);
    }

    private SqlJoin Table(bool left, bool joined)
    {
        var table = Name();
        var alias = _next < _words.Count && Identifier().IsMatch(_words[_next]) && !Reserved.Contains(_words[_next]) ? Name() : table;
        if (!joined) return new SqlJoin(table, alias, left, null);
        Need("ON");
        return new SqlJoin(table, alias, left, Condition());
    }

    private SqlExpression Condition()
    {
        var left = All();
        while (Take("OR")) left = new SqlExpression.Binary("OR", left, All());
        return left;
    }

    private SqlExpression All()
    {
        var left = Test();
        while (Take("AND")) left = new SqlExpression.Binary("AND", left, Test());
        return left;
    }

    private SqlExpression Test()
    {
        if (Take("("))
        {
            var inner = Condition();
            Need(")");
            return inner;
        }
        var value = Value();
        if (Take("IN"))
        {
            Need("(");
            var list = List(Value);
            Need(")");
            return new SqlExpression.In(value, list);
        }
        if (Take("IS"))
        {
            var not = Take("NOT");
            Need("NULL");
            return new SqlExpression.IsNull(value, not);
        }
        var comparison = Array.Find(Comparisons, one => Peek(one)) ?? throw Wrong();
        _next++;
        return new SqlExpression.Binary(comparison == "!=" ? "<>" : comparison, value, Value());
    }

    private SqlExpression Value()
    {
        if (_next >= _words.Count) throw Wrong();
        var word = _words[_next];
        if (word[0] == '\'')
        {
            _next++;
            return new SqlExpression.Literal(word[1..^1].Replace("''", "'", StringComparison.Ordinal));
        }
        if (char.IsAsciiDigit(word[0]))
        {
            _next++;
            return new SqlExpression.Literal(decimal.Parse(word, CultureInfo.InvariantCulture));
        }
        var name = Name();
        if (Take(".")) return new SqlExpression.Column(name, Name());
        if (!Take("(")) return new SqlExpression.Column("", name);
        var arguments = List(Value);
        Need(")");
        return new SqlExpression.Call(name.ToUpperInvariant(), arguments);
    }

    private List<T> List<T>(Func<T> one)
    {
        List<T> all = [one()];
        while (Take(",")) all.Add(one());
        return all;
    }

    private string Name()
    {
        if (_next >= _words.Count || !Identifier().IsMatch(_words[_next]) || Reserved.Contains(_words[_next])) throw Wrong();
        return _words[_next++].ToLowerInvariant();
    }

    private bool Peek(string word) => _next < _words.Count && string.Equals(_words[_next], word, StringComparison.OrdinalIgnoreCase);

    private bool Take(string word)
    {
        if (!Peek(word)) return false;
        _next++;
        return true;
    }

    private void Need(string word)
    {
        if (!Take(word)) throw Wrong();
    }

    private SqlException Wrong() =>
        new($"Invalid or unsupported search: unexpected '{(_next < _words.Count ? _words[_next] : "end of query")}'.");

    private static int Blanks(IEnumerable<string> words) => words.Sum(word => word.Count(char.IsWhiteSpace));

    [GeneratedRegex(@"'(?:[^']|'')*'|[A-Za-z_][A-Za-z0-9_]*|\d+(?:\.\d+)?|<>|!=|<=|>=|[=<>(),.]", RegexOptions.None, 1000)]
    private static partial Regex Word();

    [GeneratedRegex("^[A-Za-z_][A-Za-z0-9_]*$", RegexOptions.None, 1000)]
    private static partial Regex Identifier();
}
