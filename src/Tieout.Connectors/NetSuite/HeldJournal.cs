using System.Runtime.CompilerServices;
using Tieout.Connectors.Port;
using Tieout.Domain;
using Tieout.Domain.Exceptions;
using Tieout.Domain.Posting;
using Tieout.Domain.Reconciliation;

namespace Tieout.Connectors.NetSuite;

/// <summary>One line of a transaction with the account it moves.</summary>
/// <param name="Transaction">Internal id.</param>
/// <param name="Key">External id.</param>
/// <param name="Type">NetSuite's word for the kind of record, such as <c>Journal</c>.</param>
/// <param name="Posting">False while it waits for approval.</param>
/// <param name="Voided">Somebody voided it.</param>
/// <param name="Month">Of the posting period.</param>
/// <param name="Currency">ISO code.</param>
/// <param name="Subsidiary">Internal id; empty in an account without subsidiaries.</param>
/// <param name="Entity">Internal id of the customer; empty where there is none.</param>
/// <param name="Customer">Our code of it; empty where it has none.</param>
/// <param name="Account">Internal id.</param>
/// <param name="Amount">Debit positive, credit negative, in the document's currency.</param>
/// <param name="AccountType">NetSuite's word, such as <c>AcctRec</c>.</param>
/// <param name="Memo">Of the transaction.</param>
internal sealed record HeldLine(
    string Transaction, string Key, string Type, bool Posting, bool Voided, AccountingMonth Month, string Currency, string Subsidiary,
    string Entity, string Customer, string Account, decimal Amount, string AccountType = "", string Memo = "")
{
    /// <summary>The amount in the subsidiary's currency.</summary>
    public decimal Own { get; private init; }

    /// <summary>Reads a row of <see cref="Questions.Under"/> or <see cref="Questions.Documents"/>.</summary>
    /// <exception cref="ReadBackException">Something that every row has is missing.</exception>
    public static HeldLine Of(SuiteQlRow row) => new(
        row.Need("id"), row.Text("externalid"), row.Need("type"), row.Flag("posting"), row.Flag("voided"), AccountingMonth.Of(row.Day("month")),
        row.Need("currency"), row.Text("subsidiary"), row.Text("entity"), row.Text("customer"), row.Need("account"), row.Amount("amount"),
        row.Text("accounttype"), row.Text("memo"))
    {
        Own = row.Amount("own"),
    };
}

/// <summary>A document as NetSuite holds it: its lines together. At least one.</summary>
internal sealed record HeldJournal(IReadOnlyList<HeldLine> Lines)
{
    /// <summary>Code of the finding that a document is there and in no book.</summary>
    public const string NotApproved = "not-approved-in-erp";

    private const string Journal = "Journal";
    private const string ReceivableType = "AcctRec";

    private HeldLine First => Lines[0];

    public string Key => First.Key;

    /// <summary>A journal goes by its internal id, whatever number NetSuite gave it: the answer to the upsert tells no other.</summary>
    public ErpReference Reference => ReferenceOf(First.Transaction);

    /// <summary>The same from an id alone.</summary>
    public static ErpReference ReferenceOf(string id) => new(id, id);

    /// <summary>Puts the lines of each document together; they come ordered by document, and a page may end inside one.</summary>
    /// <exception cref="ReadBackException">A document does not balance: some of it was not told.</exception>
    public static async IAsyncEnumerable<HeldJournal> Group(
        IAsyncEnumerable<SuiteQlRow> rows, [EnumeratorCancellation] CancellationToken cancel = default)
    {
        List<HeldLine> open = [];
        await foreach (var row in rows.WithCancellation(cancel))
        {
            var line = HeldLine.Of(row);
            if (open.Count > 0 && open[0].Transaction != line.Transaction)
            {
                yield return Whole(open);
                open = [];
            }
            open.Add(line);
        }
        if (open.Count > 0) yield return Whole(open);
    }

    /// <summary>As a book's document.</summary>
    public HeldDocument ToHeld(NetSuiteSettings settings)
    {
        List<HeldLine> customers = [.. Lines.Where(line => line.Entity.Length > 0)];
        var entry = IsEntry(settings);
        // An entry belongs to a customer when it is about one only. A customer without a code of ours is shown by NetSuite's id: it
        // cannot be mistaken for one of ours.
        var code = customers is [] || (entry && customers.Count > 1) ? "" : customers[0].Customer is { Length: > 0 } ours ? ours : customers[0].Entity;
        var (total, tax) = entry ? (customers.Sum(line => line.Amount), 0m) : (Total(settings), Tax(settings));
        return new HeldDocument(
            new BookDocument(Key, Reference.Number, code, First.Currency, entry ? 0m : total - tax, tax, total, First.Month),
            [.. Lines.GroupBy(line => settings.NameOf(line.Account), StringComparer.Ordinal)
                .Select(account => new AccountMovement(account.Key, First.Currency, account.Sum(line => line.Amount))
                {
                    // An invoice goes by one rate, which may leave a cent on each line.
                    InBooks = entry ? account.Sum(line => line.Own) : null,
                })]);
    }

