using Dapper;
using Npgsql;
using Tieout.Application.Catalog;
using Tieout.Domain;
using Tieout.Domain.Catalog;
using Tieout.Domain.Invoicing;
using Tieout.Domain.Rating;
using Tieout.Domain.Subscriptions;

namespace Tieout.Application.Invoicing;

/// <summary>Reads what few accounts have: pauses, discounts, charges beside the subscription, prepaid credit.</summary>
internal static class SubscriptionExtras
{
    public static async Task AddTo(NpgsqlConnection connection, List<BillableAccount> accounts, Guid first, Guid last, CancellationToken cancel)
    {
        await using var results = await connection.QueryMultipleAsync(new CommandDefinition(
            """
            select billing_account_id as account, subscription_id, from_date, until_date, mode, version
            from subscriptions.pause where billing_account_id between @first and @last order by billing_account_id, subscription_id, from_date;

            select given.billing_account_id as account, given.subscription_id, given.component, given.from_date, given.until_date, discount.code,
                   customer.level
            from subscriptions.applied_discount given
            join catalog.discount on discount.id = given.discount_id
            join customers.billing_account on billing_account.id = given.billing_account_id
            join customers.customer on customer.id = billing_account.customer_id
            where given.billing_account_id between @first and @last and given.withdrawn_at is null
            order by given.billing_account_id, discount.code, given.id;

            select account.id as account, level.from_date, level.level
            from customers.customer_level level join customers.billing_account account on account.customer_id = level.customer_id
            where account.id between @first and @last order by account.id, level.from_date;

            select billing_account_id as account, from_date, amount from customers.account_minimum
            where billing_account_id between @first and @last order by billing_account_id, from_date;

            select billing_account_id as account, id, coalesce(subscription_id, '00000000-0000-0000-0000-000000000000') as subscription_id,
                   correlation_id, charge_on, quantity, unit_price, recognition, tax_category, description
            from invoicing.one_off_charge
            where billing_account_id between @first and @last and withdrawn_at is null order by billing_account_id, charge_on, id;

            select billing_account_id as account, subscription_id, component, part_start, grant_id, sum(amount) as amount, max(revision) as revision
            from credits.draw where billing_account_id between @first and @last
            group by billing_account_id, subscription_id, component, part_start, grant_id;
            """, new { first, last }, cancellationToken: cancel));
        var pauses = (await results.ReadAsync<PauseRow>()).ToLookup(row => row.Account);
        var discounts = (await results.ReadAsync<DiscountRow>()).ToLookup(row => row.Account);
        var levels = (await results.ReadAsync<LevelRow>()).ToLookup(row => row.Account);
        var minimums = (await results.ReadAsync<MinimumRow>()).ToLookup(row => row.Account);
        var charges = (await results.ReadAsync<ChargeRow>()).ToLookup(row => row.Account);
        var draws = (await results.ReadAsync<DrawRow>()).ToLookup(row => row.Account);
        if (pauses.Count + discounts.Count + charges.Count > 0) await Add(connection, accounts, pauses, discounts, levels, charges, cancel);
        if (minimums.Count > 0)
            foreach (var account in accounts)
                account.MinimumSteps.AddRange(minimums[account.Account.Id.Value].Select(row => new MinimumStep(row.FromDate, row.Amount)));
        await AddGrants(connection, accounts, draws, first, last, cancel);
    }

    private static async Task Add(
        NpgsqlConnection connection, List<BillableAccount> accounts, ILookup<Guid, PauseRow> pauses, ILookup<Guid, DiscountRow> discounts,
        ILookup<Guid, LevelRow> levels, ILookup<Guid, ChargeRow> charges, CancellationToken cancel)
    {
        var catalogue = (await DiscountBook.Load(connection, cancel)).ToDictionary(discount => discount.Code, StringComparer.Ordinal);
        foreach (var account in accounts)
        {
            var id = account.Account.Id.Value;
            foreach (var group in pauses[id].GroupBy(row => row.SubscriptionId)) AddPauses(account, group);
            account.Discounts.AddRange(discounts[id].SelectMany(row => new GrantedDiscount(
                catalogue[row.Code], catalogue[row.Code].ValueFor(row.Level), row.SubscriptionId is { } one ? new SubscriptionId(one) : null,
                row.Component, row.FromDate, row.UntilDate).ByLevels([.. levels[id].Select(level => (level.FromDate, level.Level))])));
            account.OneOffs.AddRange(charges[id].Select(row => new OneOffCharge(
                row.Id, new SubscriptionId(row.SubscriptionId), new CorrelationId(row.CorrelationId), row.ChargeOn, row.Quantity, row.UnitPrice,
                Words.Parse<Recognition>(row.Recognition), row.TaxCategory, row.Description)));
        }
    }

