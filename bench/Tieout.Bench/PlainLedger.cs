using System.Collections.Concurrent;
using System.Text;

namespace Tieout.Bench;

/// <summary>What a <see cref="PlainErp"/> has booked: each key once, and how often one came again.</summary>
internal sealed class PlainLedger
{
    private readonly ConcurrentDictionary<string, int> _booked = new(StringComparer.Ordinal);
    private int _again;

    /// <summary>Documents booked, and repeats.</summary>
    public string Told() => $"{_booked.Count} {_again}";

    /// <summary>Books documents, lines of JSON with the key first, and answers a line with key and number for each.</summary>
    public string Book(ReadOnlySpan<byte> lines)
    {
        var answer = new StringBuilder();
        foreach (var range in lines.Split((byte)'\n'))
        {
            var line = lines[range];
            if (line.IsEmpty) continue;
            line = line["{\"key\":\""u8.Length..];
            var key = Encoding.UTF8.GetString(line[..line.IndexOf((byte)'"')]);
            if (!_booked.TryAdd(key, 0)) Interlocked.Increment(ref _again);
            answer.Append(key).Append(" N").Append(key).Append('\n');
        }
        return answer.ToString();
    }
}
