using System.Text;
using Tieout.Connectors.Port;
using Tieout.Connectors.SapS4;

namespace Tieout.Simulation.Erp;

/// <summary>The form of messages to a simulated ERP that books in its own time; what is done with them is the program's own.</summary>
internal sealed class QueuedForm(ErpNetwork network, TimeProvider clock, Action<IReadOnlyList<Confirmation>> tell, Flaws flaws) : IQueuedForm
{
    private readonly Dictionary<string, IReadOnlyList<QueuedParcel>> _written = new(StringComparer.Ordinal);

    public DryRunRules DryRules => throw new NotSupportedException("Nobody tries anything out here.");

    public byte[] Content(ErpDocument document) => Encoding.UTF8.GetBytes($"{SimulatedErp.ContentOf(document)} on {SimulatedErp.AccountOf(document)}");

    public string Named(string reference) => reference;

    public byte[] Write(IReadOnlyList<ErpDocument> documents, IReadOnlyList<string> references, DateTimeOffset created)
    {
        var message = string.Join('|', references);
        _written[message] = [.. documents.Zip(references, (document, reference) => new QueuedParcel(document, reference))];
        return Encoding.UTF8.GetBytes(message);
    }

    public IReadOnlyList<SchemaViolation> Check(byte[] message) => [];

    public async Task<SapReply> Hand(byte[] message, Func<Task> begun, IExchangeLog log, CancellationToken cancel)
    {
        var leave = new TimeToLeave(clock);
        var exchange = await log.Began("post", message, cancel);
        await begun();
        var reply = leave.IsOver && !flaws.HasFlag(Flaws.LeavesLate)
            ? new SapReply.NeverLeft("It took too long to leave.")
            : await network.Queue(_written[Encoding.UTF8.GetString(message)], tell);
        await log.Ended(exchange, (reply as SapReply.Answered)?.Status, default, (reply as SapReply.Silent)?.Reason, cancel);
        return reply;
    }

    public QueuedAnswer Read(SapReply.Answered answered) =>
        answered.Status == 202 ? new QueuedAnswer.Taken() : new QueuedAnswer.Unclear($"HTTP {answered.Status}.");
}

/// <summary>A document on its way to be booked later, and what it is called by.</summary>
internal sealed record QueuedParcel(ErpDocument Document, string Reference);
