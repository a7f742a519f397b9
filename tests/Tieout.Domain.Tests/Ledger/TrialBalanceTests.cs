using Tieout.Domain.Ledger;

namespace Tieout.Domain.Tests.Ledger;

public sealed class TrialBalanceTests
{
    private static readonly Currency Dollar = Currency.Of("USD");

    [Fact]
    public void Closing_is_opening_and_what_the_month_moved_by_number_and_currency()
    {
        var balance = TrialBalance.Of(
            [
                new("revenue", Dollar, new Turnover(0m, 100m, 1), new Turnover(5m, 50m, 2)),
                new("receivable", Dollar, new Turnover(100m, 0m, 1), new Turnover(50m, 5m, 2)),
                new("receivable", Currency.Of("EUR"), default, new Turnover(9m, 0m, 1)),
                new("revenue", Currency.Of("EUR"), default, new Turnover(0m, 9m, 1)),
            ],
            ChartOfAccounts.Default);
        balance.Lines.Select(line => (line.Number, line.Opening.ToString(), line.Debits.Amount, line.Credits.Amount, line.Closing.ToString())).ShouldBe(
        [
            ("1200", "0.00 EUR", 9m, 0m, "9.00 EUR"), ("1200", "100.00 USD", 50m, 5m, "145.00 USD"),
            ("4000", "0.00 EUR", 0m, 9m, "-9.00 EUR"), ("4000", "-100.00 USD", 5m, 50m, "-145.00 USD"),
        ]);
        balance.Balanced.ShouldBeTrue();
        balance.Totals.Select(total => (total.Debits.ToString(), total.Closing.ToString())).ShouldBe([("9.00 EUR", "0.00 EUR"), ("55.00 USD", "0.00 USD")]);
    }

    [Fact]
    public void Another_currency_never_makes_up_for_what_is_missing()
    {
        var balance = TrialBalance.Of(
            [
                new("receivable", Dollar, default, new Turnover(10m, 0m, 1)),
                new("revenue", Currency.Of("EUR"), default, new Turnover(0m, 10m, 1)),
            ],
            ChartOfAccounts.Default);
        balance.Balanced.ShouldBeFalse();
        balance.Totals.ShouldAllBe(total => !total.Zero);
    }

    [Fact]
    public void A_balance_after_each_line_begins_with_the_opening() => RunningBalance
        .After(new Money(10m, Dollar), [new Money(5m, Dollar), new Money(-20m, Dollar)]).Select(money => money.Amount).ShouldBe([15m, -5m]);

    [Theory]
    [InlineData("2027-01-01", 0, "current")]
    [InlineData("2026-12-15", 0, "current")]   // due today: not overdue yet
    [InlineData("2026-12-14", 1, "1-30")]
    [InlineData("2026-11-15", 30, "1-30")]
    [InlineData("2026-11-14", 31, "31-60")]
    [InlineData("2026-10-16", 60, "31-60")]
    [InlineData("2026-10-15", 61, "61-90")]
    [InlineData("2026-09-16", 90, "61-90")]
    [InlineData("2026-09-15", 91, "90+")]
    public void What_is_owed_lies_in_the_bucket_of_its_days(string due, int days, string bucket)
    {
        var on = new DateOnly(2026, 12, 15);
        var dueOn = DateOnly.ParseExact(due, "yyyy-MM-dd", System.Globalization.CultureInfo.InvariantCulture);
        Ageing.DaysOverdue(dueOn, on).ShouldBe(days);
        var ages = Ageing.Of([new OpenAmount(dueOn, new Money(7m, Dollar)), new OpenAmount(dueOn, new Money(-3m, Dollar))], on, Dollar);
        new[] { ("current", ages.Current), ("1-30", ages.Days1To30), ("31-60", ages.Days31To60), ("61-90", ages.Days61To90), ("90+", ages.Over90) }
            .Where(age => !age.Item2.IsZero).ShouldBe([(bucket, new Money(7m, Dollar))]);
        ages.Total.Amount.ShouldBe(7m);
    }
}
