using System.Buffers;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Tieout.Application.Usage;

namespace Tieout.Api;

/// <summary>
/// The body of a request with events: which of the modes of CloudEvents over HTTP it is in, read whole into a buffer that is lent.
/// </summary>
/// <remarks>Source: CloudEvents 1.0.2, HTTP protocol binding, sections 3.1 to 3.3.</remarks>
internal sealed class EventsBody : IDisposable
{
    private byte[]? _lent;

    private EventsBody(byte[] bytes, int length, UsageFormat format, byte[]? lent) => (Bytes, Length, Format, _lent) = (bytes, length, format, lent);

    public byte[] Bytes { get; }

    public int Length { get; }

    public UsageFormat Format { get; }

    /// <summary>Reads the request, or says why it cannot be read; exactly one of the two is null.</summary>
    public static async Task<(EventsBody? Body, IResult? Problem)> Read(HttpRequest request, CancellationToken cancel)
    {
        var type = request.ContentType?.Split(';')[0].Trim().ToLowerInvariant() ?? "";
        var format = type switch
        {
            "application/cloudevents-batch+json" => UsageFormat.Batch,
            "application/cloudevents+json" => UsageFormat.Single,
            "application/x-ndjson" => UsageFormat.Lines,
            _ => (UsageFormat?)null,
        };
        var binary = format is null && !type.StartsWith("application/cloudevents", StringComparison.Ordinal) && request.Headers.ContainsKey("ce-specversion");
        if (format is null && !binary)
            return (null, Problems.Of(415, "usage-content-type", "This content type holds no events.",
                "Send application/cloudevents+json, application/cloudevents-batch+json or application/x-ndjson, or JSON data with ce- headers."));
        try
        {
            var (bytes, length) = await ReadAll(request, cancel);
            if (!binary) return (new EventsBody(bytes, length, format!.Value, bytes), null);
            using (var data = new EventsBody(bytes, length, UsageFormat.Single, bytes)) return Compose(request, data);
        }
        catch (BadHttpRequestException tooLong) when (tooLong.StatusCode == StatusCodes.Status413PayloadTooLarge)
        {
            return (null, TooLarge());
        }
    }

    /// <summary>The answer to more than one request may hold.</summary>
    public static IResult TooLarge() => Problems.Of(413, "batch-too-large", "This is too much for one request.",
        $"Nothing was written. Send at most {UsageIntake.MostEvents} events and {UsageIntake.MostBytes / 1024 / 1024} MiB at a time.");

    public void Dispose()
    {
        if (_lent is not null) ArrayPool<byte>.Shared.Return(_lent);
        _lent = null;
    }

    private static async Task<(byte[] Bytes, int Length)> ReadAll(HttpRequest request, CancellationToken cancel)
    {
        var buffer = ArrayPool<byte>.Shared.Rent((int)Math.Clamp(request.ContentLength ?? 0, 64 * 1024, UsageIntake.MostBytes));
        var length = 0;
        while (true)
        {
            if (length == buffer.Length)
            {
                var larger = ArrayPool<byte>.Shared.Rent(buffer.Length * 2);
                buffer.AsSpan(0, length).CopyTo(larger);
                ArrayPool<byte>.Shared.Return(buffer);
                buffer = larger;
            }
            var read = await request.Body.ReadAsync(buffer.AsMemory(length), cancel);
            if (read == 0) return (buffer, length);
            length += read;
        }
    }

    /// <summary>An event in binary mode as the same event in structured mode, so that there is one way to read them.</summary>
    private static (EventsBody? Body, IResult? Problem) Compose(HttpRequest request, EventsBody data)
    {
        var composed = new ArrayBufferWriter<byte>(data.Length + 1024);
        using var writer = new Utf8JsonWriter(composed);
        writer.WriteStartObject();
        foreach (var (name, values) in request.Headers)
        {
            if (!name.StartsWith("ce-", StringComparison.OrdinalIgnoreCase)) continue;
            var attribute = name[3..].ToLowerInvariant();
            if (attribute is "data" or "data_base64") continue;
            if (Decoded(values.ToString()) is not { } text)
                return (null, Problems.Of(400, "bad-utf8", "A header is not UTF-8.", $"Percent-encode the UTF-8 bytes of {name.ToLowerInvariant()}."));
            writer.WriteString(attribute, text);
        }
        try
        {
            if (data.Length > 0)
            {
                writer.WritePropertyName("data");
                writer.WriteRawValue(data.Bytes.AsSpan(0, data.Length));
            }
        }
        catch (Exception broken) when (broken is JsonException or ArgumentException)
        {
            return (null, Problems.Of(400, "malformed", "The body is not JSON.", "Nothing was written. In binary mode the body is the data, a JSON object."));
        }
        writer.WriteEndObject();
        writer.Flush();
        return (new EventsBody(composed.WrittenSpan.ToArray(), composed.WrittenCount, UsageFormat.Single, lent: null), null);
    }

    /// <summary>Percent-decodes once; null when what comes of it is not UTF-8. Values in double quotes are of an older version.</summary>
    internal static string? Decoded(string value)
    {
        if (value is ['"', .., '"'] && value.Length >= 2)
            value = value[1..^1].Replace("\\\"", "\"", StringComparison.Ordinal).Replace("\\\\", "\\", StringComparison.Ordinal);
        if (!value.Contains('%', StringComparison.Ordinal) && Ascii.IsValid(value)) return value;
        var bytes = Encoding.UTF8.GetBytes(value);
        var length = 0;
        for (var at = 0; at < bytes.Length; at++)
        {
            if (bytes[at] == '%' && at + 2 < bytes.Length && char.IsAsciiHexDigit((char)bytes[at + 1]) && char.IsAsciiHexDigit((char)bytes[at + 2]))
            {
                bytes[length++] = Convert.FromHexString([(char)bytes[at + 1], (char)bytes[at + 2]])[0];
                at += 2;
            }
            else bytes[length++] = bytes[at];
        }
        return System.Text.Unicode.Utf8.IsValid(bytes.AsSpan(0, length)) ? Encoding.UTF8.GetString(bytes, 0, length) : null;
    }
}
