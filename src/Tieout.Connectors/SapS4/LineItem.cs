using System.Text.Json;

namespace Tieout.Connectors.SapS4;

/// <summary>One line item of <c>A_OperationalAcctgDocItemCube</c>, as far as we read it.</summary>
/// <param name="FiscalYear">Four digits.</param>
/// <param name="Document">Ten digits.</param>
/// <param name="Reference">Our business key.</param>
/// <param name="PostingDate">Decides the accounting month.</param>
/// <param name="AccountType"><c>D</c> customer, <c>S</c> general ledger.</param>
/// <param name="Account">General ledger account; on a customer's item the account its receivables are kept on.</param>
/// <param name="Customer">SAP's number; empty on other items.</param>
/// <param name="Currency">Transaction currency.</param>
/// <param name="Amount">Debit positive, credit negative.</param>
/// <param name="TaxBase">Only a tax item has one.</param>
/// <param name="Void">The document was reversed, or is the reversal.</param>
/// <param name="Type">SAP's kind of document, such as <c>DR</c>.</param>
/// <param name="Number">Three digits; the item inside its document.</param>
/// <param name="Assignment">On a customer's item of an entry: the key it settles.</param>
/// <param name="Cleared">Settled in full.</param>
/// <param name="InBooks">The amount in the company code's currency.</param>
internal sealed record LineItem(
    string FiscalYear, string Document, string Reference, DateOnly PostingDate, string AccountType, string Account,
    string Customer, string Currency, decimal Amount, decimal TaxBase, bool Void,
    string Type = "", string Number = "", string Assignment = "", bool Cleared = false, decimal InBooks = 0m)
{
    private const string CustomerItem = "D";

    /// <summary>What <see cref="Of"/> reads.</summary>
    public const string Fields =
        "CompanyCode,FiscalYear,AccountingDocument,AccountingDocumentItem,DocumentReferenceID,PostingDate,FinancialAccountType," +
        "GLAccount,Customer,TransactionCurrency,AmountInTransactionCurrency,TaxBaseAmountInTransCrcy,IsReversed,IsReversal," +
        "AccountingDocumentType,AssignmentReference,IsCleared,AmountInCompanyCodeCurrency";

    /// <summary>The entity set's key: rows of one document follow each other, and new documents come last.</summary>
    public const string Order = "CompanyCode,FiscalYear,AccountingDocument,AccountingDocumentItem";

    /// <summary>It moves what a customer owes.</summary>
    public bool OfCustomer => AccountType == CustomerItem;

    /// <summary>Reads a row.</summary>
    public static LineItem Of(JsonElement row) => new(
        ODataPages.Text(row, "FiscalYear"),
        ODataPages.Text(row, "AccountingDocument"),
        ODataPages.Text(row, "DocumentReferenceID"),
        ODataPages.Date(row, "PostingDate"),
        ODataPages.Text(row, "FinancialAccountType"),
        ODataPages.Text(row, "GLAccount"),
        ODataPages.Text(row, "Customer"),
        ODataPages.Text(row, "TransactionCurrency"),
        ODataPages.Number(row, "AmountInTransactionCurrency"),
        ODataPages.Number(row, "TaxBaseAmountInTransCrcy"),
        ODataPages.Flag(row, "IsReversed") || ODataPages.Flag(row, "IsReversal"),
        ODataPages.Text(row, "AccountingDocumentType"),
        ODataPages.Text(row, "AccountingDocumentItem"),
        ODataPages.Text(row, "AssignmentReference"),
        ODataPages.Flag(row, "IsCleared"),
        ODataPages.Number(row, "AmountInCompanyCodeCurrency"));
}
