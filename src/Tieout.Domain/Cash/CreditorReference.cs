using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace Tieout.Domain.Cash;

/// <summary>
/// A creditor reference (ISO 11649): <c>RF</c>, two check digits, up to 21 letters and digits. Ours is made of an invoice's number, so that a
/// payer's bank can tell a slip of the pen: US-2026-0000042 has RF…US20260000042.
/// </summary>
public static class CreditorReference
{
    private const int LongestBody = 21;

    /// <summary>The reference of a document.</summary>
    /// <exception cref="ArgumentException">The number has no letters or digits, or more than 21.</exception>
    public static string Of(string number)
    {
        var body = string.Concat(number.Where(char.IsAsciiLetterOrDigit)).ToUpperInvariant();
        if (body.Length is 0 or > LongestBody) throw new ArgumentException("A creditor reference has 1 to 21 letters and digits.", nameof(number));
        return string.Create(CultureInfo.InvariantCulture, $"RF{98 - Remainder(body + "RF00"):00}{body}");
    }

    /// <summary>Reads one, with or without spaces; false when the check digits do not fit.</summary>
    /// <param name="body">What stands behind them, in capitals.</param>
    public static bool TryRead(string text, [NotNullWhen(true)] out string? body)
    {
        var plain = text.Replace(" ", "", StringComparison.Ordinal).ToUpperInvariant();
        body = null;
        if (plain.Length is < 5 or > LongestBody + 4 || !plain.StartsWith("RF", StringComparison.Ordinal) || !plain.All(char.IsAsciiLetterOrDigit)
            || !char.IsAsciiDigit(plain[2]) || !char.IsAsciiDigit(plain[3]) || Remainder(plain[4..] + plain[..4]) != 1)
            return false;
        body = plain[4..];
        return true;
    }

    // ISO 7064, MOD 97-10; letters count 10 to 35.
    private static int Remainder(string value)
    {
        var remainder = 0;
        foreach (var character in value)
            remainder = char.IsAsciiDigit(character)
                ? (remainder * 10 + (character - '0')) % 97
                : (remainder * 100 + (character - 'A' + 10)) % 97;
        return remainder;
    }
}
