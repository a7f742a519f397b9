using Npgsql;
using Tieout.Application.Database;
using Tieout.Connectors.Port;
using Tieout.Domain;

namespace Tieout.Application.Posting.Postgres;

/// <summary>What is to be told to the ERP about postings that were claimed.</summary>
internal static class ClaimedDocuments
{
    private const string Heads =
        """
        select invoice.id, invoice.number, customer.code as customer_code, coalesce(reference.external_id, '') as erp_customer_id,
               invoice.currency, invoice.issue_date, invoice.due_date, invoice.total
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
    /// One document per posting, in the same order, with the fields that a person has set; the customer's id empty where the ERP has none.
    /// </summary>
    public static async Task<IReadOnlyList<ErpDocument>> Load(NpgsqlConnection connection, string target, List<ClaimedPosting> postings)
    {
        Dictionary<Guid, IReadOnlyList<FieldOverride>> set = [];
        var plain = await Plain(connection, target, postings, SetFields.Statement(postings), async reader => set = await SetFields.Read(reader));
        return set.Count == 0 ? plain : [.. postings.Zip(plain, (posting, document) => Overrides.Apply(document, set.GetValueOrDefault(posting.Id, [])))];
    }

    /// <summary>The same without those fields.</summary>
    public static Task<IReadOnlyList<ErpDocument>> Plain(NpgsqlConnection connection, string target, List<ClaimedPosting> postings) =>
        Plain(connection, target, postings, besides: null, _ => Task.CompletedTask);

    private static async Task<IReadOnlyList<ErpDocument>> Plain(
        NpgsqlConnection connection, string target, List<ClaimedPosting> postings, NpgsqlBatchCommand? besides, Func<NpgsqlDataReader, Task> read)
    {
        var entries = await ClaimedEntries.Load(connection, target, postings.FindAll(ClaimedEntries.IsEntry));
        var invoices = await Invoices(connection, target, postings.FindAll(posting => !ClaimedEntries.IsEntry(posting)), besides, read);
        return postings.ConvertAll(posting => entries.GetValueOrDefault(posting.DocumentId) ?? invoices[posting.DocumentId]);
    }

    // One trip for all, and for what is asked besides.
    private static async Task<Dictionary<Guid, ErpDocument>> Invoices(
        NpgsqlConnection connection, string target, List<ClaimedPosting> postings, NpgsqlBatchCommand? besides, Func<NpgsqlDataReader, Task> read)
    {
        object?[] wanted =
            [postings.ConvertAll(posting => posting.DocumentId).ToArray(), postings.ConvertAll(posting => posting.BillingAccountId).ToArray()];
        await using var batch = HotBatch.Of(
            connection,
            HotBatch.Statement(Heads, [.. wanted, target]),
            HotBatch.Statement(Lines, [.. wanted, postings.ConvertAll(posting => posting.Month).ToArray()]),
            HotBatch.Statement(Taxes, wanted));
        if (besides is not null) batch.BatchCommands.Add(besides);
        await using var reader = await HotBatch.Read(batch, CancellationToken.None);
        List<Head> heads = new(postings.Count);
        while (await reader.ReadAsync()) heads.Add(HeadOf(reader));
        await reader.NextResultAsync();
        List<Line> allLines = [];
        while (await reader.ReadAsync()) allLines.Add(LineOf(reader));
        await reader.NextResultAsync();
        List<Tax> allTaxes = [];
        while (await reader.ReadAsync()) allTaxes.Add(TaxOf(reader));
        if (besides is not null && await reader.NextResultAsync()) await read(reader);
        var (lines, taxes) = (allLines.ToLookup(line => line.InvoiceId), allTaxes.ToLookup(tax => tax.InvoiceId));
        return heads.ToDictionary(head => head.Id, ErpDocument (head) => Document(head, [.. lines[head.Id]], [.. taxes[head.Id]]));
    }

    private static Head HeadOf(NpgsqlDataReader row) => new(
        row.GetGuid(0), row.GetString(1), row.GetString(2), row.GetString(3), row.GetString(4), row.GetFieldValue<DateOnly>(5), row.GetFieldValue<DateOnly>(6),
        row.GetDecimal(7));

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
        Guid Id, string Number, string CustomerCode, string ErpCustomerId, string Currency, DateOnly IssueDate, DateOnly DueDate, decimal Total);

    private sealed record Line(
        Guid InvoiceId, string Recognition, decimal Amount, string Description, DateOnly PeriodStart, DateOnly PeriodEnd, string TaxCode, decimal TaxRate,
        DateOnly SupplyOn);

    private sealed record Tax(Guid InvoiceId, string Code, decimal Rate, decimal Base, decimal Amount, string Corrected);
}
