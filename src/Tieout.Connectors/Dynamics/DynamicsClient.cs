using System.Text;
using Tieout.Connectors.Http;
using Tieout.Connectors.Port;

namespace Tieout.Connectors.Dynamics;

/// <summary>
/// HTTP as finance and operations apps speak it: bearer token, OData, <c>$batch</c>. Knows nothing of invoices. It is safe for several
/// callers at once.
/// </summary>
internal sealed class DynamicsClient : IDisposable
{
    private const int LargestAnswer = 256 * 1024 * 1024; // a page of 10,000 journal lines is some 5 megabytes

    private readonly DynamicsSettings _settings;
    private readonly TimeProvider _clock;
    private readonly ErpHttp _http;
    private readonly AccessTokens _tokens;
    private readonly BearerHttp _bearer;

    public DynamicsClient(DynamicsSettings settings, TimeProvider clock)
    {
        (_settings, _clock) = (settings, clock);
        _http = new ErpHttp("The address", settings.Target, clock, LargestAnswer);
        _tokens = new DynamicsLogin(settings, _http).Tokens(clock);
        _bearer = new BearerHttp(_http, _tokens);
    }

    /// <summary>Reads. Without a log nothing is recorded.</summary>
    public Task<DynamicsReply> Get(string operation, Uri address, IExchangeLog? log, CancellationToken cancel) =>
        LoggedIn(operation, log is null ? [] : Question("GET", address, []), () => new HttpRequestMessage(HttpMethod.Get, address), log, cancel);

    /// <summary>Carries out change sets, each as one.</summary>
    public Task<DynamicsReply> Batch(string operation, IReadOnlyList<IReadOnlyList<BatchOperation>> changeSets, IExchangeLog log, CancellationToken cancel)
    {
        var address = _settings.Address("/data/$batch");
        var boundary = "batch_" + Guid.CreateVersion7(_clock.GetUtcNow()).ToString("N");
        var body = ODataBatch.Write(boundary, changeSets);
        HttpRequestMessage Request()
        {
            var request = new HttpRequestMessage(HttpMethod.Post, address) { Content = Body(body, ODataBatch.ContentType(boundary)) };
            // Otherwise the first change set that fails ends the batch.
            request.Headers.Add("Prefer", "odata.continue-on-error");
            return request;
        }
        return LoggedIn(operation, Question("POST", address, body), Request, log, cancel);
    }

    /// <summary>Calls an action or a service.</summary>
    public Task<DynamicsReply> Post(string operation, Uri address, byte[] json, IExchangeLog log, CancellationToken cancel) =>
        LoggedIn(
            operation, Question("POST", address, json),
            () => new HttpRequestMessage(HttpMethod.Post, address) { Content = Body(json, "application/json;charset=utf-8") }, log, cancel);

    /// <summary>Deletes a row, if it is still the one we read.</summary>
    public Task<DynamicsReply> Delete(string operation, Uri address, string etag, IExchangeLog log, CancellationToken cancel)
    {
        HttpRequestMessage Request()
        {
            var request = new HttpRequestMessage(HttpMethod.Delete, address);
            request.Headers.TryAddWithoutValidation("If-Match", etag.Length > 0 ? etag : "*");
            return request;
        }
        return LoggedIn(operation, Question("DELETE", address, []), Request, log, cancel);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _tokens.Dispose();
        _http.Dispose();
    }

    private async Task<DynamicsReply> LoggedIn(
        string operation, byte[] question, Func<HttpRequestMessage> make, IExchangeLog? log, CancellationToken cancel)
    {
        HttpRequestMessage Request()
        {
            var request = make();
            request.Headers.TryAddWithoutValidation("Accept", "application/json, multipart/mixed");
            return request;
        }
        return DynamicsReply.Of(await _bearer.Ask(operation, question, Request, log, cancel));
    }

    private static byte[] Question(string method, Uri address, byte[] body) => [.. Encoding.UTF8.GetBytes($"{method} {address.PathAndQuery}\n\n"), .. body];

    private static ByteArrayContent Body(byte[] body, string type)
    {
        var content = new ByteArrayContent(body);
        content.Headers.TryAddWithoutValidation("Content-Type", type);
        return content;
    }
}
