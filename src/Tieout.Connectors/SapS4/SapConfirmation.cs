using Tieout.Connectors.Port;
using Tieout.Domain.Posting;

namespace Tieout.Connectors.SapS4;

/// <summary>
/// Reads back what SAP's answer says was booked. SAP gives a number before its update task has written the document; where that task fails,
/// the number stands for nothing. So what is not shown is told to a person, never sent again by itself.
/// </summary>
internal sealed class SapConfirmation(
    SapSettings settings, TimeProvider clock, Func<IEnumerable<string>, IExchangeLog, CancellationToken, Task<ILookup<string, HeldEntry>>> held)
{
    // The view shows what is committed; a replica behind it may need a moment.
    private static readonly TimeSpan[] Pauses = [TimeSpan.Zero, TimeSpan.FromMilliseconds(250), TimeSpan.FromSeconds(1)];

    /// <summary>Replaces the outcome of each document that was accepted and is not shown as it was sent; what could not be asked is in doubt.</summary>
    public async Task Run(DeliveryBatch batch, IExchangeLog log, CancellationToken cancel)
    {
        if (!settings.Confirm) return;
        List<int> open = [.. Enumerable.Range(0, batch.Documents.Count).Where(index => batch[index] is DeliveryOutcome.Accepted)];
        foreach (var pause in Pauses)
        {
            if (open.Count == 0) return;
            if (pause > TimeSpan.Zero) await Task.Delay(pause, clock, cancel);
            open = await StillNotShown(batch, open, log, cancel);
        }
        foreach (var index in open)
            batch[index] = new DeliveryOutcome.Refused(
                QueuedFindings.ConfirmedNotFound(batch.Documents[index], ((DeliveryOutcome.Accepted)batch[index]!).Document.Number));
    }

    private async Task<List<int>> StillNotShown(DeliveryBatch batch, List<int> open, IExchangeLog log, CancellationToken cancel)
    {
        List<int> missing = [];
        foreach (var part in open.Chunk(SapConnector.KeysPerQuestion))
        {
            try
            {
                var shown = await held(part.Select(index => batch.Documents[index].Key), log, cancel);
                missing.AddRange(part.Where(index => !Confirms(batch, index, [.. shown[batch.Documents[index].Key]])));
            }
            catch (ReadBackException unknown)
            {
                foreach (var index in part)
                    batch[index] = new DeliveryOutcome.NoAnswer($"SAP says that it is booked, and could not be asked for it: {unknown.Message}", Taken: true);
            }
        }
        return missing;
    }

    private bool Confirms(DeliveryBatch batch, int index, IReadOnlyList<HeldEntry> shown)
    {
        switch (HeldEntry.Judge(batch.Documents[index], shown, settings))
        {
            case LookUpOutcome.Absent: return false;
            case LookUpOutcome.Conflict conflict:
                batch[index] = new DeliveryOutcome.NoAnswer(conflict.Finding.Cause, Taken: true); // the look-up tells it with all it has
                return true;
            default: return true;
        }
    }
}
