using System.Globalization;

namespace Tieout.Domain.Ledger;

/// <summary>What an account of the books is. <see cref="Words"/> spells it outside the program.</summary>
public enum AccountType
{
    /// <summary>What we own or are owed.</summary>
    Asset,

    /// <summary>What we owe.</summary>
    Liability,

    /// <summary>What belongs to the owners.</summary>
    Equity,

    /// <summary>What we earned.</summary>
    Income,

    /// <summary>What it cost.</summary>
    Expense,
}

/// <summary>How a legal entity calls one of our accounts.</summary>
/// <param name="Account">One of <see cref="LedgerAccount"/>.</param>
/// <param name="Number">Its number in the chart; no two accounts of a legal entity share one.</param>
/// <param name="Name">For people.</param>
/// <param name="Type">Given by what the account is for; nobody changes it.</param>
public sealed record ChartAccount(string Account, string Number, string Name, AccountType Type)
{
    /// <summary>The first day it takes entries of; null for any. Of an account of the legal entity's own.</summary>
    public DateOnly? OpenedOn { get; init; }

    /// <summary>The last day it takes entries of; null while it is open. Of an account of the legal entity's own.</summary>
    public DateOnly? ClosedOn { get; init; }

    /// <summary>Whether it takes entries of a day.</summary>
    public bool Takes(DateOnly day) => !(day < OpenedOn) && !(day > ClosedOn);
}

/// <summary>What somebody wants an account to be called; null leaves what stands.</summary>
public sealed record ChartWish(string Account, string? Number, string? Name);

/// <summary>The accounts of a legal entity with their numbers and names: those of the house, but for what the entity calls otherwise.</summary>
public sealed class ChartOfAccounts
{
    private static readonly ChartAccount[] House =
    [
        new(LedgerAccount.CashClearing, "1100", "Cash clearing", AccountType.Asset),
        new(LedgerAccount.GatewayClearing, "1110", "Gateway clearing", AccountType.Asset),
        new(LedgerAccount.CurrencyExchange, "1120", "Currency exchange", AccountType.Asset),
        new(LedgerAccount.CashTransfer, "1130", "Cash in transit", AccountType.Asset),
        new(LedgerAccount.Receivable, "1200", "Accounts receivable", AccountType.Asset),
        new(LedgerAccount.DisputedReceivable, "1210", "Disputed receivables", AccountType.Asset),
        new(LedgerAccount.UnbilledReceivable, "1220", "Unbilled receivables", AccountType.Asset),
        new(LedgerAccount.ContractAsset, "1230", "Contract assets", AccountType.Asset),
        new(LedgerAccount.Revaluation, "1290", "Revaluation of foreign currency", AccountType.Asset),
        new(LedgerAccount.Tax, "2200", "Tax payable", AccountType.Liability),
        new(LedgerAccount.DeferredRevenue, "2300", "Deferred revenue", AccountType.Liability),
        new(LedgerAccount.PrepaidCredit, "2310", "Prepaid credit", AccountType.Liability),
        new(LedgerAccount.UnappliedCash, "2400", "Unapplied cash", AccountType.Liability),
        new(LedgerAccount.Revenue, "4000", "Revenue", AccountType.Income),
        new(LedgerAccount.EarlyPaymentDiscount, "4100", "Discounts for early payment", AccountType.Income),
        new(LedgerAccount.InterestIncome, "4700", "Interest income", AccountType.Income),
        new(LedgerAccount.OtherIncome, "4800", "Other income", AccountType.Income),
        new(LedgerAccount.FxGainLoss, "4900", "Exchange gains and losses", AccountType.Income),
        new(LedgerAccount.FxUnrealised, "4910", "Unrealised exchange gains and losses", AccountType.Income),
        new(LedgerAccount.BankFees, "6100", "Bank fees", AccountType.Expense),
        new(LedgerAccount.BadDebt, "6200", "Bad debt", AccountType.Expense),
        new(LedgerAccount.InterestExpense, "6300", "Interest expense", AccountType.Expense),
        new(LedgerAccount.OtherExpense, "6800", "Other expense", AccountType.Expense),
        new(LedgerAccount.Rounding, "6900", "Rounding differences", AccountType.Expense),
    ];

