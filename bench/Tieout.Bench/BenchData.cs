using Dapper;
using Npgsql;
using Tieout.Domain;

namespace Tieout.Bench;

/// <summary>Any number of one-line subscriptions of two legal entities, made by the database itself.</summary>
internal static class BenchData
{
    public static readonly AccountingMonth Month = new(2026, 11);

    public static async Task Subscriptions(NpgsqlDataSource source, int count)
    {
        await using var connection = await source.OpenConnectionAsync();
        await connection.ExecuteAsync(
            """
            insert into customers.legal_entity (id, code, name, currency, country, series) values
              ('00000000-0000-7000-8000-000000000001', 'US', 'Bench Inc.', 'USD', 'US', 'US'),
              ('00000000-0000-7000-8000-000000000002', 'DE', 'Bench GmbH', 'EUR', 'DE', 'DE');
            insert into tax.rate (code, rate, from_date) values ('US-CA', 0.0725, '2020-01-01'), ('DE-19', 0.19, '2020-01-01');
            insert into catalog.plan (id, code, name) values ('00000000-0000-7000-8000-000000000003', 'basic', 'Basic');
            insert into catalog.price (id, plan_id, component, model, currency, unit_price, recognition, description) values
              ('00000000-0000-7000-8000-000000000011', '00000000-0000-7000-8000-000000000003', 'base', 'flat', 'USD', 10, 'immediate', 'Basic plan'),
              ('00000000-0000-7000-8000-000000000012', '00000000-0000-7000-8000-000000000003', 'base', 'flat', 'EUR', 10, 'deferred', 'Basic plan');
            update catalog.plan_version v set status = 'published', published_at = now(), published_by = 'bench',
              prices = (select count(*) from catalog.price p where p.plan_id = v.plan_id and p.version = v.version) where status = 'draft';
            create table sample as
              select n, gen_random_uuid() as customer, gen_random_uuid() as account, gen_random_uuid() as subscription,
                     gen_random_uuid() as correlation, 1 + n % 2 as side
              from generate_series(1, @count) as n;
            insert into customers.customer (id, code, name, country, correlation_id)
              select customer, 'C-' || n, 'Customer ' || n, 'US', correlation from sample;
            insert into customers.billing_account (id, code, customer_id, legal_entity_id, currency, tax_code, term_days, correlation_id)
              select account, 'C-' || n, customer, ('00000000-0000-7000-8000-00000000000' || side)::uuid,
                     case side when 1 then 'USD' else 'EUR' end, case side when 1 then 'US-CA' else 'DE-19' end, 30, correlation
              from sample order by account;
            insert into subscriptions.subscription (id, billing_account_id, code, plan_id, start_date, correlation_id)
              select subscription, account, 'C-' || n, '00000000-0000-7000-8000-000000000003', '2026-01-01', correlation from sample order by account;
            insert into subscriptions.component (billing_account_id, subscription_id, component, from_date, price_id, quantity, agreed_price)
              select account, subscription, 'base', '2026-01-01', ('00000000-0000-7000-8000-00000000001' || side)::uuid, 1, 10 + n % 9000 / 100.0
              from sample order by account;
            drop table sample;
            """, new { count });
    }
}
