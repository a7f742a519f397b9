-- Lanes: what all programs that post into one ERP know together, what each of them holds of it, and what people said.

create table posting.lane (
  tenant           int  not null default 1 references tieout.tenant,
  target           text not null,
  mode             text not null default 'running' check (mode in ('running', 'draining', 'paused')),
  slots            int  not null check (slots between 1 and 64),
  batch_size       int  not null check (batch_size >= 1),
  calls_per_minute int  check (calls_per_minute >= 1),
  zone             text not null,
  open_hours       text[] not null default '{}',
  maintenance      text[] not null default '{}',
  kinds            text[] not null default '{}',
  legal_entities   text[] not null default '{}',
  slots_now        numeric(12,6) not null check (slots_now >= 1),
  lowered_at       timestamptz,
  tokens           numeric(18,6) not null,
  tokens_at        timestamptz not null,
  hold_until       timestamptz,
  documents        numeric(18,4) not null default 0,
  busy_seconds     numeric(18,4) not null default 0,
  requests         numeric(18,4) not null default 0,
  turned_away      bigint not null default 0,
  changed_at       timestamptz not null,
  primary key (tenant, target)
);
comment on table posting.lane is 'A target as the programs that post into it were configured last, and what they found out about it together.';
comment on column posting.lane.slots_now is 'Calls at once that the ERP takes, found by trying; slots is the most.';
comment on column posting.lane.tokens is 'Calls that may begin; below zero while some are owed.';
comment on column posting.lane.hold_until is 'Until when the ERP asked to wait (Retry-After).';
comment on column posting.lane.documents is 'Remembered of late, with busy_seconds and requests: its pace.';

create table posting.lane_share (
  tenant        int  not null default 1,
  target        text not null,
  node          int  not null,
  wanted        int  not null check (wanted >= 0),
  slots         int  not null check (slots >= 0),
  in_use        int  not null check (in_use >= 0),
  tokens        int  not null default 0,
  trouble       text not null default '',
  circuit_until timestamptz,
  told_at       timestamptz not null,
  until         timestamptz not null,
  primary key (tenant, target, node),
  foreign key (tenant, target) references posting.lane
);
comment on table posting.lane_share is 'Slots that a running program holds; until it tells again, dies, or does not tell in time.';

-- The limit is the ERP's: what is held together never grows beyond it. It may stand above it for a while, when the limit was lowered
-- or a call outlasts its slot.
create function posting.check_lane_share() returns trigger language plpgsql as $$
begin
  if new.slots > new.in_use and (
       select coalesce(sum(share.slots), 0) from posting.lane_share share
       where share.tenant = new.tenant and share.target = new.target and share.until > new.told_at)
     > (select lane.slots from posting.lane lane where lane.tenant = new.tenant and lane.target = new.target) then
    raise exception 'More slots of % would be held than there are.', new.target
      using errcode = 'check_violation', constraint = 'lane_share_within_its_slots';
  end if;
  return null;
end $$;
create trigger check_lane_share after insert or update of slots on posting.lane_share
  for each row execute function posting.check_lane_share();

create table posting.lane_command (
  id      uuid primary key,
  tenant  int  not null default 1,
  target  text not null,
  command text not null check (command in ('pause', 'drain', 'resume')),
  actor   text not null check (actor <> ''),
  reason  text not null check (reason <> ''),
  at      timestamptz not null,
  foreign key (tenant, target) references posting.lane
);
create index on posting.lane_command (target, at);
create trigger booked_is_booked before update or delete or truncate on posting.lane_command
  for each statement execute function tieout.refuse_change();
comment on table posting.lane_command is 'Who told a lane what, and why; never changed.';

-- A command is never without its entry: the mode follows from the last one.
create function posting.check_lane_mode() returns trigger language plpgsql as $$
begin
  if new.mode is distinct from (
       case (select c.command from posting.lane_command c where c.tenant = new.tenant and c.target = new.target order by c.at desc, c.id desc limit 1)
         when 'pause' then 'paused' when 'drain' then 'draining' else 'running' end) then
    raise exception 'The mode of lane % does not follow from what it was told last.', new.target
      using errcode = 'check_violation', constraint = 'lane_mode_was_told';
  end if;
  return new;
end $$;
create trigger check_lane_mode before update of mode on posting.lane
  for each row when (new.mode is distinct from old.mode) execute function posting.check_lane_mode();

-- Whose turn it is among what is ready; see LaneTurns. What became ready before there were turns goes first.
alter table posting.posting add column place bigint not null default 0;
comment on column posting.posting.place is 'Its turn among what is ready: month, kind, then the time and the turn of its account.';
create index posting_turns on posting.posting (target, place, id) where state = 'ready';
-- Close first: the oldest accounting month is made ready before the newer ones.
create index posting_months on posting.posting (legal_entity_id, month, id) where state = 'staged';
