using FsCheck;
using FsCheck.Fluent;
using Tieout.Domain.Ledger;
using Tieout.Domain.Revenue;
using static Tieout.Domain.Tests.Amounts;

namespace Tieout.Domain.Tests.Revenue;

/// <summary>When what was paid for prepaid credit becomes revenue.</summary>
public class PrepaidPlanTests
{
    private static readonly Guid S = Guid.Parse("00000000-0000-7000-8000-00000000000a");

    [Theory]
    [InlineData("100.00", "120", "30", "USD", "25.00")]
    [InlineData("100.00", "120", "120", "USD", "100.00")]
    [InlineData("100.00", "120", "0", "USD", "0")]
    [InlineData("100.00", "120", "0.000000000001", "USD", "0")]
    [InlineData("100.00", "120", "119.999999999999", "USD", "100.00")]
    [InlineData("100.00", "3", "1", "USD", "33.33")]
    [InlineData("100.00", "3", "2", "USD", "66.67")]
    [InlineData("0.01", "2", "1", "USD", "0.01")]                 // half a cent goes up
    [InlineData("0.01", "2", "0.999999999999", "USD", "0")]
    [InlineData("100", "3", "1", "JPY", "33")]
    [InlineData("100.000", "3", "2", "KWD", "66.667")]
    [InlineData("0", "120", "60", "USD", "0")]                    // all of it was credited
    [InlineData("999999999999", "9999999999999999", "9999999999999998", "USD", "999999999999.00")]
    public void A_part_of_the_credit_takes_its_share_of_the_price(string paid, string granted, string used, string currency, string share) =>
        PrepaidPlan.Share(D(paid), D(granted), D(used), Currency.Of(currency)).ShouldBe(D(share));

    [Theory]
    [InlineData("-0.01", "1", "1")]
    [InlineData("1", "0", "0")]
    [InlineData("1", "1", "-0.1")]
    [InlineData("1", "1", "1.000000000001")]
    public void What_makes_no_sense_is_refused(string paid, string granted, string used) =>
        Should.Throw<ArgumentOutOfRangeException>(() => PrepaidPlan.Share(D(paid), D(granted), D(used), Usd));

    [Fact]
    public void Each_use_is_earned_in_its_month_and_the_last_takes_the_rest()
    {
        var grant = Grant("120", "2026-01 100") with { Used = [Drawn("2026-01", "calls", 30m), Drawn("2026-02", "calls", 37m), Lapsed("2026-03", 53m)] };
        Told(grant, "2026-01", "2026-03").ShouldBe(["2026-01 Drawn 2026-01 25", "2026-02 Drawn 2026-02 30.83", "2026-03 Lapsed 2026-03 44.17"]);
        Told(grant, "2026-01", "2026-01").ShouldBe(["2026-01 Drawn 2026-01 25"]);
        PrepaidPlan.Left(grant, Month("2026-02")).ShouldBe(44.17m);
        PrepaidPlan.Left(grant, Month("2026-03")).ShouldBe(0m);
    }

    [Fact]
    public void What_closed_months_lack_comes_in_the_first_open_one_and_the_same_again_adds_nothing()
    {
        var grant = Grant("120", "2026-01 100") with { Used = [Drawn("2026-01", "calls", 30m), Drawn("2026-02", "calls", 30m)] };
        var told = PrepaidPlan.Of(grant, Month("2026-02"), Month("2026-02"), Usd);
        told.Releases.Select(Told).ShouldBe(["2026-02 Drawn 2026-01 25", "2026-02 Drawn 2026-02 25"]);
        PrepaidPlan.Of(With(grant, told), Month("2026-01"), Month("2026-02"), Usd).Releases.Select(Told)
            .ShouldBe(["2026-01 Drawn 2026-01 25", "2026-02 Drawn 2026-01 -25"]); // January was opened again
        Nothing(PrepaidPlan.Of(With(grant, told), Month("2026-02"), Month("2026-12"), Usd)).ShouldBeTrue();
    }

