using Dapper;
using Npgsql;
using Tieout.Domain;
using Tieout.Domain.Invoicing;
using Tieout.Domain.Subscriptions;

namespace Tieout.Application.Invoicing;

/// <summary>
/// What a part looks at from the day billing began, not only at what fell due since: what was amended or had usage that came
/// late, and accounts whose charges hang on one another (minimums, prepaid credit, an amount off everything of a day).
/// </summary>
internal sealed class LookedAtWhole
{
    private readonly HashSet<Guid> _subscriptions;
    private readonly HashSet<Guid> _accounts;
    private readonly Dictionary<Guid, DateOnly> _used;
    private readonly IReadOnlyList<Guid> _withMinimum;
    private readonly BillingWindow _window;

    private LookedAtWhole(
        IReadOnlyList<TouchedRow> amended, IReadOnlyList<TouchedRow> used, IEnumerable<Guid> accounts, IEnumerable<Guid> withMinimum, BillingWindow window,
        DateOnly? billedAhead)
    {
        (Amended, Used, _withMinimum, _window, BilledAhead) = (amended, used, [.. withMinimum], window, billedAhead);
        _subscriptions = [.. amended.Select(row => row.SubscriptionId), .. _withMinimum];
        _accounts = [.. accounts];
        _used = used.Where(row => row.From < window.BilledThrough).ToDictionary(row => row.SubscriptionId, row => row.From);
        Subscriptions = [.. _subscriptions, .. _used.Keys];
        Accounts = [.. _accounts];
    }

    /// <summary>
    /// Subscriptions all of whose components are read: those that were amended or added since they were last billed, those of
    /// plans with a minimum, and those whose usage may have changed on days that are billed.
    /// </summary>
    public Guid[] Subscriptions { get; }

    /// <summary>Accounts with prepaid credit, a minimum, or a discount of an amount that is spread over all that one billing period costs.</summary>
    public Guid[] Accounts { get; }

    /// <summary>Marks of amendments that were read; whoever bills takes them away.</summary>
    public IReadOnlyList<TouchedRow> Amended { get; }

    /// <summary>Marks of usage that were read.</summary>
    public IReadOnlyList<TouchedRow> Used { get; }

    /// <summary>The furthest day through which drafts made final billed an account by itself; null when runs billed them all.</summary>
    public DateOnly? BilledAhead { get; }

    /// <summary>Whether there is anything at all.</summary>
    public bool Any => _subscriptions.Count + _accounts.Count > 0;

    /// <summary>The first day before the last billed one on which a subscription's usage changed; null when there is none.</summary>
    public DateOnly? UsedFrom(SubscriptionId subscription) => _used.TryGetValue(subscription.Value, out var day) ? day : null;

    /// <summary>With other subscriptions besides; they leave no marks to take away.</summary>
    public LookedAtWhole With(IReadOnlyCollection<Guid> subscriptions) => subscriptions.Count == 0
        ? this
        : new LookedAtWhole(
            [.. Amended, .. subscriptions.Select(id => new TouchedRow(Guid.Empty, id, DateOnly.MinValue, null))], Used, Accounts, _withMinimum, _window,
            BilledAhead);

    public bool Has(Guid subscription) => _subscriptions.Contains(subscription);

    public bool Has(BillingAccountId account) => _accounts.Contains(account.Value);

    /// <summary>
    /// Reads the marks of the accounts of a part. Accounts of other legal entities lie between them: their marks are for the parts
    /// that bill them.
    /// </summary>
    /// <param name="everything">What stands is not what the window showed: every account of the part is looked at whole.</param>
    public static async Task<LookedAtWhole> Load(
        NpgsqlConnection connection, Guid entity, Guid first, Guid last, BillingWindow window, bool everything, CancellationToken cancel)
    {
        await using var results = await connection.QueryMultipleAsync(new CommandDefinition(
            """
            select mark.id, mark.subscription_id, mark.from_date as "from", mark.day
            from subscriptions.touched mark join customers.billing_account account on account.id = mark.billing_account_id
            where mark.billing_account_id between @first and @last and account.legal_entity_id = @entity;
            select mark.id, mark.subscription_id, mark.from_day as "from", null::date as day
            from usage.touched mark join customers.billing_account account on account.id = mark.billing_account_id
            where mark.billing_account_id between @first and @last and account.legal_entity_id = @entity;
            select billing_account_id from credits.grant where billing_account_id between @first and @last
            union select id from customers.billing_account where id between @first and @last and (monthly_minimum > 0 or @everything)
            union select billing_account_id from customers.account_minimum where billing_account_id between @first and @last
            union select given.billing_account_id from subscriptions.applied_discount given join catalog.discount on discount.id = given.discount_id
            where given.billing_account_id between @first and @last and given.withdrawn_at is null
              and discount.kind = 'amount' and discount.scope in ('account', 'subscription');
            select exists (select from catalog.plan_version where minimums <> '{}') as minimums,
                   (select max(billed_through) from customers.billing_account where id between @first and @last and legal_entity_id = @entity) as ahead;
            """, new { entity, first, last, everything }, cancellationToken: cancel));
        var amended = (await results.ReadAsync<TouchedRow>()).AsList();
        var used = (await results.ReadAsync<TouchedRow>()).AsList();
        var accounts = (await results.ReadAsync<Guid>()).AsList();
        var (minimums, ahead) = await results.ReadSingleAsync<(bool, DateOnly?)>();
        await results.DisposeAsync();
        return new LookedAtWhole(amended, used, accounts, minimums ? await WithMinimum(connection, first, last, cancel) : [], window, ahead);
    }

