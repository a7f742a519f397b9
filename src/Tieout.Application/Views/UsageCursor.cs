using System.Buffers.Text;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text;

namespace Tieout.Application.Views;

/// <summary>Where the next page of a list of usage begins: after the row with this key, whose parts depend on the list.</summary>
public sealed record UsageCursor(long First, long Second, string Text)
{
    /// <summary>Reads what <see cref="ToString"/> wrote; false for anything else.</summary>
    public static bool TryParse(string? token, [NotNullWhen(true)] out UsageCursor? cursor)
    {
        cursor = null;
        if (token is null || !Base64Url.IsValid(token)) return false;
        var parts = Encoding.UTF8.GetString(Base64Url.DecodeFromChars(token)).Split('/', 3);
        if (parts.Length < 3
            || !long.TryParse(parts[0], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var first)
            || !long.TryParse(parts[1], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var second)) return false;
        if (parts[2].Contains('\0', StringComparison.Ordinal)) return false;
        cursor = new UsageCursor(first, second, parts[2]);
        return true;
    }

    /// <summary>A token for a URL.</summary>
    public override string ToString() =>
        Base64Url.EncodeToString(Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{First}/{Second}/{Text}")));
}
