namespace Tieout.Domain.Reconciliation;

/// <summary>One document as a book holds it: ours, or the ERP's read back.</summary>
/// <param name="Key">The business key both books share.</param>
/// <param name="Number">The ERP's number; empty in ours until it is posted.</param>
/// <param name="Customer">Our customer code, as the book knows it.</param>
/// <param name="Currency">ISO code of the amounts.</param>
/// <param name="Net">Before tax.</param>
/// <param name="Tax">Tax.</param>
/// <param name="Total">What the customer owes; negative, as net and tax are, on a credit memo.</param>
/// <param name="Month">The accounting month it is booked in.</param>
public sealed record BookDocument(
    string Key,
    string Number,
    string Customer,
    string Currency,
    decimal Net,
    decimal Tax,
    decimal Total,
    AccountingMonth Month);
