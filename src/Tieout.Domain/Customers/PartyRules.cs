using Tieout.Domain.Intake;
using Tieout.Domain.Tax;

namespace Tieout.Domain.Customers;

/// <summary>
/// The rules of a party's details. Each takes a value that is not empty and gives null for a good one, a refusal for a bad one.
/// Whether a VAT number is registered nobody can say but the state; its shape and check digits are looked at.
/// </summary>
public static class PartyRules
{
    private const int VatNumberMost = 16;
    private const string GlobalLocationNumber = "0088";
    private const string FrenchEstablishment = "0009";

    /// <summary>An email address, roughly: something, one @, a name with a dot, no spaces.</summary>
    public static Refusal? OfEmail(string text)
    {
        var at = text.IndexOf('@', StringComparison.Ordinal);
        var good = at > 0 && at == text.LastIndexOf('@') && !text.Any(char.IsWhiteSpace)
            && text.IndexOf('.', at) > at + 1 && !text.EndsWith('.');
        return good ? FieldRules.OfText(text)
            : Bad(RefusalCode.BadEmail, "is not an email address", "Write it as name@example.com, or leave it empty.");
    }

    /// <summary>
    /// Two letters of the country and 2 to 14 letters or digits, without spaces. Where the country's numbers are known, with their shape
    /// and check digits (<see cref="VatNumber"/>); of another country anything of that form.
    /// </summary>
    public static Refusal? OfVatNumber(string text)
    {
        var good = text.Length is >= 4 and <= VatNumberMost && char.IsAsciiLetterUpper(text[0]) && char.IsAsciiLetterUpper(text[1])
            && text.All(character => char.IsAsciiLetterUpper(character) || char.IsAsciiDigit(character) || character is '+' or '*');
        if (good && VatNumber.Read(text).Refusal is { Code: not VatRefusal.UnknownCountry } wrong)
            return Bad(RefusalCode.BadVatNumber, wrong.Reason, wrong.Remedy);
        return good ? FieldRules.OfText(text)
            : Bad(RefusalCode.BadVatNumber, "is not written as a VAT number",
                "Write the country's prefix and the number without spaces, such as DE136695976 (EL for Greece).");
    }

    /// <summary>An IBAN. Its own check digits prove that it is no card number.</summary>
    public static Refusal? OfIban(string text) =>
        Iban.TryParse(text, out _, out var reason) ? null
            : Bad(RefusalCode.BadIban, reason, "Copy it from the bank's own papers; spaces do not matter.");

    /// <summary>8 or 11 capital letters and digits (ISO 9362): bank, country, place, branch.</summary>
    public static Refusal? OfBic(string text)
    {
        var good = text.Length is 8 or 11 && text[..6].All(char.IsAsciiLetterUpper)
            && text.All(character => char.IsAsciiLetterUpper(character) || char.IsAsciiDigit(character));
        return good ? null : Bad(RefusalCode.BadBic, "is not a BIC", "A BIC has 8 or 11 capital letters and digits, such as COBADEFFXXX.");
    }

    /// <summary>A code of the EAS list: four digits, or two capital letters.</summary>
    public static Refusal? OfElectronicScheme(string text) =>
        (text.Length == 4 && text.All(char.IsAsciiDigit)) || (text.Length == 2 && text.All(char.IsAsciiLetterUpper))
            ? null
            : Bad(RefusalCode.BadElectronicAddress, "is not the code of an address scheme",
                "Write the four digits of the EAS list, such as 9930 for a German VAT number or 0088 for a GLN, or EM for email.");

    /// <summary>
    /// An address under its scheme. A GLN has 13 digits and a SIRET 14, and many or all of them pass for card numbers; where the
    /// scheme says that it is one and the length fits (and the check digit, for a GLN), it is believed.
    /// </summary>
    public static Refusal? OfElectronicAddress(string text, string scheme)
    {
        if (text.Any(char.IsWhiteSpace)) return Bad(RefusalCode.BadElectronicAddress, "holds a space", "Write the address without spaces.");
        if (scheme == GlobalLocationNumber && text.Length == 13 && text.All(char.IsAsciiDigit) && GlnHolds(text)) return null;
        if (scheme == FrenchEstablishment && text.Length == 14 && text.All(char.IsAsciiDigit)) return null;
        return FieldRules.OfText(text);
    }

    // GS1: weights 1 and 3 in turn from the left over 13 digits, the sum a multiple of ten.
    private static bool GlnHolds(string digits) => digits.Select((digit, place) => (digit - '0') * (place % 2 == 0 ? 1 : 3)).Sum() % 10 == 0;

    private static Refusal Bad(string code, string reason, string remedy) => new(code, "", reason, remedy);
}
