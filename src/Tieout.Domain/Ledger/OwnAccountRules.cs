using System.Globalization;
using Tieout.Domain.Catalog;

namespace Tieout.Domain.Ledger;

/// <summary>An account of its own that somebody wants a legal entity to have.</summary>
/// <param name="Code">What it is called in entries, behind <c>own.</c>; it never changes, nor does the type.</param>
/// <param name="From">The first day it takes entries of; null for any.</param>
public sealed record OwnAccountWish(string Code, string Number, string Name, AccountType Type, DateOnly? From)
{
    /// <summary>As the chart has it.</summary>
    public ChartAccount Account => new(LedgerAccount.OfOwn(Code), Number, Name, Type) { OpenedOn = From };
}

/// <summary>Which accounts of its own a legal entity may have, and when one takes no more entries.</summary>
public static class OwnAccountRules
{
    /// <summary>Everything that is wrong with a wish, in itself or beside the chart that stands; nothing when it may be added.</summary>
    public static IReadOnlyList<PriceProblem> Judge(ChartOfAccounts stands, OwnAccountWish wish)
    {
        List<PriceProblem> problems = [];
        if (!LedgerAccount.IsOwnCode(wish.Code))
            problems.Add(new(
                "code", "bad-code", $"A code is of small letters, digits and dashes, at most {LedgerAccount.OwnCodeMost}, and no dash comes first.",
                "Give one such as travel."));
        else if (LedgerAccount.All.Contains(wish.Code))
            problems.Add(new("code", "code-taken", "An account of the house is called so.", "Take that one, or another code."));
        else if (stands.Has(wish.Account.Account))
            problems.Add(new(
                "code", "code-taken", "The legal entity has an account of this code, with another number, name, type or first day.",
                "Take another code, or look at the chart."));
        if (problems.Count == 0) problems.AddRange(ChartRules.Judge(stands.WithOwn([wish.Account]), [new ChartWish(wish.Account.Account, wish.Number, wish.Name)]));
        return problems;
    }

    /// <summary>Why an account cannot take its last entries on a day; null when it can.</summary>
    /// <param name="lastEntry">The day of its last entry; null for none.</param>
    /// <param name="left">What it comes to in each currency, and in that of the books.</param>
    public static PriceProblem? ClosingProblem(ChartAccount account, DateOnly on, DateOnly? lastEntry, IEnumerable<Money> left) =>
        !LedgerAccount.IsOwn(account.Account)
            ? new("account", "not-own", "This is an account of the house, which is never closed.", "Name one of the legal entity's own.")
        : lastEntry > on
            ? new(
                "on", "later-than-that", string.Create(CultureInfo.InvariantCulture, $"It has an entry of {lastEntry:yyyy-MM-dd}."),
                "Close it on that day or a later one.")
        // What was earned and what it cost is not reset by us at a year's end, so that such accounts never come to zero again.
        : account.Type is not (AccountType.Income or AccountType.Expense) && left.FirstOrDefault(one => !one.IsZero) is { Currency: not null } money
            ? new("account", "not-zero", $"There is {money} on it.", "Book that elsewhere first.")
        : null;

    /// <summary>Why an account takes no entry of a day; null when it does.</summary>
    public static PriceProblem? BookingProblem(ChartOfAccounts chart, string account, DateOnly day)
    {
        if (chart.Has(account) && chart[account].Takes(day)) return null;
        var instead = $"Take one of {string.Join(", ", chart.ChosenByHand(day).Select(one => one.Account))}, or add it to the chart.";
        return !chart.Has(account) ? new("account", "unknown-ledger-account", "The legal entity has no such account.", instead)
            : chart[account].ClosedOn is { } closed && day > closed
                ? new("account", "account-closed", string.Create(CultureInfo.InvariantCulture, $"It takes no entries after {closed:yyyy-MM-dd}."), instead)
            : new(
                "account", "account-not-open", string.Create(CultureInfo.InvariantCulture, $"It takes entries from {chart[account].OpenedOn:yyyy-MM-dd} on."),
                instead);
    }
}
