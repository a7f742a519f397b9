using System.Runtime.CompilerServices;
using System.Text.Json;
using Tieout.Connectors.Port;
using Tieout.Domain;
using Tieout.Domain.Exceptions;
using Tieout.Domain.Posting;
using Tieout.Domain.Reconciliation;

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
internal sealed record LineItem(
    string FiscalYear, string Document, string Reference, DateOnly PostingDate, string AccountType, string Account,
    string Customer, string Currency, decimal Amount, decimal TaxBase, bool Void)
{
    /// <summary>What <see cref="Of"/> reads.</summary>
    public const string Fields =
        "CompanyCode,FiscalYear,AccountingDocument,AccountingDocumentItem,DocumentReferenceID,PostingDate,FinancialAccountType," +
        "GLAccount,Customer,TransactionCurrency,AmountInTransactionCurrency,TaxBaseAmountInTransCrcy,IsReversed,IsReversal";

    /// <summary>The entity set's key: rows of one document follow each other, and new documents come last.</summary>
    public const string Order = "CompanyCode,FiscalYear,AccountingDocument,AccountingDocumentItem";

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
        ODataPages.Flag(row, "IsReversed") || ODataPages.Flag(row, "IsReversal"));
}

/// <summary>A document as SAP holds it: its line items together.</summary>
internal sealed record HeldEntry(IReadOnlyList<LineItem> Items)
{
    private const string CustomerItem = "D";

    public string Key => Items[0].Reference;
    public string Currency => Items[0].Currency;
    public bool Void => Items[0].Void;

    /// <summary>SAP's number of the customer; empty for a document without one.</summary>
    public string Customer => Items.FirstOrDefault(item => item.AccountType == CustomerItem)?.Customer ?? "";

    /// <summary>What the customer owes; negative where the customer is credited.</summary>
    public decimal Total => Items.Where(item => item.AccountType == CustomerItem).Sum(item => item.Amount);

    /// <summary>A document as a person finds it (<c>1010/1800000042/2026</c>), and as SAP's reversal service wants it.</summary>
    public static ErpReference Reference(string company, string document, string year) =>
        new($"{company}/{document}/{year}", $"{document}{company}{year}");

    /// <summary>Puts the rows of each document together; they come ordered by <see cref="LineItem.Order"/>, and a page may end inside one.</summary>
    public static async IAsyncEnumerable<HeldEntry> Group(
        IAsyncEnumerable<IReadOnlyList<LineItem>> pages, [EnumeratorCancellation] CancellationToken cancel = default)
    {
        List<LineItem> open = [];
        await foreach (var page in pages.WithCancellation(cancel))
            foreach (var item in page)
            {
                if (open.Count > 0 && (open[0].Document, open[0].FiscalYear) != (item.Document, item.FiscalYear))
                {
                    yield return new HeldEntry(open);
                    open = [];
                }
                open.Add(item);
            }
        if (open.Count > 0) yield return new HeldEntry(open);
    }

    /// <summary>
    /// The tax credited, negative where it is debited: items on the account rule's tax account, and items that carry a tax base, in case SAP's tax code
    /// leads to another account than the rule says.
    /// </summary>
    public decimal Tax(string taxAccount) => -Items.Where(item => IsTax(item, taxAccount)).Sum(item => item.Amount);

    /// <summary>
    /// As a book's document, its customer given by our code, and its accounts as the account rule writes them
    /// (<paramref name="accountNames"/>, by ten digits) where it names them.
    /// </summary>
    public HeldDocument ToHeld(string company, string customerCode, string taxAccount, IReadOnlyDictionary<string, string> accountNames)
    {
        var tax = Tax(taxAccount);
        var net = -Items.Where(item => item.AccountType != CustomerItem && !IsTax(item, taxAccount)).Sum(item => item.Amount);
        var number = Reference(company, Items[0].Document, Items[0].FiscalYear).Number;
        return new HeldDocument(
            new BookDocument(Key, number, customerCode, Currency, net, tax, Total, AccountingMonth.Of(Items[0].PostingDate)),
            [.. Items.GroupBy(item => item.Account, StringComparer.Ordinal)
                .Select(account => new AccountMovement(accountNames.GetValueOrDefault(account.Key, account.Key), Currency, account.Sum(item => item.Amount)))]);
    }

    /// <summary>
    /// What SAP's documents under one key say about ours. A document that somebody reversed there is no proof of posting,
    /// and no absence either: a person has to say whether it shall stand.
    /// </summary>
    public static LookUpOutcome Judge(ErpDocument document, IReadOnlyList<HeldEntry> held, string company, string taxAccount)
    {
        if (held.Count == 0) return new LookUpOutcome.Absent();
        var ours = (ErpInvoice)document;
        var standing = held.Where(entry => !entry.Void).ToList();
        var numbers = string.Join(", ", held.Select(entry => Reference(company, entry.Items[0].Document, entry.Items[0].FiscalYear).Number));
        if (standing.Count > 1)
            return Conflict(
                "duplicate-in-erp", $"SAP holds {standing.Count} documents under {ours.Key}: {numbers}.",
                "Reverse the one too many in SAP, then replay; nothing more is sent until somebody does.");
        if (standing.Count == 0)
            return Conflict(
                "reversed-in-erp", $"SAP held {ours.Key} and somebody reversed it there: {numbers}.",
                "Cancel the posting here if the reversal shall stand, or have it reversed in SAP.");

        var entry = standing[0];
        List<string> differences = [];
        if (!SapText.SameCode(entry.Customer, ours.ErpCustomerId)) differences.Add($"customer {entry.Customer} instead of {ours.ErpCustomerId}");
        if (entry.Currency != ours.Currency.Code) differences.Add($"currency {entry.Currency} instead of {ours.Currency}");
        if (entry.Total != ours.Total) differences.Add(FormattableString.Invariant($"total {entry.Total} instead of {ours.Total}"));
        var tax = entry.Tax(taxAccount);
        if (tax != ours.Tax) differences.Add(FormattableString.Invariant($"tax {tax} instead of {ours.Tax}"));
        if (differences.Count > 0)
            return Conflict(
                "key-taken", $"SAP holds another document under {ours.Key} ({numbers}): {string.Join(", ", differences)}.",
                "Find out which of the two is right. Ours is not sent: two documents must not share a number.");
        return new LookUpOutcome.Found(Reference(company, entry.Items[0].Document, entry.Items[0].FiscalYear));
    }

    private static bool IsTax(LineItem item, string taxAccount) =>
        item.AccountType != CustomerItem && (item.TaxBase != 0m || (taxAccount.Length > 0 && SapText.SameCode(item.Account, taxAccount)));

    private static LookUpOutcome.Conflict Conflict(string code, string cause, string remedy) =>
        new(new Finding(ExceptionCategory.Business, code, cause, remedy));
}
