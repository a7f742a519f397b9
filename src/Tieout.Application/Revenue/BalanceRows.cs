using Dapper;
using Npgsql;
using Tieout.Domain;

namespace Tieout.Application.Revenue;

/// <summary>What one key of a page of balances has, before it is told.</summary>
/// <param name="Key">By which its stretch is ordered.</param>
/// <param name="Recognised">Booked by the end of the last month that had ended.</param>
/// <param name="Unbilled">Of it unbilled receivable.</param>
/// <param name="Asset">Of it contract asset.</param>
internal sealed record FoundBalance(
    BalanceKind Kind, string Key, string Code, string BillingAccount, string Currency, decimal Invoiced, decimal Credited, decimal Recognised, decimal Unbilled,
    decimal Asset)
{
    public BalanceRow Told() => new(Kind, Code, BillingAccount, Figures());

    /// <summary>Nothing was ever invoiced or earned of it by that day.</summary>
    public bool IsNothing => Invoiced == 0m && Credited == 0m && Recognised == 0m && Unbilled == 0m && Asset == 0m;

    /// <summary>With those of another one of the same currency.</summary>
    public FoundBalance And(FoundBalance other, int sign = 1) => this with
    {
        Invoiced = Invoiced + (sign * other.Invoiced),
        Credited = Credited + (sign * other.Credited),
        Recognised = Recognised + (sign * other.Recognised),
        Unbilled = Unbilled + (sign * other.Unbilled),
        Asset = Asset + (sign * other.Asset),
    };

    public BalanceFigures Figures()
    {
        var currency = Domain.Currency.Of(Currency);
        Money Of(decimal amount) => new(amount, currency);
        return new BalanceFigures(
            Of(Invoiced), Of(Credited), Of(Recognised), Of(Invoiced - Credited - Recognised + Unbilled + Asset), Of(Unbilled), Of(Asset));
    }
}

/// <summary>
/// Finds rows of balances some at a time: each stretch is read in the order of an index of its keys, and only what belongs to the keys of the page is
/// added up.
/// </summary>
internal sealed class BalanceRows(NpgsqlConnection connection, Guid entity, DateOnly on)
{
    // A charge without a subscription has this one.
    private const string None = "'00000000-0000-0000-0000-000000000000'::uuid";

    // Lines of documents of a key, with what of them is earned: all of it, and what was before their document came. A key without any has zeros.
    private const string Lines =
        """
        select page.key, page.code, page.billing_account, page.currency,
               coalesce(sum(l.amount) filter (where i.kind = 'invoice' and i.issue_date <= @on), 0) as invoiced,
               coalesce(-sum(l.amount) filter (where i.kind = 'credit-memo' and i.issue_date <= @on), 0) as credited,
               coalesce(sum(gone.amount), 0) as recognised,
               coalesce(sum(gone.amount) filter (where i.month > @ended and page.currency = any(@moved)), 0) as unbilled, 0::numeric as asset
        from page
        left join lateral (
          select l.billing_account_id, l.invoice_id, l.line_no, l.amount from invoicing.invoice_line l where l.recognition = 'deferred' and {0}) l on true
        left join invoicing.invoice i on i.id = l.invoice_id and i.billing_account_id = l.billing_account_id
        left join lateral (
          select sum(sl.amount) as amount
          from revenue.schedule s
          join revenue.batch_month m on m.batch = s.batch
          join revenue.release r on r.batch = m.batch and r.month = m.month
          join revenue.booking k on k.id = r.booking and k.month <= @ended
          join revenue.schedule_line sl on sl.batch = m.batch and sl.month = m.month and sl.no = s.no
          where s.invoice_id = l.invoice_id and s.line_no = l.line_no) gone on true
        group by page.key, page.code, page.billing_account, page.currency
        """;

    private const string Uncovered =
        "not exists (select from revenue.contract_subscription covered where covered.subscription_id = l.subscription_id)";

    private const string Subscriptions =
        $"""
        select s.code as key, s.code, a.code as billing_account, a.currency, s.id, s.billing_account_id
        from subscriptions.subscription s
        join customers.billing_account a on a.id = s.billing_account_id and a.legal_entity_id = @entity
        where s.tenant = 1 and s.code > @after
          and not exists (select from revenue.contract_subscription covered where covered.subscription_id = s.id)
          and exists (
            select from invoicing.invoice_line l where l.billing_account_id = s.billing_account_id and l.subscription_id = s.id and l.recognition = 'deferred')
        order by s.code limit @limit
        """;

    private const string Accounts =
        """
        select a.code as key, a.code, a.code as billing_account, a.currency, a.id as billing_account_id
        from customers.billing_account a
        where a.tenant = 1 and a.legal_entity_id = @entity and a.code > @after
          and exists (select from invoicing.invoice_line l where l.billing_account_id = a.id and l.recognition = 'deferred' and {0})
        order by a.code limit @limit
        """;

