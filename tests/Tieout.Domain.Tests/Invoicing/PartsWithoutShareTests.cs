using FsCheck;
using FsCheck.Fluent;
using Tieout.Domain.Catalog;
using Tieout.Domain.Customers;
using Tieout.Domain.Invoicing;
using Tieout.Domain.Rating;
using Tieout.Domain.Subscriptions;
using Tieout.Domain.Tests.Subscriptions;
using Tieout.Domain.Usage;
using static Tieout.Domain.Tests.Amounts;

namespace Tieout.Domain.Tests.Invoicing;

/// <summary>
/// Usage in a part that has no share of its period: not prorated and paid by the part before, or the 31st where months have 30 days.
/// It is rated with the parts before it, and costs what is added by it.
/// </summary>
public class PartsWithoutShareTests
{
    private static readonly ChargeModel Plan = new ChargeModel.Included(50m, 1000m, 0.05m, null);
    private static readonly ChargeModel ByFactor = new ChargeModel.Included(50m, 1000m, null, 2m);
    private static readonly ChargeModel Committed = new ChargeModel.Commitment(100m, new ChargeModel.PerUnit(1m));
    private static readonly ChargeModel Steps = new ChargeModel.Capacity([new(100m, 0m, 50m), new(2000m, 0m, 500m)]);
    private static readonly ChargeModel Tiers = new ChargeModel.Graduated([new(100m, 0.10m, 0m), new(null, 0.05m, 0m)]);
    private static readonly ChargeModel Volume = new ChargeModel.Volume([new(100m, 1m, 0m), new(null, 0.1m, 0m)]);

    public static TheoryData<ChargeModel, string, string, string> NotProrated => new()
    {
        { Plan, "0", "900", "11-01 50.00" },                    // 100 of the units included are left
        { Plan, "600", "900", "11-01 50.00; 11-12 25.00" },     // 1,500 of 1,000
        { Plan, "1200", "0", "11-01 60.00" },
        { ByFactor, "600", "900", "11-01 50.00; 11-12 50.00" },
        { Committed, "10", "90", "11-01 100.00" },              // committed once
        { Committed, "10", "120", "11-01 100.00; 11-12 30.00" },
        { Steps, "10", "1000", "11-01 50.00; 11-12 450.00" },   // the period's maximum picks one tier
        { Steps, "1000", "10", "11-01 500.00" },
        { Tiers, "80", "40", "11-01 8.00; 11-12 3.00" },        // 20 more of the first tier
        { Volume, "100", "100", "11-01 100.00; 11-12 -80.00" }, // all 200 at 0.10
        { new ChargeModel.Flat(70m), "1", "1", "11-01 70.00" },
    };

    [Theory]
    [MemberData(nameof(NotProrated))]
    public void Not_prorated_the_usage_of_a_period_is_rated_once(ChargeModel model, string before, string after, string billed)
    {
        Billed(model, NotShared, "2026-11-01", "2026-11-12", D(before), D(after)).ShouldBe(billed);
        // The same where days between the two were credited.
        var paused = Life(model, NotShared, "2026-11-01", null) with { Pauses = [new Pause(Day("2026-11-10"), Day("2026-11-12"), PauseMode.CreditDays, 2)] };
        Billed(paused, model, "2026-11-05", D(before), "2026-11-20", D(after)).ShouldBe(billed);
    }

    [Fact]
    public void The_minimum_and_the_discounts_of_a_line_count_once_too()
    {
        Billed(new ChargeModel.PerUnit(1m), NotShared with { Minimum = 100m }, "2026-11-01", "2026-11-12", 10m, 120m).ShouldBe("11-01 100.00; 11-12 30.00");
        var off = new Discount("OFF", DiscountKind.Amount, 60m, Eur) { Scope = DiscountScope.Component };
        var life = Life(Plan, NotShared, "2026-11-01", "2026-11-12");
        // 50.00 is all that comes off the first; of the 25.00 after it 10.00 more.
        Billed(life, Plan, "2026-11-05", 600m, "2026-11-20", 900m, new GrantedDiscount(off, 60m, Sample.Id, "calls", Day("2026-01-01"), null))
            .ShouldBe("11-12 15.00");
    }

