using System.Globalization;
using Tieout.Domain.Cash.Dunning;

namespace Tieout.Domain.Tests.Cash.Dunning;

/// <summary>Steps, in a table: what is due, what was said and done, and what follows on the day.</summary>
public class DunningLadderTests
{
    // 7 days, then 21 and at least 10 after the first, then 45.
    internal static readonly DunningPolicy Policy = new(
        1, "UTC",
        [
            new DunningStep(1, "Reminder", 7, 10, new Dictionary<string, decimal>(StringComparer.Ordinal) { ["USD"] = 5m }),
            new DunningStep(2, "Second", 21, 0, new Dictionary<string, decimal>(StringComparer.Ordinal)),
            new DunningStep(3, "Last", 45, 0, new Dictionary<string, decimal>(StringComparer.Ordinal)),
        ]);

    /// <summary>Debts: number, due, open, settled on, disputed. Notices: number:step:day. Promises: until:numbers[:decided]. Holds: until or ever.</summary>
    [Theory]
    [InlineData("A 10-01 10", "", "", "", "10-01", "current 0 0 10-08")]
    [InlineData("A 10-01 10", "", "", "", "10-02", "overdue 0 10 10-08")]
    [InlineData("A 10-01 10", "", "", "", "10-07", "overdue 0 10 10-08")]
    [InlineData("A 10-01 10", "", "", "", "10-08", "dunned 1 10 10-22 | 1: A")]
    [InlineData("A 10-01 10", "A:1:10-08", "", "", "10-08", "dunned 1 10 10-22")]
    [InlineData("A 10-01 10", "A:1:10-08", "", "", "10-21", "dunned 1 10 10-22")]
    [InlineData("A 10-01 10", "A:1:10-08", "", "", "10-22", "dunned 2 10 11-15 | 2: A")]
    // The grace of a notice that came late counts from it.
    [InlineData("A 10-01 10", "A:1:10-20", "", "", "10-22", "dunned 1 10 10-30")]
    [InlineData("A 10-01 10", "A:1:10-20", "", "", "10-30", "dunned 2 10 11-15 | 2: A")]
    // Nobody looked for months: one step a day all the same.
    [InlineData("A 01-01 10", "", "", "", "10-01", "dunned 1 10 10-11 | 1: A")]
    [InlineData("A 01-01 10", "A:1:10-01 A:2:10-11", "", "", "10-11", "dunned 2 10 10-12")]
    [InlineData("A 01-01 10", "A:1:10-01 A:2:10-11", "", "", "10-12", "dunned 3 10 | 3: A")]
    [InlineData("A 01-01 10", "A:1:10-01 A:2:10-11 A:3:10-12", "", "", "12-31", "dunned 3 10")]
    // Each debt climbs by itself; those of one step are in one notice.
    [InlineData("A 10-01 10, B 10-15 20", "A:1:10-08", "", "", "10-22", "dunned 2 30 11-05 | 1: B | 2: A")]
    [InlineData("A 10-01 10, B 10-01 20, C 10-20 1", "", "", "", "10-08", "dunned 1 30 10-22 | 1: A B")]
    // Less than the minimum waits for company.
    [InlineData("A 10-01 4.99", "", "", "", "10-20", "overdue 0 4.99 10-21")]
    [InlineData("A 10-01 4.99, B 10-10 0.01", "", "", "", "10-17", "dunned 1 5.00 10-27 | 1: A B")]
    // Paid, partly paid, paid back.
    [InlineData("A 10-01 0 10-09", "A:1:10-08", "", "", "10-22", "current 0 0")]
    [InlineData("A 10-01 0 10-23, B 10-15 20", "A:1:10-08 A:2:10-22 B:1:10-22", "", "", "10-23", "dunned 1 20 11-05")]
    [InlineData("A 10-01 2.50 10-09", "A:1:10-08", "", "", "10-22", "dunned 2 2.50 11-15 | 2: A")]
    [InlineData("A 10-01 10 10-09", "A:1:10-08 A:2:10-22", "", "", "11-15", "dunned 3 10 | 3: A")]
    // Disputed is passed over, and is overdue all the same.
    [InlineData("A 10-01 10 disputed", "", "", "", "10-20", "disputed 0 10")]
    [InlineData("A 10-01 10 disputed, B 10-01 20", "", "", "", "10-08", "dunned 1 30 10-22 | 1: B")]
    [InlineData("A 10-01 10 disputed", "A:1:10-08", "", "", "10-30", "disputed 1 10")]
    // Promised: until its day, then where it was. What is not promised goes on.
    [InlineData("A 10-01 10", "A:1:10-08", "10-25:A", "", "10-25", "promised 1 10 10-26")]
    [InlineData("A 10-01 10", "A:1:10-08", "10-25:A", "", "10-26", "dunned 2 10 11-15 | 2: A ! broken")]
    [InlineData("A 10-01 0 10-25", "A:1:10-08", "10-25:A", "", "10-26", "current 0 0 ! kept")]
    [InlineData("A 10-01 0 10-26", "A:1:10-08", "10-25:A", "", "10-27", "current 0 0 ! broken")]
    [InlineData("A 10-01 0 10-20", "A:1:10-08", "10-25:A", "", "10-20", "current 0 0 ! kept")]
    [InlineData("A 10-01 0 10-20, B 10-01 5", "", "10-25:A,B", "", "10-24", "promised 0 5 10-26")]
    [InlineData("A 10-01 10, B 10-01 20", "", "10-25:A", "", "10-08", "dunned 1 30 10-22 | 1: B")]
    [InlineData("A 10-01 10", "A:1:10-08", "10-25:A:broken", "", "10-26", "dunned 2 10 11-15 | 2: A")]
    [InlineData("A 10-01 10", "A:1:10-08", "10-25:A:withdrawn", "", "10-22", "dunned 2 10 11-15 | 2: A")]
    // Held: nothing at all, through its day.
    [InlineData("A 10-01 10", "", "", "10-20", "10-20", "held 0 10")]
    [InlineData("A 10-01 10", "", "", "10-20", "10-21", "dunned 1 10 10-31 | 1: A")]
    [InlineData("A 10-01 10", "A:1:10-08", "", "ever", "12-31", "held 1 10")]
    [InlineData("A 10-01 0 10-09", "A:1:10-08", "", "ever", "12-31", "current 0 0")]
    [InlineData("A 10-01 10 disputed", "", "10-25:A", "ever", "10-20", "held 0 10")]
    [InlineData("", "", "", "", "10-01", "current 0 0")]
    public void What_follows(string debts, string notices, string promises, string holds, string today, string follows) =>
        Told(DunningLadder.Decide(Policy, Facts(debts, notices, promises, holds), Day(today))).ShouldBe(follows);

