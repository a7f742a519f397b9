using FsCheck;
using FsCheck.Fluent;
using Tieout.Domain.Catalog;
using Tieout.Domain.Rating;
using static Tieout.Domain.Tests.Amounts;

namespace Tieout.Domain.Tests.Rating;

public class RatingProperties
{
    private static readonly Config Often = Config.QuickThrowOnFailure.WithMaxTest(500).WithQuietOnSuccess(true);

    // Units and prices with decimals; rarely zero, sometimes huge.
    private static readonly Gen<decimal> Quantities = Gen.OneOf(
        Gen.Choose(0, 5_000).Select(value => (decimal)value), Gen.Choose(0, 5_000_000).Select(value => value / 1000m),
        Gen.Choose(0, 1_000_000_000).Select(value => value * 1_000_000m));

    private static readonly Gen<decimal> Prices = Gen.Choose(0, 100_000).Select(value => value / 1_000m);

    private static readonly Gen<ChargeModel> Models =
        from limits in Gen.Choose(1, 2_000).ListOf(4)
        from prices in Prices.ListOf(5)
        from flats in Prices.ListOf(5)
        from kind in Gen.Choose(0, 12)
        from size in Gen.Choose(1, 300)
        select Model(kind, [.. limits.Distinct().Order()], [.. prices], [.. flats], size);

    [Fact]
    public void Steps_sum_to_the_exact_amount_which_is_the_bulk_amount() =>
        Prop.ForAll(Models.ToArbitrary(), Quantities.ToArbitrary(), Gen.Elements(true, false).ToArbitrary(), (model, quantity, zeroEnters) =>
        {
            var rules = new RatingRules(zeroEnters);
            var rated = RateCharge.Explain(model, new Measured(quantity), rules, Usd);
            return rated.Exact == RateCharge.Amount(model, new Measured(quantity), rules) && rated.Steps.Sum(step => step.Amount) == rated.Exact
                && rated.Steps.All(step => step.Words.Length > 0);
        }).Check(Often.WithMaxTest(2000));

    [Fact]
    public void Splitting_a_graduated_tier_anywhere_at_the_same_price_changes_nothing() =>
        Prop.ForAll(Quantities.ToArbitrary(), Prices.ListOf(3).ToArbitrary(), Gen.Choose(1, 999_999).ToArbitrary(), (quantity, prices, cut) =>
        {
            Tier[] whole = [new(1_000m, prices[0]), new(2_000m, prices[1]), new(null, prices[2])];
            var middle = 1_000m + cut / 1_000m;
            Tier[] split = [new(1_000m, prices[0]), new(middle, prices[1]), new(2_000m, prices[1]), new(null, prices[2])];
            return Amount(new ChargeModel.Graduated(whole), quantity) == Amount(new ChargeModel.Graduated(split), quantity);
        }).Check(Often);

    [Fact]
    public void More_units_never_cost_less_except_at_the_cliffs_of_volume_prices() =>
        Prop.ForAll(Models.ToArbitrary(), Quantities.ToArbitrary(), Gen.Choose(0, 1_000_000).ToArbitrary(), (model, quantity, more) =>
        {
            var larger = quantity + more / 1_000m;
            return Cliff(model, quantity, larger) || Amount(model, quantity) <= Amount(model, larger);
        }).Check(Often);

    [Fact]
    public void Packages_rounded_up_cost_at_least_the_units_and_rounded_down_at_most() =>
        Prop.ForAll(Quantities.ToArbitrary(), Gen.Choose(1, 500).ToArbitrary(), Prices.ToArbitrary(), (quantity, size, price) =>
        {
            // Compared without dividing: packages × size against units.
            var up = Amount(new ChargeModel.Package(size, price, PackageRounding.Up, 0m), quantity) * size;
            var down = Amount(new ChargeModel.Package(size, price, PackageRounding.Down, 0m), quantity) * size;
            return up >= quantity * price && down <= quantity * price && up - down <= price * size;
        }).Check(Often);

    [Fact]
    public void Parts_of_a_period_sum_to_the_whole_within_a_minor_unit_for_each_part() =>
        Prop.ForAll(Models.ToArbitrary(), Quantities.ToArbitrary(), Gen.Choose(1, 29).ListOf().ToArbitrary(), (model, quantity, cuts) =>
        {
            int[] days = [0, .. cuts.Distinct().Order(), 30];
            var whole = Line(model, quantity, 30);
            var parts = days.Zip(days.Skip(1), (from, to) => Line(model, quantity, to - from)).ToList();
            return Math.Abs(parts.Sum() - whole) <= 0.005m * (parts.Count + 1);
        }).Check(Often);

    private static decimal Line(ChargeModel model, decimal quantity, int days) =>
        PriceLine.Amount(new LineToPrice(model, PriceTerms.Default, new Measured(quantity), new Share(days, 30)), Usd).Amount;

    private static decimal Amount(ChargeModel model, decimal quantity) => RateCharge.Amount(model, new Measured(quantity), default);

    // A volume price looks at the whole quantity again in each tier: crossing a limit may lower the amount, and so may a capacity.
    private static bool Cliff(ChargeModel model, decimal less, decimal more) => model switch
    {
        ChargeModel.Volume volume => volume.Tiers.Any(tier => tier.UpTo >= less && tier.UpTo < more),
        ChargeModel.Capacity capacity => capacity.Tiers.Any(tier => tier.UpTo >= less && tier.UpTo < more),
        ChargeModel.VolumePackage volume => volume.Tiers.Any(tier => tier.UpTo >= less && tier.UpTo < more),
        ChargeModel.Commitment commitment => Cliff(commitment.Of, less, more),
        _ => false,
    };

    private static ChargeModel Model(int kind, int[] limits, decimal[] prices, decimal[] flats, int size)
    {
        decimal?[] upTo = [.. limits.Select(limit => (decimal?)limit), null];
        Tier[] tiers = [.. upTo.Select((limit, index) => new Tier(limit, prices[index], flats[index]))];
        PackageTier[] packages = [.. upTo.Select((limit, index) => new PackageTier(limit, size + index, prices[index]))];
        return kind switch
        {
            0 => new ChargeModel.Flat(prices[0]),
            1 => new ChargeModel.PerUnit(prices[0]),
            2 => new ChargeModel.Graduated(tiers),
            3 => new ChargeModel.Volume(tiers),
            4 => new ChargeModel.Package(size, prices[0], PackageRounding.Up, limits[0]),
            5 => new ChargeModel.GraduatedPackage(packages, PackageRounding.Down),
            6 => new ChargeModel.VolumePackage(packages, PackageRounding.Up),
            7 => new ChargeModel.Percentage(prices[0] / 100m, 0, flats[0], 0m, null, null),
            8 => new ChargeModel.GraduatedPercentage([.. tiers.Select(tier => new PercentageTier(tier.UpTo, tier.UnitPrice / 100m, tier.FlatAmount))]),
            9 => new ChargeModel.Included(flats[0], limits[0], prices[0], null),
            10 => new ChargeModel.Included(flats[0], limits[0], null, prices[0]),
            11 => new ChargeModel.Capacity(tiers),
            _ => new ChargeModel.Commitment(flats[0] * 100m, new ChargeModel.Volume(tiers)),
        };
    }
}
