using Dapper;
using Npgsql;
using Tieout.Domain;
using Tieout.Domain.Rating;

namespace Tieout.Application.Credits;

/// <summary>What remains of the grants of billing accounts.</summary>
public static class OpenGrants
{
    /// <summary>
    /// Grants that are not used up, by billing account. <paramref name="except"/> is a part whose own draws are to be decided anew:
    /// what they took counts as still there.
    /// </summary>
    public static async Task<ILookup<BillingAccountId, CreditGrant>> Load(
        NpgsqlConnection connection, IReadOnlyCollection<Guid> accounts, PartOfDraws? except, CancellationToken cancel)
    {
        var rows = await connection.QueryAsync<Row>(new CommandDefinition(
            """
            select g.id, g.billing_account_id, g.credit, g.name, g.amount - coalesce(d.drawn, 0) - coalesce(next.amount, 0) as remaining, g.currency,
                   g.priority, g.granted_on, g.expires_on, g.rollover_fraction, g.rollover_most, g.rollover_again, g.rolled_from
            from credits.grant g
            left join lateral (
              select sum(draw.amount) as drawn from credits.draw draw
              where draw.billing_account_id = g.billing_account_id and draw.grant_id = g.id
                and (draw.subscription_id, draw.component, draw.part_start) is distinct from (@Subscription::uuid, @Component::text, @PartStart::date)) d on true
            left join credits.grant next on next.billing_account_id = g.billing_account_id and next.rolled_from = g.id
            where g.billing_account_id = any(@accounts) and g.amount > coalesce(d.drawn, 0) + coalesce(next.amount, 0)
            """,
            new { accounts = accounts.ToArray(), except?.Subscription, except?.Component, except?.PartStart }, cancellationToken: cancel));
        return rows.ToLookup(row => new BillingAccountId(row.BillingAccountId), row => row.ToGrant());
    }

    private sealed record Row(
        Guid Id, Guid BillingAccountId, string Credit, string Name, decimal Remaining, string? Currency, int Priority, DateOnly GrantedOn,
        DateOnly? ExpiresOn, decimal? RolloverFraction, decimal? RolloverMost, bool RolloverAgain, Guid? RolledFrom)
    {
        public CreditGrant ToGrant() => new(new CreditGrantId(Id), Credit, Remaining)
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

/// <summary>The part of a subscription's period that draws were made for.</summary>
public sealed record PartOfDraws(Guid Subscription, string Component, DateOnly PartStart);
