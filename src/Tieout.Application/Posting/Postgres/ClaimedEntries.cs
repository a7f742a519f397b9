using Dapper;
using Npgsql;
using Tieout.Connectors.Port;
using Tieout.Domain;
using Tieout.Domain.Ledger;
using Tieout.Domain.Posting;

namespace Tieout.Application.Posting.Postgres;

/// <summary>What is to be told to the ERP about postings of journal entries that are no invoices.</summary>
internal static class ClaimedEntries
{
    public static bool IsEntry(ClaimedPosting posting) => posting.DocumentKind is not ("invoice" or "credit-memo");

    /// <summary>By the entry's id; a customer's id is empty where the ERP has none.</summary>
    public static async Task<Dictionary<Guid, ErpDocument>> Load(NpgsqlConnection connection, string target, List<ClaimedPosting> postings)
    {
        if (postings.Count == 0) return [];
        var ids = postings.ConvertAll(posting => posting.DocumentId).ToArray();
        var heads = (await connection.QueryAsync<Head>(
            """
            select entry.id, entry.entry_date, entry.text, coalesce(reversed.business_key, '') as reverses,
                   exists (
                     select from revenue.booking_entry booked join revenue.part on part.booking = booked.booking and part.entry_no = booked.no
                     where booked.entry_id = entry.id)
                   or exists (select from revenue.prepaid_entry released where released.entry_id = entry.id) as sums_alike
            from ledger.journal_entry entry
            left join posting.posting reversed on reversed.document_id = entry.reverses
            where entry.id = any(@ids)
            """, new { ids })).ToDictionary(head => head.Id);
        var lines = (await connection.QueryAsync<Line>(
            """
            select line.entry_id, line.account, line.amount, line.text, coalesce(customer.code, '') as customer_code,
                   coalesce(reference.external_id, '') as erp_customer_id, coalesce(settled.number, '') as settles
            from ledger.journal_line line
            left join customers.billing_account account on account.id = line.billing_account_id and line.account = any(@customerAccounts)
            left join customers.customer on customer.id = account.customer_id
            left join customers.cross_reference reference on reference.system = @target and reference.object_kind = 'customer'
              and reference.internal_id = customer.id
            left join invoicing.invoice settled on line.clears and settled.id = line.settles and settled.billing_account_id = line.billing_account_id
            where line.entry_id = any(@ids) and line.amount <> 0 -- what a rate won or lost is in our books alone
            order by line.entry_id, line.line_no
            """, new { ids, target, customerAccounts = LedgerAccount.OfCustomers.ToArray() })).ToLookup(line => line.EntryId);
        return postings.ToDictionary(
            posting => posting.DocumentId, ErpDocument (posting) => Entry(posting, heads[posting.DocumentId], [.. lines[posting.DocumentId]]));
    }

    private static ErpEntry Entry(ClaimedPosting posting, Head head, IReadOnlyList<Line> lines) => new(
        Words.Parse<EntryKind>(posting.DocumentKind), posting.BusinessKey, Currency.Of(posting.Currency), head.EntryDate, head.Text,
        [.. lines.Select(line => new ErpEntryLine(line.Account, line.Amount, line.Text)
        {
            CustomerCode = line.CustomerCode,
            ErpCustomerId = line.ErpCustomerId,
            Settles = line.Settles,
        })])
    {
        Reverses = head.Reverses,
        SumsAlike = head.SumsAlike,
    };

    private sealed record Head(Guid Id, DateOnly EntryDate, string Text, string Reverses, bool SumsAlike);

    private sealed record Line(
        Guid EntryId, string Account, decimal Amount, string Text, string CustomerCode, string ErpCustomerId, string Settles);
}
