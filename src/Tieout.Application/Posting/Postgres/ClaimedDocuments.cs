using Npgsql;
using Tieout.Application.Database;
using Tieout.Connectors.Port;
using Tieout.Domain;

namespace Tieout.Application.Posting.Postgres;

/// <summary>Documents as our books have them.</summary>
/// <param name="Plain">In the order of the postings.</param>
/// <param name="Set">What a person has set for some of them, by posting.</param>
internal sealed record LoadedDocuments(IReadOnlyList<ErpDocument> Plain, IReadOnlyDictionary<Guid, IReadOnlyList<FieldOverride>> Set)
{
    /// <summary>What is set for one; nothing for most.</summary>
    public IReadOnlyList<FieldOverride> SetFor(Guid posting) => Set.TryGetValue(posting, out var fields) ? fields : [];
}

/// <summary>What is to be told to the ERP about postings that were claimed.</summary>
internal static class ClaimedDocuments
{
    private const string Heads =
        """
        select invoice.id, invoice.number, customer.code as customer_code, coalesce(reference.external_id, '') as erp_customer_id,
               invoice.currency, invoice.issue_date, invoice.due_date, invoice.total, invoice.books_currency, invoice.exchange_rate
        from unnest($1, $2) as wanted (id, account)
        join invoicing.invoice on invoice.id = wanted.id and invoice.billing_account_id = wanted.account
        join customers.customer on customer.id = invoice.customer_id
        left join customers.cross_reference reference on reference.system = $3 and reference.object_kind = 'customer'
          and reference.internal_id = invoice.customer_id
        """;

    private const string Lines =
        """
        select line.invoice_id, line.recognition, line.amount, line.description, line.period_start, line.period_end, line.tax_code,
               line.tax_rate, line.supply_on
        from unnest($1, $2, $3) as wanted (id, account, month)
        join invoicing.invoice_line line on line.billing_account_id = wanted.account and line.month = wanted.month and line.invoice_id = wanted.id
        order by line.invoice_id, line.line_no
        """;

    private const string Taxes =
        """
        select tax.invoice_id, tax.code, tax.rate, tax.base, tax.tax as amount, coalesce(corrected.number, '') as corrected
        from unnest($1, $2) as wanted (id, account)
        join invoicing.invoice_tax tax on tax.invoice_id = wanted.id
        left join invoicing.invoice corrected on corrected.id = nullif(tax.about_invoice_id, tax.invoice_id)
          and corrected.billing_account_id = wanted.account
        order by tax.invoice_id, tax.group_no
        """;

    /// <summary>
    /// One document per posting, in the same order, as our books have it; the customer's id empty where the ERP has none. Rules come over it,
    /// and then what a person has set.
    /// </summary>
    public static async Task<LoadedDocuments> Load(NpgsqlConnection connection, string target, List<ClaimedPosting> postings)
    {
        var entries = await ClaimedEntries.Load(connection, target, postings.FindAll(ClaimedEntries.IsEntry));
        var (invoices, set) = await Invoices(connection, target, postings);
        return new LoadedDocuments(postings.ConvertAll(posting => entries.GetValueOrDefault(posting.DocumentId) ?? invoices[posting.DocumentId]), set);
    }

