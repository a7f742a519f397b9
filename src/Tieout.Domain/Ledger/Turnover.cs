namespace Tieout.Domain.Ledger;

/// <summary>What was booked on an account: debits and credits apart, both as positive amounts, and on how many lines.</summary>
/// <param name="FunctionalDebit">The debits in the currency of the legal entity's books; the same where the account's currency is that one.</param>
/// <param name="FunctionalCredit">The credits there, positive.</param>
public readonly record struct Turnover(decimal Debit, decimal Credit, long Lines, decimal FunctionalDebit = 0, decimal FunctionalCredit = 0)
{
    /// <summary>Debits less credits.</summary>
    public decimal Amount => Debit - Credit;

    /// <summary>Debits less credits, in the currency of the books.</summary>
    public decimal Functional => FunctionalDebit - FunctionalCredit;

    /// <summary>Both together.</summary>
    public static Turnover operator +(Turnover left, Turnover right) =>
        new(left.Debit + right.Debit, left.Credit + right.Credit, left.Lines + right.Lines, left.FunctionalDebit + right.FunctionalDebit,
            left.FunctionalCredit + right.FunctionalCredit);

    /// <summary>The one without the other, which is a part of it.</summary>
    public static Turnover operator -(Turnover left, Turnover right) =>
        new(left.Debit - right.Debit, left.Credit - right.Credit, left.Lines - right.Lines, left.FunctionalDebit - right.FunctionalDebit,
            left.FunctionalCredit - right.FunctionalCredit);
}

/// <summary>One account of one legal entity in one accounting month and currency: what a turnover is kept for.</summary>
/// <param name="Entity">Code of the legal entity.</param>
/// <param name="Account">One of <see cref="LedgerAccount"/>.</param>
public readonly record struct AccountMonth(string Entity, AccountingMonth Month, string Account, Currency Currency);
