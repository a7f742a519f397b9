-- Corrections and credits: a line is booked again and again under one key, each time one revision more; documents carry tax
-- by code and rate; credit memos count in a series of their own.

-- Closed months are never restated: a run refuses a date inside them, and so does the ledger.
alter table customers.legal_entity
  add column credit_series text check (credit_series ~ '^[A-Z0-9]{1,3}$'),
  add column billed_through date,
  add column closed_through date check (closed_through is null or closed_through = (date_trunc('month', closed_through) + interval '1 month - 1 day')::date);
comment on column customers.legal_entity.billed_through is 'Every account of the entity was billed for what fell due until this day, it included.';
comment on column customers.legal_entity.closed_through is 'Last day of the last closed month.';
create unique index legal_entity_credit_series on customers.legal_entity (tenant, credit_series);

-- Invoices' series with a C behind it; where that is too long or taken, the first of C1, C2 … that is free.
create function customers.default_credit_series() returns trigger language plpgsql as $$
declare
  place int := 0;
begin
  if new.credit_series is null then
    new.credit_series := case when length(new.series) < 3 then new.series || 'C' else 'C1' end;
    while exists (select from customers.legal_entity e where e.tenant = new.tenant and e.id <> new.id
                  and new.credit_series in (e.series, e.credit_series)) loop
      place := place + 1;
      new.credit_series := 'C' || place;
    end loop;
  end if;
  if exists (select from customers.legal_entity e where e.tenant = new.tenant
             and (e.series = new.credit_series or (e.id <> new.id and e.credit_series = new.series))) or new.series = new.credit_series then
    raise exception 'Series % or % numbers other documents already.', new.series, new.credit_series
      using errcode = 'unique_violation', constraint = 'legal_entity_series_apart';
  end if;
  return new;
end $$;
create trigger default_credit_series before insert or update of series, credit_series on customers.legal_entity
  for each row execute function customers.default_credit_series();
update customers.legal_entity set credit_series = null;
alter table customers.legal_entity alter column credit_series set not null;

alter table customers.billing_account
  add column invoice_grouping text not null default 'account' check (invoice_grouping in ('account', 'subscription'));
alter table customers.billing_account add column monthly_minimum numeric(19,4) not null default 0 check (monthly_minimum >= 0);
comment on column customers.billing_account.monthly_minimum is 'What every calendar month of the account comes to at least; the rest is a true-up on the first day after it.';
alter table customers.customer add column level text not null default '';
comment on column customers.customer.level is 'Decides about discounts that differ by it, such as gold.';
comment on column customers.billing_account.invoice_grouping is 'One invoice for all of its subscriptions, or one for each.';

alter table invoicing.number_series drop constraint number_series_pkey;
alter table invoicing.number_series add column series text;
update invoicing.number_series n set series = e.series from customers.legal_entity e where e.id = n.legal_entity_id;
alter table invoicing.number_series alter column series set not null, add primary key (legal_entity_id, series, year);

-- What is booked stays as it is; only columns are added to it.
alter table invoicing.invoice
  add column kind text not null default 'invoice' check (kind in ('invoice', 'credit-memo')),
  add column reason text not null default '',
  add column purchase_order text not null default '',
  add column note text not null default '',
  add column voids uuid,
  add constraint invoice_kind_by_sign check ((kind = 'credit-memo') = (total < 0));
comment on column invoicing.invoice.total is 'Negative on a credit memo, as are its net and tax: every sum is the balance.';
comment on column invoicing.invoice.voids is 'The invoice that this credit memo takes back whole.';
-- An invoice is taken back once.
create unique index invoice_voided_once on invoicing.invoice (voids) where voids is not null;

-- An invoice in another currency than its company's books says what it is in theirs, by which rate, of which day, from where.
alter table invoicing.invoice
  add column books_currency text check (books_currency ~ '^[A-Z]{3}$'),
  add column books_net numeric(19,4),
  add column books_tax numeric(19,4),
  add column books_total numeric(19,4),
  add column exchange_rate numeric(28,12) check (exchange_rate > 0),
  add column exchange_date date,
  add column exchange_source text,
  add constraint invoice_in_books_currency check (
    num_nonnulls(books_currency, books_net, books_tax, books_total, exchange_rate, exchange_date, exchange_source) in (0, 7)),
  add constraint invoice_in_books_adds_up check (books_net + books_tax = books_total),
  -- The shown rate has 12 decimals, the conversion all of them; a whole unit apart is no rounding any more.
  add constraint invoice_converted_by_its_rate check (abs(books_total - total * exchange_rate) <= 1 + abs(total) * 0.000001);
comment on column invoicing.invoice.exchange_rate is 'Units of the books'' currency for one of the invoice''s.';

