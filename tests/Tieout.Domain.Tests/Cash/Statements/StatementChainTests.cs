using System.Globalization;
using FsCheck;
using FsCheck.Fluent;
using Tieout.Domain.Cash.Statements;

namespace Tieout.Domain.Tests.Cash.Statements;

/// <summary>Whether statements follow each other. One is written as name, day of November, number or a dash, opening and closing.</summary>
public class StatementChainTests
{
    [Theory]
    [InlineData("", "")]
    [InlineData("A 1 - 0 10", "")]
    [InlineData("A 1 - 0 10; B 2 - 10 5", "")]
    [InlineData("B 2 - 10 5; A 1 - 0 10", "")] // the later one came first
    [InlineData("A 1 - 0 10; C 3 - 7 5", "A C -3")] // what is missing took 3
    [InlineData("A 1 - 0 10; C 3 - 7 5; B 2 - 10 7", "")] // it came
    [InlineData("A 1 - 0 10; D 4 - 7 5; B 2 - 10 9", "B D -2")] // one of two came
    [InlineData("A 1 5 0 10; B 2 6 10 5", "")]
    [InlineData("A 1 5 0 10; B 2 7 10 5", "A B 0 1")] // nothing moved on it, and still it is missing
    [InlineData("A 1 5 0 10; B 2 9 12 5", "A B 2 3")]
    [InlineData("A 1 9 0 10; B 2 1 10 5", "")] // counted anew
    [InlineData("A 1 5 0 10; B 2 - 10 5; C 3 9 5 5", "")] // one without a number says nothing of numbers
    [InlineData("A 1 - 0 10; C 2 - 20 30; B 2 - 10 20", "")] // two on a day, by their balances
    [InlineData("C 2 - 20 30; B 2 - 10 20", "")]
    [InlineData("A 1 1 0 10; C 2 3 20 30; B 2 2 10 20", "")] // by their numbers
    [InlineData("A 1 - 0 10; B 2 - 50 60; C 2 - 60 70", "A B 40")]
    public void What_is_missing_is_told_between_the_two_beside_it(string statements, string gaps) =>
        string.Join("; ", StatementChain.Gaps(Read(statements)).Select(Said)).ShouldBe(gaps);

    [Fact]
    public void A_new_year_counts_anew() => StatementChain.Gaps(
    [
        new ChainLink("A", new DateOnly(2026, 12, 31), 1, 0, 10), new ChainLink("B", new DateOnly(2027, 1, 2), 5, 10, 20),
    ]).ShouldBeEmpty();

    /// <summary>Whatever order a whole chain comes in, nothing is missing; without one from its middle, exactly that is.</summary>
    [Fact]
    public void A_whole_chain_has_no_gap_and_one_without_a_link_has_one() =>
        Prop.ForAll(Arb.From(Gen.Zip(Gen.Choose(1, 9).ArrayOf(12), Gen.Choose(1, 10))), pair =>
        {
            var (moves, missing) = pair;
            List<ChainLink> chain = [];
            foreach (var (index, move) in moves.Index())
                chain.Add(new ChainLink(
                    FormattableString.Invariant($"S{index:00}"), new DateOnly(2026, 11, 1).AddDays(index), null, chain.Count == 0 ? 0 : chain[^1].Closing,
                    (chain.Count == 0 ? 0 : chain[^1].Closing) + move));
            StatementChain.Gaps(chain.AsEnumerable().Reverse()).ShouldBeEmpty();
            var gap = StatementChain.Gaps(chain.Where((_, index) => index != missing)).ShouldHaveSingleItem();
            (gap.Before, gap.After, gap.Amount).ShouldBe((chain[missing - 1], chain[missing + 1], (decimal)moves[missing]));
        }).QuickCheckThrowOnFailure();

    private static IEnumerable<ChainLink> Read(string text) => text.Split("; ", StringSplitOptions.RemoveEmptyEntries).Select(one =>
    {
        var words = one.Split(' ');
        return new ChainLink(
            words[0], new DateOnly(2026, 11, Number(words[1])), words[2] == "-" ? null : Number(words[2]), Number(words[3]), Number(words[4]));
    });

    private static string Said(StatementGap gap) => string.Join(' ', new[] { gap.Before.Id, gap.After.Id }
        .Concat(new decimal?[] { gap.Amount, gap.Count }.OfType<decimal>().Select(one => one.ToString(CultureInfo.InvariantCulture))));

    private static int Number(string text) => int.Parse(text, CultureInfo.InvariantCulture);
}
