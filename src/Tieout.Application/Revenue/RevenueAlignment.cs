using Tieout.Domain;

namespace Tieout.Application.Revenue;

/// <summary>Whether invoices, schedules, the books and what was amended tell the same at a month's end.</summary>
/// <param name="Lines">Deferred lines and schedules that differ, the first of them.</param>
/// <param name="LinesInAll">How many differ.</param>
/// <param name="Due">What is earned by the month's end and not booked.</param>
/// <param name="Books">Deferred revenue of the ledger beside what invoices and schedules say, whether it differs or not.</param>
/// <param name="Unbilled">The accounts of what is earned and not invoiced beside what contracts and documents say, whether they differ or not.</param>
/// <param name="Prepaid">Prepaid credit of the ledger beside what was paid for what is left of it, whether it differs or not.</param>
/// <param name="Behind">Subscriptions with an amendment that did not reach everything, the first of them.</param>
/// <param name="BehindInAll">How many there are.</param>
public sealed record RevenueAlignment(
    AccountingMonth Month, IReadOnlyList<UnalignedLine> Lines, long LinesInAll, IReadOnlyList<UnbookedMonth> Due, IReadOnlyList<DeferredBalance> Books,
    IReadOnlyList<UnbilledBalance> Unbilled, IReadOnlyList<CreditBalance> Prepaid, IReadOnlyList<AmendmentBehind> Behind, long BehindInAll)
{
    /// <summary>Deferred revenue and prepaid credit of foreign currencies in the currency of the books, whether they differ or not.</summary>
    public IReadOnlyList<BooksBalance> InBooks { get; init; } = [];

    /// <summary>Given contracts whose schedules are not what their facts come to, the first of them.</summary>
    public IReadOnlyList<UnalignedContract> Contracts { get; init; } = [];

    /// <summary>How many obligations' months of them there are.</summary>
    public long ContractsInAll { get; init; }

    /// <summary>How much there is to see to, what is earned and not booked apart.</summary>
    public long Findings => LinesInAll + BehindInAll + ContractsInAll + Books.Count(balance => !balance.Difference.IsZero)
        + Unbilled.Count(balance => balance.Wrong) + Prepaid.Count(balance => balance.Wrong) + InBooks.Count(balance => balance.Wrong);

    /// <summary>True when everything tells the same.</summary>
    public bool Aligned => Due.Count == 0 && Findings == 0;
}

/// <summary>An account that is a liability, of one foreign currency, in the currency of the books at a month's end: credit positive.</summary>
/// <param name="Account"><c>deferred-revenue</c> or <c>prepaid-credit</c>.</param>
/// <param name="Currency">In which it was invoiced.</param>
/// <param name="Wanted">What is still to be released of all documents at their own rates, of given contracts and of grants what they carry.</param>
/// <param name="Unbilled">What runs moved to contract assets and unbilled receivables.</param>
/// <param name="ByHand">What other entries than those of invoices and runs did to the account.</param>
/// <param name="Ledger">What the account comes to.</param>
/// <param name="Closed">Whether the books are closed for the month: nothing can be mended there.</param>
public sealed record BooksBalance(
    string LegalEntity, string Account, string Currency, Money Wanted, Money Unbilled, Money ByHand, Money Ledger, bool Closed)
{
    /// <summary>What the ledger has more than is wanted and other entries explain.</summary>
    public Money Difference => Ledger - Wanted - Unbilled - ByHand;

    /// <summary>Whether the books were changed past the program, or a run has to see to it.</summary>
    public bool Wrong => !Closed && !Difference.IsZero;

    /// <summary>What is wrong and what helps; empty where nothing is.</summary>
    public string Words => !Wrong ? ""
        : $"{Account} of {Currency} has {Difference} more in the books than what is left of its documents carries: run tieout revenue run; "
            + "what it does not mend was changed past the program.";
}

