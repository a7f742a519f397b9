using Tieout.Domain;

namespace Tieout.Connectors.Port;

/// <summary>An invoice and its journal entry, ready to be told to an ERP.</summary>
/// <param name="Key">Business key: the invoice number. At most 16 characters, because SAP's reference holds no more.</param>
/// <param name="CustomerCode">Our code of the customer.</param>
/// <param name="ErpCustomerId">The ERP's id of the customer, from <see cref="IErpConnector.EnsureCustomers"/>.</param>
/// <param name="Currency">The currency of all amounts.</param>
/// <param name="IssueDate">Invoice date; also the day the entry is dated.</param>
/// <param name="DueDate">When it is to be paid.</param>
/// <param name="TermDays">Days between the two.</param>
/// <param name="Lines">What is credited, by our ledger account, before tax. At least one.</param>
/// <param name="Tax">The tax as we computed it.</param>
/// <param name="Total">What the customer owes.</param>
public sealed record ErpDocument(
    string Key,
    string CustomerCode,
    string ErpCustomerId,
    Currency Currency,
    DateOnly IssueDate,
    DateOnly DueDate,
    int TermDays,
    IReadOnlyList<ErpLine> Lines,
    ErpTax Tax,
    decimal Total)
{
    /// <summary>Sum of the lines.</summary>
    public decimal Net => Lines.Sum(line => line.Amount);
}

/// <summary>One credited line.</summary>
/// <param name="LedgerAccount">Ours, such as <c>revenue</c>; the account rule says which of theirs.</param>
/// <param name="Amount">Before tax; positive.</param>
/// <param name="Text">What it is for.</param>
public sealed record ErpLine(string LedgerAccount, decimal Amount, string Text);

/// <summary>The tax of the invoice.</summary>
/// <param name="Code">Our tax code; the account rule says which of theirs.</param>
/// <param name="Rate">As a fraction.</param>
/// <param name="Base">What it is computed on.</param>
/// <param name="Amount">Zero for an exempt or reverse-charge invoice.</param>
public sealed record ErpTax(string Code, decimal Rate, decimal Base, decimal Amount);
