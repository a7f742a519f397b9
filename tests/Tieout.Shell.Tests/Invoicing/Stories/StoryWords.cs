using System.Text.RegularExpressions;

namespace Tieout.Shell.Tests.Invoicing.Stories;

/// <summary>Reads the sentences of stories.</summary>
internal static class StoryWords
{
    /// <summary>A day.</summary>
    public const string Day = @"(\d{4}-\d\d-\d\d)";

    /// <summary>The parts of a sentence of this form, empty where it leaves one out; null when it is another one.</summary>
    public static string[]? Find(string form, string words) =>
        Regex.Match(words, $"^{form}$", RegexOptions.None, TimeSpan.FromSeconds(1)) is { Success: true } match
            ? [.. match.Groups.Values.Skip(1).Select(group => group.Value)]
            : null;

    /// <summary>The parts of a sentence that has to be of this form.</summary>
    public static string[] Read(string form, string words) => Find(form, words) ?? throw new FormatException($"Not understood: {words}");

    /// <summary>The first day that no longer counts, of the last one that does.</summary>
    public static string After(string lastDay) => BillingWorld.Day(lastDay).AddDays(1).ToString("yyyy-MM-dd", System.Globalization.CultureInfo.InvariantCulture);
}
