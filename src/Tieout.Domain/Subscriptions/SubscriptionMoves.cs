namespace Tieout.Domain.Subscriptions;

/// <summary>
/// The legal moves of a subscription. PostgreSQL refuses all others too (trigger <c>subscriptions.check_move</c>).
/// Time makes some of them by itself: a trial goes on or expires, a term ends.
/// </summary>
public static class SubscriptionMoves
{
    private static readonly HashSet<(SubscriptionState From, SubscriptionState To)> Legal =
    [
        (SubscriptionState.Draft, SubscriptionState.Trialing),
        (SubscriptionState.Draft, SubscriptionState.Active),
        (SubscriptionState.Draft, SubscriptionState.Cancelled),
        (SubscriptionState.Trialing, SubscriptionState.Active),
        (SubscriptionState.Trialing, SubscriptionState.Cancelled),
        (SubscriptionState.Trialing, SubscriptionState.Expired),
        (SubscriptionState.Active, SubscriptionState.Paused),
        (SubscriptionState.Active, SubscriptionState.Cancelled),
        (SubscriptionState.Active, SubscriptionState.Expired),
        (SubscriptionState.Paused, SubscriptionState.Active),
        (SubscriptionState.Paused, SubscriptionState.Cancelled),
        (SubscriptionState.Paused, SubscriptionState.Expired),
        (SubscriptionState.Cancelled, SubscriptionState.Active),
        (SubscriptionState.Expired, SubscriptionState.Active),
    ];

    private static readonly Dictionary<AmendmentKind, SubscriptionState[]> Takers = new()
    {
        [AmendmentKind.Create] = [],
        [AmendmentKind.Activate] = [SubscriptionState.Draft, SubscriptionState.Trialing],
        [AmendmentKind.Trial] = [SubscriptionState.Draft, SubscriptionState.Trialing],
        [AmendmentKind.Upgrade] = [SubscriptionState.Trialing, SubscriptionState.Active, SubscriptionState.Paused],
        [AmendmentKind.Downgrade] = [SubscriptionState.Trialing, SubscriptionState.Active, SubscriptionState.Paused],
        [AmendmentKind.ChangeQuantity] = [SubscriptionState.Trialing, SubscriptionState.Active, SubscriptionState.Paused],
        [AmendmentKind.AddComponent] = [SubscriptionState.Trialing, SubscriptionState.Active, SubscriptionState.Paused],
        [AmendmentKind.RemoveComponent] = [SubscriptionState.Trialing, SubscriptionState.Active, SubscriptionState.Paused],
        [AmendmentKind.ChangePrice] = [SubscriptionState.Trialing, SubscriptionState.Active, SubscriptionState.Paused],
        [AmendmentKind.Renew] = [SubscriptionState.Active, SubscriptionState.Expired],
        [AmendmentKind.Pause] = [SubscriptionState.Active],
        [AmendmentKind.Resume] = [SubscriptionState.Paused],
        [AmendmentKind.Cancel] = [SubscriptionState.Draft, SubscriptionState.Trialing, SubscriptionState.Active, SubscriptionState.Paused],
        [AmendmentKind.Reactivate] = [SubscriptionState.Cancelled, SubscriptionState.Expired],
    };

    /// <summary>Whether a subscription may go from one state to another.</summary>
    public static bool Allowed(SubscriptionState from, SubscriptionState to) => Legal.Contains((from, to));

    /// <summary>Whether a subscription in this state takes this kind of amendment.</summary>
    public static bool Takes(SubscriptionState state, AmendmentKind kind) => Array.IndexOf(Takers[kind], state) >= 0;

    /// <summary>The states that take this kind of amendment; none for a creation, which comes before any state.</summary>
    public static IReadOnlyList<SubscriptionState> TakersOf(AmendmentKind kind) => Takers[kind];

    /// <summary>
    /// The shortest way of legal moves between two states, without the first: one amendment may find that time has made a move
    /// before it (a trial over, then paused). Empty when they are the same.
    /// </summary>
    /// <exception cref="InvalidOperationException">There is no way.</exception>
    public static IReadOnlyList<SubscriptionState> Way(SubscriptionState from, SubscriptionState to)
    {
        var ways = new Queue<IReadOnlyList<SubscriptionState>>([[from]]);
        var seen = new HashSet<SubscriptionState> { from };
        while (ways.TryDequeue(out var way))
        {
            if (way[^1] == to) return [.. way.Skip(1)];
            foreach (var next in Enum.GetValues<SubscriptionState>())
                if (Allowed(way[^1], next) && seen.Add(next)) ways.Enqueue([.. way, next]);
        }
        throw new InvalidOperationException($"No way leads from {from} to {to}.");
    }
}
