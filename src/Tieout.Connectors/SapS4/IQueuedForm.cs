using Tieout.Connectors.Port;

namespace Tieout.Connectors.SapS4;

/// <summary>The form of a message that SAP takes now and books in its own time.</summary>
internal interface IQueuedForm
{
    /// <summary>How a dry run tells its requests.</summary>
    DryRunRules DryRules { get; }

    /// <summary>What a document says, without anything that is another in each message.</summary>
    byte[] Content(ErpDocument document);

    /// <summary>How SAP names a document by our reference when it tells what became of it.</summary>
    string Named(string reference);

    /// <summary>One message of several documents, each under its reference.</summary>
    byte[] Write(IReadOnlyList<ErpDocument> documents, IReadOnlyList<string> references, DateTimeOffset created);

    /// <summary>Where a message breaks the schema.</summary>
    IReadOnlyList<SchemaViolation> Check(byte[] message);

    /// <summary>Hands it over.</summary>
    /// <param name="message">As written.</param>
    /// <param name="begun">Done once the request is on record and before it leaves.</param>
    /// <param name="log">Where it is on record.</param>
    /// <param name="cancel">Cancels waiting.</param>
    Task<SapReply> Hand(byte[] message, Func<Task> begun, IExchangeLog log, CancellationToken cancel);

    /// <summary>What an answer means that does not prove by its status that nothing was taken.</summary>
    QueuedAnswer Read(SapReply.Answered answered);
}

/// <summary>What came back for a message.</summary>
internal abstract record QueuedAnswer
{
    private QueuedAnswer() { }

    /// <summary>SAP has it, and has booked nothing yet.</summary>
    public sealed record Taken : QueuedAnswer;

    /// <summary>SAP did not take it, as ours to correct.</summary>
    public sealed record ClientFault(string Text) : QueuedAnswer;

    /// <summary>Nobody knows.</summary>
    public sealed record Unclear(string Reason) : QueuedAnswer;
}