    [Fact]
    public void What_is_drawn_before_it_is_invoiced_waits_for_the_invoice()
    {
        var grant = Grant("120", "2026-02 100") with { Used = [Drawn("2026-01", "calls", 30m)] };
        Told(grant, "2026-01", "2026-03").ShouldBe(["2026-02 Drawn 2026-01 25"]);
    }

    [Fact]
    public void A_credit_memo_takes_back_its_share_of_what_was_earned()
    {
        var grant = Grant("120", "2026-01 100", "2026-02 -40") with { Used = [Drawn("2026-01", "calls", 30m)] };
        Told(grant, "2026-01", "2026-02").ShouldBe(["2026-01 Drawn 2026-01 25", "2026-02 Drawn 2026-01 -10"]);
        PrepaidPlan.Left(grant, Month("2026-02")).ShouldBe(45m);
        // All of it, and in a month before that of its invoice: nothing is earned of less than nothing.
        Told(grant with { Paid = [Paid("2026-02 100"), Paid("2026-01 -100")] }, "2026-01", "2026-02").ShouldBeEmpty();
    }

    [Fact]
    public void What_comes_late_draws_what_was_lost_and_changes_the_sum_of_nothing()
    {
        var before = Grant("120", "2026-01 100") with { Used = [Drawn("2026-01", "calls", 30m), Lapsed("2026-02", 90m)] };
        var booked = With(before, PrepaidPlan.Of(before, Month("2026-01"), Month("2026-02"), Usd));
        var late = booked with { Used = [Drawn("2026-01", "calls", 50m), Lapsed("2026-02", 70m)] };
        Told(late, "2026-01", "2026-02").ShouldBe(["2026-01 Drawn 2026-01 16.67", "2026-02 Lapsed 2026-02 -16.67"]);
    }

    [Fact]
    public void In_the_books_it_leaves_at_what_it_was_invoiced_at_and_nothing_is_left_behind()
    {
        var grant = Grant("120", "2026-01 100 91.37") with { Used = [Drawn("2026-01", "calls", 30m), Drawn("2026-01", "seats", 7m), Drawn("2026-02", "calls", 83m)] };
        var releases = PrepaidPlan.Of(grant, Month("2026-01"), Month("2026-02"), Eur);
        releases.Releases.Select(one => FormattableString.Invariant($"{one.Amount:0.00} = {one.Functional:0.00}")).ShouldBe(["25.00 = 22.84", "5.83 = 5.33", "69.17 = 63.20"]);
        releases.Differences.ShouldBeEmpty();
        // Credited at another rate, all of it: what was earned comes back as it was, and what the rates left is lost.
        var credited = With(grant, releases) with { Paid = [Paid("2026-01 100 91.37"), Paid("2026-03 -100 -95")] };
        var back = PrepaidPlan.Of(credited, Month("2026-03"), Month("2026-03"), Eur);
        (back.Releases.Sum(one => one.Amount), back.Releases.Sum(one => one.Functional)).ShouldBe((-100m, -91.37m));
        back.Differences.ShouldBe([new PrepaidDifference(Month("2026-03"), -3.63m)]);
    }

