using Tieout.Domain.Ledger;

namespace Tieout.Domain.Tests.Ledger;

public sealed class DimensionTests
{
    [Theory]
    [InlineData("cost-center", "4100", null)]
    [InlineData("class", "Über 日本", null)]
    [InlineData("location", "x", null)]
    [InlineData("region", "", "bad-dimension")]
    [InlineData("region", "  ", "bad-dimension")]
    [InlineData("region", " EU", "bad-dimension")]
    [InlineData("region", "E\nU", "bad-dimension")]
    [InlineData("region", "E\tU", "bad-dimension")]
    [InlineData("project", "4111111111111111", "bad-dimension")]
    [InlineData("Cost-Center", "4100", "unknown-dimension")]
    [InlineData("colour", "red", "unknown-dimension")]
    [InlineData("", "red", "unknown-dimension")]
    public void A_code_is_one_line_of_a_dimension_that_is_known(string word, string code, string? problem)
    {
        var problems = LineDimensions.Judge([new(word, code)]);
        problems.Select(one => one.Code).ShouldBe(problem is null ? [] : [problem]);
        if (problem is null) new LineDimensions([new(word, code)]).Codes.ShouldBe([new(word, code)]);
        else Should.Throw<ArgumentException>(() => new LineDimensions([new(word, code)]));
        problems.ShouldAllBe(one => !one.ToString().Contains("4111", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(60, 0)]
    [InlineData(61, 1)]
    public void A_code_has_at_most_sixty_characters(int length, int problems) =>
        LineDimensions.Judge([new("project", new string('a', length))]).Count.ShouldBe(problems);

    [Fact]
    public void A_name_that_may_be_a_card_is_not_repeated() =>
        LineDimensions.Judge([new("4111 1111 1111 1111", "x")])[0].Field.ShouldBe("(a name that cannot be shown)");

    [Fact]
    public void The_order_they_are_given_in_says_nothing()
    {
        var one = new LineDimensions([new("region", "EU"), new("cost-center", "4100")]);
        var other = new LineDimensions([new("cost-center", "4100"), new("region", "EU")]);
        (one.Equals(other), one.GetHashCode() == other.GetHashCode(), one.ToString()).ShouldBe((true, true, "cost-center=4100\tregion=EU"));
        one.Equals(new LineDimensions([new("cost-center", "4100")])).ShouldBeFalse();
        (LineDimensions.None.IsEmpty, LineDimensions.None.ToString()).ShouldBe((true, ""));
        LineDimensions.Judge([new("region", "EU"), new("region", "US")]).ShouldHaveSingleItem().Code.ShouldBe("dimension-twice");
    }

    [Theory]
    [InlineData("cost-center=4100", "cost-center", "4100")]
    [InlineData("cost-center= 4100 ", "cost-center", "4100")]
    [InlineData("cost-center=a=b", "cost-center", "a=b")]
    [InlineData("cost-center=", "cost-center", "")]
    [InlineData("cost-center", null, null)]
    [InlineData("=4100", null, null)]
    [InlineData("colour=red", null, null)]
    [InlineData("colour=", null, null)]
    [InlineData("project=4111111111111111", null, null)]
    public void A_filter_is_a_dimension_and_a_code_or_none(string text, string? word, string? code) =>
        DimensionFilter.Parse(text).ShouldBe(word is null ? null : new DimensionFilter(word, code!));
}
