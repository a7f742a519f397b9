using System.Text.Json;
using Tieout.Connectors.Port;

namespace Tieout.Connectors.Tryton;

/// <summary>What became of one call.</summary>
internal abstract record TrytonReply
{
    private TrytonReply() { }

    /// <summary>Done and committed.</summary>
    public sealed record Done(JsonElement Result) : TrytonReply;

    /// <summary>The ERP itself said no in words of the trade. The whole call was rolled back.</summary>
    public sealed record Refused(TrytonError Error) : TrytonReply;

    /// <summary>Certainly nothing was done; may be repeated after a pause.</summary>
    public sealed record NotDone(string Reason, TimeSpan? RetryAfter = null) : TrytonReply;

    /// <summary>It may have been done or not.</summary>
    public sealed record Silent(string Reason) : TrytonReply;

    /// <summary>A whole HTTP answer.</summary>
    public static TrytonReply Of(int status, byte[] body, TimeSpan? retryAfter)
    {
        if (status == 200) return Read(body);
        if (!HttpTrouble.CertainlyNotProcessed(status, retryAfter)) return new Silent($"Tryton answered with HTTP {status}.");
        return new NotDone(
            status switch
            {
                401 => "Tryton does not accept the user and password (401).",
                403 => "Tryton does not offer this call to us (403); are the modules account and account_invoice active?",
                404 => "Tryton does not know the database in the target's url (404).",
                429 => "Tryton asks us to slow down (429); after many wrong passwords it refuses even the right one for a while.",
                503 => "Tryton is not available for now (503).",
                _ => $"Tryton does not take the call (HTTP {status}); check the url of the target.",
            },
            retryAfter);
    }

    // Errors come with HTTP 200 too. Anything that is not an answer of the protocol leaves the outcome open.
    private static TrytonReply Read(byte[] body)
    {
        try
        {
            var answer = JsonElement.Parse(body);
            if (answer.TryGetProperty("error", out var error)) return TrytonError.Of(error);
            return answer.TryGetProperty("result", out var result) ? new Done(result) : new Silent("Tryton's answer has neither result nor error.");
        }
        catch (Exception broken) when (broken is JsonException or InvalidOperationException or IndexOutOfRangeException)
        {
            return new Silent($"Tryton's answer cannot be read: {broken.Message}");
        }
    }
}

/// <summary>How an error is named.</summary>
internal enum TrytonErrorKind
{
    /// <summary>A rule of the ERP's models.</summary>
    User,

    /// <summary>A question to the user; answered beforehand or refused.</summary>
    Warning,

    /// <summary>A bare Python text: an error nobody foresaw. It may have come up after the commit.</summary>
    Unforeseen,
}

/// <summary>An error as the ERP worded it.</summary>
/// <param name="Kind">How it is named.</param>
/// <param name="Text">Its message, without the kilobytes of rules that follow it.</param>
/// <param name="Warning">The name a warning is answered by; empty for other kinds.</param>
internal sealed record TrytonError(TrytonErrorKind Kind, string Text, string Warning = "")
{
    // Rolled back by the database; Tryton gives them on without a kind, after repeating five times by itself.
    private static readonly string[] RepeatTexts =
    [
        "could not obtain lock", "could not serialize access", "deadlock detected", "could not connect", "connection refused",
        "connection pool exhausted", "too many clients", "remaining connection slots", "the database system is", "no space left",
        "canceling statement",
    ];

    // The database went away, perhaps in the middle of a commit.
    private static readonly string[] UnknownTexts =
    [
        "server closed the connection", "connection already closed", "terminating connection", "connection has been closed",
        "could not receive data", "EOF detected",
    ];

    /// <summary>
    /// <c>["UserError",[text,description,rules]]</c>, <c>["UserWarning",[name,text,description]]</c>,
    /// <c>["ConcurrencyException",text]</c>, or <c>[python text,trace]</c>.
    /// </summary>
    public static TrytonReply Of(JsonElement error)
    {
        var kind = error[0].ValueKind == JsonValueKind.String ? ErpWords.Of(error[0]) : "";
        switch (kind)
        {
            case "UserError": return new TrytonReply.Refused(new TrytonError(TrytonErrorKind.User, Joined(error[1], 0)));
            case "UserWarning": return new TrytonReply.Refused(new TrytonError(TrytonErrorKind.Warning, Joined(error[1], 1), error[1][0].GetString() ?? ""));
            case "ConcurrencyException":
                return new TrytonReply.NotDone(
                    $"Somebody else changed the record meanwhile: {(error[1].ValueKind == JsonValueKind.String ? ErpWords.Of(error[1]) : error[1])}");
        }
        var text = kind.Trim();
        if (RepeatTexts.Any(known => text.Contains(known, StringComparison.OrdinalIgnoreCase)))
            return new TrytonReply.NotDone($"Tryton's database was busy or not there: {text}");
        return UnknownTexts.Any(known => text.Contains(known, StringComparison.OrdinalIgnoreCase))
            ? new TrytonReply.Silent($"Tryton lost its database: {text}")
            : new TrytonReply.Refused(new TrytonError(TrytonErrorKind.Unforeseen, text));
    }

    private static string Joined(JsonElement parts, int from) =>
        string.Join(" ", parts.EnumerateArray().Skip(from).Take(2).Where(part => part.ValueKind == JsonValueKind.String).Select(ErpWords.Of)).Trim();
}
