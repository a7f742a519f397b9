using Dapper;
using Npgsql;
using Tieout.Application.Journals;
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
            select entry.id, entry.entry_date, entry.text, coalesce(reversed.business_key, '') as reverses, entity.currency as books,
                   coalesce(reversed.document_kind, entry.source_kind) as what,
                   exists (
                     select from revenue.booking_entry booked join revenue.part on part.booking = booked.booking and part.entry_no = booked.no
                     where booked.entry_id = entry.id)
                   or exists (select from revenue.prepaid_entry released where released.entry_id = entry.id) as sums_alike
            from ledger.journal_entry entry
            join customers.legal_entity entity on entity.id = entry.legal_entity_id
            left join posting.posting reversed on reversed.document_id = entry.reverses
            where entry.id = any(@ids)
            """, new { ids })).ToDictionary(head => head.Id);
        var lines = (await connection.QueryAsync<Line>(
            """
            select line.entry_id, line.account, line.currency, line.amount, coalesce(line.functional, line.amount) as functional, line.text,
                   coalesce(customer.code, '') as customer_code, coalesce(reference.external_id, '') as erp_customer_id, coalesce(settled.number, '') as settles,
                   sorted.dimensions::text as dimensions
            from ledger.journal_line line
            left join customers.billing_account account on account.id = line.billing_account_id and line.account = any(@customerAccounts)
            left join customers.customer on customer.id = account.customer_id
            left join customers.cross_reference reference on reference.system = @target and reference.object_kind = 'customer'
              and reference.internal_id = customer.id
            left join invoicing.invoice settled on line.clears and settled.id = line.settles and settled.billing_account_id = line.billing_account_id
            left join ledger.dimension_set sorted on sorted.id = line.dimension_set
            where line.entry_id = any(@ids)
            order by line.entry_id, line.line_no
            """, new { ids, target, customerAccounts = LedgerAccount.OfCustomers.ToArray() })).ToLookup(line => line.EntryId);
        return postings.ToDictionary(
            posting => posting.DocumentId, ErpDocument (posting) => Entry(posting, heads[posting.DocumentId], [.. lines[posting.DocumentId]]));
    }

    // A payment or refund is worth what the ERP's rate of the day says, for it finds out by itself what a rate won or lost; so is whatever else won or
    // lost something, whose other lines do not come to nothing in the books. A line of zero is in our books alone.
    private static ErpEntry Entry(ClaimedPosting posting, Head head, IReadOnlyList<Line> lines)
    {
        var currency = Currency.Of(posting.Currency);
        var inBooks = lines[0].Currency != posting.Currency;
        var told = lines[0].Currency != head.Books && !inBooks && Words.Parse<EntryKind>(head.What) is not (EntryKind.Payment or EntryKind.Refund)
            && lines.Where(line => line.Amount != 0m).Sum(line => line.Functional) == 0m;
        return new(
            Words.Parse<EntryKind>(posting.DocumentKind), posting.BusinessKey, currency, head.EntryDate, head.Text,
            [
                .. lines.Select(line => new ErpEntryLine(line.Account, inBooks ? line.Functional : line.Amount, line.Text)
                {
                    InBooks = told ? line.Functional : 0m,
                    CustomerCode = line.CustomerCode,
                    ErpCustomerId = line.ErpCustomerId,
                    Settles = line.Settles,
                    Dimensions = DimensionSets.Read(line.Dimensions).Codes,
                }).Where(line => line.Amount != 0m),
            ])
        {
            Books = told ? Currency.Of(head.Books) : null,
            Reverses = head.Reverses,
            SumsAlike = head.SumsAlike,
        };
    }

    private sealed record Head(Guid Id, DateOnly EntryDate, string Text, string Reverses, string Books, string What, bool SumsAlike);

    private sealed record Line(
        Guid EntryId, string Account, string Currency, decimal Amount, decimal Functional, string Text, string CustomerCode, string ErpCustomerId, string Settles,
        string? Dimensions);
}
