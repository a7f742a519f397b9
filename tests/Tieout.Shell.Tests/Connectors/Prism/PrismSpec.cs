using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;
using Tieout.Sandbox;

namespace Tieout.Shell.Tests.Connectors.Prism;

/// <summary>An OpenAPI description and how a vendor's addresses lie in it.</summary>
/// <param name="File">Its name in <c>tests/prism/specs</c>.</param>
/// <param name="Base">What its paths leave out at the beginning.</param>
/// <param name="Outside">Patterns of paths that it does not describe, though the vendor has them.</param>
public sealed record PrismSpec(string File, string Base, IReadOnlyList<string> Outside)
{
    public bool IsOutside(SeenRequest request) => Outside.Any(pattern => Regex.IsMatch(
        Uri.UnescapeDataString(request.PathAndQuery.Split('?')[0]), pattern, RegexOptions.ExplicitCapture | RegexOptions.NonBacktracking));

    /// <summary>The request as the description writes its path.</summary>
    public SeenRequest Within(SeenRequest request) =>
        Base.Length > 0 && request.PathAndQuery.StartsWith(Base, StringComparison.Ordinal) ? request with { PathAndQuery = request.PathAndQuery[Base.Length..] } : request;

    /// <summary>The same for requests that are the same to the byte.</summary>
    public string Named(SeenRequest request)
    {
        var headers = string.Join('\n', request.Headers.Where(header => Told(header.Key)).OrderBy(header => header.Key, StringComparer.Ordinal));
        return $"{File} {request.Method} {request.PathAndQuery}\n{headers}\n{Convert.ToHexString(SHA256.HashData([.. Encoding.UTF8.GetBytes(""), .. request.Body]))}";
    }

    /// <summary>Headers that a description may speak of. The token itself is nobody's business but for its being there.</summary>
    public static bool Told(string header) => header is "prefer" or "content-type" or "accept" || header.StartsWith("x-netsuite", StringComparison.Ordinal);
}
