using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;
using Tieout.Api.Endpoints;

namespace Tieout.Api;

/// <summary>
/// Stands before every request. The program listens on this machine only, yet any page in a browser here can send it
/// requests: the host's name, the origin and the content type tell our own page from a stranger's.
/// </summary>
internal static class Guard
{
    private const string ContentPolicy =
        "default-src 'self'; img-src 'self' data:; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'";

    public static async Task Check(HttpContext http, RequestDelegate next)
    {
        Headers(http.Response.Headers);
        var refusal = Refusal(http.Request);
        if (refusal is null) await next(http);
        else await refusal.ExecuteAsync(http);
    }

    private static void Headers(IHeaderDictionary headers)
    {
        headers.ContentSecurityPolicy = ContentPolicy;
        headers.XContentTypeOptions = "nosniff";
        headers.XFrameOptions = "DENY";
        headers["Referrer-Policy"] = "no-referrer";
        headers["Cross-Origin-Opener-Policy"] = "same-origin";
        headers["Cross-Origin-Resource-Policy"] = "same-origin";
    }

    private static IResult? Refusal(HttpRequest request)
    {
        // A stranger's name that resolves to this machine (DNS rebinding) would be same-origin with us.
        if (request.Host.Host is not ("localhost" or "127.0.0.1" or "[::1]"))
            return Problems.Of(400, "bad-host", "This name is not ours.", "Use localhost or 127.0.0.1.");
        if (HttpMethods.IsGet(request.Method) || HttpMethods.IsHead(request.Method)) return null;
        if (FromElsewhere(request))
            return Problems.Of(403, "cross-origin", "Another page sent this.", "Changes are taken from this program's own pages and from programs.");
        // A form cannot send this method, and a script on another page would have to ask first.
        if (HttpMethods.IsDelete(request.Method) && (request.ContentLength is null or 0) && request.ContentType is null) return null;
        // A form cannot send JSON, or lines of it, and a script on another page may not.
        return request.HasJsonContentType() || IsLines(request) || ConfirmationEndpoints.IsMessage(request)
            || StatementEndpoints.IsFile(request) ? null
            : Problems.Of(415, "json-required", "The content is not JSON.", request.Path.StartsWithSegments("/v1/usage/events", StringComparison.OrdinalIgnoreCase)
                ? "Send it as application/cloudevents+json, application/cloudevents-batch+json, application/x-ndjson, or application/json with ce- headers."
                : "Send it with Content-Type: application/json.");
    }

    private static bool IsLines(HttpRequest request) =>
        request.ContentType?.Split(';')[0].Trim().Equals("application/x-ndjson", StringComparison.OrdinalIgnoreCase) == true;

    private static bool FromElsewhere(HttpRequest request)
    {
        var site = request.Headers["Sec-Fetch-Site"];
        if (!StringValues.IsNullOrEmpty(site) && site != "same-origin" && site != "none") return true;
        var origin = request.Headers.Origin;
        return !StringValues.IsNullOrEmpty(origin)
            && !string.Equals(origin, $"{request.Scheme}://{request.Host}", StringComparison.OrdinalIgnoreCase);
    }
}