    [Fact]
    public void Each_part_is_rated_by_its_own_price_and_the_fee_is_that_of_the_first()
    {
        var life = Life(Plan, NotShared, "2026-11-01", "2026-11-12");
        var dearer = life.Components[1] with { Price = life.Components[1].Price with { Model = new ChargeModel.Included(80m, 500m, 0.10m, null) } };
        Billed(life with { Components = [life.Components[0], dearer] }, Plan, "2026-11-05", 600m, "2026-11-20", 900m).ShouldBe("11-01 50.00; 11-12 90.00");
    }

    [Theory]
    [InlineData("2026-01-01", "0", "900", "01-01 50.00")]
    [InlineData("2026-01-01", "1200", "900", "01-01 60.00; 01-31 45.00")]
    [InlineData("2026-01-16", "600", "300", "01-16 30.00; 01-31 15.00")] // half the fee and half the units
    public void A_thirty_first_that_counts_for_nothing_has_the_units_of_the_days_before(string start, string before, string after, string billed) =>
        Billed(Life(Plan, ThirtyDays, start, "2026-01-31"), Plan, "2026-01-20", D(before), "2026-01-31", D(after)).ShouldBe(billed);

    [Fact]
    public void No_part_without_a_share_stops_an_account()
    {
        Billed(Life(ByFactor, ThirtyDays, "2026-01-01", "2026-01-31"), ByFactor, "2026-01-20", 600m, "2026-01-31", 900m).ShouldBe("01-01 50.00; 01-31 50.00");
        // All there is of January is its 31st: no fee, no units, and each unit at what it costs above those included.
        Billed(Life(ByFactor, ThirtyDays, "2026-01-31", null), ByFactor, "2026-01-31", 300m, "2026-02-10", 0m).ShouldBe("01-31 30.00; 02-01 50.00");
    }

    [Theory]
    [InlineData("")]
    [InlineData("EUR")]
    public void Credit_is_drawn_once_for_what_was_used(string currency)
    {
        // Of 700 units, or 700.00, the first 600 go before the change; 100 are left for the 900 after it.
        var prepaid = new ChargeModel.Prepaid("calls", new ChargeModel.PerUnit(1m));
        var grant = new CreditGrant(new CreditGrantId(Guid.Empty), "calls", 700m) { Currency = currency.Length == 0 ? null : Eur, GrantedOn = Day("2026-10-01") };
        Lines(Life(prepaid, NotShared, "2026-11-01", "2026-11-12"), [Of("2026-11-05", 600m), Of("2026-11-20", 900m)], Aggregation.Sum, grant: grant)
            .Select(line => $"{line.Key.From:MM-dd} {line.Amount.ToPlain()}").ShouldBe(["11-12 800.00"]);
    }

    [Fact]
    public void Money_drawn_before_the_change_is_not_drawn_again()
    {
        var prepaid = new ChargeModel.Prepaid("calls", new ChargeModel.PerUnit(1m));
        var grant = new CreditGrant(new CreditGrantId(Guid.Empty), "calls", 2000m) { Currency = Eur, GrantedOn = Day("2026-10-01") };
        var items = Account(Life(prepaid, NotShared, "2026-11-01", "2026-11-12"), [Of("2026-11-05", 600m), Of("2026-11-20", 900m)], grant: grant);
        var wanted = Wanted.Of(items, new BillingWindow(Day("2026-01-01"), null, Day("2026-12-01")));
        wanted.Lines.ShouldBeEmpty();
        wanted.Draws.Select(draw => draw.Draw.Amount).ShouldBe([600m, 900m]);
    }

