namespace Tieout.Domain.Revenue;

/// <summary>What was delivered, used, reached and measured, by promise. Of deliveries and progress the day itself counts.</summary>
internal sealed class Facts(IReadOnlyList<RevenueEvent> events)
{
    private readonly ILookup<string, RevenueEvent.Used> _used = events.OfType<RevenueEvent.Used>().ToLookup(fact => fact.Obligation);
    private readonly ILookup<string, RevenueEvent.Expected> _expected = events.OfType<RevenueEvent.Expected>().ToLookup(fact => fact.Obligation);
    private readonly ILookup<string, RevenueEvent.Reached> _reached = events.OfType<RevenueEvent.Reached>().ToLookup(fact => fact.Obligation);
    private readonly ILookup<string, RevenueEvent.Progressed> _measured = events.OfType<RevenueEvent.Progressed>().ToLookup(fact => fact.Obligation);

    private readonly Dictionary<string, DateOnly> _delivered = events.OfType<RevenueEvent.Delivered>()
        .GroupBy(fact => fact.Obligation).ToDictionary(group => group.Key, group => group.Min(fact => fact.On));

    /// <summary>Units used from a day on and before another.</summary>
    public decimal Used(string code, DateOnly from, DateOnly until) =>
        _used[code].Where(fact => fact.On >= from && fact.On < until).Sum(fact => fact.Quantity);

    /// <summary>Units expected in all, as known before a day.</summary>
    public decimal Expected(Obligation obligation, DateOnly until) =>
        _expected[obligation.Code].Where(fact => fact.On < until).MaxBy(fact => fact.On)?.Quantity ?? obligation.Quantity;

    /// <summary>The day of delivery: what happened, else what is planned, else the last day of a right that lapses; null for never.</summary>
    public DateOnly? Delivered(Obligation obligation) =>
        _delivered.TryGetValue(obligation.Code, out var day) ? day
            : obligation.On ?? (obligation.Lapses ? obligation.Period.End.AddDays(-1) : null);

    /// <summary>Weight of the milestones reached before a day.</summary>
    public decimal Reached(Obligation obligation, DateOnly until)
    {
        var codes = _reached[obligation.Code].Where(fact => fact.On < until).Select(fact => fact.Milestone).ToHashSet(StringComparer.Ordinal);
        return obligation.Milestones.Where(milestone => codes.Contains(milestone.Code)).Sum(milestone => milestone.Weight);
    }

    /// <summary>The progress last stated, before a day or on it.</summary>
    public decimal Measured(string code, DateOnly through) =>
        _measured[code].Where(fact => fact.On <= through).MaxBy(fact => fact.On)?.Done ?? 0m;

    /// <summary>
    /// How far a promise is on the morning of a day, of what was still to come on the morning <paramref name="over"/> begins.
    /// </summary>
    public Progress Of(Obligation obligation, ServicePeriod over, DateOnly until, bool measuredToday) => obligation.Satisfaction switch
    {
        Satisfaction.RatableDaily or Satisfaction.RatableMonthly =>
            Progress.Through(obligation.Satisfaction, obligation.Period.Start, over, until),
        Satisfaction.PointInTime => Delivered(obligation) < until ? Progress.All : Progress.None,
        Satisfaction.Usage => OfUsage(obligation, over, until),
        Satisfaction.Milestone => OfMilestones(obligation, over, until),
        Satisfaction.Measured => new Progress(Measured(obligation.Code, measuredToday ? until : until.AddDays(-1)), 1m),
        _ => throw new ArgumentOutOfRangeException(nameof(obligation), obligation.Satisfaction, "This kind of promise has no progress."),
    };

    private Progress OfUsage(Obligation obligation, ServicePeriod over, DateOnly until)
    {
        if (obligation.Lapses && until >= over.End) return Progress.All;
        var before = Used(obligation.Code, DateOnly.MinValue, over.Start);
        var (expected, used) = (Expected(obligation, until) - before, Used(obligation.Code, over.Start, until));
        return used >= expected ? (used > 0m ? Progress.All : Progress.None) : new Progress(used, expected);
    }

    private Progress OfMilestones(Obligation obligation, ServicePeriod over, DateOnly until)
    {
        var before = Reached(obligation, over.Start);
        var whole = obligation.Milestones.Sum(milestone => milestone.Weight) - before;
        return whole == 0m ? Progress.All : new Progress(Reached(obligation, until) - before, whole);
    }
}
