using Tieout.Domain.Intake;

namespace Tieout.Domain.Invoicing;

/// <summary>
/// Words that a person gives with a change, such as a reason: they are kept for ever, and the customer may read them on a line.
/// </summary>
public static class GivenText
{
    /// <summary>The longest reason.</summary>
    public const int ReasonMost = 200;

    /// <summary>The longest name of who does it.</summary>
    public const int ActorMost = 100;

    /// <summary>The longest idempotency key.</summary>
    public const int KeyMost = 200;

    /// <summary>What is wrong with the text and how to correct it; null when nothing is. Never repeats the text.</summary>
    public static string? Problem(string? text, int most) => Problem(text, most, CardNumber.IsIn);

    /// <summary>The same for a name that others gave something, such as a bank's of a transfer: a card is only what a card scheme gives.</summary>
    public static string? ReferenceProblem(string? text, int most) => Problem(text, most, CardNumber.IsOfASchemeIn);

    private static string? Problem(string? text, int most, Func<string, bool> holdsCard) =>
        string.IsNullOrWhiteSpace(text) ? "Something has to stand here."
        : text.Length > most ? $"At most {most} characters."
        : !IsText(text) ? "Control characters, line breaks and broken characters are not taken; write it in one line."
        : holdsCard(text) ? "This looks like the number of a payment card, which is not kept anywhere; leave it out."
        : null;

    /// <summary>The same for an idempotency key: visible ASCII. An id of 128 bits may look like a card number by chance.</summary>
    public static string? KeyProblem(string? key) =>
        string.IsNullOrEmpty(key) || key.Length > KeyMost || key.Any(character => character is <= ' ' or > '~')
            ? $"1 to {KeyMost} visible ASCII characters; a new key for a new request, the same for a repetition."
        : !Guid.TryParse(key, out _) && CardNumber.IsIn(key) ? "This looks like the number of a payment card; take another key."
        : null;

    private static bool IsText(string text)
    {
        for (var place = 0; place < text.Length; place++)
        {
            if (char.IsControl(text[place])) return false;
            if (!char.IsSurrogate(text[place])) continue;
            if (place + 1 == text.Length || !char.IsSurrogatePair(text[place], text[place + 1])) return false;
            place++;
        }
        return true;
    }
}
