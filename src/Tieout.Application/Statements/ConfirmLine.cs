using Dapper;
using Npgsql;
using Tieout.Application.Exchange;
using Tieout.Application.Journals;
using Tieout.Application.Payments;

namespace Tieout.Application.Statements;

/// <summary>
/// A line that tells what is booked already, a gateway's payout or a refund of ours, confirms it: the line says by which entry, and nothing more is
/// booked, but where the money lies on another bank account than it moved on. One entry is confirmed by one line.
/// </summary>
internal sealed class ConfirmLine(TimeProvider clock)
{
    /// <summary>One transaction.</summary>
    /// <param name="entry">That of the payout or the refund.</param>
    public async Task<JournalOutcome> Run(NpgsqlConnection connection, string key, Guid entry, LineBy by, CancellationToken cancel)
    {
        await using var transaction = await connection.BeginTransactionAsync(cancel);
        if (await LockedLine.Take(connection, key, cancel) is not { } locked) return new JournalOutcome.NotFound(key);
        if (!by.IsPerson && locked.IsAPersons) return LockedLine.Decided;
        // Of two lines for one entry the second finds what the first did.
        await connection.ExecuteAsync(new CommandDefinition(
            """
            select from cash.gateway_booked where entry_id = @entry for update;
            select from cash.movement where entry_id = @entry for update
            """, new { entry }, cancellationToken: cancel));
        if (await ConfirmedEntry.Find(connection, key, entry, cancel) is not { } found) return new JournalOutcome.NotFound(key);
        if (locked.IsBooked) return locked.Entry == found.Number ? await locked.Again(connection, cancel) : locked.Booked;
        if (Refusal(found) is { } no) return no;
        try
        {
            if (await found.ToItsBank(connection, locked, clock.GetUtcNow(), cancel) is { } held) return held;
        }
        catch (RateMissingException missing)
        {
            return CashDoor.NoRate("proposal", missing);
        }
        await LinePayment.Mark(connection, [(key, found.Number, by.Proof)], (by.Actor, by.Reason), clock.GetUtcNow(), cancel);
        await transaction.CommitAsync(cancel);
        return new JournalOutcome.Done((await FindJournals.Read(connection, entry, cancel))!, Again: false);
    }

    // A payout that came back was there before: the one line and the other confirm the one and the other. A refund that is taken back never was.
    private static JournalOutcome.Refused? Refusal(ConfirmedEntry found)
    {
        var (what, who) = found.IsRefund ? ("refund", "the bank") : ("payout", "the gateway");
        return found.OtherLine is { } other
            ? new JournalOutcome.Refused("proposal", $"{what}-confirmed", $"{found.Number} is confirmed by line {other}", $"Look at both lines, and ask {who}.")
        : found is { IsRefund: true, Reversed: { } back }
            ? new JournalOutcome.Refused("proposal", "refund-taken-back", $"{back} takes {found.Number} back", "Book the refund anew, and take that one.")
        : !found.Fits
            ? new JournalOutcome.Refused(
                "proposal", $"{what}-differs", $"{found.Number} is of another amount, currency or legal entity",
                $"Ask {who} what was paid; book the difference by hand (tieout journal add).")
        : null;
    }
}
