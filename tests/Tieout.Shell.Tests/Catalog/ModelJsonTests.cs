using System.Text;
using System.Text.Json;
using Tieout.Application.Catalog;
using Tieout.Domain.Catalog;

namespace Tieout.Shell.Tests.Catalog;

public class ModelJsonTests
{
    public static TheoryData<string> Canonical =>
    [
        """{"type":"flat","amount":"99"}""",
        """{"type":"per-unit","unit-price":"0.000000000001"}""",
        """{"type":"graduated","tiers":[{"up-to":"100","unit-price":"0.1","flat-amount":"5"},{"unit-price":"0.08","flat-amount":"0"}]}""",
        """{"type":"volume","tiers":[{"unit-price":"1234567890123456.123456789012","flat-amount":"0"}]}""",
        """{"type":"capacity","tiers":[{"up-to":"10","unit-price":"0","flat-amount":"100"},{"unit-price":"4","flat-amount":"180"}]}""",
        """{"type":"package","size":"100","price":"5","rounding":"down","free-units":"50"}""",
        """{"type":"graduated-package","tiers":[{"up-to":"250","size":"100","price":"5"},{"size":"1000","price":"8"}],"rounding":"up"}""",
        """{"type":"volume-package","tiers":[{"size":"1000","price":"8"}],"rounding":"down"}""",
        """{"type":"percentage","rate":"0.029","free-count":"2","free-amount":"100","fixed-fee":"0.3","minimum-per-transaction":"0.5","maximum-per-transaction":"20"}""",
        """{"type":"percentage","rate":"0.029","free-count":"0","free-amount":"0","fixed-fee":"0"}""",
        """{"type":"graduated-percentage","tiers":[{"up-to":"1000","rate":"0.029","flat-amount":"1"},{"rate":"0.02","flat-amount":"0"}]}""",
        """{"type":"included","fee":"50","units":"1000","overage-price":"0.02"}""",
        """{"type":"included","fee":"50","units":"1000","overage-factor":"1.5"}""",
        """{"type":"commitment","minimum":"1000","of":{"type":"per-unit","unit-price":"0.1"}}""",
        """{"type":"matrix","dimensions":["region"],"cells":[{"values":["eu"],"model":{"type":"flat","amount":"1"}}],"otherwise":{"type":"flat","amount":"2"}}""",
        """{"type":"prepaid","credit":"calls","of":{"type":"flat","amount":"1"}}""",
    ];

    [Theory]
    [MemberData(nameof(Canonical))]
    public void The_canonical_form_comes_back_unchanged(string json)
    {
        var (model, problems) = Read(json);
        problems.ShouldBeEmpty();
        ModelText.Of(model).ToJsonString().ShouldBe(json);
        ModelText.Types.ShouldContain(ModelText.Type(model));
        PriceJson.Model(json).GetType().ShouldBe(model.GetType());
    }

    [Fact]
    public void Every_word_of_a_model_is_tried_above() =>
        Canonical.Select(row => JsonDocument.Parse(row.Data).RootElement.GetProperty("type").GetString()!).Distinct().Order(StringComparer.Ordinal)
            .ShouldBe(ModelText.Types.Order(StringComparer.Ordinal));

    [Theory]
    [InlineData("""{"type":"flat","amount":99.50}""")]
    [InlineData("""{"type":"flat","amount":"99.500000000000000"}""")]
    [InlineData("""{"amount":"0099.5","type":"flat"}""")]
    public void The_same_figure_is_the_same_text_however_it_was_written(string json) =>
        ModelText.Of(Read(json).Model).ToJsonString().ShouldBe("""{"type":"flat","amount":"99.5"}""");

    [Fact]
    public void A_json_number_does_not_pass_through_floating_point() =>
        Read("""{"type":"per-unit","unit-price":1234567890123456.123456789012}""").Model
            .ShouldBe(new ChargeModel.PerUnit(1234567890123456.123456789012m));

