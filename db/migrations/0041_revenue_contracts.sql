-- Contracts that are given: their facts in the order they became known, the subscriptions whose deferred lines they take in the place of the
-- default rule, and schedules of their obligations, as differences to what was scheduled before.

create table revenue.contract (
  id              uuid primary key,
  tenant          int  not null default 1 references tieout.tenant,
  legal_entity_id uuid not null references customers.legal_entity,
  code            text not null check (code <> ''),
  currency        text not null,
  unbilled        text not null check (unbilled in ('contract-asset', 'receivable')),
  created_at      timestamptz not null,
  constraint contract_code_once unique (tenant, code)
);

create table revenue.contract_version (
  contract_id uuid  not null references revenue.contract,
  no          int   not null check (no > 0),
  tenant      int   not null default 1,
  facts       jsonb not null,
  reason      text  not null check (reason <> ''),
  actor       text  not null check (actor <> ''),
  created_at  timestamptz not null,
  primary key (contract_id, no)
);
comment on table revenue.contract_version is 'Version 1 is the contract as it was agreed, each later one an event. Documents are facts as well; they stand with the invoices.';

create table revenue.contract_subscription (
  subscription_id    uuid not null,
  tenant             int  not null default 1,
  billing_account_id uuid not null,
  contract_id        uuid not null references revenue.contract,
  -- What a subscription is billed belongs to one contract.
  constraint subscription_covered_once primary key (subscription_id),
  foreign key (billing_account_id, subscription_id) references subscriptions.subscription
);
create index on revenue.contract_subscription (contract_id);

-- Contracts whose facts changed since their schedules were computed: left by whoever changes them, taken away with the computing.
create table revenue.contract_mark (
  id          bigint generated always as identity primary key,
  tenant      int  not null default 1,
  contract_id uuid not null references revenue.contract
);
create index on revenue.contract_mark (contract_id);

create trigger booked_is_booked before update or delete or truncate on revenue.contract for each statement execute function tieout.refuse_change();
create trigger booked_is_booked before update or delete or truncate on revenue.contract_version for each statement execute function tieout.refuse_change();
create trigger booked_is_booked before update or delete or truncate on revenue.contract_subscription
  for each statement execute function tieout.refuse_change();

create function revenue.refuse_version_gap() returns trigger language plpgsql as $$
begin
  if new.no > 1 and not exists (select from revenue.contract_version v where v.contract_id = new.contract_id and v.no = new.no - 1) then
    raise exception 'Version % of contract % has none before it.', new.no, new.contract_id
      using errcode = 'check_violation', constraint = 'contract_version_gap';
  end if;
  return new;
end $$;
create trigger refuse_version_gap before insert on revenue.contract_version for each row execute function revenue.refuse_version_gap();

create function revenue.refuse_spread_already() returns trigger language plpgsql as $$
begin
  if exists (
       select from invoicing.invoice_line l join revenue.schedule s on s.invoice_id = l.invoice_id and s.line_no = l.line_no
       where l.billing_account_id = new.billing_account_id and l.subscription_id = new.subscription_id and s.contract_id is null) then
    raise exception 'Lines of subscription % are spread without a contract already.', new.subscription_id
      using errcode = 'check_violation', constraint = 'subscription_not_spread';
  end if;
  return new;
end $$;
create trigger not_spread before insert on revenue.contract_subscription for each row execute function revenue.refuse_spread_already();

-- A covered line has a schedule without months: it says that the contract has it. The months are those of the contract's obligations.
alter table revenue.schedule
  add column contract_id uuid,
  add column obligation text,
  add column version int,
  alter column billing_account_id drop not null,
  alter column invoice_id drop not null,
  alter column line_no drop not null,
  alter column period_start drop not null,
  alter column period_end drop not null,
  alter column spread drop not null,
  alter column rounding drop not null,
  add constraint schedule_of_a_line_or_of_an_obligation check (
    case when invoice_id is not null then
      num_nonnulls(billing_account_id, line_no, period_start, period_end, spread, rounding) = 6 and num_nonnulls(obligation, version) = 0
    else num_nonnulls(contract_id, obligation, version) = 3 and num_nonnulls(billing_account_id, line_no, period_start, period_end, spread, rounding) = 0 end);
