namespace Tieout.Connectors.SapS4;

/// <summary>What became of one call.</summary>
internal abstract record SapReply
{
    private SapReply() { }

    /// <summary>A whole HTTP answer.</summary>
    /// <param name="Status">HTTP status.</param>
    /// <param name="Body">Byte for byte.</param>
    /// <param name="RetryAfter">What the server asks us to wait; null when it does not say.</param>
    public sealed record Answered(int Status, byte[] Body, TimeSpan? RetryAfter) : SapReply
    {
        /// <summary>
        /// Why the call was certainly not processed; null when it was or may have been. 503 counts only with Retry-After:
        /// without it, it may come from a gateway that gave up waiting for an SAP that is still at work.
        /// </summary>
        public string? NotProcessed => Status switch
        {
            401 => "SAP does not accept the user and password (401).",
            403 => "The user is not allowed to use this service (403).",
            408 => null,
            429 => "SAP asks us to slow down (429).",
            503 when RetryAfter is not null => "SAP is not available for now (503).",
            >= 300 and < 500 => $"The service does not take the call (HTTP {Status}); check the paths and the sap-client of the target.",
            _ => null,
        };
    }

    /// <summary>The call went out, perhaps in part, and no whole answer came back.</summary>
    public sealed record Silent(string Reason) : SapReply;

    /// <summary>No connection was made: not one byte of the call reached SAP.</summary>
    public sealed record NeverLeft(string Reason) : SapReply;
}
