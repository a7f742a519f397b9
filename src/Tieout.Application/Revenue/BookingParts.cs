using Dapper;
using Npgsql;
using Tieout.Domain;
using Tieout.Domain.Mapping;
using Tieout.Domain.Revenue;

namespace Tieout.Application.Revenue;

/// <summary>A part of a booking that comes to something: two lines of an entry.</summary>
/// <param name="Month">In which it is earned.</param>
/// <param name="About">The document and line, or the contract and obligation, where each line is a part of its own; empty otherwise.</param>
internal sealed record BookingPart(AccountingMonth Month, string About, decimal Amount);

/// <summary>Splits what a booking is the sum of into parts, inside the caller's transaction and without taking a line of a schedule out of the database.</summary>
internal sealed class BookingParts(NpgsqlConnection connection, Guid entity, int booking)
{
    /// <summary>Keeps the parts and which line goes into which; answers how many entries they fill.</summary>
    /// <param name="due">Months of batches that the booking releases.</param>
    public Task<int> Keep(RevenueSplit split, IReadOnlyList<DueMonth> due, CancellationToken cancel)
    {
        var byLine = split.Detail == RevenueDetail.ByLine;
        var about = byLine
            ? "case when s.invoice_id is null then contract.code || ' ' || s.obligation else i.number || ' line ' || s.line_no end" : "null::text";
        string Told(MappingField field, string expression) => split.Fields.Contains(field) ? expression : "null::text";
        return connection.QuerySingleAsync<int>(new CommandDefinition(
            $"""
            -- Of a contract's obligations is known what all of its subscriptions have in common.
            with covered as (
              select c.contract_id, (array_agg(c.billing_account_id))[1] as billing_account_id, count(distinct c.billing_account_id) as accounts,
                     case when count(distinct plan.code) = 1 then min(plan.code) end as plan
              from revenue.contract_subscription c
              join revenue.contract on contract.id = c.contract_id and contract.legal_entity_id = @entity
              join subscriptions.subscription sub on sub.billing_account_id = c.billing_account_id and sub.id = c.subscription_id
              left join catalog.plan on plan.id = sub.plan_id
              group by c.contract_id),
            told as (
              select l.batch, l.month, l.no, l.amount,
                     {Told(MappingField.Plan, "coalesce(priced.code, subscribed.code, covered.plan, '')")} as plan,
                     {Told(MappingField.Component, "coalesce(line.component, '')")} as component,
                     {Told(MappingField.TaxCode, "coalesce(line.tax_code, '')")} as tax_code,
                     {Told(MappingField.Region, "coalesce(customer.region, '')")} as region,
                     {Told(MappingField.Country, "coalesce(customer.country, '')")} as country,
                     {Told(MappingField.Customer, "coalesce(customer.code, '')")} as customer,
                     {Told(MappingField.Account, "coalesce(account.code, '')")} as account,
                     {about} as about
              from unnest(@batches, @months) as due (batch, month)
              join revenue.schedule_line l on l.batch = due.batch and l.month = due.month
              join revenue.schedule s on s.batch = l.batch and s.no = l.no
              left join revenue.contract on contract.id = s.contract_id
              left join covered on covered.contract_id = s.contract_id
              left join invoicing.invoice i on i.id = s.invoice_id and i.billing_account_id = s.billing_account_id
              left join invoicing.invoice_line line on line.billing_account_id = s.billing_account_id and line.month = i.month
                and line.invoice_id = s.invoice_id and line.line_no = s.line_no
              left join catalog.price on price.id = line.price_id
              left join catalog.plan priced on priced.id = price.plan_id
              left join subscriptions.subscription sub on sub.billing_account_id = line.billing_account_id and sub.id = line.subscription_id
              left join catalog.plan subscribed on subscribed.id = sub.plan_id
              left join customers.billing_account account
                on account.id = coalesce(s.billing_account_id, case when covered.accounts = 1 then covered.billing_account_id end)
              left join customers.customer on customer.id = coalesce(i.customer_id, account.customer_id)),
            numbered as materialized (
              select told.*, (dense_rank() over (
                order by month, plan, component, tax_code, region, country, customer, account{(byLine ? ", about, batch, no" : "")}))::int as part
              from told),
            kept as (
              insert into revenue.part_line (batch, month, no, booking, part) select batch, month, no, @booking, part from numbered),
            summed as (
              select part, month, plan, component, tax_code, region, country, customer, account, about, count(*) as lines, sum(amount) as amount
              from numbered group by part, month, plan, component, tax_code, region, country, customer, account, about),
            placed as (
              select summed.*, (count(*) filter (where amount <> 0) over (order by part))::int - 1 as place from summed),
            parts as (
              insert into revenue.part
                (booking, no, month, plan, component, tax_code, region, country, customer, account, about, lines, amount, entry_no, line_no)
              select @booking, part, month, plan, component, tax_code, region, country, customer, account, about, lines, amount,
                     case when amount <> 0 then place / @most + 1 end, case when amount <> 0 then place % @most * 2 + 1 end
              from placed
              returning entry_no)
            select coalesce(max(entry_no), 0) from parts
            """,
            new
            {
                entity,
                booking,
                most = RevenueSplit.MostOfEntry,
                batches = due.Select(month => month.Batch).ToArray(),
                months = due.Select(month => month.Month.FirstDay).ToArray(),
            }, commandTimeout: 600, cancellationToken: cancel));
    }

    /// <summary>The months that have parts in its entries, each with the sum of those.</summary>
    public async Task<IReadOnlyDictionary<AccountingMonth, decimal>> Months(CancellationToken cancel)
    {
        var rows = await connection.QueryAsync<(DateOnly Month, decimal Amount)>(new CommandDefinition(
            "select month, sum(amount) from revenue.part where booking = @booking and entry_no is not null group by month",
            new { booking }, cancellationToken: cancel));
        return rows.ToDictionary(row => AccountingMonth.Of(row.Month), row => row.Amount);
    }

    /// <summary>The parts of one of its entries, in their order.</summary>
    public async Task<IReadOnlyList<BookingPart>> Of(int entry, CancellationToken cancel)
    {
        var rows = await connection.QueryAsync<Row>(new CommandDefinition(
            """
            select month, case when about is null then '' else concat_ws(', ', about, nullif(account, '')) end as about, amount
            from revenue.part where booking = @booking and entry_no = @entry order by line_no
            """, new { booking, entry }, cancellationToken: cancel));
        return [.. rows.Select(row => new BookingPart(AccountingMonth.Of(row.Month), row.About, row.Amount))];
    }

    private sealed record Row(DateOnly Month, string About, decimal Amount);
}