create index schedule_contract on revenue.schedule (contract_id) where contract_id is not null;
comment on column revenue.schedule.version is 'Of the contract, which the difference reaches.';
alter table revenue.batch alter column month drop not null, drop constraint batch_schedules_check, add constraint batch_schedules_check check (schedules >= 0);
comment on column revenue.batch.month is 'The month its documents are booked in; null for schedules of obligations, which have none.';
comment on column revenue.batch.schedules is 'How many lines of documents.';

create or replace function revenue.refuse_incomplete_batch() returns trigger language plpgsql set enable_seqscan = off as $$
declare
  sealing record;
  off record;
begin
  for sealing in select * from added loop
    select no into off
    from (select no, case when contract_id is null or invoice_id is null then amount else 0 end as amount from revenue.schedule where batch = sealing.id) s
    full join (select no, sum(amount) as amount from revenue.schedule_line where batch = sealing.id group by no) l using (no)
    where s.no is null or s.amount <> coalesce(l.amount, 0) limit 1;
    if found then
      raise exception 'The months of schedule % in batch % do not add up to it.', off.no, sealing.id
        using errcode = 'check_violation', constraint = 'schedule_adds_up';
    end if;
    select month into off
    from (select month, lines, amount from revenue.batch_month where batch = sealing.id) m
    full join (select month, count(*) as lines, sum(amount) as amount from revenue.schedule_line where batch = sealing.id group by month) l using (month)
    where m.amount is distinct from l.amount or m.lines is distinct from l.lines limit 1;
    if found then
      raise exception 'Of month % batch % does not say what its schedules say.', off.month, sealing.id
        using errcode = 'check_violation', constraint = 'batch_equals_its_schedules';
    end if;
    select c.code into off
    from revenue.schedule s join revenue.contract c on c.id = s.contract_id
    where s.batch = sealing.id and (c.legal_entity_id, c.currency) is distinct from (sealing.legal_entity_id, sealing.currency) limit 1;
    if found then
      raise exception 'Contract % is of another legal entity or currency than batch %.', off.code, sealing.id
        using errcode = 'check_violation', constraint = 'batch_of_its_contracts';
    end if;
  end loop;
  return null;
end $$;

-- As before; and what a contract covers is the contract's, and nothing else is.
create or replace function revenue.refuse_strange_batch() returns trigger language plpgsql
  set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off as $$
declare
  sealing record;
  held record;
begin
  for sealing in select * from added loop
    select (select count(*) from revenue.schedule where batch = sealing.id and invoice_id is not null) as schedules, count(*) as lines,
           coalesce(sum(l.amount) filter (where i.kind = 'invoice'), 0) as invoiced,
           -coalesce(sum(l.amount) filter (where i.kind = 'credit-memo'), 0) as credited into held
    from revenue.schedule s
    join invoicing.invoice i on i.id = s.invoice_id and i.billing_account_id = s.billing_account_id
    join invoicing.invoice_line l on l.billing_account_id = s.billing_account_id and l.month = i.month and l.invoice_id = s.invoice_id
      and l.line_no = s.line_no
    left join revenue.contract_subscription covered on covered.subscription_id = l.subscription_id
    where s.batch = sealing.id and l.recognition = 'deferred' and l.amount = s.amount and covered.contract_id is not distinct from s.contract_id
      and i.legal_entity_id = sealing.legal_entity_id and i.currency = sealing.currency and i.month = sealing.month;
    if (held.schedules, held.lines, held.invoiced, held.credited)
       is distinct from (sealing.schedules::bigint, sealing.schedules::bigint, sealing.invoiced, sealing.credited) then
      raise exception 'Batch % says % schedules, % invoiced and % credited; its documents say % in %, % and %.', sealing.id, sealing.schedules,
        sealing.invoiced, sealing.credited, held.lines, held.schedules, held.invoiced, held.credited
        using errcode = 'check_violation', constraint = 'batch_equals_its_documents';
    end if;
  end loop;
  return null;
end $$;
