using System.Globalization;
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

    private static (int, int) Line => (1, 1);

    private static CarriedLine Carries(decimal amount, decimal functional, decimal rate) => new(amount, functional, new BooksRate(rate, 1m));

    private static AccountingMonth After(int months) => AccountingMonth.Of(January.FirstDay.AddMonths(months));

    [Fact]
    public void Twelve_months_of_a_year_come_to_the_whole_of_it()
    {
        var (values, year) = (new ReleasedInBooks(Euro), Carries(100m, 91.37m, 0.9137m));
        values.Add(Line, year, year, month: null, 16.66m);
        for (var month = 2; month < 12; month++) values.Add(Line, year, year, After(month), month < 11 ? 8.33m : 8.37m);
        values.Months.Keys.First().ShouldBe(After(2));
        // 8.33 of 100.00 is 7.61, twice 15.22: booked before.
        values.Months.Values.Sum().ShouldBe(91.37m - 15.22m);
        values.Months[After(2)].ShouldBe(22.83m - 15.22m);
    }

    /// <summary>1,200.00 charged and 1,199.99 given back on one invoice at 0.90: a cent of them is a cent, and each month of either goes at 0.90 for all that.</summary>
    [Fact]
    public void A_document_of_lines_up_and_down_goes_by_its_rate_and_not_by_the_cent_that_it_comes_to()
    {
        var document = new DocumentInBooks(new Carried(0.01m, 0.01m), 0.90m);
        var (charge, back) = (document.Line(0m, 1_200m, Euro), document.Line(1_200m, -1_199.99m, Euro));
        (charge.Functional, back.Functional).ShouldBe((1_080m, -1_079.99m));
        var values = new ReleasedInBooks(Euro);
        for (var month = 0; month < 12; month++) values.Add((1, 1), charge, charge, After(month), 100m);
        values.Months.Values.ShouldAllBe(month => month == 90m);
        for (var month = 0; month < 12; month++) values.Add((1, 2), back, back, After(month), month < 11 ? -100m : -99.99m);
        values.Months.Values.ShouldBe([.. Enumerable.Repeat(0m, 11), 0.01m]);
        values.Lines(new Dictionary<AccountingMonth, decimal> { [After(11)] = 0.01m }).Left.ShouldBe(0m);
    }

    /// <summary>1,200.00 at 0.90 and a memo of all of it at 0.95: no revenue, and 5.00 lost a month.</summary>
    [Fact]
    public void What_a_memo_at_another_rate_gives_back_is_taken_back_as_it_was_and_the_rest_is_no_revenue()
    {
        var charge = new ChargeInBooks(Euro);
        var (invoice, memo) = (Carries(1_200m, 1_080m, 0.90m), Carries(-1_200m, -1_140m, 0.95m));
        charge.Add(invoice).ShouldBe(invoice);
        var taken = charge.Add(memo);
        (taken.Amount, taken.Functional).ShouldBe((-1_200m, -1_080m));
        var values = new ReleasedInBooks(Euro);
        values.Add((1, 1), invoice, invoice, January, 100m);
        values.Add((1, 2), memo, taken, January, -100m);
        values.Months[January].ShouldBe(0m);
        values.Lines(new Dictionary<AccountingMonth, decimal>()).Left.ShouldBe(-5m);
    }

    public static TheoryData<string, string> Corrections => new()
    {
        // amount functional rate, one revision after the other: what each is earned at.
        { "100 90 0.9", "90" },
        { "100 90 0.9; -25 -23.75 0.95", "90 -22.5" },
        { "100 90 0.9; -100 -95 0.95", "90 -90" },
        { "100 90 0.9; -100 -95 0.95; 80 80 1", "90 -90 80" },
        { "100 90 0.9; 50 50 1; -75 -90 1.2", "90 50 -70" },
        { "100 90 0.9; 50 50 1; -75 -90 1.2; -75 -75 1", "90 50 -70 -70" },
        { "0.03 0.03 0.9; -0.01 -0.01 0.95; -0.02 -0.02 0.95", "0.03 -0.01 -0.02" },
        { "-100 -90 0.9; 40 40 1", "-90 36" },
        { "100 90 0.9; -130 -130 1", "90 -120" },
        { "100 90 0.9; -130 -130 1; -10 -12 1.2; 40 50 1.25", "90 -120 -12 42" },
    };

    [Theory]
    [MemberData(nameof(Corrections))]
    public void More_is_earned_at_its_own_rate_and_what_is_given_back_at_that_of_what_stood(string revisions, string earned)
    {
        var charge = new ChargeInBooks(Euro);
        var told = revisions.Split("; ").Select(one => Array.ConvertAll(one.Split(' '), figure => decimal.Parse(figure, CultureInfo.InvariantCulture)))
            .Select(one => charge.Add(Carries(one[0], one[1], one[2])).Functional).ToList();
        told.ShouldBe(Array.ConvertAll(earned.Split(' '), figure => decimal.Parse(figure, CultureInfo.InvariantCulture)));
    }

    [Fact]
    public void A_charge_of_which_nothing_is_left_leaves_nothing_whatever_the_rates() => Prop.ForAll(
        Arb.From(Gen.Zip(Gen.Choose(-100_000, 100_000).Where(cents => cents != 0).Select(cents => cents / 100m), Gen.Choose(50, 200).Select(rate => rate / 100m))
            .NonEmptyListOf()), revisions =>
        {
            var charge = new ChargeInBooks(Euro);
            var functional = 0m;
            foreach (var (amount, rate) in revisions) functional += charge.Add(Carries(amount, decimal.Round(amount * rate, 2, MidpointRounding.AwayFromZero), rate)).Functional;
            var rest = -revisions.Sum(one => one.Item1);
            if (rest != 0m) functional += charge.Add(Carries(rest, rest * 3m, 3m)).Functional;
            functional.ShouldBe(0m);
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void The_lines_of_a_document_come_to_what_the_ledger_has_of_it() => Prop.ForAll(
        Arb.From(Gen.Zip(Gen.Choose(-200_000, 200_000).Where(cents => cents != 0).Select(cents => cents / 100m).NonEmptyListOf(), Gen.Choose(1, 3_000).Select(rate => rate / 1_000m))),
        both =>
        {
            var (amounts, rate) = both;
            var whole = amounts.Sum();
            // The largest line of an entry takes what rounding leaves: up to a cent or two more than the rate says.
            var document = new DocumentInBooks(new Carried(whole, whole == 0m ? 0m : decimal.Round(whole * rate, 2, MidpointRounding.AwayFromZero) + 0.01m), rate);
            var (before, functional) = (0m, 0m);
            foreach (var amount in amounts)
            {
                var line = document.Line(before, amount, Euro);
                Math.Abs(line.Functional - (amount * rate)).ShouldBeLessThan(0.03m);
                functional += line.Functional;
                before += amount;
            }
            functional.ShouldBe(document.Whole.Functional);
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void A_document_from_before_there_were_rates_goes_by_what_the_ledger_has()
    {
        var line = new DocumentInBooks(new Carried(100m, 91.37m), Rate: null).Line(0m, 40m, Euro);
        line.ShouldBe(new CarriedLine(40m, 36.55m, new BooksRate(91.37m, 100m)));
        line.UpTo(20m, Euro).ShouldBe(18.27m);
        new DocumentInBooks(default, Rate: null).Line(0m, 40m, Euro).Functional.ShouldBe(40m);
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
    public void Lines_carry_what_their_months_come_to_and_what_months_without_lines_come_to_is_left_beside()
    {
        var (dollar, values) = (Currency.Of("USD"), new ReleasedInBooks(Euro));
        var (one, two) = (Carries(30m, 27m, 0.9m), Carries(-10m, -9.5m, 0.95m));
        values.Add((1, 1), one, one, January, 10m);
        values.Add((1, 1), one, one, After(1), 20m);
        values.Add((1, 2), two, two, January, -10m);
        var lines = values.Lines(new Dictionary<AccountingMonth, decimal> { [After(1)] = 20m });
        lines.Next(After(1), new Money(20m, dollar))
            .Select(line => (line.Account, line.Functional!.Value.Amount)).ShouldBe([("deferred-revenue", 18m), ("revenue", -18m)]);
        lines.Left.ShouldBe(-0.5m);
    }

    [Fact]
    public void A_month_in_many_lines_of_many_entries_comes_to_the_whole_of_it_whatever_the_order() => Prop.ForAll(
        Arb.From(Gen.Zip(
            Gen.Zip(Gen.Choose(-5_000, 5_000).Where(cents => cents != 0), Gen.Choose(0, 2)).NonEmptyListOf(), Gen.Choose(-1_000_000, 1_000_000).Select(cents => cents / 100m))),
        both =>
        {
            var (dollar, values, line) = (Currency.Of("USD"), new ReleasedInBooks(Euro), Carries(3m, both.Item2, both.Item2 / 3m));
            foreach (var month in new[] { 0, 1, 2 }) values.Add(Line, line, line, After(month), 1m);
            var parts = both.Item1.Select(part => (Month: After(part.Item2), Amount: part.Item1 / 100m)).ToList();
            var lines = values.Lines(parts.GroupBy(part => part.Month).ToDictionary(month => month.Key, month => month.Sum(part => part.Amount)));
            var told = parts.ConvertAll(part => lines.Next(part.Month, new Money(part.Amount, dollar)));
            foreach (var pair in told) pair.Sum(line => line.Functional!.Value.Amount).ShouldBe(0m);
            (told.Sum(pair => pair[0].Functional!.Value.Amount) + lines.Left).ShouldBe(both.Item2);
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void However_it_is_cut_all_of_it_is_all_of_it() => Prop.ForAll(
        Arb.From(Gen.Zip(Gen.Choose(1, 100_000).Select(cents => cents / 100m).NonEmptyListOf(), Gen.Choose(1, 1_000_000).Select(cents => cents / 100m))), both =>
        {
            var (parts, functional) = both;
            var values = new ReleasedInBooks(Euro);
            var line = new CarriedLine(parts.Sum(), functional, new BooksRate(functional, parts.Sum()));
            foreach (var (index, part) in parts.Index()) values.Add(Line, line, line, After(index), part);
            values.Months.Values.Sum().ShouldBe(functional);
            foreach (var month in values.Months.Values) month.ShouldBeGreaterThanOrEqualTo(0m);
        }).QuickCheckThrowOnFailure();
}
