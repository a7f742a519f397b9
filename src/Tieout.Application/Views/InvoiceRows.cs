using Tieout.Domain;

namespace Tieout.Application.Views;

/// <summary>An invoice or credit memo in a list.</summary>
/// <param name="Kind"><c>invoice</c> or <c>credit-memo</c>; a credit memo's amounts are negative.</param>
/// <param name="Open">
/// What an invoice still asks for: its total, what later documents took back or added on its account, what was written off. Null on a credit memo.
/// </param>
/// <param name="Corrects">Numbers of the earlier invoices it corrects.</param>
/// <param name="CorrectedBy">Numbers of the later documents that correct it.</param>
/// <param name="State">State of its posting; empty when it has none.</param>
/// <param name="ErpNumber">The ERP's document number; empty until it is posted.</param>
public sealed record InvoiceRow(
    Guid Id,
    string Number,
    string Kind,
    string Entity,
    AccountingMonth Month,
    string Customer,
    string CustomerName,
    string Account,
    Money Net,
    Money Tax,
    Money Total,
    Money? Open,
    DateOnly IssueDate,
    DateOnly DueDate,
    IReadOnlyList<string> Corrects,
    IReadOnlyList<string> CorrectedBy,
    string State,
    string Target,
    string ErpNumber);

/// <summary>An invoice or credit memo with its lines.</summary>
/// <param name="Reason">Why a person gave the credit memo; empty where a billing run drew the document.</param>
/// <param name="Voids">Number of the invoice that this credit memo takes back whole; empty for none.</param>
/// <param name="VoidedBy">Number of the credit memo that took this invoice back whole; empty for none.</param>
/// <param name="PurchaseOrder">The customer's order number; may be empty.</param>
/// <param name="Note">What it says besides; may be empty.</param>
/// <param name="WrittenOff">What of an invoice was given up.</param>
/// <param name="Taxes">By code and rate: what it bills anew first, then what it corrects.</param>
public sealed record InvoiceDetail(
    InvoiceRow Invoice,
    Guid CorrelationId,
    string Reason,
    string Voids,
    string VoidedBy,
    string PurchaseOrder,
    string Note,
    Money WrittenOff,
    IReadOnlyList<InvoiceTaxRow> Taxes,
    IReadOnlyList<InvoiceLineRow> Lines)
{
    /// <summary>What was booked on an invoice since, the oldest first: what it asks for is its total less all of these.</summary>
    public IReadOnlyList<InvoiceSettlement> Settlements { get; init; } = [];

    /// <summary>What it is in the currency of the company's books; null when that is its own.</summary>
    public InvoiceInBooks? InBooks { get; init; }

    /// <summary>What may be kept of it by paying early, as it was issued; null for nothing.</summary>
    public InvoiceEarlyPayment? EarlyPayment { get; init; }
}

/// <summary>A discount for paying early.</summary>
/// <param name="Percent">Of the amount with tax.</param>
/// <param name="Until">The last day on which the money may come, as the invoice says; days of grace are not told.</param>
/// <param name="Discount">What may be kept of the whole invoice.</param>
/// <param name="Pay">What is to be paid then.</param>
/// <param name="Taken">What was kept of it so far, less what was owed again.</param>
public sealed record InvoiceEarlyPayment(decimal Percent, DateOnly Until, Money Discount, Money Pay, Money Taken);

/// <summary>A document in the currency of the company's books.</summary>
/// <param name="Rate">Units of the books' currency for one of the document's, to 12 decimals.</param>
/// <param name="RateDate">The day the rate is of.</param>
/// <param name="Source">The way it was found, as quoted, and where it is from.</param>
public sealed record InvoiceInBooks(Money Net, Money Tax, Money Total, decimal Rate, DateOnly RateDate, string Source);

/// <summary>A credit memo, payment, write-off, refund or step of a dispute on an invoice.</summary>
/// <param name="Kind">
/// <c>credit-memo</c>, <c>write-off</c>, <c>receipt</c>, <c>application</c>, <c>release</c>, <c>refund</c>, <c>dispute-opened</c>,
/// <c>dispute-won</c>, <c>dispute-lost</c> or <c>reversal</c>.
/// </param>
/// <param name="Amount">What the invoice asks for less; negative where that is owed again, zero for a charge-back that is not decided.</param>
/// <param name="Payment">Number of the payment whose money it is; empty for none.</param>
/// <param name="Reverses">Number of what it takes back; empty for none.</param>
/// <param name="State">Of its posting.</param>
public sealed record InvoiceSettlement(
    string Number, string Kind, DateOnly Date, Money Amount, string Payment, string Reverses, string State, string Target, string ErpNumber)
{
    /// <summary>What of the amount is no money, but was kept for paying early; null for nothing.</summary>
    public Money? Discount { get; init; }
}

/// <summary>The tax of one code and rate on a document.</summary>
/// <param name="Category">UNCL5305: S standard, Z zero, E exempt, AE reverse charge, G export, O outside scope, K within the union.</param>
/// <param name="Rate">As a fraction.</param>
/// <param name="Corrects">Number of the earlier invoice whose base it changes; empty for what the document bills anew.</param>
public sealed record InvoiceTaxRow(string Code, string Category, decimal Rate, Money Base, Money Tax, string Note, string Corrects);

/// <summary>One charge on an invoice.</summary>
/// <param name="Until">The first day it is no longer for.</param>
/// <param name="Revision">How often the charge was booked until then: 1 is the first time.</param>
/// <param name="CorrectsInvoice">Number of the invoice the charge first stood on; empty when it is this one.</param>
/// <param name="CorrectsLine">Its line there; null when it is this one.</param>
/// <param name="Convention">How the amount came about: <c>17 of 31 days, actual days</c>; may be empty.</param>
/// <param name="Amendment">Version of the amendment it goes back to; 1 is the subscription's creation.</param>
/// <param name="TaxRate">As a fraction.</param>
public sealed record InvoiceLineRow(
    int No,
    string Subscription,
    string Component,
    string Description,
    DateOnly From,
    DateOnly Until,
    decimal Quantity,
    Money UnitPrice,
    Money Amount,
    string Recognition,
    int Revision,
    string CorrectsInvoice,
    int? CorrectsLine,
    string Convention,
    int Amendment,
    string TaxCode,
    decimal TaxRate);
