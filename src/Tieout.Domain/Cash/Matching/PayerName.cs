using System.Text;

namespace Tieout.Domain.Cash.Matching;

/// <summary>
/// Compares names as banks and registers write them: capitals, without accents, legal forms and order of words. A likeness is never proof
/// of who paid.
/// </summary>
internal static class PayerName
{
    private const string Accented = "ÀÁÂÃÅÇÈÉÊËÌÍÎÏÑÒÓÔÕØÙÚÛÝŠŽČĆĐŁŃŚŹŻĘĄŘĚŮ";
    private const string Plain = "AAAAACEEEEIIIINOOOOOUUUYSZCCDLNSZZEARRU";

    private static readonly HashSet<string> LegalForms = new(StringComparer.Ordinal)
    {
        "GMBH", "MBH", "AG", "KG", "OHG", "UG", "SE", "EK", "EV", "LTD", "LIMITED", "PLC", "LLP", "LLC", "INC", "INCORPORATED", "CORP", "CORPORATION",
            "CO",
        "COMPANY", "SA", "SAS", "SARL", "SRL", "SPA", "BV", "NV", "AB", "AS", "APS", "OY", "OYJ", "SL", "PTY", "AND", "UND", "ET", "THE", "DIE",
            "DER", "DAS",
    };

    /// <summary>The words that count, sorted, each once.</summary>
    public static IReadOnlyList<string> Words(string name)
    {
        var text = new StringBuilder(name.Length + 4);
        foreach (var letter in name.ToUpperInvariant()) text.Append(Of(letter));
        return [.. text.ToString().Split(' ', StringSplitOptions.RemoveEmptyEntries).Where(word =>
            !LegalForms.Contains(word)).Distinct().Order(StringComparer.Ordinal)];
    }

    /// <summary>Percent of the words that both have; 100 for the same name, 0 where too little is left to compare.</summary>
    public static int Likeness(IReadOnlyList<string> one, IReadOnlyList<string> other) =>
        one.Count == 0 || other.Count == 0 || (one.Concat(other).Max(word => word.Length) < 3) ? 0
        : one.Intersect(other).Count() * 200 / (one.Count + other.Count);

    private static string Of(char letter) => letter switch
    {
        'Ä' => "AE",
        'Ö' => "OE",
        'Ü' => "UE",
        'ß' => "SS",
        '.' or '\'' or '’' => "",
        _ when Accented.IndexOf(letter, StringComparison.Ordinal) is var at and >= 0 => Plain[at].ToString(),
        _ when char.IsLetterOrDigit(letter) => letter.ToString(),
        _ => " ",
    };
}
