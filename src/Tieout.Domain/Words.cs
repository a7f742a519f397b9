using System.Text;

namespace Tieout.Domain;

/// <summary>The one spelling of a state or category outside the program: lower case with hyphens, <c>in-doubt</c>.</summary>
public static class Words
{
    /// <summary>The word of a value; the same in the database, the API, the screens and the command line.</summary>
    public static string Of<T>(T value) where T : struct, Enum => Spelling<T>.ByValue[value];

    /// <summary>The value of a word.</summary>
    /// <exception cref="ArgumentException">Not one of the words; the message lists them.</exception>
    public static T Parse<T>(string word) where T : struct, Enum =>
        Spelling<T>.ByWord.TryGetValue(word, out var value)
            ? value
            : throw new ArgumentException($"'{word}' is not one of {string.Join(", ", Spelling<T>.ByWord.Keys.Order(StringComparer.Ordinal))}.", nameof(word));

    private static string Hyphenated(string name)
    {
        var text = new StringBuilder(name.Length + 4);
        foreach (var letter in name)
        {
            if (char.IsUpper(letter) && text.Length > 0) text.Append('-');
            text.Append(char.ToLowerInvariant(letter));
        }
        return text.ToString();
    }

    private static class Spelling<T> where T : struct, Enum
    {
        public static readonly Dictionary<T, string> ByValue = Enum.GetValues<T>().ToDictionary(value => value, value => Hyphenated(value.ToString()));
        public static readonly Dictionary<string, T> ByWord = ByValue.ToDictionary(pair => pair.Value, pair => pair.Key, StringComparer.Ordinal);
    }
}