create table invoicing.invoice_tax (
  invoice_id         uuid not null,
  group_no           int  not null check (group_no > 0),
  billing_account_id uuid not null,
  tenant             int  not null default 1,
  about_invoice_id   uuid not null,
  code               text not null check (code <> ''),
  category           text not null check (category in ('S', 'Z', 'E', 'AE', 'G', 'O', 'K')),
  rate               numeric(9,6) not null check (rate between 0 and 1),
  base               numeric(19,4) not null,
  tax                numeric(19,4) not null,
  note               text not null default '',
  primary key (invoice_id, group_no),
  constraint invoice_tax_zero_rate check (rate <> 0 or tax = 0)
);
comment on column invoicing.invoice_tax.about_invoice_id is 'The invoice whose base it changes: itself, or the earlier one that is corrected.';
create index invoice_tax_corrections on invoicing.invoice_tax (about_invoice_id) where about_invoice_id <> invoice_id;
insert into invoicing.invoice_tax (invoice_id, group_no, billing_account_id, tenant, about_invoice_id, code, category, rate, base, tax)
  select id, 1, billing_account_id, tenant, id, tax_code, case when tax_rate = 0 then 'Z' else 'S' end, tax_rate, net, tax from invoicing.invoice;
create trigger booked_is_booked before update or delete or truncate on invoicing.invoice_tax
  for each statement execute function tieout.refuse_change();
alter table invoicing.invoice drop column tax_code, drop column tax_rate;

alter table invoicing.invoice_line drop constraint invoice_line_billed_once, drop constraint invoice_line_within_month, drop constraint invoice_line_amount_check;
alter table invoicing.invoice_line
  add column part_start date,
  add column detail text not null default '',
  add column revision int not null default 1 check (revision > 0),
  add column standing numeric(19,4),
  add column billed numeric(19,4),
  add column covered_until date,
  add column due_on date,
  add column origin_invoice_id uuid,
  add column origin_line_no int,
  add column amendment int not null default 1,
  add column price_id uuid,
  add column convention text not null default '',
  add column tax_code text,
  add column tax_category text,
  add column tax_rate numeric(9,6),
  add column supply_on date,
  add column tax_ground text not null default '',
  add column tax_note text not null default '';
drop trigger booked_is_booked on invoicing.invoice_line;
update invoicing.invoice_line l set
  part_start = period_start, standing = amount, billed = amount, covered_until = period_end, due_on = period_start,
  origin_invoice_id = l.invoice_id, origin_line_no = l.line_no, supply_on = l.month,
  tax_code = t.code, tax_category = t.category, tax_rate = t.rate
from invoicing.invoice_tax t where t.invoice_id = l.invoice_id;
create trigger booked_is_booked before update or delete or truncate on invoicing.invoice_line
  for each statement execute function tieout.refuse_change();
alter table invoicing.invoice_line
  alter column part_start set not null, alter column standing set not null, alter column billed set not null,
  alter column covered_until set not null, alter column due_on set not null,
  alter column origin_invoice_id set not null, alter column origin_line_no set not null,
  alter column tax_code set not null, alter column tax_category set not null, alter column tax_rate set not null, alter column supply_on set not null,
  -- One part of one component is booked once at each revision, whatever run does it.
  add constraint invoice_line_billed_once primary key (billing_account_id, subscription_id, component, part_start, detail, revision),
  add constraint invoice_line_amount check (amount <> 0),
  add constraint invoice_line_period check (period_end > period_start and covered_until between part_start and period_end),
  -- Never credited below zero: what is billed lies between nothing and what is wanted, favours aside.
  add constraint invoice_line_never_more_than_billed check (
    billed between least(standing, 0) and greatest(standing, 0)),
  add constraint invoice_line_first check (revision > 1 or (standing = amount and billed = amount)),
  add constraint invoice_line_nothing_stands check (standing <> 0 or covered_until = part_start);
comment on column invoicing.invoice_line.part_start is 'With subscription, component and detail the key: the first day of the part.';
comment on column invoicing.invoice_line.standing is 'What is wanted for the key and stands after this line.';
comment on column invoicing.invoice_line.billed is 'Sum of the amounts of all revisions so far; less than standing by what was credited as a favour.';
comment on column invoicing.invoice_line.covered_until is 'The first day the key no longer covers after this line; its own first day when nothing stands.';
comment on column invoicing.invoice_line.origin_invoice_id is 'Where the charge first stood: this invoice, or the one that this line corrects.';
create index invoice_line_origin on invoicing.invoice_line (origin_invoice_id) where revision > 1;
comment on constraint invoice_line_billed_once on invoicing.invoice_line is 'The rule "billed once": with "each day once" (trigger each_day_once) nothing is billed twice, in one period or across several.';

