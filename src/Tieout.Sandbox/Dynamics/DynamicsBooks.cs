namespace Tieout.Sandbox.Dynamics;

/// <summary>What a customer owes by one posted line.</summary>
/// <param name="Company">Legal entity.</param>
/// <param name="Customer">Account.</param>
/// <param name="Voucher">It was posted under.</param>
/// <param name="Invoice">Invoice number; empty for none.</param>
/// <param name="Currency">ISO code.</param>
/// <param name="Amount">Debit positive.</param>
internal sealed record CustomerTransaction(string Company, string Customer, string Voucher, string Invoice, string Currency, decimal Amount)
{
    /// <summary>What is not settled of it.</summary>
    public decimal Open { get; set; } = Amount;
}

/// <summary>
/// The stand-in's own books, which know nothing of ours: rows of the entity sets, what was posted from them, and what customers owe.
/// Whoever reads or writes holds <see cref="Gate"/>.
/// </summary>
internal sealed class DynamicsBooks
{
    /// <summary>One change at a time.</summary>
    public Lock Gate { get; } = new();

    /// <summary>Rows by entity set, in the order they came.</summary>
    public IReadOnlyDictionary<string, List<EntityRow>> Sets { get; } =
        EntitySchema.All.Keys.ToDictionary(set => set, _ => new List<EntityRow>(), StringComparer.Ordinal);

    /// <summary>Open and settled.</summary>
    public List<CustomerTransaction> Customers { get; } = [];

    /// <summary>How often a journal was posted; more than once would be a fault of the stand-in.</summary>
    public int Postings { get; set; }

    /// <summary>The header of a journal, of whichever kind.</summary>
    public (string Set, EntityRow Row)? Header(string company, string number)
    {
        foreach (var set in (string[])["LedgerJournalHeaders", "CustomerPaymentJournalHeaders"])
            if (Sets[set].Find(row => Same(row.Company, company) && Same(row.Journal, number)) is { } row) return (set, row);
        return null;
    }

    /// <summary>A customer of a company; null when there is none.</summary>
    public EntityRow? Customer(string company, string account) =>
        Sets["CustomersV3"].Find(row => Same(row.Company, company) && Same(row.Text("CustomerAccount"), account));

    /// <summary>What is open under an invoice number on a customer's account.</summary>
    public IEnumerable<CustomerTransaction> Open(string company, string account, string invoice) =>
        Customers.Where(one => one.Open != 0m && one.Invoice == invoice && Same(one.Company, company) && Same(one.Customer, account));

    /// <summary>The lines of a journal.</summary>
    public List<EntityRow> Lines(string headers, string company, string number) =>
        Sets[LinesOf(headers)].FindAll(row => Same(row.Company, company) && Same(row.Journal, number));

    /// <summary>The day of a journal's first line; the first of days where there is none.</summary>
    public DateOnly DayOf(string company, string number)
    {
        lock (Gate)
            return Header(company, number) is { } header && Lines(header.Set, company, number) is [var line, ..]
                ? DateOnly.FromDateTime(line.Moment(DateOf(header.Set)).UtcDateTime) : DateOnly.MinValue;
    }

    /// <summary>Puts a changed row in the place of the old one.</summary>
    public void Replace(string set, EntityRow old, EntityRow changed)
    {
        var rows = Sets[set];
        rows[rows.FindIndex(row => ReferenceEquals(row, old))] = changed;
    }

    /// <summary>The set of a header's lines.</summary>
    public static string LinesOf(string headers) => headers.Replace("Headers", "Lines", StringComparison.Ordinal);

    /// <summary>The property that holds the day a line is posted on.</summary>
    public static string DateOf(string set) => set.StartsWith("Ledger", StringComparison.Ordinal) ? "TransDate" : "TransactionDate";

    /// <summary>The property that holds a line's own rate of exchange.</summary>
    public static string RateOf(string set) => set.StartsWith("Ledger", StringComparison.Ordinal) ? "ExchRate" : "ExchangeRate";

    /// <summary>Texts are the same whatever their case.</summary>
    public static bool Same(string one, string other) => string.Equals(one, other, StringComparison.OrdinalIgnoreCase);
}
