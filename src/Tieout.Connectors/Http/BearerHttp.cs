using System.Net.Http.Headers;
using Tieout.Connectors.Port;

namespace Tieout.Connectors.Http;

/// <summary>Recorded calls with an access token. It owns neither the way nor the tokens.</summary>
/// <param name="http">The way.</param>
/// <param name="tokens">The log-in.</param>
internal sealed class BearerHttp(ErpHttp http, AccessTokens tokens)
{
    /// <summary>With a token; a token that is no longer taken is fetched anew once, for nothing was done under the old one.</summary>
    /// <param name="operation">What is done, in the words of the log.</param>
    /// <param name="question">What is recorded as asked.</param>
    /// <param name="make">Makes the request, but for its token.</param>
    /// <param name="log">Null: nothing is recorded.</param>
    /// <param name="cancel">Ends the waiting.</param>
    /// <param name="told">What of an answer is kept as evidence; the body where it is left out.</param>
    public async Task<HttpReply> Ask(
        string operation, byte[] question, Func<HttpRequestMessage> make, IExchangeLog? log, CancellationToken cancel,
        Func<HttpReply.Answered, byte[]>? told = null)
    {
        string? spent = null;
        while (true)
        {
            var login = await tokens.Token(spent, cancel);
            if (login.Trouble is { } trouble)
            {
                await ErpHttp.NotAsked(operation, question, trouble.Reason, log, cancel);
                return trouble;
            }
            HttpRequestMessage Request()
            {
                var request = make();
                request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", login.Token);
                return request;
            }
            var reply = await http.Recorded(operation, question, Request, log, cancel, told);
            if (spent is not null || reply is not HttpReply.Answered { Status: 401 }) return reply;
            spent = login.Token;
        }
    }
}
