using System.Text;

namespace Tieout.Connectors.Dynamics;

/// <summary>
/// Display values by the formats set in <i>Financial dimension configuration for integrating applications</i>: the main account and each
/// dimension of the format in its order, empty ones kept, with a separator between them: <c>401100-022-001-</c>.
/// </summary>
/// <param name="Ledger">Dimensions after the main account, in accounts of type Ledger.</param>
/// <param name="Default">Dimensions of everything else.</param>
/// <param name="Separator">A setting of the environment.</param>
internal sealed record DimensionFormats(IReadOnlyList<string> Ledger, IReadOnlyList<string> Default, char Separator)
{
    private const char Escape = '\\';

    /// <summary>A ledger account with its dimensions, by their names.</summary>
    public string Account(string mainAccount, IReadOnlyDictionary<string, string> values) =>
        Join(Ledger.Select(name => values.GetValueOrDefault(name, "")).Prepend(mainAccount));

    /// <summary>Dimensions alone, by their names; empty when there is none.</summary>
    public string Values(IReadOnlyDictionary<string, string> values) =>
        values.Count == 0 ? "" : Join(Default.Select(name => values.GetValueOrDefault(name, "")));

    /// <summary>The main account of a display value.</summary>
    public string MainAccount(string display) => Split(display)[0];

    /// <summary>True when two display values mean the same: Dynamics may leave out empty dimensions at the end.</summary>
    public bool Same(string one, string other) => Told(one).SequenceEqual(Told(other), StringComparer.Ordinal);

    private IEnumerable<string> Told(string display) => Split(display).AsEnumerable().Reverse().SkipWhile(part => part.Length == 0);

    /// <summary>The parts of a display value, in the order of its format.</summary>
    public IReadOnlyList<string> Parts(string display) => Split(display);

    private string Join(IEnumerable<string> parts) => string.Join(Separator, parts.Select(part =>
        part.Replace($"{Escape}", $"{Escape}{Escape}", StringComparison.Ordinal).Replace($"{Separator}", $"{Escape}{Separator}", StringComparison.Ordinal)));

    private List<string> Split(string display)
    {
        List<string> parts = [];
        var part = new StringBuilder();
        for (var at = 0; at < display.Length; at++)
        {
            if (display[at] == Escape && at + 1 < display.Length) part.Append(display[++at]);
            else if (display[at] == Separator)
            {
                parts.Add(part.ToString());
                part.Clear();
            }
            else part.Append(display[at]);
        }
        parts.Add(part.ToString());
        return parts;
    }
}
