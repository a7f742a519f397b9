using System.Text.Json;

namespace Tieout.Sandbox.NetSuite;

/// <summary>An error as NetSuite tells it.</summary>
/// <param name="Status">HTTP status.</param>
/// <param name="Code"><c>o:errorCode</c>.</param>
/// <param name="Detail">For a person.</param>
/// <param name="Path">The field, such as <c>line.items[0].account</c>; empty for none.</param>
/// <param name="Place">What <paramref name="Path"/> is a path in.</param>
internal sealed record NetSuiteProblem(int Status, string Code, string Detail, string Path = "", string Place = "o:errorPath")
{
    public const string ContentType = "application/vnd.oracle.resource+json; type=error";

    /// <summary>A value that leads nowhere.</summary>
    public static NetSuiteProblem NoSuch(string field, string value, string path) =>
        new(400, "INVALID_CONTENT", $"Error while accessing resource: You have entered an Invalid Field Value {value} for the following field: {field}", path);

    /// <summary>What the record itself refuses.</summary>
    public static NetSuiteProblem User(string detail) => new(400, "USER_ERROR", $"Error while accessing a resource. {detail}");

    /// <summary>The answer's body.</summary>
    public byte[] Body()
    {
        Dictionary<string, string> detail = new(StringComparer.Ordinal) { ["detail"] = Detail };
        if (Path.Length > 0) detail[Place] = Path;
        detail["o:errorCode"] = Code;
        return JsonSerializer.SerializeToUtf8Bytes(new Dictionary<string, object>(StringComparer.Ordinal)
        {
            ["type"] = "https://www.w3.org/Protocols/rfc2616/rfc2616-sec10.html",
            ["title"] = Title(Status),
            ["status"] = Status,
            ["o:errorDetails"] = new[] { detail },
        });
    }

    private static string Title(int status) => status switch
    {
        401 => "Unauthorized",
        405 => "Method Not Allowed",
        429 => "Too Many Requests",
        500 => "Internal Server Error",
        _ => "Bad Request",
    };
}
