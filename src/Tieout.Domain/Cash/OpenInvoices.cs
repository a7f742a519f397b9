namespace Tieout.Domain.Cash;

/// <summary>Invoices that several payments settle one after the other: each finds open what those before it left.</summary>
public sealed class OpenInvoices
{
    private readonly Dictionary<string, SettledInvoice> _byNumber;
    private readonly ILookup<Guid, string> _ofAccount;

    /// <summary>As they stand in the books before the first payment; each once.</summary>
    public OpenInvoices(IEnumerable<SettledInvoice> loaded)
    {
        _byNumber = loaded.ToDictionary(one => one.Number, StringComparer.Ordinal);
        _ofAccount = _byNumber.Values.Where(one => one.IsInvoice).ToLookup(one => one.Account, one => one.Number);
    }

    /// <summary>Ids of all in these currencies.</summary>
    public IReadOnlyList<Guid> Of(IEnumerable<string> currencies)
    {
        var among = currencies.ToHashSet(StringComparer.Ordinal);
        return [.. _byNumber.Values.Where(one => one.IsInvoice && among.Contains(one.Currency)).Select(one => one.Id)];
    }

    /// <summary>Decides about the next payment. What it settles is open no more for those that follow; one that is refused changes nothing.</summary>
    /// <param name="wishes">By name; none with <paramref name="oldestFirst"/>.</param>
    public ApplyDecision Settle(CashToApply cash, IReadOnlyList<SettleWish> wishes, bool oldestFirst)
    {
        var decision = oldestFirst
            ? ApplyCash.OldestFirst(cash, _ofAccount[cash.Account].Select(number => _byNumber[number]))
            : ApplyCash.Named(cash, wishes, [.. wishes.Select(wish => _byNumber.GetValueOrDefault(wish.Number)).OfType<SettledInvoice>()]);
        if (decision is ApplyDecision.Applied(var shares, _)) Take(shares, oldestFirst ? _ofAccount[cash.Account] : wishes.Select(wish => wish.Number));
        return decision;
    }

    /// <summary>A payment that was decided is not booked after all: what it settled is open again for those that follow.</summary>
    public void Undo(IReadOnlyList<CashShare> shares)
    {
        foreach (var share in shares)
            if (share.Pool.Settles is { } settled && _byNumber.Values.FirstOrDefault(one => one.Id == settled) is { } invoice)
                _byNumber[invoice.Number] = Less(invoice, -share.Amount, share.Pool is CashPool.Discount ? -share.Amount : 0m);
    }

    private void Take(IReadOnlyList<CashShare> shares, IEnumerable<string> among)
    {
        var taken = shares.Where(share => share.Pool.Settles is not null).ToLookup(share => share.Pool.Settles!.Value);
        foreach (var number in among)
            if (_byNumber.TryGetValue(number, out var invoice) && taken.Contains(invoice.Id))
                _byNumber[number] = Less(
                    invoice, CashPools.Whole(taken[invoice.Id]), CashPools.Whole(taken[invoice.Id].Where(share => share.Pool is CashPool.Discount)));
    }

    private static SettledInvoice Less(SettledInvoice invoice, decimal settled, decimal discount) => invoice with
    {
        Open = invoice.Open - settled,
        Discount = invoice.Discount is { } terms ? terms with { Taken = terms.Taken + discount } : null,
    };
}
