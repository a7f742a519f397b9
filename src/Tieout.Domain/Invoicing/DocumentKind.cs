namespace Tieout.Domain.Invoicing;

/// <summary>What a document does to what the customer owes.</summary>
public enum DocumentKind
{
    /// <summary>Adds to it.</summary>
    Invoice,

    /// <summary>Takes from it. Its amounts are kept negative, so that every sum is the balance; printed, they are positive.</summary>
    CreditMemo,
}
