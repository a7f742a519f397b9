-- Books for looking at; see Seed.cs.

create function pg_temp.id(name text) returns uuid language sql immutable as $$ select md5(name)::uuid $$;
insert into customers.legal_entity (id, code, name, currency, country, series) values
  (pg_temp.id('US'), 'US', 'Northwind Cloud Inc.', 'USD', 'US', 'US'),
  (pg_temp.id('DE'), 'DE', 'Northwind Cloud GmbH', 'EUR', 'DE', 'DE'),
  (pg_temp.id('JP'), 'JP', 'Northwind Cloud KK', 'JPY', 'JP', 'JP');
insert into catalog.plan (id, code, name) values (pg_temp.id('team'), 'team', 'Team'), (pg_temp.id('scale'), 'scale', 'Scale');
insert into catalog.price (id, plan_id, component, model, currency, unit_price, recognition, description)
select pg_temp.id(plan || component || currency), pg_temp.id(plan), component, model, currency, price * (case currency when 'JPY' then 100 else 1 end), 'deferred', text
from (values ('team', 'platform', 'flat', 249.00, 'Platform fee'), ('team', 'seats', 'per-unit', 18.50, 'Seats'),
             ('scale', 'platform', 'flat', 1490.00, 'Platform fee'), ('scale', 'seats', 'per-unit', 31.20, 'Seats')) p (plan, component, model, price, text),
     (values ('USD'), ('EUR'), ('JPY')) c (currency);

update catalog.plan_version v set status = 'published', published_at = '2026-08-01', published_by = 'mara',
  prices = (select count(*) from catalog.price p where p.plan_id = v.plan_id and p.version = v.version);

create temp table party as
select n, name, entity, currency, tax_code, rate, 'C-' || 1000 + n as code, 'A-' || 1000 + n as account, 'S-' || 1000 + n as subscription,
       case when n % 3 = 0 then 'scale' else 'team' end as plan, 4 + n * 7 % 40 as seats
from (select n, name,
             case when n <= 10 then 'US' when n <= 18 then 'DE' else 'JP' end as entity,
             case when n <= 10 then 'USD' when n <= 18 then 'EUR' else 'JPY' end as currency,
             case when n <= 10 then 'US-EXEMPT' when n <= 18 then 'DE19' else 'JP10' end as tax_code,
             case when n <= 10 then 0 when n <= 18 then 0.19 else 0.10 end as rate
      from unnest(array['Ashgrove Logistics', 'Bluewater Foods', 'Calder Instruments', 'Dunmore Health', 'Eastgate Media', 'Fairlight Energy',
        'Granite Peak Outdoor', 'Harbor Mutual', 'Ironbridge Tools', 'Juniper Analytics', 'Kessler Maschinenbau', 'Lindner Verlag',
        'Morgenrot Reisen', 'Nordhafen Spedition', 'Oberland Käserei', 'Pfeiffer Optik', 'Quellwerk Wasser', 'Rosenthal Bau',
        'Sakura Shoten', 'Tanaka Seiki', 'Umeda Foods', 'Yamato Print']) with ordinality as t (name, n)) t;

insert into customers.customer (id, code, name, country, correlation_id, created_at)
select pg_temp.id(code), code, name, entity, pg_temp.id('row' || code), '2026-08-20 08:00Z' from party;
insert into customers.billing_account (id, code, customer_id, legal_entity_id, currency, tax_code, term_days, correlation_id, created_at)
select pg_temp.id(account), account, pg_temp.id(code), pg_temp.id(entity), currency, tax_code, 30, pg_temp.id('row' || account), '2026-08-20 08:00Z' from party;
insert into subscriptions.subscription (id, billing_account_id, code, plan_id, start_date, correlation_id, created_at)
select pg_temp.id(subscription), pg_temp.id(account), subscription, pg_temp.id(plan), '2026-09-01', pg_temp.id('row' || subscription), '2026-08-20 08:05Z' from party;
insert into subscriptions.component (billing_account_id, subscription_id, component, price_id, quantity, from_date)
select pg_temp.id(account), pg_temp.id(subscription), c.component, pg_temp.id(plan || c.component || currency), case c.component when 'seats' then seats else 1 end, '2026-09-01'
from party, (values ('platform'), ('seats')) c (component);