    [Fact]
    public void Only_what_counts_the_same_is_rated_together()
    {
        var life = Life(Plan, NotShared, "2026-11-01", "2026-11-12");
        var (first, last) = (life.Components[0], life.Components[1]);
        // Something else that changes on the 8th: its days are not those of the calls.
        var beside = first with { Component = "storage", Price = Sample.Price("storage", NotShared with { Meter = "bytes" }) with { Model = Plan }, Until = Day("2026-11-08") };
        Billed(life with { Components = [beside, beside with { From = Day("2026-11-08"), Until = null, OpenedBy = 2 }, first, last] }, Plan, "2026-11-05", 600m, "2026-11-20", 900m)
            .ShouldBe("11-01 50.00; 11-01 50.00; 11-12 25.00");
        // Calls, minutes from the 8th, calls again: what was called meanwhile was no part of it. The fee is paid.
        var minutes = first with { Price = Sample.Price("calls", NotShared with { Meter = "minutes" }) with { Model = Plan }, From = Day("2026-11-08"), Until = Day("2026-11-12"), OpenedBy = 2 };
        Lines(life with { Components = [first with { Until = Day("2026-11-08") }, minutes, last] }, [Of("2026-11-05", 600m), Of("2026-11-10", 100m), Of("2026-11-20", 900m)], Aggregation.Sum)
            .Select(line => $"{line.Key.From:MM-dd} {line.Amount.ToPlain()}").ShouldBe(["11-01 50.00", "11-12 25.00"]);
    }

    [Theory]
    [InlineData("900", "11-01 50.00")]
    [InlineData("1200", "11-01 50.00; 11-12 10.00")]
    public void Another_meter_in_mid_period_has_the_units_of_the_fee_that_was_paid(string after, string billed)
    {
        var life = Life(Plan, NotShared, "2026-11-01", "2026-11-12");
        var minutes = life.Components[0] with { Price = Sample.Price("calls", NotShared with { Meter = "minutes" }) with { Model = Plan } };
        Billed(life with { Components = [minutes, life.Components[1]] }, Plan, "2026-11-05", 0m, "2026-11-20", D(after)).ShouldBe(billed);
    }

    [Fact]
    public void What_costs_the_whole_leaves_no_units_to_what_is_prorated_after_it()
    {
        var life = Life(Plan, ThirtyDays, "2026-01-01", "2026-01-31");
        var whole = life.Components[0] with { Price = life.Components[0].Price with { Terms = NotShared } };
        Billed(life with { Components = [whole, life.Components[1]] }, Plan, "2026-01-20", 600m, "2026-01-31", 300m).ShouldBe("01-01 50.00; 01-31 15.00");
    }

    [Fact]
    public void The_parts_after_a_day_that_counts_for_nothing_give_it_neither_fee_nor_units()
    {
        // A third of 90.00 and of 900 units until the 30th of January; 45.00 of it paid by then, 60.00 with the 31st.
        var model = new ChargeModel.Included(90m, 900m, 0.05m, null);
        var terms = ThirtyDays with { Interval = new BillingInterval(3, IntervalUnit.Month) };
        var life = Life(model, terms, "2026-01-01", "2026-01-31");
        var (first, last) = (life.Components[0], life.Components[1]);
        var cut = life with { Components = [first, last with { Until = Day("2026-02-01") }, last with { From = Day("2026-02-01"), OpenedBy = 3 }] };
        Billed(cut, model, "2026-01-20", 600m, "2026-01-31", 300m).ShouldBe("01-01 45.00; 01-31 15.00");
    }

    [Theory]
    [InlineData(PriceKind.Usage, "not prorated, rated with the part before")]
    [InlineData(PriceKind.Recurring, "not prorated, paid by the part before")]
    public void The_part_itself_says_why_it_has_no_share(PriceKind kind, string said)
    {
        var terms = kind == PriceKind.Usage ? NotShared : PriceTerms.Default with { Prorated = false };
        Parts.Of(Life(Plan, terms, "2026-11-01", "2026-11-12"), DateOnly.MinValue, Day("2026-12-01"))
            .Where(part => part.Days.Start == Day("2026-11-12")).Select(part => part.Convention).ShouldBe([said]);
    }