    [Theory]
    [InlineData("UTC", "2026-11-20T23:30:00Z", "2026-11-20")]
    [InlineData("Europe/Berlin", "2026-11-20T23:30:00Z", "2026-11-21")]
    [InlineData("America/New_York", "2026-11-21T04:59:00Z", "2026-11-20")]
    [InlineData("America/New_York", "2026-11-21T05:00:00Z", "2026-11-21")]
    public void Days_are_those_of_the_policys_calendar(string zone, string now, string day) =>
        (Policy with { TimeZone = zone }).Today(DateTimeOffset.Parse(now, CultureInfo.InvariantCulture))
            .ShouldBe(DateOnly.ParseExact(day, "yyyy-MM-dd", CultureInfo.InvariantCulture));

    [Theory]
    [InlineData("Mars/Olympus", 7, 0, "Reminder", "USD", "5", "unknown-time-zone time-zone")]
    [InlineData("UTC", 0, 0, "Reminder", "USD", "5", "out-of-range steps[1].days-overdue, not-later steps[1].days-overdue")]
    [InlineData("UTC", 3, 0, "Reminder", "USD", "5", "not-later steps[1].days-overdue")]
    [InlineData("UTC", 7, -1, "Reminder", "USD", "5", "out-of-range steps[1].grace-days")]
    [InlineData("UTC", 7, 0, "First", "USD", "5", "twice steps[1].name")]
    [InlineData("UTC", 7, 0, "", "USD", "5", "bad-text steps[1].name")]
    [InlineData("UTC", 7, 0, "Reminder", "usd", "5", "unknown-currency steps[1].minimums.usd")]
    [InlineData("UTC", 7, 0, "Reminder", "USD", "0.001", "bad-amount steps[1].minimums.USD")]
    [InlineData("UTC", 7, 0, "Reminder", "USD", "-1", "bad-amount steps[1].minimums.USD")]
    [InlineData("UTC", 7, 0, "Reminder", "JPY", "5", "")]
    public void A_policy_says_what_is_wrong_with_it(string zone, int days, int grace, string name, string currency, string amount, string wrong)
    {
        var minimums = new Dictionary<string, decimal>(StringComparer.Ordinal) { [currency] = decimal.Parse(amount, CultureInfo.InvariantCulture) };
        var policy = new DunningPolicy(
            1, zone,
            [new DunningStep(1, "First", 3, 0, new Dictionary<string, decimal>(StringComparer.Ordinal)), new DunningStep(2, name, days, grace, minimums)]);
        string.Join(", ", policy.Problems().Select(problem => $"{problem.Code} {problem.Field}")).ShouldBe(wrong);
        new DunningPolicy(1, "UTC", []).Problems().ShouldHaveSingleItem().Field.ShouldBe("steps");
    }

