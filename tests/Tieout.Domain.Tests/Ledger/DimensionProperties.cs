using FsCheck;
using FsCheck.Fluent;
using Tieout.Domain.Ledger;

namespace Tieout.Domain.Tests.Ledger;

/// <summary>However lines are sorted, what is grouped comes to what is not, and every line is under one code or under none.</summary>
public class DimensionProperties
{
    private static readonly string[] Accounts = ["bad-debt", "rounding", "own.travel"];
    private static readonly string[] Codes = ["", "4100", "4200"];
    private static readonly Currency[] Currencies = [Currency.Of("USD"), Currency.Of("EUR")];

    private static Gen<Line[]> Lines => Gen.Zip(Gen.Zip(Gen.Choose(0, 2), Gen.Choose(0, 1)), Gen.Zip(Gen.Zip(Gen.Choose(0, 2), Gen.Choose(0, 2)), Gen.Choose(-2000, 2000)))
        .Select(all => new Line(
            Accounts[all.Item1.Item1], Currencies[all.Item1.Item2], all.Item2.Item2 % 3 == 0, Codes[all.Item2.Item1.Item1], Codes[all.Item2.Item1.Item2],
            all.Item2.Item2 / 100m)).ArrayOf();

    [Fact]
    public void Grouped_lines_come_to_what_all_come_to() => Prop.ForAll(Arb.From(Lines), lines =>
    {
        var grouped = DimensionSplit.Of(Whole(lines), Cells(lines), grouped: true, only: null);
        grouped.Select(one => (one.Account, one.Currency, one.Code)).ShouldBeUnique();
        foreach (var whole in Whole(lines))
        {
            var parts = grouped.Where(one => (one.Account, one.Currency) == (whole.Account, whole.Currency)).ToList();
            parts.Aggregate(default(Turnover), (sum, one) => sum + one.Before).ShouldBe(whole.Before);
            parts.Aggregate(default(Turnover), (sum, one) => sum + one.Within).ShouldBe(whole.Within);
            foreach (var part in parts)
                part.Within.ShouldBe(Sum(lines.Where(line => line.Is(whole) && !line.Before && line.By == part.Code)));
        }
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void A_filter_leaves_exactly_its_lines_with_a_code_or_without() => Prop.ForAll(Arb.From(Lines), lines =>
    {
        foreach (var only in Codes)
        {
            var told = DimensionSplit.Of(Whole(lines), Cells(lines), grouped: true, only);
            told.Sum(one => one.Before.Lines + one.Within.Lines).ShouldBe(lines.Count(line => line.Filter == only));
            foreach (var part in told)
                part.Before.ShouldBe(Sum(lines.Where(line => line.Is(part) && line.Before && line.By == part.Code && line.Filter == only)));
            var plain = DimensionSplit.Of(Whole(lines), Cells(lines), grouped: false, only);
            plain.ShouldAllBe(one => one.Code == null);
            plain.Sum(one => one.Within.Amount).ShouldBe(told.Sum(one => one.Within.Amount));
        }
    }).QuickCheckThrowOnFailure();

    private static List<AccountMovement> Whole(Line[] lines) =>
    [
        .. lines.GroupBy(line => (line.Account, line.Currency)).Select(group => new AccountMovement(
            group.Key.Account, group.Key.Currency, Sum(group.Where(line => line.Before)), Sum(group.Where(line => !line.Before)))),
    ];

    // As the books tell them: only lines that have any dimension, some of them together.
    private static IEnumerable<DimensionCell> Cells(Line[] lines) => lines.Where(line => line.By.Length + line.Filter.Length > 0)
        .GroupBy(line => (line.Account, line.Currency, line.Before, line.By, line.Filter))
        .Select(group => new DimensionCell(group.Key.Account, group.Key.Currency, group.Key.Before, group.Key.By, group.Key.Filter, Sum(group)));

    private static Turnover Sum(IEnumerable<Line> lines) => lines.Aggregate(default(Turnover), (sum, line) => sum + new Turnover(
        Math.Max(line.Amount, 0), Math.Max(-line.Amount, 0), 1, Math.Max(line.Amount, 0) * 2, Math.Max(-line.Amount, 0) * 2));

    private sealed record Line(string Account, Currency Currency, bool Before, string By, string Filter, decimal Amount)
    {
        public bool Is(AccountMovement movement) => (Account, Currency) == (movement.Account, movement.Currency);
    }
}
