using FsCheck;
using FsCheck.Fluent;
using Tieout.Domain.Revenue;
using static Tieout.Domain.Tests.Amounts;

namespace Tieout.Domain.Tests.Revenue;

public class RevenueProperties
{
    private static readonly Config Often = Config.QuickThrowOnFailure.WithMaxTest(400).WithQuietOnSuccess(true);
    private static readonly Arbitrary<int> Seeds = Gen.Choose(0, int.MaxValue - 1).ToArbitrary();
    private static readonly DateOnly Start = new(2026, 1, 1);

    [Fact]
    public void Shares_sum_to_the_price() => Prop.ForAll(Seeds, seed =>
    {
        var contract = new Luck(seed).Contract();
        return Recognise.Run(contract, []).Allocation.Sum(part => part.Amount) == contract.Price.Fixed;
    }).Check(Often);

    [Fact]
    public void Months_sum_to_the_price_with_all_that_changed_it() => Prop.ForAll(Seeds, seed =>
    {
        var luck = new Luck(seed);
        var (contract, events) = (luck.Contract(), luck.Events());
        return Recognise.Run(contract, events).Schedule.Sum(line => line.Amount) == contract.Price.Fixed + Changes(events);
    }).Check(Often);

    [Fact]
    public void Recognised_and_deferred_are_what_was_invoiced_and_not_credited_at_every_months_end() => Prop.ForAll(Seeds, seed =>
    {
        var luck = new Luck(seed);
        var (contract, events) = (luck.Contract(), luck.WithClosings(luck.Events()));
        var answer = Recognise.Run(contract, events);
        return answer.Balances.Count > 0 && answer.Balances.All(end =>
            end.Recognised == answer.Schedule.Where(line => line.Month <= end.Month).Sum(line => line.Amount)
            && end.Recognised + end.ContractLiability - end.ContractAsset - end.UnbilledReceivable == end.Invoiced - end.Credited
            && (end.ContractLiability == 0m || end.ContractAsset + end.UnbilledReceivable == 0m))
            && answer.Balances[^1].Invoiced == events.OfType<RevenueEvent.Invoiced>().Sum(invoice => invoice.Amount);
    }).Check(Often);

    [Fact]
    public void The_order_events_are_listed_in_says_nothing() => Prop.ForAll(Seeds, seed =>
    {
        var luck = new Luck(seed);
        var (contract, events) = (luck.Contract(), luck.Events());
        var (one, other) = (Recognise.Run(contract, events), Recognise.Run(contract, luck.Shuffled(events)));
        return one.Balances.SequenceEqual(other.Balances) && Lines(one).SequenceEqual(Lines(other));
    }).Check(Often);

    [Fact]
    public void Closing_months_moves_revenue_and_neither_loses_nor_makes_any() => Prop.ForAll(Seeds, seed =>
    {
        var luck = new Luck(seed);
        var (contract, events) = (luck.Contract(), luck.Events());
        var closed = luck.WithClosings(events);
        var (open, moved) = (Recognise.Run(contract, events), Recognise.Run(contract, closed));
        var through = closed.OfType<RevenueEvent.Closed>().Max(closing => closing.Through);
        // From the first open month on both stand the same.
        return moved.Balances.Where(end => end.Month > through).All(end => open.Balances.All(same => same.Month != end.Month || same.Deferred == end.Deferred))
            && open.Schedule.Sum(line => line.Amount) == moved.Schedule.Sum(line => line.Amount);
    }).Check(Often);

    [Fact]
    public void A_closed_month_never_changes_whatever_becomes_known_later() => Prop.ForAll(Seeds, seed =>
    {
        var luck = new Luck(seed);
        var (contract, events) = (luck.Contract(), luck.Events());
        var place = luck.Next(events.Count + 1);
        var closing = new RevenueEvent.Closed(AccountingMonth.Of(Start.AddMonths(luck.Next(12))));
        List<RevenueEvent> then = [.. events.Take(place), closing], now = [.. then, .. events.Skip(place)];
        return Closed(Recognise.Run(contract, then)).SequenceEqual(Closed(Recognise.Run(contract, now)));

        IEnumerable<(AccountingMonth, string, decimal)> Closed(RevenueAnswer answer) =>
            Lines(answer).Where(line => line.Item1 <= closing.Through && line.Item3 != 0m);
    }).Check(Often);

    [Fact]
    public void Splitting_a_period_never_changes_the_total_and_both_roundings_sum_alike() => Prop.ForAll(Seeds, seed =>
    {
        var luck = new Luck(seed);
        var (contract, cut) = (luck.Contract(), Start.AddDays(1 + luck.Next(300)));
        var split = new RevenueEvent.Modified(cut, 2, "nothing changes") { End = [], Add = [] };
        return Total(contract, []) == Total(contract, [split])
            && Total(contract with { Rounding = ScheduleRounding.ResidualLast }, []) == Total(contract, [])
            && Total(contract with { Rounding = ScheduleRounding.ResidualLast }, [split]) == Total(contract, []);
    }).Check(Often);

