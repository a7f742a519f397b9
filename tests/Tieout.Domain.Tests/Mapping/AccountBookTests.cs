using Tieout.Domain.Mapping;

namespace Tieout.Domain.Tests.Mapping;

/// <summary>Each account, tax code and dimension is chosen by the most specific rule that speaks about it.</summary>
public class AccountBookTests
{
    private static readonly Dictionary<string, RuleValue> NoDimensions = [];
    private static readonly ValueMap Centers = new("centers", 3, new Dictionary<string, string> { ["saas"] = "CC-1" });

    [Fact]
    public void A_narrow_rule_that_says_nothing_of_the_account_leaves_it_to_a_wider_one()
    {
        var book = Book(
            Rule("all", Conditions.None, account: "4000"),
            Rule("saas", Conditions.None.With(MappingField.Plan, "saas"), dimensions: new() { ["cost-center"] = new RuleValue.Constant("100") }));
        book.Choose("account", Of("saas")).ShouldBeOfType<RuleAnswer.Chosen>().Rule.Name.ShouldBe("all");
        book.Choose("cost-center", Of("saas")).ShouldBeOfType<RuleAnswer.Chosen>().Value.ShouldBe("100");
        book.Choose("cost-center", Of("crm")).ShouldBeOfType<RuleAnswer.NoRule>();
        book.Choose("tax-code", Of("saas")).ShouldBeOfType<RuleAnswer.NoRule>();
        book.Dimensions.ShouldBe(["cost-center"]);
    }

    [Fact]
    public void A_value_goes_through_its_map_and_what_is_not_in_the_map_is_never_guessed()
    {
        var book = Book(Rule("centers", Conditions.None, dimensions: new() { ["cost-center"] = new RuleValue.FromField(MappingField.Plan, "centers") }));
        var chosen = book.Choose("cost-center", Of("saas")).ShouldBeOfType<RuleAnswer.Chosen>();
        (chosen.Value, chosen.Map!.Number).ShouldBe(("CC-1", 3));
        book.Choose("cost-center", Of("crm")).ShouldBeOfType<RuleAnswer.Unmapped>().Ours.ShouldBe("crm");
        book.Choose("cost-center", Of()).ShouldBeOfType<RuleAnswer.Unmapped>().Ours.ShouldBe("");
        book.Choose("cost-center", Of("saas", "crm")).ShouldBeOfType<RuleAnswer.Unmapped>().Ours.ShouldBe(""); // of two plans, which?
    }

    [Fact]
    public void A_value_without_a_map_is_taken_as_it_is_and_a_map_that_is_not_there_maps_nothing()
    {
        var book = Book(Rule("x", Conditions.None, dimensions: new()
        {
            ["project"] = new RuleValue.FromField(MappingField.Plan, ""),
            ["class"] = new RuleValue.FromField(MappingField.Plan, "nowhere"),
        }));
        book.Choose("project", Of("saas")).ShouldBeOfType<RuleAnswer.Chosen>().Value.ShouldBe("saas");
        book.Choose("class", Of("saas")).ShouldBeOfType<RuleAnswer.Unmapped>();
    }

    [Fact]
    public void Rules_of_one_rank_may_meet_as_long_as_they_speak_of_different_things_or_say_the_same()
    {
        var (saas, either) = (Conditions.None.With(MappingField.Plan, "saas"), Conditions.None.With(MappingField.Plan, "saas", "crm"));
        Ambiguity.Between([Rule("one", saas, account: "4000"), Rule("other", either, tax: "A1")]).ShouldBeEmpty();
        Ambiguity.Between([Rule("one", saas, account: "4000"), Rule("other", either, account: "4000")]).ShouldBeEmpty();
        var two = Ambiguity.Between([Rule("one", saas, account: "4000"), Rule("other", either, account: "4001")]).ShouldHaveSingleItem();
        two.Reason.ShouldContain("'account'");
    }

    private static Facts Of(params string[] plans) => new Facts(new DateOnly(2026, 11, 20)).With(MappingField.Plan, plans);

    private static AccountBook Book(params AccountRule[] rules) => new(1, rules, new Dictionary<string, ValueMap> { ["centers"] = Centers });

    private static AccountRule Rule(
        string name, Conditions when, string? account = null, string? tax = null, Dictionary<string, RuleValue>? dimensions = null) =>
        new(name, when, account is null ? null : new RuleValue.Constant(account), tax is null ? null : new RuleValue.Constant(tax), dimensions ?? NoDimensions);
}
