using System.Text;

namespace Tieout.Application.Intake;

/// <summary>A row of a CSV file.</summary>
/// <param name="Line">The line it begins on, as an editor counts, header and quoted line breaks included.</param>
/// <param name="Cells">Its cells; empty when it is malformed.</param>
/// <param name="Problem">What is malformed; null for a good row.</param>
internal sealed record CsvRow(long Line, string[] Cells, string? Problem);

/// <summary>
/// Reads CSV (RFC 4180) row by row, in constant memory, and leaves a malformed row behind: after a quote that never closes,
/// reading goes on with the very next line, so that one stray quote costs one row and not the rest of the file. (CsvHelper 34
/// can throw there, or skip, or let the open quote run to the end of the input; none of them keeps the rows below.)
/// </summary>
internal sealed class CsvRows(TextReader text, char delimiter)
{
    /// <summary>Lines of one row; a quote still open after so many is a stray one.</summary>
    public const int MostLines = 100;

    private readonly CsvLines _lines = new(text);
    private readonly StringBuilder _quoted = new();

    /// <summary>The next row that is not an empty line, or null at the end.</summary>
    public CsvRow? Next()
    {
        while (_lines.Next() is { } line)
        {
            if (line.Text.Length == 0) continue;
            if (line.IsCut) return Malformed(line, $"the line is longer than {CsvLines.Longest} characters");
            return line.Text.Contains('"', StringComparison.Ordinal) ? Quoted(line) : new CsvRow(line.Number, line.Text.Split(delimiter), null);
        }
        return null;
    }

    private CsvRow Quoted(CsvLine first)
    {
        List<string> cells = [];
        List<CsvLine> more = [];
        var line = first;
        var at = 0;
        while (true)
        {
            var opens = at < line.Text.Length && line.Text[at] == '"';
            if (!opens)
            {
                var end = line.Text.IndexOf(delimiter, at);
                var cell = end < 0 ? line.Text[at..] : line.Text[at..end];
                if (cell.Contains('"', StringComparison.Ordinal)) return Left(first, more, "a quote stands inside a cell that does not begin with one");
                cells.Add(cell);
                if (end < 0) return new CsvRow(first.Number, [.. cells], null);
                at = end + 1;
                continue;
            }

            at++;
            _quoted.Clear();
            while (!Closes(ref line, ref at))
            {
                if (more.Count == MostLines || _lines.Next() is not { } next) return Left(first, more, "a quote is opened and never closed");
                more.Add(next);
                if (next.IsCut) return Left(first, more, "a quote is opened and never closed");
                _quoted.Append('\n');
                (line, at) = (next, 0);
            }
            cells.Add(_quoted.ToString());
            if (at == line.Text.Length) return new CsvRow(first.Number, [.. cells], null);
            if (line.Text[at] != delimiter) return Left(first, more, "text stands behind a closing quote");
            at++;
        }
    }

    // Takes quoted text up to the closing quote, or to the end of the line; two quotes are one.
    private bool Closes(ref CsvLine line, ref int at)
    {
        while (true)
        {
            var quote = line.Text.IndexOf('"', at);
            _quoted.Append(line.Text, at, (quote < 0 ? line.Text.Length : quote) - at);
            if (quote < 0) return false;
            at = quote + 1;
            if (at == line.Text.Length || line.Text[at] != '"') return true;
            _quoted.Append('"');
            at++;
        }
    }

    private CsvRow Left(CsvLine first, List<CsvLine> more, string problem)
    {
        _lines.GiveBack(more);
        return Malformed(first, problem);
    }

    private static CsvRow Malformed(CsvLine line, string problem) => new(line.Number, [], problem);
}
