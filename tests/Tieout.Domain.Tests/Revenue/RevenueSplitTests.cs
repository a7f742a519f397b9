using FsCheck;
using FsCheck.Fluent;
using Tieout.Domain.Mapping;
using Tieout.Domain.Revenue;
using static Tieout.Domain.Tests.Amounts;

namespace Tieout.Domain.Tests.Revenue;

/// <summary>By what revenue is split: by all that account rules could choose by, and by nothing else.</summary>
public class RevenueSplitTests
{
    private static readonly RuleValue Account = new RuleValue.Constant("4100");
    private static readonly Dictionary<string, RuleValue> NoDimensions = [];

    [Fact]
    public void Without_a_rule_that_asks_anything_everything_goes_together()
    {
        Of().IsWhole.ShouldBeTrue();
        Of(Rule(Conditions.None, Account)).IsWhole.ShouldBeTrue();
        Of(Rule(Conditions.None.With(MappingField.LedgerAccount, "revenue").With(MappingField.DocumentKind, "revenue-journal"), Account)).IsWhole.ShouldBeTrue();
    }

    [Fact]
    public void What_a_rule_asks_or_takes_a_value_from_is_split_by()
    {
        Of(Rule(Conditions.None.With(MappingField.Plan, "crm").With(MappingField.Country, "DE"), Account)).Fields
            .ShouldBe([MappingField.Plan, MappingField.Country]);
        Of(Rule(Conditions.None, null, ("profit-center", new RuleValue.FromField(MappingField.Customer, "centers")))).Fields.ShouldBe([MappingField.Customer]);
        Of(Rule(Conditions.None, new RuleValue.FromField(MappingField.Component, "accounts"))).Fields.ShouldBe([MappingField.Component]);
    }

    [Theory]
    [InlineData(MappingField.LedgerAccount, "receivable")]
    [InlineData(MappingField.DocumentKind, "invoice")]
    [InlineData(MappingField.LegalEntity, "US")]
    [InlineData(MappingField.Currency, "USD")]
    [InlineData(MappingField.Recognition, "immediate")]
    public void A_rule_that_no_line_of_the_booking_meets_splits_nothing(MappingField field, string value)
    {
        Of(Rule(Conditions.None.With(MappingField.Plan, "crm").With(field, value), Account)).IsWhole.ShouldBeTrue();
        var both = field == MappingField.LedgerAccount ? "deferred-revenue"
            : field == MappingField.DocumentKind ? "revenue-journal" : field == MappingField.LegalEntity ? "DE" : field == MappingField.Currency ? "EUR" : "deferred";
        Of(Rule(Conditions.None.With(MappingField.Plan, "crm").With(field, value, both), Account)).Fields.ShouldBe([MappingField.Plan]);
    }

    [Fact]
    public void A_rule_that_chooses_a_tax_code_alone_splits_nothing_for_an_entry_has_none() =>
        Of(new AccountRule("VAT", Conditions.None.With(MappingField.TaxCode, "DE-19"), null, new RuleValue.Constant("A1"), NoDimensions)).IsWhole.ShouldBeTrue();

    [Fact]
    public void Line_by_line_knows_all_that_is_known()
    {
        var split = RevenueSplit.Of([], RevenueDetail.ByLine, "DE", Eur);
        (split.IsWhole, split.Fields.Count).ShouldBe((false, RevenueSplit.Known.Count));
    }

    /// <summary>Two lines in one part get the same account and dimensions, whatever the rules and whatever else differs between the lines.</summary>
    [Fact]
    public void Lines_of_one_part_stand_alike_in_the_erp() => Prop.ForAll(Gen.Choose(0, int.MaxValue - 1).ToArbitrary(), seed =>
    {
        var random = new Random(seed);
        var rules = Rules(random);
        var book = new AccountBook(1, rules, new Dictionary<string, ValueMap>
        {
            ["m"] = new("m", 1, new Dictionary<string, string> { ["a"] = "1", ["b"] = "2" }),
        });
        var split = RevenueSplit.Of(rules, RevenueDetail.Summarised, "DE", Eur);
        var one = RevenueSplit.Known.ToDictionary(field => field, _ => Code(random));
        var other = RevenueSplit.Known.ToDictionary(field => field, field => split.Fields.Contains(field) ? one[field] : Code(random));
        var account = random.Next(2) == 0 ? "revenue" : "deferred-revenue";
        return new[] { AccountRule.OfAccount, "region" }.All(what => Told(book.Choose(what, Line(one, account))) == Told(book.Choose(what, Line(other, account))));
    }).Check(Config.QuickThrowOnFailure.WithMaxTest(1000).WithQuietOnSuccess(true));

    private static List<AccountRule> Rules(Random random)
    {
        List<AccountRule> rules = [];
        for (var rule = 0; rule < 8; rule++)
        {
            var when = Conditions.None;
            foreach (var field in MappingFields.OfAccountRules)
                if (random.Next(5) == 0)
                    when = when.With(field, field switch
                    {
                        MappingField.LedgerAccount => random.Next(2) == 0 ? "revenue" : "deferred-revenue",
                        MappingField.LegalEntity => random.Next(2) == 0 ? "DE" : "US",
                        MappingField.Currency => "EUR",
                        MappingField.DocumentKind => random.Next(2) == 0 ? "revenue-journal" : "invoice",
                        MappingField.Recognition => random.Next(2) == 0 ? "deferred" : "immediate",
                        _ => Code(random),
                    });
            var value = random.Next(2) == 0 ? (RuleValue)new RuleValue.Constant($"{rule}")
                : new RuleValue.FromField(MappingFields.OfValues[random.Next(MappingFields.OfValues.Count)], random.Next(2) == 0 ? "m" : "");
            var added = new AccountRule(
                $"r{rule}", when, random.Next(2) == 0 ? value : null, null, random.Next(2) == 0 ? new() { ["region"] = value } : NoDimensions);
            if (!Ambiguity.Between([.. rules, added]).Any()) rules.Add(added);
        }
        return rules;
    }

    private static Facts Line(Dictionary<MappingField, string> values, string account) => values.Aggregate(
        new Facts(new DateOnly(2026, 11, 30)).With(MappingField.LegalEntity, "DE").With(MappingField.Currency, "EUR")
            .With(MappingField.DocumentKind, "revenue-journal").With(MappingField.LedgerAccount, account)
            .With(MappingField.Recognition, (string[])(account == "deferred-revenue" ? ["deferred"] : [])),
        (facts, pair) => facts.With(pair.Key, pair.Value));

    private static string Told(RuleAnswer answer) => answer switch
    {
        RuleAnswer.Chosen chosen => $"{chosen.Value} by {chosen.Rule.Name}",
        RuleAnswer.Unmapped unmapped => $"unmapped by {unmapped.Rule.Name}",
        _ => "",
    };

    private static string Code(Random random) => random.Next(3) switch { 0 => "a", 1 => "b", _ => "c" };

    private static RevenueSplit Of(params AccountRule[] rules) => RevenueSplit.Of(rules, RevenueDetail.Summarised, "DE", Eur);

    private static AccountRule Rule(Conditions when, RuleValue? account, params (string Word, RuleValue Value)[] dimensions) =>
        new("rule", when, account, null, dimensions.ToDictionary(pair => pair.Word, pair => pair.Value));
}
