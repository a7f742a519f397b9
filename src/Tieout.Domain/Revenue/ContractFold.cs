using System.Globalization;

namespace Tieout.Domain.Revenue;

/// <summary>
/// Folds a contract and what is known of it into layers, each an amount on its way to revenue. Changes are taken by their day, on one day
/// prices before modifications before cancellations, so that the order they are listed in says nothing.
/// </summary>
internal sealed partial class ContractFold
{
    private readonly RevenueContract _contract;
    private readonly IReadOnlyList<RevenueEvent> _events;
    private readonly List<Layer> _layers = [];
    private ILookup<string, Layer> _byPromise = Array.Empty<Layer>().ToLookup(layer => layer.Of.Code);
    private DateOnly _end;
    private RevenueEvent.Cancelled? _cancelled;

    private ContractFold(RevenueContract contract, IReadOnlyList<RevenueEvent> events)
    {
        (_contract, _events, Facts) = (contract, events, new Facts(events));
        _end = contract.Period.End;
    }

    public Facts Facts { get; }

    public IReadOnlyList<Layer> Layers => _layers;

    public IReadOnlyList<Allocated> Allocation { get; private set; } = [];

    public List<Judged> Judged { get; } = [];

    public List<RevenueStep> Steps { get; } = [];

    /// <summary>Folds.</summary>
    /// <exception cref="RevenueException">Something that cannot be recognised.</exception>
    public static ContractFold Run(RevenueContract contract, IReadOnlyList<RevenueEvent> events)
    {
        var fold = new ContractFold(contract, events);
        fold.Begin();
        foreach (var change in events.OrderBy(happened => happened.On).ThenBy(Rank).ThenBy(Version)) fold.Apply(change);
        fold._byPromise = fold._layers.ToLookup(layer => layer.Of.Code);
        return fold;
    }

    /// <summary>Revenue of a promise before a day, in minor units.</summary>
    public decimal Recognised(string code, DateOnly day) =>
        _byPromise[code].Sum(layer => layer.Recognised(Facts, _contract, day));

    /// <summary>What the changes of a day brought for what was given before it, by promise.</summary>
    public IEnumerable<(string Obligation, decimal Amount)> CaughtUpOn(DateOnly day) =>
        _layers.Where(layer => layer.At is null || layer.FromChange).GroupBy(layer => layer.Of.Code)
            .Select(layers => (layers.Key, layers.Sum(layer =>
                layer.Recognised(Facts, _contract, day, joinedToday: true) - layer.Recognised(Facts, _contract, day))))
            .Where(caught => caught.Item2 != 0m);

    private void Begin()
    {
        Allocation = PriceAllocation.Run(_contract, Steps);
        foreach (var (code, _, amount) in Allocation)
        {
            var obligation = Promise(code);
            _layers.Add(new Layer(obligation, obligation.Period, 0) { Amounts = [new Joined(obligation.Period.Start, amount)] });
            Steps.Add(new RevenueStep("schedule", $"{code}: {Say.Number(amount)} {How(obligation)}",
                obligation.Satisfaction == Satisfaction.PointInTime ? Paragraphs.AtOnce : Paragraphs.OverTime, amount));
            if (obligation.Lapses)
                Steps.Add(new RevenueStep("schedule", $"{code}: what is not taken by {Say.Day(obligation.Period.End.AddDays(-1))} lapses and is recognised then",
                    Paragraphs.Breakage, null));
        }
        if (_contract.Price.Upfront is not { } fee) return;
        var upfront = new Obligation { Code = "upfront-fee", Satisfaction = Satisfaction.RatableDaily, Period = fee.Over };
        _layers.Add(new Layer(upfront, fee.Over, 0) { Amounts = [new Joined(fee.Over.Start, fee.Amount)], Separate = true });
    }

