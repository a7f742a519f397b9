-- What different rates leave in deferred revenue is won or lost, and does not stay: what a document that gives something back went by other than
-- what it gives back, and what given contracts leave whose documents come to nothing. It moves the books' currency alone.

-- One of a month and currency for each booking that left something; one for what contracts left; one for what an earlier version left. Its number
-- is of those of bookings: what a contract carried is told under either.
create table revenue.exchange (
  id              int  primary key,
  tenant          int  not null default 1,
  legal_entity_id uuid not null references customers.legal_entity,
  currency        text not null,
  month           date not null check (extract(day from month) = 1),
  cause           text not null check (cause in ('released', 'contracts', 'earlier')),
  booking         int,
  functional      numeric(28,4) not null check (functional <> 0),
  entry_id        uuid not null,
  run_id          uuid not null,
  created_at      timestamptz not null,
  constraint exchange_once unique (entry_id),
  constraint exchange_of_a_booking_once unique (booking),
  constraint exchange_of_its_booking check ((cause = 'released') = (booking is not null))
);
create index on revenue.exchange (legal_entity_id, currency, month);
comment on column revenue.exchange.functional is 'What leaves the liability, in the currency of the books: above zero for a gain.';

create trigger booked_is_booked before update or delete or truncate on revenue.exchange for each statement execute function tieout.refuse_change();

-- It is what its entry moves on deferred revenue, in the books alone; of its booking's books; and what contracts left is the sum of what they did.
create function revenue.refuse_strange_deferred_exchange() returns trigger language plpgsql set enable_seqscan = off as $$
declare
  off record;
begin
  select a.id into off
  from added a
  left join lateral (
    select sum(l.functional) filter (where l.account = 'deferred-revenue') as functional,
           bool_and(l.amount = 0 and l.currency = a.currency and l.account in ('deferred-revenue', 'fx-gain-loss')) as fits
    from ledger.journal_entry e join ledger.journal_line l on l.entry_id = e.id
    where e.id = a.entry_id and e.legal_entity_id = a.legal_entity_id and e.month = a.month and e.source_kind = 'revenue-journal') held on true
  where held.functional is distinct from a.functional or held.fits is not true limit 1;
  if found then
    raise exception 'The entry of exchange differences % of deferred revenue is not what it says.', off.id
      using errcode = 'check_violation', constraint = 'exchange_is_in_the_ledger';
  end if;
  select a.id into off
  from added a left join revenue.booking b on b.id = a.booking
  where exists (select from revenue.booking own where own.id = a.id)
     or (a.booking is not null and (b.legal_entity_id, b.currency, b.month) is distinct from (a.legal_entity_id, a.currency, a.month))
     or (a.cause = 'contracts') <> exists (select from revenue.contract_carried c where c.booking = a.id)
     or (a.cause = 'contracts' and (
       select sum(c.functional) <> a.functional or bool_or(c.amount <> 0 or (g.legal_entity_id, g.currency) is distinct from (a.legal_entity_id, a.currency))
       from revenue.contract_carried c left join revenue.contract g on g.id = c.contract_id where c.booking = a.id)) limit 1;
  if found then
    raise exception 'Exchange differences % are not of their booking, or not what contracts left.', off.id
      using errcode = 'check_violation', constraint = 'exchange_of_what_left_it';
  end if;
  return null;
end $$;
create trigger seal after insert on revenue.exchange
  referencing new table as added for each statement execute function revenue.refuse_strange_deferred_exchange();

create or replace function revenue.refuse_reversal() returns trigger language plpgsql as $$
begin
  if exists (select from added a join revenue.booking_entry b on b.entry_id = a.reverses)
     or exists (select from added a join revenue.unbilled u on u.entry_id = a.reverses)
     or exists (select from added a join revenue.prepaid_entry p on p.entry_id = a.reverses)
     or exists (select from added a join revenue.prepaid_exchange x on x.entry_id = a.reverses)
     or exists (select from added a join revenue.exchange x on x.entry_id = a.reverses) then
    raise exception 'What a revenue run booked follows its schedules and is not taken back.'
      using errcode = 'check_violation', constraint = 'booking_is_not_reversed';
  end if;
  return null;
end $$;

-- Books from before may have kept what rates left, and shared what documents of lines up and down came to otherwise. Their next run looks at them
-- once, and takes the mark away.
create table revenue.exchange_mark (
  legal_entity_id uuid not null references customers.legal_entity,
  currency        text not null,
  tenant          int  not null default 1,
  primary key (legal_entity_id, currency)
);
insert into revenue.exchange_mark (legal_entity_id, currency)
  select distinct b.legal_entity_id, b.currency from revenue.booking b join customers.legal_entity e on e.id = b.legal_entity_id where e.currency <> b.currency;
