using System.Text.Json;
using Tieout.Connectors.Port;

namespace Tieout.Connectors.Odoo;

/// <summary>Reads the answer to a call. What nobody can read leaves the call in doubt.</summary>
internal static class OdooAnswer
{
    /// <summary>What an HTTP answer says.</summary>
    /// <param name="status">HTTP status; Odoo itself always gives 200, others come from what stands before it.</param>
    /// <param name="body">Byte for byte.</param>
    /// <param name="retryAfter">What the server asks us to wait; null when it does not say.</param>
    /// <param name="id">Of our call; an answer to another one is none.</param>
    public static OdooReply Read(int status, byte[] body, TimeSpan? retryAfter, long id) => status switch
    {
        200 => Object(body, id),
        429 => new OdooReply.NotNow("Odoo takes no more calls for now (429).", retryAfter),
        503 when retryAfter is not null => new OdooReply.NotNow("Odoo is not available for now (503).", retryAfter),
        _ when HttpTrouble.CertainlyNotProcessed(status, retryAfter) =>
            new OdooReply.NotNow($"The service does not take the call (HTTP {status}); check the url of the target.", retryAfter),
        _ => new OdooReply.Silent($"Odoo answered with HTTP {status}."),
    };

    private static OdooReply Object(byte[] body, long id)
    {
        try
        {
            using var json = JsonDocument.Parse(body);
            var root = json.RootElement;
            if (root.GetProperty("id").GetInt64() != id) return new OdooReply.Silent("The answer of Odoo is not about our call.");
            if (root.TryGetProperty("error", out var error)) return Error(OdooError.Of(error));
            // A method that gives nothing has no result at all.
            return new OdooReply.Done(root.TryGetProperty("result", out var result) ? result.Clone() : default);
        }
        catch (Exception broken) when (broken is JsonException or KeyNotFoundException or InvalidOperationException or FormatException)
        {
            return new OdooReply.Silent("The answer of Odoo cannot be read.");
        }
    }

    private static OdooReply Error(OdooError error) =>
        error.IsLogin ? new OdooReply.LoggedOut("Odoo does not accept our log-in (any more).")
        : error.IsRight ? new OdooReply.NotNow($"Our user in Odoo is not allowed to do this: {error.Message}", Right: true)
        : new OdooReply.Refused(error);
}
