using Tieout.Domain;
using Tieout.Domain.Tax;

namespace Tieout.Connectors.Port;

/// <summary>An invoice or credit memo as a tax engine needs it.</summary>
/// <param name="Number">Our number: the business key.</param>
/// <param name="CustomerCode">Our code of the customer.</param>
/// <param name="Currency">The currency of all amounts.</param>
/// <param name="Date">The date of the document.</param>
/// <param name="Seller">Where our legal entity is.</param>
/// <param name="Buyer">The customer's profile: country, region, postcode, VAT number, certificate.</param>
/// <param name="Lines">At least one. Amounts are negative on a credit memo.</param>
/// <param name="Tax">The tax that was invoiced; null while it is only asked for.</param>
/// <param name="TaxCode">The account's tax code, for an engine that decides by our own rules.</param>
public sealed record TaxDocument(
    string Number,
    string CustomerCode,
    Currency Currency,
    DateOnly Date,
    TaxAddress Seller,
    TaxProfile Buyer,
    IReadOnlyList<TaxDocumentLine> Lines,
    decimal? Tax = null,
    string TaxCode = TaxRules.Auto)
{
    /// <summary>Sum of the lines.</summary>
    public decimal Net => Lines.Sum(line => line.Amount);

    /// <summary>The day whose rates count where that is not the document's: of a credit memo, the date of the invoice it corrects.</summary>
    public DateOnly? TaxDate { get; init; }

    /// <summary>A document that gives money back.</summary>
    public bool IsCredit => Net < 0;
}

/// <summary>One line, before tax.</summary>
/// <param name="Number">Unique in the document.</param>
/// <param name="Amount">In the document's currency.</param>
/// <param name="Quantity">Units.</param>
/// <param name="ProductCategory">Our word for what it is, such as <c>standard</c>; a setting says the engine's code.</param>
/// <param name="Description">What the customer reads.</param>
/// <param name="Period">The days it is for.</param>
public sealed record TaxDocumentLine(
    string Number, decimal Amount, decimal Quantity, string ProductCategory, string Description, ServicePeriod Period);

/// <summary>Where a legal entity of ours is; what is not known is empty.</summary>
public sealed record TaxAddress(string Country, string Region = "", string Postcode = "", string City = "", string Line1 = "");
