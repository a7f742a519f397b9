using Dapper;
using Npgsql;
using Tieout.Domain;
using Tieout.Domain.Ledger;
using Tieout.Domain.Mapping;
using Tieout.Domain.Revenue;

namespace Tieout.Application.Revenue;

/// <summary>Splits what a release of prepaid credit is the sum of into pairs of lines of its entries, inside the caller's transaction.</summary>
/// <param name="prepaid">The release's number.</param>
internal sealed class PrepaidParts(NpgsqlConnection connection, int prepaid)
{
    /// <summary>
    /// Keeps the parts and which line goes into which; answers how many entries they fill. Drawn and lapsed, what goes and what comes back, and
    /// the months of use are always apart, so that no part comes to nothing but for what rates left, and those are in the first entry.
    /// </summary>
    public Task<int> Keep(RevenueSplit split, CancellationToken cancel)
    {
        var byLine = split.Detail == RevenueDetail.ByLine;
        string Told(MappingField field, string expression) => split.Fields.Contains(field) ? expression : "null::text";
        return connection.QuerySingleAsync<int>(new CommandDefinition(
            $"""
            with told as (
              select l.no, l.use, l.used_in, l.amount, l.functional, sign(l.amount) as way,
                     {Told(MappingField.Plan, "coalesce(plan.code, '')")} as plan,
                     {Told(MappingField.Component, "l.component")} as component,
                     {Told(MappingField.Region, "coalesce(customer.region, '')")} as region,
                     {Told(MappingField.Country, "coalesce(customer.country, '')")} as country,
                     {Told(MappingField.Customer, "coalesce(customer.code, '')")} as customer,
                     {Told(MappingField.Account, "account.code")} as account,
                     {(byLine ? "concat_ws(', ', granted.name, sub.code, nullif(l.component, ''))" : "null::text")} as about
              from revenue.prepaid_line l
              join customers.billing_account account on account.id = l.billing_account_id
              join customers.customer on customer.id = account.customer_id
              join credits.grant granted on granted.billing_account_id = l.billing_account_id and granted.id = l.grant_id
              left join subscriptions.subscription sub on sub.billing_account_id = l.billing_account_id and sub.id = l.subscription_id
              left join catalog.plan on plan.id = sub.plan_id
              where l.prepaid = @prepaid),
            numbered as materialized (
              select told.*, (dense_rank() over (
                order by abs(way), used_in, use, way desc, plan, component, region, country, customer, account, about{(byLine ? ", no" : "")}))::int as part
              from told),
            kept as (
              insert into revenue.prepaid_part_line (prepaid, no, part) select @prepaid, no, part from numbered)
            insert into revenue.prepaid_part
              (prepaid, no, use, used_in, plan, component, region, country, customer, account, about, lines, amount, functional, entry_no, line_no)
            select @prepaid, part, use, used_in, plan, component, region, country, customer, account, about, count(*), sum(amount), sum(functional),
                   (part - 1) / @most + 1, (part - 1) % @most * 2 + 1
            from numbered
            group by part, use, used_in, plan, component, region, country, customer, account, about;
            select max(entry_no) from revenue.prepaid_part where prepaid = @prepaid;
            """, new { prepaid, most = RevenueSplit.MostOfEntry }, commandTimeout: 600, cancellationToken: cancel));
    }

    /// <summary>The lines of one of its entries, in their order: a debit of prepaid credit and a credit of revenue for each part.</summary>
    public async Task<IReadOnlyList<(JournalLine Line, string Text)>> Lines(int entry, Currency currency, Currency books, CancellationToken cancel)
    {
        var rows = await connection.QueryAsync<Row>(new CommandDefinition(
            """
            select use, used_in, case when about is null then '' else concat_ws(', ', about, nullif(account, '')) end as about, amount, functional
            from revenue.prepaid_part where prepaid = @prepaid and entry_no = @entry order by line_no
            """, new { prepaid, entry }, cancellationToken: cancel));
        return
        [
            .. rows.SelectMany(row =>
            {
                var (amount, functional) = (new Money(row.Amount, currency), row.Functional is { } told ? new Money(told, books) : (Money?)null);
                return new[]
                {
                    (new JournalLine(LedgerAccount.PrepaidCredit, amount, functional), row.Text()),
                    (new JournalLine(LedgerAccount.Revenue, -amount, -functional), row.Text()),
                };
            }),
        ];
    }

    private sealed record Row(string Use, DateOnly UsedIn, string About, decimal Amount, decimal? Functional)
    {
        public string Text() =>
            $"Prepaid credit {Use} in {AccountingMonth.Of(UsedIn)}{(Amount < 0m ? ", taken back" : "")}{(About.Length == 0 ? "" : $": {About}")}";
    }
}
