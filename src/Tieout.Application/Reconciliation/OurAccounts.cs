using Dapper;
using Npgsql;
using Tieout.Domain;

namespace Tieout.Application.Reconciliation;

/// <summary>What our posted documents moved.</summary>
/// <param name="Account">Ours.</param>
/// <param name="Theirs">The account that a rule chose; empty for what the target's settings name for ours.</param>
/// <param name="Amount">Debit positive, credit negative.</param>
internal sealed record OurMovement(string Account, string Theirs, decimal Amount);

/// <summary>Our side of the accounts: the subledger's lines, and where rules chose accounts line by line, the lines they chose for.</summary>
internal static class OurAccounts
{
    /// <summary>
    /// An account that a rule chose, as the ERP's movements name it: SAP tells an account that the settings do not name with leading
    /// zeros. Only where nothing moved under the very text of the rule.
    /// </summary>
    public static string AsHeld(string account, HeldBooks held)
    {
        var moved = held.Moved.Keys.Select(key => key.Account).Distinct(StringComparer.Ordinal).ToList();
        if (moved.Contains(account, StringComparer.Ordinal) || !account.All(char.IsAsciiDigit)) return account;
        return moved.Find(other => other.TrimStart('0') == account.TrimStart('0')) ?? account;
    }

    /// <summary>Accounts of theirs that published rules chose for what was posted into a target in a month.</summary>
    public static async Task<IReadOnlyList<string>> Chosen(NpgsqlDataSource database, string target, AccountingMonth month, CancellationToken cancel)
    {
        await using var connection = await database.OpenConnectionAsync(cancel);
        return (await connection.QueryAsync<string>(
            """
            select distinct choice.theirs
            from posting.posting p
            join mapping.choice kept on kept.posting_id = p.id and kept.attempt = p.chosen_at
            cross join lateral jsonb_to_recordset(kept.choices) as choice (what text, theirs text, ruled boolean)
            where p.state = 'posted' and p.month = @month and p.target = @target and choice.what = 'account' and choice.ruled
            order by 1
            """, new { target, month = month.FirstDay }, commandTimeout: 600)).AsList();
    }

    /// <summary>By account of ours and theirs, of one legal entity, month and currency of one target.</summary>
    public static async Task<IReadOnlyList<OurMovement>> Load(
        NpgsqlConnection connection, NpgsqlTransaction transaction, OurBook book, AccountingMonth month) =>
        (await connection.QueryAsync<OurMovement>(
            """
            with posted as (
              select p.id, p.billing_account_id, p.document_id, p.document_kind in ('invoice', 'credit-memo') as is_invoice,
                     p.document_kind, p.month, p.currency, choice.choices
              from posting.posting p
              left join mapping.choice on choice.posting_id = p.id and choice.attempt = p.chosen_at
              where p.state = 'posted' and p.month = @month and p.legal_entity_id = @LegalEntityId and p.currency = @Currency and p.target = @Target),
            chosen as (
              select posted.id, choice."on", choice.no, choice.ours, choice.theirs
              from posted cross join lateral jsonb_to_recordset(posted.choices) as choice ("on" text, no int, what text, ours text, theirs text, ruled boolean)
              where choice.what = 'account' and choice.ruled),
            line as (
              -- What the settings name for every account of ours.
              select posted.id, line.account, null::int as no, '' as "on", line.amount
              from posted
              join ledger.journal_entry entry on posted.is_invoice and entry.source_id = posted.document_id and entry.source_kind = posted.document_kind
                and entry.billing_account_id = posted.billing_account_id
              join ledger.journal_line line on line.entry_id = entry.id
              where (posted.choices is null or line.account = 'tax') and line.amount <> 0
              union all
              select posted.id, 'receivable', 0, 'receivable', invoice.total
              from posted
              join invoicing.invoice on invoice.id = posted.document_id and invoice.billing_account_id = posted.billing_account_id
              where posted.choices is not null and posted.is_invoice
              union all
              select posted.id, case line.recognition when 'deferred' then 'deferred-revenue' when 'prepaid' then 'prepaid-credit' else 'revenue' end,
                     (row_number() over (partition by posted.id order by line.line_no))::int, 'line', -line.amount
              from posted
              join invoicing.invoice_line line on line.billing_account_id = posted.billing_account_id and line.month = posted.month
                and line.invoice_id = posted.document_id
              where posted.choices is not null and posted.is_invoice
              union all
              -- Revenue may be told in the currency of the books.
              select posted.id, line.account, (row_number() over (partition by posted.id order by line.line_no))::int, 'line', told.amount
              from posted
              join ledger.journal_line line on line.entry_id = posted.document_id
              cross join lateral (select case when line.currency = posted.currency then line.amount else line.functional end as amount) told
              where not posted.is_invoice and told.amount <> 0)
            select line.account, coalesce(chosen.theirs, '') as theirs, sum(line.amount) as amount
            from line
            left join chosen on chosen.id = line.id and chosen."on" = line."on" and chosen.no = line.no
            group by 1, 2
            """, new { month = month.FirstDay, book.LegalEntityId, book.Currency, book.Target }, transaction, commandTimeout: 600)).AsList();
}