    /// <summary>
    /// What the documents under one key say about ours. One that somebody voided is no proof of posting, and no absence either: an
    /// upsert would change the voided one. One that waits for approval is in no book yet.
    /// </summary>
    public static LookUpOutcome Judge(ErpDocument ours, IReadOnlyList<HeldJournal> held, NetSuiteSettings settings)
    {
        if (held.Count == 0) return new LookUpOutcome.Absent();
        var standing = held.Where(document => !document.First.Voided).ToList();
        var numbers = string.Join(", ", held.Select(document => $"{document.First.Type} {document.Reference.Number}"));
        if (standing.Count > 1)
            return Conflict(
                "duplicate-in-erp", $"NetSuite holds {standing.Count} documents under {ours.Key}: {numbers}.",
                "Delete the one too many in NetSuite, then replay; nothing more is sent until somebody does.");
        if (standing.Count == 0)
            return Conflict(
                "reversed-in-erp", $"NetSuite held {ours.Key} and somebody voided it there: {numbers}.",
                "Cancel the posting here if the void shall stand; else take our external id off the voided document, then replay.");
        var one = standing[0];
        if (one.Differences(ours, settings) is { Length: > 0 } differences)
            return Conflict(
                "key-taken", $"NetSuite holds another document under {ours.Key} ({numbers}): {differences}.",
                "Find out which of the two is right. Ours is not sent: it would overwrite the other.");
        return one.First.Posting
            ? new LookUpOutcome.Found(one.Reference)
            : Conflict(
                NotApproved, $"NetSuite holds {ours.Key} ({numbers}) and has not booked it: it waits for approval.",
                "Approve the journal in NetSuite, or allow our integration's role to create approved ones, then replay.");
    }

    private static HeldJournal Whole(List<HeldLine> lines)
    {
        var left = lines.Sum(line => line.Amount);
        return left == 0m || lines[0].Type != Journal
            ? new HeldJournal(lines)
            : throw new ReadBackException(FormattableString.Invariant(
                $"NetSuite told journal {lines[0].Transaction} ({lines[0].Key}) out of balance by {left}; some of it is missing."));
    }

    private static bool IsReceivable(HeldLine line, NetSuiteSettings settings) => line.AccountType == ReceivableType || line.Account == settings.Receivable;

    /// <summary>
    /// Every line of an invoice names its customer, and one of them at least is no receivable. Where that does not tell, the memo we
    /// wrote does.
    /// </summary>
    private bool IsEntry(NetSuiteSettings settings) =>
        Lines.Any(line => line.Entity.Length == 0) || Lines.All(line => IsReceivable(line, settings))
        || First.Memo.StartsWith(JournalMap.EntryMemo(Key), StringComparison.Ordinal);

    private decimal Total(NetSuiteSettings settings) => Lines.Where(line => IsReceivable(line, settings)).Sum(line => line.Amount);

    private decimal Tax(NetSuiteSettings settings) => -Lines.Where(line => settings.IsTax(line.Account)).Sum(line => line.Amount);

    private string Differences(ErpDocument ours, NetSuiteSettings settings)
    {
        List<string> found = [];
        if (First.Type != Journal) found.Add($"a {First.Type} instead of a journal");
        if (settings.OneWorld && First.Subsidiary != settings.Subsidiary) found.Add($"subsidiary {First.Subsidiary} instead of {settings.Subsidiary}");
        if (First.Currency != ours.Currency.Code) found.Add($"currency {First.Currency} instead of {ours.Currency}");
        if (ours is ErpEntry entry) Compare(entry, settings, found);
        else Compare((ErpInvoice)ours, settings, found);
        return string.Join(", ", found);
    }

    /// <summary>Lines by account, customer and amount, in any order.</summary>
    private void Compare(ErpEntry ours, NetSuiteSettings settings, List<string> found)
    {
        List<HeldLine> left = [.. Lines];
        foreach (var line in ours.Lines)
        {
            var account = settings.Target.AccountOf(line.LedgerAccount, line.Account);
            var entity = line.CustomerCode.Length > 0 ? line.ErpCustomerId : "";
            var index = left.FindIndex(held => held.Amount == line.Amount && held.Account == account && held.Entity == entity);
            if (index >= 0) left.RemoveAt(index);
            else found.Add(FormattableString.Invariant($"no line of {line.Amount} on account {account} {entity}").TrimEnd());
        }
        foreach (var line in left) found.Add(FormattableString.Invariant($"a line of {line.Amount} on account {line.Account} {line.Entity}").TrimEnd());
    }

    private void Compare(ErpInvoice ours, NetSuiteSettings settings, List<string> found)
    {
        string Plain(decimal amount) => new Money(amount, ours.Currency).ToPlain();
        var entity = Lines.FirstOrDefault(line => line.Entity.Length > 0)?.Entity ?? "none";
        if (entity != ours.ErpCustomerId) found.Add($"customer {entity} instead of {ours.ErpCustomerId}");
        var (total, tax) = (Total(settings), Tax(settings));
        if (total != ours.Total) found.Add(FormattableString.Invariant($"total {total} instead of {Plain(ours.Total)}"));
        if (tax != ours.Tax) found.Add(FormattableString.Invariant($"tax {tax} instead of {Plain(ours.Tax)}"));
    }

    private static LookUpOutcome.Conflict Conflict(string code, string cause, string remedy) =>
        new(new Finding(ExceptionCategory.Business, code, cause, remedy));
}
