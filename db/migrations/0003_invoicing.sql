-- Runs, invoices and the subledger. Rows of the bulk tables arrive by COPY: what must hold between them is checked once a
-- statement over all rows added, which costs a hundredth of a check per row.

create schema runs;

create table runs.run (
  id          uuid primary key,
  tenant      int  not null default 1 references tieout.tenant,
  kind        text not null check (kind in ('import', 'bill', 'post', 'reconcile')),
  title       text not null,
  scope       text not null default '',
  state       text not null check (state in ('running', 'finished', 'stopped', 'failed')),
  total       bigint not null default 0,
  done        bigint not null default 0,
  unit        text not null,
  actor       text not null,
  started_at  timestamptz not null,
  updated_at  timestamptz not null,
  finished_at timestamptz,
  problem     text not null default ''
);
create index on runs.run (started_at desc);
comment on column runs.run.scope is 'What it is about, such as the month; a run of the same kind and scope is taken up again, not begun twice.';

create schema invoicing;

create table invoicing.billing_part (
  run_id       uuid not null references runs.run,
  part         int  not null,
  legal_entity_id uuid not null references customers.legal_entity,
  from_account uuid not null,
  to_account   uuid not null,
  accounts     int  not null,
  done_at      timestamptz,
  invoices     int  not null default 0,
  primary key (run_id, part)
);
comment on table invoicing.billing_part is
  'Accounts of one legal entity, so that parts of two entities never wait for each other''s numbers; numbered in turn over the entities.';
comment on column invoicing.billing_part.to_account is 'The last account of the part; ends of parts are inclusive.';

create table invoicing.number_series (
  tenant          int    not null default 1 references tieout.tenant,
  legal_entity_id uuid   not null references customers.legal_entity,
  year            int    not null,
  used            bigint not null check (used >= 0),
  primary key (legal_entity_id, year)
);
comment on column invoicing.number_series.used is 'The last number given; the next invoice gets one more. Rolled back with its invoice, so there are no gaps.';

create table invoicing.invoice (
  id                 uuid not null,
  tenant             int  not null default 1,
  billing_account_id uuid not null,
  customer_id        uuid not null,
  legal_entity_id    uuid not null,
  number             text not null check (length(number) <= 16),
  month              date not null check (extract(day from month) = 1),
  currency           text not null,
  net                numeric(19,4) not null,
  tax                numeric(19,4) not null,
  total              numeric(19,4) not null,
  tax_code           text not null,
  tax_rate           numeric(9,6) not null,
  issue_date         date not null,
  due_date           date not null,
  lines              int  not null check (lines > 0),
  run_id             uuid not null,
  correlation_id     uuid not null,
  created_at         timestamptz not null,
  primary key (id, billing_account_id),
  unique (tenant, number),
  constraint invoice_adds_up check (net + tax = total),
  constraint invoice_due_after_issue check (due_date >= issue_date)
);
create index on invoicing.invoice (billing_account_id, month);
create index on invoicing.invoice (correlation_id);

create table invoicing.invoice_line (
  billing_account_id uuid not null,
  subscription_id    uuid not null,
  component          text not null,
  month              date not null,
  tenant             int  not null default 1,
  invoice_id         uuid not null,
  line_no            int  not null check (line_no > 0),
  period_start       date not null,
  period_end         date not null,
  quantity           numeric(28,12) not null,
  unit_price         numeric(28,12) not null,
  amount             numeric(19,4) not null check (amount <> 0),
  recognition        text not null check (recognition in ('immediate', 'deferred')),
  description        text not null,
  correlation_id     uuid not null,
  -- One component of one subscription is billed once a month, whatever run does it.
  constraint invoice_line_billed_once primary key (billing_account_id, subscription_id, component, month),
  -- And its days stay inside that month, so that no two lines of it can share a day.
  constraint invoice_line_within_month check (
    period_start >= month and period_end > period_start and period_end <= (month + interval '1 month')::date)
);

create schema ledger;

create table ledger.journal_entry (
  id                 uuid not null,
  billing_account_id uuid not null,
  tenant             int  not null default 1,
  legal_entity_id    uuid not null,
  month              date not null check (extract(day from month) = 1),
  entry_date         date not null,
  source_kind        text not null check (source_kind in ('invoice')),
  source_id          uuid not null,
  correlation_id     uuid not null,
  created_at         timestamptz not null,
  primary key (id, billing_account_id),
  -- One fact is booked once.
  constraint journal_entry_booked_once unique (source_id, source_kind, billing_account_id)
);

