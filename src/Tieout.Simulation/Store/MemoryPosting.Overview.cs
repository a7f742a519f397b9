using Tieout.Application.Posting;
using Tieout.Domain;
using Tieout.Domain.Posting;

namespace Tieout.Simulation.Store;

internal sealed partial class MemoryPosting
{
    public async Task<bool> SomethingIsDue(IReadOnlyList<DeliveryTarget> targets, CancellationToken cancel)
    {
        var now = Now;
        var (due, at) = await _line.Ask("something-is-due", writes: false, () => (Books.Rows.Any(row => IsDue(row, targets, now)), _line.Now));
        Told(at);
        return due;
    }

    public Task<IReadOnlyList<OpenPostings>> Open(IReadOnlyList<DeliveryTarget> targets, CancellationToken cancel)
    {
        var now = Now;
        return _line.Ask<IReadOnlyList<OpenPostings>>("open", writes: false, () =>
        [
            .. Books.Rows
                .Where(row => row.State is PostingState.Ready or PostingState.Sending or PostingState.InDoubt && targets.Any(target => target.Name == row.Target))
                .GroupBy(row => row.Target!).Select(group => new OpenPostings(
                    group.Key, "", group.Count(), group.Count(row => row.State == PostingState.InDoubt),
                    group.Count(row => row.State == PostingState.Sending || !(row.NotBefore > now)),
                    group.Where(row => row.NotBefore > now).Min(row => row.NotBefore))),
            .. Books.Rows
                .Where(row => row.State == PostingState.Staged && IsTheirs(row, targets))
                .GroupBy(row => (row.Target, row.Entity)).Select(group => new OpenPostings(
                    group.Key.Target ?? "", group.Key.Entity, group.Count(), 0,
                    group.Count(row => Books.Turn(row) != MemoTurn.Waits && Books.IsItsTurn(row)), null)),
        ]);
    }

    public Task<IReadOnlyList<PostingCount>> Counts() => _line.Ask<IReadOnlyList<PostingCount>>("counts", writes: false, () =>
    [
        .. Books.Rows.GroupBy(row => (row.Target, row.State)).Select(group => new PostingCount(group.Key.Target ?? "", Words.Of(group.Key.State), group.Count())),
    ]);

    private bool IsDue(PostingRow row, IReadOnlyList<DeliveryTarget> targets, DateTimeOffset now) => row.State switch
    {
        PostingState.Sending => targets.Any(target => target.Name == row.Target),
        PostingState.Ready or PostingState.InDoubt => targets.Any(target => target.Name == row.Target) && !(row.NotBefore > now),
        PostingState.Staged => IsTheirs(row, targets) && Books.Turn(row) != MemoTurn.Waits && (Books.IsItsTurn(row) || row.Routes < Books.Mapping.RoutesNumber),
        _ => false,
    };

    // Routed to one of them, or to be routed by one of them.
    private bool IsTheirs(PostingRow row, IReadOnlyList<DeliveryTarget> targets) =>
        targets.Any(target => target.Name == row.Target || row.Target is null && target.LegalEntities.Contains(row.Entity))
        || row.Routes < Books.Mapping.RoutesNumber;
}