    private const string Documents =
        $$"""
        select to_char(i.month, 'YYYY-MM-DD') || '/' || i.id as key, i.number as code, a.code as billing_account, i.currency, i.id, i.billing_account_id, i.month
        from invoicing.invoice i
        join customers.billing_account a on a.id = i.billing_account_id
        where i.legal_entity_id = @entity and (i.month, i.id) > (@month, @id)
          and exists (
            select from invoicing.invoice_line l
            where l.billing_account_id = i.billing_account_id and l.month = i.month and l.invoice_id = i.id and l.recognition = 'deferred' and {{Uncovered}})
          and (i.issue_date <= @on or exists (
            select from revenue.schedule s join revenue.release r on r.batch = s.batch join revenue.booking k on k.id = r.booking and k.month <= @ended
            where s.invoice_id = i.id))
        order by i.month, i.id limit @limit
        """;

    // What was moved off deferred revenue of a contract is kept by contract.
    private const string Contracts =
        """
        with page as ({0})
        select page.code as key, page.code, case when accounts.count = 1 then accounts.code else '' end as billing_account, page.currency,
               coalesce(moved.invoiced, 0) as invoiced, coalesce(moved.credited, 0) as credited, coalesce(gone.amount, 0) as recognised,
               coalesce(kept.unbilled, 0) as unbilled, coalesce(kept.asset, 0) as asset
        from page
        left join lateral (
          select count(distinct a.id) as count, min(a.code) as code
          from revenue.contract_subscription c join customers.billing_account a on a.id = c.billing_account_id where c.contract_id = page.id) accounts on true
        left join lateral (
          select sum(l.amount) filter (where i.kind = 'invoice') as invoiced, -sum(l.amount) filter (where i.kind = 'credit-memo') as credited
          from revenue.contract_subscription c
          join invoicing.invoice_line l on l.billing_account_id = c.billing_account_id and l.subscription_id = c.subscription_id and l.recognition = 'deferred'
          join invoicing.invoice i on i.id = l.invoice_id and i.billing_account_id = l.billing_account_id and i.issue_date <= @on
          where c.contract_id = page.id) moved on true
        left join lateral (
          select sum(l.amount) as amount
          from revenue.schedule s
          join revenue.release r on r.batch = s.batch
          join revenue.booking k on k.id = r.booking and k.month <= @ended
          join revenue.schedule_line l on l.batch = r.batch and l.month = r.month and l.no = s.no
          where s.contract_id = page.id and s.invoice_id is null) gone on true
        left join lateral (
          select sum(l.amount) filter (where l.account = 'unbilled-receivable') as unbilled, sum(l.amount) filter (where l.account = 'contract-asset') as asset
          from revenue.unbilled_line l join revenue.unbilled u on u.id = l.unbilled and u.month <= @ended
          where l.contract_id = page.id) kept on true
        """;

    private readonly DateOnly _ended = Ended(on);

    /// <summary>First day of the last month that has ended by a day.</summary>
    public static DateOnly Ended(DateOnly on)
    {
        var month = AccountingMonth.Of(on);
        return month.Period.End.AddDays(-1) == on ? month.FirstDay : month.FirstDay.AddMonths(-1);
    }

    /// <summary>The stretches that balances by something have, one after the other.</summary>
    public static IReadOnlyList<BalanceKind> Stretches(BalanceBy by) => by switch
    {
        BalanceBy.Subscription => [BalanceKind.Subscription, BalanceKind.BillingAccount, BalanceKind.Contract],
        BalanceBy.BillingAccount => [BalanceKind.BillingAccount, BalanceKind.Contract],
        BalanceBy.Document => [BalanceKind.Document, BalanceKind.Contract],
        BalanceBy.Contract => [BalanceKind.Contract, BalanceKind.NoContract],
        _ => throw new ArgumentOutOfRangeException(nameof(by), by, "Nothing is told by it."),
    };

