using Tieout.Connectors.Http;
using Tieout.Connectors.Port;

namespace Tieout.Connectors.Dynamics;

/// <summary>What became of one call.</summary>
internal abstract record DynamicsReply
{
    private DynamicsReply() { }

    /// <summary>What Dynamics means by it.</summary>
    public static DynamicsReply Of(HttpReply reply) => reply switch
    {
        HttpReply.Answered answered => new Answered(answered.Status, answered.Body, answered.ContentType, answered.RetryAfter),
        HttpReply.Silent silent => new Silent(silent.Reason, silent.InTime),
        HttpReply.NeverLeft never => new NeverLeft(never.Reason, never.RetryAfter),
        _ => throw new InvalidOperationException("Unknown reply."),
    };

    /// <summary>A whole HTTP answer.</summary>
    /// <param name="Status">HTTP status.</param>
    /// <param name="Body">Byte for byte.</param>
    /// <param name="ContentType">As told; a batch names its boundary there.</param>
    /// <param name="RetryAfter">What the server asks us to wait; null when it does not say.</param>
    public sealed record Answered(int Status, byte[] Body, string ContentType, TimeSpan? RetryAfter) : DynamicsReply
    {
        /// <summary>The error that the answer tells; null when it tells none that can be read.</summary>
        public DynamicsError? Error { get; } = Status >= 400 ? DynamicsError.Read(Body) : null;

        /// <summary>
        /// Why the call was certainly not processed, by nobody's fault but the way's: throttled, not logged in, not allowed, not
        /// available. Null when it was processed, or may have been, or Dynamics says no to the content.
        /// </summary>
        public string? NotNow => Status switch
        {
            429 => "Dynamics 365 takes no more calls for now (429, resource limits of the environment).",
            401 => "Dynamics 365 does not accept our access token (401).",
            403 => "The user of our application in Dynamics 365 is not allowed to do this (403).",
            503 when RetryAfter is not null => "Dynamics 365 is not available for now (503).",
            _ when HttpTrouble.CertainlyNotProcessed(Status, RetryAfter) && Error is null =>
                $"The service does not take the call (HTTP {Status}); check the url of the target.",
            _ => null,
        };

        /// <summary>True when Dynamics itself, not a gateway, says no to the content of the call: nothing was done.</summary>
        public bool SaysNo => Error is not null && NotNow is null && HttpTrouble.CertainlyNotProcessed(Status, RetryAfter);

        /// <summary>True for any success.</summary>
        public bool Done => Status is >= 200 and < 300;
    }

    /// <summary>The call went out, perhaps in part, and no whole answer came back.</summary>
    /// <param name="Reason">In plain words.</param>
    /// <param name="InTime">False when the time-out struck: the next call would wait as long.</param>
    public sealed record Silent(string Reason, bool InTime) : DynamicsReply;

    /// <summary>Not one byte of the call reached Dynamics: no connection, or no access token for it.</summary>
    public sealed record NeverLeft(string Reason, TimeSpan? RetryAfter = null) : DynamicsReply;
}
