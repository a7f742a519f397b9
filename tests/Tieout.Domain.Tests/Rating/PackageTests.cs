using Tieout.Domain.Catalog;
using Tieout.Domain.Rating;
using static Tieout.Domain.Tests.Amounts;

namespace Tieout.Domain.Tests.Rating;

public class PackageTests
{
    [Theory]
    [InlineData("0", "0", "0")]
    [InlineData("0.000000000001", "5", "0")]              // the smallest fraction begins a package, or is not charged
    [InlineData("99", "5", "0")]
    [InlineData("100", "5", "5")]                         // exactly one package
    [InlineData("100.5", "10", "5")]
    [InlineData("101", "10", "5")]
    [InlineData("200", "10", "10")]
    [InlineData("1000000000000000", "50000000000000", "50000000000000")]
    public void A_package_begun_is_charged_whole_or_not_at_all(string quantity, string up, string down)
    {
        Rate.Of(new ChargeModel.Package(100m, 5m, PackageRounding.Up, 0m), quantity).ShouldBe(D(up));
        Rate.Of(new ChargeModel.Package(100m, 5m, PackageRounding.Down, 0m), quantity).ShouldBe(D(down));
    }

    [Theory]
    [InlineData("0", "0")]
    [InlineData("50", "0")]                               // exactly the free units
    [InlineData("50.5", "5")]
    [InlineData("150", "5")]
    [InlineData("151", "10")]
    public void Free_units_come_before_the_first_package(string quantity, string expected) =>
        Rate.Of(new ChargeModel.Package(100m, 5m, PackageRounding.Up, 50m), quantity).ShouldBe(D(expected));

    [Fact]
    public void A_quotient_that_would_round_to_a_whole_does_not_lose_the_package_begun()
    {
        // 3 units too many by a millionth of a millionth in 10^15 of them: the quotient has more digits than a decimal holds.
        var model = new ChargeModel.Package(3m, 1m, PackageRounding.Up, 0m);
        Rate.Of(model, "3000000000000000.000000000001").ShouldBe(1_000_000_000_000_001m);
        Rate.Of(model with { Rounding = PackageRounding.Down }, "2999999999999999.999999999999").ShouldBe(999_999_999_999_999m);
    }

    [Theory]
    [InlineData("0", "0", "0")]
    [InlineData("150", "10", "5")]                        // two packages of 100 in the first tier, one of them begun
    [InlineData("250", "15", "10")]                       // exactly the limit, the third package begun and not filled from above
    [InlineData("250.5", "23", "10")]
    [InlineData("251", "23", "10")]                       // and one of 1,000 begun above
    [InlineData("1250", "23", "18")]
    [InlineData("1251", "31", "18")]
    [InlineData("1000000000000000", "8000000000015", "8000000000002")]
    public void Graduated_packages_round_in_each_tier_by_itself(string quantity, string up, string down)
    {
        PackageTier[] tiers = [new(250m, 100m, 5m), new(null, 1000m, 8m)];
        Rate.Of(new ChargeModel.GraduatedPackage(tiers, PackageRounding.Up), quantity).ShouldBe(D(up));
        Rate.Of(new ChargeModel.GraduatedPackage(tiers, PackageRounding.Down), quantity).ShouldBe(D(down));
    }

    [Theory]
    [InlineData("0", "0", "0")]
    [InlineData("250", "15", "10")]
    [InlineData("250.5", "8", "0")]                       // all of them in packages of the second tier
    [InlineData("1000", "8", "8")]
    [InlineData("1001", "16", "8")]
    [InlineData("1000000000000000", "8000000000000", "8000000000000")]
    public void Volume_packages_are_those_of_the_tier_of_the_whole(string quantity, string up, string down)
    {
        PackageTier[] tiers = [new(250m, 100m, 5m), new(null, 1000m, 8m)];
        Rate.Of(new ChargeModel.VolumePackage(tiers, PackageRounding.Up), quantity).ShouldBe(D(up));
        Rate.Of(new ChargeModel.VolumePackage(tiers, PackageRounding.Down), quantity).ShouldBe(D(down));
    }

    [Fact]
    public void Packages_of_no_size_are_refused()
    {
        Rate.Refusal(new ChargeModel.Package(0m, 1m, PackageRounding.Up, 0m), "1").ShouldBe("bad-model");
        Rate.Refusal(new ChargeModel.Package(-1m, 1m, PackageRounding.Up, 0m), "1").ShouldBe("bad-model");
    }

    [Fact]
    public void Steps_say_packages_size_and_price()
    {
        Rate.Words(new ChargeModel.Package(100m, 5m, PackageRounding.Up, 50m), "151").ShouldBe(["50 units free", "2 packages of 100 at 5.00"]);
        Rate.Words(new ChargeModel.Package(100m, 5m, PackageRounding.Up, 50m), "20").ShouldBe(["20 units free", "0 packages of 100 at 5.00"]);
        Rate.Words(new ChargeModel.Package(100m, 5m, PackageRounding.Up, 0m), "20").ShouldBe(["1 package of 100 at 5.00"]);
        PackageTier[] tiers = [new(250m, 100m, 5m), new(null, 1000m, 8m)];
        Rate.Words(new ChargeModel.GraduatedPackage(tiers, PackageRounding.Up), "251").ShouldBe(
            ["3 packages of 100 at 5.00 in tier 1 of 2", "1 package of 1,000 at 8.00 in tier 2 of 2"]);
        Rate.Words(new ChargeModel.VolumePackage(tiers, PackageRounding.Up), "251").ShouldBe(["1 package of 1,000 at 8.00 in tier 2 of 2"]);
        Rate.Words(new ChargeModel.VolumePackage(tiers, PackageRounding.Up), "0").ShouldBe(["nothing is charged"]);
        var steps = Rate.Of(new ChargeModel.Package(100m, 5m, PackageRounding.Up, 50m), new Measured(151m)).Steps;
        steps.Select(step => (step.Tier, step.Quantity, step.UnitPrice)).ShouldBe([(null, 50m, null), (null, 2m, 5m)]);
    }
}
