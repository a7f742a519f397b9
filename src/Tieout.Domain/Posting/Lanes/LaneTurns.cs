namespace Tieout.Domain.Posting.Lanes;

/// <summary>What decides the turn of a document.</summary>
/// <param name="Month">First day of its accounting month.</param>
/// <param name="Kind">Its rank by <see cref="KindOrder"/>.</param>
/// <param name="LegalEntity">Whose it is.</param>
/// <param name="Account">Its billing account.</param>
public readonly record struct TurnOf(DateOnly Month, int Kind, Guid LegalEntity, Guid Account);

/// <summary>
/// Whose turn it is. Close first: the oldest accounting month goes before all newer ones, then the kinds in their order. Within these,
/// legal entities take turns, and within an entity its billing accounts do; within an account the oldest goes first. So an account
/// with ten thousand documents holds up nobody who has one.
/// </summary>
public static class LaneTurns
{
    private const int BitsOfTime = 40;
    private const int KindsMost = 16;
    private static readonly DateTimeOffset Epoch = new(2020, 1, 1, 0, 0, 0, TimeSpan.Zero);

    /// <summary>In the order of their turns.</summary>
    /// <param name="oldestFirst">Any number.</param>
    /// <param name="of">What decides.</param>
    public static IReadOnlyList<T> Order<T>(IReadOnlyList<T> oldestFirst, Func<T, TurnOf> of)
    {
        var marked = oldestFirst.Select((item, age) => (Item: item, Age: age, Of: of(item))).ToList();
        return [.. marked
            .GroupBy(one => (one.Of.Month, one.Of.Kind)).OrderBy(group => group.Key.Month).ThenBy(group => group.Key.Kind)
            .SelectMany(group => TakingTurns(group, one => one.Of.LegalEntity, entity => TakingTurns(entity, one => one.Of.Account, account => account)))
            .Select(one => one.Item)];
    }

    /// <summary>
    /// A number that puts documents which became ready at different times in their order: month and kind before all, then the time.
    /// </summary>
    /// <param name="of">What decides.</param>
    /// <param name="at">When it became ready; to the millisecond, up to the year 2054.</param>
    /// <param name="turn">Its turn among those that became ready with it.</param>
    public static long PlaceOf(TurnOf of, DateTimeOffset at, int turn)
    {
        var first = (of.Month.Year * 12L + of.Month.Month) * KindsMost + Math.Min(of.Kind, KindsMost - 1);
        return (first << BitsOfTime) + (at - Epoch).Ticks / TimeSpan.TicksPerMillisecond + turn;
    }

    // One of each in every round, in the order in which they first appear.
    private static IEnumerable<T> TakingTurns<T>(IEnumerable<T> items, Func<T, Guid> party, Func<IEnumerable<T>, IEnumerable<T>> within) =>
        items.GroupBy(party).SelectMany((group, appeared) => within(group).Select((item, round) => (Item: item, Round: round, Appeared: appeared)))
            .OrderBy(one => one.Round).ThenBy(one => one.Appeared).Select(one => one.Item);
}
