using Tieout.Domain.Customers;

namespace Tieout.Domain.Invoicing;

/// <summary>
/// An invoice or credit memo before it has its number. After it is booked, nothing in it changes.
/// </summary>
public sealed record Invoice
{
    private Invoice(BillingAccount account, DateOnly issueDate, IReadOnlyList<TaxedLine> lines, IReadOnlyList<DocumentTax> taxes)
    {
        Account = account;
        IssueDate = issueDate;
        Lines = lines;
        Taxes = taxes;
        Net = Tax = Money.Zero(account.Currency);
        foreach (var line in lines) Net += line.Amount;
        foreach (var group in taxes) Tax += group.Tax;
        Kind = Total.Amount < 0 ? DocumentKind.CreditMemo : DocumentKind.Invoice;
        DueDate = issueDate.AddDays(account.TermDays);
        Discount = Kind == DocumentKind.Invoice ? account.Discount : null;
        PurchaseOrder = account.PurchaseOrder;
        Note = Kind == DocumentKind.Invoice ? account.InvoiceNote : "";
    }

    /// <summary>Who pays.</summary>
    public BillingAccount Account { get; }

    /// <summary>An invoice, or a credit memo when its total is below zero.</summary>
    public DocumentKind Kind { get; private init; }

    /// <summary>The accounting month it is booked in: that of its issue date. Earlier months are never restated.</summary>
    public AccountingMonth Month => AccountingMonth.Of(IssueDate);

    /// <summary>At least one.</summary>
    public IReadOnlyList<TaxedLine> Lines { get; }

    /// <summary>Tax by code and rate.</summary>
    public IReadOnlyList<DocumentTax> Taxes { get; }

    /// <summary>Sum of the lines; negative on a credit memo.</summary>
    public Money Net { get; }

    /// <summary>Sum of the tax groups.</summary>
    public Money Tax { get; }

    /// <summary>What the customer owes, or gets back when negative.</summary>
    public Money Total => Net + Tax;

    /// <summary>The day it is dated.</summary>
    public DateOnly IssueDate { get; }

    /// <summary>Issue date plus the account's days.</summary>
    public DateOnly DueDate { get; }

    /// <summary>What may be kept for paying early, as the account's terms were on its date; null for nothing, and on a credit memo.</summary>
    public DiscountTerms? Discount { get; }

    /// <summary>Why a credit memo was given; empty for a document that a billing run drew.</summary>
    public string Reason { get; init; } = "";

    /// <summary>The customer's order number, where the account has one.</summary>
    public string PurchaseOrder { get; init; }

    /// <summary>What an invoice of the account says besides; may be empty.</summary>
    public string Note { get; init; }

    /// <summary>What it is in the currency of the company's books; null when that is its own.</summary>
    public BooksAmounts? InBooks { get; init; }

    /// <summary>Whether there is anything to book: charges and credits that come to nothing wait for the next document.</summary>
    public bool ComesToNothing => Net.IsZero && Tax.IsZero;

    /// <summary>Draws the document up.</summary>
    /// <param name="account">Who pays.</param>
    /// <param name="issueDate">Its date.</param>
    /// <param name="lines">Each with its tax.</param>
    /// <param name="standing">What stands of the invoices that its lines correct.</param>
    /// <exception cref="ArgumentException">No lines.</exception>
    public static Invoice Draw(
        BillingAccount account, DateOnly issueDate, IReadOnlyList<TaxedLine> lines, IReadOnlyList<StandingTax> standing) =>
        lines.Count > 0
            ? new Invoice(account, issueDate, lines, DocumentTaxes.Of(lines, standing))
            : throw new ArgumentException("A document has at least one line.", nameof(lines));
}