    private static string How(Obligation obligation) => obligation.Satisfaction switch
    {
        Satisfaction.RatableDaily => $"by day over {obligation.Period} ({Say.Count(obligation.Period.Days)} day{(obligation.Period.Days == 1 ? "" : "s")})",
        Satisfaction.RatableMonthly => $"by even months over {obligation.Period}",
        Satisfaction.PointInTime => "on the day it is delivered",
        Satisfaction.Usage => $"by units of {Say.Count(obligation.Quantity)} expected",
        Satisfaction.Milestone => $"by {Say.Count(obligation.Milestones.Count)} milestones",
        _ => "by the progress that is stated",
    };

    private static int Rank(RevenueEvent happened) => happened switch
    {
        RevenueEvent.UsageFee => 0,
        RevenueEvent.PriceChanged => 1,
        RevenueEvent.Modified => 2,
        RevenueEvent.Cancelled => 3,
        _ => 4,
    };

    private static int Version(RevenueEvent happened) => happened switch
    {
        RevenueEvent.Modified modified => modified.Version,
        RevenueEvent.Cancelled cancelled => cancelled.Version,
        _ => 0,
    };

    private void Apply(RevenueEvent happened)
    {
        if (_cancelled is not null && happened is not (RevenueEvent.Invoiced or RevenueEvent.Credited or RevenueEvent.Closed))
            throw Refuse(happened, "on", "after-cancellation", $"The contract was cancelled on {Say.Day(_cancelled.On)}; nothing is given after it.",
                "Correct the day, or the cancellation's.");
        switch (happened)
        {
            case RevenueEvent.UsageFee fee: Fee(fee); break;
            case RevenueEvent.PriceChanged change: ChangePrice(change); break;
            case RevenueEvent.Modified modified: Modify(modified); break;
            case RevenueEvent.Cancelled cancelled: Cancel(cancelled); break;
            default: break;
        }
    }

    private void Fee(RevenueEvent.UsageFee fee)
    {
        if (fee.Obligation is { } code)
        {
            var waits = _layers.FindIndex(layer => layer.IsOpen && layer.Of.Code == code && layer.Of.Satisfaction == Satisfaction.PointInTime
                && !layer.ProgressOn(Facts, fee.On).IsAll);
            if (waits >= 0) _layers[waits] = _layers[waits].With(fee.On, fee.Amount);
            else _layers.Add(Layer.AtOnce(Promise(code), fee.On, fee.Amount));
            Steps.Add(new RevenueStep("price", $"{Say.Day(fee.On)}: fee of {Say.Number(fee.Amount)} for the use of {code}, "
                + (waits >= 0 ? "recognised when it is delivered" : "recognised as it occurs"), Paragraphs.UsageFee, fee.Amount));
            return;
        }
        foreach (var (share, to) in ByFirstShares(fee.Amount)) Join(to, share, fee.On, null);
        Steps.Add(new RevenueStep("price",
            $"{Say.Day(fee.On)}: fee of {Say.Number(fee.Amount)} shared by all promises as at the start", Paragraphs.RelativePrices, fee.Amount));
    }

    private void ChangePrice(RevenueEvent.PriceChanged change)
    {
        var modified = _layers.Exists(layer => layer.ClosedOn is not null);
        var basis = Paragraphs.PriceChange;
        if (change.Obligation is null && !change.AtOnce && modified && !change.PromisedBefore && Heirs() is { Count: > 0 } heirs)
        {
            ToHeirs(heirs, change.Amount, change.On);
            basis = Paragraphs.PriceChangeAfterModification;
        }
        else
        {
            var shares = change.Obligation is { } code ? [(change.Amount, code)] : ByFirstShares(change.Amount);
            foreach (var (share, to) in shares)
            {
                if (change.AtOnce) _layers.Add(Layer.AtOnce(Promise(to), change.On, share) with { FromChange = true });
                else Join(to, share, change.On, modified && !change.PromisedBefore ? null : Steps, toOpen: !change.PromisedBefore);
            }
        }
        Steps.Add(new RevenueStep("price", $"{Say.Day(change.On)}: the price changes by {Say.Number(change.Amount)}"
            + (change.Obligation is not null ? $", for {change.Obligation} alone"
                : basis == Paragraphs.PriceChange ? ", shared as at the start" : ", shared by what the modification left")
            + (change.AtOnce ? ", about what was given already" : "") + $": {change.Reason}", basis, change.Amount));
    }

