using System.Globalization;
using System.Text;

namespace Tieout.Connectors.Dynamics;

/// <summary>One <c>POST</c> inside a change set.</summary>
/// <param name="Address">Absolute.</param>
/// <param name="Json">UTF-8.</param>
internal sealed record BatchOperation(Uri Address, byte[] Json);

/// <summary>The answer to one operation, or to a whole change set that failed.</summary>
/// <param name="Status">HTTP status.</param>
/// <param name="RetryAfter">Seconds the part asks us to wait; null when it does not say.</param>
/// <param name="Body">UTF-8.</param>
internal sealed record BatchPart(int Status, TimeSpan? RetryAfter, byte[] Body);

/// <summary>The answer to one change set.</summary>
/// <param name="Whole">True when it comes with a part for each operation; otherwise it has failed as a whole, and there is one part.</param>
/// <param name="Parts">At least one.</param>
internal sealed record ChangeSetAnswer(bool Whole, IReadOnlyList<BatchPart> Parts);

/// <summary>OData <c>$batch</c> as multipart/mixed: change sets that each succeed or fail as one.</summary>
internal static class ODataBatch
{
    /// <summary>Type of the body that <see cref="Write"/> makes.</summary>
    public static string ContentType(string boundary) => $"multipart/mixed;boundary={boundary}";

    /// <summary>The body; each operation gets a Content-ID of its own, counted through the batch.</summary>
    public static byte[] Write(string boundary, IReadOnlyList<IReadOnlyList<BatchOperation>> changeSets)
    {
        using var bytes = new MemoryStream(4096);
        void Say(string text) => bytes.Write(Encoding.UTF8.GetBytes(text));

        var id = 0;
        foreach (var (index, changeSet) in changeSets.Index())
        {
            var inner = string.Create(CultureInfo.InvariantCulture, $"changeset_{index}_{boundary}"); // no boundary begins with another
            Say($"--{boundary}\r\nContent-Type: multipart/mixed;boundary={inner}\r\n\r\n");
            foreach (var operation in changeSet)
            {
                Say(string.Create(
                    CultureInfo.InvariantCulture,
                    $"--{inner}\r\nContent-Type: application/http\r\nContent-Transfer-Encoding: binary\r\nContent-ID: {++id}\r\n\r\n"));
                Say($"POST {operation.Address.AbsoluteUri} HTTP/1.1\r\nContent-Type: application/json;charset=utf-8\r\nAccept: application/json\r\n\r\n");
                bytes.Write(operation.Json);
                Say("\r\n");
            }
            Say($"--{inner}--\r\n");
        }
        Say($"--{boundary}--\r\n");
        return bytes.ToArray();
    }

    /// <summary>
    /// The change sets of an answer, in the order asked; fewer when the server stopped before the last.
    /// </summary>
    /// <exception cref="FormatException">It is no such answer, or it ends before its end.</exception>
    public static IReadOnlyList<ChangeSetAnswer> Read(string contentType, byte[] body)
    {
        // Bodies are JSON, which has no line ends inside texts: line ends can be made the same.
        var text = Encoding.UTF8.GetString(body).Replace("\r\n", "\n", StringComparison.Ordinal);
        return [.. Parts(text, Boundary(contentType)).Select(ChangeSet)];
    }

    private static ChangeSetAnswer ChangeSet(string part)
    {
        var (headers, body) = Headers(part);
        return headers.GetValueOrDefault("content-type", "") is var type && type.StartsWith("multipart/", StringComparison.OrdinalIgnoreCase)
            ? new ChangeSetAnswer(Whole: true, [.. Parts(body, Boundary(type)).Select(inner => Http(Headers(inner).Body))])
            : new ChangeSetAnswer(Whole: false, [Http(body)]);
    }

    private static BatchPart Http(string text)
    {
        var line = text.IndexOf('\n', StringComparison.Ordinal) is var end and > 0 ? text[..end] : throw new FormatException("a part has no status line");
        if (line.Split(' ') is not ["HTTP/1.1" or "HTTP/1.0", var status, ..]
            || !int.TryParse(status, NumberStyles.None, CultureInfo.InvariantCulture, out var code))
            throw new FormatException("a part does not begin with a status");
        var (headers, body) = Headers(text[(end + 1)..]);
        TimeSpan? wait = int.TryParse(headers.GetValueOrDefault("retry-after", ""), NumberStyles.None, CultureInfo.InvariantCulture, out var seconds)
            ? TimeSpan.FromSeconds(seconds)
            : null;
        return new BatchPart(code, wait, Encoding.UTF8.GetBytes(body.TrimEnd('\n')));
    }

    private static (Dictionary<string, string> Headers, string Body) Headers(string part)
    {
        Dictionary<string, string> headers = new(StringComparer.Ordinal);
        var at = 0;
        while (at < part.Length)
        {
            var end = part.IndexOf('\n', at);
            if (end < 0) throw new FormatException("a part ends in its headers");
            var line = part[at..end];
            at = end + 1;
            if (line.Length == 0) break;
            var colon = line.IndexOf(':', StringComparison.Ordinal);
            if (colon <= 0) throw new FormatException("a part has a header that is none");
            headers[line[..colon].ToLowerInvariant()] = line[(colon + 1)..].Trim();
        }
        return (headers, part[at..]);
    }

    /// <summary>What stands between the delimiters; the closing one has to be there.</summary>
    private static List<string> Parts(string text, string boundary)
    {
        var delimiter = "\n--" + boundary;
        List<string> parts = [];
        text = "\n" + text;
        var at = Next(text, delimiter, 0);
        while (at >= 0)
        {
            var begin = at + delimiter.Length;
            if (string.CompareOrdinal(text, begin, "--", 0, 2) == 0) return parts;
            var line = text.IndexOf('\n', begin);
            var next = line < 0 ? -1 : Next(text, delimiter, line);
            if (next < 0) break;
            parts.Add(text[(line + 1)..Math.Max(next, line + 1)]);
            at = next;
        }
        throw new FormatException("the multipart answer has no end");
    }

    // A longer boundary may begin with a shorter one.
    private static int Next(string text, string delimiter, int from)
    {
        for (var at = text.IndexOf(delimiter, from, StringComparison.Ordinal); at >= 0; at = text.IndexOf(delimiter, at + 1, StringComparison.Ordinal))
        {
            var after = at + delimiter.Length;
            if (after == text.Length || text[after] is '\n' or ' ' or '\t' || string.CompareOrdinal(text, after, "--", 0, 2) == 0) return at;
        }
        return -1;
    }

    private static string Boundary(string contentType)
    {
        const string mark = "boundary=";
        var at = contentType.IndexOf(mark, StringComparison.OrdinalIgnoreCase);
        if (!contentType.StartsWith("multipart/", StringComparison.OrdinalIgnoreCase) || at < 0) throw new FormatException("the answer is not multipart");
        var value = contentType[(at + mark.Length)..].Split(';')[0].Trim().Trim('"');
        return value.Length > 0 ? value : throw new FormatException("the answer names no boundary");
    }
}
