using System.Data.Common;

namespace Tieout.Application.Posting.Lanes;

/// <summary>One lane of a running program: tells the others how it fares, twice a second, and does what it is told.</summary>
internal sealed class SteeredLane(IPostingStore store, TimeProvider clock, int node, DeliveryTarget target, LaneHealth health)
{
    private static readonly TimeSpan Beat = TimeSpan.FromMilliseconds(500);

    /// <summary>Whose lane.</summary>
    public DeliveryTarget Target => target;

    /// <summary>Whether this program can reach it.</summary>
    public LaneHealth Health => health;

    /// <summary>What this program may do in it.</summary>
    public LaneGate Gate { get; } = new(target, health, clock);

    /// <summary>Until it is over.</summary>
    public async Task Always(CancellationToken settled)
    {
        while (!settled.IsCancellationRequested)
        {
            await Task.Delay(Beat, clock, settled);
            await Steer(settled);
        }
    }

    /// <summary>Tells and is told once.</summary>
    public async Task Steer(CancellationToken cancel) => Gate.Told(await Tell(ends: false, cancel));

    /// <summary>Gives everything back. What it did last counts, too; if the books are away just now, that is all that is lost.</summary>
    public async Task End()
    {
        try
        {
            await Tell(ends: true, CancellationToken.None);
        }
        catch (DbException)
        {
            // Whatever it held goes with its node.
        }
    }

    private Task<Domain.Posting.Lanes.LaneGrant> Tell(bool ends, CancellationToken cancel)
    {
        var now = store.Now;
        return store.Steer(target, Gate.Report(node, now, ends), health.Trouble, health.PausedUntil > now ? health.PausedUntil : null, cancel);
    }
}
