using Tieout.Domain.Ledger;

namespace Tieout.Domain.Tests.Ledger;

public sealed class BalanceCheckTests
{
    private static readonly AccountingMonth November = new(2026, 11);

    [Fact]
    public void Balances_that_are_the_sums_of_their_lines_are_no_finding() => BalanceCheck.Compare(
        [Row("receivable", 60m, 0m, 1), Row("receivable", 50m, 10m, 2), Row("revenue", 0m, 100m, 2)],
        [Row("receivable", 110m, 10m, 3), Row("revenue", 0m, 100m, 2)]).ShouldBeEmpty();

    [Fact]
    public void Every_difference_is_named()
    {
        var findings = BalanceCheck.Compare(
            [Row("receivable", 100m, 0m, 1), Row("tax", 0m, 7m, 1)],
            [Row("receivable", 100m, 0m, 2), Row("revenue", 0m, 90m, 1)]);
        findings.Select(finding => (finding.Trouble, finding.Account)).ShouldBe(
        [
            (BalanceTrouble.OutOfBalance, ""), (BalanceTrouble.Differs, "receivable"), (BalanceTrouble.NotKept, "revenue"), (BalanceTrouble.NotBooked, "tax"),
        ]);
        findings[0].Booked.Amount.ShouldBe(10m);
        findings[1].Kept.ShouldBe(new Turnover(100m, 0m, 1));
        findings[1].Booked.ShouldBe(new Turnover(100m, 0m, 2));
    }

    [Fact]
    public void Equal_sums_of_other_turnovers_are_a_difference() => BalanceCheck.Compare(
        [Row("receivable", 10m, 10m, 2)], [Row("receivable", 20m, 20m, 2)]).Single().Trouble.ShouldBe(BalanceTrouble.Differs);

    private static KeyValuePair<AccountMonth, Turnover> Row(string account, decimal debit, decimal credit, long lines) =>
        KeyValuePair.Create(new AccountMonth("US", November, account, Currency.Of("USD")), new Turnover(debit, credit, lines));
}
