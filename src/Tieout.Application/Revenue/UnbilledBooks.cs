using Dapper;
using Npgsql;
using Tieout.Domain;
using Tieout.Domain.Revenue;

namespace Tieout.Application.Revenue;

/// <summary>What should stand on the accounts of unbilled revenue at months' ends by schedules and bookings, and what was moved there.</summary>
internal static class UnbilledBooks
{
    /// <summary>
    /// What was recognised beyond what was invoiced: of each given contract by its own balance, for what one has too much is no asset of
    /// another; of everything else what was booked of documents of later months.
    /// </summary>
    /// <param name="entity">Of one legal entity; null for all.</param>
    public static Task<List<UnbilledRow>> Wanted(
        NpgsqlConnection connection, Guid? entity, AccountingMonth first, AccountingMonth last, CancellationToken cancel) => Rows(
        connection,
        """
        with ends as (select generate_series(@first::date, @last::date, interval '1 month')::date as month),
        moved as (
          select s.contract_id, b.month, sum(s.amount) as amount
          from revenue.schedule s join revenue.batch b on b.id = s.batch
          where s.contract_id is not null and s.invoice_id is not null and b.month <= @last and (@entity::uuid is null or b.legal_entity_id = @entity)
          group by s.contract_id, b.month
          union all
          select s.contract_id, k.month, -sum(l.amount)
          from revenue.schedule s
          join revenue.release r on r.batch = s.batch
          join revenue.booking k on k.id = r.booking and k.month <= @last and (@entity::uuid is null or k.legal_entity_id = @entity)
          join revenue.schedule_line l on l.batch = r.batch and l.month = r.month and l.no = s.no
          where s.contract_id is not null and s.invoice_id is null
          group by s.contract_id, k.month)
        select e.code as legal_entity, c.legal_entity_id, ends.month, c.currency, c.id as contract,
               case c.unbilled when 'receivable' then 'unbilled-receivable' else 'contract-asset' end as account, -sum(moved.amount) as amount
        from ends
        join moved on moved.month <= ends.month
        join revenue.contract c on c.id = moved.contract_id
        join customers.legal_entity e on e.id = c.legal_entity_id
        group by e.code, c.legal_entity_id, ends.month, c.currency, c.id, c.unbilled having sum(moved.amount) < 0
        union all
        select e.code, k.legal_entity_id, ends.month, k.currency, null, 'unbilled-receivable', sum(m.amount)
        from revenue.booking k
        join revenue.release r on r.booking = k.id
        join revenue.batch b on b.id = r.batch and b.month > k.month
        join revenue.batch_month m on m.batch = r.batch and m.month = r.month
        join customers.legal_entity e on e.id = k.legal_entity_id
        join ends on ends.month >= k.month and ends.month < b.month
        where @entity::uuid is null or k.legal_entity_id = @entity
        group by e.code, k.legal_entity_id, ends.month, k.currency having sum(m.amount) > 0
        """, entity, first, last, cancel);

    /// <summary>What was moved there up to each month's end.</summary>
    public static Task<List<UnbilledRow>> Booked(
        NpgsqlConnection connection, Guid? entity, AccountingMonth first, AccountingMonth last, CancellationToken cancel) => Rows(
        connection,
        """
        with ends as (select generate_series(@first::date, @last::date, interval '1 month')::date as month)
        select e.code as legal_entity, u.legal_entity_id, ends.month, u.currency, l.contract_id as contract, l.account, sum(l.amount) as amount
        from ends
        join revenue.unbilled u on u.month <= ends.month
        join revenue.unbilled_line l on l.unbilled = u.id
        join customers.legal_entity e on e.id = u.legal_entity_id
        where @entity::uuid is null or u.legal_entity_id = @entity
        group by e.code, u.legal_entity_id, ends.month, u.currency, l.contract_id, l.account having sum(l.amount) <> 0
        """, entity, first, last, cancel);

    private static async Task<List<UnbilledRow>> Rows(
        NpgsqlConnection connection, string sql, Guid? entity, AccountingMonth first, AccountingMonth last, CancellationToken cancel) =>
        (await connection.QueryAsync<UnbilledRow>(new CommandDefinition(
            sql, new { entity, first = first.FirstDay, last = last.FirstDay }, commandTimeout: 600, cancellationToken: cancel))).AsList();
}

/// <summary>One of them, with the legal entity it is of.</summary>
internal sealed record UnbilledRow(
    string LegalEntity, Guid LegalEntityId, DateOnly Month, string Currency, Guid? Contract, string Account, decimal Amount)
{
    public UnbilledAmount Told() => new(AccountingMonth.Of(Month), Contract, Account, new Money(Amount, Domain.Currency.Of(Currency)));
}