    [Fact]
    public void A_debt_that_has_a_step_the_policy_no_longer_knows_stays_there()
    {
        var shorter = Policy with { Version = 2, Steps = [.. Policy.Steps.Take(1)] };
        Told(DunningLadder.Decide(shorter, Facts("A 01-01 10", "A:1:02-01 A:2:03-01", "", ""), Day("10-01"))).ShouldBe("dunned 2 10");
    }

    internal static DunningFacts Facts(string debts, string notices, string promises, string holds) => new(
        Currency.Of("USD"), [.. Parts(debts, ", ").Select(Debt)], [.. Parts(notices, " ").Select(Notice)], [.. Parts(promises, " ").Select(Promise)],
        [.. Parts(holds, " ").Select(text => new DunningHold(text == "ever" ? null : Day(text)))]);

    internal static Guid Id(string number) => new(number[0], 0, 0, new byte[8]);

    private static string Told(DunningDecision decision) => string.Create(
        CultureInfo.InvariantCulture, $"{Words.Of(decision.State)} {decision.Step} {decision.Overdue} {decision.NextOn:MM-dd}").TrimEnd()
        + string.Concat(decision.Notices.Select(notice => $" | {notice.Step.No}: {string.Join(' ', notice.Debts.Select(debt => debt.Number))}"))
        + string.Concat(decision.Promises.Select(one => $" ! {Words.Of(one.Outcome)}"));

    private static string[] Parts(string text, string by) => text.Split(by, StringSplitOptions.RemoveEmptyEntries);

    private static Debt Debt(string text)
    {
        var words = text.Split(' ');
        return new Debt(
            Id(words[0]), words[0], Day(words[1]), decimal.Parse(words[2], CultureInfo.InvariantCulture),
            words.Length > 3 && words[3] != "disputed" ? Day(words[3]) : null, text.EndsWith("disputed", StringComparison.Ordinal));
    }

    private static NoticeGiven Notice(string text) =>
        text.Split(':') is var words ? new NoticeGiven(Id(words[0]), int.Parse(words[1], CultureInfo.InvariantCulture), Day(words[2])) : throw new FormatException();

    private static PromiseToPay Promise(string text) => text.Split(':') is var words
        ? new PromiseToPay(
            Guid.Empty, Day(words[0]), words[1].Split(',').Select(Id).ToHashSet(),
            words.Length > 2 ? Words.Parse<PromiseOutcome>(words[2]) : PromiseOutcome.Open)
        : throw new FormatException();

    internal static DateOnly Day(string text) => DateOnly.ParseExact("2026-" + text, "yyyy-MM-dd", CultureInfo.InvariantCulture);
}
