using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Tieout.Connectors.Http;
using Tieout.Connectors.Port;

namespace Tieout.Connectors.NetSuite;

/// <summary>
/// HTTP as SuiteTalk REST speaks it: bearer token, upsert under an external id, SuiteQL. Knows nothing of invoices. It is safe
/// for several callers at once.
/// </summary>
internal sealed class NetSuiteClient : IDisposable
{
    private const string Records = "/services/rest/record/v1/";
    private const string Queries = "/services/rest/query/v1/suiteql";
    private const int LargestAnswer = 64 * 1024 * 1024; // a page of 1000 rows is well below one megabyte

    private readonly NetSuiteSettings _settings;
    private readonly ErpHttp _http;
    private readonly AccessTokens _tokens;
    private readonly BearerHttp _bearer;

    public NetSuiteClient(NetSuiteSettings settings, TimeProvider clock)
    {
        _settings = settings;
        _http = new ErpHttp("NetSuite", settings.Target, clock, LargestAnswer);
        _tokens = new NetSuiteLogin(settings, clock).Tokens(_http);
        _bearer = new BearerHttp(_http, _tokens);
    }

    /// <summary>
    /// Creates or updates the record under an external id. The named sublist is replaced: without that, an update adds the lines
    /// to those that stand, and a repeat would double the document.
    /// </summary>
    public Task<NetSuiteReply> Upsert(
        string operation, string record, string externalId, string replace, byte[] json, IExchangeLog log, CancellationToken cancel)
    {
        var address = _settings.Address($"{Records}{record}/eid:{externalId}", replace.Length > 0 ? "replace=" + replace : "");
        HttpRequestMessage Request()
        {
            var request = new HttpRequestMessage(HttpMethod.Put, address) { Content = Json(json) };
            // By default a field NetSuite does not know is dropped in silence.
            request.Headers.Add("X-NetSuite-PropertyNameValidation", "Error");
            request.Headers.Add("X-NetSuite-PropertyValueValidation", "Error");
            return request;
        }
        return LoggedIn(operation, [.. Encoding.UTF8.GetBytes($"PUT {address.PathAndQuery}\n\n"), .. json], Request, log, cancel);
    }

    /// <summary>One page of a SuiteQL query. Without a log nothing is recorded.</summary>
    public Task<NetSuiteReply> Query(string operation, string query, int offset, IExchangeLog? log, CancellationToken cancel)
    {
        var body = JsonSerializer.SerializeToUtf8Bytes(new Dictionary<string, string>(StringComparer.Ordinal) { ["q"] = query });
        var address = _settings.Address(Queries, FormattableString.Invariant($"limit={_settings.PageSize}&offset={offset}"));
        HttpRequestMessage Request()
        {
            var request = new HttpRequestMessage(HttpMethod.Post, address) { Content = Json(body) };
            request.Headers.Add("Prefer", "transient"); // mandatory
            return request;
        }
        return LoggedIn(operation, log is null ? [] : [.. Encoding.UTF8.GetBytes($"POST {address.PathAndQuery}\n\n"), .. body], Request, log, cancel);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _tokens.Dispose();
        _http.Dispose();
    }

    private async Task<NetSuiteReply> LoggedIn(
        string operation, byte[] question, Func<HttpRequestMessage> make, IExchangeLog? log, CancellationToken cancel)
    {
        HttpRequestMessage Request()
        {
            var request = make();
            request.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue("application/json"));
            return request;
        }
        return NetSuiteReply.Of(await _bearer.Ask(operation, question, Request, log, cancel, Told));
    }

    /// <summary>An upsert is answered by an address alone, so that is the evidence.</summary>
    private static byte[] Told(HttpReply.Answered answered) => answered is { Body.Length: 0, Location.Length: > 0 }
        ? Encoding.UTF8.GetBytes($"Location: {answered.Location}")
        : answered.Body;

    private static ByteArrayContent Json(byte[] body) => new(body) { Headers = { { "Content-Type", "application/json" } } };
}
