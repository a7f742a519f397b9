namespace Tieout.Domain.Revenue;

/// <summary>Prepaid credit sold in one month, as the books have it at a month's end. Sold − credited − drawn − lapsed = left.</summary>
/// <param name="Sold">What invoices asked for.</param>
/// <param name="Credited">What credit memos gave back.</param>
/// <param name="Drawn">Booked as revenue for what charges drew.</param>
/// <param name="Lapsed">Booked as revenue for what expired unused.</param>
public sealed record PrepaidSale(AccountingMonth Month, Money Sold, Money Credited, Money Drawn, Money Lapsed)
{
    /// <summary>What lies on the account of it: owed, or earned and not booked yet.</summary>
    public Money Left => Sold - Credited - Drawn - Lapsed;
}

/// <summary>Gathers grants of prepaid credit by the month in which they were sold; one legal entity, one currency.</summary>
/// <param name="end">The month at whose end it is looked at.</param>
public sealed class PrepaidSales(Currency currency, AccountingMonth end)
{
    private readonly SortedDictionary<AccountingMonth, (decimal Sold, decimal Credited, decimal Drawn, decimal Lapsed)> _months = [];

    /// <summary>By month, the earliest first.</summary>
    public IReadOnlyList<PrepaidSale> Rows =>
    [
        .. _months.Select(month => new PrepaidSale(
            month.Key, new Money(month.Value.Sold, currency), new Money(month.Value.Credited, currency), new Money(month.Value.Drawn, currency),
            new Money(month.Value.Lapsed, currency))),
    ];

    /// <summary>Adds a grant. One that was not invoiced by then is not in the books; one invoiced anew stays in the month of its first invoice.</summary>
    public void Add(PaidGrant grant)
    {
        var paid = grant.Paid.Where(one => one.Month <= end).ToList();
        if (paid.Count == 0) return;
        var released = grant.Released.Where(one => one.Month <= end).ToLookup(one => one.Key.Use, one => one.Amount.Amount);
        var month = paid.Min(one => one.Month);
        var sofar = _months.GetValueOrDefault(month);
        _months[month] = (
            sofar.Sold + paid.Sum(one => Math.Max(one.Amount.Amount, 0m)), sofar.Credited - paid.Sum(one => Math.Min(one.Amount.Amount, 0m)),
            sofar.Drawn + released[PrepaidUse.Drawn].Sum(), sofar.Lapsed + released[PrepaidUse.Lapsed].Sum());
    }
}
