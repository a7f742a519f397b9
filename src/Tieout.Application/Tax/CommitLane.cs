using Npgsql;
using Tieout.Application.Exceptions;
using Tieout.Application.Posting;
using Tieout.Connectors.Port;
using Tieout.Domain.Exceptions;
using Tieout.Domain.Posting;
using Tieout.Domain.Tax;

namespace Tieout.Application.Tax;

/// <summary>The work of one engine, an invoice at a time: clear doubts first, then tell what waits.</summary>
internal sealed class CommitLane(NpgsqlDataSource database, TimeProvider clock, TaxEngineRoute route)
{
    private int _failures;

    // One may be left open from an earlier process.
    private bool _told = true;

    public TaxEngineRoute Route { get; } = route;

    public Commitments Queue { get; } = new(database, clock, route);

    /// <summary>Not before this instant.</summary>
    public DateTimeOffset PausedUntil { get; private set; } = DateTimeOffset.MinValue;

    /// <summary>Why; empty while it can be reached.</summary>
    public string Trouble { get; private set; } = "";

    /// <summary>
    /// One step; false when nothing is due. Cancelling is looked at between steps only: an invoice on the wire is finished and
    /// recorded.
    /// </summary>
    public async Task<bool> Step(CancellationToken cancel)
    {
        if (PausedUntil > clock.GetUtcNow()) return false;
        await Queue.Recover(cancel);
        if (await Queue.ToLookUp(cancel) is { } doubt) return await LookUp(doubt);
        if (await Queue.ToSend(cancel) is { } ready) return await Send(ready);
        return false;
    }

    private async Task<bool> Send(ClaimedCommitment commitment)
    {
        try
        {
            var answer = await Tell(commitment, await Load(commitment), new CommitmentLog(database, clock, commitment.Claim, Route));
            // What did not get through says something about the engine, not about the invoice.
            var unreached = answer.Outcome as DeliveryOutcome.NotSent;
            var change = PostingDecision.AfterSending(
                answer.Outcome, unreached is null ? commitment.Tries : 0, clock.GetUtcNow(), Route.Policy, Jitter());
            await Queue.Record(commitment, CommitmentState.Sending, change, Detail(answer.Outcome), countsAsTry: unreached is null, answer.Remark);
            await (unreached is null ? Reached() : OutOfReach(unreached.Reason, unreached.RetryAfter));
        }
        catch (ClaimLostException)
        {
            // Somebody else looks after it; nothing was sent.
        }
        return true;
    }

    private async Task<bool> LookUp(ClaimedCommitment commitment)
    {
        // What an engine says was true when it was asked; its answer may have taken long.
        var asked = clock.GetUtcNow();
        try
        {
            var document = await Load(commitment);
            var log = new CommitmentLog(database, clock, commitment.Claim, Route);
            var outcome = commitment.Voids is null
                ? await Route.Engine.LookUp(document, log, CancellationToken.None)
                : await Route.Engine.LookUpVoid(document, log, CancellationToken.None);
            var unreached = outcome as LookUpOutcome.NoAnswer;
            var change = PostingDecision.AfterLookUp(
                outcome, commitment.SentAt, commitment.Tries, unreached is null ? commitment.LookUps : 0, asked, Route.Policy, Jitter());
            await Queue.Record(commitment, CommitmentState.InDoubt, change, Detail(outcome), countsAsTry: unreached is null, remark: null);
            await (unreached is null ? Reached() : OutOfReach(unreached.Reason, retryAfter: null));
        }
        catch (ClaimLostException)
        {
            // Somebody else asks.
        }
        return true;
    }

    private async Task<CommitAnswer> Tell(ClaimedCommitment commitment, TaxDocument document, IExchangeLog log) => commitment.Voids is null
        ? await Route.Engine.Commit(document, log, CancellationToken.None)
        : new CommitAnswer(await Route.Engine.Void(document, log, CancellationToken.None));

    // Of a void, the invoice that is taken back.
    private Task<TaxDocument> Load(ClaimedCommitment commitment) =>
        InvoiceForTax.Load(database, commitment.Voids ?? commitment.InvoiceId, commitment.BillingAccountId, Route.Settings.Seller, CancellationToken.None);

    private async Task OutOfReach(string reason, TimeSpan? retryAfter)
    {
        var now = clock.GetUtcNow();
        (_failures, Trouble, _told) = (_failures + 1, reason, true);
        PausedUntil = now + (retryAfter ?? Route.Policy.Pause(_failures, 0.5m));
        await using var connection = await database.OpenConnectionAsync(CancellationToken.None);
        await using var transaction = await connection.BeginTransactionAsync(CancellationToken.None);
        var finding = new Finding(
            ExceptionCategory.Technical, "tax-engine-out-of-reach", $"{Route.Name} does not take invoices: {reason}",
            "Nothing is lost: invoices wait and go by themselves once it answers. If it lasts, look at the engine or its log-in.", reason);
        await ExceptionLog.Raise(connection, transaction, [new RaisedException(finding, "target", Route.Name)], now);
        await transaction.CommitAsync(CancellationToken.None);
    }

    private async Task Reached()
    {
        (_failures, Trouble) = (0, "");
        if (!_told) return;
        await using var connection = await database.OpenConnectionAsync(CancellationToken.None);
        await using var transaction = await connection.BeginTransactionAsync(CancellationToken.None);
        await ExceptionLog.Resolve(connection, transaction, "target", [Route.Name], "It answers again.", clock.GetUtcNow());
        await transaction.CommitAsync(CancellationToken.None);
        _told = false;
    }

    private static decimal Jitter() => Random.Shared.Next(1000) / 1000m;

    private static string Detail(DeliveryOutcome outcome) => outcome switch
    {
        DeliveryOutcome.Accepted or DeliveryOutcome.AlreadyPosted => "",
        DeliveryOutcome.Refused refused => refused.Finding.Cause,
        DeliveryOutcome.NoAnswer silent => silent.Reason,
        DeliveryOutcome.NotSent notSent => notSent.Reason,
        _ => "",
    };

    private static string Detail(LookUpOutcome outcome) => outcome switch
    {
        LookUpOutcome.Conflict conflict => conflict.Finding.Cause,
        LookUpOutcome.NoAnswer silent => silent.Reason,
        LookUpOutcome.Absent => "The engine does not have it.",
        _ => "",
    };
}
