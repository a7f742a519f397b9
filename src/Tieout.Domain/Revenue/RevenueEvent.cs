namespace Tieout.Domain.Revenue;

/// <summary>
/// What happened to a contract. The order of a list of events is the order they became known in, which matters to closed months only;
/// what follows from them goes by their days.
/// </summary>
public abstract record RevenueEvent
{
    private RevenueEvent(DateOnly on) => On = on;

    /// <summary>The day it counts from.</summary>
    public DateOnly On { get; }

    /// <summary>Invoiced, without taxes.</summary>
    public sealed record Invoiced(DateOnly On, string Id, decimal Amount) : RevenueEvent(On);

    /// <summary>Given back on a credit memo, without taxes. By itself it changes no price.</summary>
    public sealed record Credited(DateOnly On, string Id, decimal Amount) : RevenueEvent(On);

    /// <summary>Units of a promise used or delivered.</summary>
    public sealed record Used(DateOnly On, string Obligation, decimal Quantity) : RevenueEvent(On);

    /// <summary>A fee that depends on usage or sales: an overage, a royalty. For one promise, or for all of them.</summary>
    public sealed record UsageFee(DateOnly On, string? Obligation, decimal Amount) : RevenueEvent(On);

    /// <summary>A promise kept at one moment; an option exercised.</summary>
    public sealed record Delivered(DateOnly On, string Obligation) : RevenueEvent(On);

    /// <summary>A milestone reached.</summary>
    public sealed record Reached(DateOnly On, string Obligation, string Milestone) : RevenueEvent(On);

    /// <summary>How much of a promise is done since its start, from 0 to 1.</summary>
    public sealed record Progressed(DateOnly On, string Obligation, decimal Done) : RevenueEvent(On);

    /// <summary>How many units are expected in all, from now on.</summary>
    public sealed record Expected(DateOnly On, string Obligation, decimal Quantity) : RevenueEvent(On);

    /// <summary>The price became another while the promises stayed: an estimate, a concession.</summary>
    /// <param name="On">The day it is known.</param>
    /// <param name="Amount">Signed.</param>
    /// <param name="Obligation">The promise it belongs to alone; null for all.</param>
    /// <param name="AtOnce">True when it is about what was given already.</param>
    /// <param name="Reason">Why.</param>
    public sealed record PriceChanged(DateOnly On, decimal Amount, string? Obligation, bool AtOnce, string Reason) : RevenueEvent(On)
    {
        /// <summary>
        /// True when it is about a variable amount that was promised before a modification which worked from its day on: it is shared as at
        /// the start then, also to what was given before. Otherwise it belongs to what that modification left.
        /// </summary>
        public bool PromisedBefore { get; init; }
    }

    /// <summary>Scope, price or both were agreed anew.</summary>
    public sealed record Modified(DateOnly On, int Version, string Reason) : RevenueEvent(On)
    {
        /// <summary>What it is called: upgrade, downgrade, seats, renewal.</summary>
        public string Change { get; init; } = "modification";

        /// <summary>Promises that come in.</summary>
        public IReadOnlyList<Obligation> Add { get; init; } = [];

        /// <summary>Codes of promises of which nothing more is given.</summary>
        public IReadOnlyList<string> End { get; init; } = [];

        /// <summary>What the whole price rises by; below zero for what it falls by.</summary>
        public decimal PriceChange { get; init; }

        /// <summary>What the added promises cost less because of this customer, such as costs of selling that are spared.</summary>
        public decimal SparedCosts { get; init; }
    }

    /// <summary>Nothing more is given. What was invoiced and not given back stays ours.</summary>
    /// <param name="Refund">What is given back because of it, by credit memos of that day or later, which are named when they come.</param>
    public sealed record Cancelled(DateOnly On, int Version, string Reason, decimal Refund) : RevenueEvent(On)
    {
        /// <summary>What of the refund no credit memo has given yet: each amount that is given back counts once, announced or given.</summary>
        public decimal RefundToCome(IReadOnlyList<RevenueEvent> events) =>
            Math.Max(0m, Refund - events.OfType<Credited>().Where(credit => credit.On >= On).Sum(credit => credit.Amount));
    }

    /// <summary>The months up to this one are closed: with what is known now they stand as they are.</summary>
    public sealed record Closed(AccountingMonth Through) : RevenueEvent(Through.FirstDay);
}
