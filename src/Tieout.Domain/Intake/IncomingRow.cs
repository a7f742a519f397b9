using Tieout.Domain.Customers;

namespace Tieout.Domain.Intake;

/// <summary>A row that is right in itself; what stands already may still speak against it.</summary>
public sealed record IncomingRow(IncomingCustomer Customer, IncomingAccount? Account, IncomingSubscription? Subscription)
{
    /// <summary>What a file may hold only once: the code of the innermost thing it brings.</summary>
    public string Key => Subscription?.Code ?? Account?.Code ?? Customer.Code;
}

/// <summary>A customer as a file brings it.</summary>
public sealed record IncomingCustomer(string Code, string Name, string Country)
{
    /// <summary>Address and registrations; null when the file says nothing about them, which is not the same as saying there are none.</summary>
    public PartyDetails? Details { get; init; }

    /// <summary>The customer's level, which discounts may look at; null when the file has no such field.</summary>
    public string? Level { get; init; }

    /// <summary>What decides how it is taxed; null when the file says nothing of it.</summary>
    public IncomingTaxProfile? Tax { get; init; }
}

/// <summary>A tax profile as a file brings it; format and check digits of the VAT number are right.</summary>
/// <param name="Country">ISO 3166.</param>
/// <param name="VatNumber">In one piece, such as DE136695976; null for none.</param>
public sealed record IncomingTaxProfile(string Country, string Postcode, string Region, bool Business, string? VatNumber);

/// <summary>A billing account as a file brings it.</summary>
public sealed record IncomingAccount(string Code, LegalEntityId LegalEntity, Currency Currency, string TaxCode, int TermDays)
{
    /// <summary>The customer's order number; null when the file has no such field.</summary>
    public string? PurchaseOrder { get; init; }

    /// <summary>A remark for every invoice of the account; null when the file has no such field.</summary>
    public string? InvoiceNote { get; init; }

    /// <summary>A name of the tz database; null when the file has no such field.</summary>
    public string? TimeZone { get; init; }

    /// <summary>Percent off for paying early, zero for none; null when the file has no such field.</summary>
    public decimal? DiscountPercent { get; init; }

    /// <summary>Within how many days; zero for none.</summary>
    public int DiscountDays { get; init; }
}

/// <summary>A subscription as a file brings it.</summary>
public sealed record IncomingSubscription(
    string Code, Guid Plan, DateOnly Start, DateOnly? End, IReadOnlyList<IncomingComponent> Components)
{
    /// <summary>The first day after a trial; null without one, and when the file says nothing of trials.</summary>
    public DateOnly? TrialEnd { get; init; }
}

/// <summary>A component as a file brings it; without an agreed price the catalogue's counts.</summary>
public readonly record struct IncomingComponent(string Component, Guid Price, decimal Quantity, decimal? AgreedPrice);
