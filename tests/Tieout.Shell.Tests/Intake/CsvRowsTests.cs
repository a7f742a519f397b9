using Tieout.Application.Intake;

namespace Tieout.Shell.Tests.Intake;

public class CsvRowsTests
{
    [Theory]
    [InlineData("a,b\n1,2\n", "1:a|b 2:1|2")]
    [InlineData("a,b\r\n1,2", "1:a|b 2:1|2")]
    [InlineData("a,b\r1,2\r", "1:a|b 2:1|2")]
    [InlineData("a\n\n\r\n1\n", "1:a 4:1")]                               // empty lines count and are no rows
    [InlineData("a,\"b,c\",\"d \"\"e\"\"\"\n", "1:a|b,c|d \"e\"")]
    [InlineData("a,\"x\r\ny\nz\",b\n1,2,3\n", "1:a|x\ny\nz|b 4:1|2|3")]   // the next row begins on line 4
    [InlineData("\"\",,\n", "1:||")]
    [InlineData("\"a\"", "1:a")]
    public void Reads_rows_with_the_lines_they_begin_on(string text, string expected) => Told(text).ShouldBe(expected);

    [Theory]
    [InlineData("h\n\"open,1\ngood,2\n", "1:h 2:!never closed 3:good|2")]
    [InlineData("h\n\"open,1\n\"fine\",2\n", "1:h 2:!behind 3:fine|2")]   // the stray quote seems to close at the next one
    [InlineData("h\nin\"side,1\ngood,2", "1:h 2:!inside 3:good|2")]
    [InlineData("h\n\"a\"b,1\ngood,2", "1:h 2:!behind 3:good|2")]
    [InlineData("h\na,\"", "1:h 2:!never closed")]
    public void A_malformed_row_costs_itself_and_none_below_it(string text, string expected) => Told(text).ShouldBe(expected);

    [Fact]
    public void A_quote_still_open_after_a_hundred_lines_is_a_stray_one()
    {
        var rows = Told("\"open\n" + string.Concat(Enumerable.Repeat("row\n", 300))).Split(' ');
        rows.Length.ShouldBe(302);                                        // "never closed" has a blank
        rows[^1].ShouldBe("301:row");
    }

    [Fact]
    public void A_line_without_end_is_one_bad_row_in_constant_memory()
    {
        var rows = new CsvRows(new StringReader("h\n" + new string('x', 5_000_000) + "\ngood\n"), ',');
        rows.Next();
        rows.Next()!.Problem!.ShouldContain("longer than");
        rows.Next()!.Cells.ShouldBe(["good"]);
    }

    private static string Told(string text)
    {
        var rows = new CsvRows(new StringReader(text), ',');
        List<string> told = [];
        while (rows.Next() is { } row)
        {
            var telling = new[] { "never closed", "behind", "inside" }.FirstOrDefault(word => row.Problem?.Contains(word, StringComparison.Ordinal) == true);
            told.Add($"{row.Line}:{(row.Problem is null ? string.Join('|', row.Cells) : "!" + telling)}");
        }
        return string.Join(' ', told);
    }
}