    private IEnumerable<(decimal Share, string Code)> ByFirstShares(decimal amount)
    {
        // The same basis as at the start; where everything was free, the standalone selling prices are it.
        var weights = Allocation.Select(allocated => allocated.Ssp ?? allocated.Amount).ToList();
        return Domain.Allocation.ByLargestRemainder(amount, weights, _contract.Currency.MinorUnits).Zip(Allocation.Select(allocated => allocated.Obligation));
    }

    /// <summary>
    /// Joins an amount to a promise. Where a modification closed its layer, the part given before is recognised at once and the rest goes
    /// to what that modification opened, in proportion.
    /// </summary>
    private void Join(string code, decimal amount, DateOnly on, List<RevenueStep>? steps, bool toOpen = false)
    {
        var open = _layers.FindIndex(layer => layer.IsOpen && layer.Of.Code == code);
        var first = _layers.FindIndex(layer => layer.ClosedOn is not null && layer.Of.Code == code);
        if (open >= 0 && (first < 0 || toOpen))
        {
            _layers[open] = _layers[open].With(on, amount);
            return;
        }
        var past = first < 0 ? amount : Round(_layers[first].ProgressOn(Facts, _layers[first].ClosedOn!.Value).Of(amount));
        var heirs = Heirs();
        if (heirs.Count == 0) past = amount;
        if (past != 0m) _layers.Add(Layer.AtOnce(Promise(code), on, past) with { FromChange = true });
        if (past == amount) return;
        ToHeirs(heirs, amount - past, on);
        steps?.Add(new RevenueStep("price",
            $"{code}: {Say.Number(past)} is about what was given before the modification, {Say.Number(amount - past)} about what is left",
            Paragraphs.PriceChangeAfterModification, amount));
    }

    /// <summary>What modifications that worked from their day on have opened, and what was in the making beside them.</summary>
    private List<int> Heirs() =>
        [.. _layers.Index().Where(pair => pair.Item.IsOpen && !pair.Item.Separate && pair.Item.Total > 0m && (pair.Item.Generation > 0 || InTheMaking(pair.Item.Of)))
            .Select(pair => pair.Index)];

    private void ToHeirs(List<int> heirs, decimal amount, DateOnly on)
    {
        var shares = Domain.Allocation.ByLargestRemainder(amount, [.. heirs.Select(index => _layers[index].Total)], _contract.Currency.MinorUnits);
        foreach (var (index, share) in heirs.Zip(shares)) _layers[index] = _layers[index].With(on, share);
    }

    private Obligation Promise(string code) =>
        _contract.Obligations.FirstOrDefault(obligation => obligation.Code == code)
        ?? _layers.Select(layer => layer.Of).FirstOrDefault(obligation => obligation.Code == code)
        // Asked about before the modification that adds it, by day or, at a closing, by what was known.
        ?? throw new RevenueException("events", "unknown-obligation",
            $"{code} is not promised yet on the day of an event about it, or was not known when a month was closed.",
            "Correct the day, or list the modification earlier.");

    private decimal Round(decimal exact) => Rounding.JournalLine(new Money(exact, _contract.Currency)).Amount;

    private RevenueException Refuse(RevenueEvent happened, string member, string code, string reason, string remedy) => new(
        string.Create(CultureInfo.InvariantCulture, $"events[{_events.Index().First(pair => ReferenceEquals(pair.Item, happened)).Index}].{member}"),
        code, reason, remedy);
}
