using FsCheck;
using FsCheck.Fluent;
using Tieout.Domain.Posting.Lanes;
using static Tieout.Domain.Tests.Amounts;

namespace Tieout.Domain.Tests.Posting.Lanes;

public class LaneTurnsTests
{
    private static readonly Config Often = Config.QuickThrowOnFailure.WithMaxTest(500).WithQuietOnSuccess(true);

    /// <summary>Documents as <c>month entity account</c>, the oldest first; numbered from 1.</summary>
    [Theory]
    [InlineData("", "")]
    [InlineData("11 A a, 11 A a, 11 A a", "1 2 3")]
    [InlineData("11 A a, 11 A a, 11 A a, 11 A b", "1 4 2 3")]                     // one with many does not hold up one with one
    [InlineData("12 A a, 11 A a", "2 1")]                                         // close first
    [InlineData("11 A a, 11 A b, 11 A c, 11 B d", "1 4 2 3")]                     // entities take turns
    [InlineData("11 A a, 11 A a, 11 A b, 11 B d, 11 B d, 11 B e", "1 4 3 6 2 5")] // and within each its accounts
    [InlineData("12 B x, 11 A a, 12 B y, 11 A a", "2 4 1 3")]
    public void The_oldest_month_first_and_within_it_entities_and_accounts_take_turns(string documents, string order)
    {
        var drawn = documents.Split(", ", StringSplitOptions.RemoveEmptyEntries).Select((text, index) => (No: index + 1, Turn: Of(text))).ToList();
        string.Join(' ', LaneTurns.Order(drawn, one => one.Turn).Select(one => one.No)).ShouldBe(order);
    }

    [Fact]
    public void Kinds_go_in_their_order_within_a_month()
    {
        var kinds = new KindOrder(["payment", "invoice"]);
        var documents = new[] { ("refund", 11), ("invoice", 12), ("invoice", 11), ("payment", 11), ("dispute", 11) };
        LaneTurns.Order(documents, one => new TurnOf(new DateOnly(2026, one.Item2, 1), kinds.RankOf(one.Item1), Guid.Empty, Guid.Empty))
            .ShouldBe([("payment", 11), ("invoice", 11), ("refund", 11), ("dispute", 11), ("invoice", 12)]);
    }

    [Fact]
    public void An_unknown_kind_or_one_twice_is_refused()
    {
        Should.Throw<ArgumentException>(() => new KindOrder(["bill"])).Message.ShouldContain("'bill' is no kind of document; there are invoice, credit-memo, payment");
        Should.Throw<ArgumentException>(() => new KindOrder(["invoice", "invoice"])).Message.ShouldContain("twice");
    }

    [Fact]
    public void Nothing_is_left_out_an_account_keeps_its_order_and_nobody_waits_longer_than_a_round() => Prop.ForAll(
        (from entity in Gen.Choose(0, 2) from account in Gen.Choose(0, 3) select (entity, account)).ListOf().ToArbitrary(), drawn =>
        {
            var documents = drawn.Select((one, index) => (No: index, Turn: new TurnOf(Day("2026-11-01"), 0, Id(one.entity), Id(one.entity * 10 + one.account)))).ToList();
            var ordered = LaneTurns.Order(documents, one => one.Turn);
            return ordered.Select(one => one.No).Order().SequenceEqual(documents.Select(one => one.No))
                && ordered.GroupBy(one => one.Turn.Account).All(account => account.Select(one => one.No).SequenceEqual(account.Select(one => one.No).Order()))
                && Fair(ordered, one => one.Turn.LegalEntity)
                && ordered.GroupBy(one => one.Turn.LegalEntity).All(entity => Fair([.. entity], one => one.Turn.Account));
        }).Check(Often);

    [Fact]
    public void Places_keep_the_order_of_months_then_kinds_then_time()
    {
        var at = new DateTimeOffset(2026, 11, 20, 9, 0, 0, TimeSpan.Zero);
        long[] places =
        [
            Place("2026-10-01", 3, at.AddYears(5), 999), Place("2026-11-01", 0, at, 0), Place("2026-11-01", 0, at, 1),
            Place("2026-11-01", 0, at.AddMinutes(1), 0), Place("2026-11-01", 1, at, 0), Place("2026-12-01", 0, at, 0), Place("2027-01-01", 0, at.AddYears(-1), 0),
        ];
        places.ShouldBe(places.Order());
        places.Distinct().Count().ShouldBe(places.Length);
    }

    // While two parties both have something left, neither is ever two ahead.
    private static bool Fair<T>(IReadOnlyList<T> ordered, Func<T, Guid> party)
    {
        var totals = ordered.GroupBy(party).ToDictionary(group => group.Key, group => group.Count());
        var served = totals.ToDictionary(pair => pair.Key, _ => 0);
        return ordered.All(one =>
        {
            served[party(one)]++;
            return served.All(pair => pair.Value == totals[pair.Key] || pair.Value >= served[party(one)] - 1);
        });
    }

    private static long Place(string month, int kind, DateTimeOffset at, int turn) => LaneTurns.PlaceOf(new TurnOf(Day(month), kind, Guid.Empty, Guid.Empty), at, turn);

    private static TurnOf Of(string text)
    {
        var parts = text.Split(' ');
        return new TurnOf(Day($"2026-{parts[0]}-01"), 0, Id(parts[1][0]), Id(parts[2][0]));
    }

    private static Guid Id(int number) => new(number, 0, 0, [0, 0, 0, 0, 0, 0, 0, 0]);
}
