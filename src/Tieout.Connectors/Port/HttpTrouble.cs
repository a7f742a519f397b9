namespace Tieout.Connectors.Port;

/// <summary>What HTTP itself says about whether a call was processed; the same for every ERP.</summary>
internal static class HttpTrouble
{
    /// <summary>True when no connection came about: not one byte of the call reached the other side.</summary>
    public static bool NeverLeft(HttpRequestException broken) =>
        broken.HttpRequestError is HttpRequestError.NameResolutionError or HttpRequestError.ConnectionError
            or HttpRequestError.SecureConnectionError or HttpRequestError.ProxyTunnelError;

    /// <summary>
    /// True when an answer with this status says for certain that the call was not processed. 503 counts only with
    /// Retry-After: without it, it may come from a gateway that gave up waiting for an ERP that is still at work. 408 may
    /// come from one, too.
    /// </summary>
    public static bool CertainlyNotProcessed(int status, TimeSpan? retryAfter) => status switch
    {
        408 => false,
        503 => retryAfter is not null,
        >= 300 and < 500 => true,
        _ => false,
    };

    /// <summary>
    /// What the server asks us to wait; null when it does not say, never negative. An instant is measured against the answer's own Date, where it has one: this
    /// machine's clock may be another's (RFC 9110, 10.2.3).
    /// </summary>
    public static TimeSpan? RetryAfter(HttpResponseMessage answer, TimeProvider clock)
    {
        if (answer.Headers.RetryAfter is not { } wait) return null;
        var pause = wait.Delta ?? wait.Date - (answer.Headers.Date ?? clock.GetUtcNow()) ?? TimeSpan.Zero;
        return pause > TimeSpan.Zero ? pause : TimeSpan.Zero;
    }
}
