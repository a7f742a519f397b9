namespace Tieout.Domain.Invoicing;

/// <summary>The tax of one code and rate on one document.</summary>
/// <param name="About">The earlier invoice whose base it corrects; null for what this document bills for the first time.</param>
/// <param name="Code">Our tax code.</param>
/// <param name="Category">UNCL5305.</param>
/// <param name="Rate">As a fraction.</param>
/// <param name="Base">Sum of the lines it is computed on.</param>
/// <param name="Tax">Rounded once; where a tax engine computed it, the sum of what it said of each line.</param>
/// <param name="Note">Legal ground or explanation, once for the group.</param>
public sealed record DocumentTax(InvoiceId? About, string Code, string Category, decimal Rate, Money Base, Money Tax, string Note);

/// <summary>What stands of an earlier invoice's base and tax at one code and rate: its own and every correction of it.</summary>
public sealed record StandingTax(InvoiceId About, string Code, decimal Rate, decimal Base, decimal Tax);