    private static void AddPauses(BillableAccount account, IGrouping<Guid, PauseRow> rows)
    {
        var index = account.Subscriptions.FindIndex(item => item.Subscription.Id.Value == rows.Key);
        if (index < 0) return;
        var subscription = account.Subscriptions[index];
        account.Subscriptions[index] = subscription with
        {
            Subscription = subscription.Subscription with
            {
                Pauses = [.. rows.Select(row => new Pause(row.FromDate, row.UntilDate, Words.Parse<PauseMode>(row.Mode), row.Version))],
            },
        };
    }

    // Accounts with credit are looked at whole: every draw is computed anew, so the grants begin full.
    private static async Task AddGrants(
        NpgsqlConnection connection, List<BillableAccount> accounts, ILookup<Guid, DrawRow> draws, Guid first, Guid last, CancellationToken cancel)
    {
        var grants = (await connection.QueryAsync<GrantRow>(new CommandDefinition(
            """
            select billing_account_id as account, id, credit, name, amount, currency, priority, granted_on, expires_on, rollover_fraction, rollover_most,
                   rollover_again, rolled_from
            from credits.grant where billing_account_id between @first and @last order by billing_account_id, id
            """, new { first, last }, cancellationToken: cancel))).ToLookup(row => row.Account);
        if (grants.Count == 0) return;
        var withdrawn = await Withdrawn(connection, first, last, cancel);
        foreach (var account in accounts)
        {
            account.Grants.AddRange(grants[account.Account.Id.Value].Select(row => row.Grant() with { Withdrawn = withdrawn.Contains(row.Id) }));
            account.Draws.AddRange(draws[account.Account.Id.Value].Select(row => new BookedDraw(
                new LineKey(new SubscriptionId(row.SubscriptionId), row.Component, row.PartStart), new CreditGrantId(row.GrantId), row.Amount, row.Revision)));
        }
    }

    // Grants whose sale was taken back, and those that carry on their rest.
    private static async Task<HashSet<Guid>> Withdrawn(NpgsqlConnection connection, Guid first, Guid last, CancellationToken cancel) =>
        [
            .. await connection.QueryAsync<Guid>(new CommandDefinition(
                """
                with recursive withdrawn as (
                  select sold.billing_account_id, sold.grant_id
                  from credits.purchase sold
                  join invoicing.one_off_charge charge on charge.billing_account_id = sold.billing_account_id and charge.id = sold.charge_id
                  where sold.billing_account_id between @first and @last and charge.withdrawn_at is not null
                  union all
                  select next.billing_account_id, next.id
                  from withdrawn
                  join credits.grant next on next.billing_account_id = withdrawn.billing_account_id and next.rolled_from = withdrawn.grant_id)
                select grant_id from withdrawn
                """, new { first, last }, cancellationToken: cancel)),
        ];

    private sealed record PauseRow(Guid Account, Guid SubscriptionId, DateOnly FromDate, DateOnly? UntilDate, string Mode, int Version);

    private sealed record DiscountRow(
        Guid Account, Guid? SubscriptionId, string? Component, DateOnly FromDate, DateOnly? UntilDate, string Code, string Level);

    private sealed record LevelRow(Guid Account, DateOnly FromDate, string Level);

    private sealed record MinimumRow(Guid Account, DateOnly FromDate, decimal Amount);

    private sealed record ChargeRow(
        Guid Account, Guid Id, Guid SubscriptionId, Guid CorrelationId, DateOnly ChargeOn, decimal Quantity, decimal UnitPrice, string Recognition,
        string TaxCategory, string Description);

    private sealed record DrawRow(Guid Account, Guid SubscriptionId, string Component, DateOnly PartStart, Guid GrantId, decimal Amount, int Revision);

    private sealed record GrantRow(
        Guid Account, Guid Id, string Credit, string Name, decimal Amount, string? Currency, int Priority, DateOnly GrantedOn, DateOnly? ExpiresOn,
        decimal? RolloverFraction, decimal? RolloverMost, bool RolloverAgain, Guid? RolledFrom)
    {
        public CreditGrant Grant() => new(new CreditGrantId(Id), Credit, Amount)
        {
            Currency = Currency is null ? null : Domain.Currency.Of(Currency),
            Name = Name,
            Priority = Priority,
            GrantedOn = GrantedOn,
            ExpiresOn = ExpiresOn,
            Rollover = RolloverFraction is { } fraction ? new Rollover(fraction, RolloverMost) { Again = RolloverAgain } : null,
            RolledFrom = RolledFrom is { } old ? new CreditGrantId(old) : null,
        };
    }
}
