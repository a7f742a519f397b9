using System.Text.Json;
using System.Text.Json.Nodes;
using Tieout.Connectors.Http;
using Tieout.Connectors.Port;

namespace Tieout.Connectors.Odoo;

/// <summary>A call of a model's method.</summary>
/// <param name="Model">Such as <c>account.move</c>.</param>
/// <param name="Method">Such as <c>action_post</c>.</param>
/// <param name="Args">By position; of a method of records, the ids come first.</param>
/// <param name="Named">By name, the context among them.</param>
internal sealed record OdooCall(string Model, string Method, JsonArray Args, JsonObject Named);

/// <summary>
/// JSON-RPC as Odoo speaks it: everything is HTTP 200, errors are objects, and each call is a transaction of its own. The API key stands in
/// every call; what is recorded is the call without it. It is safe for several callers at once.
/// </summary>
internal sealed class OdooClient : IDisposable
{
    private const int LargestAnswer = 256 * 1024 * 1024;

    private readonly OdooSettings _settings;
    private readonly ErpHttp _http;
    private readonly SemaphoreSlim _gate = new(1, 1);
    private long _calls;
    private volatile User? _user;

    public OdooClient(OdooSettings settings, TimeProvider clock)
    {
        _settings = settings;
        _http = new ErpHttp("Odoo", settings.Target, clock, LargestAnswer);
    }

    /// <summary>
    /// Calls a method; never answers <see cref="OdooReply.LoggedOut"/>, because it logs in again once: under the old log-in nothing was done.
    /// Without a log nothing is recorded.
    /// </summary>
    public async Task<OdooReply> Call(string operation, OdooCall call, IExchangeLog? log, CancellationToken cancel)
    {
        var question = Question(call);
        User? spent = null;
        while (true)
        {
            var (user, trouble) = await LogIn(spent, cancel);
            if (trouble is not null)
            {
                await ErpHttp.NotAsked(operation, question, trouble.Reason, log, cancel);
                return trouble;
            }
            var reply = await Sent(Body(call, user!), cancel, operation, question, log);
            if (reply is not OdooReply.LoggedOut ended) return reply;
            if (spent is not null) return new OdooReply.NotNow(ended.Reason);
            spent = user;
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _gate.Dispose();
        _http.Dispose();
    }

    /// <summary>The user's id, asked for once and again after a log-in was refused.</summary>
    private async Task<(User? User, OdooReply.NotNow? Trouble)> LogIn(User? spent, CancellationToken cancel)
    {
        if (_user is { } kept && kept != spent) return (kept, null);
        await _gate.WaitAsync(cancel);
        try
        {
            // Somebody else may have done so while we waited.
            if (_user is { } fresh && fresh != spent) return (fresh, null);
            var arguments = new JsonArray(_settings.Database, _settings.Target.User, _settings.Target.Password, new JsonObject());
            return await Sent(id => Envelope(id, "common", "authenticate", writer => arguments.WriteTo(writer)), cancel) switch
            {
                OdooReply.Done { Result.ValueKind: JsonValueKind.Number } done => (_user = new User(done.Result.GetInt64()), null),
                OdooReply.Done { Result.ValueKind: JsonValueKind.False } or OdooReply.LoggedOut => None(
                    "Odoo does not accept our log-in. Check database, user and API key, and that the key has not expired."),
                OdooReply.Refused refused => None($"Odoo refused the log-in ({refused.Error.Name}). Check the option database."),
                OdooReply.NotNow not => (null, not),
                // Only the log-in went out; nothing of the call itself did.
                OdooReply.Silent silent => None($"Odoo did not answer the log-in: {silent.Reason}"),
                _ => None("Odoo's answer to the log-in cannot be read."),
            };
        }
        finally
        {
            _gate.Release();
        }

        static (User?, OdooReply.NotNow?) None(string reason) => (null, new OdooReply.NotNow(reason));
    }

    // Without a log it is the log-in, which is never recorded.
    private async Task<OdooReply> Sent(
        Func<long, byte[]> body, CancellationToken cancel, string operation = "", byte[]? question = null, IExchangeLog? log = null)
    {
        var id = Interlocked.Increment(ref _calls);
        HttpRequestMessage Request() => new(HttpMethod.Post, _settings.Address) { Content = Json(body(id)) };
        return await _http.Recorded(operation, question, Request, log, cancel) switch
        {
            HttpReply.Answered answered => OdooAnswer.Read(answered.Status, answered.Body, answered.RetryAfter, id),
            HttpReply.Silent silent => new OdooReply.Silent(silent.Reason),
            HttpReply.NeverLeft never => new OdooReply.NotNow(never.Reason),
            _ => throw new InvalidOperationException("Unknown reply."),
        };
    }

    private Func<long, byte[]> Body(OdooCall call, User user) => id => Envelope(id, "object", "execute_kw", writer =>
    {
        writer.WriteStartArray();
        writer.WriteStringValue(_settings.Database);
        writer.WriteNumberValue(user.Id);
        writer.WriteStringValue(_settings.Target.Password);
        writer.WriteStringValue(call.Model);
        writer.WriteStringValue(call.Method);
        call.Args.WriteTo(writer);
        call.Named.WriteTo(writer);
        writer.WriteEndArray();
    });

    private static byte[] Envelope(long id, string service, string method, Action<Utf8JsonWriter> arguments)
    {
        using var bytes = new MemoryStream();
        using (var writer = new Utf8JsonWriter(bytes))
        {
            writer.WriteStartObject();
            writer.WriteString("jsonrpc", "2.0");
            writer.WriteString("method", "call");
            writer.WriteNumber("id", id);
            writer.WriteStartObject("params");
            writer.WriteString("service", service);
            writer.WriteString("method", method);
            writer.WritePropertyName("args");
            arguments(writer);
            writer.WriteEndObject();
            writer.WriteEndObject();
        }
        return bytes.ToArray();
    }

    private static byte[] Question(OdooCall call)
    {
        using var bytes = new MemoryStream();
        using (var writer = new Utf8JsonWriter(bytes))
        {
            writer.WriteStartObject();
            writer.WriteString("model", call.Model);
            writer.WriteString("method", call.Method);
            writer.WritePropertyName("args");
            call.Args.WriteTo(writer);
            writer.WritePropertyName("kwargs");
            call.Named.WriteTo(writer);
            writer.WriteEndObject();
        }
        return bytes.ToArray();
    }

    private static ByteArrayContent Json(byte[] body) => new(body) { Headers = { { "Content-Type", "application/json" } } };

    private sealed class User(long id)
    {
        public long Id { get; } = id;
    }
}