    // A plan that was left counts too: its months had their minimum.
    private static Task<IEnumerable<Guid>> WithMinimum(NpgsqlConnection connection, Guid first, Guid last, CancellationToken cancel) =>
        connection.QueryAsync<Guid>(new CommandDefinition(
            """
            select distinct component.subscription_id
            from catalog.plan_version version
            join catalog.price on price.plan_id = version.plan_id and price.version = version.version
            join subscriptions.component on component.price_id = price.id
            where version.minimums <> '{}' and component.billing_account_id between @first and @last
            """, new { first, last }, cancellationToken: cancel));

    /// <summary>
    /// Takes the marks away that were read, in the transaction that books what came of them. In the order in which the summaries
    /// lock them, so that neither waits for the other in a circle.
    /// </summary>
    /// <param name="waits">What could not be booked, or came to nothing: it is looked at again whatever day the next run is about.</param>
    public async Task Settle(NpgsqlConnection connection, IReadOnlyList<AccountDecision> waits, DateTimeOffset now, CancellationToken cancel)
    {
        // Of a later day: whoever bills only up to an earlier one cannot know what came of it.
        bool Settled(TouchedRow row) => row.Day is not { } day || day <= _window.Last;
        var rows = waits.SelectMany(item => item.Account.Subscriptions, (item, one) => (Account: item.Account.Account.Id.Value, one.Subscription)).ToList();
        var waiting = rows.Select(row => row.Subscription.Id.Value).ToHashSet();
        if (rows.Count > 0) await LookAgain(connection, rows, _window.Last, now, cancel);
        Guid[] Ids(IReadOnlyList<TouchedRow> rows) => [.. rows.Where(row => Settled(row) && !waiting.Contains(row.SubscriptionId)).Select(row => row.Id)];
        var (amended, used) = (Ids(Amended), Ids(Used));
        if (amended.Length > 0)
            await connection.ExecuteAsync(new CommandDefinition(
                """
                delete from subscriptions.touched where id in (
                  select id from subscriptions.touched where id = any(@amended) order by billing_account_id, subscription_id for update)
                """, new { amended }, cancellationToken: cancel));
        if (used.Length > 0)
            await connection.ExecuteAsync(new CommandDefinition(
                """
                delete from usage.touched where id in (
                  select id from usage.touched where id = any(@used) order by billing_account_id, subscription_id for update)
                """, new { used }, cancellationToken: cancel));
    }

    private static Task LookAgain(
        NpgsqlConnection connection, List<(Guid Account, Subscription Subscription)> rows, DateOnly day, DateTimeOffset now, CancellationToken cancel) =>
        connection.ExecuteAsync(new CommandDefinition(
            """
            insert into subscriptions.touched (id, billing_account_id, subscription_id, from_date, reason, day, at)
            select gen_random_uuid(), account, subscription, start, 'not billed yet', @day, @now
            from unnest(@accounts, @subscriptions, @starts) as waits (account, subscription, start)
            where not exists (
              select from subscriptions.touched other
              where other.billing_account_id = account and other.subscription_id = subscription and other.day >= @day)
            """,
            new
            {
                accounts = rows.ConvertAll(row => row.Account).ToArray(),
                subscriptions = rows.ConvertAll(row => row.Subscription.Id.Value).ToArray(),
                starts = rows.ConvertAll(row => row.Subscription.Start).ToArray(),
                day,
                now,
            }, cancellationToken: cancel));

    /// <summary>A mark that was read.</summary>
    /// <param name="Day">Through this day it was to be billed and was not; null for a mark of something that happened.</param>
    internal sealed record TouchedRow(Guid Id, Guid SubscriptionId, DateOnly From, DateOnly? Day);
}
