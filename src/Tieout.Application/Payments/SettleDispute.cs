using System.Text.Json;
using Dapper;
using Npgsql;
using Tieout.Application.Invoicing;
using Tieout.Application.Journals;
using Tieout.Domain;
using Tieout.Domain.Cash;
using Tieout.Domain.Catalog;
using Tieout.Domain.Posting;

namespace Tieout.Application.Payments;

/// <summary>Decides an open dispute: won, and everything stands as before; or lost, and its money is given up or owed again.</summary>
public sealed class SettleDispute(NpgsqlDataSource database, TimeProvider clock)
{
    /// <summary>One transaction: the step with its entry, or nothing.</summary>
    /// <param name="number">The dispute's.</param>
    /// <param name="to">Won or lost.</param>
    /// <param name="document">docs/payments.md describes its members.</param>
    public async Task<JournalOutcome> Run(string number, DisputeState to, JsonElement document, string? actor, string? key, CancellationToken cancel)
    {
        List<PriceProblem> problems = [];
        var json = to == DisputeState.Lost ? CashFields.Top(document, problems, "to", "on", "reason", "actor") : CashFields.Top(document, problems, "on",
            "reason", "actor");
        var (given, lostTo) = (json.Given(actor), json.WordOr("to", LostTo.BadDebt));
        if (CashDoor.Unreadable(key, problems) is { } bad) return bad;
        Row? known;
        await using (var look = await database.OpenConnectionAsync(cancel)) known = await Dispute(look, number, cancel);
        if (known is null) return new JournalOutcome.NotFound(number);
        var content = $"dispute-{Words.Of(to)}|{number}|{(to == DisputeState.Lost ? Words.Of(lostTo) : "")}|{GivenBy.Words(given.On)}|{given.Reason}";
        return await CashDoor.Run(database, clock, known.AccountCode, (key!, content), given, async (connection, account) =>
        {
            var dispute = (await Dispute(connection, number, cancel))!;
            var on = given.On ?? GivenBy.Day(clock, dispute.EntryDate);
            if (DisputeRules.Refusal(dispute.State, to) is { } no) return (null, CashBooks.No(no));
            if (to == DisputeState.Lost && lostTo == LostTo.OwedAgain && dispute.PaymentId is null)
                return (null, new JournalOutcome.Refused(
                    "to", "not-a-charge-back", "a disputed invoice that is owed again is a dispute won", "Say it is won, or lost to bad-debt."));
            if (CashBooks.Before("on", on, dispute.EntryDate, "dispute") is { } early) return (null, early);
            var before = await CashBooks.TakenOff(connection, dispute.Entry, cancel);
            if (CashBooks.Before(on, before) is { } sooner) return (null, sooner);
            var taken = CashPools.Opposite(await CashBooks.SharesOf(connection, dispute.Id, cancel));
            var won = to == DisputeState.Won;
            return (new MovementToBook(
                Guid.CreateVersion7(clock.GetUtcNow()), EntryKind.Dispute, $"dispute-{Words.Of(to)}", account, on, $"Dispute {number} {Words.Of(to)}",
                Currency.Of(dispute.Currency), dispute.Amount,
                won ? CashEntries.Won(await CashBooks.Lines(connection, dispute.Entry, cancel), taken) : CashEntries.Lost(dispute.Amount, taken, lostTo),
                won ? CashPools.Anew(taken) : [], dispute.PaymentId, dispute.Id, [dispute.Entry, .. before.Select(one => one.Entry)]), null);
        }, cancel);
    }

    private static Task<Row?> Dispute(NpgsqlConnection connection, string number, CancellationToken cancel) =>
        connection.QuerySingleOrDefaultAsync<Row>(new CommandDefinition(
            """
            select m.id, m.entry_id as entry, a.code as account_code, p.currency, e.entry_date, m.amount, m.payment_id,
                   not exists (select from cash.movement r where r.reverses = m.id) as opened,
                   coalesce((
                     select s.kind from cash.movement s
                     where s.dispute_id = m.id and not exists (select from cash.movement r where r.reverses = s.id) limit 1), '') as settled
            from posting.posting p
            join cash.movement m on m.entry_id = p.document_id and m.kind = 'dispute-opened'
            join ledger.journal_entry e on e.id = m.entry_id
            join customers.billing_account a on a.id = m.billing_account_id
            where p.tenant = 1 and p.business_key = @number
            """, new { number }, cancellationToken: cancel));

    private sealed record Row(
        Guid Id, Guid Entry, string AccountCode, string Currency, DateOnly EntryDate, decimal Amount, Guid? PaymentId, bool Opened, string Settled)
    {
        public DisputeState State => DisputeRules.Of(
            Opened, Settled.Length == 0 ? null : Settled == "dispute-won" ? DisputeState.Won : DisputeState.Lost);
    }
}
