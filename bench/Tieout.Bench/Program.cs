using System.Globalization;
using Tieout.Bench;
using Tieout.Bench.Kills;

// All figures: dotnet run -c Release --project bench/Tieout.Bench
// One of them:  … -- rating   … -- billing [sizes…]   … -- posting [sizes…]   … -- usage [events]   … -- tryton ERP.JSON [size]
//                 … -- hub [size [slots]] [ready] [staged] [single]   … -- queue [size]   … -- lanes [size [slots [milliseconds]]]   … -- ledger [lines]   … -- revenue [contracts]   … -- matching [lines [items]]   … -- kills [--kills 50] [--seed 1] [--documents 2000]
var what = args.FirstOrDefault() ?? "all";
if (what == PlainErp.Argument)
{
    await PlainErp.Serve();
    return 0;
}
if (what == "tryton")
{
    await PostingBench.IntoTryton(args[1], args.Length > 2 ? int.Parse(args[2], CultureInfo.InvariantCulture) : 600);
    return 0;
}
if (what == "kills") return await KillBench.Run(KillOptions.Of([.. args.Skip(1)]));
var sizes = args.Skip(1).Where(text => char.IsAsciiDigit(text[0])).Select(text => int.Parse(text, CultureInfo.InvariantCulture)).ToArray();
if (what is "all" or "rating") RatingBench.Run();
if (what is "all" or "billing") await BillingBench.Run(sizes.Length > 0 ? sizes : [100_000, 1_000_000]);
if (what is "all" or "posting") await PostingBench.IntoStandIn(sizes.Length > 0 ? sizes : [20_000]);
if (what is "all" or "hub") await HubBench.Run(sizes.Length > 0 ? sizes[0] : 100_000, sizes.Length > 1 ? sizes[1] : null, [.. args.Skip(1).Where(text => !char.IsAsciiDigit(text[0]))]);
if (what is "all" or "queue") await QueueBench.Run(sizes.Length > 0 ? sizes[0] : 1_000_000);
if (what is "all" or "lanes") await LaneBench.Run(sizes.Length > 0 ? sizes[0] : 20_000, sizes.Length > 1 ? sizes[1] : 15, sizes.Length > 2 ? sizes[2] : 200);
if (what is "all" or "ledger") await LedgerBench.Run(sizes.Length > 0 ? sizes[0] : 10_000_000);
if (what is "all" or "revenue") await RevenueBench.Run(sizes.Length > 0 ? sizes[0] : 1_000_000);
if (what is "all" or "matching") await MatchingBench.Run(sizes.Length > 0 ? sizes[0] : 100_000, sizes.Length > 1 ? sizes[1] : 1_000_000);
if (what is "all" or "usage") await UsageBench.Run(sizes.Length > 0 ? sizes[0] : 400_000);
return 0;
