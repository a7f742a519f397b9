using FsCheck;
using FsCheck.Fluent;
using Tieout.Domain.Cash.Dunning;

namespace Tieout.Domain.Tests.Cash.Dunning;

/// <summary>What holds of any debts, looked at on any days.</summary>
public class DunningProperties
{
    private const int Days = 120;
    private static readonly DateOnly First = new(2026, 1, 1);

    // When it is due, what it asks for, when it is paid (never within the time when late), when a dispute begins and ends.
    private sealed record Life(int Due, decimal Amount, int Paid, int DisputedFrom, int DisputedFor);

    private sealed record Story(Life[] Debts, (int From, int For, int Debt)[] Promises, (int From, int For)[] Holds, bool[] Looked);

    private static Gen<Story> Stories =>
        from debts in (from due in Gen.Choose(0, 60)
                       from cents in Gen.Choose(1, 2_000)
                       from paid in Gen.Choose(0, 200)
                       from disputed in Gen.Choose(0, 300)
                       from length in Gen.Choose(1, 30)
                       select new Life(due, cents / 100m, paid, disputed, length)).ListOf(4)
        from promises in Gen.Zip(Gen.Choose(0, Days), Gen.Zip(Gen.Choose(0, 30), Gen.Choose(0, 3))).ListOf(2)
        from holds in Gen.Zip(Gen.Choose(0, Days), Gen.Choose(0, 30)).ListOf(1)
        from looked in Gen.Frequency((4, Gen.Constant(true)), (1, Gen.Constant(false))).ListOf(Days)
        select new Story(
            [.. debts], [.. promises.Select(one => (one.Item1, one.Item2.Item1, one.Item2.Item2))], [.. holds.Select(one => (one.Item1, one.Item2))], [.. looked]);

    [Fact]
    public void A_debt_climbs_one_step_at_a_time_and_is_never_reminded_while_something_stops_it() =>
        Prop.ForAll(Arb.From(Stories), story =>
        {
            List<NoticeGiven> given = [];
            foreach (var (day, today) in Lived(story))
            {
                var facts = Facts(story, day, given);
                var decision = DunningLadder.Decide(DunningLadderTests.Policy, facts, today);
                foreach (var notice in decision.Notices)
                    foreach (var debt in notice.Debts)
                    {
                        var life = story.Debts[debt.Invoice.ToByteArray()[0]];
                        given.Count(one => one.Invoice == debt.Invoice).ShouldBe(notice.Step.No - 1);
                        debt.DaysOverdue(today).ShouldBeGreaterThanOrEqualTo(notice.Step.DaysOverdue);
                        (life.Paid > day, debt.Disputed).ShouldBe((true, false));
                        facts.Holds.ShouldAllBe(hold => !hold.Stops(today));
                        facts.Promises.ShouldAllBe(promise => !promise.Invoices.Contains(debt.Invoice) || promise.Until < today);
                        given.Where(one => one.Invoice == debt.Invoice).ShouldAllBe(one => one.On < today);
                    }
                given.AddRange(Given(decision, today));
                // What was given stands; the same day again gives nothing, and the step is what was told.
                var again = DunningLadder.Decide(DunningLadderTests.Policy, Facts(story, day, given), today);
                (again.Notices.Count, again.State, again.Step, again.Overdue, again.NextOn)
                    .ShouldBe((0, decision.State, decision.Step, decision.Overdue, decision.NextOn));
                (decision.State == DunningState.Current).ShouldBe(decision.Overdue == 0);
                if (decision.NextOn is { } next) next.ShouldBeGreaterThan(today);
            }
            given.DistinctBy(one => (one.Invoice, one.Step)).Count().ShouldBe(given.Count);
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void The_order_in_which_facts_are_told_does_not_matter() =>
        Prop.ForAll(Arb.From(Gen.Zip(Stories, Gen.Choose(1, 1_000))), pair =>
        {
            var (story, seed) = pair;
            List<NoticeGiven> given = [];
            var chance = new System.Random(seed);
            foreach (var (day, today) in Lived(story))
            {
                var facts = Facts(story, day, given);
                var decision = DunningLadder.Decide(DunningLadderTests.Policy, facts, today);
                var other = DunningLadder.Decide(
                    DunningLadderTests.Policy,
                    new DunningFacts(
                        facts.Currency, Shuffled(facts.Debts, chance), Shuffled(facts.Notices, chance), Shuffled(facts.Promises, chance),
                        Shuffled(facts.Holds, chance)), today);
                Told(other).ShouldBe(Told(decision));
                given.AddRange(Given(decision, today));
            }
        }).QuickCheckThrowOnFailure();

    private static IEnumerable<(int Day, DateOnly Today)> Lived(Story story) =>
        Enumerable.Range(0, Days).Where(day => story.Looked[day]).Select(day => (day, First.AddDays(day)));

    private static IEnumerable<NoticeGiven> Given(DunningDecision decision, DateOnly today) =>
        decision.Notices.SelectMany(notice => notice.Debts.Select(debt => new NoticeGiven(debt.Invoice, notice.Step.No, today)));

    private static string Told(DunningDecision decision) => string.Join(
        '|', decision.State, decision.Step, decision.Overdue, decision.NextOn,
        string.Join(',', decision.Notices.SelectMany(notice => notice.Debts.Select(debt => $"{notice.Step.No}:{debt.Number}"))),
        string.Join(',', decision.Promises));

    private static T[] Shuffled<T>(IEnumerable<T> all, System.Random chance)
    {
        var shuffled = all.ToArray();
        chance.Shuffle(shuffled);
        return shuffled;
    }

    private static DunningFacts Facts(Story story, int day, IReadOnlyCollection<NoticeGiven> given) => new(
        Currency.Of("USD"),
        [.. story.Debts.Select((life, index) => new Debt(
            Id(index), FormattableString.Invariant($"I-{index}"), First.AddDays(life.Due), life.Paid <= day ? 0 : life.Amount,
            life.Paid <= day ? First.AddDays(life.Paid) : null, day >= life.DisputedFrom && day < life.DisputedFrom + life.DisputedFor))],
        given,
        [.. story.Promises.Where(one => one.From <= day).Select((one, index) => new PromiseToPay(
            Id(100 + index), First.AddDays(one.From + one.For), new HashSet<Guid> { Id(one.Debt) }))],
        [.. story.Holds.Where(one => one.From <= day).Select(one => new DunningHold(First.AddDays(one.From + one.For)))]);

    private static Guid Id(int no) => new(no, 0, 0, new byte[8]);
}
