namespace Tieout.Domain.Ledger;

/// <summary>
/// The accounts of our own subledger, by what they are for. Account rules say which account of an ERP each one is.
/// </summary>
public static class LedgerAccount
{
    /// <summary>What customers owe us.</summary>
    public const string Receivable = "receivable";

    /// <summary>Earned.</summary>
    public const string Revenue = "revenue";

    /// <summary>Invoiced and not earned yet.</summary>
    public const string DeferredRevenue = "deferred-revenue";

    /// <summary>Invoiced for prepaid credit that is not drawn and has not lapsed.</summary>
    public const string PrepaidCredit = "prepaid-credit";

    /// <summary>Earned of a given contract and not invoiced, where something else than time has to pass before it may be.</summary>
    public const string ContractAsset = "contract-asset";

    /// <summary>Earned and not invoiced yet, where only time has to pass.</summary>
    public const string UnbilledReceivable = "unbilled-receivable";

    /// <summary>Tax owed to the authorities.</summary>
    public const string Tax = "tax";

    /// <summary>Owed to us and given up.</summary>
    public const string BadDebt = "bad-debt";

    /// <summary>Money received or paid out, until the bank statement says so.</summary>
    public const string CashClearing = "cash-clearing";

    // With the code of the bank account behind it.
    private const string BankPrefix = CashClearing + ".";

    /// <summary>
    /// On its way from one of our accounts at banks to another: out of the one by its statement, into the other by that one's. Nothing is left of it.
    /// </summary>
    public const string CashTransfer = "cash-transfer";

    // With the code behind it that the legal entity gave.
    private const string OwnPrefix = "own.";

    /// <summary>What a payment gateway holds for us: settled charges less refunds, disputes and fees, until it is paid out.</summary>
    public const string GatewayClearing = "gateway-clearing";

    /// <summary>
    /// Between what left a gateway's clearing in one currency and what came there in another. In the currency of the books it keeps nothing.
    /// </summary>
    public const string CurrencyExchange = "currency-exchange";

    /// <summary>What banks and payment providers keep for themselves.</summary>
    public const string BankFees = "bank-fees";

    /// <summary>What banks pay for money that lies with them.</summary>
    public const string InterestIncome = "interest-income";

    /// <summary>What banks ask for money that they lent.</summary>
    public const string InterestExpense = "interest-expense";

    /// <summary>Money that came to a bank account and is no customer's for what we invoice.</summary>
    public const string OtherIncome = "other-income";

    /// <summary>Money that went out of a bank account for what is booked nowhere else.</summary>
    public const string OtherExpense = "other-expense";

    /// <summary>What customers kept for paying early, without the tax in it.</summary>
    public const string EarlyPaymentDiscount = "early-payment-discount";

    /// <summary>Owed to us and disputed by the customer.</summary>
    public const string DisputedReceivable = "disputed-receivable";

    /// <summary>Paid to us and not applied to an invoice yet.</summary>
    public const string UnappliedCash = "unapplied-cash";

    /// <summary>Won or lost by a rate of exchange, for good: money came or went at another rate than what it settled was carried at.</summary>
    public const string FxGainLoss = "fx-gain-loss";

    /// <summary>
    /// What open items in foreign currencies are worth more or less at a month's end than they are carried at. In the currency of the books
    /// only, and taken back on the first day of the next month.
    /// </summary>
    public const string Revaluation = "revaluation";

    /// <summary>Won or lost by a rate of exchange if open items were settled at the rate of a month's end: the other side of revaluation.</summary>
    public const string FxUnrealised = "fx-unrealised";

    /// <summary>What rounding left over, and payments that were a little less or more than their invoice.</summary>
    public const string Rounding = "rounding";

    /// <summary>Those that every target names one of its own for: what invoices move, but for prepaid credit, which not everybody sells.</summary>
    public static IReadOnlyList<string> Invoiced { get; } = [Receivable, Revenue, DeferredRevenue, Tax];

    /// <summary>Those that stand for what customers owe: each line on one names whose it is.</summary>
    public static IReadOnlyList<string> OfCustomers { get; } = [Receivable, DisputedReceivable];

