using System.Runtime.CompilerServices;
using Tieout.Connectors.Port;
using Tieout.Domain;
using Tieout.Domain.Exceptions;
using Tieout.Domain.Posting;
using Tieout.Domain.Reconciliation;

namespace Tieout.Connectors.SapS4;

/// <summary>A document as SAP holds it: its line items together.</summary>
internal sealed record HeldEntry(IReadOnlyList<LineItem> Items)
{
    public string Key => Items[0].Reference;
    public string Currency => Items[0].Currency;
    public bool Void => Items[0].Void;

    public string Type => Items[0].Type;

    /// <summary>SAP's number of the customer; empty for a document without one.</summary>
    public string Customer => Items.FirstOrDefault(item => item.OfCustomer)?.Customer ?? "";

    /// <summary>What the customer owes; negative where the customer is credited.</summary>
    public decimal Total => Items.Where(item => item.OfCustomer).Sum(item => item.Amount);

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
    public HeldDocument ToHeld(SapSettings settings, string customerCode, IReadOnlyDictionary<string, string> accountNames)
    {
        var (entry, tax) = (settings.IsEntry(Type), Tax(settings.TaxAccount));
        var net = -Items.Where(item => !item.OfCustomer && !IsTax(item, settings.TaxAccount)).Sum(item => item.Amount);
        var number = Reference(settings.CompanyCode, Items[0].Document, Items[0].FiscalYear).Number;
        // An entry belongs to a customer when it is about one only, and has neither net nor tax of its own.
        var customer = !entry || Items.Count(item => item.OfCustomer) == 1 ? customerCode : "";
        return new HeldDocument(
            new BookDocument(Key, number, customer, Currency, entry ? 0m : net, entry ? 0m : tax, Total, AccountingMonth.Of(Items[0].PostingDate)),
            [.. Items.GroupBy(item => item.Account, StringComparer.Ordinal)
                .Select(account => new AccountMovement(accountNames.GetValueOrDefault(account.Key, account.Key), Currency, account.Sum(item => item.Amount))
                {
                    InBooks = account.Sum(item => item.InBooks),
                })]);
    }

    /// <summary>
    /// What SAP's documents under one key say about ours. A document that somebody reversed there is no proof of posting,
    /// and no absence either: a person has to say whether it shall stand.
    /// </summary>
    public static LookUpOutcome Judge(ErpDocument ours, IReadOnlyList<HeldEntry> held, SapSettings settings)
    {
        if (held.Count == 0) return new LookUpOutcome.Absent();
        var company = settings.CompanyCode;
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
        var differences = ours switch
        {
            ErpInvoice invoice => entry.Differences(invoice, settings),
            ErpEntry journal => entry.Differences(journal, settings),
            _ => throw new InvalidOperationException("Unknown kind of document."),
        };
        if (differences.Count > 0)
            return Conflict(
                "key-taken", $"SAP holds another document under {ours.Key} ({numbers}): {string.Join(", ", differences)}.",
                "Find out which of the two is right. Ours is not sent: two documents must not share a number.");
        return new LookUpOutcome.Found(Reference(company, entry.Items[0].Document, entry.Items[0].FiscalYear));
    }

    private List<string> Differences(ErpInvoice ours, SapSettings settings)
    {
        List<string> differences = [];
        if (settings.IsEntry(Type)) differences.Add($"a journal entry ({Type}) instead of an invoice");
        if (!SapText.SameCode(Customer, ours.ErpCustomerId)) differences.Add($"customer {Customer} instead of {ours.ErpCustomerId}");
        if (Currency != ours.Currency.Code) differences.Add($"currency {Currency} instead of {ours.Currency}");
        if (Total != ours.Total) differences.Add(FormattableString.Invariant($"total {Total} instead of {ours.Total}"));
        var tax = Tax(settings.TaxAccount);
        if (tax != ours.Tax) differences.Add(FormattableString.Invariant($"tax {tax} instead of {ours.Tax}"));
        return differences;
    }

    /// <summary>Lines by account, customer and amount, in any order.</summary>
    private List<string> Differences(ErpEntry ours, SapSettings settings)
    {
        List<string> differences = [];
        if (!settings.IsEntry(Type)) differences.Add($"an invoice ({Type}) instead of a journal entry");
        if (Currency != ours.Currency.Code) differences.Add($"currency {Currency} instead of {ours.Currency}");
        List<LineItem> left = [.. Items];
        // Those whose account we chose first: the others take whatever account the customer has.
        foreach (var line in ours.Lines.OrderBy(line => AccountOf(line, settings).Length == 0))
        {
            var index = left.FindIndex(item => Same(item, line, AccountOf(line, settings)));
            if (index >= 0) left.RemoveAt(index);
            else differences.Add(FormattableString.Invariant($"no line of {line.Amount} on {line.LedgerAccount} {line.ErpCustomerId}").TrimEnd());
        }
        foreach (var item in left) differences.Add(FormattableString.Invariant($"a line of {item.Amount} on {item.Account} {item.Customer}").TrimEnd());
        return differences;
    }

    private static string AccountOf(ErpEntryLine line, SapSettings settings) =>
        line.CustomerCode.Length > 0 ? settings.OtherReceivable(line) : settings.Target.AccountOf(line.LedgerAccount, line.Account);

    private static bool Same(LineItem item, ErpEntryLine line, string account) =>
        item.Amount == line.Amount && item.OfCustomer == line.CustomerCode.Length > 0 && (account.Length == 0 || SapText.SameCode(item.Account, account))
        && (!item.OfCustomer || SapText.SameCode(item.Customer, line.ErpCustomerId));

    private static bool IsTax(LineItem item, string taxAccount) =>
        !item.OfCustomer && (item.TaxBase != 0m || (taxAccount.Length > 0 && SapText.SameCode(item.Account, taxAccount)));

    private static LookUpOutcome.Conflict Conflict(string code, string cause, string remedy) =>
        new(new Finding(ExceptionCategory.Business, code, cause, remedy));
}
