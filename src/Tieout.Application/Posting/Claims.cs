using Dapper;
using Npgsql;
using Tieout.Application.Database;
using Tieout.Connectors.Port;
using Tieout.Domain;

namespace Tieout.Application.Posting;

/// <summary>A posting in the hands of one worker.</summary>
internal sealed record ClaimedPosting(
    Guid Id, string BusinessKey, int Attempts, int Tries, int LookUps, DateTimeOffset SentAt, Guid BillingAccountId, Guid LegalEntityId,
    DateOnly Month, string Currency, decimal Amount, Guid CorrelationId, Guid DocumentId);

/// <summary>Postings claimed together, with what is to be told to the ERP about each, in the same order.</summary>
internal sealed record ClaimedBatch(Guid Claim, IReadOnlyList<ClaimedPosting> Postings, IReadOnlyList<ErpDocument> Documents);

/// <summary>
/// Takes postings for one worker. A claim is a lease: after <see cref="Lease"/>, or as soon as the node is gone, it is
/// nobody's. The claim's id fences: whoever lost it can neither send nor record.
/// </summary>
internal sealed class Claims(NpgsqlDataSource database, TimeProvider clock, int node, DeliveryTarget target)
{
    private const int MostHalvings = 30;

    // For the answer of a call that took as long as it may to be recorded.
    private static readonly TimeSpan TimeToRecord = TimeSpan.FromMinutes(5);

    /// <summary>Longer than the longest call of a connector, and renewed by every call: a live worker records well before.</summary>
    public static TimeSpan Lease(DeliveryTarget target) => target.Settings.Timeout + TimeToRecord;

    /// <summary>
    /// Ready and due: they go to sending, and the attempt is on disk before anything leaves. What came back without a result
    /// travels in smaller and smaller company, in the end alone: it may be what spoils its batch.
    /// </summary>
    public async Task<ClaimedBatch?> ToSend(int limit, CancellationToken cancel)
    {
        if (await ToSend(tries: 0, limit, cancel) is { } fresh) return fresh;
        return await FewestTries(cancel) is { } tries ? await ToSend(tries, Math.Max(1, limit >> Math.Min(tries, MostHalvings)), cancel) : null;
    }

    private Task<ClaimedBatch?> ToSend(int tries, int limit, CancellationToken cancel) => Claim(
        """
        update posting.posting p
        set state = 'sending', claim = @claim, claimed_by = @node, claimed_until = @until, sent_at = @now, rules_version = @version,
            attempts = p.attempts + 1, tries = p.tries + 1, changed_at = @now
        from (
          select id, billing_account_id from posting.posting
          where target = @target and state = 'ready' and (not_before is null or not_before <= @now) and tries = @tries
          order by id for update skip locked limit @limit) due
        where p.id = due.id and p.billing_account_id = due.billing_account_id
        returning p.id, p.business_key, p.attempts, p.tries, p.look_ups, p.sent_at, p.billing_account_id, p.legal_entity_id,
                  p.month, p.currency, p.amount, p.correlation_id, p.document_id
        """, "send", limit, tries, cancel);

    private async Task<int?> FewestTries(CancellationToken cancel)
    {
        await using var connection = await database.OpenConnectionAsync(cancel);
        return await connection.QuerySingleAsync<int?>(
            """
            select min(tries) from posting.posting
            where target = @Name and state = 'ready' and (not_before is null or not_before <= @now)
            """, new { target.Name, now = clock.GetUtcNow() });
    }

    /// <summary>In doubt and due: they stay in doubt while the ERP is asked.</summary>
    public Task<ClaimedBatch?> ToLookUp(int limit, CancellationToken cancel) => Claim(
        """
        update posting.posting p
        set claim = @claim, claimed_by = @node, claimed_until = @until, attempts = p.attempts + 1, look_ups = p.look_ups + 1, changed_at = @now
        from (
          select id, billing_account_id from posting.posting
          where target = @target and state = 'in-doubt' and not_before <= @now and (claimed_until is null or claimed_until < @now)
          order by id for update skip locked limit @limit) due
        where p.id = due.id and p.billing_account_id = due.billing_account_id
        returning p.id, p.business_key, p.attempts, p.tries, p.look_ups, p.sent_at, p.billing_account_id, p.legal_entity_id,
                  p.month, p.currency, p.amount, p.correlation_id, p.document_id
        """, "look-up", limit, tries: 0, cancel);

