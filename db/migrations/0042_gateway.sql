-- Payment gateways: what they said, byte for byte, what follows from it, and which entries were booked for it. Booked is money from a
-- gateway as any payment is (0034), on a clearing account of its own.

-- Whatever stood before has none of the new account.
alter table ledger.journal_line
  drop constraint journal_line_account_check,
  add constraint journal_line_account_check check (account in (
    'receivable', 'revenue', 'deferred-revenue', 'tax', 'bad-debt', 'cash-clearing', 'gateway-clearing', 'bank-fees', 'disputed-receivable',
    'unapplied-cash', 'fx-gain-loss', 'rounding')) not valid;

alter table exceptions.exception_case drop constraint exception_case_subject_kind_check;
alter table exceptions.exception_case add constraint exception_case_subject_kind_check
  check (subject_kind in ('posting', 'billing', 'break', 'target', 'rate', 'webhook', 'gateway'));

create table cash.gateway (
  tenant     int  not null default 1,
  name       text not null check (name ~ '^[a-z0-9-]{1,30}$'),
  provider   text not null check (provider in ('stripe')),
  account    text not null,
  live       bool not null,
  lost_to    text not null check (lost_to in ('bad-debt', 'owed-again')),
  created_at timestamptz not null,
  primary key (tenant, name)
);
comment on column cash.gateway.account is 'The connected account whose events are ours; empty for the gateway''s own.';
comment on column cash.gateway.live is 'False: only what happens in test mode counts.';

create table cash.gateway_entity (
  tenant          int  not null default 1,
  gateway         text not null,
  currency        text not null check (currency ~ '^([A-Z]{3})?$'),
  legal_entity_id uuid not null references customers.legal_entity,
  primary key (tenant, gateway, currency),
  foreign key (tenant, gateway) references cash.gateway (tenant, name)
);
comment on column cash.gateway_entity.currency is 'Empty for all that are not named.';

-- A charge with all that follows it, or a payout.
create table cash.gateway_object (
  tenant     int  not null default 1,
  gateway    text not null,
  id         text not null check (id <> ''),
  kind       text not null check (kind in ('charge', 'payout')),
  state      text not null default 'new' check (state in ('new', 'booked', 'waits', 'parked')),
  code       text not null default '',
  reason     text not null default '',
  remedy     text not null default '',
  first_at   timestamptz not null,
  again_at   timestamptz,
  primary key (tenant, gateway, id),
  foreign key (tenant, gateway) references cash.gateway (tenant, name),
  constraint gateway_object_says_why check ((state in ('waits', 'parked')) = (code <> ''))
);
comment on column cash.gateway_object.again_at is 'It is looked at again then, though nothing new was told of it.';
create index gateway_object_again on cash.gateway_object (again_at) where again_at is not null;
create index on cash.gateway_object (gateway, kind, state, first_at, id);

create table cash.gateway_event (
  tenant      int  not null default 1,
  gateway     text not null,
  id          text not null check (id <> ''),
  type        text not null,
  body        bytea not null,
  received_at timestamptz not null,
  state       text not null check (state in ('taken', 'parked', 'ignored')),
  code        text not null default '',
  reason      text not null default '',
  remedy      text not null default '',
  object      text,
  looked_at   timestamptz,
  primary key (tenant, gateway, id),
  foreign key (tenant, gateway) references cash.gateway (tenant, name),
  foreign key (tenant, gateway, object) references cash.gateway_object (tenant, gateway, id),
  constraint gateway_event_is_about_something check ((state = 'taken') = (object is not null)),
  constraint gateway_event_says_why check ((state = 'taken') = (code = ''))
);
comment on column cash.gateway_event.id is 'The provider''s; of what has none a digest of its bytes.';
comment on column cash.gateway_event.looked_at is 'When its object was booked with it in mind; null while it is to be looked at.';
create index gateway_event_of_object on cash.gateway_event (gateway, object) where object is not null;
create index gateway_event_to_look_at on cash.gateway_event (gateway, object) where looked_at is null and state = 'taken';
create index on cash.gateway_event (gateway, received_at, id);

