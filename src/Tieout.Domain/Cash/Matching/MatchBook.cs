
namespace Tieout.Domain.Cash.Matching;

/// <summary>Everything money may be matched with, indexed once for many lines. Nothing in it changes.</summary>
public sealed class MatchBook
{
    private const int MostOfOneWord = 200;
    private const int LikeEnough = 60;

    private readonly Payers _payers;
    private readonly Dictionary<Guid, OpenItem[]> _byAccount;
    private readonly Dictionary<(string Currency, decimal Amount), OpenItem[]> _byAmount;
    private readonly Dictionary<string, EarlierReceipt[]> _receiptsById;
    private readonly Dictionary<string, EarlierReceipt[]> _receiptsByPayer;
    private ILookup<(string Currency, decimal Amount), ExpectedRefund> _refunds =
        Array.Empty<ExpectedRefund>().ToLookup(refund => (refund.Amount.Currency.Code, refund.Amount.Amount));

    /// <summary>Of what is open, who may pay, and what was received before. Their orders do not matter.</summary>
    public MatchBook(IReadOnlyCollection<OpenItem> items, IReadOnlyCollection<KnownPayer> payers, IReadOnlyCollection<EarlierReceipt>? receipts = null)
        : this(items, Payers.Of(payers), receipts ?? [])
    {
    }

    private MatchBook(MatchBook other)
    {
        (Numbers, _payers, _byAccount, _byAmount) = (other.Numbers, other._payers, other._byAccount, other._byAmount);
        (_receiptsById, _receiptsByPayer) = (other._receiptsById, other._receiptsByPayer);
        (Payouts, _refunds) = (other.Payouts, other._refunds);
    }

    private MatchBook(IReadOnlyCollection<OpenItem> items, Payers payers, IReadOnlyCollection<EarlierReceipt> receipts)
    {
        Numbers = new NumberIndex(items);
        _payers = payers;
        var owed = items.Where(item => item.Open > 0).ToList();
        _byAccount = owed.GroupBy(item => item.Account).ToDictionary(group => group.Key, Sorted);
        _byAmount = owed.GroupBy(item => (item.Currency.Code, item.Open)).ToDictionary(group => group.Key, Sorted);
        var standing = receipts.Where(receipt => !receipt.TakenBack).OrderBy(receipt => receipt.Payment).ToList();
        _receiptsById = Group(standing.SelectMany(receipt => receipt.Ids.Distinct().Select(id => (id, receipt))));
        _receiptsByPayer = Group(standing.Where(receipt => receipt.PaidFrom.Length > 0).Select(receipt => (receipt.PaidFrom, receipt)));
    }

    internal NumberIndex Numbers { get; }

    internal PayoutIndex Payouts { get; private init; } = PayoutIndex.None;

    /// <summary>The same, and payouts of gateways that lines may confirm.</summary>
    public MatchBook With(IReadOnlyCollection<ExpectedPayout> payouts) => new(this) { Payouts = new PayoutIndex(payouts) };

    /// <summary>The same, and refunds of ours that lines may confirm.</summary>
    public MatchBook With(IReadOnlyCollection<ExpectedRefund> refunds) =>
        new(this) { _refunds = refunds.ToLookup(refund => (refund.Amount.Currency.Code, refund.Amount.Amount)) };

    /// <summary>The same payers, indexed already, with what is open and what was received.</summary>
    public MatchBook With(IReadOnlyCollection<OpenItem> items, IReadOnlyCollection<EarlierReceipt> receipts) => new(items, _payers, receipts);

    /// <summary>The same names, and who is known to pay from which account at a bank; nothing open, nothing received.</summary>
    public MatchBook Knowing(IEnumerable<(Guid Account, string Number)> numbers) => new([], _payers.Knowing(numbers), []);

    /// <summary>Whose money it may be: accounts known to pay from where it came; where none is, those of a like name.</summary>
    public IEnumerable<Guid> MayHavePaid(BankLine line) =>
        PayersFrom(line.Payer.Account) is { Count: > 0 } known ? known : PayersLike(line.Payer.Name).Take(LineFacts.MostLike).Select(one => one.Account);

