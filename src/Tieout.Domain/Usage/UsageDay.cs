namespace Tieout.Domain.Usage;

/// <summary>The usage of one day under one meter and group.</summary>
/// <param name="Day">In the billing account's time zone.</param>
/// <param name="Value">
/// The day's count, sum, maximum, last value or number of different values; for levels, level times seconds from
/// <paramref name="FirstAt"/> to <paramref name="LastAt"/>.
/// </param>
/// <param name="Events">How many events count.</param>
/// <param name="Closing">For levels: the level from <paramref name="LastAt"/> on.</param>
/// <param name="FirstAt">For levels: the day's first event.</param>
/// <param name="LastAt">For levels: its last.</param>
public sealed record UsageDay(
    DateOnly Day, decimal Value, long Events, decimal Closing = 0, DateTimeOffset? FirstAt = null, DateTimeOffset? LastAt = null);

/// <summary>One event of a meter that keeps them.</summary>
public sealed record UsageTransaction(DateOnly Day, DateTimeOffset At, string Source, string EventId, decimal Amount);

/// <summary>What a meter counted for a subscription, under one value of each dimension.</summary>
/// <param name="Subscription">Whose usage it is.</param>
/// <param name="Meter">The meter's code.</param>
/// <param name="Aggregation">The meter's.</param>
/// <param name="GroupKey">As of <see cref="Usage.GroupKey"/>; empty without dimensions.</param>
/// <param name="Days">Those with events, in order; days of a level before the period are left out.</param>
/// <param name="CarriedIn">The level with which the first day begins; 0 for what is no level, and before the first event.</param>
/// <param name="UniqueKeys">For unique-count, the different values by day, as hashes; empty otherwise.</param>
/// <param name="Transactions">For a meter that keeps them, in the order of time, source, id; empty otherwise.</param>
public sealed record MeteredUsage(
    SubscriptionId Subscription,
    string Meter,
    Aggregation Aggregation,
    string GroupKey,
    IReadOnlyList<UsageDay> Days,
    decimal CarriedIn,
    IReadOnlyList<UniqueOfDay> UniqueKeys,
    IReadOnlyList<UsageTransaction> Transactions);

/// <summary>A value that occurred on a day, as a hash.</summary>
public readonly record struct UniqueOfDay(DateOnly Day, Guid Key);
