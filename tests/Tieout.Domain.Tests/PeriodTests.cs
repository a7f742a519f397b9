using static Tieout.Domain.Tests.Amounts;

namespace Tieout.Domain.Tests;

public class PeriodTests
{
    [Fact]
    public void A_period_has_its_first_day_and_not_its_last()
    {
        var november = Month("2026-11").Period;
        november.Days.ShouldBe(30);
        november.ToString().ShouldBe("2026-11-01 to 2026-11-30");
    }

    [Theory]
    [InlineData("2026-11-20", "2026-11-20")]
    [InlineData("2026-11-20", "2026-11-19")]
    public void A_period_that_ends_before_it_starts_does_not_exist(string start, string end) =>
        Should.Throw<ArgumentException>(() => new ServicePeriod(Day(start), Day(end)));

    [Fact]
    public void Neighbours_share_no_day() => Month("2026-11").Period.Overlap(Month("2026-12").Period).ShouldBeNull();

    [Theory]
    [InlineData("2026-2", false)]
    [InlineData("2026-13", false)]
    [InlineData("2024-02", true)]
    [InlineData("", false)]
    [InlineData(null, false)]
    [InlineData("2026-11-01", false)]
    public void A_month_is_year_and_two_digits(string? text, bool valid) => AccountingMonth.TryParse(text, out _).ShouldBe(valid);
}
