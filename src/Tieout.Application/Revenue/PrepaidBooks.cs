using Dapper;
using Npgsql;
using Tieout.Domain;
using Tieout.Domain.Ledger;
using Tieout.Domain.Revenue;

namespace Tieout.Application.Revenue;

/// <summary>Loads grants of prepaid credit that were sold, a page at a time, with what was paid, used and released of them.</summary>
/// <param name="today">Nothing lapses before its day has come, whatever day was billed for.</param>
internal sealed class PrepaidBooks(NpgsqlConnection connection, DateOnly today)
{
    private const int Page = 1_000;

    private const string Sold =
        """
        select p.billing_account_id as account, p.grant_id as "grant", g.amount as granted, a.currency, e.code as legal_entity, e.currency as books
        from credits.purchase p
        join credits.grant g on g.billing_account_id = p.billing_account_id and g.id = p.grant_id
        join customers.billing_account a on a.id = p.billing_account_id
        join customers.legal_entity e on e.id = a.legal_entity_id
        where (p.billing_account_id, p.grant_id) > (@account, @grant) and (@entity::uuid is null or a.legal_entity_id = @entity)
        order by p.billing_account_id, p.grant_id limit @Page
        """;

    // What a document credited to prepaid credit in the books is shared over its lines in their order, so that they come to it.
    private const string Paid =
        """
        select of.account, of."grant", i.month, l.amount, i.exchange_rate as rate, coalesce(-whole.amount, 0) as whole,
               coalesce(-whole.functional, 0) as functional, i.books_currency is not null as abroad,
               (select coalesce(sum(o.amount), 0) from invoicing.invoice_line o
                where o.billing_account_id = l.billing_account_id and o.month = l.month and o.invoice_id = l.invoice_id and o.recognition = 'prepaid'
                  and o.line_no < l.line_no) as before
        from unnest(@accounts, @grants) as of (account, "grant")
        join credits.purchase p on p.billing_account_id = of.account and p.grant_id = of."grant"
        join invoicing.one_off_charge c on c.billing_account_id = p.billing_account_id and c.id = p.charge_id
        join invoicing.invoice_line l on l.billing_account_id = p.billing_account_id and l.component = 'one-off' and l.part_start = c.charge_on
          and l.subscription_id = coalesce(c.subscription_id, '00000000-0000-0000-0000-000000000000') and l.detail = replace(c.id::text, '-', '')
        join invoicing.invoice i on i.id = l.invoice_id and i.billing_account_id = l.billing_account_id
        left join lateral (
          select sum(line.amount) as amount, sum(line.functional) as functional
          from ledger.journal_entry e join ledger.journal_line line on line.entry_id = e.id and line.account = 'prepaid-credit'
          where i.books_currency is not null and e.source_id = i.id and e.source_kind = i.kind and e.billing_account_id = i.billing_account_id) whole on true
        order by of.account, of."grant", l.revision
        """;

    // The rest of a grant that expired is lost once billing has gone through that day and its rule has been followed. A draw is of the month of
    // its last day, and so is what corrects it.
    private const string Used =
        """
        with recursive chain as (
          select of.account, of."grant", g.id, g.amount, g.expires_on, g.rollover_fraction is not null as rolls
          from unnest(@accounts, @grants) as of (account, "grant")
          join credits.grant g on g.billing_account_id = of.account and g.id = of."grant"
          union all
          select chain.account, chain."grant", g.id, g.amount, g.expires_on, g.rollover_fraction is not null
          from chain join credits.grant g on g.billing_account_id = chain.account and g.rolled_from = chain.id),
        drawn as (
          select chain.account, chain."grant", chain.id, d.subscription_id, d.component, d.part_start, sum(d.amount) as credit, max(d.drawn_on) as "on"
          from chain join credits.draw d on d.billing_account_id = chain.account and d.grant_id = chain.id
          group by chain.account, chain."grant", chain.id, d.subscription_id, d.component, d.part_start having sum(d.amount) <> 0)
        select account, "grant", date_trunc('month', "on")::date as month, 'drawn' as use, subscription_id as subscription, component, sum(credit) as credit
        from drawn group by account, "grant", date_trunc('month', "on"), subscription_id, component
        union all
        select chain.account, chain."grant", date_trunc('month', chain.expires_on)::date, 'lapsed', null, '',
               sum(chain.amount - coalesce(own.credit, 0) - coalesce(next.amount, 0))
        from chain
        join credits.purchase p on p.billing_account_id = chain.account and p.grant_id = chain."grant"
        join invoicing.one_off_charge c on c.billing_account_id = p.billing_account_id and c.id = p.charge_id and c.withdrawn_at is null
        join customers.billing_account a on a.id = chain.account
        join customers.legal_entity e on e.id = a.legal_entity_id
        left join credits.grant next on next.billing_account_id = chain.account and next.rolled_from = chain.id
        left join lateral (select sum(drawn.credit) as credit from drawn where drawn.account = chain.account and drawn.id = chain.id) own on true
        where chain.expires_on <= @today and chain.expires_on <= greatest(e.billed_through, a.billed_through) and (not chain.rolls or next.id is not null)
        group by chain.account, chain."grant", date_trunc('month', chain.expires_on)
        having sum(chain.amount - coalesce(own.credit, 0) - coalesce(next.amount, 0)) > 0
        """;

