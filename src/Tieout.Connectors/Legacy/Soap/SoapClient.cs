using System.Net.Http.Headers;
using System.Text;
using System.Xml.Linq;
using Tieout.Connectors.Port;

namespace Tieout.Connectors.Legacy.Soap;

/// <summary>SOAP 1.1 over HTTP with a Basic log-in. Knows nothing of invoices. Safe for several callers at once.</summary>
internal sealed class SoapClient : IDisposable
{
    private readonly SoapSettings _settings;
    private readonly TimeProvider _clock;
    private readonly HttpClient _http;
    private readonly AuthenticationHeaderValue _login;

    public SoapClient(SoapSettings settings, TimeProvider clock)
    {
        (_settings, _clock) = (settings, clock);
        var target = settings.Target;
        _login = new("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"{target.User}:{target.Password}")));
        _http = new HttpClient(
            new SocketsHttpHandler
            {
                UseCookies = false,
                AllowAutoRedirect = false,               // would take our password along
                ConnectTimeout = target.Timeout / 2,     // earlier than the call's own limit: nobody there is told from no answer
                PooledConnectionIdleTimeout = TimeSpan.FromSeconds(20), // proxies cut idle lines
            })
        {
            Timeout = Timeout.InfiniteTimeSpan, // every call is timed by the target's own clock and limit
            MaxResponseContentBufferSize = LegacyLimits.LargestAnswer,
        };
    }

    /// <summary>Calls an operation; its name is that of the message. Without a log nothing is recorded.</summary>
    public async Task<SoapReply> Call(string operation, XElement message, IExchangeLog? log, CancellationToken cancel)
    {
        var envelope = SoapEnvelope.Write(message);
        var exchange = log is null ? default : await log.Began(operation, envelope, cancel);
        (int? Status, byte[] Body, SoapReply Reply) answer;
        try
        {
            answer = await Exchange(envelope, message.Name.LocalName, cancel);
        }
        catch (OperationCanceledException) when (log is not null)
        {
            await log.Ended(exchange, null, default, "We stopped waiting: cancelled.", CancellationToken.None);
            throw;
        }
        var failure = answer.Status is null ? answer.Reply switch { SoapReply.Silent silent => silent.Reason, SoapReply.NotNow not => not.Reason, _ => null } : null;
        if (log is not null) await log.Ended(exchange, answer.Status, answer.Body, failure, cancel);
        return answer.Reply;
    }

    public void Dispose() => _http.Dispose();

    private async Task<(int? Status, byte[] Body, SoapReply Reply)> Exchange(byte[] envelope, string operation, CancellationToken cancel)
    {
        using var limit = new CancellationTokenSource(_settings.Target.Timeout, _clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancel);
        using var request = new HttpRequestMessage(HttpMethod.Post, _settings.Address)
        {
            Content = new ByteArrayContent(envelope) { Headers = { { "Content-Type", "text/xml; charset=utf-8" } } },
            Headers = { { "SOAPAction", $"\"{SoapEnvelope.Erp.NamespaceName}/{operation}\"" } },
        };
        request.Headers.Authorization = _login;
        try
        {
            using var answer = await _http.SendAsync(request, HttpCompletionOption.ResponseContentRead, either.Token);
            var body = await answer.Content.ReadAsByteArrayAsync(either.Token);
            return ((int)answer.StatusCode, body, Meaning((int)answer.StatusCode, body, HttpTrouble.RetryAfter(answer, _clock), operation));
        }
        catch (OperationCanceledException) when (!cancel.IsCancellationRequested)
        {
            return (null, [], limit.IsCancellationRequested
                ? new SoapReply.Silent(FormattableString.Invariant($"No answer within {_settings.Target.Timeout.TotalSeconds:0.###} seconds."))
                : new SoapReply.NotNow("The ERP cannot be reached: it did not accept a connection in time."));
        }
        catch (HttpRequestException broken)
        {
            return (null, [], HttpTrouble.NeverLeft(broken)
                ? new SoapReply.NotNow($"The ERP cannot be reached: {broken.Message}")
                : new SoapReply.Silent($"The connection broke: {broken.Message}"));
        }
    }

    private static SoapReply Meaning(int status, byte[] body, TimeSpan? wait, string operation) => HttpTrouble.CertainlyNotProcessed(status, wait)
        ? new SoapReply.NotNow(
            status switch
            {
                401 => "The ERP does not accept the user and password (401).",
                403 => "The user is not allowed to use the service (403).",
                429 => "The ERP asks us to slow down (429).",
                503 => "The ERP is not available for now (503).",
                _ => FormattableString.Invariant($"The service does not take the call (HTTP {status}); check the url and path of the target."),
            }, wait)
        : SoapEnvelope.Read(status, body, operation + "Response");
}
