namespace Tieout.Domain.Mapping;

/// <summary>
/// What is known of a document, or of one line of it. A field may have several values, as an invoice over two plans has; a field
/// without any is not known.
/// </summary>
/// <param name="Date">The document's own date, which waves go by.</param>
public sealed record Facts(DateOnly Date)
{
    private static readonly int Fields = Enum.GetValues<MappingField>().Length;

    private readonly IReadOnlyList<string>?[] _values = new IReadOnlyList<string>?[Fields];

    /// <summary>The same facts with the values of one field; empty texts and repetitions are left out.</summary>
    public Facts With(MappingField field, params IEnumerable<string> values)
    {
        var more = new Facts(Date);
        _values.CopyTo(more._values, 0);
        more._values[(int)field] = [.. values.Where(value => value.Length > 0).Distinct(StringComparer.Ordinal)];
        return more;
    }

    /// <summary>The values of a field; none when it is not known.</summary>
    public IReadOnlyList<string> Of(MappingField field) => _values[(int)field] ?? [];

    /// <summary>The one value of a field; empty when there is none, or more than one.</summary>
    public string OnlyOf(MappingField field) => Of(field) is [var only] ? only : "";
}
