namespace Tieout.Domain.Tax;

/// <summary>A tax computed by an engine.</summary>
/// <param name="Lines">As the engine answered; <see cref="QuoteProof"/> says whether they are those that were asked for.</param>
public sealed record TaxQuote(IReadOnlyList<QuotedLine> Lines)
{
    /// <summary>Sum over the lines, in the document's currency.</summary>
    public decimal Tax => Lines.Sum(line => line.Tax);

    /// <summary>What the engine says of the document as a whole; null where it says nothing beside its lines.</summary>
    public decimal? Told { get; init; }
}

/// <summary>The tax of one line.</summary>
/// <param name="Number">The line's.</param>
/// <param name="Tax">Whole minor units.</param>
/// <param name="Parts">By jurisdiction.</param>
public sealed record QuotedLine(string Number, decimal Tax, IReadOnlyList<QuotedTax> Parts);

/// <summary>The tax of one line in one jurisdiction.</summary>
/// <param name="Jurisdiction">Its name, such as <c>CALIFORNIA</c>, or our tax code.</param>
/// <param name="Kind"><c>Country</c>, <c>State</c>, <c>County</c>, <c>City</c> or <c>Special</c>.</param>
/// <param name="Rate">As a fraction.</param>
/// <param name="Base">What it is computed on; less than the line's amount where only a part is taxed.</param>
/// <param name="Tax">Its part of the line's tax.</param>
/// <param name="Ground">The note an invoice has to carry; empty when none is needed.</param>
/// <param name="Country">ISO 3166; empty when it was not told.</param>
/// <param name="Region">State or province; empty where there is none.</param>
public sealed record QuotedTax(
    string Jurisdiction, string Kind, decimal Rate, decimal Base, decimal Tax, string Ground = "", string Country = "", string Region = "");
