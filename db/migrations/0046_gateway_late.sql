-- What a gateway tells for a month that takes it no more waits as the legal entity says of late money (0039), and goes on by itself: kept is
-- for whose books and for which day it waits, so that whoever books finds it again once the month or the policy lets it.

alter table cash.gateway_object
  add column held_entity uuid references customers.legal_entity,
  add column held_on     date,
  add column held_as     text check (held_as in ('document', 'journal')),
  add column held_asked  boolean,
  add constraint gateway_object_held_whole check (num_nonnulls(held_entity, held_on, held_as, held_asked) in (0, 4)),
  add constraint gateway_object_held_is_parked check (held_on is null or state = 'parked');
comment on column cash.gateway_object.held_as is 'A document is held by a soft-closed month too; a journal, and what takes an entry back, by a closed one alone.';
comment on column cash.gateway_object.held_asked is 'That the month be opened again is asked for.';
create index gateway_object_held on cash.gateway_object (held_entity, held_on) where held_on is not null;

alter table cash.gateway_movement
  add column held_entity uuid references customers.legal_entity,
  add column held_on     date,
  add column held_as     text check (held_as in ('document', 'journal')),
  add column held_asked  boolean,
  add constraint gateway_movement_held_whole check (num_nonnulls(held_entity, held_on, held_as, held_asked) in (0, 4)),
  add constraint gateway_movement_held_is_parked check (held_on is null or state = 'parked');
comment on column cash.gateway_movement.held_on is 'The day of its fee, which waits for the month or for another policy.';
create index gateway_movement_held on cash.gateway_movement (held_entity, held_on) where held_on is not null;

-- The counterpart of LateArrival.Of: true where looking again comes to another answer than the last time.
create function cash.goes_on(entity uuid, day date, kind text, asked boolean) returns boolean language sql stable as $$
  select e.late_arrivals = 'next-open-month'
      or day > coalesce(case kind when 'journal' then e.closed_through else e.shut_through end, '-infinity')
      or (e.late_arrivals = 'ask-to-reopen' and not asked)
  from customers.legal_entity e where e.id = entity
$$;