    /// <summary>What was paid, drawn and released, and what is lost (below zero) or won on it by rates, as it is told in a month.</summary>
    [Theory]
    [InlineData("2026-01 100 91.37;2026-02 -100 -95", "", "", "2026-02 -3.63")]                             // credited whole while unused
    [InlineData("2026-01 100 91.37;2026-02 -100 -88", "", "", "2026-02 3.37")]
    [InlineData("2026-01 100 91.37;2026-01 -100 -95", "30", "", "2026-01 -3.63")]                           // within the month, whatever was drawn
    [InlineData("2026-01 100 91.37;2026-02 -100 -91.37", "", "", "")]                                       // at the same rate
    [InlineData("2026-01 100 91.37;2026-02 -40 -38", "", "", "")]                                           // something is left: it carries the rest
    [InlineData("2026-01 100 91.37;2026-02 -40 -38;2026-03 -60 -57", "", "", "2026-03 -3.63")]              // and goes with the last of it
    [InlineData("2026-01 100 91.37;2026-02 -100 -95;2026-03 100 96", "", "", "2026-02 -3.63")]              // voided and billed anew
    [InlineData("2026-01 100 91.37;2026-02 -100 -95;2026-02 100 96", "120", "100 91.37", "2026-02 1.00")]   // when it was used up already
    [InlineData("2026-01 100 91.37", "120", "", "")]                                                        // used up: nothing is left
    public void Of_what_is_used_up_or_credited_whole_nothing_stands_in_either_currency(string paid, string drawn, string released, string exchanged)
    {
        var grant = Grant("120", paid.Split(';'));
        if (drawn.Length > 0) grant = grant with { Used = [Drawn("2026-01", "calls", D(drawn))] };
        if (released.Length > 0) grant = grant with { Released = [(Month("2026-01"), grant.Used[0].Key, Paid("2026-01 " + released).Item2)] };
        var told = PrepaidPlan.Of(grant, Month("2026-01"), Month("2026-12"), Eur);
        string.Join(", ", told.Differences.Select(one => FormattableString.Invariant($"{one.Month} {one.Functional:0.00}"))).ShouldBe(exchanged);
        Nothing(PrepaidPlan.Of(With(grant, told), Month("2026-01"), Month("2026-12"), Eur)).ShouldBeTrue();
    }

