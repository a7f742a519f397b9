using System.Buffers.Text;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text;

namespace Tieout.Application.Ledger;

/// <summary>
/// Where the next page of an account's lines begins, and what the account came to there: a page is found by its key and goes on from
/// the balance of the one before, whatever is booked meanwhile.
/// </summary>
/// <param name="Balance">After the last line shown.</param>
public readonly record struct StatementCursor(DateOnly Month, DateOnly Day, Guid Entry, int Line, decimal Balance)
{
    private const int Parts = 5;
    private const int Longest = 400;

    /// <summary>Reads what <see cref="ToString"/> wrote; false for anything else.</summary>
    public static bool TryParse([NotNullWhen(true)] string? token, out StatementCursor cursor)
    {
        cursor = default;
        if (token is null || token.Length > Longest || !Base64Url.IsValid(token)) return false;
        var parts = Encoding.UTF8.GetString(Base64Url.DecodeFromChars(token)).Split('/');
        if (parts.Length != Parts || !TryDay(parts[0], out var month) || !TryDay(parts[1], out var day)
            || !Guid.TryParseExact(parts[2], "D", out var entry)
            || !int.TryParse(parts[3], NumberStyles.None, CultureInfo.InvariantCulture, out var line)
            || !decimal.TryParse(parts[4], NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var balance))
            return false;
        cursor = new StatementCursor(month, day, entry, line, balance);
        return true;
    }

    /// <summary>A token for a URL.</summary>
    public override string ToString() => Base64Url.EncodeToString(Encoding.UTF8.GetBytes(
        string.Create(CultureInfo.InvariantCulture, $"{Month:yyyy-MM-dd}/{Day:yyyy-MM-dd}/{Entry:D}/{Line}/{Balance}")));

    private static bool TryDay(string text, out DateOnly day) =>
        DateOnly.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out day);
}
