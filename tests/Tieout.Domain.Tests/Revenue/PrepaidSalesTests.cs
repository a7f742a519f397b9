using Tieout.Domain.Ledger;
using Tieout.Domain.Revenue;
using static Tieout.Domain.Tests.Amounts;

namespace Tieout.Domain.Tests.Revenue;

/// <summary>Prepaid credit by the month of its sale.</summary>
public class PrepaidSalesTests
{
    private static readonly PrepaidKey Drawn = new(new(2026, 1), PrepaidUse.Drawn, Guid.Empty, "calls");
    private static readonly PrepaidKey Lapsed = new(new(2026, 2), PrepaidUse.Lapsed, null, "");

    [Theory]
    [InlineData(1, "2026-01 150 0 25 0 125")]
    [InlineData(2, "2026-01 150 40 60 10 40, 2026-02 7 0 0 0 7")]
    [InlineData(3, "2026-01 150 40 50 50 10, 2026-02 7 0 0 0 7")]
    public void What_was_sold_in_a_month_is_drawn_lapsed_credited_or_left_at_another_s_end(int end, string told)
    {
        var sales = new PrepaidSales(Usd, new AccountingMonth(2026, end));
        sales.Add(Grant([(1, 100m), (2, -40m)], [(1, Drawn, 25m), (2, Drawn, 35m), (3, Drawn, -10m)]));
        sales.Add(Grant([(2, 7m)], []));
        sales.Add(Grant([(1, 50m)], [(2, Lapsed, 10m), (3, Lapsed, 40m)]));
        sales.Add(Grant([(9, 1m)], []));
        var rows = sales.Rows.Select(row => FormattableString.Invariant(
            $"{row.Month} {row.Sold.Amount} {row.Credited.Amount} {row.Drawn.Amount} {row.Lapsed.Amount} {row.Left.Amount}")).ToList();
        string.Join(", ", rows).ShouldBe(told);
        sales.Rows.ShouldAllBe(row => row.Sold == row.Credited + row.Drawn + row.Lapsed + row.Left);
    }

    [Fact]
    public void What_is_invoiced_anew_stays_in_the_month_of_its_first_invoice_and_nothing_is_nothing()
    {
        var sales = new PrepaidSales(Usd, new AccountingMonth(2026, 12));
        sales.Rows.ShouldBeEmpty();
        sales.Add(Grant([(3, 100m), (4, -100m), (5, 100m)], []));
        sales.Rows.ShouldHaveSingleItem().ShouldSatisfyAllConditions(
            row => row.Month.ToString().ShouldBe("2026-03"), row => (row.Sold.Amount, row.Credited.Amount, row.Left.Amount).ShouldBe((200m, 100m, 100m)));
    }

    private static PaidGrant Grant((int Month, decimal Amount)[] paid, (int Month, PrepaidKey Key, decimal Amount)[] released) => new(
        Guid.Empty, Guid.Empty, Usd, 120m, [.. paid.Select(one => (new AccountingMonth(2026, one.Month), new Carried(one.Amount, one.Amount)))], [],
        [.. released.Select(one => (new AccountingMonth(2026, one.Month), one.Key, new Carried(one.Amount, one.Amount)))]);
}
