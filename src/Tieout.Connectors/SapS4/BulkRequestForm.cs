using System.Security.Cryptography;
using System.Text;
using Tieout.Connectors.Port;

namespace Tieout.Connectors.SapS4;

/// <summary>
/// The asynchronous journal entry service: the same message as the synchronous one, answered with 202 and nothing else. SAP refuses a
/// message id it has seen, so an id is made of what the message says: the same only for the same.
/// </summary>
internal sealed class BulkRequestForm(SapClient client, JournalEntryMap map) : IQueuedForm
{
    /// <inheritdoc/>
    public DryRunRules DryRules { get; } = new(
        operation => operation == "look-up",
        [new VaryingPart("MessageHeader/CreationDateTime", "<CreationDateTime>[^<]*</CreationDateTime>")],
        "SAP takes it and books it in its own time; until it confirms, or shows it, the document is in doubt. An entry that settles is cleared by a second call.");

    /// <inheritdoc/>
    public byte[] Content(ErpDocument document) => map.Content(document);

    /// <inheritdoc/>
    public string Named(string reference) => reference;

    /// <inheritdoc/>
    public byte[] Write(IReadOnlyList<ErpDocument> documents, IReadOnlyList<string> references, DateTimeOffset created) =>
        map.Write(documents, MessageId(references), references, created);

    /// <inheritdoc/>
    public IReadOnlyList<SchemaViolation> Check(byte[] message) => JournalEntrySchema.Check(message);

    /// <inheritdoc/>
    public Task<SapReply> Hand(byte[] message, Func<Task> begun, IExchangeLog log, CancellationToken cancel) =>
        client.RequestJournal(message, begun, log, cancel);

    /// <inheritdoc/>
    public QueuedAnswer Read(SapReply.Answered answered)
    {
        if (answered.Status == 202 || (answered.Status == 200 && answered.Body.Length == 0)) return new QueuedAnswer.Taken();
        if (answered.Status is not (200 or 500)) return new QueuedAnswer.Unclear($"SAP answered with HTTP {answered.Status}.");
        return JournalEntryAnswer.Read(answered.Body) switch
        {
            JournalEntryAnswer.ClientFault fault => new QueuedAnswer.ClientFault(fault.Text),
            JournalEntryAnswer.Unreadable unreadable => new QueuedAnswer.Unclear(unreadable.Reason),
            _ => new QueuedAnswer.Unclear("SAP answered with a confirmation where it only says that it has the message."),
        };
    }

    /// <summary>Of the whole message: 32 of the 35 characters it may have.</summary>
    internal static string MessageId(IReadOnlyList<string> references) =>
        Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(string.Join('|', references))))[..32];
}