    /// <summary>Whether nobody is known to pay from where it came: then an invoice of its amount may be looked for among all that are open.</summary>
    public bool KnowsNobody(BankLine line) => PayersFrom(line.Payer.Account).Count == 0;

    /// <summary>Billing accounts that are known to pay from an account at a bank; usually one or none.</summary>
    internal IReadOnlyList<Guid> PayersFrom(string number) => number.Length > 0 && _payers.ByNumber.TryGetValue(number, out var found) ? found : [];

    /// <summary>Billing accounts whose name is like this one, with percent, the likest first.</summary>
    internal IReadOnlyList<(Guid Account, int Likeness)> PayersLike(string name)
    {
        var words = PayerName.Words(name);
        return [.. words.SelectMany(word => _payers.ByWord.TryGetValue(word, out var accounts) && accounts.Length <= MostOfOneWord ? accounts : []).Distinct()
            .Select(account => (Account: account, Likeness: PayerName.Likeness(words, _payers.Words[account])))
            .Where(one => one.Likeness >= LikeEnough).OrderByDescending(one => one.Likeness).ThenBy(one => one.Account)];
    }

    /// <summary>What an account owes, the oldest first.</summary>
    internal IReadOnlyList<OpenItem> OpenOf(Guid account) => _byAccount.TryGetValue(account, out var items) ? items : [];

    /// <summary>Invoices that ask for exactly this.</summary>
    internal IReadOnlyList<OpenItem> OpenOf(Money amount) => _byAmount.TryGetValue((amount.Currency.Code, amount.Amount), out var items) ? items : [];

    /// <summary>Refunds of exactly this.</summary>
    internal IEnumerable<ExpectedRefund> RefundsOf(Money amount) => _refunds[(amount.Currency.Code, amount.Amount)];

    internal IReadOnlyList<EarlierReceipt> ReceiptsOf(string id) => _receiptsById.TryGetValue(id, out var found) ? found : [];

    internal IReadOnlyList<EarlierReceipt> ReceiptsFrom(string payer) => _receiptsByPayer.TryGetValue(payer, out var found) ? found : [];

    private static Dictionary<string, EarlierReceipt[]> Group(IEnumerable<(string Key, EarlierReceipt Receipt)> pairs) =>
        pairs.GroupBy(pair => pair.Key, pair => pair.Receipt, StringComparer.Ordinal)
            .ToDictionary(group => group.Key, group => group.ToArray(), StringComparer.Ordinal);

    private static OpenItem[] Sorted(IEnumerable<OpenItem> items) =>
        [.. items.OrderBy(item => item.Date).ThenBy(item => item.Number, StringComparer.Ordinal).ThenBy(item => item.Invoice)];

    private sealed record Payers(
        Dictionary<string, Guid[]> ByNumber, Dictionary<string, Guid[]> ByWord, Dictionary<Guid, IReadOnlyList<string>> Words)
    {
        public static Payers Of(IReadOnlyCollection<KnownPayer> payers)
        {
            var words = payers.GroupBy(payer => payer.Account).ToDictionary(group => group.Key, group => PayerName.Words(group.Min(payer => payer.Name)!));
            return new Payers(
                Index(payers.SelectMany(payer => payer.Numbers.Select(number => (number, payer.Account)))),
                Index(words.SelectMany(pair => pair.Value.Select(word => (word, pair.Key)))), words);
        }

        public Payers Knowing(IEnumerable<(Guid Account, string Number)> numbers) =>
            this with { ByNumber = Index(numbers.Select(one => (one.Number, one.Account))) };

        private static Dictionary<string, Guid[]> Index(IEnumerable<(string Key, Guid Account)> pairs) => pairs.Distinct()
            .GroupBy(pair => pair.Key, pair => pair.Account, StringComparer.Ordinal)
            .ToDictionary(group => group.Key, group => group.Order().ToArray(), StringComparer.Ordinal);
    }
}
