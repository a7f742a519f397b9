namespace Tieout.Domain.Customers;

/// <summary>Who pays: a customer's account in one currency, owned by one legal entity of ours.</summary>
/// <param name="Id">Its id; also the key by which the hot tables are spread.</param>
/// <param name="Customer">The legal party.</param>
/// <param name="LegalEntity">Our company that invoices.</param>
/// <param name="Currency">The currency of all its invoices.</param>
/// <param name="TaxCode">The tax its invoices carry.</param>
/// <param name="TermDays">Days from the invoice date until it is due; 0 means at once.</param>
/// <param name="Correlation">Born with the source row that brought the account in.</param>
public sealed record BillingAccount(
    BillingAccountId Id,
    CustomerId Customer,
    LegalEntityId LegalEntity,
    Currency Currency,
    string TaxCode,
    int TermDays,
    CorrelationId Correlation)
{
    /// <summary>One document for all its subscriptions, or one for each.</summary>
    public InvoiceGrouping Grouping { get; init; }

    /// <summary>What may be kept of its later invoices by paying early; null for nothing.</summary>
    public DiscountTerms? Discount { get; init; }

    /// <summary>The customer's order number, printed on its documents; empty when there is none.</summary>
    public string PurchaseOrder { get; init; } = "";

    /// <summary>Printed on each of its invoices; empty when nothing is.</summary>
    public string InvoiceNote { get; init; } = "";
}
