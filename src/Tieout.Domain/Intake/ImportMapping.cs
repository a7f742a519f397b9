namespace Tieout.Domain.Intake;

/// <summary>How the columns of a file become customers, billing accounts and subscriptions.</summary>
/// <param name="Format">How the file is written.</param>
/// <param name="Customer">The legal party.</param>
/// <param name="Account">Who pays; null when the file brings customers only.</param>
/// <param name="Subscription">What is subscribed to; null when the file brings none. Needs an account.</param>
/// <param name="Components">What each subscription pays for.</param>
/// <param name="Checks">Columns that must be right though nothing is stored from them.</param>
public sealed record ImportMapping(
    FileFormat Format,
    CustomerMapping Customer,
    AccountMapping? Account,
    SubscriptionMapping? Subscription,
    IReadOnlyList<ComponentMapping> Components,
    IReadOnlyList<CheckedColumn> Checks)
{
    /// <summary>Every column the mapping reads, each once; the file's header must have them all.</summary>
    public IReadOnlyList<string> Columns =>
        [.. Values().Select(value => value?.ColumnName)
            .Concat(Components.Select(component => component.When?.Column))
            .Concat(Checks.Select(check => check.Column))
            .OfType<string>()
            .Distinct(StringComparer.Ordinal)];

    private IEnumerable<Value?> Values() =>
    [
        Customer.Code, Customer.Name, Customer.Country, Customer.Level, .. Customer.Details?.Values ?? [], .. Customer.Tax?.Values ?? [],
        Account?.Code, Account?.LegalEntity, Account?.Currency, Account?.TaxCode, Account?.TermDays,
        Account?.PurchaseOrder, Account?.InvoiceNote, Account?.TimeZone, Account?.DiscountPercent, Account?.DiscountDays,
        Subscription?.Code, Subscription?.Plan, Subscription?.Start, Subscription?.End,
        .. Components.SelectMany(component => new[] { component.AgreedPrice, component.Quantity }),
    ];
}

/// <summary>How a file is written.</summary>
/// <param name="Delimiter">Between the cells.</param>
/// <param name="Encoding">One of <c>utf-8</c>, <c>utf-16</c>, <c>iso-8859-1</c>, <c>windows-1252</c>.</param>
/// <param name="DecimalPoint">A point or a comma.</param>
/// <param name="DateFormat">In .NET's letters, such as <c>yyyy-MM-dd</c>.</param>
public sealed record FileFormat(char Delimiter, string Encoding, char DecimalPoint, string DateFormat)
{
    /// <summary>Commas, UTF-8, a decimal point, ISO dates.</summary>
    public static FileFormat Default { get; } = new(',', "utf-8", '.', "yyyy-MM-dd");
}

/// <summary>The fields of a customer.</summary>
public sealed record CustomerMapping(Value Code, Value Name, Value? Country)
{
    /// <summary>Address and registrations; null when the mapping names none of them.</summary>
    public DetailsMapping? Details { get; init; }

    /// <summary>The level that discounts may look at.</summary>
    public Value? Level { get; init; }

    /// <summary>How it is taxed; null when the mapping says nothing of it.</summary>
    public TaxMapping? Tax { get; init; }
}

/// <summary>The fields of a customer's tax profile. Without a country it is the customer's; who has a VAT number is a business.</summary>
public sealed record TaxMapping(Value? Country, Value? Postcode, Value? Region, Value? Business, Value? VatNumber)
{
    /// <summary>All of them, in order.</summary>
    public IReadOnlyList<Value?> Values => [Country, Postcode, Region, Business, VatNumber];
}

/// <summary>The fields of a customer's details; each may be absent.</summary>
public sealed record DetailsMapping(
    Value? Street, Value? City, Value? Postcode, Value? Region, Value? VatNumber, Value? Registration, Value? Email,
    Value? ElectronicAddress, Value? ElectronicScheme)
{
    /// <summary>All of them, in order.</summary>
    public IReadOnlyList<Value?> Values =>
        [Street, City, Postcode, Region, VatNumber, Registration, Email, ElectronicAddress, ElectronicScheme];
}

/// <summary>The fields of a billing account. Without a currency it is the legal entity's own.</summary>
public sealed record AccountMapping(Value Code, Value LegalEntity, Value? Currency, Value TaxCode, Value TermDays)
{
    /// <summary>The customer's order number.</summary>
    public Value? PurchaseOrder { get; init; }

    /// <summary>A remark for every invoice.</summary>
    public Value? InvoiceNote { get; init; }

    /// <summary>A name of the tz database.</summary>
    public Value? TimeZone { get; init; }

    /// <summary>Percent off for paying early; an empty cell is none. Comes with <see cref="DiscountDays"/>.</summary>
    public Value? DiscountPercent { get; init; }

    /// <summary>Within how many days.</summary>
    public Value? DiscountDays { get; init; }
}

/// <summary>The fields of a subscription. The end is the first day it is no longer in force.</summary>
public sealed record SubscriptionMapping(Value Code, Value Plan, Value Start, Value? End)
{
    /// <summary>Whether rows begin with the trial of the plan's version; otherwise what is imported is paid for from its start.</summary>
    public bool PlanTrial { get; init; }
}

/// <summary>One component of the plan, for the rows it applies to.</summary>
/// <param name="Component">Its name in the plan.</param>
/// <param name="AgreedPrice">Instead of the catalogue's price; an empty cell means the catalogue's.</param>
/// <param name="Quantity">Units.</param>
/// <param name="When">The rows that have it; null for all.</param>
public sealed record ComponentMapping(string Component, Value? AgreedPrice, Value Quantity, Condition? When);

/// <summary>True for a row whose cell is one of <paramref name="Words"/>, or none of them when <paramref name="Negated"/>.</summary>
public sealed record Condition(string Column, IReadOnlyList<string> Words, bool Negated)
{
    /// <summary>Whether a cell fulfils it.</summary>
    public bool Holds(string cell) => Words.Contains(cell, StringComparer.Ordinal) != Negated;
}

/// <summary>A column that is checked and not stored.</summary>
public sealed record CheckedColumn(string Column, CheckedType Type, bool Required);

/// <summary>What a checked column has to hold.</summary>
public enum CheckedType
{
    /// <summary>Anything a text field may hold.</summary>
    Text,

    /// <summary>A number of zero or more.</summary>
    Decimal,

    /// <summary>A whole number of zero or more.</summary>
    Integer,

    /// <summary>A day.</summary>
    Date,
}
