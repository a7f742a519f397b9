using System.Globalization;
using System.Text.Json;
using System.Text.Unicode;
using Tieout.Domain.Intake;
using Tieout.Domain.Usage;

namespace Tieout.Application.Usage;

/// <summary>Reads the events of a body. In an array broken syntax spoils everything behind it; in lines it spoils its line.</summary>
internal static class UsageBody
{
    /// <summary>Events that one request may hold.</summary>
    public const int MostEvents = 10_000;

    private static readonly JsonReaderOptions Strict = new() { MaxDepth = 32 };

    /// <summary>The events, or why there are none; exactly one of the two is null.</summary>
    public static (ReadBatch? Batch, UsageOutcome? Outcome) Read(MeterBook meters, byte[] body, int length, UsageFormat format)
    {
        var text = body.AsSpan(0, length);
        if (!Utf8.IsValid(text)) return (null, new UsageOutcome.Malformed("bad-utf8", "The body is not UTF-8."));
        try
        {
            var read = new ReadBatch();
            var full = format switch
            {
                UsageFormat.Lines => Lines(new EventReader(meters), read, text),
                UsageFormat.Batch => Array(new EventReader(meters), read, body, length),
                _ => Single(new EventReader(meters), read, body, length),
            };
            if (full) return (null, new UsageOutcome.TooMany(MostEvents));
            if (format == UsageFormat.Lines && read.Events.Count == 0 && read.Refused.Count > 0 && read.Refused.TrueForAll(IsMalformed))
                return (null, new UsageOutcome.Malformed(UsageCode.Malformed, "Not one line of the body is a JSON object."));
            return (read, null);
        }
        catch (JsonException broken)
        {
            var line = ((broken.LineNumber ?? 0) + 1).ToString(CultureInfo.InvariantCulture);
            return (null, new UsageOutcome.Malformed(UsageCode.Malformed, $"The body is not JSON from line {line} on."));
        }
    }

    /// <summary>Reads one line of a file or body; its syntax may be broken.</summary>
    public static (IncomingEvent?, RefusedEvent?) Line(EventReader events, ReadOnlySpan<byte> line, ref byte[] buffer, int rowNo)
    {
        // The reader's places count from the start of the buffer.
        if (buffer.Length < line.Length) buffer = new byte[line.Length * 2];
        line.CopyTo(buffer);
        try
        {
            var reader = new Utf8JsonReader(buffer.AsSpan(0, line.Length), Strict);
            reader.Read();
            var read = events.Read(ref reader, buffer, rowNo);
            while (reader.Read()) continue;
            return read;
        }
        catch (JsonException)
        {
            return (null, new RefusedEvent(rowNo, "", "", new Refusal(
                UsageCode.Malformed, "", "The line is not JSON.", "Write each event as one JSON object on a line of its own.")));
        }
    }

    private static bool IsMalformed(RefusedEvent refused) => refused.Refusal.Code == UsageCode.Malformed;

    private static bool Array(EventReader events, ReadBatch read, byte[] body, int length)
    {
        var reader = new Utf8JsonReader(body.AsSpan(0, length), Strict);
        reader.Read();
        if (reader.TokenType != JsonTokenType.StartArray) throw new JsonException("An array is expected.", path: null, lineNumber: 0, bytePositionInLine: 0);
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            if (read.Received == MostEvents) return true;
            read.Add(events.Read(ref reader, body, read.Received));
        }
        while (reader.Read()) continue;
        return false;
    }

    private static bool Single(EventReader events, ReadBatch read, byte[] body, int length)
    {
        var reader = new Utf8JsonReader(body.AsSpan(0, length), Strict);
        reader.Read();
        read.Add(events.Read(ref reader, body, 0));
        while (reader.Read()) continue;
        return false;
    }

    private static bool Lines(EventReader events, ReadBatch read, ReadOnlySpan<byte> text)
    {
        var buffer = new byte[4096];
        while (!text.IsEmpty)
        {
            var end = text.IndexOf((byte)'\n');
            var line = end < 0 ? text : text[..end];
            text = end < 0 ? [] : text[(end + 1)..];
            line = line.Trim(" \t\r"u8);
            if (line.IsEmpty) continue;
            if (read.Received == MostEvents) return true;
            read.Add(Line(events, line, ref buffer, read.Received));
        }
        return false;
    }
}
