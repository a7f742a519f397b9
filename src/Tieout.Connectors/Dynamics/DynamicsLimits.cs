using Tieout.Connectors.SapS4;

namespace Tieout.Connectors.Dynamics;

/// <summary>
/// What Dynamics' fields and calls hold, and the one place where text is cut to it. The vendor's metadata tells the lengths of an
/// environment; these are the delivered ones.
/// </summary>
internal static class DynamicsLimits
{
    /// <summary>Description of a journal.</summary>
    public const int Description = 60;

    /// <summary>Text of a journal line.</summary>
    public const int LineText = 60;

    /// <summary>Name of a customer.</summary>
    public const int CustomerName = 100;

    /// <summary>Our code of a customer, which is its account there.</summary>
    public const int CustomerCode = 20;

    /// <summary>Operations in one <c>$batch</c>. The vendor says a few hundred.</summary>
    public const int Operations = 200;

    /// <summary>Lines of one document: with its header they have to fit into one change set.</summary>
    public const int Lines = Operations - 1;

    /// <summary>
    /// Decimals of a rate of exchange of a hundred units: Dynamics keeps sixteen of any number. So many that an amount of less than ten thousand
    /// million comes to the very cent.
    /// </summary>
    public const int RateDecimals = 12;

    /// <summary>Keys in one question: an address of some 4 kB.</summary>
    public const int KeysPerQuestion = 30;

    /// <summary>How often a question of a read-back waits as it is told to before it gives up.</summary>
    public const int PatientReads = 5;

    /// <summary>The longest such wait.</summary>
    public static readonly TimeSpan LongestReadPause = TimeSpan.FromMinutes(2);

    /// <summary>
    /// True for a business key: letters, digits, dash, underscore, dot and slash. It is journal number, voucher and part of addresses
    /// and filters, where an asterisk would stand for anything.
    /// </summary>
    public static bool IsKey(string text) =>
        text.Length > 0 && text.All(character => char.IsAsciiLetterOrDigit(character) || character is '-' or '_' or '.' or '/');

    /// <summary>Without control characters and lone surrogates, white space folded, cut to UTF-16 units: what they count, too.</summary>
    public static string Cut(string text, int length) => SapText.Cut(text, length);
}
