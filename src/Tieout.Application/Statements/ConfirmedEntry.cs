using Dapper;
using Npgsql;
using Tieout.Application.Gateways;
using Tieout.Application.Journals;
using Tieout.Domain;
using Tieout.Domain.Cash.Gateway;
using Tieout.Domain.Closing;

namespace Tieout.Application.Statements;

/// <summary>What is booked already and a line of a statement is held to tell: a gateway's payout, or a refund of ours.</summary>
/// <param name="Number">Of its entry.</param>
/// <param name="Fits">Amount, currency and legal entity are the line's.</param>
/// <param name="Reversed">Number of what took it back; null for none.</param>
/// <param name="OtherLine">The line that confirms it already; null for none.</param>
/// <param name="Amount">What it moved on <paramref name="LiesOn"/>, and in the books' currency <paramref name="InBooks"/>.</param>
/// <param name="CameTo">The account of the ledger of the bank account whose statement has the line.</param>
internal sealed record ConfirmedEntry(
    string Number, string Kind, bool Fits, string? Reversed, string? OtherLine, string Currency, decimal Amount, decimal? InBooks, string Books,
    string LiesOn, string CameTo,
    DateOnly On, Guid LegalEntityId, string LegalEntity)
{
    /// <summary>It is a refund of ours; else a gateway's payout.</summary>
    public bool IsRefund => Kind == "refund";

    /// <summary>Null where there is no such entry on a bank account. The line is locked.</summary>
    public static Task<ConfirmedEntry?> Find(NpgsqlConnection connection, string key, Guid entry, CancellationToken cancel) =>
        connection.QuerySingleOrDefaultAsync<ConfirmedEntry>(new CommandDefinition(
            """
            select p.business_key as number, p.document_kind as kind,
                   p.legal_entity_id = l.legal_entity_id and p.currency = l.currency and l.amount = moved.amount as fits,
                   (select back.business_key from ledger.journal_entry r join posting.posting back on back.document_id = r.id where r.reverses = e.id) as reversed,
                   (select taken.key from cash.bank_line taken where taken.tenant = 1 and taken.entry_number = p.business_key) as other_line,
                   p.currency, moved.amount, moved.functional as in_books, entity.currency as books, moved.account as lies_on,
                   coalesce(b.account, 'cash-clearing') as came_to, e.entry_date as "on", entity.id as legal_entity_id, entity.code as legal_entity
            from posting.posting p
            join ledger.journal_entry e on e.id = p.document_id
            join customers.legal_entity entity on entity.id = p.legal_entity_id
            join cash.bank_line l on l.tenant = 1 and l.key = @key
            join cash.statement s on s.id = l.statement_id
            left join cash.bank_account b on b.id = s.bank_account_id
            cross join lateral (
              select min(account) as account, sum(amount) as amount, sum(functional) as functional from ledger.journal_line
              where entry_id = p.document_id and (account = 'cash-clearing' or account like 'cash-clearing.%') having count(*) > 0) moved
            where p.document_id = @entry
            """, new { key, entry }, cancellationToken: cancel));

    /// <summary>
    /// Books it from the bank account that it was expected on to the one that it came to, at what it stands at, on its own day. Null when it lies
    /// there; else why it cannot be booked.
    /// </summary>
    public async Task<JournalOutcome.Refused?> ToItsBank(NpgsqlConnection connection, LockedLine line, DateTimeOffset now, CancellationToken cancel)
    {
        if (LiesOn == CameTo) return null;
        var entity = new GatewayEntity(LegalEntityId, LegalEntity, new BooksCalendar(null, null), default);
        var entry = new GatewayEntryToBook(
            line.Moved, entity, On, $"{Number} {(IsRefund ? "went from" : "came to")} another bank account", Domain.Currency.Of(Currency),
            GatewayEntries.Moved(LiesOn, CameTo, Amount))
        { InBooks = InBooks is { } worth ? new Money(Math.Abs(worth), Domain.Currency.Of(Books)) : null };
        return await SaveGatewayEntry.Run(connection, entry, now, cancel) is GatewayEntryOutcome.Held held
            ? new JournalOutcome.Refused(
                "proposal", "month-closed", $"{Number} lies on another bank account, and {AccountingMonth.Of(held.Day.On)} takes no transfer any more",
                "Open the month again, or let late money go into the next open month.")
            : null;
    }
}
