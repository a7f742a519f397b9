using Tieout.Domain.Closing;

namespace Tieout.Domain.Tests.Closing;

public sealed class ClosingTests
{
    private static readonly AccountingMonth November = new(2026, 11);

    private static readonly Currency Usd = Currency.Of("USD");

    [Theory]
    [InlineData(null, null, "open open open")]
    [InlineData("2026-10-31", null, "closed open open")]
    [InlineData(null, "2026-11-30", "soft-closed soft-closed open")]
    [InlineData("2026-10-31", "2026-11-30", "closed soft-closed open")]
    [InlineData("2026-11-30", "2026-10-31", "closed closed open")]
    public void A_month_is_closed_soft_closed_or_open(string? closed, string? soft, string expected)
    {
        var books = new BooksCalendar(Day(closed), Day(soft));
        string.Join(' ', new[] { 10, 11, 12 }.Select(month => Words.Of(books.StateOf(new AccountingMonth(2026, month))))).ShouldBe(expected);
    }

    [Theory]
    [InlineData("2026-11-30", "2026-12-31", "2026-12", "2026-11-30 2026-11-30")]
    [InlineData("2026-11-30", "2026-12-31", "2026-10", "2026-09-30 2026-09-30")]
    [InlineData("2026-11-30", null, "2026-11", "2026-10-31 ")]
    [InlineData("2026-11-30", null, "2027-01", "2026-11-30 ")]
    public void A_month_opens_again_with_all_after_it(string? closed, string? soft, string month, string expected)
    {
        var opened = AccountingMonth.Of(Day(month + "-01")!.Value);
        var after = new BooksCalendar(Day(closed), Day(soft)).Reopened(opened);
        $"{after.ClosedThrough:yyyy-MM-dd} {after.SoftClosedThrough:yyyy-MM-dd}".ShouldBe(expected);
        after.StateOf(opened).ShouldBe(MonthState.Open);
    }

    [Theory]
    [InlineData("2026-12-01", LateArrivals.Hold, "2026-12-01 False")]
    [InlineData("2026-11-30", LateArrivals.NextOpenMonth, "2026-12-01 True")]
    [InlineData("2025-01-01", LateArrivals.NextOpenMonth, "2026-12-01 True")]
    [InlineData("2026-11-30", LateArrivals.Hold, "held")]
    [InlineData("2026-11-30", LateArrivals.AskToReopen, "asks")]
    public void Late_money_goes_where_the_company_says(string day, LateArrivals policy, string expected) =>
        (LateArrival.Of(Day(day)!.Value, new DateOnly(2026, 11, 30), policy) switch
        {
            LateArrival.Booked(var on, var late) => $"{on:yyyy-MM-dd} {late}",
            LateArrival.Held(var asks) => asks ? "asks" : "held",
            _ => "",
        }).ShouldBe(expected);

    [Fact]
    public void Nothing_is_late_while_no_month_is_closed() =>
        LateArrival.Of(new DateOnly(2020, 1, 1), null, LateArrivals.AskToReopen).ShouldBe(new LateArrival.Booked(new DateOnly(2020, 1, 1), Late: false));

    [Fact]
    public void Each_condition_is_open_for_its_own_fact_alone_and_only_then_asks_for_something()
    {
        CloseConditions.Of(Good).ShouldAllBe(one => one.Holds && one.Remedy == "");
        (string, CloseFacts)[] wrong =
        [
            ("month-over", Good with { Today = new DateOnly(2026, 11, 30) }),
            ("billed", Good with { BilledThrough = new DateOnly(2026, 11, 29) }),
            ("billed", Good with { BilledThrough = null }),
            ("accounts-billed", Good with { Stopped = 1 }),
            ("documents-posted", Good with { Waiting = 2 }),
            ("none-in-doubt", Good with { InDoubt = 1 }),
            ("none-parked", Good with { Parked = 1 }),
            ("bank-lines-decided", Good with { Undecided = 1 }),
            ("cash-booked", Good with { UnbookedCash = 1 }),
            ("suspense-zero", Good with { Unapplied = [new Money(0m, Usd), new Money(-0.01m, Usd)] }),
            ("no-reopening-asked", Good with { Asked = 1 }),
            ("revenue-booked", Good with { Unbooked = 1 }),
            ("revenue-aligned", Good with { Unaligned = 1 }),
            ("tied-out", Good with { TieOuts = [Tie with { Verdict = "incomplete" }] }),
            ("signed", Good with { SignedAt = null }),
            ("signed", Good with { SignedAt = Tie.ComparedAt!.Value.AddTicks(-1) }),
        ];
        foreach (var (code, facts) in wrong)
        {
            var open = CloseConditions.Of(facts).Where(one => !one.Holds).ToList();
            open.Select(one => one.Code).ShouldBe([code]);
            open[0].Remedy.ShouldNotBeEmpty();
            open[0].MayBeAccepted.ShouldBe(CloseConditions.Acceptable.Contains(code));
        }
        CloseConditions.Of(Good with { BilledThrough = null, Bills = false }).ShouldAllBe(one => one.Holds);
    }

    [Fact]
    public void Every_condition_that_may_be_accepted_is_listed() =>
        CloseConditions.Of(Good).Where(one => one.MayBeAccepted).Select(one => one.Code).Order().ShouldBe(CloseConditions.Acceptable.Order());

    private static TieOutFact Tie => new(November, "sap", "USD", At(9), "reconciled", At(10));

    private static CloseFacts Good => new(
        November, new DateOnly(2026, 12, 1), new BooksCalendar(null, null), new DateOnly(2026, 11, 30), true, 0, 0, 0, 0, 0, 0, 0, 0, [], [Tie], At(11));

    private static DateTimeOffset At(int hour) => new(2026, 12, 3, hour, 0, 0, TimeSpan.Zero);

    private static DateOnly? Day(string? text) =>
        text is null ? null : DateOnly.ParseExact(text, "yyyy-MM-dd", System.Globalization.CultureInfo.InvariantCulture);
}