    private async Task<ClaimedBatch?> Claim(string sql, string kind, int limit, int tries, CancellationToken cancel)
    {
        var now = clock.GetUtcNow();
        var claim = Guid.CreateVersion7(now);
        await using var connection = await database.OpenConnectionAsync(cancel);
        await using var transaction = await connection.BeginTransactionAsync(cancel);
        var postings = (await connection.QueryAsync<ClaimedPosting>(
            sql, new { claim, node, target = target.Name, version = target.Settings.Version, limit, tries, now, until = now + Lease(target) }, transaction))
            .OrderBy(posting => posting.Id).ToList();
        if (postings.Count == 0) return null;
        await connection.ExecuteAsync(
            """
            insert into posting.attempt (posting_id, number, kind, batch, node, started_at)
            select id, number, @kind, @claim, @node, @now from unnest(@ids, @numbers) as new (id, number)
            """,
            new { kind, claim, node, now, ids = postings.ConvertAll(p => p.Id).ToArray(), numbers = postings.ConvertAll(p => p.Attempts).ToArray() },
            transaction);
        var documents = await LoadDocuments(connection, target.Name, postings);
        // Not cancelled: a claim that nobody knows of would lie in sending until somebody looks after it.
        await transaction.CommitAsync(CancellationToken.None);
        return new ClaimedBatch(claim, postings, documents);
    }

    private static async Task<IReadOnlyList<ErpDocument>> LoadDocuments(NpgsqlConnection connection, string target, List<ClaimedPosting> postings)
    {
        var ids = postings.ConvertAll(posting => posting.DocumentId).ToArray();
        var accounts = postings.ConvertAll(posting => posting.BillingAccountId).ToArray();
        var heads = (await connection.QueryAsync<Head>(
            """
            select invoice.id, invoice.number, customer.code as customer_code, coalesce(reference.external_id, '') as erp_customer_id,
                   invoice.currency, invoice.issue_date, invoice.due_date, invoice.total
            from unnest(@ids, @accounts) as wanted (id, account)
            join invoicing.invoice on invoice.id = wanted.id and invoice.billing_account_id = wanted.account
            join customers.customer on customer.id = invoice.customer_id
            left join customers.cross_reference reference on reference.system = @target and reference.object_kind = 'customer'
              and reference.internal_id = invoice.customer_id
            """, new { ids, accounts, target })).ToDictionary(head => head.Id);
        var lines = (await connection.QueryAsync<Line>(
            """
            select line.invoice_id, line.recognition, line.amount, line.description, line.period_start, line.period_end, line.tax_code,
                   line.tax_rate, line.supply_on
            from unnest(@ids, @accounts) as wanted (id, account)
            join invoicing.invoice on invoice.id = wanted.id and invoice.billing_account_id = wanted.account
            join invoicing.invoice_line line on line.billing_account_id = wanted.account and line.month = invoice.month and line.invoice_id = wanted.id
            order by line.invoice_id, line.line_no
            """, new { ids, accounts })).ToLookup(line => line.InvoiceId);
        var taxes = (await connection.QueryAsync<Tax>(
            """
            select tax.invoice_id, tax.code, tax.rate, tax.base, tax.tax as amount, coalesce(corrected.number, '') as corrected
            from unnest(@ids, @accounts) as wanted (id, account)
            join invoicing.invoice_tax tax on tax.invoice_id = wanted.id
            left join invoicing.invoice corrected on corrected.id = tax.about_invoice_id and corrected.billing_account_id = wanted.account
              and tax.about_invoice_id <> tax.invoice_id
            order by tax.invoice_id, tax.group_no
            """, new { ids, accounts })).ToLookup(tax => tax.InvoiceId);
        return postings.ConvertAll(posting => Document(heads[posting.DocumentId], [.. lines[posting.DocumentId]], [.. taxes[posting.DocumentId]]));
    }

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
