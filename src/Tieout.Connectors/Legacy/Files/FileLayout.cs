using System.Globalization;
using System.Text;

namespace Tieout.Connectors.Legacy.Files;

/// <summary>A field of a record.</summary>
/// <param name="Name">As in docs/legacy.md.</param>
/// <param name="Kind"><c>code</c>, <c>text</c>, <c>number</c>, <c>amount</c>, <c>date</c>, <c>month</c> or <c>time</c>.</param>
/// <param name="Width">Bytes it takes in a fixed-width file.</param>
internal sealed record LayoutField(string Name, string Kind, int Width);

/// <summary>The records of the file format and their fields, read from the one description that the documentation shows too.</summary>
internal static class FileLayout
{
    /// <summary>Fields by record letter, in order.</summary>
    public static IReadOnlyDictionary<char, IReadOnlyList<LayoutField>> Records { get; } = Load();

    private static Dictionary<char, IReadOnlyList<LayoutField>> Load()
    {
        using var resource = typeof(FileLayout).Assembly.GetManifestResourceStream("legacy/legacy-files-layout.csv")!;
        using var text = new StreamReader(resource, Encoding.UTF8);
        return text.ReadToEnd().Split('\n', StringSplitOptions.RemoveEmptyEntries).Skip(1).Select(line => line.Trim().Split(','))
            .GroupBy(cells => cells[0][0]).ToDictionary(
                record => record.Key,
                record => (IReadOnlyList<LayoutField>)[.. record.Select(Field)]);
    }

    private static LayoutField Field(string[] cells) => new(cells[1], cells[2], int.Parse(cells[3], CultureInfo.InvariantCulture));
}
