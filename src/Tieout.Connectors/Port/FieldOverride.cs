namespace Tieout.Connectors.Port;

/// <summary>The fields a person may set for one document on its way to an ERP. No amount is among them, and none can be.</summary>
public enum OverrideField
{
    /// <summary>What the customer wants to find on the document, such as an order number. Of the whole document.</summary>
    Reference,

    /// <summary>When it is to be paid. Of an invoice, or of a numbered line of an entry.</summary>
    DueDate,

    /// <summary>Their account of a numbered line, or of what the customer owes (<c>receivable</c>).</summary>
    Account,

    /// <summary>Their tax code in the place of what the settings name for one of ours.</summary>
    TaxCode,

    /// <summary>A dimension of a numbered line or, with <c>*</c>, of all lines.</summary>
    Dimension,
}

/// <summary>One field that a person has set.</summary>
/// <param name="Field">Which.</param>
/// <param name="Place">
/// Empty for the document; a line's number from 1; <c>receivable</c>; our tax code; for a dimension the line's number or <c>*</c>, a slash and
/// our word, such as <c>*/region</c>.
/// </param>
/// <param name="Value">As text; a date such as 2026-12-31. Empty only for a dimension: takes it away.</param>
public sealed record FieldOverride(OverrideField Field, string Place, string Value);

/// <summary>Why an override cannot be taken.</summary>
/// <param name="Member">Of the override: <c>place</c> or <c>value</c>.</param>
/// <param name="Text">Reason and remedy; never repeats the value.</param>
public sealed record OverrideProblem(string Member, string Text);
