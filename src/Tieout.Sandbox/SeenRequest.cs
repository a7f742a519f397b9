using Microsoft.AspNetCore.Http;

namespace Tieout.Sandbox;

/// <summary>A request as it came in.</summary>
/// <param name="Method">Such as <c>POST</c>.</param>
/// <param name="PathAndQuery">As it was written.</param>
/// <param name="Headers">By name in small letters.</param>
/// <param name="Body">Its bytes; empty where there are none.</param>
public sealed record SeenRequest(string Method, string PathAndQuery, IReadOnlyDictionary<string, string> Headers, byte[] Body)
{
    /// <summary>Reads it and leaves it as if nobody had.</summary>
    internal static async Task<SeenRequest> Of(HttpRequest request, CancellationToken cancel)
    {
        request.EnableBuffering();
        using var body = new MemoryStream();
        await request.Body.CopyToAsync(body, cancel);
        request.Body.Position = 0;
        return new SeenRequest(
            request.Method, request.Path.ToUriComponent() + request.QueryString.ToUriComponent(),
            request.Headers.ToDictionary(header => header.Key.ToLowerInvariant(), header => header.Value.ToString(), StringComparer.Ordinal), body.ToArray());
    }
}
