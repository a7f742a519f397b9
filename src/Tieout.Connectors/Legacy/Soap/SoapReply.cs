using System.Xml.Linq;

namespace Tieout.Connectors.Legacy.Soap;

/// <summary>What became of one call.</summary>
internal abstract record SoapReply
{
    private SoapReply() { }

    /// <summary>The message inside the answer, held against the schema.</summary>
    public sealed record Answered(XElement Message) : SoapReply;

    /// <summary>The service says that the call itself was wrong (SOAP fault <c>Client</c>): nothing was done.</summary>
    public sealed record Faulted(string Text) : SoapReply;

    /// <summary>Certainly nothing was done, and it may be asked again.</summary>
    public sealed record NotNow(string Reason, TimeSpan? RetryAfter = null) : SoapReply;

    /// <summary>The call went out, perhaps in part, and no usable answer came back.</summary>
    public sealed record Silent(string Reason) : SoapReply;
}
