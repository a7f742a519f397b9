namespace Tieout.Shell.Tests.Invoicing.Stories;

/// <summary>
/// A file of tests/Stories/Billing: prose and tables. Tables with the same first column are one table, so that a story may explain
/// itself between its rows.
/// </summary>
internal sealed class StoryFile
{
    private readonly Dictionary<string, List<string[]>> _tables = new(StringComparer.Ordinal);

    private StoryFile(string text)
    {
        string? table = null;
        foreach (var line in text.ReplaceLineEndings("\n").Split('\n'))
        {
            var cells = line.StartsWith('|') ? line.Split('|', StringSplitOptions.TrimEntries)[1..^1] : [];
            if (cells.Length == 0) table = null;
            else if (table is null) _tables.TryAdd(table = cells[0], []);
            else if (!cells.All(cell => cell.All(letter => letter is '-' or ':'))) _tables[table].Add(cells);
        }
    }

    /// <summary>The rows under headings that begin with this word, in the order of the file.</summary>
    public IReadOnlyList<string[]> Table(string first) => _tables.GetValueOrDefault(first, []);

    /// <summary>The same as single lines, cells apart by bars.</summary>
    public IEnumerable<string> Lines(string first) => Table(first).Select(Line);

    public static string Line(IEnumerable<string> cells) => string.Join(" | ", cells).TrimEnd(' ', '|');

    public static IEnumerable<string> Names() =>
        Directory.GetFiles(Folder(), "*.md").Select(file => Path.GetFileNameWithoutExtension(file)).Order(StringComparer.Ordinal);

    public static StoryFile Read(string name) => new(File.ReadAllText(Path.Combine(Folder(), name + ".md")));

    private static string Folder()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder!.FullName, "Tieout.slnx"))) folder = folder.Parent;
        return Path.Combine(folder.FullName, "tests", "Stories", "Billing");
    }
}
