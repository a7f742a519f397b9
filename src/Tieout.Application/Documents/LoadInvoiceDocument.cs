using Dapper;
using Npgsql;
using Tieout.Domain;
using Tieout.Domain.Customers;
using Tieout.Domain.Invoicing.Documents;

namespace Tieout.Application.Documents;

/// <summary>Reads an invoice with everything it shows. All SQL of documents is here.</summary>
public sealed class LoadInvoiceDocument(NpgsqlDataSource database)
{
    // Number and id are asked in two statements, for one with "or" would use neither index.
    private const string Head =
        """
        select i.id, i.number, i.month, i.currency, i.net, i.tax, i.total,
               t.code as tax_code, t.rate as tax_rate, t.category as tax_category, i.issue_date, i.due_date, i.correlation_id,
               a.code as account, a.term_days,
               -- Documents from before they kept their own.
               coalesce(nullif(i.purchase_order, ''), a.purchase_order) as purchase_order, coalesce(nullif(i.note, ''), a.invoice_note) as invoice_note
        from invoicing.invoice i
        join customers.billing_account a on a.id = i.billing_account_id
        join invoicing.invoice_tax t on t.invoice_id = i.id and t.group_no = 1
        """;

    private const string Parties =
        """
        select e.name, e.country, e.street, e.city, e.postcode, e.region, e.vat_number, e.registration, e.email, e.electronic_address,
               e.electronic_scheme, e.iban, e.bic, e.bank_name
        from invoicing.invoice i join customers.legal_entity e on e.id = i.legal_entity_id where i.id = @id;

        select c.name, c.country, c.street, c.city, c.postcode, c.region, c.vat_number, c.registration, c.email, c.electronic_address,
               c.electronic_scheme, '' as iban, '' as bic, '' as bank_name
        from invoicing.invoice i join customers.customer c on c.id = i.customer_id where i.id = @id;

        select l.line_no, coalesce(s.code, '') as subscription, coalesce(p.name, '') as plan, l.description,
               l.month, l.period_start, l.period_end, l.quantity, l.unit_price, l.amount
        from invoicing.invoice i
        join invoicing.invoice_line l on l.billing_account_id = i.billing_account_id and l.month = i.month and l.invoice_id = i.id
        left join subscriptions.subscription s on s.billing_account_id = l.billing_account_id and s.id = l.subscription_id
        left join catalog.plan p on p.id = s.plan_id
        where i.id = @id
        order by l.line_no;
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
        await using var rows = await connection.QueryMultipleAsync(new CommandDefinition(Parties, new { id = head.Id }, cancellationToken: cancel));
        var (seller, buyer) = (await rows.ReadSingleAsync<PartyRow>(), await rows.ReadSingleAsync<PartyRow>());
        return Booked(head, Document(head, seller, buyer, [.. await rows.ReadAsync<LineRow>()]));
    }

    private static InvoiceDocument Document(HeadRow head, PartyRow seller, PartyRow buyer, IReadOnlyList<LineRow> lines)
    {
        var currency = Currency.Of(head.Currency);
        var category = VatCategories.Of(head.TaxCategory);
        return new InvoiceDocument
        {
            Kind = DocumentKind.Invoice,
            Number = head.Number,
            IssueDate = head.IssueDate,
            DueDate = head.DueDate,
            Period = AccountingMonth.Of(head.Month).Period,
            Currency = currency,
            Seller = seller.Party,
            Buyer = buyer.Party,
            PurchaseOrder = head.PurchaseOrder,
            AccountCode = head.Account,
            CorrelationId = head.CorrelationId.ToString(),
            Terms = PaymentTerms.Of(head.TermDays),
            PayTo = seller.Iban.Length > 0 ? new PaymentAccount(new BankDetails(seller.Iban, seller.Bic, seller.BankName), seller.Name) : null,
            Notes = head.InvoiceNote.Length > 0 ? [head.InvoiceNote] : [],
            Lines = [.. lines.Select(line => Line(line, currency, category, head))],
            Taxes =
            [
                new DocumentTax(
                    category, head.TaxRate, head.TaxCode, new Money(head.Net, currency), new Money(head.Tax, currency),
                    category.UsualReason(), category.UsualReasonCode()),
            ],
            TaxName = Countries.TaxNameOf(seller.Country),
        };
    }

    private static DocumentLine Line(LineRow row, Currency currency, VatCategory category, HeadRow head)
    {
        var period = new ServicePeriod(row.PeriodStart, row.PeriodEnd);
        return new DocumentLine(row.LineNo, row.Description, row.Quantity, row.UnitPrice, new Money(row.Amount, currency), category, head.TaxRate)
        {
            Group = $"Subscription {row.Subscription} ({row.Plan})",
            Period = period,
            TaxCode = head.TaxCode,
            Arithmetic = Arithmetic.Prorated(row.Quantity, row.UnitPrice, currency, period, AccountingMonth.Of(row.Month).Period),
        };
    }

    // The last line of defence before a customer sees it: the page says what the books say.
    private static InvoiceDocument Booked(HeadRow head, InvoiceDocument document) =>
        document.Net.Amount == head.Net && document.Tax.Amount == head.Tax && document.Total.Amount == head.Total
            ? document
            : throw new InvalidOperationException(
                $"Invoice {head.Number} is booked as {head.Net} + {head.Tax} = {head.Total}, and would be printed as {document.Net} + {document.Tax}.");

    private sealed record HeadRow(
        Guid Id, string Number, DateOnly Month, string Currency, decimal Net, decimal Tax, decimal Total, string TaxCode, decimal TaxRate, string TaxCategory,
        DateOnly IssueDate, DateOnly DueDate, Guid CorrelationId, string Account, int TermDays, string PurchaseOrder, string InvoiceNote);

    private sealed record LineRow(
        int LineNo, string Subscription, string Plan, string Description, DateOnly Month, DateOnly PeriodStart, DateOnly PeriodEnd,
        decimal Quantity, decimal UnitPrice, decimal Amount);

    private sealed record PartyRow(
        string Name, string Country, string Street, string City, string Postcode, string Region, string VatNumber, string Registration, string Email,
        string ElectronicAddress, string ElectronicScheme, string Iban, string Bic, string BankName)
    {
        public DocumentParty Party => new(
            Name, Country, new PartyDetails(Street, City, Postcode, Region, VatNumber, Registration, Email, ElectronicAddress, ElectronicScheme));
    }
}