insert into runs.run (id, kind, title, scope, state, total, done, unit, actor, started_at, updated_at, finished_at, problem)
values (pg_temp.id('import'), 'import', 'Import subscriptions.csv', 'subscriptions.csv', 'finished', 24, 24, 'rows', 'mara', '2026-08-20 08:00Z', '2026-08-20 08:01Z', '2026-08-20 08:01Z', ''),
       (pg_temp.id('bill9'), 'bill', 'Bill 2026-09', '2026-09', 'finished', 22, 22, 'accounts', 'mara', '2026-09-01 06:00Z', '2026-09-01 06:01Z', '2026-09-01 06:01Z', ''),
       (pg_temp.id('bill10'), 'bill', 'Bill 2026-10', '2026-10', 'finished', 22, 22, 'accounts', 'mara', '2026-10-01 06:00Z', '2026-10-01 06:01Z', '2026-10-01 06:01Z', ''),
       (pg_temp.id('bill11'), 'bill', 'Bill 2026-11', '2026-11', 'finished', 22, 22, 'accounts', 'mara', '2026-11-01 06:00Z', '2026-11-01 06:01Z', '2026-11-01 06:01Z', ''),
       (pg_temp.id('tie9'), 'reconcile', 'Tie out 2026-09', '2026-09', 'finished', 22, 22, 'documents', 'jonas', '2026-10-02 07:00Z', '2026-10-02 07:02Z', '2026-10-02 07:02Z', ''),
       (pg_temp.id('tie10'), 'reconcile', 'Tie out 2026-10', '2026-10', 'finished', 22, 22, 'documents', 'jonas', '2026-11-03 07:00Z', '2026-11-03 07:02Z', '2026-11-03 07:02Z', ''),
       (pg_temp.id('tie11'), 'reconcile', 'Tie out 2026-11', '2026-11', 'failed', 22, 10, 'documents', 'jonas', '2026-11-05 08:00Z', '2026-11-05 08:02Z', '2026-11-05 08:02Z', 'sap-de did not answer in 60 s.'),
       (pg_temp.id('post11'), 'post', 'Post what is ready', '', 'running', 22, 15, 'postings', 'mara', '2026-11-05 09:12Z', '2026-11-05 09:29:58Z', null, '');
