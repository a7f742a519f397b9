using Dapper;
using Npgsql;
using Tieout.Application.Catalog;
using Tieout.Domain;
using Tieout.Domain.Subscriptions;

namespace Tieout.Application.Subscriptions;

/// <summary>Writes what folding gave, in the caller's transaction: the subscription's row, its components and its pauses.</summary>
internal static class SaveTimeline
{
    /// <summary>Puts a subscription that is stored in <paramref name="from"/> on its new version; all its components are written anew.</summary>
    public static async Task Update(
        NpgsqlConnection connection, Guid account, Timeline timeline, SubscriptionState from, int version, PriceBook prices, CancellationToken cancel)
    {
        var subscription = timeline.Subscription;
        var id = subscription.Id.Value;
        var way = SubscriptionMoves.Way(from, subscription.State);
        foreach (var state in way.SkipLast(1))
            await connection.ExecuteAsync(new CommandDefinition(
                "update subscriptions.subscription set state = @state, end_date = null where billing_account_id = @account and id = @id",
                new { state = Words.Of(state), account, id }, cancellationToken: cancel));
        await connection.ExecuteAsync(new CommandDefinition(
            """
            update subscriptions.subscription
            set plan_id = @plan, state = @state, version = @version, start_date = @start, end_date = @end, end_time = @endTime,
                end_is_cancellation = @endIsCancellation, ended_by = @endedBy,
                anchor_date = @anchor, trial_end = @trialEnd, term_end = @termEnd, term_ending = @termEnding
            where billing_account_id = @account and id = @id;
            delete from subscriptions.component where billing_account_id = @account and subscription_id = @id;
            delete from subscriptions.pause where billing_account_id = @account and subscription_id = @id;
            """, Row(account, timeline, version, prices), cancellationToken: cancel));
        await Days(connection, account, subscription, prices, cancel);
    }

    /// <summary>Adds a new subscription.</summary>
    public static async Task Insert(
        NpgsqlConnection connection, Guid account, string code, Timeline timeline, PriceBook prices, DateTimeOffset now, CancellationToken cancel)
    {
        var row = Row(account, timeline, 1, prices);
        row.AddDynamicParams(new { code, now, correlation = timeline.Subscription.Correlation.Value });
        await connection.ExecuteAsync(new CommandDefinition(
            """
            insert into subscriptions.subscription (
              id, billing_account_id, code, plan_id, start_date, end_date, correlation_id, created_at, state, version, anchor_date, trial_end,
              end_time, end_is_cancellation, ended_by, term_end, term_ending)
            values (@id, @account, @code, @plan, @start, @end, @correlation, @now, @state, @version, @anchor, @trialEnd,
              @endTime, @endIsCancellation, @endedBy, @termEnd, @termEnding)
            """, row, cancellationToken: cancel));
        await Days(connection, account, timeline.Subscription, prices, cancel);
    }

    private static DynamicParameters Row(Guid account, Timeline timeline, int version, PriceBook prices)
    {
        var subscription = timeline.Subscription;
        return new DynamicParameters(new
        {
            account,
            id = subscription.Id.Value,
            plan = prices.PlanOf(timeline.Plan),
            state = Words.Of(subscription.State),
            version,
            start = subscription.Start,
            end = subscription.End,
            endTime = subscription.EndTime,
            endIsCancellation = subscription.EndIsCancellation,
            endedBy = subscription.EndedBy,
            anchor = subscription.Anchor == subscription.Start ? (DateOnly?)null : subscription.Anchor,
            trialEnd = subscription.TrialEnd,
            termEnd = timeline.Term?.End,
            termEnding = timeline.Term is { } term ? Words.Of(term.Ending) : null,
        });
    }

    // One statement for all rows of either table: an amendment writes all components anew.
    private static Task Days(NpgsqlConnection connection, Guid account, Subscription subscription, PriceBook prices, CancellationToken cancel)
    {
        T[] Of<T>(Func<SubscribedComponent, T> what) => [.. subscription.Components.Select(what)];
        T[] Rest<T>(Func<Pause, T> what) => [.. subscription.Pauses.Select(what)];
        return connection.ExecuteAsync(new CommandDefinition(
            """
            insert into subscriptions.component (
              billing_account_id, subscription_id, component, price_id, quantity, agreed_price, agreed,
              from_date, from_time, until_date, until_time, opened_by, closed_by)
            select @account, @id, component, price, quantity, figure, agreed::jsonb, from_date, from_time, until_date, until_time, opened_by, closed_by
            from unnest(@names, @prices, @quantities, @figures, @agreed, @froms, @fromTimes, @untils, @untilTimes, @openedBy, @closedBy)
              as rows (component, price, quantity, figure, agreed, from_date, from_time, until_date, until_time, opened_by, closed_by);

            insert into subscriptions.pause (billing_account_id, subscription_id, from_date, until_date, mode, version)
            select @account, @id, from_date, until_date, mode, version
            from unnest(@rests, @resumes, @modes, @versions) as rows (from_date, until_date, mode, version);
            """,
            new
            {
                account,
                id = subscription.Id.Value,
                names = Of(item => item.Component),
                prices = Of(item => prices.IdOf(item.Price)),
                quantities = Of(item => item.Quantity),
                figures = Of(AgreedModel.Figure),
                agreed = Of(item => item.Agreed is { } model && AgreedModel.Figure(item) is null ? AgreedPriceJson.Text(model, item.AgreedTerms) : null),
                froms = Of(item => item.From),
                fromTimes = Of(item => item.FromTime),
                untils = Of(item => item.Until),
                untilTimes = Of(item => item.UntilTime),
                openedBy = Of(item => item.OpenedBy),
                closedBy = Of(item => item.ClosedBy),
                rests = Rest(pause => pause.From),
                resumes = Rest(pause => pause.Until),
                modes = Rest(pause => Words.Of(pause.Mode)),
                versions = Rest(pause => pause.Version),
            }, cancellationToken: cancel));
    }
}
