using Tieout.Domain.Ledger;

namespace Tieout.Domain.Cash;

/// <summary>
/// What a line of a bank statement that is no customer's may be booked on, whichever way its money went. What customers owe, what is owed to them
/// and what is earned is moved by documents, payments and refunds alone.
/// </summary>
public static class BankLineAccounts
{
    /// <summary>All of those of the house.</summary>
    public static IReadOnlyList<string> All { get; } =
    [
        LedgerAccount.BankFees, LedgerAccount.InterestIncome, LedgerAccount.InterestExpense, LedgerAccount.CashTransfer, LedgerAccount.OtherIncome,
        LedgerAccount.OtherExpense, LedgerAccount.Tax,
    ];

    /// <summary>All of them in words.</summary>
    public static string AllInWords { get; } = string.Join(", ", All) + ", or an account of the legal entity's own";

    /// <summary>Whether it is one of <see cref="All"/>, or may be one of the legal entity's own.</summary>
    public static bool Fits(string account) => All.Contains(account) || LedgerAccount.IsOwn(account);

    /// <summary>The entry of such a line: a debit first.</summary>
    /// <param name="bank">The account of the ledger that the bank account is kept on.</param>
    /// <param name="amount">Of the line: positive for money that came, never zero.</param>
    /// <exception cref="ArgumentException">The account does not fit, or nothing moved.</exception>
    public static IReadOnlyList<CashLine> Entry(string bank, string account, decimal amount) =>
        !Fits(account) ? throw new ArgumentException($"No line of a bank is booked on '{account}'.", nameof(account))
        : amount == 0 ? throw new ArgumentException("A line of a bank moves something.", nameof(amount))
        : amount > 0 ? [new(bank, amount), new(account, -amount)] : [new(account, -amount), new(bank, amount)];
}
