using Dapper;
using Npgsql;

namespace Tieout.Shell.Tests;

/// <summary>Books with two legal entities and any number of one-line subscriptions, made by SQL alone.</summary>
internal static class SampleData
{
    /// <summary>Marks the subscription of account n as changed, as an amendment does.</summary>
    public static string Touched(int n) =>
        $"insert into subscriptions.touched select gen_random_uuid(), 1, md5('account{n}')::uuid, md5('subscription{n}')::uuid, '2026-01-01', 'test', now();";

    /// <summary>
    /// Entities US (USD, 7.25 %) and DE (EUR, 19 %); subscription n costs 10.00 + n cents a month and belongs to DE when n is
    /// even. Customer, account and subscription share the code <c>C-n</c>, n from 1.
    /// </summary>
    public static async Task Subscriptions(NpgsqlDataSource database, int count)
    {
        await using var connection = await database.OpenConnectionAsync();
        await connection.ExecuteAsync(
            """
            insert into customers.legal_entity (id, code, name, currency, country, series) values
              ('00000000-0000-7000-8000-000000000001', 'US', 'Sample Inc.', 'USD', 'US', 'US'),
              ('00000000-0000-7000-8000-000000000002', 'DE', 'Sample GmbH', 'EUR', 'DE', 'DE')
            on conflict do nothing;
            insert into tax.rate (code, rate, from_date) values ('US-CA', 0.0725, '2020-01-01'), ('DE-19', 0.19, '2020-01-01') on conflict do nothing;
            insert into catalog.plan (id, code, name) values ('00000000-0000-7000-8000-000000000003', 'basic', 'Basic') on conflict do nothing;
            insert into catalog.price (id, plan_id, component, model, currency, unit_price, recognition, description)
            select md5('price' || currency)::uuid, '00000000-0000-7000-8000-000000000003', 'base', 'flat', currency, 10, recognition, 'Basic plan'
            from (values ('USD', 'immediate'), ('EUR', 'deferred')) as money (currency, recognition) on conflict do nothing;
            update catalog.plan_version v set status = 'published', published_at = now(), published_by = 'test',
              prices = (select count(*) from catalog.price p where p.plan_id = v.plan_id and p.version = v.version) where status = 'draft';
            create temporary table sample as
              select n, md5('customer' || n)::uuid as customer, md5('account' || n)::uuid as account, md5('subscription' || n)::uuid as subscription,
                     md5('correlation' || n)::uuid as correlation, n % 2 = 0 as german
              from generate_series(1, @count) as n;
            insert into customers.customer (id, code, name, country, correlation_id)
              select customer, 'C-' || n, 'Customer ' || n, case when german then 'DE' else 'US' end, correlation from sample on conflict do nothing;
            insert into customers.billing_account (id, code, customer_id, legal_entity_id, currency, tax_code, term_days, correlation_id)
              select account, 'C-' || n, customer,
                     case when german then '00000000-0000-7000-8000-000000000002' else '00000000-0000-7000-8000-000000000001' end::uuid,
                     case when german then 'EUR' else 'USD' end, case when german then 'DE-19' else 'US-CA' end, 30, correlation
              from sample on conflict do nothing;
            with added as (insert into subscriptions.subscription (id, billing_account_id, code, plan_id, start_date, correlation_id)
              select subscription, account, 'C-' || n, '00000000-0000-7000-8000-000000000003', '2026-01-01', correlation from sample on conflict do nothing returning billing_account_id, id, start_date)
            insert into subscriptions.touched (id, billing_account_id, subscription_id, from_date, reason, at)
              select gen_random_uuid(), added.billing_account_id, added.id, added.start_date, 'new', now()
              from added join sample on sample.subscription = added.id
              join customers.legal_entity entity on entity.code = case when sample.german then 'DE' else 'US' end
              where entity.bills_from is not null;
            insert into subscriptions.component (billing_account_id, subscription_id, component, from_date, price_id, quantity, agreed_price)
              select account, subscription, 'base', '2026-01-01', md5('price' || case when german then 'EUR' else 'USD' end)::uuid, 1, 10 + n / 100.0
              from sample on conflict do nothing;
            drop table sample;
            """, new { count }, commandTimeout: 600);
    }
}
