using Dapper;
using Npgsql;
using Tieout.Application.Catalog;
using Tieout.Domain;
using Tieout.Domain.Invoicing;
using Tieout.Domain.Invoicing.Documents;

namespace Tieout.Application.Documents;

/// <summary>Reads an invoice or credit memo with everything it shows. All SQL of documents is here.</summary>
public sealed class LoadInvoiceDocument(NpgsqlDataSource database)
{
    // Number and id are asked in two statements, for one with "or" would use neither index.
    private const string Head =
        """
        select i.id, i.number, i.kind, i.currency, i.net, i.tax, i.total, i.issue_date, i.due_date, i.correlation_id, a.code as account,
               i.purchase_order, i.note, i.reason, voided.number as voids, i.books_currency, i.books_tax, i.exchange_rate, i.exchange_date, i.exchange_source,
               memo.number as taken_back_by, memo.issue_date as taken_back_on, i.discount_percent, i.discount_until
        from invoicing.invoice i
        join customers.billing_account a on a.id = i.billing_account_id
        left join invoicing.invoice memo on memo.voids = i.id
        left join invoicing.invoice voided on voided.id = i.voids
        """;

    private const string Parts =
        """
        -- The parties as they were when the document was made; what was empty then, as it was filled in first.
        select e.name, e.country, e.street, e.city, e.postcode, e.region, e.vat_number, e.registration, e.email, e.electronic_address,
               e.electronic_scheme, e.iban, e.bic, e.bank_name
        from invoicing.invoice i
        join customers.legal_entity now on now.id = i.legal_entity_id
        cross join lateral jsonb_populate_record(now, customers.particulars_of(now.id, i.created_at)) e
        where i.id = @id;

        select c.name, c.country, c.street, c.city, c.postcode, c.region, c.vat_number, c.registration, c.email, c.electronic_address,
               c.electronic_scheme, '' as iban, '' as bic, '' as bank_name
        from invoicing.invoice i
        join customers.customer now on now.id = i.customer_id
        cross join lateral jsonb_populate_record(now, customers.particulars_of(now.id, i.created_at)) c
        where i.id = @id;

        select l.line_no, coalesce(s.code, '') as subscription, coalesce(priced.name, p.name, '') as plan, l.description,
               l.period_start, l.period_end, l.quantity, l.unit_price, l.amount, l.convention, l.standing, l.billed, l.price_id,
               l.tax_code, l.tax_category, l.tax_rate, l.supply_on, l.tax_ground, l.tax_note, origin.number as origin_number, l.origin_line_no
        from invoicing.invoice i
        join invoicing.invoice_line l on l.billing_account_id = i.billing_account_id and l.month = i.month and l.invoice_id = i.id
        left join subscriptions.subscription s on s.billing_account_id = l.billing_account_id and s.id = l.subscription_id
        left join catalog.plan p on p.id = s.plan_id
        left join catalog.price price on price.id = l.price_id
        left join catalog.plan priced on priced.id = price.plan_id
        left join invoicing.invoice origin on origin.id = l.origin_invoice_id and l.origin_invoice_id <> l.invoice_id
        where i.id = @id
        order by l.line_no;

        select code, category, rate, base, tax, note from invoicing.invoice_tax where invoice_id = @id order by group_no;

        select number, issue_date
        from invoicing.invoice
        where id in (select about_invoice_id from invoicing.invoice_tax where invoice_id = @id and about_invoice_id <> @id
                     union select voids from invoicing.invoice where id = @id and voids is not null)
        order by issue_date, number;
        """;

    /// <summary>The document of an invoice, by its id or its number; null when there is none.</summary>
    /// <exception cref="InvalidOperationException">What would be printed is not what is booked.</exception>
    public async Task<InvoiceDocument?> Run(string idOrNumber, CancellationToken cancel)
    {
        await using var connection = await database.OpenConnectionAsync(cancel);
        var where = Guid.TryParse(idOrNumber, out var known) ? "i.id = @known" : "i.tenant = 1 and i.number = upper(@idOrNumber)";
        var head = await connection.QuerySingleOrDefaultAsync<HeadRow>(
            new CommandDefinition($"{Head} where {where}", new { known, idOrNumber }, cancellationToken: cancel));
        if (head is null) return null;
        var loaded = await Load(connection, head, cancel);
        var ids = loaded.Lines.Select(line => line.PriceId).OfType<Guid>().Distinct().ToArray();
        var prices = ids.Length == 0 ? [] : await CatalogCache.Load(connection, ids, cancel);
        var currency = Currency.Of(head.Currency);
        return Booked(head, Document(head, loaded, [.. loaded.Lines.Select(line => line.Charge(currency, prices))]));
    }

