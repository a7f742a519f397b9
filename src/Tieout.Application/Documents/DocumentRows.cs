using Tieout.Application.Database;
using Tieout.Domain;
using Tieout.Domain.Catalog;
using Tieout.Domain.Customers;
using Tieout.Domain.Invoicing;
using Tieout.Domain.Invoicing.Documents;

namespace Tieout.Application.Documents;

/// <summary>A document as it is booked; amounts of a credit memo are negative.</summary>
internal sealed record HeadRow(
    Guid Id, string Number, string Kind, string Currency, decimal Net, decimal Tax, decimal Total, DateOnly IssueDate, DateOnly DueDate,
    Guid CorrelationId, string Account, string PurchaseOrder, string Note, string Reason, string? Voids, string? BooksCurrency, decimal? BooksTax,
    decimal? ExchangeRate, DateOnly? ExchangeDate, string? ExchangeSource, string? TakenBackBy, DateOnly? TakenBackOn,
    decimal? DiscountPercent, DateOnly? DiscountUntil)
{
    public DocumentKind What => Words.Parse<DocumentKind>(Kind);

    /// <summary>What may be kept for paying early; null for nothing.</summary>
    public EarlyPayment? Early => DiscountPercent is { } percent && DiscountUntil is { } until
        ? EarlyPayment.Of(new DiscountTerms(Canonical.Of(percent), until.DayNumber - IssueDate.DayNumber), new Money(Total, Domain.Currency.Of(Currency)), IssueDate)
        : null;

    public ReferredDocument? Memo => TakenBackBy is { } number ? new ReferredDocument(number, TakenBackOn!.Value) : null;

    /// <summary>The tax in the currency of the company's books; null when that is the document's own.</summary>
    public ConvertedTax? InBooks => BooksCurrency is { } currency
        ? new ConvertedTax(
            new Money(What == DocumentKind.CreditMemo ? -BooksTax!.Value : BooksTax!.Value, Domain.Currency.Of(currency)), Canonical.Of(ExchangeRate!.Value),
            ExchangeDate!.Value, ExchangeSource!)
        : null;
}

/// <summary>A line as it is booked, with the line it corrects.</summary>
internal sealed record LineRow(
    int LineNo, string Subscription, string Plan, string Description, DateOnly PeriodStart, DateOnly PeriodEnd, decimal Quantity, decimal UnitPrice,
    decimal Amount, string Convention, decimal Standing, decimal Billed, Guid? PriceId, string TaxCode, string TaxCategory, decimal TaxRate,
    DateOnly SupplyOn, string TaxGround, string TaxNote, string? OriginNumber, int OriginLineNo)
{
    public BookedCharge Charge(Currency currency, IReadOnlyDictionary<Guid, Price> prices) => new(
        LineNo, Description, new ServicePeriod(PeriodStart, PeriodEnd), Canonical.Of(Quantity), Canonical.Of(UnitPrice), new Money(Amount, currency),
        Convention, Standing, Billed, new LineTax(TaxCode, TaxCategory, Canonical.Of(TaxRate), SupplyOn, TaxGround, TaxNote))
    {
        Group = Subscription.Length == 0 ? "" : Plan.Length == 0 ? $"Subscription {Subscription}" : $"Subscription {Subscription} ({Plan})",
        Price = PriceId is { } id ? prices.GetValueOrDefault(id) : null,
        Corrects = OriginNumber is { } number ? new CorrectedLine(number, OriginLineNo) : null,
    };
}

/// <summary>A tax group as it is booked.</summary>
internal sealed record TaxRow(string Code, string Category, decimal Rate, decimal Base, decimal Tax, string Note)
{
    // Which invoice it corrects is said by the lines.
    public DocumentTax Group(Currency currency) =>
        new(null, Code, Category, Canonical.Of(Rate), new Money(Base, currency), new Money(Tax, currency), Note);
}

/// <summary>A party as it was when the document was made.</summary>
internal sealed record PartyRow(
    string Name, string Country, string Street, string City, string Postcode, string Region, string VatNumber, string Registration, string Email,
    string ElectronicAddress, string ElectronicScheme, string Iban, string Bic, string BankName)
{
    public DocumentParty Party => new(
        Name, Country, new PartyDetails(Street, City, Postcode, Region, VatNumber, Registration, Email, ElectronicAddress, ElectronicScheme));

    public PaymentAccount? Account => Iban.Length > 0 ? new PaymentAccount(new BankDetails(Iban, Bic, BankName), Name) : null;
}
