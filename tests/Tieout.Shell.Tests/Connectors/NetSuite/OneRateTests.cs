using System.Globalization;
using Tieout.Connectors.NetSuite;
using Tieout.Domain;

namespace Tieout.Shell.Tests.Connectors.NetSuite;

/// <summary>The one rate of a journal.</summary>
public sealed class OneRateTests
{
    [Theory]
    [InlineData("100 90;-100 -90", "EUR", "0.9")]
    [InlineData("33.33 30.01;-33.33 -30.01", "EUR", "0.900390039004")]
    [InlineData("10.02 11.02;-8.12 -8.93;-1.90 -2.09", "USD", "1.1")]                   // 8.932: all three round to ours
    [InlineData("100 99.99;-33.33 -33.33;-66.67 -66.66", "EUR", "0.9999")]
    [InlineData("1000 900;-1000 -900", "JPY", "0.9")]
    [InlineData("33.33 30.01;-20 -18.02;-13.33 -11.99", "EUR", "0.900390039004")]       // no rate fits all: together they come to ours
    public void Is_one_by_which_every_line_comes_to_ours_or_else_all_together(string lines, string books, string rate) =>
        OneRate.Of([.. lines.Split(';').Select(Line)], Currency.Of(books)).ShouldBe(decimal.Parse(rate, CultureInfo.InvariantCulture), 0.001m);

    [Theory]
    [InlineData("100 90;-100 -90", 2)]
    [InlineData("33.33 30.01;-33.33 -30.01", 2)]
    [InlineData("10.02 11.02;-8.12 -8.93;-1.90 -2.09", 2)]
    [InlineData("1234567.89 1110987.65;-1234567.89 -1110987.65", 2)]
    [InlineData("0.01 0.01;-0.01 -0.01", 2)]
    [InlineData("987654321 6012;-987654321 -6012", 0)]
    public void Where_a_rate_fits_all_each_line_comes_out_to_the_last_unit(string lines, int decimals)
    {
        var all = lines.Split(';').Select(Line).ToList();
        var rate = OneRate.Of(all, Currency.Of(decimals == 0 ? "JPY" : "EUR"));
        foreach (var (amount, inBooks) in all) Math.Round(amount * rate, decimals, MidpointRounding.AwayFromZero).ShouldBe(inBooks);
    }

    private static (decimal, decimal) Line(string text)
    {
        var words = text.Split(' ').Select(word => decimal.Parse(word, CultureInfo.InvariantCulture)).ToList();
        return (words[0], words[1]);
    }
}