    /// <summary>Whatever is drawn, lapses, is given back, credited and closed, in whatever order it is looked at.</summary>
    [Fact]
    public void Releases_are_exactly_the_share_of_what_is_used_never_more_than_paid_and_the_same_again_is_nothing() =>
        Prop.ForAll(Gen.Choose(0, int.MaxValue - 1).ToArbitrary(), seed =>
        {
            var random = new Random(seed);
            var granted = random.Next(1, 5_000) / 7m;
            var price = random.Next(1, 100_000) / 100m;
            var rate = 0.5m + random.Next(0, 100_000) / 100_000m;
            var grant = new PaidGrant(S, S, Usd, granted, [(At(1), new Carried(price, Books(price * rate)))], [], []);
            for (var month = 1; month <= 12; month++)
            {
                if (random.Next(5) == 0) grant = grant with { Used = Some(random, granted, month) };
                if (random.Next(8) == 0) grant = Credited(grant, random, month, rate);
                var first = random.Next(3) == 0 ? month : 1;
                var before = grant;
                grant = With(grant, PrepaidPlan.Of(grant, At(first), At(month), Eur));
                if (!Right(grant, At(month)) || !Nothing(PrepaidPlan.Of(grant, At(first), At(month), Eur))) return false;
                // Who looks at one thing at a time comes to the same.
                if (PrepaidPlan.Of(before with { Used = [.. before.Used.Reverse()], Released = [.. before.Released.Reverse()] }, At(first), At(month), Eur)
                    .Releases.Sum(one => one.Amount) != grant.Released.Sum(one => one.Amount.Amount) - before.Released.Sum(one => one.Amount.Amount)) return false;
            }
            return true;
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(300).WithQuietOnSuccess(true));

    [Fact]
    public void All_that_is_used_of_what_was_paid_is_all_that_was_paid_in_any_order_of_draws() =>
        Prop.ForAll(Gen.Choose(0, int.MaxValue - 1).ToArbitrary(), seed =>
        {
            var random = new Random(seed);
            var granted = random.Next(1, 10_000) / 3m;
            var price = random.Next(1, 1_000_000) / 100m;
            List<UsedCredit> uses = [];
            for (var left = granted; left > 0m;)
            {
                var taken = uses.Count == 20 ? left : Math.Min(left, Rounding.HalfAwayFromZero(granted * (decimal)random.NextDouble() / 5m, 12));
                if (taken > 0m) uses.Add(new UsedCredit(new PrepaidKey(At(random.Next(1, 13)), PrepaidUse.Drawn, S, $"c{uses.Count}"), taken));
                left -= taken;
            }
            var grant = new PaidGrant(S, S, Usd, uses.Sum(use => use.Credit), [(At(1), new Carried(price, price))], uses, []);
            var releases = PrepaidPlan.Of(grant, At(1), At(12), Usd).Releases;
            return releases.Sum(one => one.Amount) == price && releases.All(one => one.Amount > 0m && one.Amount == one.Functional);
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(500).WithQuietOnSuccess(true));

    // What was used by the month's end has exactly its share, each part no less than nothing, and in the books what it was invoiced at; where nothing
    // is left of what was paid, nothing stands in either currency.
    private static bool Right(PaidGrant grant, AccountingMonth end)
    {
        var paid = grant.Paid.Where(one => one.Month <= end).Aggregate(default(Carried), (sum, one) => sum + one.Amount);
        var used = grant.Used.Where(use => use.Key.Month <= end).Sum(use => use.Credit);
        var released = grant.Released.Where(one => one.Month <= end).Aggregate(default(Carried), (sum, one) => sum + one.Amount);
        paid += new Carried(0m, -grant.Exchanged.Where(one => one.Month <= end).Sum(one => one.Functional));
        return released.Amount == PrepaidPlan.Share(paid.Amount, grant.Granted, used, Usd) && released.Amount <= paid.Amount
            && grant.Released.Where(one => one.Month <= end).GroupBy(one => one.Key).All(group => group.Sum(one => one.Amount.Amount) >= 0m)
            && released.Functional == paid.Of(released.Amount, Eur)
            && (paid.Amount != released.Amount || paid.Functional == released.Functional);
    }

    private static List<UsedCredit> Some(Random random, decimal granted, int until)
    {
        List<UsedCredit> uses = [];
        var left = granted;
        foreach (var index in Enumerable.Range(0, random.Next(1, 6)))
        {
            var taken = index == 4 ? left : Rounding.HalfAwayFromZero(left * random.Next(0, 1000) / 1000m, 12);
            if (taken <= 0m) continue;
            var month = At(random.Next(1, until + 1));
            uses.Add(new UsedCredit(
                index == 4 ? new PrepaidKey(month, PrepaidUse.Lapsed, null, "") : new PrepaidKey(month, PrepaidUse.Drawn, S, $"c{index}"), taken));
            left -= taken;
        }
        return uses;
    }

    private static PaidGrant Credited(PaidGrant grant, Random random, int month, decimal rate)
    {
        var left = grant.Paid.Sum(one => one.Amount.Amount);
        var back = random.Next(3) == 0 ? left : Rounding.HalfAwayFromZero(left * random.Next(0, 100) / 100m, 2);
        return grant with { Paid = [.. grant.Paid, (At(month), new Carried(-back, -Books(back * (rate + 0.05m))))] };
    }

    private static decimal Books(decimal amount) => Rounding.JournalLine(new Money(amount, Eur)).Amount;

    private static AccountingMonth At(int month) => new(2026, month);

    private static PaidGrant Grant(string granted, params string[] paid) => new(S, S, Usd, D(granted), [.. paid.Select(Paid)], [], []);

    private static (AccountingMonth, Carried) Paid(string text)
    {
        var words = text.Split(' ');
        return (Month(words[0]), new Carried(D(words[1]), D(words[^1])));
    }

    private static UsedCredit Drawn(string month, string component, decimal credit) => new(new PrepaidKey(Month(month), PrepaidUse.Drawn, S, component), credit);

    private static UsedCredit Lapsed(string month, decimal credit) => new(new PrepaidKey(Month(month), PrepaidUse.Lapsed, null, ""), credit);

    private static PaidGrant With(PaidGrant grant, PrepaidChanges changes) => grant with
    {
        Released = [.. grant.Released, .. changes.Releases.Select(one => (one.Month, one.Key, new Carried(one.Amount, one.Functional)))],
        Exchanged = [.. grant.Exchanged, .. changes.Differences.Select(one => (one.Month, one.Functional))],
    };

    private static bool Nothing(PrepaidChanges changes) => changes is { Releases.Count: 0, Differences.Count: 0 };

    private static IEnumerable<string> Told(PaidGrant grant, string first, string last) =>
        PrepaidPlan.Of(grant, Month(first), Month(last), Usd).Releases.Select(Told);

    private static string Told(PrepaidRelease release) =>
        FormattableString.Invariant($"{release.Month} {release.Key.Use} {release.Key.Month} {release.Amount:0.##}");
}