insert into intake.import (run_id, file_name, sha256, received, accepted, unchanged, refused)
values (pg_temp.id('import'), 'subscriptions.csv', repeat('9c4e', 16), 24, 22, 0, 2);
insert into intake.row (run_id, row_no, row_key, outcome, correlation_id)
select pg_temp.id('import'), n, subscription, 'accepted', pg_temp.id('row' || subscription) from party;
insert into intake.row (run_id, row_no, row_key, outcome, field, reason, remedy) values
  (pg_temp.id('import'), 23, 'S-1023', 'refused', 'currency', '''EURO'' is not a currency code of ISO 4217.', 'Write EUR.'),
  (pg_temp.id('import'), 24, 'S-1024', 'refused', 'start_date', '2026-02-30 is not a day.', 'Write a day that exists, such as 2026-02-28.');

create temp table bill as
select b.*, net + tax as total,
       entity || '-2026-' || to_char(row_number() over (partition by entity order by month, n), 'FM0000000') as number
from (select l.*, platform + seat_price * seats as net, round((platform + seat_price * seats) * rate, case currency when 'JPY' then 0 else 2 end) as tax
      from (select p.*, m.month::date as month,
                   (select unit_price from catalog.price where plan_id = pg_temp.id(p.plan) and component = 'platform' and price.currency = p.currency) as platform,
                   (select unit_price from catalog.price where plan_id = pg_temp.id(p.plan) and component = 'seats' and price.currency = p.currency) as seat_price
            from party p, (values ('2026-09-01'), ('2026-10-01'), ('2026-11-01')) m (month)) l) b;

insert into invoicing.invoice_line (billing_account_id, subscription_id, component, month, invoice_id, line_no, period_start, period_end,
  quantity, unit_price, amount, recognition, description, correlation_id, part_start, standing, billed, covered_until, due_on,
  tax_code, tax_category, tax_rate, supply_on, origin_invoice_id, origin_line_no)
select pg_temp.id(account), pg_temp.id(subscription), component, month, pg_temp.id(number), line_no, month, month + interval '1 month',
       quantity, unit_price, quantity * unit_price, 'deferred', text, pg_temp.id('row' || subscription),
       month, quantity * unit_price, quantity * unit_price, month + interval '1 month', month,
       tax_code, case when rate = 0 then 'E' else 'S' end, rate, month + 27, pg_temp.id(number), line_no
from bill, lateral (values (1, 'platform', 1, platform, 'Platform fee'), (2, 'seats', seats, seat_price, 'Seats')) l (line_no, component, quantity, unit_price, text);
insert into invoicing.invoice_tax (invoice_id, group_no, billing_account_id, about_invoice_id, code, category, rate, base, tax)
select pg_temp.id(number), 1, pg_temp.id(account), pg_temp.id(number), tax_code, case when rate = 0 then 'E' else 'S' end, rate, net, tax from bill;
insert into ledger.journal_entry (id, billing_account_id, legal_entity_id, month, entry_date, source_kind, source_id, correlation_id, created_at)
select pg_temp.id('entry' || number), pg_temp.id(account), pg_temp.id(entity), month, month, 'invoice', pg_temp.id(number), pg_temp.id('fact' || number), month + time '06:00'
from bill;
insert into ledger.journal_line (entry_id, line_no, billing_account_id, legal_entity_id, month, account, currency, amount)
select pg_temp.id('entry' || number), line_no, pg_temp.id(bill.account), pg_temp.id(entity), month, l.account, currency, amount
from bill, lateral (values (1, 'receivable', total), (2, 'deferred-revenue', -net), (3, 'tax', -tax)) l (line_no, account, amount)
where amount <> 0;
insert into invoicing.invoice (id, billing_account_id, customer_id, legal_entity_id, number, month, currency, net, tax, total,
  issue_date, due_date, lines, run_id, correlation_id, created_at)
select pg_temp.id(number), pg_temp.id(account), pg_temp.id(code), pg_temp.id(entity), number, month, currency, net, tax, total,
       month, month + 30, 2, pg_temp.id('bill' || extract(month from month)), pg_temp.id('fact' || number), month + time '06:00'
from bill;

-- November in the US stands in every state; everything older is posted.
insert into posting.posting (id, billing_account_id, legal_entity_id, document_kind, document_id, business_key, month, currency, amount, state,
  target, rules_version, attempts, tries, look_ups, claim, sent_at, erp_number, erp_id, correlation_id, created_at, changed_at)
select pg_temp.id('posting' || number), pg_temp.id(account), pg_temp.id(entity), 'invoice', pg_temp.id(number), number, month, currency, total, state,
       case when state <> 'staged' then target end, case when state <> 'staged' then 'a41f09' end,
       case when state in ('staged', 'ready') then 0 else 1 end, case when state = 'staged' then 0 else 1 end, 0,
       case when state = 'sending' then pg_temp.id('batch' || number) end,
       case when state not in ('staged', 'ready') then month + time '06:03' end,
       case when state = 'posted' then case entity when 'DE' then '19' || lpad(substr(number, 9), 8, '0') else '2026/' || substr(number, 11) end end,
       case when state = 'posted' then case entity when 'DE' then '1000/19' || lpad(substr(number, 9), 8, '0') || '/2026' else '4' || substr(number, 11) end end,
       pg_temp.id('fact' || number), month + time '06:00', month + time '06:04'
from (select bill.*, case entity when 'DE' then 'sap-de' else 'tryton-' || lower(entity) end as target,
        case when month < '2026-11-01' or entity <> 'US' then 'posted'
             when n in (1, 4, 5) then 'parked' when n = 6 then 'in-doubt' when n = 7 then 'sending' when n = 8 then 'ready' when n = 9 then 'staged' else 'posted' end as state
      from bill) p;

insert into posting.claim (id, target, kind, node, postings, remaining, taken_at, until, sent_at)
select claim, target, 'send', 1, array[id], 1, sent_at, sent_at + interval '6 minutes', sent_at from posting.posting where claim is not null;

insert into posting.attempt (posting_id, number, kind, batch, node, started_at, ended_at, outcome, detail)
select id, 1, 'send', pg_temp.id('batch' || business_key), 1, sent_at, sent_at + interval '412 ms',
       case state when 'posted' then 'accepted' when 'parked' then 'refused' when 'in-doubt' then 'no-answer' end,
       case state when 'parked' then 'Party is blocked.' when 'in-doubt' then 'Time-out after 60 s.' else '' end
from posting.posting where sent_at is not null and claim is null;
insert into posting.exchange (id, batch, target, operation, request, answer, status, failure, started_at, ended_at)
select pg_temp.id('exchange' || business_key), pg_temp.id('batch' || business_key), target,
       case when target = 'sap-de' then 'JournalEntryBulkCreate' else 'model.account.invoice.create' end,
       convert_to(case when target = 'sap-de'
         then '<soap:Envelope xmlns:soap="http://schemas.xmlsoap.org/soap/envelope/"><soap:Body><JournalEntry><DocumentReferenceID>' || business_key
           || '</DocumentReferenceID><CompanyCode>1000</CompanyCode><DebtorItem><Amount currencyCode="' || currency || '">' || round(amount, 2) || '</Amount></DebtorItem></JournalEntry></soap:Body></soap:Envelope>'
         else '{"method":"model.account.invoice.create","params":[[{"reference":"' || business_key || '","currency":"' || currency || '","total":"' || round(amount, 2) || '","company":1,"state":"draft"}]]}' end, 'UTF8'),
       case state
         when 'posted' then convert_to(case when target = 'sap-de'
           then '<soap:Envelope xmlns:soap="http://schemas.xmlsoap.org/soap/envelope/"><soap:Body><Confirmation><AccountingDocument>' || erp_number || '</AccountingDocument><FiscalYear>2026</FiscalYear></Confirmation></soap:Body></soap:Envelope>'
           else '{"result":[{"id":' || erp_id || ',"number":"' || erp_number || '","state":"posted"}]}' end, 'UTF8')
         when 'parked' then convert_to('{"error":["UserError",["The party is blocked.","Unblock it to post."]]}', 'UTF8') end,
       case when state in ('posted', 'parked') then 200 end,
       case state when 'in-doubt' then 'Time-out after 60 s.' end,
       sent_at, case when state <> 'sending' then sent_at + interval '405 ms' end
from posting.posting where sent_at is not null;

insert into reconciliation.held_document (run_id, target, row_no, business_key, number, customer, currency, net, tax, total, month)
select pg_temp.id('tie' || extract(month from p.month)), p.target, row_number() over (partition by p.month, p.target order by p.business_key),
       p.business_key, p.erp_number, c.code, i.currency, i.net - off, i.tax, i.total - off, i.month
from posting.posting p
join invoicing.invoice i on i.id = p.document_id
join customers.customer c on c.id = i.customer_id
cross join lateral (select case p.business_key when 'US-2026-0000012' then 60 else 0 end as off) changed
where p.state = 'posted' and p.month < '2026-11-01';
insert into reconciliation.result (run_id, legal_entity_id, currency, month, target, verdict, our_documents, our_net, our_tax, our_total,
  their_documents, their_net, their_tax, their_total, unproven, read_back_complete, problem, compared_at)
select pg_temp.id('tie' || extract(month from i.month)), i.legal_entity_id, i.currency, i.month, min(coalesce(p.target, 'tryton-us')),
       case when i.month = '2026-11-01' then 'incomplete'
            when i.month = '2026-10-01' and i.currency = 'USD' then 'breaks'
            when i.month = '2026-10-01' and i.currency = 'JPY' then 'reconciled-with-warnings' else 'reconciled' end,
       count(*), sum(i.net), sum(i.tax), sum(i.total),
       count(*) filter (where p.state = 'posted'), sum(i.net) filter (where p.state = 'posted'), sum(i.tax) filter (where p.state = 'posted'),
       sum(i.total) filter (where p.state = 'posted') - case when i.month = '2026-10-01' and i.currency = 'USD' then 60 else 0 end,
       count(*) filter (where p.state <> 'posted'), i.month < '2026-11-01', '',
       case extract(month from i.month) when 9 then '2026-10-02 07:02Z'::timestamptz when 10 then '2026-11-03 07:02Z' else '2026-11-05 08:02Z' end
from invoicing.invoice i
join posting.posting p on p.document_id = i.id
where i.month < '2026-11-01' or i.currency = 'USD'
group by i.legal_entity_id, i.currency, i.month;
insert into reconciliation.difference (run_id, no, legal_entity_id, target, category, business_key, erp_number, cause, currency, amount) values
  (pg_temp.id('tie10'), 1, pg_temp.id('US'), 'tryton-us', 'amount', 'US-2026-0000012', '2026/00012', 'Net 582.00 here and 522.00 in the ERP.', 'USD', 60.00),
  (pg_temp.id('tie10'), 2, pg_temp.id('US'), 'tryton-us', 'period', 'US-2026-0000015', '2026/00015', 'Booked in 2026-10 here and in 2026-11 in the ERP.', 'USD', 970.50),
  (pg_temp.id('tie10'), 3, pg_temp.id('JP'), 'tryton-jp', 'balance', 'receivable', '', 'Account 1200 moved by 150000 more than our documents.', 'JPY', 150000);

insert into exceptions.exception_case (id, category, code, subject_kind, subject_key, cause, remedy, technical, legal_entity_id, billing_account_id,
  month, currency, amount, correlation_id, state, resolution, repeats, opened_at, last_seen_at, resolved_at)
select ('019a0000-0000-7000-8000-' || lpad(row_number() over (order by opened)::text, 12, '0'))::uuid, category, code, kind, key, cause, remedy, technical,
       coalesce(p.legal_entity_id, pg_temp.id(entity)), p.billing_account_id, p.month, coalesce(given_currency, p.currency), coalesce(given_amount, p.amount), p.correlation_id,
       t.state, resolution, repeats, opened::timestamptz, seen::timestamptz, case when t.state = 'resolved' then seen::timestamptz end
from (values
  ('technical', 'gave-up', 'posting', 'US-2026-0000002', 'The ERP could not be reached in 12 tries. Nothing was booked there.', 'Replay it once the ERP answers again.', 'HTTP 503 Service Unavailable', 'US', null::text, null::numeric, 'resolved', 'Replayed by mara: the ERP is back', 12, '2026-09-01 06:10Z', '2026-09-01 09:00Z'),
  ('business', 'missing-account-rule', 'billing', 'A-1021/2026-09', 'Tax code JP08 has no rate in force on 2026-09-01.', 'Add the rate to the tax table; the next billing run invoices the account.', '', 'JP', 'JPY', 48200, 'open', '', 3, '2026-09-20 06:00Z', '2026-11-01 06:00Z'),
  ('business', 'break-amount', 'break', 'US/2026-10/US-2026-0000012', 'Net 582.00 here and 522.00 in the ERP.', 'Somebody changed the draft in the ERP. Correct it there, then tie out again.', '', 'US', 'USD', 60, 'open', '', 1, '2026-10-14 07:02Z', '2026-11-03 07:02Z'),
  ('business', 'break-period', 'break', 'US/2026-10/US-2026-0000015', 'Booked in 2026-10 here and in 2026-11 in the ERP.', 'Move it to 2026-10 in the ERP, or accept the later month.', '', 'US', null, null, 'open', '', 1, '2026-11-02 07:02Z', '2026-11-03 07:02Z'),
  ('technical', 'gave-up', 'posting', 'US-2026-0000024', 'The ERP could not be reached or would not take the document in 12 tries. Nothing was booked there.', 'Once the ERP answers again, replay the posting. Until then the document is in our books only.', 'connect ECONNREFUSED', 'US', null, null, 'open', '', 12, '2026-11-01 06:04Z', '2026-11-01 07:44Z'),
  ('business', 'customer-blocked', 'posting', 'US-2026-0000021', 'The customer is blocked in tryton-us, so the invoice was refused.', 'Unblock the customer in the ERP, then replay. Until then the invoice is in our books only and its month stays incomplete.', 'UserError: The party is blocked. Unblock it to post.', 'US', null, null, 'open', '', 1, '2026-11-04 06:04Z', '2026-11-04 06:04Z'),
  ('business', 'period-closed', 'posting', 'US-2026-0000025', 'November 2026 is closed in tryton-us for this journal.', 'Reopen the period in the ERP, then replay.', 'UserError: period 2026-11 is closed', 'US', null, null, 'open', '', 1, '2026-11-04 15:20Z', '2026-11-04 15:20Z'),
  ('technical', 'authentication', 'target', 'sap-de', 'sap-de refused our log-in.', 'Renew the password of the technical user; delivery starts again by itself.', 'HTTP 401 Unauthorized', 'DE', null, null, 'open', '', 41, '2026-11-05 08:01Z', '2026-11-05 09:29Z')
) t (category, code, kind, key, cause, remedy, technical, entity, given_currency, given_amount, state, resolution, repeats, opened, seen)
left join posting.posting p on p.business_key = regexp_replace(t.key, '^.*/', '');