    private const string Released =
        """
        select l.billing_account_id as account, l.grant_id as "grant", p.month, l.used_in, l.use, l.subscription_id as subscription, l.component,
               sum(l.amount) as amount, sum(coalesce(l.functional, l.amount)) as functional
        from unnest(@accounts, @grants) as of (account, "grant")
        join revenue.prepaid_line l on l.billing_account_id = of.account and l.grant_id = of."grant"
        join revenue.prepaid p on p.id = l.prepaid
        group by l.billing_account_id, l.grant_id, p.month, l.used_in, l.use, l.subscription_id, l.component
        """;

    private const string Exchanged =
        """
        select l.billing_account_id as account, l.grant_id as "grant", x.month, sum(l.functional) as functional
        from unnest(@accounts, @grants) as of (account, "grant")
        join revenue.prepaid_exchange_line l on l.billing_account_id = of.account and l.grant_id = of."grant"
        join revenue.prepaid_exchange x on x.id = l.exchange
        group by l.billing_account_id, l.grant_id, x.month
        """;

    /// <summary>Each with its legal entity's code and currency, by billing account.</summary>
    /// <param name="entity">Of one legal entity; null for all.</param>
    public async IAsyncEnumerable<IReadOnlyList<SoldGrant>> Pages(
        Guid? entity, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancel)
    {
        var (account, grant) = (Guid.Empty, Guid.Empty);
        while (await Rows<SoldRow>(Sold, new { account, grant, entity, Page }, cancel) is { Count: > 0 } sold)
        {
            (account, grant) = (sold[^1].Account, sold[^1].Grant);
            yield return await Load(sold, cancel);
        }
    }

    private async Task<IReadOnlyList<SoldGrant>> Load(List<SoldRow> sold, CancellationToken cancel)
    {
        var of = new { accounts = sold.Select(row => row.Account).ToArray(), grants = sold.Select(row => row.Grant).ToArray(), today };
        var paid = (await Rows<PaidRow>(Paid, of, cancel)).ToLookup(row => (row.Account, row.Grant));
        var used = (await Rows<UsedRow>(Used, of, cancel)).ToLookup(row => (row.Account, row.Grant));
        var released = (await Rows<ReleasedRow>(Released, of, cancel)).ToLookup(row => (row.Account, row.Grant));
        var exchanged = (await Rows<ExchangedRow>(Exchanged, of, cancel)).ToLookup(row => (row.Account, row.Grant));
        return
        [
            .. sold.Select(row => new SoldGrant(
                row.LegalEntity, Currency.Of(row.Books),
                new PaidGrant(
                    row.Account, row.Grant, Currency.Of(row.Currency), row.Granted,
                    [.. paid[(row.Account, row.Grant)].Select(one => (AccountingMonth.Of(one.Month), one.InBooks(Currency.Of(row.Books))))],
                    [.. used[(row.Account, row.Grant)].Select(one => new UsedCredit(one.Key(), one.Credit))],
                    [
                        .. released[(row.Account, row.Grant)].Select(one => (
                            AccountingMonth.Of(one.Month), one.Key(), new Carried(one.Amount, one.Functional))),
                    ])
                {
                    Exchanged = [.. exchanged[(row.Account, row.Grant)].Select(one => (AccountingMonth.Of(one.Month), one.Functional))],
                })),
        ];
    }

    private async Task<List<T>> Rows<T>(string sql, object of, CancellationToken cancel) =>
        (await connection.QueryAsync<T>(new CommandDefinition(sql, of, commandTimeout: 600, cancellationToken: cancel))).AsList();

    private sealed record SoldRow(Guid Account, Guid Grant, decimal Granted, string Currency, string LegalEntity, string Books);

    private sealed record PaidRow(
        Guid Account, Guid Grant, DateOnly Month, decimal Amount, decimal? Rate, decimal Whole, decimal Functional, bool Abroad, decimal Before)
    {
        public Carried InBooks(Currency books)
        {
            if (!Abroad) return new Carried(Amount, Amount);
            return new Carried(Amount, new DocumentInBooks(new Carried(Whole, Functional), Rate).Line(Before, Amount, books).Functional);
        }
    }

    private sealed record ExchangedRow(Guid Account, Guid Grant, DateOnly Month, decimal Functional);

    private sealed record UsedRow(Guid Account, Guid Grant, DateOnly Month, string Use, Guid? Subscription, string Component, decimal Credit)
    {
        public PrepaidKey Key() => new(AccountingMonth.Of(Month), Words.Parse<PrepaidUse>(Use), Subscription, Component);
    }

    private sealed record ReleasedRow(
        Guid Account, Guid Grant, DateOnly Month, DateOnly UsedIn, string Use, Guid? Subscription, string Component, decimal Amount, decimal Functional)
    {
        public PrepaidKey Key() => new(AccountingMonth.Of(UsedIn), Words.Parse<PrepaidUse>(Use), Subscription, Component);
    }
}

/// <summary>A grant that was sold, with the legal entity whose books it lies in.</summary>
/// <param name="LegalEntity">Its code.</param>
/// <param name="Books">The currency of its books.</param>
internal sealed record SoldGrant(string LegalEntity, Currency Books, PaidGrant Grant);
