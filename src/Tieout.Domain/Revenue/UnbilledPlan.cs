using Tieout.Domain.Ledger;

namespace Tieout.Domain.Revenue;

/// <summary>What stands, or should stand, on an account of unbilled revenue at a month's end.</summary>
/// <param name="Contract">Of which given contract; null for all that none covers.</param>
/// <param name="Account"><see cref="LedgerAccount.ContractAsset"/> or <see cref="LedgerAccount.UnbilledReceivable"/>.</param>
/// <param name="Amount">Zero or more.</param>
public readonly record struct UnbilledAmount(AccountingMonth Month, Guid? Contract, string Account, Money Amount);

/// <summary>What a month moves between deferred revenue and the accounts of unbilled revenue, in one currency.</summary>
/// <param name="Lines">By contract and account, above zero for what is added; never empty, none of zero.</param>
public sealed record UnbilledMove(AccountingMonth Month, IReadOnlyList<UnbilledAmount> Lines)
{
    /// <summary>By how much contract assets grow.</summary>
    public Money ContractAsset => Sum(LedgerAccount.ContractAsset);

    /// <summary>By how much unbilled receivables grow.</summary>
    public Money UnbilledReceivable => Sum(LedgerAccount.UnbilledReceivable);

    /// <summary>The lines of its entry; none where what contracts gain and lose comes to nothing on both accounts.</summary>
    public IReadOnlyList<JournalLine> EntryLines =>
    [
        .. new JournalLine[]
        {
            new(LedgerAccount.ContractAsset, ContractAsset), new(LedgerAccount.UnbilledReceivable, UnbilledReceivable),
            new(LedgerAccount.DeferredRevenue, -(ContractAsset + UnbilledReceivable)),
        }.Where(line => !line.Amount.IsZero),
    ];

    /// <summary>
    /// The lines of an entry in a foreign currency with what they come to in the books: what goes leaves at what it stands at there, so that
    /// nothing left is nothing there too; what is added comes at the rate of the month's last day, for it is not invoiced yet.
    /// </summary>
    /// <param name="stands">What lies on an account before, by its name.</param>
    /// <param name="rate">Of the month's last day; asked for only where it is needed.</param>
    /// <param name="books">The currency of the books.</param>
    public IReadOnlyList<JournalLine> InBooks(Func<string, Carried> stands, Func<decimal> rate, Currency books)
    {
        List<JournalLine> lines = [];
        foreach (var line in EntryLines)
        {
            // The last is what the others came from, so that all come to nothing.
            var functional = lines.Count == EntryLines.Count - 1
                ? -lines.Sum(one => one.Functional!.Value.Amount)
                : Comes(stands(line.Account), line.Amount.Amount, rate, books);
            lines.Add(line with { Functional = new Money(functional, books) });
        }
        return lines;
    }

    private static decimal Comes(Carried stands, decimal amount, Func<decimal> rate, Currency books) =>
        stands.Amount != 0 && Math.Sign(amount) == -Math.Sign(stands.Amount) && Math.Abs(amount) <= Math.Abs(stands.Amount)
            ? -stands.Of(-amount, books)
            : Rounding.JournalLine(new Money(amount * rate(), books)).Amount;

    private Money Sum(string account) =>
        Lines.Where(line => line.Account == account).Aggregate(Money.Zero(Lines[0].Amount.Currency), (sum, line) => sum + line.Amount);
}

/// <summary>From what should stand at months' ends to what is moved in each of them.</summary>
public static class UnbilledPlan
{
    /// <summary>
    /// Month after month what should stand less what does, with all that the months before it move now. So at the end of each month exactly what
    /// should stand does, and with the same again nothing is moved. By month, then currency.
    /// </summary>
    /// <param name="wanted">What should stand at the ends of these months; nothing where none is said.</param>
    /// <param name="booked">What does, moves of earlier months included; nothing where none is said.</param>
    /// <param name="first">The first month that may still be changed.</param>
    /// <param name="last">The last one to look at.</param>
    public static IReadOnlyList<UnbilledMove> Of(
        IEnumerable<UnbilledAmount> wanted, IEnumerable<UnbilledAmount> booked, AccountingMonth first, AccountingMonth last)
    {
        var (should, stands) = (Summed(wanted), Summed(booked));
        var keys = should.Keys.Concat(stands.Keys).Select(one => one.Key).Distinct().OrderBy(key => key.Currency, StringComparer.Ordinal)
            .ThenBy(key => key.Account, StringComparer.Ordinal).ThenBy(key => key.Contract).ToList();
        Dictionary<Key, decimal> moved = [];
        List<UnbilledMove> moves = [];
        for (var month = first; month <= last; month = AccountingMonth.Of(month.Period.End))
        {
            List<UnbilledAmount> lines = [];
            foreach (var key in keys)
            {
                var sofar = moved.GetValueOrDefault(key);
                var missing = should.GetValueOrDefault((month, key)) - stands.GetValueOrDefault((month, key)) - sofar;
                if (missing == 0m) continue;
                moved[key] = sofar + missing;
                lines.Add(new UnbilledAmount(month, key.Contract, key.Account, new Money(missing, Currency.Of(key.Currency))));
            }
            moves.AddRange(lines.GroupBy(line => line.Amount.Currency.Code).Select(currency => new UnbilledMove(month, [.. currency])));
        }
        return moves;
    }

    private static Dictionary<(AccountingMonth Month, Key Key), decimal> Summed(IEnumerable<UnbilledAmount> amounts)
    {
        Dictionary<(AccountingMonth, Key), decimal> sums = [];
        foreach (var one in amounts)
        {
            var key = (one.Month, new Key(one.Amount.Currency.Code, one.Contract, one.Account));
            sums[key] = sums.GetValueOrDefault(key) + one.Amount.Amount;
        }
        return sums;
    }

    private readonly record struct Key(string Currency, Guid? Contract, string Account);
}
