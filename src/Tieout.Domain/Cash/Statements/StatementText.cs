using System.Text;
using Tieout.Domain.Customers;
using Tieout.Domain.Intake;

namespace Tieout.Domain.Cash.Statements;

/// <summary>Texts of a statement as they may be kept: one line, visible, not endless, without card numbers.</summary>
public static class StatementText
{
    /// <summary>Characters that are kept of what a payer wrote; what stands behind is cut off.</summary>
    public const int Longest = 2000;

    /// <summary>
    /// One line, white space and what nobody sees turned into single spaces. A row of digits that holds the number of a payment card is
    /// masked whole: the money is there whatever its sender wrote beside it.
    /// </summary>
    public static string Clean(string text)
    {
        var line = new StringBuilder(Math.Min(text.Length, Longest));
        foreach (var character in text)
        {
            if (line.Length == Longest) break;
            var space = char.IsWhiteSpace(character) || char.IsControl(character) || char.IsSurrogate(character)
                || character is (>= '\u200b' and <= '\u200f') or (>= '\u2028' and <= '\u202e') or (>= '\u2066' and <= '\u2069') or '\ufeff';
            if (!space) line.Append(character);
            else if (line.Length > 0 && line[^1] != ' ') line.Append(' ');
        }
        return Masked(line.ToString().TrimEnd());
    }

    /// <summary>An account's number: without spaces, in capitals. What is no IBAN and looks like a card's number is masked.</summary>
    public static string Account(string text)
    {
        var plain = string.Concat(text.Where(character => !char.IsWhiteSpace(character))).ToUpperInvariant();
        return Iban.TryParse(plain, out _, out _) ? plain : Clean(plain);
    }

    /// <summary>A structured reference: RF references have check digits of their own and are no cards.</summary>
    public static string Reference(string text) => CreditorReference.TryRead(text, out _) ? text.Trim().ToUpperInvariant() : Clean(text);

    /// <summary>Letters and digits in capitals, for comparing what two files write differently.</summary>
    public static string Bare(string text) => string.Concat(text.Where(char.IsLetterOrDigit)).ToUpperInvariant();

    private static string Masked(string text)
    {
        if (!CardNumber.IsIn(text)) return text;
        var masked = text.ToCharArray();
        for (var place = 0; place < masked.Length; place++)
        {
            if (!char.IsDigit(masked[place])) continue;
            var end = place;
            while (end < masked.Length && (char.IsDigit(masked[end]) || IsGap(masked[end]))) end++;
            if (CardNumber.IsIn(text[place..end]))
                for (var digit = place; digit < end; digit++) masked[digit] = char.IsDigit(masked[digit]) ? '*' : masked[digit];
            place = end;
        }
        return new string(masked);
    }

    private static bool IsGap(char character) =>
        character is ' ' or '-' or '.' || char.GetUnicodeCategory(character) == System.Globalization.UnicodeCategory.DashPunctuation;
}