create table ledger.journal_line (
  entry_id           uuid not null,
  line_no            int  not null check (line_no > 0),
  billing_account_id uuid not null,
  tenant             int  not null default 1,
  legal_entity_id    uuid not null,
  month              date not null,
  account            text not null check (account in ('receivable', 'revenue', 'deferred-revenue', 'tax')),
  currency           text not null,
  amount             numeric(19,4) not null check (amount <> 0),
  primary key (entry_id, line_no)
);
comment on column ledger.journal_line.amount is 'Debit positive, credit negative.';

create view ledger.balance as
  select tenant, legal_entity_id, month, currency, account, sum(amount) as amount, count(*) as lines
  from ledger.journal_line
  group by tenant, legal_entity_id, month, currency, account;

-- Lines of an entry arrive in one statement and balance in each currency; so does whatever is ever added to it.
create function ledger.refuse_unbalanced() returns trigger language plpgsql as $$
declare
  off record;
begin
  select entry_id, currency, sum(amount) as amount into off
  from added group by entry_id, currency having sum(amount) <> 0 limit 1;
  if found then
    raise exception 'Journal entry % is out of balance by % %.', off.entry_id, off.amount, off.currency
      using errcode = 'check_violation', constraint = 'journal_line_balances';
  end if;
  return null;
end $$;
create trigger refuse_unbalanced after insert on ledger.journal_line
  referencing new table as added for each statement execute function ledger.refuse_unbalanced();

-- The invoice comes last in its transaction and seals what belongs to it: its lines add up, its entry is there.
create function invoicing.refuse_incomplete() returns trigger language plpgsql as $$
declare
  off record;
begin
  select i.number, i.net, i.lines, l.amount, l.lines as found into off
  from added i
  left join lateral (
    select sum(line.amount) as amount, count(*) as lines
    from invoicing.invoice_line line
    where line.billing_account_id = i.billing_account_id and line.month = i.month and line.invoice_id = i.id) l on true
  where l.amount is distinct from i.net or l.lines is distinct from i.lines
  limit 1;
  if found then
    raise exception 'Invoice % says % in % lines; its lines say % in %.', off.number, off.net, off.lines, off.amount, off.found
      using errcode = 'check_violation', constraint = 'invoice_equals_its_lines';
  end if;

  select i.number, i.total, e.amount into off
  from added i
  left join lateral (
    select sum(line.amount) as amount
    from ledger.journal_entry entry
    join ledger.journal_line line on line.entry_id = entry.id and line.account = 'receivable' and line.currency = i.currency
    where entry.source_id = i.id and entry.source_kind = 'invoice' and entry.billing_account_id = i.billing_account_id) e on true
  where e.amount is distinct from i.total
  limit 1;
  if found then
    raise exception 'Invoice % totals %; its journal entry has % on receivable.', off.number, off.total, coalesce(off.amount::text, 'nothing')
      using errcode = 'check_violation', constraint = 'invoice_is_in_the_ledger';
  end if;
  return null;
end $$;
create trigger refuse_incomplete after insert on invoicing.invoice
  referencing new table as added for each statement execute function invoicing.refuse_incomplete();

-- Booked is booked: nobody changes or removes it, by any way.
create function tieout.refuse_change() returns trigger language plpgsql as $$
begin
  raise exception '%.% is never changed or removed; add a correction instead.', tg_table_schema, tg_table_name
    using errcode = 'restrict_violation', constraint = 'booked_is_booked';
end $$;
create trigger booked_is_booked before update or delete or truncate on invoicing.invoice
  for each statement execute function tieout.refuse_change();
create trigger booked_is_booked before update or delete or truncate on invoicing.invoice_line
  for each statement execute function tieout.refuse_change();
create trigger booked_is_booked before update or delete or truncate on ledger.journal_entry
  for each statement execute function tieout.refuse_change();
create trigger booked_is_booked before update or delete or truncate on ledger.journal_line
  for each statement execute function tieout.refuse_change();
