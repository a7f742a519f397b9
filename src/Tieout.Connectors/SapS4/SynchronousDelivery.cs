using Tieout.Connectors.Port;
using Tieout.Domain.Posting;

namespace Tieout.Connectors.SapS4;

/// <summary>The synchronous journal entry service: the answer says of each document what became of it.</summary>
internal sealed class SynchronousDelivery(SapSettings settings, SapClient client, JournalEntryMap map, TimeProvider clock) : ISapDelivery
{
    /// <inheritdoc/>
    public DryRunRules DryRules { get; } = new(
        operation => operation == "look-up",
        [
            new VaryingPart("MessageHeader/ID", "<ID>[^<]*</ID>"),
            new VaryingPart("MessageHeader/CreationDateTime", "<CreationDateTime>[^<]*</CreationDateTime>"),
        ],
        "SAP books it at once and answers with the document's number. An entry that settles is cleared by a second call.");

    /// <inheritdoc/>
    /// <remarks>In one message, after taking out those the schema does not allow.</remarks>
    public async Task Deliver(DeliveryBatch batch, IReadOnlyList<int> open, IExchangeLog log, CancellationToken cancel)
    {
        if (open.Count == 0) return;
        var messageId = Guid.CreateVersion7(clock.GetUtcNow()).ToString("N")[..28]; // 35 characters hold it and the document's number
        var message = map.Write([.. open.Select(index => batch.Documents[index])], messageId, clock.GetUtcNow());
        var violations = JournalEntrySchema.Check(message);
        if (violations.Count > 0)
        {
            foreach (var (entry, text) in violations)
                batch[open[Math.Max(entry, 0)]] ??= new DeliveryOutcome.Refused(SapFindings.NotValid(text));
            await Deliver(batch, [.. open.Where(index => batch[index] is null)], log, cancel);
            return;
        }

        switch (await client.PostJournal(message, log, cancel))
        {
            case SapReply.Silent silent: batch.Fill(open, new DeliveryOutcome.NoAnswer(silent.Reason)); break;
            case SapReply.NeverLeft never: batch.Fill(open, new DeliveryOutcome.NotSent(never.Reason)); break;
            case SapReply.Answered { NotProcessed: { } reason } refused:
                batch.Fill(open, new DeliveryOutcome.NotSent(reason, refused.RetryAfter));
                break;
            case SapReply.Answered { Status: 200 or 500 } answered:
                await Read(batch, open, messageId, answered, log, cancel);
                break;
            case SapReply.Answered other:
                batch.Fill(open, new DeliveryOutcome.NoAnswer($"SAP answered with HTTP {other.Status}."));
                break;
        }
    }

    private async Task Read(
        DeliveryBatch batch, IReadOnlyList<int> open, string messageId, SapReply.Answered answered, IExchangeLog log, CancellationToken cancel)
    {
        switch (JournalEntryAnswer.Read(answered.Body))
        {
            case JournalEntryAnswer.Confirmed confirmed:
                foreach (var (position, outcome) in JournalEntryAnswer.Outcomes(confirmed, messageId, open.Count, settings.Errors).Index())
                    batch[open[position]] = outcome;
                break;
            case JournalEntryAnswer.ClientFault fault when open.Count > 1:
                // Nothing was booked, and one document may be to blame for all: halve until it stands alone.
                await Deliver(batch, [.. open.Take(open.Count / 2)], log, cancel);
                await Deliver(batch, [.. open.Skip(open.Count / 2)], log, cancel);
                break;
            case JournalEntryAnswer.ClientFault fault:
                batch[open[0]] = new DeliveryOutcome.Refused(SapFindings.NotValid(fault.Text));
                break;
            case JournalEntryAnswer.Unreadable unreadable:
                batch.Fill(open, new DeliveryOutcome.NoAnswer(unreadable.Reason));
                break;
        }
    }

    /// <inheritdoc/>
    /// <remarks>Nothing comes later: what is not shown is absent.</remarks>
    public Task<IReadOnlyList<LookUpOutcome>> NotShown(IReadOnlyList<ErpDocument> documents, CancellationToken cancel) =>
        Task.FromResult<IReadOnlyList<LookUpOutcome>>([.. documents.Select(_ => new LookUpOutcome.Absent())]);
}
