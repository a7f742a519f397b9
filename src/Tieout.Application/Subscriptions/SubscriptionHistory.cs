using Npgsql;
using Tieout.Domain.Subscriptions;

namespace Tieout.Application.Subscriptions;

/// <summary>Reads a subscription with its timeline and all its amendments.</summary>
public sealed class SubscriptionHistory(NpgsqlDataSource database, TimeProvider clock)
{
    /// <summary>By its code; null when there is none.</summary>
    public async Task<SubscriptionDetail?> Run(string code, CancellationToken cancel)
    {
        await using var connection = await database.OpenConnectionAsync(cancel);
        return await LoadedSubscription.Load(connection, code, [], locked: false, cancel) is { } stored ? Told(stored) : null;
    }

    private SubscriptionDetail Told(LoadedSubscription stored)
    {
        var timeline = stored.Timeline();
        var subscription = timeline.Subscription;
        var today = ZoneTime.Today(subscription.Zone, clock.GetUtcNow());
        var recorded = stored.Amendments.ToDictionary(item => item.Amendment.Version, item => item.RecordedAt);
        return new SubscriptionDetail(
            stored.Code, stored.AccountCode, subscription.Zone, stored.Version, subscription.StateOn(today), today, TimelineRow.Of(timeline),
            [.. timeline.Steps.Select(step => new AmendmentRow(
                step.Amendment.Version, step.Amendment.Change.Kind, step.Amendment.EffectiveOn, step.Amendment.EffectiveTime, step.State, step.Words,
                step.Amendment.Reason, step.Amendment.Actor, recorded[step.Amendment.Version]))]);
    }
}
