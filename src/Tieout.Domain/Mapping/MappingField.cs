namespace Tieout.Domain.Mapping;

/// <summary>
/// What a rule may ask about a document or a line of it. The order is that of specificity: of two rules with the same number of
/// conditions, the one that asks something listed earlier wins; dates come last of all. <see cref="Words"/> spells it in files, API and database.
/// </summary>
public enum MappingField
{
    /// <summary>Code of the price's component; of invoice lines.</summary>
    Component,

    /// <summary>Code of the plan, our product line.</summary>
    Plan,

    /// <summary>Our tax code.</summary>
    TaxCode,

    /// <summary>Region of the customer's address.</summary>
    Region,

    /// <summary>Country of the customer, ISO 3166, two letters.</summary>
    Country,

    /// <summary>Code of our bank account; of lines on money at a bank.</summary>
    BankAccount,

    /// <summary>Our ledger account, such as <c>revenue</c>; of money at a bank <c>cash-clearing</c>, on whichever bank account it lies.</summary>
    LedgerAccount,

    /// <summary>When the line is revenue: <c>immediate</c> or <c>deferred</c>.</summary>
    Recognition,

    /// <summary>What the document is, such as <c>credit-memo</c>.</summary>
    DocumentKind,

    /// <summary>Code of our legal entity.</summary>
    LegalEntity,

    /// <summary>ISO 4217.</summary>
    Currency,

    /// <summary>Our code of the customer. Rules take values from it, and do not ask for it.</summary>
    Customer,

    /// <summary>Our code of the billing account. Rules take values from it, and do not ask for it.</summary>
    Account,
}

/// <summary>Which fields serve for what.</summary>
public static class MappingFields
{
    /// <summary>What a route may ask.</summary>
    public static IReadOnlyList<MappingField> OfRoutes { get; } =
        [MappingField.Plan, MappingField.Region, MappingField.Country, MappingField.DocumentKind, MappingField.LegalEntity, MappingField.Currency];

    /// <summary>What an account rule may ask.</summary>
    public static IReadOnlyList<MappingField> OfAccountRules { get; } =
    [
        MappingField.Component, MappingField.Plan, MappingField.TaxCode, MappingField.Region, MappingField.Country, MappingField.BankAccount,
        MappingField.LedgerAccount, MappingField.Recognition, MappingField.DocumentKind, MappingField.LegalEntity, MappingField.Currency,
    ];

    /// <summary>What an account rule may take a value from.</summary>
    public static IReadOnlyList<MappingField> OfValues { get; } =
    [
        MappingField.Plan, MappingField.Component, MappingField.Country, MappingField.Region, MappingField.Customer, MappingField.Account,
        MappingField.TaxCode,
    ];

    /// <summary>Our words for dimensions of a line.</summary>
    public static IReadOnlyList<string> Dimensions { get; } = ["cost-center", "profit-center", "project", "region", "department", "class", "location"];
}