-- A revision follows the one before it, and no two parts of a component that stand share a day.
create function invoicing.refuse_double() returns trigger language plpgsql as $$
declare
  off record;
begin
  if exists (select from added where revision > 1) then
    select a.component, a.part_start, a.revision into off
    from added a
    left join invoicing.invoice_line b on b.billing_account_id = a.billing_account_id and b.subscription_id = a.subscription_id
      and b.component = a.component and b.part_start = a.part_start and b.detail = a.detail and b.revision = a.revision - 1
    where a.revision > 1 and (b.billed is null or b.billed + a.amount <> a.billed)
    limit 1;
    if found then
      raise exception 'Revision % of % from % does not follow from the one before.', off.revision, off.component, off.part_start
        using errcode = 'check_violation', constraint = 'invoice_line_revision_follows';
    end if;
  end if;

  select a.component, a.part_start, o.part_start as other into off
  from added a
  join invoicing.invoice_line o on o.billing_account_id = a.billing_account_id and o.subscription_id = a.subscription_id
    and o.component = a.component and o.part_start <> a.part_start and o.detail = a.detail
    and o.part_start < a.covered_until and o.covered_until > a.part_start
  where not exists (
    select from invoicing.invoice_line later
    where later.billing_account_id = o.billing_account_id and later.subscription_id = o.subscription_id and later.component = o.component
      and later.part_start = o.part_start and later.detail = o.detail and later.revision > o.revision)
  limit 1;
  if found then
    raise exception 'Component % would be billed twice for days shared by the parts from % and from %.', off.component, off.part_start, off.other
      using errcode = 'exclusion_violation', constraint = 'invoice_line_each_day_once';
  end if;
  return null;
end $$;
create trigger each_day_once after insert on invoicing.invoice_line
  referencing new table as added for each statement execute function invoicing.refuse_double();

-- The document comes last in its transaction and seals what belongs to it: lines, tax and entry are there and add up.
create or replace function invoicing.refuse_incomplete() returns trigger language plpgsql as $$
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

  select i.number, i.net, i.tax, t.base, t.tax as found into off
  from added i
  left join lateral (select sum(base) as base, sum(tax) as tax from invoicing.invoice_tax where invoice_id = i.id) t on true
  where t.base is distinct from i.net or t.tax is distinct from i.tax
  limit 1;
  if found then
    raise exception 'Invoice % says % and tax %; its tax groups say % and %.', off.number, off.net, off.tax, off.base, off.found
      using errcode = 'check_violation', constraint = 'invoice_equals_its_taxes';
  end if;

  select i.number, i.total, e.amount into off
  from added i
  left join lateral (
    select sum(line.amount) as amount
    from ledger.journal_entry entry
    join ledger.journal_line line on line.entry_id = entry.id and line.account = 'receivable' and line.currency = i.currency
    where entry.source_id = i.id and entry.source_kind = i.kind and entry.billing_account_id = i.billing_account_id) e on true
  where coalesce(e.amount, 0) <> i.total or (e.amount is null and i.total <> 0)
  limit 1;
  if found then
    raise exception 'Invoice % is about %, its entry about %.', off.number, off.total, coalesce(off.amount, 0)
      using errcode = 'check_violation', constraint = 'invoice_is_in_the_ledger';
  end if;
  return null;
end $$;

alter table ledger.journal_entry drop constraint journal_entry_source_kind_check;
alter table ledger.journal_entry add constraint journal_entry_source_kind_check
  check (source_kind in ('invoice', 'credit-memo', 'write-off'));
alter table ledger.journal_line drop constraint journal_line_account_check;
alter table ledger.journal_line add constraint journal_line_account_check
  check (account in ('receivable', 'revenue', 'deferred-revenue', 'tax', 'bad-debt'));

create function ledger.refuse_closed() returns trigger language plpgsql as $$
declare
  off record;
begin
  select e.code, a.month, e.closed_through into off
  from (select distinct legal_entity_id, month from added) a
  join customers.legal_entity e on e.id = a.legal_entity_id
  where a.month <= e.closed_through
  limit 1;
  if found then
    raise exception 'The books of % are closed through %; nothing more is booked in %.', off.code, off.closed_through, to_char(off.month, 'YYYY-MM')
      using errcode = 'check_violation', constraint = 'journal_entry_month_open';
  end if;
  return null;
end $$;
create trigger closed_is_closed after insert on ledger.journal_entry
  referencing new table as added for each statement execute function ledger.refuse_closed();

