using System.Buffers.Text;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text;

namespace Tieout.Application.Views;

/// <summary>
/// Where the next page of a list begins: after the row with this day and id. A page is found by its key, not by counting,
/// so rows that arrive meanwhile shift nothing.
/// </summary>
public readonly record struct Cursor(DateOnly Day, Guid Id)
{
    /// <summary>Reads what <see cref="ToString"/> wrote; false for anything else.</summary>
    public static bool TryParse([NotNullWhen(true)] string? token, out Cursor cursor)
    {
        cursor = default;
        if (token is null || !Base64Url.IsValid(token)) return false;
        var text = Encoding.UTF8.GetString(Base64Url.DecodeFromChars(token));
        if (text.Length != 47 || text[10] != '/'
            || !DateOnly.TryParseExact(text[..10], "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day)
            || !Guid.TryParseExact(text[11..], "D", out var id)) return false;
        cursor = new Cursor(day, id);
        return true;
    }

    /// <summary>A token for a URL.</summary>
    public override string ToString() =>
        Base64Url.EncodeToString(Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{Day:yyyy-MM-dd}/{Id:D}")));
}
