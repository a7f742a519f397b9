using System.Text;
using System.Text.RegularExpressions;
using Tieout.Sandbox;

namespace Tieout.Shell.Tests.Connectors.Prism;

/// <summary>The requests inside an OData <c>$batch</c>, each as if it had come alone.</summary>
public static class BatchParts
{
    /// <summary>The request itself, or its parts.</summary>
    public static IEnumerable<SeenRequest> Of(SeenRequest request)
    {
        if (!request.PathAndQuery.EndsWith("$batch", StringComparison.Ordinal)) return [request];
        var text = Encoding.UTF8.GetString(request.Body);
        var parts = Regex.Matches(
            text, @"\r\n(?<method>GET|POST|PATCH|DELETE) (?<address>\S+) HTTP/1\.1\r\n(?<headers>.*?)\r\n\r\n(?<body>.*?)\r\n--",
            RegexOptions.Singleline | RegexOptions.ExplicitCapture, TimeSpan.FromSeconds(10));
        parts.Count.ShouldBeGreaterThan(0, "a batch without parts");
        return parts.Select(part => new SeenRequest(
            part.Groups["method"].Value, new Uri(part.Groups["address"].Value).PathAndQuery, Headers(request, part.Groups["headers"].Value),
            Encoding.UTF8.GetBytes(part.Groups["body"].Value)));
    }

    private static Dictionary<string, string> Headers(SeenRequest whole, string own)
    {
        var headers = own.Split("\r\n").Select(line => line.Split(':', 2)).ToDictionary(line => line[0].ToLowerInvariant(), line => line[1].Trim(), StringComparer.Ordinal);
        if (whole.Headers.TryGetValue("authorization", out var token)) headers["authorization"] = token;
        return headers;
    }
}
