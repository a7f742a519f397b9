using Tieout.Bench;

// One command for all figures: dotnet run -c Release --project bench/Tieout.Bench -- [billing|posting] [sizes…]
var sizes = args.Skip(1).Select(text => int.Parse(text, System.Globalization.CultureInfo.InvariantCulture)).ToArray();
var what = args.FirstOrDefault() ?? "all";
if (what is "all" or "billing") await BillingBench.Run(sizes.Length > 0 ? sizes : [100_000, 1_000_000]);
return 0;
