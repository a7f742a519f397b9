using System.Collections.ObjectModel;
using System.Diagnostics.CodeAnalysis;
using Tieout.Domain.Catalog;
using Tieout.Domain.Intake;
using Tieout.Domain.Invoicing;
using Tieout.Domain.Mapping;

namespace Tieout.Domain.Ledger;

/// <summary>
/// What a line of an entry is sorted by beside its account, as whoever booked it said: our word of a dimension
/// (<see cref="MappingFields.Dimensions"/>) to our code. Two that say the same are equal, however they were written down.
/// </summary>
public sealed class LineDimensions : IEquatable<LineDimensions>
{
    /// <summary>Characters of a code at most.</summary>
    public const int CodeMost = 60;

    private readonly string _text;

    /// <summary>Takes them in any order.</summary>
    /// <exception cref="ArgumentException">One cannot be taken; <see cref="Judge"/> says which and why.</exception>
    public LineDimensions(IEnumerable<KeyValuePair<string, string>> codes)
    {
        var given = codes.ToList();
        if (Judge(given) is [var problem, ..]) throw new ArgumentException($"{problem.Field}: {problem.Reason}", nameof(codes));
        var ordered = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var word in MappingFields.Dimensions)
            if (given.Where(pair => pair.Key == word).Select(pair => pair.Value).FirstOrDefault() is { } code) ordered[word] = code;
        Codes = ordered;
        _text = string.Join('\t', ordered.Select(pair => $"{pair.Key}={pair.Value}"));
    }

    /// <summary>A line that nobody sorted.</summary>
    public static LineDimensions None { get; } = new(ReadOnlyDictionary<string, string>.Empty);

    /// <summary>By word, in the order of <see cref="MappingFields.Dimensions"/>.</summary>
    public IReadOnlyDictionary<string, string> Codes { get; }

    /// <summary>Whether there are none.</summary>
    public bool IsEmpty => Codes.Count == 0;

    /// <summary>All that is wrong, each with the word as its field; nothing when they can be taken. Never repeats a code.</summary>
    public static IReadOnlyList<PriceProblem> Judge(IEnumerable<KeyValuePair<string, string>> codes)
    {
        List<PriceProblem> problems = [];
        HashSet<string> seen = new(StringComparer.Ordinal);
        foreach (var (word, code) in codes)
            if (!MappingFields.Dimensions.Contains(word))
                problems.Add(new(Shown(word), "unknown-dimension", "This is no dimension.", $"Known are {string.Join(", ", MappingFields.Dimensions)}."));
            else if (!seen.Add(word)) problems.Add(new(word, "dimension-twice", "This dimension is given twice.", "Give it once."));
            else if (GivenText.Problem(code, CodeMost) is { } why) problems.Add(new(word, "bad-dimension", why, "Give our code, such as 4100."));
            else if (code.Length != code.Trim().Length)
                problems.Add(new(word, "bad-dimension", "A code neither begins nor ends with a blank.", "Leave it out."));
        return problems;
    }

    // What somebody calls a dimension may be a card number too.
    private static string Shown(string word) =>
        word.Length is > 0 and <= CodeMost && FieldRules.OfText(word) is null ? word : "(a name that cannot be shown)";

    /// <inheritdoc/>
    public bool Equals([NotNullWhen(true)] LineDimensions? other) => other is not null && _text == other._text;

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as LineDimensions);

    /// <inheritdoc/>
    public override int GetHashCode() => _text.GetHashCode(StringComparison.Ordinal);

    /// <summary>One text of all of them, word by word in a fixed order, with tabulators between; empty for none.</summary>
    public override string ToString() => _text;
}
