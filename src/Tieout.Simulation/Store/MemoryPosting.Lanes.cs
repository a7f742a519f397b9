using Tieout.Application.Posting;
using Tieout.Application.Posting.Lanes;
using Tieout.Domain.Posting;
using Tieout.Domain.Posting.Lanes;

namespace Tieout.Simulation.Store;

internal sealed partial class MemoryPosting
{
    public Task RememberLanes(IReadOnlyList<DeliveryTarget> targets, CancellationToken cancel)
    {
        var now = Now;
        return Write("remember-lanes", () =>
        {
            foreach (var target in targets.Where(target => !Books.Lanes.ContainsKey(target.Name)))
                Books = Books with { Lanes = Books.Lanes.Add(target.Name, NewLane(target, now)) };
        });
    }

    private static LaneBook NewLane(DeliveryTarget target, DateTimeOffset now) =>
        new(LaneSteering.New(target.Connector.Limits.Slots, target.Lane.CallsPerMinute, now), [], []);

    public Task<IReadOnlyList<LaneStanding>> Lanes(IReadOnlyList<DeliveryTarget> targets, CancellationToken cancel) =>
        _line.Ask<IReadOnlyList<LaneStanding>>("lanes", writes: false, () =>
        [
            .. targets.Where(target => Books.Lanes.ContainsKey(target.Name)).Select(target => (target.Name, Book: Books.Lanes[target.Name])).Select(lane =>
                new LaneStanding(lane.Name, lane.Book.Lane.Mode, lane.Book.Lane.HoldUntil, lane.Book.Last?.Order.Actor ?? "", lane.Book.Last?.Order.Reason ?? "")),
        ]);

    public Task<LaneGrant> Steer(DeliveryTarget target, LaneReport report, string trouble, DateTimeOffset? circuitUntil, CancellationToken cancel)
    {
        var now = Now;
        return _line.Ask("steer", writes: true, () =>
        {
            // Forgotten where the books were restored to a day before it.
            if (!Books.Lanes.TryGetValue(target.Name, out var book)) book = NewLane(target, now);
            var (most, calls) = (target.Connector.Limits.Slots, target.Lane.CallsPerMinute);
            var held = book.Shares.Where(share => share.Until > now && Server.IsAlive(share.Held.Node)).ToList();
            var others = held.FindAll(share => share.Held.Node != report.Node);
            var (lane, mine, grant) = LaneSteering.After(
                book.Lane, [.. others.Select(share => share.Held)], held.Find(share => share.Held.Node == report.Node)?.Held, report, most, calls, now);
            if (mine.Held > report.InUse && others.Sum(share => share.Held.Held) + mine.Held > most) throw StoreAwayException.Refused("lane_share_within_its_slots");
            var steered = book with { Lane = lane, Shares = [.. others, new LaneShareRow(mine, now + LaneShare.Lease)] };
            Books = Books with { Lanes = Books.Lanes.SetItem(target.Name, steered) };
            return grant;
        });
    }

    public Task<LaneOutcome> Command(LaneOrder order, CancellationToken cancel)
    {
        var now = Now;
        return _line.Ask<LaneOutcome>("command", writes: true, () =>
        {
            if (!Books.Lanes.TryGetValue(order.Target, out var book)) return new LaneOutcome.NotFound([.. Books.Lanes.Keys.Order(StringComparer.Ordinal)]);
            if (LaneCommands.After(book.Lane.Mode, order.Command, held: book.Lane.HoldUntil > now) is not { } wanted)
                return new LaneOutcome.AlreadySo(book.Lane.Mode, book.Last?.Order.Actor ?? "", book.Last?.Order.Reason ?? "", book.Last?.At);
            var hold = order.Command == LaneCommand.Resume ? DateTimeOffset.MinValue : book.Lane.HoldUntil;
            var told = book with { Lane = book.Lane with { Mode = wanted, HoldUntil = hold }, Told = [.. book.Told, new LaneTold(order, now)] };
            Books = Books with { Lanes = Books.Lanes.SetItem(order.Target, told) };
            return new LaneOutcome.Done(wanted);
        });
    }

    public Task<bool> DoubtIsDue(IReadOnlyList<DeliveryTarget> targets, CancellationToken cancel)
    {
        var now = Now;
        return _line.Ask("doubt-is-due", writes: false, () => Books.Rows.Any(row => targets.Any(target => target.Name == row.Target)
            && (row.State == PostingState.Sending || row.State == PostingState.InDoubt && !(row.NotBefore > now))));
    }
}
