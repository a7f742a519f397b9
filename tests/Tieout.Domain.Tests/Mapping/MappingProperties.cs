using FsCheck;
using FsCheck.Fluent;
using Tieout.Domain.Mapping;

namespace Tieout.Domain.Tests.Mapping;

/// <summary>What holds of any set of rules.</summary>
public class MappingProperties
{
    private static readonly string[] Codes = ["A", "B", "C"];
    private static readonly DateOnly Start = new(2026, 1, 1);
    private static readonly MappingField[] Fields = [MappingField.Plan, MappingField.Country, MappingField.LegalEntity];

    [Fact]
    public void Rules_without_ambiguity_choose_the_same_in_any_order() =>
        Prop.ForAll(Arb.From(Gen.Two(Gen.Zip(Rules, Documents))), pair =>
        {
            var ((rules, document), (_, other)) = pair;
            var clean = Clean(rules);
            foreach (var facts in new[] { document, other })
                new RouteBook(clean).Choose(facts)?.Target.ShouldBe(new RouteBook([.. clean.Reverse()]).Choose(facts)?.Target);
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void The_winner_matches_and_no_rule_that_matches_is_more_specific() =>
        Prop.ForAll(Arb.From(Gen.Zip(Rules, Documents)), pair =>
        {
            var (clean, facts) = (Clean(pair.Item1), pair.Item2);
            var winner = new RouteBook(clean).Choose(facts);
            var matching = clean.Where(rule => rule.When.Match(facts)).ToList();
            if (winner is null) matching.ShouldBeEmpty();
            else
            {
                matching.ShouldContain(winner);
                matching.ShouldAllBe(rule => winner.When.Rank(rule.When) <= 0);
            }
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void Whatever_two_rules_of_one_rank_both_match_is_met_by_both() =>
        Prop.ForAll(Arb.From(Gen.Zip(Gen.Two(Rule), Documents)), pair =>
        {
            var ((one, other), facts) = pair;
            if (one.When.Match(facts) && other.When.Match(facts)) one.When.Meet(other.When).ShouldBeTrue();
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void The_rank_is_an_order() =>
        Prop.ForAll(Arb.From(Gen.Three(Rule)), three =>
        {
            var (a, b, c) = (three.Item1.When, three.Item2.When, three.Item3.When);
            Math.Sign(a.Rank(b)).ShouldBe(-Math.Sign(b.Rank(a)));
            if (a.Rank(b) <= 0 && b.Rank(c) <= 0) a.Rank(c).ShouldBeLessThanOrEqualTo(0);
        }).QuickCheckThrowOnFailure();

    private static Gen<string[]> Some => Gen.Elements(Codes).ArrayOf().Select(codes => codes.Distinct().ToArray());

    private static Gen<RouteRule> Rule =>
        from values in Gen.ArrayOf(Some, Fields.Length)
        from days in Gen.Two(Gen.Choose(0, 30))
        from dated in Gen.Elements(true, false)
        from target in Gen.Elements("x", "y")
        select new RouteRule("r", When(values, days, dated), target);

    private static Gen<RouteRule[]> Rules => Rule.ArrayOf();

    private static Gen<Facts> Documents =>
        from values in Gen.ArrayOf(Some, Fields.Length)
        from day in Gen.Choose(0, 30)
        select Fields.Zip(values).Aggregate(new Facts(Start.AddDays(day)), (facts, pair) => facts.With(pair.First, pair.Second));

    private static Conditions When(string[][] values, (int From, int Until) days, bool dated)
    {
        var conditions = Fields.Zip(values).Where(pair => pair.Second.Length > 0)
            .Aggregate(Conditions.None, (sofar, pair) => sofar.With(pair.First, pair.Second));
        return dated && days.From < days.Until ? conditions.During(Start.AddDays(days.From), Start.AddDays(days.Until)) : conditions;
    }

    // One rule at a time, leaving out what contradicts those before it.
    private static RouteRule[] Clean(RouteRule[] rules)
    {
        List<RouteRule> clean = [];
        foreach (var rule in rules)
            if (!Ambiguity.Between([.. clean, rule]).Any()) clean.Add(rule);
        return [.. clean];
    }
}
