using System.Globalization;
using Tieout.Domain.Mapping;

namespace Tieout.Domain.Tests.Mapping;

/// <summary>Which of several matching rules wins, and what matches at all. A rule is written as its conditions, apart by blanks.</summary>
public class SpecificityTests
{
    private static readonly DateOnly Day = new(2026, 11, 20);

    [Theory]
    [InlineData("", "legal-entity=DE", "legal-entity=DE")]                                  // any condition beats none
    [InlineData("legal-entity=DE", "plan=saas legal-entity=DE", "plan=saas legal-entity=DE")] // more beat fewer
    [InlineData("component=base", "legal-entity=DE currency=EUR", "legal-entity=DE currency=EUR")] // also narrower ones
    [InlineData("legal-entity=DE", "plan=saas", "plan=saas")]                               // as many: the earlier field wins
    [InlineData("currency=EUR", "legal-entity=DE", "legal-entity=DE")]
    [InlineData("country=AT", "region=Tyrol", "region=Tyrol")]
    [InlineData("country=AT", "plan=saas", "plan=saas")]
    [InlineData("tax-code=AT-20", "plan=saas", "plan=saas")]
    [InlineData("component=base", "plan=saas", "component=base")]
    [InlineData("ledger-account=revenue", "country=AT", "country=AT")]
    [InlineData("ledger-account=revenue", "bank-account=usd", "bank-account=usd")]
    [InlineData("recognition=deferred", "document-kind=invoice", "recognition=deferred")]
    [InlineData("from=2026-01-01", "currency=EUR", "currency=EUR")]                         // dates come last
    [InlineData("plan=saas from=2026-01-01", "plan=saas currency=EUR", "plan=saas currency=EUR")]
    [InlineData("plan=saas from=2026-01-01 until=2027-01-01", "plan=saas", "plan=saas from=2026-01-01 until=2027-01-01")] // both ends are one condition
    [InlineData("from=2026-01-01 until=2027-01-01", "currency=EUR country=AT", "currency=EUR country=AT")]
    public void The_most_specific_rule_wins_in_whatever_order_the_rules_stand(string one, string other, string winner)
    {
        Book(one, other).Choose(Sale)!.Target.ShouldBe(Chosen(winner));
        Book(other, one).Choose(Sale)!.Target.ShouldBe(Chosen(winner));
    }

    [Theory]
    [InlineData("plan=saas", "plan:saas", true)]
    [InlineData("plan=saas|crm", "plan:crm", true)]            // any of the values
    [InlineData("plan=saas", "plan:crm", false)]
    [InlineData("plan=saas", "plan:saas|crm", false)]          // a document over two plans is not one of saas
    [InlineData("plan=saas|crm", "plan:saas|crm", true)]
    [InlineData("plan=saas|crm|erp", "plan:saas|crm", true)]
    [InlineData("plan=saas", "", false)]                       // what is not known meets no condition
    [InlineData("", "", true)]
    [InlineData("plan=SaaS", "plan:saas", false)]              // codes are compared letter by letter
    [InlineData("from=2026-11-20", "", true)]                  // the first day belongs to the wave
    [InlineData("from=2026-11-21", "", false)]
    [InlineData("until=2026-11-20", "", false)]                // the end does not
    [InlineData("until=2026-11-21", "", true)]
    [InlineData("from=2026-11-20 until=2026-11-21", "", true)] // a wave of one day
    public void A_rule_matches_when_all_its_conditions_hold(string rule, string facts, bool matches) =>
        When(rule).Match(Known(facts)).ShouldBe(matches);

    [Theory]
    [InlineData("plan=saas", "plan=saas", true)]
    [InlineData("plan=saas|crm", "plan=crm|erp", true)]                   // crm meets both
    [InlineData("plan=saas", "plan=crm", false)]
    [InlineData("plan=saas country=DE", "plan=saas country=AT", false)]   // one apart is enough
    [InlineData("plan=saas", "plan=saas country=AT", false)]              // the second is more specific
    [InlineData("plan=saas", "country=AT", false)]                        // the first field is the earlier
    [InlineData("", "", true)]
    [InlineData("until=2026-11-01", "from=2026-11-01", false)]            // waves that touch
    [InlineData("until=2026-11-02", "from=2026-11-01", true)]             // waves that share a day
    [InlineData("from=2026-01-01", "from=2026-06-01", true)]              // the later one does not win by itself
    [InlineData("plan=saas from=2026-01-01", "plan=saas", false)]
    public void Two_rules_that_could_both_win_and_differ_are_named_before_they_are_published(string one, string other, bool ambiguous)
    {
        RouteRule[] rules = [new("one", When(one), "sap"), new("other", When(other), "tryton")];
        Ambiguity.Between(rules).Count().ShouldBe(ambiguous ? 1 : 0);
        if (!ambiguous) return;
        var found = Ambiguity.Between(rules).Single();
        (found.One, found.Other, found.OtherPlace).ShouldBe(("one", "other", 1));
        found.Reason.ShouldContain("'sap'");
        Should.Throw<ArgumentException>(() => new RouteBook(rules)).Message.ShouldContain("'other'");
        Ambiguity.Between([rules[0], rules[1] with { Target = "sap" }]).ShouldBeEmpty(); // they say the same
    }

    [Theory]
    [InlineData("2026-05-01", "2026-05-01")]
    [InlineData("2026-05-02", "2026-05-01")]
    public void A_wave_without_a_day_is_refused(string from, string until) =>
        Should.Throw<ArgumentException>(() => Conditions.None.During(DateOnly.Parse(from, CultureInfo.InvariantCulture), DateOnly.Parse(until, CultureInfo.InvariantCulture)));

    [Fact]
    public void A_condition_names_a_value()
    {
        Should.Throw<ArgumentException>(() => Conditions.None.With(MappingField.Plan));
        Should.Throw<ArgumentException>(() => Conditions.None.With(MappingField.Plan, ""));
    }

    private static Facts Sale => Known(
        "plan:saas component:base tax-code:AT-20 region:Tyrol country:AT bank-account:usd ledger-account:revenue recognition:deferred document-kind:invoice legal-entity:DE currency:EUR");

    private static RouteBook Book(string one, string other) => new([new(one, When(one), Chosen(one)), new(other, When(other), Chosen(other))]);

    private static string Chosen(string rule) => "to " + rule;

    private static Facts Known(string text) => text.Split(' ', StringSplitOptions.RemoveEmptyEntries).Aggregate(new Facts(Day), (facts, part) =>
        facts.With(Words.Parse<MappingField>(part.Split(':')[0]), part.Split(':')[1].Split('|')));

    private static Conditions When(string text) => text.Split(' ', StringSplitOptions.RemoveEmptyEntries).Aggregate(Conditions.None, (conditions, part) =>
        part.Split('=') switch
        {
            ["from", var day] => conditions.During(DateOnly.Parse(day, CultureInfo.InvariantCulture), conditions.Until),
            ["until", var day] => conditions.During(conditions.From, DateOnly.Parse(day, CultureInfo.InvariantCulture)),
            var pair => conditions.With(Words.Parse<MappingField>(pair[0]), pair[1].Split('|')),
        });
}
