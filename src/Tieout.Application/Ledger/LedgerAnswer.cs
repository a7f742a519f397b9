using Tieout.Application.Dunning;
using Tieout.Domain;
using Tieout.Domain.Ledger;

namespace Tieout.Application.Ledger;

/// <summary>What came of asking the books.</summary>
public abstract record LedgerAnswer
{
    private LedgerAnswer() { }

    /// <summary>A trial balance.</summary>
    public sealed record Balance(TrialBalanceSheet Sheet) : LedgerAnswer;

    /// <summary>A page of an account's lines.</summary>
    public sealed record Account(AccountStatement Statement) : LedgerAnswer;

    /// <summary>What a customer owes.</summary>
    public sealed record Customer(CustomerStatement Statement) : LedgerAnswer;

    /// <summary>A legal entity's accounts.</summary>
    public sealed record Chart(string LegalEntity, IReadOnlyList<ChartAccount> Accounts) : LedgerAnswer;

    /// <summary>A file that can be written.</summary>
    /// <param name="Name">What to call it.</param>
    /// <param name="Write">Writes it and answers how many entries it holds; what breaks off has no closing balances.</param>
    public sealed record File(string Name, Func<Stream, CancellationToken, Task<long>> Write) : LedgerAnswer;

    /// <summary>The question cannot be answered, or what was asked for cannot be done; nothing was changed.</summary>
    public sealed record Refused(string Field, string Code, string Reason, string Remedy) : LedgerAnswer;
}

/// <summary>The trial balance of a legal entity.</summary>
/// <param name="At">The instant the books are seen at; null for now.</param>
/// <param name="Balanced">Whether it comes to zero in each currency, and in that of the books.</param>
/// <param name="InBooks">The sums over all accounts and currencies in the currency of the books.</param>
public sealed record TrialBalanceSheet(
    string LegalEntity, AccountingMonth Month, DateTimeOffset? At, bool Balanced, IReadOnlyList<TrialBalanceLine> Lines,
    IReadOnlyList<TrialBalanceTotal> Totals, TrialBalanceTotal InBooks)
{
    /// <summary>The dimension that lines are grouped by; null where they are not.</summary>
    public string? By { get; init; }

    /// <summary>The lines of the books that these alone are of; null for all. Whether it comes to zero is of all of them all the same.</summary>
    public DimensionFilter? Filter { get; init; }
}

/// <summary>A page of the lines of an account in one currency, with what it came to before and after each.</summary>
/// <param name="BillingAccount">Code of the billing account whose lines alone these are; empty for all.</param>
/// <param name="Opening">Before the first month asked for.</param>
/// <param name="Closing">After the last month asked for, whatever page this is.</param>
/// <param name="Next">Token to give as <c>after</c> for the next page; null on the last.</param>
public sealed record AccountStatement(
    string LegalEntity, string Account, string Number, string Name, string BillingAccount, AccountingMonth From, AccountingMonth Until, Money Opening,
    Money Closing, IReadOnlyList<AccountStatementLine> Lines, string? Next)
{
    /// <summary>The opening in the currency of the books.</summary>
    public required Money OpeningInBooks { get; init; }

    /// <summary>The closing in the currency of the books.</summary>
    public required Money ClosingInBooks { get; init; }

    /// <summary>The instant the books are seen at; null for now.</summary>
    public DateTimeOffset? At { get; init; }

    /// <summary>The lines of the account that these alone are of; null for all. Opening, closing and balances are of these alone, too.</summary>
    public DimensionFilter? Filter { get; init; }
}

/// <summary>One line of an account.</summary>
/// <param name="Document">The document's number, such as an invoice's.</param>
/// <param name="Kind">What the entry is for.</param>
/// <param name="Month">The accounting month, which may be another than that of the date.</param>
/// <param name="Amount">Debit positive, credit negative.</param>
/// <param name="Balance">What the account comes to after it.</param>
public sealed record AccountStatementLine(
    Guid Entry, int Line, string Document, string Kind, DateOnly Date, AccountingMonth Month, string BillingAccount, string Text, Money Amount, Money Balance)
{
    /// <summary>The amount in the currency of the books; not zero on a line of zero, which is what a rate won or lost.</summary>
    public required Money InBooks { get; init; }

    /// <summary>What it is sorted by, our word of a dimension to our code; empty on most lines.</summary>
    public required IReadOnlyDictionary<string, string> Dimensions { get; init; }
}

/// <summary>What a billing account owes, as our books say, and since when.</summary>
/// <param name="On">The day the ages are of, and where it was asked for the amounts as well.</param>
/// <param name="Receivable">What the account owes by the books: what is open, less what is to its credit.</param>
/// <param name="Credits">What credit memos left to it, negative: with what is open it comes to the receivable.</param>
/// <param name="Disputed">What it disputes.</param>
/// <param name="Unapplied">What it paid and no invoice has taken yet, positive.</param>
/// <param name="Open">What it owes, by age.</param>
/// <param name="Items">Open invoices, the longest due first.</param>
/// <param name="Next">Token to give as <c>after</c> for the next page of items; null on the last.</param>
public sealed record CustomerStatement(
    string BillingAccount, string Customer, string LegalEntity, DateOnly On, Money Receivable, Money Credits, Money Disputed, Money Unapplied,
    Ageing Open, IReadOnlyList<OpenItem> Items, string? Next)
{
    /// <summary>The instant the books are seen at; null for now.</summary>
    public DateTimeOffset? At { get; init; }

    /// <summary>Whether it was reminded, as the last look at it found; null while nothing of it was ever overdue.</summary>
    public DunningStatus? Dunning { get; init; }
}

/// <summary>An invoice that still asks for something.</summary>
public sealed record OpenItem(string Number, DateOnly IssuedOn, DateOnly DueOn, int DaysOverdue, Money Total, Money Open);
