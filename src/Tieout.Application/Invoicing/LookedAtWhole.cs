using Dapper;
using Npgsql;
using Tieout.Domain;

namespace Tieout.Application.Invoicing;

/// <summary>
/// What a part looks at from the day billing began, not only at what fell due since: what was amended or had usage that came
/// late, and accounts whose charges hang on one another (minimums, prepaid credit, an amount taken off all charges of a day).
/// </summary>
internal sealed class LookedAtWhole
{
    private readonly HashSet<Guid> _subscriptions;
    private readonly HashSet<Guid> _accounts;

    private LookedAtWhole(IReadOnlyList<TouchedRow> amended, IReadOnlyList<TouchedRow> used, IEnumerable<Guid> accounts, IEnumerable<Guid> plans)
    {
        (Amended, Used) = (amended, used);
        _subscriptions = [.. amended.Select(row => row.SubscriptionId)];
        _accounts = [.. accounts];
        Subscriptions = [.. _subscriptions];
        Accounts = [.. _accounts];
        Plans = [.. plans];
    }

    /// <summary>Subscriptions that were amended or added since they were last billed.</summary>
    public Guid[] Subscriptions { get; }

    /// <summary>Accounts with prepaid credit, a minimum, or a discount of an amount on the whole account.</summary>
    public Guid[] Accounts { get; }

    /// <summary>Plans with a minimum.</summary>
    public Guid[] Plans { get; }

    /// <summary>Marks of amendments that were read; whoever bills takes them away.</summary>
    public IReadOnlyList<TouchedRow> Amended { get; }

    /// <summary>Marks of usage that were read.</summary>
    public IReadOnlyList<TouchedRow> Used { get; }

    /// <summary>Whether there is anything at all.</summary>
    public bool Any => _subscriptions.Count + _accounts.Count > 0;

    /// <summary>With other subscriptions besides; they leave no marks to take away.</summary>
    public LookedAtWhole With(IReadOnlyCollection<Guid> subscriptions) => subscriptions.Count == 0 ? this
        : new LookedAtWhole([.. Amended, .. subscriptions.Select(id => new TouchedRow(Guid.Empty, id, DateOnly.MinValue))], Used, Accounts, Plans);

    public bool Has(Guid subscription) => _subscriptions.Contains(subscription);

    public bool Has(BillingAccountId account) => _accounts.Contains(account.Value);

    public static async Task<LookedAtWhole> Load(NpgsqlConnection connection, Guid first, Guid last, CancellationToken cancel)
    {
        await using var results = await connection.QueryMultipleAsync(new CommandDefinition(
            """
            select id, subscription_id, from_date as "from" from subscriptions.touched where billing_account_id between @first and @last;
            select id, subscription_id, from_day as "from" from usage.touched where billing_account_id between @first and @last;
            select distinct billing_account_id from credits.grant where billing_account_id between @first and @last
            union select id from customers.billing_account where id between @first and @last and monthly_minimum > 0
            union select given.billing_account_id from subscriptions.applied_discount given join catalog.discount on discount.id = given.discount_id
              where given.billing_account_id between @first and @last and discount.kind = 'amount' and discount.scope = 'account';
            select distinct plan_id from catalog.plan_version where minimums <> '{}';
            """, new { first, last }, cancellationToken: cancel));
        return new LookedAtWhole(
            (await results.ReadAsync<TouchedRow>()).AsList(), (await results.ReadAsync<TouchedRow>()).AsList(),
            await results.ReadAsync<Guid>(), await results.ReadAsync<Guid>());
    }

    /// <summary>
    /// Takes the marks away that were read, in the transaction that books what came of them. In the order in which the summaries
    /// lock them, so that neither waits for the other in a circle.
    /// </summary>
    public async Task Settle(NpgsqlConnection connection, IReadOnlySet<Guid> waiting, CancellationToken cancel)
    {
        Guid[] Ids(IReadOnlyList<TouchedRow> rows) => [.. rows.Where(row => !waiting.Contains(row.SubscriptionId)).Select(row => row.Id)];
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

    internal sealed record TouchedRow(Guid Id, Guid SubscriptionId, DateOnly From);
}
