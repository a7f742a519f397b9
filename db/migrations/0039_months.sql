-- Months of the books: open, soft-closed (journals only), closed; opened again only with a reason that stands beside it; what comes
-- late goes where the legal entity says.

alter table customers.legal_entity
  add column soft_closed_through date check (
    soft_closed_through is null or soft_closed_through = (date_trunc('month', soft_closed_through) + interval '1 month - 1 day')::date),
  add column shut_through date generated always as (greatest(closed_through, soft_closed_through)) stored,
  add column late_arrivals text not null default 'hold' check (late_arrivals in ('hold', 'next-open-month', 'ask-to-reopen'));
comment on column customers.legal_entity.soft_closed_through is 'Last day of the last month that takes journals only.';
comment on column customers.legal_entity.shut_through is 'Through this day no document is booked; only journals may be, after closed_through.';
comment on column customers.legal_entity.late_arrivals is 'Where money goes that is reported for a month which takes no documents.';

create table ledger.month_event (
  id              uuid primary key,
  tenant          int  not null default 1,
  legal_entity_id uuid not null references customers.legal_entity,
  month           date not null check (extract(day from month) = 1),
  event           text not null check (event in ('soft-closed', 'closed', 'reopened', 'signed', 'reopening-asked', 'late-arrivals-set')),
  accepted        text[] not null default '{}',
  about           text not null default '',
  actor           text not null check (actor <> ''),
  reason          text not null check (reason <> ''),
  at              timestamptz not null,
  transaction     xid8 not null default pg_current_xact_id()
);
comment on table ledger.month_event is 'Who did what to a month of the books, when and why. A month opens again only in the transaction that writes so here.';
comment on column ledger.month_event.accepted is 'Conditions that did not hold and were accepted by name.';
comment on column ledger.month_event.about is 'What asks for a month to be opened again; the policy set.';
create index on ledger.month_event (legal_entity_id, month, at);
-- The same money asks once.
create unique index month_event_asked_once on ledger.month_event (tenant, legal_entity_id, month, about) where event = 'reopening-asked';
create trigger booked_is_booked before update or delete or truncate on ledger.month_event for each statement execute function tieout.refuse_change();

create or replace function customers.refuse_reopening() returns trigger language plpgsql as $$
begin
  if exists (
       select from ledger.month_event e
       where e.legal_entity_id = old.id and e.event = 'reopened' and e.transaction = pg_current_xact_id()
         and (new.closed_through is not distinct from old.closed_through or new.closed_through = e.month - 1)
         and (new.soft_closed_through is not distinct from old.soft_closed_through or new.soft_closed_through = e.month - 1)) then
    return new;
  end if;
  raise exception 'The books of % are closed through %; a month is opened again only with a reason that stands beside it.',
      old.code, coalesce(old.closed_through, old.soft_closed_through)
    using errcode = 'check_violation', constraint = 'closed_only_forward';
end $$;
drop trigger closed_only_forward on customers.legal_entity;
create trigger closed_only_forward before update on customers.legal_entity
  for each row when (
    (old.closed_through is not null and (new.closed_through is null or new.closed_through < old.closed_through))
    or (old.soft_closed_through is not null and (new.soft_closed_through is null or new.soft_closed_through < old.soft_closed_through)))
  execute function customers.refuse_reopening();

create or replace function ledger.refuse_closed() returns trigger language plpgsql as $$
declare
  off record;
begin
  select e.code, a.month, case when a.journal then e.closed_through else e.shut_through end as through into off
  from (select distinct legal_entity_id, month, source_kind in ('manual-journal', 'revenue-journal', 'reversal') as journal from added) a
  join customers.legal_entity e on e.id = a.legal_entity_id
  where a.month <= case when a.journal then e.closed_through else e.shut_through end
  limit 1;
  if found then
    raise exception 'The books of % are closed through %; nothing more is booked in %.', off.code, off.through, to_char(off.month, 'YYYY-MM')
      using errcode = 'check_violation', constraint = 'journal_entry_month_open';
  end if;
  return null;
end $$;
