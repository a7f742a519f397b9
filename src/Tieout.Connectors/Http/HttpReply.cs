namespace Tieout.Connectors.Http;

/// <summary>What became of one call over HTTP, whatever the ERP means by its answers.</summary>
internal abstract record HttpReply
{
    private HttpReply() { }

    /// <summary>A whole HTTP answer.</summary>
    /// <param name="Status">HTTP status.</param>
    /// <param name="Body">Byte for byte; may be empty.</param>
    /// <param name="ContentType">As told; empty when the answer tells none.</param>
    /// <param name="Location">As told; empty when the answer tells none.</param>
    /// <param name="RetryAfter">What the server asks us to wait; null when it does not say.</param>
    public sealed record Answered(int Status, byte[] Body, string ContentType, string Location, TimeSpan? RetryAfter) : HttpReply;

    /// <summary>The call went out, perhaps in part, and no whole answer came back.</summary>
    /// <param name="Reason">In plain words.</param>
    /// <param name="InTime">False when the time-out struck: the next call would wait as long.</param>
    public sealed record Silent(string Reason, bool InTime) : HttpReply;

    /// <summary>Not one byte of the call reached the other side: no connection, or no access token for it.</summary>
    public sealed record NeverLeft(string Reason, TimeSpan? RetryAfter = null) : HttpReply;
}
