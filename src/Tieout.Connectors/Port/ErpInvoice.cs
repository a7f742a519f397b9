using Tieout.Domain;
using Tieout.Domain.Invoicing;

namespace Tieout.Connectors.Port;

/// <summary>
/// An invoice or credit memo and its journal entry, ready to be told to an ERP. Amounts are signed as in our books: what the
/// customer owes is positive, what the customer gets back negative; a document may hold both.
/// </summary>
/// <param name="Key">Business key: the document's number.</param>
/// <param name="CustomerCode">Our code of the customer.</param>
/// <param name="ErpCustomerId">The ERP's id of the customer, from <see cref="IErpConnector.EnsureCustomers"/>.</param>
/// <param name="Currency">The currency of all amounts.</param>
/// <param name="IssueDate">The document's date; also the day the entry is dated.</param>
/// <param name="DueDate">When it is to be paid.</param>
/// <param name="TermDays">Days between the two.</param>
/// <param name="Lines">What is credited, or debited when negative, by our ledger account, before tax. At least one, none of zero.</param>
/// <param name="Taxes">The tax as we computed it, each code and rate once. At least one.</param>
/// <param name="Total">What the customer owes, or gets back when negative.</param>
public sealed record ErpInvoice(
    string Key,
    string CustomerCode,
    string ErpCustomerId,
    Currency Currency,
    DateOnly IssueDate,
    DateOnly DueDate,
    int TermDays,
    IReadOnlyList<ErpLine> Lines,
    IReadOnlyList<ErpTax> Taxes,
    decimal Total) : ErpDocument(Key, Currency, IssueDate)
{
    /// <summary>The document's date; also the day the entry is dated.</summary>
    public DateOnly IssueDate
    {
        get => Date;
        init => Date = value;
    }

    /// <summary>Their account of what the customer owes, chosen by an account rule; empty for what the target's settings name.</summary>
    public string ReceivableAccount { get; init; } = "";

    /// <summary>The total in <see cref="ErpDocument.Books"/>; it is the sum of what lines and taxes come to there.</summary>
    public decimal TotalInBooks { get; init; }

    /// <summary>By the sign of the total, as in our books.</summary>
    public DocumentKind Kind => Total < 0 ? DocumentKind.CreditMemo : DocumentKind.Invoice;

    /// <summary>Sum of the lines.</summary>
    public decimal Net => Lines.Sum(line => line.Amount);

    /// <summary>Sum of the taxes.</summary>
    public decimal Tax => Taxes.Sum(tax => tax.Amount);
}

/// <summary>One line.</summary>
/// <param name="LedgerAccount">Ours, such as <c>revenue</c>; the account rule says which of theirs.</param>
/// <param name="Amount">Before tax; negative where it takes back. Never zero.</param>
/// <param name="Text">What it is for.</param>
/// <param name="TaxCode">Our tax code of the line; one of the document's <see cref="ErpInvoice.Taxes"/>.</param>
public sealed record ErpLine(string LedgerAccount, decimal Amount, string Text, string TaxCode)
{
    /// <summary>The amount in <see cref="ErpDocument.Books"/>.</summary>
    public decimal InBooks { get; init; }

    /// <summary>Their account, chosen by an account rule; empty for what the target's settings name for <see cref="LedgerAccount"/>.</summary>
    public string Account { get; init; } = "";

    /// <summary>Our word of a dimension (<see cref="ErpDimension"/>) to their value.</summary>
    public IReadOnlyDictionary<string, string> Dimensions { get; init; } = ErpDimension.None;
}

/// <summary>The tax of one code and rate.</summary>
/// <param name="Code">Our tax code; the account rule says which of theirs.</param>
/// <param name="Rate">As a fraction.</param>
/// <param name="Base">What it is computed on.</param>
/// <param name="Amount">
/// Zero where nothing is due, exempt or reverse charge. Its sign mostly is the base's; a correction may carry a cent of
/// rounding against it.
/// </param>
public sealed record ErpTax(string Code, decimal Rate, decimal Base, decimal Amount)
{
    /// <summary>The amount in <see cref="ErpDocument.Books"/>.</summary>
    public decimal InBooks { get; init; }

    /// <summary>The last day of supply it is for, by which its rate was found; null where nobody said.</summary>
    public DateOnly? SupplyOn { get; init; }

    /// <summary>Their tax code, chosen by an account rule; empty for what the target's settings name for <see cref="Code"/>.</summary>
    public string TheirCode { get; init; } = "";
}
