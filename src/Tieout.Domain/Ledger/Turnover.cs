namespace Tieout.Domain.Ledger;

/// <summary>What was booked on an account: debits and credits apart, both as positive amounts, and on how many lines.</summary>
public readonly record struct Turnover(decimal Debit, decimal Credit, long Lines)
{
    /// <summary>Debits less credits.</summary>
    public decimal Amount => Debit - Credit;

    /// <summary>Both together.</summary>
    public static Turnover operator +(Turnover left, Turnover right) =>
        new(left.Debit + right.Debit, left.Credit + right.Credit, left.Lines + right.Lines);
}

/// <summary>One account of one legal entity in one accounting month and currency: what a turnover is kept for.</summary>
/// <param name="Entity">Code of the legal entity.</param>
/// <param name="Account">One of <see cref="LedgerAccount"/>.</param>
public readonly record struct AccountMonth(string Entity, AccountingMonth Month, string Account, Currency Currency);
