using Tieout.Connectors.Http;
using Tieout.Connectors.Port;

namespace Tieout.Connectors.NetSuite;

/// <summary>What became of one call.</summary>
internal abstract record NetSuiteReply
{
    private NetSuiteReply() { }

    /// <summary>What NetSuite means by it.</summary>
    public static NetSuiteReply Of(HttpReply reply) => reply switch
    {
        HttpReply.Answered answered => new Answered(answered.Status, answered.Body, answered.Location, answered.RetryAfter),
        HttpReply.Silent silent => new Silent(silent.Reason, silent.InTime),
        HttpReply.NeverLeft never => new NeverLeft(never.Reason, never.RetryAfter),
        _ => throw new InvalidOperationException("Unknown reply."),
    };

    /// <summary>A whole HTTP answer.</summary>
    /// <param name="Status">HTTP status.</param>
    /// <param name="Body">Byte for byte; empty with 204.</param>
    /// <param name="Location">Address of the record written; empty when the answer has none.</param>
    /// <param name="RetryAfter">What the server asks us to wait; null when it does not say.</param>
    public sealed record Answered(int Status, byte[] Body, string Location, TimeSpan? RetryAfter) : NetSuiteReply
    {
        /// <summary>The error that the answer tells; null when it tells none that can be read.</summary>
        public NetSuiteError? Error { get; } = Status >= 400 ? NetSuiteError.Read(Body) : null;

        /// <summary>The internal id that ends <see cref="Location"/>; empty when there is none.</summary>
        public string InternalId => Location.Split('/')[^1] is var last && NetSuiteLimits.IsInternalId(last) ? last : "";

        /// <summary>
        /// Why the call was certainly not processed, by nobody's fault but the way's: throttled, not logged in, not allowed, not
        /// available. Null when it was processed, or may have been, or NetSuite says no to the content.
        /// </summary>
        public string? NotNow => Status switch
        {
            _ when Error?.IsThrottled == true => "NetSuite takes no more calls at once (concurrency limit of the account).",
            429 => "NetSuite takes no more calls at once (429).",
            401 => "NetSuite does not accept our access token (401).",
            403 => "The role of our integration is not allowed to do this (403).",
            _ when HttpTrouble.CertainlyNotProcessed(Status, RetryAfter) && Error is null =>
                $"The service does not take the call (HTTP {Status}); check the url of the target.",
            503 when RetryAfter is not null => "NetSuite is not available for now (503).",
            _ => null,
        };

        /// <summary>What to wait after <see cref="NotNow"/>; null leaves it to our own policy.</summary>
        public TimeSpan? Pause => RetryAfter ?? (Status == 429 || Error?.IsThrottled == true ? NetSuiteLimits.ConcurrencyPause : null);

        /// <summary>True when NetSuite itself, not a gateway, says no to the content of the call: nothing was done.</summary>
        public bool SaysNo => Error is not null && NotNow is null && HttpTrouble.CertainlyNotProcessed(Status, RetryAfter);
    }

    /// <summary>The call went out, perhaps in part, and no whole answer came back.</summary>
    /// <param name="Reason">In plain words.</param>
    /// <param name="InTime">False when the time-out struck: the next call would wait as long.</param>
    public sealed record Silent(string Reason, bool InTime) : NetSuiteReply;

    /// <summary>Not one byte of the call reached NetSuite: no connection, or no access token for it.</summary>
    public sealed record NeverLeft(string Reason, TimeSpan? RetryAfter = null) : NetSuiteReply;
}