    private static async Task<Loaded> Load(NpgsqlConnection connection, HeadRow head, CancellationToken cancel)
    {
        await using var rows = await connection.QueryMultipleAsync(new CommandDefinition(Parts, new { id = head.Id }, cancellationToken: cancel));
        return new Loaded(
            await rows.ReadSingleAsync<PartyRow>(), await rows.ReadSingleAsync<PartyRow>(), [.. await rows.ReadAsync<LineRow>()],
            [.. await rows.ReadAsync<TaxRow>()],
            [.. (await rows.ReadAsync<(string Number, DateOnly On)>()).Select(row => new ReferredDocument(row.Number, row.On))]);
    }

    private static InvoiceDocument Document(HeadRow head, Loaded loaded, IReadOnlyList<BookedCharge> charges)
    {
        var (kind, currency) = (head.What, Currency.Of(head.Currency));
        var owed = kind == DocumentKind.Invoice;
        return new InvoiceDocument
        {
            Kind = kind,
            Mark = head.TakenBackBy is null ? DocumentMark.None : DocumentMark.Void,
            TakenBackBy = head.Memo,
            Number = head.Number,
            IssueDate = head.IssueDate,
            DueDate = owed ? head.DueDate : null,
            SupplyDate = SupplyDay(charges),
            Period = Billed(charges),
            Currency = currency,
            Seller = loaded.Seller.Party,
            Buyer = loaded.Buyer.Party,
            PurchaseOrder = head.PurchaseOrder,
            AccountCode = head.Account,
            CorrelationId = head.CorrelationId.ToString(),
            // From what is booked: the account's days may be others by now.
            Terms = owed ? PaymentTerms.Of(head.DueDate.DayNumber - head.IssueDate.DayNumber) with { Early = head.Early } : null,
            PayTo = owed ? loaded.Seller.Account : null,
            Notes = Notes(head),
            Lines = [.. charges.Select(charge => charge.On(kind))],
            Taxes = BookedTaxes.On(kind, loaded.Taxes.Select(tax => tax.Group(currency))),
            TaxName = Countries.TaxNameOf(loaded.Seller.Country),
            TaxInSellersCurrency = head.InBooks,
            Preceding = loaded.Preceding,
        };
    }

    // What is billed anew; where everything is a correction, the days corrected.
    private static ServicePeriod Billed(IReadOnlyList<BookedCharge> charges)
    {
        var anew = charges.Where(charge => charge.Corrects is null).ToList();
        var periods = (anew.Count > 0 ? anew : charges).Select(charge => charge.Period).ToList();
        return new ServicePeriod(periods.Min(period => period.Start), periods.Max(period => period.End));
    }

    // What is sold by the period has its days; a day of supply is stated where everything was sold on that one.
    private static DateOnly? SupplyDay(IReadOnlyList<BookedCharge> charges) =>
        charges.All(charge => charge.Period == charges[0].Period && charge.Period.Days == 1) ? charges[0].Period.Start : null;

    private static IReadOnlyList<string> Notes(HeadRow head)
    {
        List<string> notes = [];
        if (head.Voids is { } invoice) notes.Add($"This credit memo takes back the whole of invoice {invoice}.");
        if (head.Reason.Length > 0) notes.Add($"Reason: {head.Reason}");
        if (head.Note.Length > 0) notes.Add(head.Note);
        return notes;
    }

    // The last line of defence before a customer sees it: the page says what the books say.
    private static InvoiceDocument Booked(HeadRow head, InvoiceDocument document)
    {
        var sign = head.What == DocumentKind.CreditMemo ? -1 : 1;
        return document.Net.Amount == sign * head.Net && document.Tax.Amount == sign * head.Tax && document.Total.Amount == sign * head.Total
            ? document
            : throw new InvalidOperationException(
                $"Document {head.Number} is booked as {head.Net} + {head.Tax} = {head.Total}, and would be printed as {document.Net} + {document.Tax}.");
    }

    private sealed record Loaded(
        PartyRow Seller, PartyRow Buyer, IReadOnlyList<LineRow> Lines, IReadOnlyList<TaxRow> Taxes, IReadOnlyList<ReferredDocument> Preceding);
}