    // One trip for all, and for what is set for any of the postings.
    private static async Task<(Dictionary<Guid, ErpDocument> Documents, Dictionary<Guid, IReadOnlyList<FieldOverride>> Set)> Invoices(
        NpgsqlConnection connection, string target, List<ClaimedPosting> all)
    {
        var postings = all.FindAll(posting => !ClaimedEntries.IsEntry(posting));
        object?[] wanted =
            [postings.ConvertAll(posting => posting.DocumentId).ToArray(), postings.ConvertAll(posting => posting.BillingAccountId).ToArray()];
        await using var batch = HotBatch.Of(
            connection,
            HotBatch.Statement(Heads, [.. wanted, target]),
            HotBatch.Statement(Lines, [.. wanted, postings.ConvertAll(posting => posting.Month).ToArray()]),
            HotBatch.Statement(Taxes, wanted),
            SetFields.Statement(all));
        await using var reader = await HotBatch.Read(batch, CancellationToken.None);
        List<Head> heads = new(postings.Count);
        while (await reader.ReadAsync()) heads.Add(HeadOf(reader));
        await reader.NextResultAsync();
        List<Line> allLines = [];
        while (await reader.ReadAsync()) allLines.Add(LineOf(reader));
        await reader.NextResultAsync();
        List<Tax> allTaxes = [];
        while (await reader.ReadAsync()) allTaxes.Add(TaxOf(reader));
        await reader.NextResultAsync();
        var set = await SetFields.Read(reader);
        await reader.CloseAsync();
        var told = await InvoiceInBooks.Load(connection, [.. heads.Where(head => head.Books is not null).Select(head => head.Id)], postings);
        var (lines, taxes) = (allLines.ToLookup(line => line.InvoiceId), allTaxes.ToLookup(tax => tax.InvoiceId));
        return (heads.ToDictionary(head => head.Id, ErpDocument (head) => InvoiceInBooks.Tell(
            Document(head, [.. lines[head.Id]], [.. taxes[head.Id]]), head.Books, head.Rate, told[head.Id])), set);
    }

    private static Head HeadOf(NpgsqlDataReader row) => new(
        row.GetGuid(0), row.GetString(1), row.GetString(2), row.GetString(3), row.GetString(4), row.GetFieldValue<DateOnly>(5), row.GetFieldValue<DateOnly>(6),
        row.GetDecimal(7), row.IsDBNull(8) ? null : row.GetString(8), row.IsDBNull(9) ? 1m : row.GetDecimal(9));

    private static Line LineOf(NpgsqlDataReader row) => new(
        row.GetGuid(0), row.GetString(1), row.GetDecimal(2), row.GetString(3), row.GetFieldValue<DateOnly>(4), row.GetFieldValue<DateOnly>(5), row.GetString(6),
        row.GetDecimal(7), row.GetFieldValue<DateOnly>(8));

    private static Tax TaxOf(NpgsqlDataReader row) =>
        new(row.GetGuid(0), row.GetString(1), row.GetDecimal(2), row.GetDecimal(3), row.GetDecimal(4), row.GetString(5));

    // The ERP has one tax per code and rate, whatever invoices its base comes from.
    private static ErpInvoice Document(Head head, IReadOnlyList<Line> lines, IReadOnlyList<Tax> taxes) => new(
        head.Number, head.CustomerCode, head.ErpCustomerId, Currency.Of(head.Currency), head.IssueDate, head.DueDate,
        head.DueDate.DayNumber - head.IssueDate.DayNumber,
        [.. lines.Where(line => line.Amount != 0).Select(line => new ErpLine(
            LedgerAccountOf(line.Recognition), line.Amount, $"{line.Description}, {new ServicePeriod(line.PeriodStart, line.PeriodEnd)}", line.TaxCode))],
        [.. taxes.GroupBy(tax => (tax.Code, tax.Rate)).Select(group => new ErpTax(
            group.Key.Code, Canonical.Of(group.Key.Rate), group.Sum(tax => tax.Base), group.Sum(tax => tax.Amount))
        {
            SupplyOn = lines.Where(line => line.TaxCode == group.Key.Code && line.TaxRate == group.Key.Rate).Max(line => (DateOnly?)line.SupplyOn),
        })],
        head.Total)
    {
        Corrects = [.. taxes.Select(tax => tax.Corrected).Where(number => number.Length > 0).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)],
    };

    private static string LedgerAccountOf(string recognition) =>
        Domain.Ledger.InvoiceEntry.CreditAccount(Words.Parse<Domain.Catalog.Recognition>(recognition));

    private sealed record Head(
        Guid Id, string Number, string CustomerCode, string ErpCustomerId, string Currency, DateOnly IssueDate, DateOnly DueDate, decimal Total,
        string? Books, decimal Rate);

    private sealed record Line(
        Guid InvoiceId, string Recognition, decimal Amount, string Description, DateOnly PeriodStart, DateOnly PeriodEnd, string TaxCode, decimal TaxRate,
        DateOnly SupplyOn);

    private sealed record Tax(Guid InvoiceId, string Code, decimal Rate, decimal Base, decimal Amount, string Corrected);
}
