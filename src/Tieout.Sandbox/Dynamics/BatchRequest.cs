using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Net.Http.Headers;

namespace Tieout.Sandbox.Dynamics;

/// <summary>A <c>$batch</c> as it comes in, read with the framework's own multipart reader, and as it is answered.</summary>
internal static class BatchRequest
{
    /// <summary>The change sets.</summary>
    /// <exception cref="FormatException">It is no batch of creations.</exception>
    public static async Task<IReadOnlyList<IReadOnlyList<EntityWrite>>> Read(HttpRequest request, CancellationToken cancel)
    {
        try
        {
            List<IReadOnlyList<EntityWrite>> changeSets = [];
            var outer = new MultipartReader(Boundary(request.ContentType), request.Body);
            while (await outer.ReadNextSectionAsync(cancel) is { } section)
            {
                List<EntityWrite> writes = [];
                var inner = new MultipartReader(Boundary(section.ContentType), section.Body);
                while (await inner.ReadNextSectionAsync(cancel) is { } part) writes.Add(await Operation(part, cancel));
                changeSets.Add(writes);
            }
            return changeSets;
        }
        catch (Exception broken) when (broken is IOException or InvalidDataException)
        {
            throw new FormatException(broken.Message, broken);
        }
    }

    /// <summary>The answer: created rows change set by change set, or what was wrong with one.</summary>
    public static (string ContentType, byte[] Body) Answer(
        IReadOnlyList<(IReadOnlyList<EntityWrite> Asked, IReadOnlyList<byte[]> Rows, DynamicsProblem? Problem)> done)
    {
        const string boundary = "batchresponse_sandbox";
        var text = new StringBuilder();
        foreach (var (index, (asked, rows, problem)) in done.Index())
        {
            text.Append("--").Append(boundary).Append("\r\n");
            if (problem is not null)
            {
                Part(text, "", problem.Status, problem.Body());
                continue;
            }
            var inner = FormattableString.Invariant($"changesetresponse_{index}");
            text.Append("Content-Type: multipart/mixed; boundary=").Append(inner).Append("\r\n\r\n");
            foreach (var (write, row) in asked.Zip(rows))
            {
                text.Append("--").Append(inner).Append("\r\n");
                Part(text, write.ContentId, 201, row);
            }
            text.Append("--").Append(inner).Append("--\r\n");
        }
        text.Append("--").Append(boundary).Append("--\r\n");
        return ($"multipart/mixed; boundary={boundary}", Encoding.UTF8.GetBytes(text.ToString()));
    }

    private static void Part(StringBuilder text, string contentId, int status, byte[] body)
    {
        text.Append("Content-Type: application/http\r\nContent-Transfer-Encoding: binary\r\n");
        if (contentId.Length > 0) text.Append("Content-ID: ").Append(contentId).Append("\r\n");
        text.Append("\r\nHTTP/1.1 ").Append(status).Append(status == 201 ? " Created" : " Bad Request")
            .Append("\r\nContent-Type: application/json; odata.metadata=minimal\r\nOData-Version: 4.0\r\n\r\n").Append(Encoding.UTF8.GetString(body)).Append("\r\n");
    }

    private static async Task<EntityWrite> Operation(MultipartSection part, CancellationToken cancel)
    {
        if (part.ContentType != "application/http") throw new FormatException("A part of a change set must be application/http.");
        using var reader = new StreamReader(part.Body, Encoding.UTF8);
        var line = (await reader.ReadLineAsync(cancel))?.Split(' ') ?? [];
        if (line is not ["POST", var address, "HTTP/1.1"] || !Uri.TryCreate(address, UriKind.Absolute, out var url))
            throw new FormatException("A part of a change set must be a POST to an absolute address.");
        while (await reader.ReadLineAsync(cancel) is { Length: > 0 })
        {
            // Headers of the inner request say nothing we need.
        }
        var id = part.Headers is { } headers && headers.TryGetValue("Content-ID", out var told)
            ? told.ToString()
            : throw new FormatException("Content-ID is missing.");
        return new EntityWrite(url.AbsolutePath.Split('/')[^1], id, Encoding.UTF8.GetBytes(await reader.ReadToEndAsync(cancel)));
    }

    private static string Boundary(string? contentType) =>
        MediaTypeHeaderValue.TryParse(contentType, out var type) && type.MediaType == "multipart/mixed"
            && HeaderUtilities.RemoveQuotes(type.Boundary) is { Length: > 0 } boundary
            ? boundary.ToString()
            : throw new FormatException("The content type must be multipart/mixed with a boundary.");
}
