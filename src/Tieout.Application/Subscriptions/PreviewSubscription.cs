using Npgsql;
using Tieout.Domain.Invoicing;
using Tieout.Domain.Subscriptions;

namespace Tieout.Application.Subscriptions;

/// <summary>What a request would do; the same decision as the real one, nothing written.</summary>
/// <param name="Words">What it would do, in a sentence.</param>
/// <param name="State">What it would leave the subscription in.</param>
/// <param name="EffectiveOn">The first day it would count.</param>
/// <param name="Before">What stands; null for a new subscription.</param>
/// <param name="After">What would stand.</param>
/// <param name="From">The parts that are listed fall due after this day, the first that can change or today, whichever is earlier …</param>
/// <param name="Through">… up to and with this one, twelve months from today or the effective day.</param>
public sealed record SubscriptionPreview(
    string Words, SubscriptionState State, DateOnly EffectiveOn, TimelineRow? Before, TimelineRow After, DateOnly From, DateOnly Through,
    IReadOnlyList<PartRow> PartsBefore, IReadOnlyList<PartRow> PartsAfter);

/// <summary>What came of asking for a preview.</summary>
public abstract record PreviewOutcome
{
    private PreviewOutcome() { }

    /// <summary>It would be possible.</summary>
    public sealed record Done(SubscriptionPreview Preview) : PreviewOutcome;

    /// <summary>It would be refused like this.</summary>
    public sealed record Not(AmendmentOutcome Outcome) : PreviewOutcome;
}

/// <summary>Answers what an amendment or a new subscription would change, without writing anything.</summary>
public sealed class PreviewSubscription(NpgsqlDataSource database, TimeProvider clock)
{
    private const int MonthsShown = 12;

    /// <summary>An amendment of a subscription.</summary>
    public async Task<PreviewOutcome> Amend(string code, AmendmentRequest request, CancellationToken cancel)
    {
        var reader = new RequestReader();
        if (AmendmentReading.Check(request, reader) is null || reader.Errors.Count > 0)
            return new PreviewOutcome.Not(new AmendmentOutcome.Unreadable(reader.Errors));
        await using var connection = await database.OpenConnectionAsync(cancel);
        string[] plans = request.Plan is { } plan ? [plan.Trim()] : [];
        if (await LoadedSubscription.Load(connection, code, plans, locked: false, cancel) is not { } stored)
            return new PreviewOutcome.Not(new AmendmentOutcome.NotFound(code));
        return AmendmentDecision.Of(stored, request, clock.GetUtcNow()) switch
        {
            AmendmentDecision.Decided(var amendment, var before, var after) => Shown(
                amendment, before, after, await PartAmounts.Account(connection, clock, stored.Account, stored.Currency, cancel)),
            AmendmentDecision.Not not => new PreviewOutcome.Not(not.Outcome),
            var other => throw new InvalidOperationException($"Unknown decision {other}."),
        };
    }

    /// <summary>A new subscription; its code may be free or not.</summary>
    public async Task<PreviewOutcome> Create(SubscriptionRequest request, CancellationToken cancel)
    {
        var reader = new RequestReader();
        SubscriptionReading.Check(request, reader);
        if (reader.Errors.Count > 0) return new PreviewOutcome.Not(new AmendmentOutcome.Unreadable(reader.Errors));
        await using var connection = await database.OpenConnectionAsync(cancel);
        var account = await NewSubscription.AccountOf(connection, request.Account!.Trim(), locked: false, cancel);
        return await NewSubscription.Decide(connection, account, request, clock.GetUtcNow(), cancel) switch
        {
            NewSubscription.Decided(var amendment, var timeline, _) => Shown(
                amendment, null, timeline, await PartAmounts.Account(connection, clock, account!.Id, timeline.Currency, cancel)),
            NewSubscription.Not not => new PreviewOutcome.Not(not.Outcome),
            var other => throw new InvalidOperationException($"Unknown decision {other}."),
        };
    }

    private PreviewOutcome.Done Shown(Amendment amendment, Timeline? before, Timeline after, BillableAccount account)
    {
        var today = ZoneTime.Today(after.Subscription.Zone, clock.GetUtcNow());
        var step = after.Steps.First(item => item.Amendment.Version == amendment.Version);
        var touched = after.TouchedFrom(amendment.EffectiveOn);
        if (before?.TouchedFrom(amendment.EffectiveOn) is { } earlier && earlier < touched) touched = earlier;
        var from = (touched < today ? touched : today).AddDays(-1);
        var through = (amendment.EffectiveOn > today ? amendment.EffectiveOn : today).AddMonths(MonthsShown);
        return new PreviewOutcome.Done(new SubscriptionPreview(
            step.Words, step.State, amendment.EffectiveOn, before is null ? null : TimelineRow.Of(before), TimelineRow.Of(after), from, through,
            before is null ? [] : PartRow.Of(before, account, from, through), PartRow.Of(after, account, from, through)));
    }
}
