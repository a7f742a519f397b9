using System.Text.Json;
using Tieout.Connectors.Port;

namespace Tieout.Connectors.Odoo;

/// <summary>What became of one call.</summary>
internal abstract record OdooReply
{
    private OdooReply() { }

    /// <summary>Carried out and committed.</summary>
    /// <param name="Result">What the method gave; undefined when it gave nothing, which Odoo leaves out.</param>
    public sealed record Done(JsonElement Result) : OdooReply;

    /// <summary>An error object: whatever the call began was rolled back.</summary>
    public sealed record Refused(OdooError Error) : OdooReply;

    /// <summary>Certainly not carried out, by nobody's fault but the way's: no connection, no log-in, throttled, no right to it.</summary>
    /// <param name="Reason">In plain words.</param>
    /// <param name="RetryAfter">What the server asks us to wait.</param>
    /// <param name="Right">Odoo answered that our user may not do this: with these records, or at all.</param>
    public sealed record NotNow(string Reason, TimeSpan? RetryAfter = null, bool Right = false) : OdooReply;

    /// <summary>The call went out, perhaps in part, and no whole answer came back.</summary>
    public sealed record Silent(string Reason) : OdooReply;

    /// <summary>Odoo does not know our log-in (any more); nothing was carried out.</summary>
    public sealed record LoggedOut(string Reason) : OdooReply;
}

/// <summary>Odoo's error object, which comes with HTTP 200.</summary>
/// <param name="Code">200 for most, 100 for an expired session.</param>
/// <param name="Name">Class of the exception, such as <c>odoo.exceptions.UserError</c>.</param>
/// <param name="Message">In the language of the call.</param>
internal sealed record OdooError(int Code, string Name, string Message)
{
    private static readonly string[] Busy =
        ["psycopg2.errors.SerializationFailure", "psycopg2.errors.LockNotAvailable", "psycopg2.errors.DeadlockDetected",
            "psycopg2.extensions.TransactionRollbackError"];

    /// <summary>Somebody else was at the same rows: the same call may be made again.</summary>
    public bool IsBusy => Busy.Contains(Name, StringComparer.Ordinal);

    /// <summary>The session or the key is not taken.</summary>
    public bool IsLogin => Code == 100 || Name is "odoo.exceptions.AccessDenied" or "odoo.http.SessionExpiredException";

    /// <summary>The user lacks a right; no document's fault.</summary>
    public bool IsRight => Name == "odoo.exceptions.AccessError";

    /// <summary>The row is not there.</summary>
    public bool IsMissing => Name == "odoo.exceptions.MissingError";

    /// <summary>Class and words, for the technical part of a finding.</summary>
    public string Text => $"{Name}: {Message}";

    /// <summary>Reads an error object.</summary>
    /// <exception cref="InvalidOperationException">It is none.</exception>
    /// <exception cref="KeyNotFoundException">It lacks what every one has.</exception>
    public static OdooError Of(JsonElement error)
    {
        var data = error.TryGetProperty("data", out var found) && found.ValueKind == JsonValueKind.Object ? found : default;
        string Word(string field) =>
            data.ValueKind == JsonValueKind.Object && data.TryGetProperty(field, out var text) && text.ValueKind == JsonValueKind.String ? ErpWords.Of(text) : "";
        var message = Word("message");
        return new OdooError(error.GetProperty("code").GetInt32(), Word("name"), message.Length > 0 ? message : ErpWords.Of(error.GetProperty("message")));
    }
}
