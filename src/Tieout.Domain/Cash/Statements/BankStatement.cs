using Tieout.Domain.Catalog;

namespace Tieout.Domain.Cash.Statements;

/// <summary>A statement of an account of ours that adds up: what stood before, what was booked, what stands after.</summary>
/// <param name="Account">Whose it is.</param>
/// <param name="Id">The bank's name of the statement; one account has each once.</param>
/// <param name="Sequence">The bank's electronic number; null where it gives none.</param>
/// <param name="Opening">Null only for a CSV file that states no balance.</param>
/// <param name="Closing">Opening and booked entries.</param>
/// <param name="Entries">Booked and right in themselves, in the bank's order.</param>
/// <param name="Refused">Booked and wrong in themselves; their amounts are counted in the balance.</param>
public sealed record BankStatement(
    OwnAccount Account, string Id, long? Sequence, StatedBalance? Opening, StatedBalance? Closing, IReadOnlyList<StatementEntry> Entries,
    IReadOnlyList<RefusedEntry> Refused);

/// <summary>An account of ours at a bank.</summary>
/// <param name="Number">IBAN without spaces, or the bank's own number, in capitals.</param>
public sealed record OwnAccount(string Number, Currency Currency, Guid LegalEntity)
{
    /// <summary>Names it among the books' bank accounts.</summary>
    public Guid Id { get; init; }

    /// <summary>Its last day; null while it is open.</summary>
    public DateOnly? ClosedOn { get; init; }
}

/// <summary>Which balance a bank states (codes of ISO 20022). <see cref="Words"/> spells it outside the program.</summary>
public enum BalanceKind
{
    /// <summary>OPBD: booked, before the first entry.</summary>
    Opening,

    /// <summary>PRCD: the closing one of the statement before.</summary>
    PreviousClosing,

    /// <summary>ITBD: within a day, or between two pages.</summary>
    Interim,

    /// <summary>CLBD: booked, after the last entry.</summary>
    Closing,
}

/// <summary>A balance as the bank states it; negative where we owe the bank.</summary>
public sealed record StatedBalance(BalanceKind Kind, Money Amount, DateOnly On);

/// <summary>One booking on the account.</summary>
/// <param name="No">Its place in the statement, from 1.</param>
/// <param name="Amount">Positive for money that came, negative for money that went, in the account's currency.</param>
/// <param name="Reversal">It takes an earlier booking back; the sign of the amount says which way.</param>
/// <param name="BankReference">The bank's own; empty for none.</param>
/// <param name="TransactionCode">Domain, family and sub-family (<c>PMNT/RCDT/ESCT</c>), or the bank's own code.</param>
/// <param name="Transactions">What it consists of; at least one, and they add up to the amount.</param>
public sealed record StatementEntry(
    EntryKey Key, int No, Money Amount, bool Reversal, DateOnly BookedOn, DateOnly ValueOn, string BankReference, string TransactionCode,
    IReadOnlyList<StatementTransaction> Transactions);

/// <summary>What makes a booking the same one in every file it is reported in.</summary>
/// <param name="Value">32 hexadecimal digits; the transactions of the entry are this with <c>-1</c>, <c>-2</c> behind it.</param>
/// <param name="FromBank">
/// Made from the bank's reference. Otherwise from all it says and how often the day has it: two payments that look alike in two files of one
/// day cannot be told from one payment reported twice.
/// </param>
public sealed record EntryKey(string Value, bool FromBank);

/// <summary>One payment within a booking.</summary>
/// <param name="No">From 1.</param>
/// <param name="Amount">What the account got or gave, after charges.</param>
/// <param name="Charges">What banks kept of it, as the statement says; zero where it says nothing.</param>
/// <param name="Other">Who paid; of money that went, who got it; of a return, the payer of the payment that is returned.</param>
/// <param name="EndToEndId">The payer's reference; empty for none.</param>
/// <param name="Ids">Other references of the payment: transaction, instruction, mandate, UETR.</param>
/// <param name="Text">What the payer wrote, in one line; card numbers are masked.</param>
/// <param name="References">Structured references to a creditor (RF…, national ones).</param>
/// <param name="Documents">Documents the payer names with their amounts.</param>
/// <param name="Exchange">What was ordered in another currency; null where nothing was.</param>
/// <param name="Returned">It is a payment that came back; <paramref name="ReturnReason"/> is the bank's code, such as AM04.</param>
/// <param name="Count">How many payments it stands for: more than one for a collective booking without details.</param>
public sealed record StatementTransaction(
    int No, Money Amount, decimal Charges, StatementParty Other, string EndToEndId, IReadOnlyList<string> Ids, string Text,
        IReadOnlyList<string> References,
    IReadOnlyList<AdvisedDocument> Documents, StatedExchange? Exchange, bool Returned, string ReturnReason, int Count = 1);

/// <summary>The other side of a payment.</summary>
/// <param name="Account">IBAN or other number without spaces; empty when the bank does not say.</param>
public sealed record StatementParty(string Name, string Account)
{
    /// <summary>Nobody is named.</summary>
    public static StatementParty Unknown { get; } = new("", "");
}

/// <summary>A document the payer names in structured form.</summary>
/// <param name="Kind">CINV for an invoice, CREN for a credit note, or what the bank calls it.</param>
/// <param name="Remitted">What is paid of it; null when not said.</param>
public sealed record AdvisedDocument(string Kind, string Number, decimal? Remitted);

/// <summary>An order in another currency.</summary>
/// <param name="Rate">As the bank states it, <paramref name="Unit"/> to the other; null when it does not.</param>
public sealed record StatedExchange(Money Ordered, decimal? Rate, string Unit);

/// <summary>An entry that is not taken in.</summary>
/// <param name="Amount">Signed; null when it cannot be read.</param>
public sealed record RefusedEntry(int No, decimal? Amount, PriceProblem Problem);

/// <summary>A statement that is not taken in, whole.</summary>
public sealed record RefusedStatement(string Account, string Id, IReadOnlyList<PriceProblem> Problems);
