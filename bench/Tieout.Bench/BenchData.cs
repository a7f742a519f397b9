using Dapper;
using Npgsql;
using Tieout.Domain;

namespace Tieout.Bench;

/// <summary>Any number of subscriptions of two legal entities in a realistic mix, made by the database itself.</summary>
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
            insert into usage.meter (code, name, aggregation, event_types) values ('calls', 'API calls', 'count', '{call}');
            insert into catalog.price (id, plan_id, component, model, currency, unit_price, charge_model, terms, recognition, description)
            select ('00000000-0000-7000-8000-0000000000' || kind || side)::uuid, '00000000-0000-7000-8000-000000000003', component, model, currency,
                   unit_price, charge_model::jsonb, terms::jsonb, recognition, description
            from (values (1, 'USD', 'immediate'), (2, 'EUR', 'deferred')) as money (side, currency, recognition),
                 (values (1, 'base', 'flat', 10.0, '{"type": "flat", "amount": "10"}', '{}', 'Basic plan'),
                         (2, 'seats', 'per-unit', 12.5, '{"type": "per-unit", "unit-price": "12.5"}', '{}', 'Seats'),
                         (3, 'calls', 'graduated', null, '{"type": "graduated", "tiers": [
                            {"up-to": "1000", "unit-price": "0.02"}, {"up-to": "5000", "unit-price": "0.015"}, {"up-to": "20000", "unit-price": "0.01"},
                            {"up-to": "100000", "unit-price": "0.008"}, {"unit-price": "0.005"}]}',
                          '{"kind": "usage", "meter": "calls", "timing": "arrears"}', 'API calls'))
                   as price (kind, component, model, unit_price, charge_model, terms, description);
            update catalog.plan_version v set status = 'published', published_at = now(), published_by = 'bench',
              prices = (select count(*) from catalog.price p where p.plan_id = v.plan_id and p.version = v.version) where status = 'draft';
            -- Half flat, a quarter seats, a quarter usage with tiers; one in twenty of each changes in the middle of the month it is billed for.
            create table sample as
              select n, gen_random_uuid() as customer, gen_random_uuid() as account, gen_random_uuid() as subscription,
                     gen_random_uuid() as correlation, 1 + n % 2 as side, (array[1, 1, 2, 3])[1 + n / 2 % 4] as kind, n / 8 % 20 = 7 as amended
              from generate_series(1, @count) as n;
            insert into customers.customer (id, code, name, country, correlation_id)
              select customer, 'C-' || n, 'Customer ' || n, 'US', correlation from sample;
            insert into customers.billing_account (id, code, customer_id, legal_entity_id, currency, tax_code, term_days, correlation_id)
              select account, 'C-' || n, customer, ('00000000-0000-7000-8000-00000000000' || side)::uuid,
                     case side when 1 then 'USD' else 'EUR' end, case side when 1 then 'US-CA' else 'DE-19' end, 30, correlation
              from sample order by account;
            insert into subscriptions.subscription (id, billing_account_id, code, plan_id, start_date, correlation_id)
              select subscription, account, 'C-' || n, '00000000-0000-7000-8000-000000000003', '2026-01-01', correlation from sample order by account;
            insert into subscriptions.component (billing_account_id, subscription_id, component, price_id, quantity, agreed_price, from_date, until_date, opened_by)
              select account, subscription, (array['base', 'seats', 'calls'])[kind], ('00000000-0000-7000-8000-0000000000' || kind || side)::uuid,
                     case kind when 2 then 1 + n % 60 + part else 1 end, case kind when 1 then 10 + n % 9000 / 100.0 + part end,
                     case part when 1 then '2026-01-01'::date else '2026-11-16' end,
                     case when amended and part = 1 then '2026-11-16'::date end, part
              from sample cross join generate_series(1, 2) as part
              where part = 1 or amended
              order by account;
            insert into subscriptions.touched (id, billing_account_id, subscription_id, from_date, reason, at)
              select gen_random_uuid(), account, subscription, '2026-11-01', 'amended', now() from sample where amended;
            insert into usage.summary (billing_account_id, subscription_id, meter_no, group_key, day, events, total, changed_at)
              select account, subscription, (select no from usage.meter where code = 'calls'), '', '2026-10-01'::date + day, 1 + n % 900, 0, now()
              from sample cross join generate_series(0, 42, 7) as day where kind = 3 order by account;
            drop table sample;
            """, new { count });
    }
}
