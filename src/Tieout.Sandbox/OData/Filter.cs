using System.Text.RegularExpressions;

namespace Tieout.Sandbox.OData;

/// <summary>
/// A <c>$filter</c> of OData, as far as the stand-ins need it: comparisons, and, or, not, brackets, startswith and
/// substringof. Unknown properties and functions are refused like the vendor does, never ignored.
/// </summary>
internal sealed partial class Filter<T>
{
    private readonly IReadOnlyDictionary<string, Column<T>> _columns;
    private readonly List<string> _tokens;
    private int _at;

    private Filter(string text, IReadOnlyDictionary<string, Column<T>> columns)
    {
        _columns = columns;
        _tokens = [.. Token().Matches(text).Select(match => match.Value)];
        Root = Or();
        if (_at < _tokens.Count) throw new FormatException($"'{_tokens[_at]}' is not expected here.");
    }

    private Node Root { get; }

    /// <summary>Whether a row passes.</summary>
    public Func<T, bool> Matches => Root.Test;

    /// <summary>Reads a filter.</summary>
    /// <exception cref="FormatException">It is not one, or uses something unknown.</exception>
    public static Filter<T> Parse(string text, IReadOnlyDictionary<string, Column<T>> columns) => new(text, columns);

    /// <summary>The only values the property can have in rows that pass; null when the filter does not say.</summary>
    public IReadOnlyCollection<string>? ValuesOf(string property) => Root.Values(property);

    private Node Or()
    {
        List<Node> parts = [And()];
        while (Taken("or")) parts.Add(And());
        if (parts.Count == 1) return parts[0];
        var tests = parts.Select(part => part.Test).ToArray();
        return new Node(
            row => Array.Exists(tests, test => test(row)),
            property =>
            {
                var each = parts.Select(part => part.Values(property)).ToList();
                return each.Contains(null) ? null : each.SelectMany(values => values!).ToHashSet(StringComparer.Ordinal);
            });
    }

    private Node And()
    {
        List<Node> parts = [One()];
        while (Taken("and")) parts.Add(One());
        if (parts.Count == 1) return parts[0];
        var tests = parts.Select(part => part.Test).ToArray();
        return new Node(
            row => Array.TrueForAll(tests, test => test(row)),
            property => parts.Select(part => part.Values(property)).FirstOrDefault(values => values is not null));
    }

    private Node One()
    {
        if (Taken("not"))
        {
            var inner = One();
            return new Node(row => !inner.Test(row), _ => null);
        }
        if (Taken("("))
        {
            var inner = Or();
            Expect(")");
            return inner;
        }
        var word = Next();
        return _at < _tokens.Count && _tokens[_at] == "(" ? Call(word) : Comparison(word);
    }

    private Node Comparison(string name)
    {
        var column = ColumnOf(name);
        var (operation, literal) = (Next(), Next());
        var test = column.Compare(operation, literal);
        return new Node(test, property => operation == "eq" && property == name && column is TextColumn<T> ? [TextColumn<T>.Literal(literal)] : null);
    }

    private Node Call(string function)
    {
        Expect("(");
        var first = Next();
        Expect(",");
        var second = Next();
        Expect(")");
        if (Taken("eq") && Next() != "true") throw new FormatException($"{function} is compared with true only.");
        // The two functions take their arguments in opposite orders; that is the standard's doing.
        var (name, literal) = function switch
        {
            "startswith" => (first, second),
            "substringof" => (second, first),
            _ => throw new FormatException($"Function '{function}' is not supported."),
        };
        var column = ColumnOf(name) as TextColumn<T> ?? throw new FormatException($"{name} is not a text.");
        var text = TextColumn<T>.Literal(literal);
        return function == "startswith"
            ? new Node(row => column.Value(row).StartsWith(text, StringComparison.Ordinal), _ => null)
            : new Node(row => column.Value(row).Contains(text, StringComparison.Ordinal), _ => null);
    }

    private Column<T> ColumnOf(string name) => _columns.TryGetValue(name, out var column)
        ? column
        : throw new FormatException($"Property '{name}' is not known.");

    private bool Taken(string token)
    {
        if (_at >= _tokens.Count || _tokens[_at] != token) return false;
        _at++;
        return true;
    }

    private string Next() => _at < _tokens.Count ? _tokens[_at++] : throw new FormatException("The filter ends too early.");

    private void Expect(string token)
    {
        if (!Taken(token)) throw new FormatException($"'{token}' is missing.");
    }

    [GeneratedRegex(@"[A-Za-z0-9_.]*'(?:[^']|'')*'|[(),]|[^\s(),']+|'", RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Token();

    private sealed record Node(Func<T, bool> Test, Func<string, IReadOnlyCollection<string>?> Values);
}