    [Fact]
    public void No_month_of_a_ratable_promise_is_off_by_more_than_a_minor_unit() => Prop.ForAll(Seeds, seed =>
    {
        var luck = new Luck(seed);
        var days = new ServicePeriod(Start.AddDays(luck.Next(400)), Start.AddDays(401 + luck.Next(800)));
        var promise = new Obligation { Code = "A", Satisfaction = Satisfaction.RatableDaily, Period = days, Ssp = new SellingPrice(1m, null, null) };
        var price = luck.Next(10_000_000) / 100m;
        return Recognise.Run(Contracts.Contract("0", promise) with { Price = new TransactionPrice(price) }, []).Schedule.All(line =>
            Math.Abs(line.Amount - price * days.Overlap(line.Month.Period)!.Value.Days / days.Days) <= 0.01m);
    }).Check(Often);

    private static decimal Total(RevenueContract contract, IReadOnlyList<RevenueEvent> events) => Recognise.Run(contract, events).Schedule.Sum(line => line.Amount);

    private static IEnumerable<(AccountingMonth, string, decimal)> Lines(RevenueAnswer answer) =>
        answer.Schedule.Select(line => (line.Month, line.Obligation, line.Amount)).OrderBy(line => line.Month).ThenBy(line => line.Obligation, StringComparer.Ordinal);

    private static decimal Changes(IEnumerable<RevenueEvent> events) => events.Sum(happened => happened switch
    {
        RevenueEvent.UsageFee fee => fee.Amount,
        RevenueEvent.PriceChanged change => change.Amount,
        RevenueEvent.Modified change => change.PriceChange,
        _ => 0m,
    });

    /// <summary>Contracts and events from a seed: the same seed, the same contract.</summary>
    private sealed class Luck(int seed)
    {
        private readonly Random _random = new(seed);

        public int Next(int below) => _random.Next(below);

        public RevenueContract Contract() => new()
        {
            Code = "RC",
            Currency = new[] { Usd, Jpy, Currency.Of("KWD") }[Next(3)],
            Rounding = (ScheduleRounding)Next(2),
            Unbilled = (UnbilledKind)Next(2),
            Price = new TransactionPrice(1 + Next(1_000_000)),
            Obligations =
            [
                Promise("A", Satisfaction.RatableDaily), Promise("B", Satisfaction.RatableMonthly), Promise("C", Satisfaction.PointInTime) with { On = Start.AddDays(Next(365)) },
                Promise("D", Satisfaction.Usage) with { Quantity = 1 + Next(100), Lapses = true },
                Promise("E", Satisfaction.RatableDaily) with { RemainderDistinct = Next(2) == 0 },
            ],
        };

        public List<RevenueEvent> Events()
        {
            List<RevenueEvent> events = [];
            for (var number = Next(8); number >= 0; number--)
            {
                var on = Start.AddDays(Next(365));
                events.Add(Next(6) switch
                {
                    0 => new RevenueEvent.Invoiced(on, "I" + number, Next(100_000)),
                    1 => new RevenueEvent.Credited(on, "C" + number, Next(1_000)),
                    2 => new RevenueEvent.Used(on, "D", Next(40)),
                    3 => new RevenueEvent.UsageFee(on, Next(2) == 0 ? null : "ABCD"[Next(4)].ToString(), Next(5_000)),
                    4 => new RevenueEvent.PriceChanged(on, Next(2_000), Next(2) == 0 ? null : "A", Next(2) == 0, "why not") { PromisedBefore = Next(2) == 0 },
                    _ => new RevenueEvent.Modified(on, 2 + number, "agreed")
                    {
                        PriceChange = Next(100_000),
                        Add = Next(3) == 0 ? [] : [Promise("N" + number, Satisfaction.RatableDaily) with { Period = new ServicePeriod(on, on.AddDays(1 + Next(400))) }],
                    },
                });
            }
            return events;
        }

        public List<RevenueEvent> WithClosings(List<RevenueEvent> events)
        {
            var all = events.ToList();
            var month = AccountingMonth.Of(Start.AddMonths(Next(6)));
            for (var number = Next(3); number >= 0; number--)
            {
                all.Insert(Next(all.Count + 1), new RevenueEvent.Closed(month));
                month = AccountingMonth.Of(month.FirstDay.AddMonths(1 + Next(4)));
            }
            return all;
        }

        public List<RevenueEvent> Shuffled(List<RevenueEvent> events) => [.. events.OrderBy(_ => _random.Next())];

        private Obligation Promise(string code, Satisfaction how) => new()
        {
            Code = code,
            Satisfaction = how,
            Period = new ServicePeriod(Start, Start.AddYears(1)),
            Ssp = new SellingPrice(1 + Next(50_000), null, null),
        };
    }
}
