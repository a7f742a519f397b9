using Dapper;
using Npgsql;
using Tieout.Connectors.Port;
using Tieout.Domain;
using Tieout.Domain.Ledger;

namespace Tieout.Application.Posting.Postgres;

/// <summary>What an invoice or credit memo in a foreign currency comes to in the books, line by line: together exactly what its entry has on each account.</summary>
internal static class InvoiceInBooks
{
    /// <summary>What the entries have on each account, by document. A gain or loss of exchange is in our books alone.</summary>
    /// <param name="documents">Those in a foreign currency; mostly none, and then nothing is asked.</param>
    /// <param name="postings">Theirs among others.</param>
    public static async Task<ILookup<Guid, (string Account, decimal Functional)>> Load(
        NpgsqlConnection connection, IReadOnlyCollection<Guid> documents, IReadOnlyList<ClaimedPosting> postings)
    {
        if (documents.Count == 0) return Array.Empty<(Guid, string, decimal)>().ToLookup(row => row.Item1, row => (row.Item2, row.Item3));
        var wanted = postings.Where(posting => documents.Contains(posting.DocumentId)).ToList();
        var rows = await connection.QueryAsync<(Guid Document, string Account, decimal Functional)>(
            """
            select entry.source_id, line.account, line.functional
            from unnest(@ids, @accounts, @kinds) as wanted (id, account, kind)
            join ledger.journal_entry entry on entry.source_id = wanted.id and entry.source_kind = wanted.kind and entry.billing_account_id = wanted.account
            join ledger.journal_line line on line.entry_id = entry.id
            where line.amount <> 0
            """,
            new
            {
                ids = wanted.ConvertAll(posting => posting.DocumentId).ToArray(),
                accounts = wanted.ConvertAll(posting => posting.BillingAccountId).ToArray(),
                kinds = wanted.ConvertAll(posting => posting.DocumentKind).ToArray(),
            });
        return rows.ToLookup(row => row.Document, row => (row.Account, row.Functional));
    }

    /// <summary>The document with its amounts in the books; as it is where its books are in its own currency.</summary>
    /// <param name="books">ISO code; null where they are.</param>
    /// <param name="rate">Of the document; for lines of one account that come to nothing together.</param>
    /// <param name="entry">What its entry has on each account.</param>
    public static ErpInvoice Tell(ErpInvoice invoice, string? books, decimal rate, IEnumerable<(string Account, decimal Functional)> entry)
    {
        if (books is null) return invoice;
        var (currency, on) = (Currency.Of(books), entry.ToLookup(line => line.Account, line => line.Functional, StringComparer.Ordinal));
        var lines = invoice.Lines.ToArray();
        foreach (var account in lines.Index().GroupBy(line => line.Item.LedgerAccount, StringComparer.Ordinal))
        {
            var shares = Shares(-on[account.Key].Sum(), [.. account.Select(line => line.Item.Amount)], rate, currency);
            foreach (var (line, amount) in account.Zip(shares)) lines[line.Index] = line.Item with { InBooks = amount };
        }
        var taxes = Shares(-on[LedgerAccount.Tax].Sum(), [.. invoice.Taxes.Select(tax => tax.Amount)], rate, currency);
        return invoice with
        {
            Books = currency,
            TotalInBooks = on[LedgerAccount.Receivable].Sum(),
            Lines = lines,
            Taxes = [.. invoice.Taxes.Zip(taxes, (tax, amount) => tax with { InBooks = amount })],
        };
    }

    // Cumulatively: the last takes what rounding left, so that together they are the whole.
    private static List<decimal> Shares(decimal whole, IReadOnlyList<decimal> amounts, decimal rate, Currency books)
    {
        var carried = new Carried(amounts.Sum(), whole);
        var (reached, told) = (0m, 0m);
        List<decimal> shares = [];
        foreach (var amount in amounts)
        {
            reached += amount;
            var upTo = carried.Amount != 0m ? carried.Of(reached, books) : Rounding.JournalLine(new Money(reached * rate, books)).Amount;
            shares.Add(upTo - told);
            told = upTo;
        }
        return shares;
    }
}
