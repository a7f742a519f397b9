using System.Buffers;
using System.Globalization;
using System.Security.Cryptography;
using System.Text.Unicode;

namespace Tieout.Application.Intake;

/// <summary>What is known of a file before its rows are read.</summary>
/// <param name="Sha256">Hash of its bytes, small hexadecimal letters.</param>
/// <param name="Lines">Lines that are not empty; the rows at most.</param>
internal sealed record FileFacts(string Sha256, long Lines);

/// <summary>
/// Reads a file once from end to end, for its hash and its encoding, so that a file in another encoding is refused whole, before
/// anything of it is written.
/// </summary>
internal static class FileInspection
{
    private const int Block = 1 << 20;

    /// <summary>The facts, or why it is no file to import, in words for the person who sent it.</summary>
    public static async Task<(FileFacts? Facts, string? Problem)> Of(Stream file, string encoding, CancellationToken cancel)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var buffer = ArrayPool<byte>.Shared.Rent(Block + 4);
        var line = new LineCount();
        var kept = 0;
        try
        {
            int read;
            while ((read = await file.ReadAsync(buffer.AsMemory(kept, Block), cancel)) > 0)
            {
                hash.AppendData(buffer, kept, read);
                var filled = buffer.AsSpan(0, kept + read);
                if (Problem(filled, encoding, line) is { } problem) return (null, problem);
                kept = encoding == "utf-8" ? Unfinished(filled) : 0;
                line.Add(filled[..^kept]);
                filled[^kept..].CopyTo(buffer);
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer, clearArray: true);
        }
        if (kept > 0) return (null, NotUtf8(line.Lines + 1));
        if (line.IsEmpty) return (null, "The file is empty; it has not even a header.");
        return (new FileFacts(Convert.ToHexStringLower(hash.GetHashAndReset()), line.Total), null);
    }

    private static string? Problem(ReadOnlySpan<byte> bytes, string encoding, LineCount line)
    {
        if (encoding == "utf-16") return null;
        if (bytes.StartsWith([(byte)0xFF, (byte)0xFE]) || bytes.StartsWith([(byte)0xFE, (byte)0xFF]))
        {
            if (line.IsEmpty) return "The file is UTF-16. Save it as UTF-8, or say 'encoding: utf-16' under 'file' in the mapping.";
        }
        if (bytes.Contains((byte)0)) return $"Line {LineOf(bytes, bytes.IndexOf((byte)0), line)} holds a zero byte: this is not a text file.";
        if (encoding != "utf-8") return null;
        var whole = bytes[..^Unfinished(bytes)];
        if (Utf8.IsValid(whole)) return null;
        return NotUtf8(LineOf(whole, FirstInvalid(whole), line));
    }

    private static string NotUtf8(long line) =>
        string.Create(CultureInfo.InvariantCulture, $"Line {line} is not UTF-8. ")
        + "Save the file as UTF-8, or name its encoding under 'file' in the mapping, such as 'encoding: windows-1252'.";

    private static long LineOf(ReadOnlySpan<byte> bytes, int index, LineCount line) => line.Lines + 1 + bytes[..index].Count((byte)'\n');

    // Halving finds the longest valid beginning; only ever done once a file.
    private static int FirstInvalid(ReadOnlySpan<byte> bytes)
    {
        var (good, bad) = (0, bytes.Length);
        while (bad - good > 1)
        {
            var middle = (good + bad) / 2;
            var part = bytes[..middle];
            if (Utf8.IsValid(part[..^Unfinished(part)])) good = middle;
            else bad = middle;
        }
        return good;
    }

    /// <summary>Bytes at the end that begin a character and do not end it: 0 to 3.</summary>
    private static int Unfinished(ReadOnlySpan<byte> bytes)
    {
        for (var back = 1; back <= Math.Min(3, bytes.Length); back++)
        {
            var lead = bytes[^back];
            if (lead is >= 0x80 and < 0xC0) continue;
            var needed = lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : lead >= 0xC0 ? 2 : 1;
            return needed > back ? back : 0;
        }
        return 0;
    }

    private sealed class LineCount
    {
        private bool _filled;

        public long Lines { get; private set; }

        public long Filled { get; private set; }

        public bool IsEmpty => Filled == 0 && !_filled;

        public void Add(ReadOnlySpan<byte> bytes)
        {
            if (Lines == 0 && IsEmpty && bytes.StartsWith([(byte)0xEF, (byte)0xBB, (byte)0xBF])) bytes = bytes[3..];
            while (!bytes.IsEmpty)
            {
                var end = bytes.IndexOf((byte)'\n');
                _filled |= (end < 0 ? bytes : bytes[..end]).ContainsAnyExcept((byte)'\r', (byte)0);
                if (end < 0) break;
                Lines++;
                Filled += _filled ? 1 : 0;
                _filled = false;
                bytes = bytes[(end + 1)..];
            }
        }

        public long Total => Filled + (_filled ? 1 : 0);
    }
}