    /// <summary>Rows of a stretch behind a key, in its order.</summary>
    /// <param name="moved">Currencies of which a run moves what was earned of later documents to unbilled receivables.</param>
    public Task<List<FoundBalance>> Find(BalanceBy by, BalanceKind kind, string after, int limit, string[] moved, CancellationToken cancel) => kind switch
    {
        BalanceKind.Subscription => OfLines(
            kind, Subscriptions, "l.billing_account_id = page.billing_account_id and l.subscription_id = page.id", after, limit, moved, cancel),
        BalanceKind.BillingAccount when by == BalanceBy.Subscription => OfLines(
            kind, Accounts.Replace("{0}", $"l.subscription_id = {None}", StringComparison.Ordinal),
            $"l.billing_account_id = page.billing_account_id and l.subscription_id = {None}", after, limit, moved, cancel),
        BalanceKind.BillingAccount => OfAccounts(after, limit, moved, cancel),
        BalanceKind.Document => OfLines(
            kind, Documents, $"l.billing_account_id = page.billing_account_id and l.month = page.month and l.invoice_id = page.id and {Uncovered}", after, limit,
            moved, cancel),
        BalanceKind.Contract => OfContracts(
            """
            select c.id, c.code, c.currency from revenue.contract c
            where c.tenant = 1 and c.legal_entity_id = @entity and c.code > @after
              and (not @several or 1 < (select count(distinct s.billing_account_id) from revenue.contract_subscription s where s.contract_id = c.id))
            order by c.code limit @limit
            """, new { entity, on, ended = _ended, after, limit, several = by == BalanceBy.BillingAccount }, cancel),
        _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, "No such stretch is read."),
    };

    // A contract that covers one billing account is that one's.
    private async Task<List<FoundBalance>> OfAccounts(string after, int limit, string[] moved, CancellationToken cancel)
    {
        var own = await OfLines(
            BalanceKind.BillingAccount, Accounts.Replace("{0}", "true", StringComparison.Ordinal),
            $"l.billing_account_id = page.billing_account_id and {Uncovered}", after, limit, moved, cancel);
        var codes = own.ConvertAll(row => row.Code).ToArray();
        var contracts = (await OfContracts(
            """
            select c.id, c.code, c.currency from revenue.contract c
            where c.id in (
                select s.contract_id from customers.billing_account a join revenue.contract_subscription s on s.billing_account_id = a.id
                where a.tenant = 1 and a.code = any(@codes))
              and 1 = (select count(distinct s.billing_account_id) from revenue.contract_subscription s where s.contract_id = c.id)
            """, new { on, ended = _ended, codes }, cancel)).ToLookup(row => row.BillingAccount, StringComparer.Ordinal);
        return own.ConvertAll(row => contracts[row.Code].Aggregate(row, (all, one) => all.And(one)));
    }

    /// <summary>All given contracts together, by currency.</summary>
    public async Task<List<FoundBalance>> AllContracts(CancellationToken cancel)
    {
        var all = Contracts.Replace(
            "{0}", "select c.id, c.code, c.currency from revenue.contract c where c.legal_entity_id = @entity", StringComparison.Ordinal);
        var rows = await connection.QueryAsync<Row>(new CommandDefinition(
            $"""
            select '' as key, '' as code, '' as billing_account, currency, sum(invoiced) as invoiced, sum(credited) as credited, sum(recognised) as recognised,
                   sum(unbilled) as unbilled, sum(asset) as asset
            from ({all}) one group by currency
            """, new { entity, on, ended = _ended }, commandTimeout: 600, cancellationToken: cancel));
        return [.. rows.Select(row => row.Told(BalanceKind.Contract))];
    }

    private async Task<List<FoundBalance>> OfLines(
        BalanceKind kind, string page, string lines, string after, int limit, string[] moved, CancellationToken cancel)
    {
        var (month, id) = kind == BalanceKind.Document ? Place(after) : default;
        var rows = await connection.QueryAsync<Row>(new CommandDefinition(
            $"with page as ({page}) {Lines.Replace("{0}", lines, StringComparison.Ordinal)} order by 1, 4",
            new { entity, on, ended = _ended, after, limit, moved, month, id }, commandTimeout: 600, cancellationToken: cancel));
        return [.. rows.Select(row => row.Told(kind))];
    }

    private async Task<List<FoundBalance>> OfContracts(string page, object asked, CancellationToken cancel)
    {
        var rows = await connection.QueryAsync<Row>(new CommandDefinition(
            Contracts.Replace("{0}", page, StringComparison.Ordinal) + " order by 1", asked, commandTimeout: 600, cancellationToken: cancel));
        return [.. rows.Select(row => row.Told(BalanceKind.Contract))];
    }

    private static (DateOnly Month, Guid Id) Place(string after) =>
        after.Length > 11 && DateOnly.TryParse(after.AsSpan(0, 10), System.Globalization.CultureInfo.InvariantCulture, out var month)
            && Guid.TryParse(after.AsSpan(11), out var id) ? (month, id) : (DateOnly.MinValue, Guid.Empty);

    private sealed record Row(
        string Key, string Code, string BillingAccount, string Currency, decimal Invoiced, decimal Credited, decimal Recognised, decimal Unbilled, decimal Asset)
    {
        public FoundBalance Told(BalanceKind kind) =>
            new(kind, Key, Code, BillingAccount, Currency, Invoiced, Credited, Recognised, Unbilled, Asset);
    }
}
