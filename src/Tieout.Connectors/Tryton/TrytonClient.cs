using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Tieout.Connectors.Port;

namespace Tieout.Connectors.Tryton;

/// <summary>
/// JSON-RPC as Tryton speaks it: log-in once, a session after that. Knows nothing of invoices. Safe for several callers at once.
/// </summary>
internal sealed class TrytonClient : IDisposable
{
    // A page of 500 invoices with their move lines is some 2 MB.
    private const int LargestAnswer = 128 * 1024 * 1024;

    private static readonly JsonSerializerOptions Plain = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private readonly TargetSettings _target;
    private readonly TimeProvider _clock;
    private readonly HttpClient _http;
    private readonly SemaphoreSlim _door = new(1, 1);
    private volatile Session? _session;

    public TrytonClient(TargetSettings target, TimeProvider clock)
    {
        (_target, _clock) = (target, clock);
        _http = new HttpClient(
            new SocketsHttpHandler
            {
                UseCookies = false,
                AllowAutoRedirect = false, // a redirect would take our session along
                // Earlier than the call's own limit, so that a host that never picks up is told from an answer that never comes.
                ConnectTimeout = target.Timeout / 2,
                AutomaticDecompression = DecompressionMethods.GZip | DecompressionMethods.Deflate,
            })
        {
            Timeout = Timeout.InfiniteTimeSpan, // every call is timed by the target's own clock and limit
            MaxResponseContentBufferSize = LargestAnswer,
        };
    }

    /// <summary>
    /// Calls a method of a model, such as <c>account.invoice.post</c>; <paramref name="context"/> goes last, always. Without a
    /// log nothing is recorded. The log's own exceptions pass through: what cannot be recorded is not sent.
    /// </summary>
    public async Task<TrytonReply> Call(string method, JsonArray arguments, JsonObject context, IExchangeLog? log, CancellationToken cancel)
    {
        arguments.Add((JsonNode)context);
        var body = Body("model." + method, arguments);
        var (session, trouble) = await LogIn(null, cancel);
        if (session is null) return trouble!;
        var (reply, gone) = await Recorded(method, body, session, log, cancel);
        if (!gone) return reply;

        // 401: the session ended, which `post` is told of after idleness; nothing was done. Once more under a new one, not oftener.
        (session, trouble) = await LogIn(session, cancel);
        return session is null ? trouble! : (await Recorded(method, body, session, log, cancel)).Reply;
    }

    /// <summary>A question that changes nothing.</summary>
    /// <exception cref="NotAnsweredException">Anything but an answer.</exception>
    public async Task<JsonElement> Ask(string method, JsonArray arguments, JsonObject context, IExchangeLog? log, CancellationToken cancel) =>
        await Call(method, arguments, context, log, cancel) switch
        {
            TrytonReply.Done done => done.Result,
            TrytonReply.NotDone not => throw new NotAnsweredException(not.Reason, not.RetryAfter),
            TrytonReply.Silent silent => throw new NotAnsweredException(silent.Reason),
            TrytonReply.Refused refused => throw new NotAnsweredException($"Tryton refused a question: {refused.Error.Text}"),
            _ => throw new InvalidOperationException("Unknown reply."),
        };

    /// <summary>Rows that fit all conditions, in the order asked for; without one the ERP gives newest first.</summary>
    /// <exception cref="NotAnsweredException">Anything but an answer, or one with other rows than expected.</exception>
    public async Task<IReadOnlyList<T>> Rows<T>(string model, RowQuery query, Func<JsonElement, T> read, JsonObject context, IExchangeLog? log, CancellationToken cancel)
    {
        JsonArray arguments = [TrytonValues.List(query.Conditions), 0, query.Limit, TrytonValues.List(query.Order), TrytonValues.List(query.Fields)];
        var rows = await Ask(model + ".search_read", arguments, context, log, cancel);
        try
        {
            return [.. rows.EnumerateArray().Select(read)];
        }
        catch (Exception strange) when (strange is KeyNotFoundException or InvalidOperationException or FormatException)
        {
            throw new NotAnsweredException($"Tryton's answer about {model} cannot be understood: {strange.Message}", strange);
        }
    }

    /// <summary>Our user's id; warnings are answered under it. Known after the first call.</summary>
    public long UserId => _session?.User ?? throw new InvalidOperationException("Nobody is logged in yet.");

    public void Dispose()
    {
        _http.Dispose();
        _door.Dispose();
    }

    /// <summary>
    /// The session, or why there is none. Of many callers whose session ended one logs in and the others wait for it: wrong
    /// tries are punished by the ERP, and every log-in costs it 0.2 s. Never recorded: the password is in it.
    /// </summary>
    private async Task<(Session? Session, TrytonReply? Trouble)> LogIn(Session? ended, CancellationToken cancel)
    {
        if (_session is { } current && !ReferenceEquals(current, ended)) return (current, null);
        await _door.WaitAsync(cancel);
        try
        {
            if (_session is { } fresh && !ReferenceEquals(fresh, ended)) return (fresh, null);
            JsonArray arguments = [_target.User, new JsonObject { ["password"] = _target.Password }, "en"];
            var (reply, _) = await Send(Body("common.db.login", arguments), null, cancel);
            switch (reply.Reading)
            {
                case TrytonReply.Done { Result: { ValueKind: JsonValueKind.Array } result } when result.GetArrayLength() >= 2:
                    _session = Session.Of(_target.User, result[0].GetInt64(), result[1].ToString());
                    return (_session, null);
                // Whatever became of a log-in, it booked nothing.
                case TrytonReply.Silent silent: return (null, new TrytonReply.NotDone(silent.Reason));
                case TrytonReply.NotDone not: return (null, not);
                default: return (null, new TrytonReply.NotDone("Tryton's answer to the log-in cannot be understood."));
            }
        }
        finally
        {
            _door.Release();
        }
    }