-- A debt given up: what the customer still owes of an invoice, or part of it, becomes an expense.
create table invoicing.write_off (
  id                 uuid not null,
  tenant             int  not null default 1,
  billing_account_id uuid not null,
  legal_entity_id    uuid not null,
  invoice_id         uuid not null,
  written_off_on     date not null,
  currency           text not null,
  amount             numeric(19,4) not null check (amount > 0),
  reason             text not null check (reason <> ''),
  actor              text not null,
  correlation_id     uuid not null,
  created_at         timestamptz not null,
  primary key (id, billing_account_id)
);
create index on invoicing.write_off (invoice_id);
create trigger booked_is_booked before update or delete or truncate on invoicing.write_off
  for each statement execute function tieout.refuse_change();

-- What an invoice still asks for: its total, what later documents credit or add on its account, and what was given up.
create view invoicing.open_amount as
  select i.id, i.billing_account_id, i.currency, i.total,
         coalesce((select sum(l.amount) from invoicing.invoice_line l where l.origin_invoice_id = i.id and l.invoice_id <> i.id and l.revision > 1), 0)
       + coalesce((select sum(t.tax) from invoicing.invoice_tax t where t.about_invoice_id = i.id and t.invoice_id <> i.id), 0) as corrected,
         coalesce((select sum(w.amount) from invoicing.write_off w where w.invoice_id = i.id), 0) as written_off
  from invoicing.invoice i where i.kind = 'invoice';

create function invoicing.refuse_too_much_written_off() returns trigger language plpgsql as $$
declare
  off record;
begin
  select o.total + o.corrected as owed, o.written_off into off
  from invoicing.open_amount o where o.id in (select invoice_id from added) and o.written_off > o.total + least(o.corrected, 0)
  limit 1;
  if found then
    raise exception '% is written off, but only % was ever owed.', off.written_off, off.owed
      using errcode = 'check_violation', constraint = 'write_off_within_owed';
  end if;
  return null;
end $$;
create trigger within_owed after insert on invoicing.write_off
  referencing new table as added for each statement execute function invoicing.refuse_too_much_written_off();

-- Invoices drawn up for a person to look at. Nothing of a draft is booked: made final, the account is billed as of its date,
-- and refused if that is not what the draft showed.
create table invoicing.draft (
  id                 uuid primary key,
  tenant             int  not null default 1,
  billing_account_id uuid not null references customers.billing_account,
  billed_on          date not null,
  grouping_key       uuid not null,
  content            jsonb not null,
  content_hash       text not null,
  currency           text not null,
  net                numeric(19,4) not null,
  tax                numeric(19,4) not null,
  total              numeric(19,4) not null,
  purchase_order     text not null default '',
  note               text not null default '',
  state              text not null default 'open' check (state in ('open', 'final', 'dropped')),
  invoice_id         uuid,
  actor              text not null,
  created_at         timestamptz not null,
  changed_at         timestamptz not null,
  constraint draft_final_has_invoice check ((state = 'final') = (invoice_id is not null))
);
create unique index draft_open_once on invoicing.draft (billing_account_id, grouping_key) where state = 'open';
comment on column invoicing.draft.grouping_key is 'The subscription it is for, or the account when it is for all of them.';

-- What a person charges beside the subscription: set-up, training, a penalty.
create table invoicing.one_off_charge (
  id                 uuid not null,
  tenant             int  not null default 1,
  billing_account_id uuid not null references customers.billing_account,
  subscription_id    uuid,
  charge_on          date not null,
  quantity           numeric(28,12) not null check (quantity > 0),
  unit_price         numeric(28,12) not null check (unit_price >= 0),
  recognition        text not null check (recognition in ('immediate', 'deferred')),
  tax_category       text not null,
  description        text not null check (description <> ''),
  idempotency_key    text not null,
  content_hash       text not null,
  withdrawn_at       timestamptz,
  actor              text not null,
  correlation_id     uuid not null,
  created_at         timestamptz not null,
  primary key (billing_account_id, id),
  constraint one_off_charge_once unique (tenant, idempotency_key)
);
comment on column invoicing.one_off_charge.withdrawn_at is 'From then on it should not stand: the next run credits it.';

alter table posting.posting drop constraint posting_document_kind_check;
alter table posting.posting add constraint posting_document_kind_check check (document_kind in ('invoice', 'credit-memo'));
alter table invoicing.billing_part add column credit_memos int not null default 0;

alter table runs.run drop constraint run_kind_check;
alter table runs.run add constraint run_kind_check check (kind in ('import', 'bill', 'post', 'reconcile', 'credit', 'write-off'));

-- The same key again answers with what it gave the first time; with other content it is refused.
create table invoicing.given_once (
  tenant          int  not null default 1,
  idempotency_key text not null check (idempotency_key <> ''),
  content_hash    text not null,
  document_id     uuid not null,
  given_at        timestamptz not null,
  primary key (tenant, idempotency_key)
);
