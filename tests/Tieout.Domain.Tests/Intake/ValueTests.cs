using Tieout.Domain.Intake;

namespace Tieout.Domain.Tests.Intake;

public class ValueTests
{
    private static readonly Value.HashSplit Halves = new("id", [new Share("US", 50), new Share("DE", 50)]);

    [Theory]
    [InlineData("7590-VHVEG", "DE")]
    [InlineData("5575-GNVDE", "DE")]
    [InlineData("3668-QPYBK", "US")]
    public void A_split_gives_the_same_word_for_the_same_cell_for_ever(string cell, string word) => Halves.Of(cell).ShouldBe(word);

    [Fact]
    public void A_split_spreads_cells_by_its_weights()
    {
        var split = new Value.HashSplit("id", [new Share("a", 3), new Share("b", 1)]);
        var count = Enumerable.Range(0, 10_000).Count(index => split.Of($"customer {index}") == "a");
        count.ShouldBeInRange(7_350, 7_650);
    }

    [Fact]
    public void The_column_to_look_at_is_the_one_behind_maps()
    {
        new Value.Mapped(new Value.Column("Contract"), new Dictionary<string, string>(), null).ColumnName.ShouldBe("Contract");
        Halves.ColumnName.ShouldBe("id");
        new Value.Constant("x").ColumnName.ShouldBeNull();
    }
}