    /// <summary>Question on disk, then the call, then the answer on disk. The session's key travels in a header and is never part of it.</summary>
    private async Task<(TrytonReply Reply, bool SessionGone)> Recorded(string method, byte[] body, Session session, IExchangeLog? log, CancellationToken cancel)
    {
        if (log is null)
        {
            var (unrecorded, isGone) = await Send(body, session, cancel);
            return (unrecorded.Reading, isGone);
        }

        var exchange = await log.Began(method, body, cancel);
        Answer answer;
        bool gone;
        try
        {
            (answer, gone) = await Send(body, session, cancel);
        }
        catch (OperationCanceledException)
        {
            await log.Ended(exchange, null, default, "We stopped waiting: cancelled.", CancellationToken.None);
            throw;
        }
        await log.Ended(exchange, answer.Status, answer.Body, answer.Failure, cancel);
        return (answer.Reading, gone);
    }

    private async Task<(Answer Answer, bool SessionGone)> Send(byte[] body, Session? session, CancellationToken cancel)
    {
        using var limit = new CancellationTokenSource(_target.Timeout, _clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancel);
        using var request = new HttpRequestMessage(HttpMethod.Post, _target.Url)
        {
            Content = new ByteArrayContent(body) { Headers = { { "Content-Type", "application/json" } } },
            // A connection per call, as the stock server wants it anyway. A kept one that the server is just closing would end
            // a post in doubt for nothing, or be repeated by HttpClient behind our back.
            Headers = { ConnectionClose = true, Authorization = session?.Header },
        };
        try
        {
            using var response = await _http.SendAsync(request, HttpCompletionOption.ResponseContentRead, either.Token);
            var bytes = await response.Content.ReadAsByteArrayAsync(either.Token);
            var status = (int)response.StatusCode;
            return (new Answer(TrytonReply.Of(status, bytes, HttpTrouble.RetryAfter(response, _clock)), status, bytes, null), status == 401 && session is not null);
        }
        catch (OperationCanceledException) when (!cancel.IsCancellationRequested)
        {
            return limit.IsCancellationRequested
                ? (Answer.None(new TrytonReply.Silent($"No answer within {_target.Timeout.TotalSeconds:0.###} seconds.")), false)
                : (Answer.None(new TrytonReply.NotDone("Tryton cannot be reached: it did not accept a connection in time.")), false);
        }
        catch (HttpRequestException broken)
        {
            return HttpTrouble.NeverLeft(broken)
                ? (Answer.None(new TrytonReply.NotDone($"Tryton cannot be reached: {broken.Message}")), false)
                : (Answer.None(new TrytonReply.Silent($"The connection broke: {broken.Message}")), false);
        }
    }

    // Exactly these keys: with any other, Tryton answers in another form, errors as HTTP 400 or 500 with a web page.
    private static byte[] Body(string method, JsonArray parameters) =>
        JsonSerializer.SerializeToUtf8Bytes(new JsonObject { ["id"] = 1, ["method"] = method, ["params"] = parameters }, Plain);

    private sealed record Session(long User, AuthenticationHeaderValue Header)
    {
        public static Session Of(string login, long user, string key) =>
            new(user, new AuthenticationHeaderValue("Session", Convert.ToBase64String(Encoding.UTF8.GetBytes(FormattableString.Invariant($"{login}:{user}:{key}")))));
    }

    private sealed record Answer(TrytonReply Reading, int? Status, byte[] Body, string? Failure)
    {
        public static Answer None(TrytonReply reading) =>
            new(reading, null, [], reading switch { TrytonReply.Silent silent => silent.Reason, TrytonReply.NotDone not => not.Reason, _ => null });
    }
}

/// <summary>What to search for.</summary>
/// <param name="Conditions">All must hold.</param>
/// <param name="Fields">What to read; a dotted one is read through a reference.</param>
internal sealed record RowQuery(IReadOnlyList<JsonNode> Conditions, IReadOnlyList<string> Fields)
{
    /// <summary>Field and direction.</summary>
    public IReadOnlyList<JsonArray> Order { get; init; } = [];

    /// <summary>At most so many rows; null for all.</summary>
    public int? Limit { get; init; }
}

/// <summary>A question that changes nothing got no answer; the message says why.</summary>
internal sealed class NotAnsweredException : Exception
{
    public NotAnsweredException(string message, TimeSpan? retryAfter) : base(message) => RetryAfter = retryAfter;

    public NotAnsweredException(string message) : base(message) { }

    public NotAnsweredException(string message, Exception inner) : base(message, inner) { }

    public NotAnsweredException() { }

    /// <summary>What the ERP asks us to wait; null when it does not say.</summary>
    public TimeSpan? RetryAfter { get; }
}
