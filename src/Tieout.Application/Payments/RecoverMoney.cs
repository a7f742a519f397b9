using Dapper;
using Npgsql;
using Tieout.Application.Journals;
using Tieout.Domain.Cash;

namespace Tieout.Application.Payments;

/// <summary>A write-off whose money may come after all.</summary>
/// <param name="Left">What of it has not come yet.</param>
internal sealed record WriteOffRow(Guid Id, Guid Entry, Guid BillingAccountId, string Currency, DateOnly Date, bool Reversed, decimal Left);

/// <summary>Money that came for a debt that was given up.</summary>
internal static class RecoverMoney
{
    /// <summary>What it is put into, and the write-off; or why not.</summary>
    public static async Task<(IReadOnlyList<CashShare> Shares, WriteOffRow? WriteOff, JournalOutcome.Refused? Refused)> Of(
        NpgsqlConnection connection, CashAccount account, PaymentRequest request, CancellationToken cancel)
    {
        var found = await WriteOff(connection, request.Recovers, cancel);
        return Refusal(found, account, request) is { } no ? ([], null, no)
            : ([new CashShare(new CashPool.Recovered(), request.Amount.Amount)], found, null);
    }

    private static JournalOutcome.Refused? Refusal(WriteOffRow? off, CashAccount account, PaymentRequest request) => off switch
    {
        null => new("recovers", "unknown-write-off", "no write-off has this number", "Correct the number."),
        _ when off.BillingAccountId != account.Id => new("recovers", "other-account", "this write-off is of another billing account", "Name the account's own."),
        _ when off.Currency != request.Amount.Currency.Code => new("recovers", "other-currency", $"it is in {off.Currency}",
            "Name one in the currency of the money."),
        { Reversed: true } => new("recovers", "already-reversed", "this write-off was taken back", "Settle the invoice instead: it is owed again."),
        _ when request.ReceivedOn < off.Date => CashBooks.Before("received-on", request.ReceivedOn, off.Date, "write-off"),
        _ when request.Amount.Amount > off.Left => new(
            "amount", "more-than-written-off", $"only {off.Left:0.####} of it is not recovered",
                $"Recover at most {off.Left:0.####}; book the rest as a payment of its own."),
        _ => null,
    };

    private static Task<WriteOffRow?> WriteOff(NpgsqlConnection connection, string number, CancellationToken cancel) =>
        connection.QuerySingleOrDefaultAsync<WriteOffRow>(new CommandDefinition(
            $"""
            select w.id, e.id as entry, w.billing_account_id, w.currency, e.entry_date as date, after.id is not null as reversed,
                   w.amount - coalesce((
                     select sum(s.amount) from cash.payment p join cash.share s on s.payment_id = p.id and s.pool = 'recovered' where p.recovers = w.id),
                         0) as "left"
            from posting.posting posting
            join ledger.journal_entry e on e.id = posting.document_id and e.source_kind = 'write-off'
            join invoicing.write_off w on w.id = e.source_id and w.billing_account_id = e.billing_account_id
            left join ledger.journal_entry after on after.reverses = e.id
            where posting.tenant = 1 and posting.business_key = @number
            """, new { number }, cancellationToken: cancel));
}
