using Tieout.Connectors.SapS4;

namespace Tieout.Connectors.Odoo;

/// <summary>
/// What Odoo's fields and calls hold, and the one place where text is cut. Odoo's own texts are unbounded; these lengths keep lists and
/// printed invoices readable.
/// </summary>
internal static class OdooLimits
{
    /// <summary>Label of a line.</summary>
    public const int LineText = 250;

    /// <summary>Internal note of a move.</summary>
    public const int Note = 500;

    /// <summary>Name of a customer.</summary>
    public const int CustomerName = 250;

    /// <summary>Our code of a customer, its <c>ref</c>.</summary>
    public const int CustomerCode = 64;

    /// <summary>Keys in one question.</summary>
    public const int KeysPerQuestion = 100;

    /// <summary>How often a question of a read-back waits as it is told to before it gives up.</summary>
    public const int PatientReads = 5;

    /// <summary>The longest such wait.</summary>
    public static readonly TimeSpan LongestReadPause = TimeSpan.FromMinutes(2);

    /// <summary>
    /// True for a business key: letters, digits, dash, underscore, dot and slash. A lone <c>/</c> is Odoo's word for "no number yet".
    /// </summary>
    public static bool IsKey(string text) =>
        text.Any(char.IsAsciiLetterOrDigit) && text.All(character => char.IsAsciiLetterOrDigit(character) || character is '-' or '_' or '.' or '/');

    /// <summary>Without control characters and lone surrogates, white space folded, cut to UTF-16 units.</summary>
    public static string Cut(string text, int length) => SapText.Cut(text, length);
}
