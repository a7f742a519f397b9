namespace Tieout.Domain.Reconciliation;

/// <summary>One difference between our subledger and the ERP.</summary>
/// <param name="Category">What differs.</param>
/// <param name="Key">The document's business key, or the account for a balance.</param>
/// <param name="ErpNumber">The ERP's number of the document; empty when there is none.</param>
/// <param name="Cause">In plain words, with both figures.</param>
/// <param name="Money">The money touched: the difference, or the whole document when one side lacks it. Never negative.</param>
public sealed record Break(BreakCategory Category, string Key, string ErpNumber, string Cause, Money Money);
