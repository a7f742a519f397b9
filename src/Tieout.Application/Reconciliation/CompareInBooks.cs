using Dapper;
using Npgsql;
using Tieout.Domain;
using Tieout.Domain.Reconciliation;

namespace Tieout.Application.Reconciliation;

/// <summary>
/// Compares what documents in a foreign currency moved on accounts in the currency of the books: of those that the ERP was told the amounts of, and
/// tells them back. Payments and refunds, and what won or lost something by a rate, go by the ERP's own rates; so do invoices whose accounts rules
/// chose line by line, for our ledger keeps those by account alone.
/// </summary>
internal static class CompareInBooks
{
    private const string Compared =
        """
        with told as (
          select p.id, h.row_no, entry.id as entry, choice.choices
          from reconciliation.held_document h
          join posting.posting p on p.tenant = 1 and p.business_key = h.business_key and p.state = 'posted' and p.month = @month
            and p.legal_entity_id = @LegalEntityId and p.currency = @Currency and p.target = @Target and p.changed_at < @ReadFrom
          cross join lateral (
            select e.id, e.reverses from ledger.journal_entry e where p.document_kind not in ('invoice', 'credit-memo') and e.id = p.document_id
            union all
            select e.id, e.reverses from ledger.journal_entry e
            where p.document_kind in ('invoice', 'credit-memo') and e.source_id = p.document_id and e.source_kind = p.document_kind
              and e.billing_account_id = p.billing_account_id) entry
          left join posting.posting reversed on reversed.document_id = entry.reverses
          left join mapping.choice on choice.posting_id = p.id and choice.attempt = p.chosen_at
          where h.run_id = @run and h.target = @Target
            and exists (select from reconciliation.held_in_books b where b.run_id = h.run_id and b.target = h.target and b.row_no = h.row_no)
            and coalesce(reversed.document_kind, p.document_kind) not in ('payment', 'refund')
            and (p.document_kind not in ('invoice', 'credit-memo') or choice.choices is null)
            and (p.document_kind in ('invoice', 'credit-memo')
              or coalesce((select sum(z.functional) from ledger.journal_line z where z.entry_id = entry.id and z.amount = 0), 0) = 0)),
        chosen as (
          select told.id, choice.no, choice.theirs
          from told cross join lateral jsonb_to_recordset(told.choices) as choice ("on" text, no int, what text, ours text, theirs text, ruled boolean)
          where choice.what = 'account' and choice.ruled and choice."on" = 'line'),
        line as (
          select told.id, l.account, (row_number() over (partition by told.id order by l.line_no))::int as no, coalesce(l.functional, l.amount) as amount
          from told join ledger.journal_line l on l.entry_id = told.entry and l.amount <> 0)
        select true as is_ours, line.account, coalesce(chosen.theirs, '') as theirs, sum(line.amount) as amount
        from line left join chosen on chosen.id = line.id and chosen.no = line.no
        group by 1, 2, 3
        union all
        select false, '', b.account, sum(b.amount)
        from told join reconciliation.held_in_books b on b.run_id = @run and b.target = @Target and b.row_no = told.row_no
        group by 1, 2, 3
        """;

    /// <summary>One warning for each account of the ERP; none where the book is in the books' own currency.</summary>
    public static async Task<IReadOnlyList<Break>> Run(
        NpgsqlConnection connection, NpgsqlTransaction transaction, OurBook book, HeldBooks held, Guid run, AccountingMonth month)
    {
        if (book.Currency == book.Books) return [];
        var of = new { run, month = month.FirstDay, book.LegalEntityId, book.Currency, book.Target, held.ReadFrom };
        var rows = (await connection.QueryAsync<Row>(Compared, of, transaction, commandTimeout: 600)).AsList();
        return
        [
            .. from row in rows
               let account = !row.IsOurs ? row.Theirs
                   : row.Theirs.Length > 0 ? OurAccounts.AsHeld(row.Theirs, held) : held.Accounts.GetValueOrDefault(row.Account, "?")
               group row by account into same
               let ours = same.Where(row => row.IsOurs).Sum(row => row.Amount)
               let theirs = same.Where(row => !row.IsOurs).Sum(row => row.Amount)
               where ours != theirs
               orderby same.Key
               select new Break(
                   BreakCategory.Books, same.Key, "",
                   FormattableString.Invariant($"In {book.Books} the documents in {book.Currency} moved {ours:0.00##} here and {theirs:0.00##} ")
                   + $"on account {same.Key} of the ERP, which converted one of them by another rate.",
                   Money.Zero(Currency.Of(book.Currency))),
        ];
    }

    private sealed record Row(bool IsOurs, string Account, string Theirs, decimal Amount);
}
