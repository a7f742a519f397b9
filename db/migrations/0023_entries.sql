-- Journal entries that are no invoices go to the ERPs as well: write-offs, journals by hand and what takes them back, with room for
-- payments, refunds, disputes and revenue journals. They are numbered in a series of their own.

alter table customers.legal_entity add column entry_series text check (entry_series ~ '^[A-Z0-9]{1,3}$');
comment on column customers.legal_entity.entry_series is 'Numbers journal entries that are no invoices.';
create unique index legal_entity_entry_series on customers.legal_entity (tenant, entry_series);

-- The series that nobody named: that of the invoices with a letter behind it; where that is too long or taken, the letter with the
-- first number that is free.
create function customers.free_series(entity customers.legal_entity, letter text) returns text language plpgsql stable as $$
declare
  wanted text := case when length(entity.series) < 3 then entity.series || letter else letter || '1' end;
  place int := 0;
begin
  while exists (select from customers.legal_entity e where e.tenant = entity.tenant and e.id <> entity.id
                and wanted in (e.series, e.credit_series, e.entry_series))
        or wanted in (entity.series, entity.credit_series, entity.entry_series) loop
    place := place + 1;
    wanted := letter || place;
  end loop;
  return wanted;
end $$;

drop trigger default_credit_series on customers.legal_entity;
drop function customers.default_credit_series();
create function customers.default_series() returns trigger language plpgsql as $$
begin
  if new.credit_series is null then new.credit_series := customers.free_series(new, 'C'); end if;
  if new.entry_series is null then new.entry_series := customers.free_series(new, 'J'); end if;
  -- The same kind of series twice is refused by its index.
  if new.series in (new.credit_series, new.entry_series) or new.credit_series = new.entry_series or exists (
       select from customers.legal_entity e where e.tenant = new.tenant and e.id <> new.id
         and (e.series in (new.credit_series, new.entry_series) or e.credit_series in (new.series, new.entry_series)
           or e.entry_series in (new.series, new.credit_series))) then
    raise exception 'One of the series %, % and % numbers other documents already.', new.series, new.credit_series, new.entry_series
      using errcode = 'unique_violation', constraint = 'legal_entity_series_apart';
  end if;
  return new;
end $$;
create trigger default_series before insert or update of series, credit_series, entry_series on customers.legal_entity
  for each row execute function customers.default_series();
update customers.legal_entity set entry_series = null;
alter table customers.legal_entity alter column entry_series set not null;

alter table ledger.journal_entry
  add column text text not null default '',
  add column reverses uuid,
  drop constraint journal_entry_source_kind_check,
  add constraint journal_entry_source_kind_check check (source_kind in (
    'invoice', 'credit-memo', 'payment', 'refund', 'dispute', 'write-off', 'revenue-journal', 'manual-journal', 'reversal')),
  add constraint journal_entry_reversal_names_its_entry check ((source_kind = 'reversal') = (reverses is not null));
comment on column ledger.journal_entry.billing_account_id is 'The legal entity''s id where no billing account, or more than one, is concerned.';
comment on column ledger.journal_entry.reverses is 'The entry it takes back whole.';
create unique index journal_entry_reversed_once on ledger.journal_entry (reverses) where reverses is not null;

alter table ledger.journal_line
  add column settles uuid,
  add column text text not null default '',
  drop constraint journal_line_account_check,
  add constraint journal_line_account_check check (account in (
    'receivable', 'revenue', 'deferred-revenue', 'tax', 'bad-debt', 'cash-clearing', 'bank-fees', 'disputed-receivable', 'unapplied-cash',
    'fx-gain-loss', 'rounding'));
comment on column ledger.journal_line.settles is 'The invoice or credit memo whose open item this line clears, in full or in part.';
comment on column ledger.journal_line.billing_account_id is 'The legal entity''s id where no billing account is concerned.';

-- What somebody booked by hand, or took back: who and why. Its entry has this id as its source.
create table ledger.manual_journal (
  id              uuid primary key,
  tenant          int  not null default 1,
  legal_entity_id uuid not null references customers.legal_entity,
  reason          text not null check (reason <> ''),
  actor           text not null check (actor <> ''),
  created_at      timestamptz not null
);
create trigger booked_is_booked before update or delete or truncate on ledger.manual_journal
  for each statement execute function tieout.refuse_change();

alter table runs.run drop constraint run_kind_check;
alter table runs.run add constraint run_kind_check check (kind in ('import', 'bill', 'post', 'reconcile', 'credit', 'write-off', 'close', 'journal'));

-- The document of such a posting is the entry itself.
alter table posting.posting drop constraint posting_document_kind_check;
alter table posting.posting add constraint posting_document_kind_check check (document_kind in (
  'invoice', 'credit-memo', 'payment', 'refund', 'dispute', 'write-off', 'revenue-journal', 'manual-journal', 'reversal'));
