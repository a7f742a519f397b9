using FsCheck;
using FsCheck.Fluent;
using Tieout.Domain.Ledger;
using Tieout.Domain.Revenue;

namespace Tieout.Domain.Tests.Revenue;

/// <summary>What is earned in a foreign currency leaves deferred revenue at what it was invoiced at, to the last cent.</summary>
public class ReleasedInBooksTests
{
    private static readonly Currency Euro = Currency.Of("EUR");
    private static readonly AccountingMonth January = new(2026, 1);

    private static Guid Document { get; } = new(1, 0, 0, new byte[8]);

    private static AccountingMonth After(int months) => AccountingMonth.Of(January.FirstDay.AddMonths(months));

    [Fact]
    public void Twelve_months_of_a_year_come_to_the_whole_of_it()
    {
        var values = new ReleasedInBooks(Euro);
        var document = Document;
        for (var month = 0; month < 12; month++) values.Add(document, new Carried(100m, 91.37m), 0.9137m, After(month), month < 11 ? 8.33m : 8.37m, due: month >= 2);
        values.Months.Keys.First().ShouldBe(After(2));
        // 8.33 of 100.00 is 7.61, twice 15.22: booked before.
        values.Months.Values.Sum().ShouldBe(91.37m - 15.22m);
        values.Months[After(2)].ShouldBe(22.83m - 15.22m);
    }

    [Fact]
    public void A_document_whose_lines_come_to_nothing_goes_by_its_rate()
    {
        var values = new ReleasedInBooks(Euro);
        var document = Document;
        values.Add(document, default, 0.9m, January, 50m, due: true);
        values.Add(document, default, 0.9m, After(1), -50m, due: true);
        values.Months.Values.ShouldBe([45m, -45m]);
    }

    [Fact]
    public void A_contract_gives_all_it_has_and_what_is_earned_before_it_is_invoiced_goes_by_the_same_rate()
    {
        var values = new ReleasedInBooks(Euro);
        var began = new Carried(100m, 90m);
        var after = values.Add(began, began, January, 33.33m);
        after.ShouldBe(new Carried(66.67m, 60.00m));
        after = values.Add(after, began, After(1), 66.67m);
        after.ShouldBe(default);
        after = values.Add(after, began, After(2), 20m);
        after.ShouldBe(new Carried(-20m, -18m));
        values.Add(after, began, After(3), -20m).ShouldBe(default);
        values.Months.Values.ShouldBe([30m, 60m, 18m, -18m]);
    }

    [Fact]
    public void Lines_carry_what_their_months_come_to_and_nothing_is_lost_of_months_without_lines()
    {
        var (dollar, values) = (Currency.Of("USD"), new ReleasedInBooks(Euro));
        var (one, two) = (Document, new Guid(2, 0, 0, new byte[8]));
        values.Add(one, new Carried(30m, 27m), 0.9m, January, 10m, due: true);
        values.Add(one, new Carried(30m, 27m), 0.9m, After(1), 20m, due: true);
        values.Add(two, new Carried(-10m, -9.5m), 0.95m, January, -10m, due: true);
        values.Lines(new Dictionary<AccountingMonth, decimal> { [After(1)] = 20m }).Next(After(1), new Money(20m, dollar))
            .Select(line => (line.Account, line.Functional!.Value.Amount)).ShouldBe([("deferred-revenue", 17.5m), ("revenue", -17.5m)]);
    }

    [Fact]
    public void A_month_in_many_lines_of_many_entries_comes_to_the_whole_of_it_whatever_the_order() => Prop.ForAll(
        Arb.From(Gen.Zip(
            Gen.Zip(Gen.Choose(-5_000, 5_000).Where(cents => cents != 0), Gen.Choose(0, 2)).NonEmptyListOf(), Gen.Choose(-1_000_000, 1_000_000).Select(cents => cents / 100m))),
        both =>
        {
            var (dollar, values, document) = (Currency.Of("USD"), new ReleasedInBooks(Euro), Document);
            foreach (var month in new[] { 0, 1, 2 }) values.Add(document, new Carried(3m, both.Item2), 1m, After(month), 1m, due: true);
            var parts = both.Item1.Select(part => (Month: After(part.Item2), Amount: part.Item1 / 100m)).ToList();
            var lines = values.Lines(parts.GroupBy(part => part.Month).ToDictionary(month => month.Key, month => month.Sum(part => part.Amount)));
            var told = parts.ConvertAll(part => lines.Next(part.Month, new Money(part.Amount, dollar)));
            foreach (var pair in told) pair.Sum(line => line.Functional!.Value.Amount).ShouldBe(0m);
            told.Sum(pair => pair[0].Functional!.Value.Amount).ShouldBe(both.Item2);
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void However_it_is_cut_all_of_it_is_all_of_it() => Prop.ForAll(
        Arb.From(Gen.Zip(Gen.Choose(1, 100_000).Select(cents => cents / 100m).NonEmptyListOf(), Gen.Choose(1, 1_000_000).Select(cents => cents / 100m))), both =>
        {
            var (parts, functional) = both;
            var values = new ReleasedInBooks(Euro);
            var (document, whole) = (Document, new Carried(parts.Sum(), functional));
            foreach (var (index, part) in parts.Index()) values.Add(document, whole, 1m, After(index), part, due: true);
            values.Months.Values.Sum().ShouldBe(functional);
            foreach (var month in values.Months.Values) month.ShouldBeGreaterThanOrEqualTo(0m);
        }).QuickCheckThrowOnFailure();
}