/// <summary>A month of a given contract's obligation that is scheduled otherwise than its facts and documents come to.</summary>
/// <param name="Wanted">Computed anew.</param>
/// <param name="Scheduled">What is stored.</param>
public sealed record UnalignedContract(
    string LegalEntity, string Contract, string Obligation, AccountingMonth Month, Money Wanted, Money Scheduled);

/// <summary>A line whose invoice moved and whose schedule did not, or the reverse.</summary>
/// <param name="Subscription">Code of the subscription; empty for a charge of the account.</param>
/// <param name="Invoiced">What the document defers; zero where it defers nothing.</param>
/// <param name="Scheduled">What is spread; zero where nothing is.</param>
/// <param name="Words">A sentence: what is wrong, and what helps.</param>
public sealed record UnalignedLine(string LegalEntity, string Document, int LineNo, string Subscription, Money Invoiced, Money Scheduled, string Words);

/// <summary>A month whose revenue is not booked whole.</summary>
public sealed record UnbookedMonth(string LegalEntity, AccountingMonth Month, Money Amount, long Lines);

/// <summary>Deferred revenue at a month's end, as a liability: credit positive.</summary>
/// <param name="Invoiced">Deferred by invoices, less what credit memos gave back.</param>
/// <param name="Released">Booked by revenue runs.</param>
/// <param name="Unbilled">What runs moved to contract assets and unbilled receivables, which is off it below zero.</param>
/// <param name="ByHand">What other entries did to the account.</param>
/// <param name="Ledger">What the account comes to.</param>
public sealed record DeferredBalance(string LegalEntity, Money Invoiced, Money Released, Money Unbilled, Money ByHand, Money Ledger)
{
    /// <summary>What the ledger has more than invoices, runs and other entries explain.</summary>
    public Money Difference => Ledger - Invoiced + Released - Unbilled - ByHand;
}

/// <summary>A contract asset or an unbilled receivable at a month's end: debit positive.</summary>
/// <param name="Account"><c>contract-asset</c> or <c>unbilled-receivable</c>.</param>
/// <param name="Wanted">What contracts and documents say, each by itself; the waterfall's.</param>
/// <param name="ByHand">What other entries than those of runs did to the account.</param>
/// <param name="Ledger">What the account comes to.</param>
/// <param name="Closed">Whether the books are closed for the month: what it lacks comes in the first open one, and is nothing to be mended.</param>
public sealed record UnbilledBalance(string LegalEntity, string Account, Money Wanted, Money ByHand, Money Ledger, bool Closed)
{
    /// <summary>What the ledger has more than is wanted and other entries explain.</summary>
    public Money Difference => Ledger - Wanted - ByHand;

    /// <summary>Whether a run has to see to it.</summary>
    public bool Wrong => !Closed && !Difference.IsZero;
}

/// <summary>Prepaid credit at a month's end, as a liability: credit positive.</summary>
/// <param name="Wanted">The paid share of what is left of all grants that were sold.</param>
/// <param name="ByHand">What other entries than those of invoices and runs did to the account.</param>
/// <param name="Ledger">What the account comes to.</param>
/// <param name="Closed">Whether the books are closed for the month: what it lacks comes in the first open one, and is nothing to be mended.</param>
public sealed record CreditBalance(string LegalEntity, Money Wanted, Money ByHand, Money Ledger, bool Closed)
{
    /// <summary>What the ledger has more than is wanted and other entries explain.</summary>
    public Money Difference => Ledger - Wanted - ByHand;

    /// <summary>Whether a run has to see to it.</summary>
    public bool Wrong => !Closed && !Difference.IsZero;
}

/// <summary>A subscription with an amendment that has not reached everything, or a given contract with a fact that has not.</summary>
/// <param name="Subscription">Its code, or the contract's.</param>
/// <param name="Version">Of its last amendment, or of the contract's last fact.</param>
/// <param name="Waits">Where it has not arrived: <c>billing</c>, <c>revenue</c> or <c>posting</c>.</param>
/// <param name="Words">A sentence: since when or where, and what helps.</param>
public sealed record AmendmentBehind(string LegalEntity, string Subscription, int Version, string Waits, string Words);