    /// <summary>All of them.</summary>
    public static IReadOnlyList<string> All { get; } =
    [
        .. Invoiced, PrepaidCredit, ContractAsset, UnbilledReceivable, BadDebt, CashClearing, CashTransfer, GatewayClearing, CurrencyExchange, BankFees,
        InterestIncome, InterestExpense, OtherIncome, OtherExpense, DisputedReceivable, EarlyPaymentDiscount, UnappliedCash, FxGainLoss, Revaluation,
        FxUnrealised, Rounding,
    ];

    /// <summary>
    /// Those whose balance in a foreign currency is money to come or to go, and worth what the rate of the day says: a month's end revalues
    /// them. What is deferred or prepaid is owed as a service and stays at the rate of its invoice.
    /// </summary>
    public static IReadOnlyList<string> Monetary { get; } = [CashClearing, CashTransfer, GatewayClearing, Receivable, DisputedReceivable, UnappliedCash];

    /// <summary>The account that a further bank account of a legal entity is kept on; its first one is kept on <see cref="CashClearing"/>.</summary>
    /// <param name="code">Of the bank account.</param>
    public static string OfBank(string code) => BankPrefix + code;

    /// <summary>Letters, digits and dashes of a bank account's code at most.</summary>
    public const int BankCodeMost = 20;

    /// <summary>Whether it can be the code of a bank account: small letters, digits and dashes, no dash first.</summary>
    public static bool IsBankCode(string text) => text.Length is > 0 and <= BankCodeMost && IsCode(text);

    /// <summary>An account that a legal entity has of its own in the chart: never called as one of the house is, nor as one it gets later.</summary>
    /// <param name="code">What the legal entity calls it, such as <c>travel</c>.</param>
    public static string OfOwn(string code) => OwnPrefix + code;

    /// <summary>Letters, digits and dashes of the code of an account of one's own at most.</summary>
    public const int OwnCodeMost = 30;

    /// <summary>Whether it can be the code of an account of one's own: small letters, digits and dashes, no dash first.</summary>
    public static bool IsOwnCode(string text) => text.Length is > 0 and <= OwnCodeMost && IsCode(text);

    /// <summary>Whether it can be an account of a legal entity's own; which of them it has, its books say.</summary>
    public static bool IsOwn(string account) =>
        account.StartsWith(OwnPrefix, StringComparison.Ordinal) && IsOwnCode(account[OwnPrefix.Length..]);

    /// <summary>
    /// Those that a person may choose to say what money was for that nothing else explains: costs and differences. All others are kept by what
    /// stands on them, open items, schedules, rates of exchange, and no choice keeps them right. Accounts of one's own come beside them
    /// (<see cref="ChartOfAccounts.ChosenByHand"/>).
    /// </summary>
    public static IReadOnlyList<string> ChosenByHand { get; } = [BankFees, Rounding];

    /// <summary>Whether money at a bank lies on it: <see cref="CashClearing"/>, or the account of a further bank account.</summary>
    public static bool IsCash(string account) => account == CashClearing || IsBank(account);

    /// <summary>
    /// Whether it can be an account of the ledger: one of <see cref="All"/>, that of a bank account, or one of a legal entity's own. Which of those
    /// it has, its books say.
    /// </summary>
    public static bool IsKnown(string account) => All.Contains(account) || IsBank(account) || IsOwn(account);

    /// <summary>What an account is for: that of every bank account is for what <see cref="CashClearing"/> is for.</summary>
    public static string Role(string account) => IsBank(account) ? CashClearing : account;

    /// <summary>All of them in words, for those who named none of them.</summary>
    public static string AllInWords { get; } =
        $"{string.Join(", ", All)}, {BankPrefix} and the code of a bank account, or {OwnPrefix} and the code of an account of one's own";

    private static bool IsCode(string text) =>
        text[0] != '-' && text.All(letter => char.IsAsciiLetterLower(letter) || char.IsAsciiDigit(letter) || letter == '-');

    private static bool IsBank(string account) =>
        account.StartsWith(BankPrefix, StringComparison.Ordinal) && IsBankCode(account[BankPrefix.Length..]);
}