comment on column posting.posting.amount is
  'What the document does to what customers owe; the sum of the debits of an entry that leaves it as it is.';
create index posting_entry on posting.posting (month, legal_entity_id) where document_kind not in ('invoice', 'credit-memo');
drop index posting.posting_waiting_memo;
create index posting_waiting_turn on posting.posting (legal_entity_id, id) where state = 'staged' and document_kind <> 'invoice';

-- Comes last, and seals the entry: it is there, in one currency, its customers are named, it settles what is the customer's own, and
-- what takes an entry back has exactly the opposite lines.
create function posting.refuse_incomplete_entry() returns trigger language plpgsql as $$
declare
  entry ledger.journal_entry;
begin
  select e.* into entry from ledger.journal_entry e
  where e.id = new.document_id and e.billing_account_id = new.billing_account_id and e.source_kind = new.document_kind
    and e.legal_entity_id = new.legal_entity_id and e.month = new.month
    and exists (select from ledger.journal_line line where line.entry_id = e.id)
    and not exists (select from ledger.journal_line line where line.entry_id = e.id and line.currency <> new.currency);
  if entry.id is null then
    raise exception 'Posting % is of no journal entry in the ledger.', new.business_key
      using errcode = 'check_violation', constraint = 'posting_of_its_entry';
  end if;
  if exists (
       select from ledger.journal_line line where line.entry_id = entry.id and line.account in ('receivable', 'disputed-receivable')
         and not exists (select from customers.billing_account a where a.id = line.billing_account_id and a.legal_entity_id = entry.legal_entity_id)) then
    raise exception 'A line of % on what customers owe names no billing account of the legal entity.', new.business_key
      using errcode = 'check_violation', constraint = 'journal_line_names_its_customer';
  end if;
  if exists (
       select from ledger.journal_line line where line.entry_id = entry.id and line.settles is not null
         and not exists (select from invoicing.invoice i where i.id = line.settles and i.billing_account_id = line.billing_account_id
           and i.currency = line.currency)) then
    raise exception 'A line of % settles what is no invoice of its account and currency.', new.business_key
      using errcode = 'check_violation', constraint = 'journal_line_settles_its_own';
  end if;
  if entry.reverses is not null and exists (
       select from ledger.journal_line line where line.entry_id in (entry.id, entry.reverses)
       group by line.account, line.billing_account_id, line.currency, line.settles having sum(line.amount) <> 0) then
    raise exception 'The lines of % are not the opposite of what it takes back.', new.business_key
      using errcode = 'check_violation', constraint = 'journal_entry_reversal_is_opposite';
  end if;
  return null;
end $$;
create trigger refuse_incomplete_entry after insert on posting.posting
  for each row when (new.document_kind not in ('invoice', 'credit-memo')) execute function posting.refuse_incomplete_entry();

-- What has to stand in an ERP before the document: what it corrects, settles or takes back.
create function posting.predecessors(document uuid) returns table (id uuid) language sql stable as $$
  select tax.about_invoice_id from invoicing.invoice_tax tax where tax.invoice_id = document and tax.about_invoice_id <> tax.invoice_id
  union all
  select line.settles from ledger.journal_line line where line.entry_id = document and line.settles is not null
  union all
  select entry.reverses from ledger.journal_entry entry where entry.id = document and entry.reverses is not null
$$;
create or replace function posting.turn(document uuid) returns text language sql stable as $$
  select case when bool_or(before.state in ('parked', 'cancelled')) then 'blocked'
              when bool_or(before.state <> 'posted') then 'waits'
              else 'free' end
  from posting.predecessors(document) predecessor
  join posting.posting before on before.document_id = predecessor.id
$$;

create or replace function posting.check_turn() returns trigger language plpgsql as $$
begin
  if posting.turn(new.document_id) <> 'free' then
    raise exception 'Document % cannot be sent before what it is about is posted.', old.business_key
      using errcode = 'check_violation', constraint = 'posting_after_its_invoice';
  end if;
  return new;
end $$;
drop trigger check_turn on posting.posting;
create trigger check_turn before update on posting.posting
  for each row when (new.document_kind <> 'invoice' and new.state = 'sending' and old.state <> 'sending')
  execute function posting.check_turn();

-- The customers that an ERP has to know before it gets the entry; there may be none, one or several.
create function posting.entry_customers(document uuid) returns table (id uuid) language sql stable as $$
  select a.customer_id
  from ledger.journal_line line join customers.billing_account a on a.id = line.billing_account_id
  where line.entry_id = document and line.account in ('receivable', 'disputed-receivable')
$$;
