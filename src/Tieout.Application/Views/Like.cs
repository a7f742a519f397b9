namespace Tieout.Application.Views;

/// <summary>Patterns for <c>like</c> from what a person typed: their percent sign is a percent sign.</summary>
internal static class Like
{
    public static string? StartsWith(string? text) => string.IsNullOrEmpty(text) ? null : Escaped(text) + "%";

    public static string? Contains(string? text) => string.IsNullOrEmpty(text) ? null : "%" + Escaped(text) + "%";

    private static string Escaped(string text) => text
        .Replace(@"\", @"\\", StringComparison.Ordinal)
        .Replace("%", @"\%", StringComparison.Ordinal)
        .Replace("_", @"\_", StringComparison.Ordinal);
}
