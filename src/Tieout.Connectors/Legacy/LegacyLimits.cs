using System.Text;
using Tieout.Connectors.SapS4;

namespace Tieout.Connectors.Legacy;

/// <summary>What the fields of the legacy formats hold (docs/legacy.md), and the one place where text is cut. Widths are bytes of the encoding.</summary>
internal static class LegacyLimits
{
    /// <summary>Business key of a document.</summary>
    public const int Key = 16;

    /// <summary>Text of a document or line, and the customer's own reference.</summary>
    public const int Text = 40;

    /// <summary>Name of a customer.</summary>
    public const int CustomerName = 60;

    /// <summary>Our code of a customer.</summary>
    public const int CustomerCode = 40;

    /// <summary>Account, the ERP's id of a customer, or a dimension's value.</summary>
    public const int Code = 16;

    /// <summary>Tax code.</summary>
    public const int TaxCode = 8;

    /// <summary>Digits before the point of an amount; four stand behind it.</summary>
    public const decimal LargestAmount = 9_999_999_999_999m;

    /// <summary>Documents per delivery unless the target says otherwise.</summary>
    public const int DefaultBatchSize = 100;

    /// <summary>Deliveries at once unless the target says otherwise: a legacy ERP posts one after the other anyway.</summary>
    public const int DefaultSlots = 1;

    /// <summary>Documents one answer of the SOAP service holds.</summary>
    public const int PageSize = 500;

    /// <summary>Keys or customers in one question to the SOAP service.</summary>
    public const int KeysPerQuestion = 200;

    /// <summary>An answer or file larger than this is not read: it would fill the memory.</summary>
    public const int LargestAnswer = 128 * 1024 * 1024;

    /// <summary>Pause between two looks into the inbox while an acknowledgement is awaited.</summary>
    public static readonly TimeSpan InboxPause = TimeSpan.FromMilliseconds(20);

    /// <summary>The longest such pause; it doubles up to here.</summary>
    public static readonly TimeSpan LongestInboxPause = TimeSpan.FromSeconds(2);

    /// <summary>The shortest and the longest time between two looks for what became of a file that the delivery no longer waits for.</summary>
    public static readonly TimeSpan ShortestLook = TimeSpan.FromSeconds(1), LongestLook = TimeSpan.FromMinutes(5);

    /// <summary>How long a file whose documents were partly refused is kept at hand after its hand-over, so that the refusal is told.</summary>
    public static readonly TimeSpan KeptAtHand = TimeSpan.FromDays(30);

    /// <summary>A code goes out whole or not at all: printable ASCII within the width, without what CSV would quote.</summary>
    public static bool IsCode(string text, int width) =>
        text.Length <= width && text.All(character => character is > ' ' and <= '~' and not ('"' or ','));

    /// <summary>After that no delivery still waits for a file's acknowledgement: longer than the longest time-out of a target.</summary>
    public static readonly TimeSpan NobodyWaits = TimeSpan.FromMinutes(15);

    /// <summary>Without control characters and lone surrogates, white space folded, cut between characters to bytes of the encoding.</summary>
    public static string Cut(string text, int bytes, Encoding encoding)
    {
        var clean = SapText.Cut(text, bytes);
        if (encoding.GetByteCount(clean) <= bytes) return clean;
        var kept = new StringBuilder(clean.Length);
        var used = 0;
        foreach (var rune in clean.EnumerateRunes())
        {
            used += encoding.GetByteCount(rune.ToString());
            if (used > bytes) break;
            kept.Append(rune.ToString());
        }
        return kept.ToString().TrimEnd();
    }
}
