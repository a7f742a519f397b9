using System.Globalization;
using Dapper;
using Npgsql;
using Tieout.Application.Payments;
using Tieout.Domain.Ledger;

namespace Tieout.Application.Journals;

/// <summary>What stands in the way of taking entries back: what was done since because of them, and what they made owed again and was settled since.</summary>
internal sealed class StandingEntries
{
    private readonly Dictionary<Guid, string> _followers;
    private readonly HashSet<Guid> _scheduled;
    private readonly Dictionary<Guid, string> _settled;
    private readonly ILookup<Guid, CashFollowed> _takenOff;
    private readonly Dictionary<Guid, ClosedRow> _closed;

    private StandingEntries(
        Dictionary<Guid, string> followers, HashSet<Guid> scheduled, Dictionary<Guid, string> settled, ILookup<Guid, CashFollowed> takenOff,
        Dictionary<Guid, ClosedRow> closed) =>
        (_followers, _scheduled, _settled, _takenOff, _closed) = (followers, scheduled, settled, takenOff, closed);

    /// <summary>The accounts are locked.</summary>
    /// <param name="ids">Of the entries that are to be taken back.</param>
    public static async Task<StandingEntries> Load(NpgsqlConnection connection, Guid[] ids, CancellationToken cancel)
    {
        var followers = await connection.QueryAsync<(Guid Id, string Number)>(new CommandDefinition(
            """
            select f.before_id, (array_agg(p.business_key order by p.id desc))[1]
            from cash.follows f join posting.posting p on p.document_id = f.entry_id
            where f.before_id = any(@ids) and not exists (select from ledger.journal_entry r where r.reverses = f.entry_id) group by f.before_id
            """, new { ids }, cancellationToken: cancel));
        var scheduled = await connection.QueryAsync<Guid>(new CommandDefinition(
            """
            select said.id from unnest(@ids) as said (id)
            where exists (select from revenue.booking_entry b where b.entry_id = said.id) or exists (select from revenue.unbilled u where u.entry_id = said.id)
               or exists (select from revenue.prepaid_entry p where p.entry_id = said.id)
               or exists (select from revenue.prepaid_exchange x where x.entry_id = said.id)
               or exists (select from revenue.exchange x where x.entry_id = said.id)
            """, new { ids }, cancellationToken: cancel));
        var settled = await connection.QueryAsync<(Guid Id, string Number)>(new CommandDefinition(
            """
            select entry_id, min(number) from (
              select l.entry_id, i.number
              from ledger.journal_line l join invoicing.open_amount o on o.id = l.settles join invoicing.invoice i on i.id = o.id
              where l.entry_id = any(@ids) and l.account = @Receivable and l.amount > 0
              group by l.entry_id, i.number, o.open having sum(l.amount) > o.open) settled
            group by entry_id
            """, new { ids, LedgerAccount.Receivable }, cancellationToken: cancel));
        // Accounts of one's own that take no more entries, the first to be closed of each entry.
        var closed = await connection.QueryAsync<ClosedRow>(new CommandDefinition(
            """
            select distinct on (l.entry_id) l.entry_id as entry, l.account, own.closed_on
            from ledger.journal_line l join ledger.own_account_now own on own.legal_entity_id = l.legal_entity_id and own.account = l.account
            where l.entry_id = any(@ids) and own.closed_on is not null order by l.entry_id, own.closed_on
            """, new { ids }, cancellationToken: cancel));
        return new StandingEntries(
            followers.ToDictionary(row => row.Id, row => row.Number), [.. scheduled], settled.ToDictionary(row => row.Id, row => row.Number),
            await CashBooks.TakenOff(connection, ids, cancel), closed.ToDictionary(row => row.Entry));
    }

    /// <summary>The entries that took back what stood on one: whoever takes it back follows them. The newest first.</summary>
    public IReadOnlyList<CashFollowed> TakenOff(Guid entry) => [.. _takenOff[entry]];

    /// <summary>Why one is not taken back on a day; null when nothing is in the way.</summary>
    public JournalOutcome.Refused? Refusal(Guid entry, DateOnly on) =>
        _followers.TryGetValue(entry, out var follower)
            ? new JournalOutcome.Refused("number", "stood-upon", $"{follower} stands on it", $"Reverse {follower} first.")
        : _scheduled.Contains(entry)
            ? new JournalOutcome.Refused(
                "number", "scheduled-revenue", "a revenue run booked it, and it follows its schedules",
                "Credit what was invoiced wrongly: the next revenue run takes back what that earned.")
        : _settled.TryGetValue(entry, out var settled)
            ? new JournalOutcome.Refused("number", "settled-since", $"{settled} was settled since", "Take back what settled it first.")
        : _closed.TryGetValue(entry, out var closed) && on > closed.ClosedOn
            ? new JournalOutcome.Refused(
                "on", "account-closed", string.Create(CultureInfo.InvariantCulture, $"{closed.Account} takes no entries after {closed.ClosedOn:yyyy-MM-dd}"),
                "Open the account again, or take a day until then.")
        // What stood on it was taken back before it is, in the books as in the ERP.
        : CashBooks.Before(on, TakenOff(entry));

    private sealed record ClosedRow(Guid Entry, string Account, DateOnly ClosedOn);
}