    private readonly Dictionary<string, ChartAccount> _accounts;

    private ChartOfAccounts(IEnumerable<ChartAccount> accounts) =>
        _accounts = accounts.ToDictionary(account => account.Account, StringComparer.Ordinal);

    /// <summary>The number that accounts of further bank accounts are counted on from.</summary>
    private const int FirstOfBanks = 1101;

    /// <summary>What stands until a legal entity says otherwise.</summary>
    public static ChartOfAccounts Default { get; } = new(House);

    /// <summary>All of them, by number.</summary>
    public IReadOnlyList<ChartAccount> Accounts =>
        [.. _accounts.Values.OrderBy(account => account.Number, StringComparer.Ordinal).ThenBy(account => account.Account, StringComparer.Ordinal)];

    /// <summary>One of them.</summary>
    /// <exception cref="ArgumentException">There is no such account.</exception>
    public ChartAccount this[string account] =>
        _accounts.TryGetValue(account, out var found) ? found : throw new ArgumentException($"The chart has no account '{account}'.", nameof(account));

    /// <summary>Whether it has the account.</summary>
    public bool Has(string account) => _accounts.ContainsKey(account);

    /// <summary>
    /// The chart with the accounts of further bank accounts. Each is called by its code and counted on from 1101, until it is said otherwise.
    /// </summary>
    /// <param name="banks">Their accounts in the ledger, the oldest first.</param>
    public ChartOfAccounts WithBanks(IEnumerable<string> banks)
    {
        var accounts = new Dictionary<string, ChartAccount>(_accounts, StringComparer.Ordinal);
        var taken = accounts.Values.Select(account => account.Number).ToHashSet(StringComparer.Ordinal);
        var number = FirstOfBanks;
        foreach (var bank in banks)
        {
            while (!taken.Add(number.ToString(CultureInfo.InvariantCulture))) number++;
            accounts[bank] = new ChartAccount(
                bank, number.ToString(CultureInfo.InvariantCulture), $"Bank account {bank[(LedgerAccount.CashClearing.Length + 1)..]}", AccountType.Asset);
        }
        return new ChartOfAccounts(accounts.Values);
    }

    /// <summary>The chart with accounts of the legal entity's own.</summary>
    /// <param name="own">Each on an account that is <see cref="LedgerAccount.IsOwn"/>.</param>
    public ChartOfAccounts WithOwn(IEnumerable<ChartAccount> own)
    {
        var accounts = new Dictionary<string, ChartAccount>(_accounts, StringComparer.Ordinal);
        foreach (var account in own) accounts[account.Account] = account;
        return new ChartOfAccounts(accounts.Values);
    }

    /// <summary>What a person may choose on a day to say what money was for: see <see cref="LedgerAccount.ChosenByHand"/>; by number.</summary>
    public IReadOnlyList<ChartAccount> ChosenByHand(DateOnly day) =>
        [.. Accounts.Where(account => (LedgerAccount.ChosenByHand.Contains(account.Account) || LedgerAccount.IsOwn(account.Account)) && account.Takes(day))];

    /// <summary>The chart with these numbers and names in the place of what stands; whether that may be, <see cref="ChartRules"/> says.</summary>
    public ChartOfAccounts With(IEnumerable<ChartWish> wishes)
    {
        var accounts = new Dictionary<string, ChartAccount>(_accounts, StringComparer.Ordinal);
        foreach (var wish in wishes)
        {
            var stands = accounts[wish.Account];
            accounts[wish.Account] = stands with { Number = wish.Number ?? stands.Number, Name = wish.Name ?? stands.Name };
        }
        return new ChartOfAccounts(accounts.Values);
    }
}
