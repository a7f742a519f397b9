using Npgsql;
using Tieout.Application.Database;
using Tieout.Domain;

namespace Tieout.Application.Views;

/// <summary>How a grant stands on a day.</summary>
public enum GrantState
{
    /// <summary>It can be drawn, or will be.</summary>
    Open,

    /// <summary>Nothing is left of it.</summary>
    UsedUp,

    /// <summary>It has expired; what was left is lost, or late charges of its days draw it.</summary>
    Expired,

    /// <summary>It has expired, and what its rule keeps lives on in another grant.</summary>
    RolledOver,

    /// <summary>It has expired; the next billing run rolls over what its rule keeps.</summary>
    RollsOver,

    /// <summary>The charge that it was sold with was withdrawn: nothing of it can be drawn, and what was is given back by the next billing run.</summary>
    Withdrawn,
}

/// <summary>A grant of prepaid credit: granted = drawn + rolled over + lost + left.</summary>
/// <param name="Granted">Units, or money where there is a currency; trailing zeros are cut.</param>
/// <param name="Drawn">By charges, in all revisions.</param>
/// <param name="RolledOver">What lives on in another grant.</param>
/// <param name="Lost">
/// The breakage: what was left when it expired and is not rolled over, or was withdrawn. A late charge of a day before expiry may still draw it.
/// </param>
/// <param name="Left">What can still be drawn, or waits to be rolled over.</param>
/// <param name="RolledFrom">Key of the grant whose rest this one carries on; null when it was granted by itself.</param>
/// <param name="RolledInto">Key of the grant that carries its rest on.</param>
/// <param name="Price">
/// What it was sold for, before tax, in the account's currency: what is invoiced of it lies in the books as prepaid credit. Null for what
/// nobody paid for, what was granted before the books knew prepaid credit, and what carries on the rest of another.
/// </param>
public sealed record GrantRow(
    Guid Id, string Key, string Account, string Credit, string Name, string? Currency, decimal Granted, decimal Drawn, decimal RolledOver, decimal Lost,
    decimal Left, GrantState State, int Priority, DateOnly GrantedOn, DateOnly? ExpiresOn, string? RolledFrom, string? RolledInto,
    DateTimeOffset CreatedAt, Money? Price);

/// <summary>Prepaid credit of an account.</summary>
public sealed record GrantList(IReadOnlyList<GrantRow> Rows);

/// <summary>Reads grants with what became of them.</summary>
public sealed class ReadGrants(NpgsqlDataSource database, TimeProvider clock)
{
    /// <summary>Of an account, by the day they were granted on; null when there is no such account.</summary>
    public async Task<GrantList?> Run(string account, CancellationToken cancel)
    {
        var known = await database.Rows<Guid>("select id from customers.billing_account where tenant = 1 and code = @account", new { account }, cancel);
        return known is [var id] ? new GrantList(await Of(id, cancel)) : null;
    }

    internal async Task<IReadOnlyList<GrantRow>> Of(Guid account, CancellationToken cancel)
    {
        var rows = await database.Rows<Row>(
            """
            with recursive withdrawn as (
              select sold.grant_id from credits.purchase sold
              join invoicing.one_off_charge charge on charge.billing_account_id = sold.billing_account_id and charge.id = sold.charge_id
              where sold.billing_account_id = @account and charge.withdrawn_at is not null
              union all
              select next.id from withdrawn join credits.grant next on next.billing_account_id = @account and next.rolled_from = withdrawn.grant_id)
            select g.id, g.grant_key as key, account.code as account, g.credit, g.name, g.currency, g.amount, coalesce(d.drawn, 0) as drawn,
                   next.amount as rolled, g.rollover_fraction is not null as rolls, g.priority, g.granted_on, g.expires_on,
                   before.grant_key as rolled_from, next.grant_key as rolled_into, g.created_at, sold.price,
                   account.currency as pays, g.id in (select w.grant_id from withdrawn w) as withdrawn
            from credits.grant g
            join customers.billing_account account on account.id = g.billing_account_id
            left join credits.grant before on before.billing_account_id = g.billing_account_id and before.id = g.rolled_from
            left join credits.grant next on next.billing_account_id = g.billing_account_id and next.rolled_from = g.id
            left join credits.purchase sold on sold.billing_account_id = g.billing_account_id and sold.grant_id = g.id
            left join lateral (
              select sum(draw.amount) as drawn from credits.draw draw where draw.billing_account_id = g.billing_account_id and draw.grant_id = g.id) d on true
            where g.billing_account_id = @account
            order by g.granted_on, g.created_at, g.id limit 500
            """, new { account }, cancel);
        var today = DateOnly.FromDateTime(clock.GetUtcNow().UtcDateTime);
        return [.. rows.Select(row => row.Shown(today))];
    }

    private sealed record Row(
        Guid Id, string Key, string Account, string Credit, string Name, string? Currency, decimal Amount, decimal Drawn, decimal? Rolled, bool Rolls,
        int Priority, DateOnly GrantedOn, DateOnly? ExpiresOn, string? RolledFrom, string? RolledInto, DateTimeOffset CreatedAt,
        decimal? Price, string Pays, bool Withdrawn)
    {
        public GrantRow Shown(DateOnly today)
        {
            var rest = Amount - Drawn - (Rolled ?? 0m);
            var state = Withdrawn ? GrantState.Withdrawn
                : Rolled is not null ? GrantState.RolledOver
                : rest == 0m ? GrantState.UsedUp
                : ExpiresOn is not { } end || today < end ? GrantState.Open
                : Rolls ? GrantState.RollsOver
                : GrantState.Expired;
            var lost = state is GrantState.RolledOver or GrantState.Expired or GrantState.Withdrawn ? rest : 0m;
            return new GrantRow(
                Id, Key, Account, Credit, Name, Currency, Canonical.Of(Amount), Canonical.Of(Drawn), Canonical.Of(Rolled ?? 0m), Canonical.Of(lost),
                Canonical.Of(rest - lost), state, Priority, GrantedOn, ExpiresOn, RolledFrom, RolledInto, CreatedAt,
                Price is { } price ? new Money(price, Domain.Currency.Of(Pays)) : null);
        }
    }
}
