using System.Diagnostics;
using System.Globalization;
using Tieout.Domain;
using Tieout.Domain.Catalog;
using Tieout.Domain.Rating;

namespace Tieout.Bench;

/// <summary>Rating alone on one core: lines of a graduated price with five tiers, all tiers reached, and a few other models.</summary>
internal static class RatingBench
{
    private const int Lines = 5_000_000;

    private static readonly Tier[] Five =
        [new(100m, 0.10m, 5m), new(1_000m, 0.08m), new(10_000m, 0.05m), new(100_000m, 0.03m), new(null, 0.0125m)];

    public static void Run()
    {
        Console.WriteLine("| rated on one core | lines | lines/s | bytes allocated per line | sum |");
        Console.WriteLine("|---|--:|--:|--:|--:|");
        Measure("graduated, 5 tiers, quantities in all of them", new ChargeModel.Graduated(Five));
        Measure("graduated, 5 tiers, every quantity in the fifth", new ChargeModel.Graduated(Five), 200_000m);
        Measure("volume, 5 tiers", new ChargeModel.Volume(Five));
        Measure("per unit", new ChargeModel.PerUnit(0.0425m));
        MeasureLines();
    }

    private static void Measure(string name, ChargeModel model, decimal? always = null)
    {
        var measured = Quantities(always);
        Report(name, () =>
        {
            var sum = 0m;
            for (var line = 0; line < Lines; line++) sum += RateCharge.Amount(model, measured[line & 1023], default);
            return sum;
        });
    }

    // Rated, prorated, discounted, rounded: what a billing run does with each line.
    private static void MeasureLines()
    {
        var model = new ChargeModel.Graduated(Five);
        GivenDiscount[] discounts = [new("SPRING", DiscountKind.Percent, 0.1m)];
        var measured = Quantities(null);
        var dollar = Currency.Of("USD");
        Report("whole line: graduated, 5 tiers, 12 of 30 days, 10 % off, rounded", () =>
        {
            var sum = 0m;
            for (var line = 0; line < Lines; line++)
                sum += PriceLine.Amount(
                    new LineToPrice(model, PriceTerms.Default, measured[line & 1023], new Share(12m, 30m)) { Discounts = discounts }, dollar).Amount;
            return sum;
        });
    }

    private static Measured[] Quantities(decimal? always) =>
        [.. Enumerable.Range(0, 1024).Select(index => new Measured(always ?? (index % 5) switch { 0 => 50m, 1 => 500m, 2 => 5_000m, 3 => 50_000m, _ => 500_000m } + index / 8m))];

    private static void Report(string name, Func<decimal> work)
    {
        work();
        var bytes = GC.GetAllocatedBytesForCurrentThread();
        var watch = Stopwatch.StartNew();
        var sum = work();
        var seconds = watch.Elapsed.TotalSeconds;
        bytes = GC.GetAllocatedBytesForCurrentThread() - bytes;
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"| {name} | {Lines:N0} | {Lines / seconds:N0} | {bytes / Lines} | {sum:0.00} |"));
    }
}
