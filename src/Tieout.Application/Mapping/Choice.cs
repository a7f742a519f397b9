namespace Tieout.Application.Mapping;

/// <summary>One account, tax code or dimension of a document, and what chose it; kept with the posting for good.</summary>
/// <param name="On">What it is of: <c>receivable</c>, <c>line</c> or <c>tax</c>.</param>
/// <param name="No">Which line or tax of the document, from 1; 0 for the receivable.</param>
/// <param name="What"><c>account</c>, <c>tax-code</c>, or the word of a dimension.</param>
/// <param name="Ours">Our ledger account, our tax code, or our code that a value map turned into theirs.</param>
/// <param name="Theirs">What was chosen.</param>
/// <param name="By">What chose it, in words: the rule with its version, or the targets file.</param>
/// <param name="Ruled">Whether a rule did; otherwise the target's settings, which connectors know themselves.</param>
public sealed record Choice(string On, int No, string What, string Ours, string Theirs, string By, bool Ruled)
{
    /// <summary>Of what the customer owes.</summary>
    public const string OnReceivable = "receivable";

    /// <summary>Of a line.</summary>
    public const string OnLine = "line";

    /// <summary>Of a tax.</summary>
    public const string OnTax = "tax";
}
