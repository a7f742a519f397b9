using Tieout.Domain.Ledger;

namespace Tieout.Domain.Revenue;

/// <summary>What became of prepaid credit. <see cref="Words"/> spells it outside the program.</summary>
public enum PrepaidUse
{
    /// <summary>A charge drew it.</summary>
    Drawn,

    /// <summary>It expired and was not rolled over: the breakage.</summary>
    Lapsed,
}

/// <summary>What credit was used for, and when.</summary>
/// <param name="Month">The month of the last day of what drew it, or of the day on which it lapsed; whether that month is closed or not.</param>
/// <param name="Subscription">Of what drew it; null where it lapsed.</param>
/// <param name="Component">Of what drew it; empty where it lapsed.</param>
public readonly record struct PrepaidKey(AccountingMonth Month, PrepaidUse Use, Guid? Subscription, string Component);

/// <summary>Credit that was used.</summary>
/// <param name="Credit">Units, or money, of the grant and of those that carry on its rest; above zero.</param>
public readonly record struct UsedCredit(PrepaidKey Key, decimal Credit);

/// <summary>A grant of prepaid credit that was sold, with all that happened to it. Grants that carry on its rest are told with it.</summary>
/// <param name="Account">The billing account's id.</param>
/// <param name="Grant">Its id.</param>
/// <param name="Currency">That of the account.</param>
/// <param name="Granted">Units or money, above zero.</param>
/// <param name="Paid">What invoices asked for it, less what credit memos gave back, by month of the books and with what that is in the books.</param>
/// <param name="Used">Each key once, in any order; together no more than was granted.</param>
/// <param name="Released">What was booked for each use, by month of the books; positive for what became revenue.</param>
public sealed record PaidGrant(
    Guid Account, Guid Grant, Currency Currency, decimal Granted, IReadOnlyList<(AccountingMonth Month, Carried Amount)> Paid,
    IReadOnlyList<UsedCredit> Used, IReadOnlyList<(AccountingMonth Month, PrepaidKey Key, Carried Amount)> Released)
{
    /// <summary>What different rates left of it and is booked as won, above zero, or lost, by month of the books; in their currency.</summary>
    public IReadOnlyList<(AccountingMonth Month, decimal Functional)> Exchanged { get; init; } = [];
}
