namespace Tieout.Application.Intake;

/// <summary>A line of a text file.</summary>
/// <param name="Number">As an editor counts, from 1.</param>
/// <param name="Text">Without its line break; cut after <see cref="CsvLines.Longest"/> characters.</param>
/// <param name="IsCut">Whether it was longer.</param>
internal readonly record struct CsvLine(long Number, string Text, bool IsCut);

/// <summary>
/// The lines of a file, one after the other, in constant memory however long a line is. Lines taken can be given back, which is
/// how a row with a stray quote is left behind without the rows below it.
/// </summary>
internal sealed class CsvLines(TextReader text)
{
    /// <summary>Characters of a line that are kept; no row of customers is longer.</summary>
    public const int Longest = 64 * 1024;

    private readonly char[] _buffer = new char[32 * 1024];
    private readonly Stack<CsvLine> _givenBack = new();
    private int _start;
    private int _end;
    private bool _skipLineFeed;
    private long _number;

    /// <summary>The next line, or null at the end. LF, CRLF and CR end a line.</summary>
    public CsvLine? Next()
    {
        if (_givenBack.TryPop(out var line)) return line;
        if (!Fill()) return null;
        var kept = "";
        var cut = false;
        while (true)
        {
            var rest = _buffer.AsSpan(_start, _end - _start);
            var length = rest.IndexOfAny('\r', '\n');
            var part = length < 0 ? rest : rest[..length];
            cut |= kept.Length + part.Length > Longest;
            part = part[..Math.Min(part.Length, Longest - kept.Length)];
            kept = kept.Length == 0 ? part.ToString() : string.Concat(kept, part);
            if (length >= 0)
            {
                _skipLineFeed = rest[length] == '\r';
                _start += length + 1;
                break;
            }
            _start = _end;
            if (!Fill()) break;
        }
        return new CsvLine(++_number, kept, cut);
    }

    /// <summary>Gives lines back, the earliest first; they come again in that order.</summary>
    public void GiveBack(IReadOnlyList<CsvLine> lines)
    {
        for (var index = lines.Count - 1; index >= 0; index--) _givenBack.Push(lines[index]);
    }

    private bool Fill()
    {
        while (true)
        {
            if (_start == _end)
            {
                (_start, _end) = (0, text.Read(_buffer));
                if (_end == 0) return false;
            }
            if (!_skipLineFeed) return true;
            _skipLineFeed = false;
            if (_buffer[_start] != '\n') return true;
            _start++;
        }
    }
}