    [Theory]
    [InlineData("""{"type":"flat"}""", "amount missing")]
    [InlineData("""{"amount":"1"}""", "type missing")]
    [InlineData("""{"type":"flatt"}""", "type unknown-word")]
    [InlineData("""{"type":"flat","amount":"NaN"}""", "amount bad-number")]
    [InlineData("""{"type":"flat","amount":"Infinity"}""", "amount bad-number")]
    [InlineData("""{"type":"flat","amount":"1e3"}""", "amount bad-number")]
    [InlineData("""{"type":"flat","amount":1e3}""", "amount bad-number")]
    [InlineData("""{"type":"flat","amount":-1}""", "amount bad-number")]
    [InlineData("""{"type":"flat","amount":"1,5"}""", "amount bad-number")]
    [InlineData("""{"type":"flat","amount":" 1"}""", "amount bad-number")]
    [InlineData("""{"type":"flat","amount":true}""", "amount bad-number")]
    [InlineData("""{"type":"flat","amount":[]}""", "amount bad-number")]
    [InlineData("""{"type":"flat","amount":"10000000000000000"}""", "amount bad-number")]
    [InlineData("""{"type":"flat","amount":"0.0000000000001"}""", "amount bad-number")]
    [InlineData("""{"type":"flat","amount":"1","unit-price":"1"}""", "unit-price unknown-member")]
    [InlineData("""{"type":"flat","amount":"1","4111111111111111":"1"}""", "(a name that cannot be shown) unknown-member")]
    [InlineData("""{"type":"graduated"}""", "tiers missing")]
    [InlineData("""{"type":"graduated","tiers":{}}""", "tiers list-expected")]
    [InlineData("""{"type":"graduated","tiers":[1]}""", "tiers[0] object-expected")]
    [InlineData("""{"type":"graduated","tiers":[{"from":"0","up-to":"10"},{"from":"11","up-to":"20"},{"from":"15"}]}""",
        "tiers[1].from tier-gap, tiers[2].from tier-overlap")]
    [InlineData("""{"type":"graduated","tiers":[{"from":"1","up-to":"x"},{"upto":"20"}]}""",
        "tiers[0].from tier-gap, tiers[0].up-to bad-number, tiers[1].upto unknown-member")]
    [InlineData("""{"type":"package","size":"1","price":"1","rounding":"UP"}""", "rounding unknown-word")]
    [InlineData("""{"type":"percentage","rate":"0.1","free-count":"1.5"}""", "free-count bad-number")]
    [InlineData("""{"type":"commitment","minimum":"1"}""", "of missing")]
    [InlineData("""{"type":"commitment","minimum":"1","of":{"type":"flat"}}""", "of.amount missing")]
    [InlineData("""{"type":"matrix","dimensions":[1],"cells":[{"values":["a"]}]}""", "cells[0].model missing, dimensions[0] text-expected")]
    [InlineData("""{"type":"prepaid","credit":"4111 1111 1111 1111","of":{"type":"flat","amount":"1"}}""", "credit card-number")]
    public void What_cannot_be_meant_is_told_field_by_field(string json, string problems)
    {
        var found = Read(json).Problems;
        string.Join(", ", found.Select(problem => $"{problem.Field} {problem.Code}").Order(StringComparer.Ordinal)).ShouldBe(problems);
        found.ShouldAllBe(problem => !problem.ToString().Contains("4111", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("""{"a":NaN}""")]
    [InlineData("""{"a":1,"a":2}""")]
    [InlineData("""{"a":1""")]
    [InlineData("")]
    public void What_is_no_json_is_one_problem(string text)
    {
        List<PriceProblem> problems = [];
        StrictJson.Parse(Encoding.UTF8.GetBytes(text), problems).ShouldBeNull();
        problems.ShouldHaveSingleItem().Code.ShouldBe("bad-json");
    }

    [Fact]
    public void Terms_have_their_defaults_and_come_back_unchanged()
    {
        var terms = PriceJson.Terms("""{"kind":"usage","meter":"calls","interval":"quarterly","ramp":[{"months-in":12,"model":{"type":"flat","amount":"1"}}]}""");
        (terms.Timing, terms.Interval, terms.Prorated, terms.TaxCategory).ShouldBe((BillingTiming.Arrears, BillingInterval.Quarterly, true, "standard"));
        var text = PriceJson.Of(terms).ToJsonString();
        PriceJson.Of(PriceJson.Terms(text)).ToJsonString().ShouldBe(text);
        PriceJson.Of(PriceJson.Terms("{}")).ToJsonString().ShouldBe(PriceJson.Of(PriceTerms.Default).ToJsonString());
        PriceJson.Terms("""{"interval":{"count":4,"unit":"week"}}""").Interval.ShouldBe(new BillingInterval(4, IntervalUnit.Week));
    }

    [Theory]
    [InlineData("""{"interval":"daily"}""")]
    [InlineData("""{"interval":{"count":121,"unit":"month"}}""")]
    [InlineData("""{"interval":{"count":0,"unit":"month"}}""")]
    [InlineData("""{"prorated":"yes"}""")]
    [InlineData("""{"zero":true}""")]
    public void Stored_terms_that_cannot_be_read_are_not_guessed(string stored) =>
        Should.Throw<InvalidOperationException>(() => PriceJson.Terms(stored)).Message.ShouldContain("cannot read");

    private static (ChargeModel Model, List<PriceProblem> Problems) Read(string json)
    {
        List<PriceProblem> problems = [];
        var model = ModelJson.Read(JsonFields.Top(StrictJson.Parse(Encoding.UTF8.GetBytes(json), problems)!.Value, problems));
        return (model, problems);
    }
}
