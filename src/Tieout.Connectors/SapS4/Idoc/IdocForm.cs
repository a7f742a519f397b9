using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Xml;
using Tieout.Connectors.Port;

namespace Tieout.Connectors.SapS4.Idoc;

/// <summary>
/// IDocs over HTTP, for tenants on premise. SAP takes the file and books it in its own time; it does not know a file it has had, so all safety lies in asking
/// under the key. What became of it is told by status messages, if the tenant sends them.
/// </summary>
internal sealed class IdocForm(SapClient client, SapSettings settings) : IQueuedForm
{
    private readonly IdocMap _map = new(settings);

    /// <inheritdoc/>
    public DryRunRules DryRules { get; } = new(
        operation => operation == "look-up",
        [new VaryingPart("EDI_DC40/CREDAT", "<CREDAT>[0-9]{8}</CREDAT>"), new VaryingPart("EDI_DC40/CRETIM", "<CRETIM>[0-9]{6}</CRETIM>")],
        "SAP takes it and books it in its own time; until a status message tells, or SAP shows it, the document is in doubt. "
            + "An entry that settles is cleared by a second call.");

    /// <summary>The number that an IDoc has with its sender, of which SAP speaks in its status messages: 16 digits made of the reference.</summary>
    public static string NumberOf(string reference)
    {
        var hash = SHA256.HashData(Encoding.UTF8.GetBytes(reference));
        var number = System.Buffers.Binary.BinaryPrimitives.ReadUInt64BigEndian(hash) % 10_000_000_000_000_000UL;
        return number.ToString("0000000000000000", CultureInfo.InvariantCulture);
    }

    /// <inheritdoc/>
    public byte[] Content(ErpDocument document) => _map.Content(document);

    /// <inheritdoc/>
    public string Named(string reference) => NumberOf(reference);

    /// <inheritdoc/>
    public byte[] Write(IReadOnlyList<ErpDocument> documents, IReadOnlyList<string> references, DateTimeOffset created) =>
        _map.Write(documents, references, created);

    /// <inheritdoc/>
    public IReadOnlyList<SchemaViolation> Check(byte[] message) => IdocSchemas.Check(message);

    /// <inheritdoc/>
    public Task<SapReply> Hand(byte[] message, Func<Task> begun, IExchangeLog log, CancellationToken cancel) => client.HandIdocs(message, begun, log, cancel);

    /// <inheritdoc/>
    /// <remarks>What SAP says when it has taken a file is not written down; a page, and half a document, is no such thing.</remarks>
    public QueuedAnswer Read(SapReply.Answered answered) => answered.Status switch
    {
        400 => new QueuedAnswer.ClientFault(Start(answered.Body)),
        200 or 201 or 202 when IsWord(answered.Body) => new QueuedAnswer.Taken(),
        200 or 201 or 202 => new QueuedAnswer.Unclear("SAP answered with a page, or with half a document."),
        _ => new QueuedAnswer.Unclear($"SAP answered with HTTP {answered.Status}."),
    };

    private static string Start(byte[] body) => SapText.Cut(Encoding.UTF8.GetString(body), 200);

    private static bool IsWord(byte[] body)
    {
        var text = Encoding.UTF8.GetString(body).TrimStart();
        if (text.Length == 0 || text[0] != '<') return true;
        try
        {
            return !SapConfirmations.Load(body).Root!.Name.LocalName.Equals("html", StringComparison.OrdinalIgnoreCase);
        }
        catch (XmlException)
        {
            return false;
        }
    }
}