-- What was said stays. Only what could not be read may come again in a form that can.
create function cash.refuse_gateway_event_change() returns trigger language plpgsql as $$
begin
  if tg_op = 'DELETE' or (old.gateway, old.id, old.received_at) is distinct from (new.gateway, new.id, new.received_at)
     or (old.state <> 'parked' and (old.type, old.body, old.state, old.object) is distinct from (new.type, new.body, new.state, new.object)) then
    raise exception 'What a gateway said is not changed.' using errcode = 'check_violation', constraint = 'gateway_event_stays';
  end if;
  return new;
end $$;
create trigger gateway_event_stays before update or delete on cash.gateway_event for each row execute function cash.refuse_gateway_event_change();

-- A movement on our balance at the gateway.
create table cash.gateway_movement (
  tenant       int  not null default 1,
  gateway      text not null,
  id           text not null check (id <> ''),
  kind         text not null check (kind in (
    'charge', 'refund', 'refund-failed', 'dispute', 'dispute-reversal', 'fee', 'payout', 'payout-failed')),
  source       text not null,
  currency     text not null check (currency ~ '^[A-Z]{3}$'),
  gross        numeric(19,4) not null,
  fee          numeric(19,4) not null,
  made_at      timestamptz not null,
  available_on date not null,
  payout       text,
  state        text not null default 'new' check (state in ('new', 'booked', 'none', 'parked')),
  entry_number text not null default '',
  primary key (tenant, gateway, id),
  foreign key (tenant, gateway) references cash.gateway (tenant, name),
  constraint gateway_movement_booked_by_an_entry check ((state = 'booked') = (entry_number <> '')),
  constraint gateway_movement_without_a_fee check (state <> 'none' or fee = case when kind = 'fee' then gross else 0 end)
);
comment on column cash.gateway_movement.payout is 'The payout it is part of; null while nobody said.';
comment on column cash.gateway_movement.state is 'Of its fee: none, where nothing was kept.';
create index on cash.gateway_movement (gateway, payout) where payout is not null;
create index on cash.gateway_movement (gateway, source, kind);
create index gateway_movement_fees on cash.gateway_movement (gateway, made_at, id) where state = 'new';

create function cash.refuse_gateway_movement_change() returns trigger language plpgsql as $$
begin
  if tg_op = 'DELETE' or old.state in ('booked', 'none') and new.state <> old.state or old.payout is not null and new.payout is distinct from old.payout
     or (old.gateway, old.id, old.kind, old.source, old.currency, old.gross, old.fee, old.made_at, old.available_on)
        is distinct from (new.gateway, new.id, new.kind, new.source, new.currency, new.gross, new.fee, new.made_at, new.available_on) then
    raise exception 'A movement on the balance is not changed, and is part of one payout.'
      using errcode = 'check_violation', constraint = 'gateway_movement_stays';
  end if;
  return new;
end $$;
create trigger gateway_movement_stays before update or delete on cash.gateway_movement
  for each row execute function cash.refuse_gateway_movement_change();

-- Which entry stands for which step of an object; the same step is booked once.
create table cash.gateway_booked (
  tenant     int  not null default 1,
  gateway    text not null,
  key        text not null check (key <> ''),
  object     text not null,
  source     text not null,
  moves      text,
  entry_id   uuid not null unique,
  number     text not null check (number <> ''),
  created_at timestamptz not null,
  primary key (tenant, gateway, key),
  foreign key (tenant, gateway) references cash.gateway (tenant, name)
);
comment on column cash.gateway_booked.moves is 'The kind of movement on the balance that goes with it; null for none.';
create index on cash.gateway_booked (gateway, object);
create index on cash.gateway_booked (gateway, source, moves);
create trigger booked_is_booked before update or delete or truncate on cash.gateway_booked
  for each statement execute function tieout.refuse_change();