    [Fact]
    public void However_a_period_is_cut_its_parts_come_to_what_it_costs_uncut() =>
        Prop.ForAll(
            Gen.Choose(0, 1500).ArrayOf(30).ToArbitrary(), Gen.Choose(2, 29).ArrayOf(3).ToArbitrary(),
            Gen.Elements(Plan, ByFactor, Committed, Tiers, Volume).ToArbitrary(), (used, cuts, model) =>
            {
                var days = used.Select((units, day) => new UsageDay(Day("2026-11-01").AddDays(day), units, 1, 0m, null, null)).ToList();
                var starts = cuts.Distinct().Order().Select(day => new DateOnly(2026, 11, day)).Prepend(Day("2026-11-01")).ToList();
                var whole = Life(model, NotShared, "2026-11-01", null);
                var cut = whole with
                {
                    Components = [.. starts.Select((from, index) => whole.Components[0] with
                    {
                        From = from,
                        Until = index + 1 < starts.Count ? starts[index + 1] : null,
                    })],
                };
                var once = Lines(whole, days, Aggregation.Sum).Sum(line => line.Amount.Amount);
                var parts = Lines(cut, days, Aggregation.Sum).Sum(line => line.Amount.Amount);
                Math.Abs(once - parts).ShouldBeLessThanOrEqualTo(0.005m * starts.Count);
            }).Check(Config.QuickThrowOnFailure.WithMaxTest(300).WithQuietOnSuccess(true));

    private static PriceTerms NotShared => PriceTerms.Default with { Kind = PriceKind.Usage, Meter = "calls", Timing = BillingTiming.Arrears, Prorated = false };

    private static PriceTerms ThirtyDays => NotShared with { Prorated = true, DayCount = DayCount.Fixed30 };

    private static Subscription Life(ChargeModel model, PriceTerms terms, string start, string? change)
    {
        var price = Sample.Price("calls", terms) with { Model = model };
        List<SubscribedComponent> components = [new("calls", price, 1m, Day(start), change is null ? null : Day(change))];
        if (change is not null) components.Add(new("calls", price, 2m, Day(change), null) { OpenedBy = 2 });
        return new Subscription(Sample.Id, Sample.Correlation, Day(start), null, components);
    }

    private static string Billed(ChargeModel model, PriceTerms terms, string start, string change, decimal before, decimal after) =>
        Billed(Life(model, terms, start, change), model, "2026-11-05", before, "2026-11-20", after);

    private static string Billed(
        Subscription life, ChargeModel model, string first, decimal before, string second, decimal after, params GrantedDiscount[] discounts) =>
        string.Join("; ", Lines(
                life, [Of(first, before), Of(second, after)],
                model is ChargeModel.Capacity ? Aggregation.Max : Aggregation.Sum, discounts)
            .Select(line => $"{line.Key.From:MM-dd} {line.Amount.ToPlain()}"));

    private static UsageDay Of(string day, decimal value) => new(Day(day), value, 1, 0m, null, null);

    private static BillableAccount Account(
        Subscription life, IReadOnlyList<UsageDay> days, Aggregation aggregation = Aggregation.Sum, GrantedDiscount[]? discounts = null, CreditGrant? grant = null)
    {
        var billable = new BillableSubscription(life, "S");
        billable.Usage.Add(new MeteredUsage(Sample.Id, "calls", aggregation, "", days, 0m, [], []));
        var account = new BillingAccount(
            new BillingAccountId(Guid.Empty), new CustomerId(Guid.Empty), new LegalEntityId(Guid.Empty), Eur, "T", 14, Sample.Correlation);
        return new BillableAccount(account, "A") { Subscriptions = [billable], Discounts = [.. discounts ?? []], Grants = grant is null ? [] : [grant] };
    }

    private static List<ChargeLine> Lines(Subscription life, IReadOnlyList<UsageDay> days, Aggregation aggregation, GrantedDiscount[]? discounts = null, CreditGrant? grant = null)
    {
        var through = life.Start.Month == 1 ? Day(life.Components[0].Terms.Interval.Count == 3 ? "2026-04-01" : "2026-03-01") : Day("2026-12-01");
        var items = Account(life, days, aggregation, discounts, grant);
        var window = new BillingWindow(Day("2026-01-01"), null, through);
        var lines = Wanted.Of(items, window).Lines;
        var explained = new Dictionary<LineKey, PricedLine>();
        Wanted.Of(items, window, explained);
        foreach (var (_, priced) in explained) priced.Steps.Sum(step => step.Amount).ShouldBe(priced.Exact);
        lines.ShouldAllBe(line => explained[line.Key].Rounded == line.Amount);
        return lines.FindAll(line => line.Key.From.Month is 11 or 1 || life.Start.Day == 31);
    }
}
