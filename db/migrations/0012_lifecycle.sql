-- The life of a subscription: its amendments, what they make of it day by day, and what billing has to look at again.

alter table customers.legal_entity add column bills_from date;
comment on column customers.legal_entity.bills_from is
  'The first day billing has ever looked at for this entity; null while it was never billed. Who adds subscriptions locks the row for key share first.';

alter table subscriptions.subscription
  add column state text not null default 'active'
    check (state in ('draft', 'trialing', 'active', 'paused', 'cancelled', 'expired')),
  add column version int not null default 1 check (version > 0),
  add column anchor_date date,
  add column trial_end date,
  add column end_time time not null default '00:00',
  add column end_is_cancellation boolean not null default false,
  add column ended_by int check (ended_by > 0),
  add column term_end date,
  add column term_ending text check (term_ending in ('renew', 'expire')),
  -- What never came into force ends where it would have begun.
  drop constraint subscription_check,
  add constraint subscription_ends_after_start check (end_date >= start_date and (end_date > start_date or state = 'cancelled'));
comment on column subscriptions.subscription.state is
  'What its last amendment left it in. Trials, pauses with an end and terms pass by themselves: trial_end, pause, end_date.';
comment on column subscriptions.subscription.version is 'Of its last amendment. 1 without a row in amendment is the creation as it was imported.';
comment on column subscriptions.subscription.anchor_date is 'The day billing periods are anchored to; null for the start.';
comment on column subscriptions.subscription.trial_end is 'The first day that is paid for; null without a trial.';
comment on column subscriptions.subscription.ended_by is 'Version of the amendment that ended it; null while none did.';
comment on column subscriptions.subscription.end_is_cancellation is
  'The end is the very day somebody cancelled on: prices that bill the cancellation day bill it.';

-- The same moves as in Tieout.Domain.Subscriptions.SubscriptionMoves; a test compares the two.
create function subscriptions.move_allowed(from_state text, to_state text) returns boolean language sql immutable as $$
  select (from_state, to_state) in (
    ('draft', 'trialing'), ('draft', 'active'), ('draft', 'cancelled'),
    ('trialing', 'active'), ('trialing', 'cancelled'), ('trialing', 'expired'),
    ('active', 'paused'), ('active', 'cancelled'), ('active', 'expired'),
    ('paused', 'active'), ('paused', 'cancelled'), ('paused', 'expired'),
    ('cancelled', 'active'), ('expired', 'active'))
$$;
create function subscriptions.check_move() returns trigger language plpgsql as $$
begin
  if old.state is distinct from new.state and not subscriptions.move_allowed(old.state, new.state) then
    raise exception 'Subscription % cannot go from % to %.', old.code, old.state, new.state
      using errcode = 'check_violation', constraint = 'subscription_move';
  end if;
  if new.version not in (old.version, old.version + 1) then
    raise exception 'Subscription % is at version %; the next one is not %.', old.code, old.version, new.version
      using errcode = 'check_violation', constraint = 'subscription_version';
  end if;
  return new;
end $$;
create trigger check_move before update on subscriptions.subscription
  for each row when (old.state is distinct from new.state or old.version is distinct from new.version)
  execute function subscriptions.check_move();

alter table subscriptions.component
  add column tenant int not null default 1,
  add column from_date date,
  add column until_date date,
  add column from_time time not null default '00:00',
  add column until_time time not null default '00:00',
  add column opened_by int not null default 1 check (opened_by > 0),
  add column closed_by int check (closed_by > 0),
  add column agreed jsonb,
  add constraint component_ends_after_start check ((until_date, until_time) > (from_date, from_time)),
  add constraint component_agreed_once check (agreed is null or agreed_price is null);
update subscriptions.component
set from_date = subscription.start_date
from subscriptions.subscription
where subscription.billing_account_id = component.billing_account_id and subscription.id = component.subscription_id;
alter table subscriptions.component
  alter column from_date set not null,
  drop constraint component_pkey,
  add primary key (billing_account_id, subscription_id, component, from_date, from_time);
comment on column subscriptions.component.until_date is 'The first day it no longer stands so; null while open, also when the subscription ends.';
comment on column subscriptions.component.from_time is 'Local time of day; only prices prorated to the second look at it.';
comment on column subscriptions.component.agreed is 'A charge model agreed for this subscription that is not one agreed price.';

-- No two rows of one component share a moment. Each new row is compared with its neighbours by the primary key: a million come in
-- by COPY, and a plan made while the table was small would read all of it for each.
create function subscriptions.refuse_overlap() returns trigger language plpgsql set enable_seqscan = off set enable_bitmapscan = off as $$
declare
  off record;
begin
  select a.subscription_id, a.component, a.from_date into off
  from added a
  cross join lateral (
    select o.until_date, o.until_time
    from subscriptions.component o
    where o.billing_account_id = a.billing_account_id and o.subscription_id = a.subscription_id and o.component = a.component
      and (o.from_date, o.from_time) < (a.from_date, a.from_time)
    order by o.from_date desc, o.from_time desc
    limit 1) before
  where before.until_date is null or (before.until_date, before.until_time) > (a.from_date, a.from_time)
  limit 1;
  if not found then
    select a.subscription_id, a.component, a.from_date into off
    from added a
    cross join lateral (
      select o.from_date, o.from_time
      from subscriptions.component o
      where o.billing_account_id = a.billing_account_id and o.subscription_id = a.subscription_id and o.component = a.component
        and (o.from_date, o.from_time) > (a.from_date, a.from_time)
      order by o.from_date, o.from_time
      limit 1) after
    where a.until_date is null or (a.until_date, a.until_time) > (after.from_date, after.from_time)
    limit 1;
  end if;
  if found then
    raise exception 'Component % of subscription % stands twice from %.', off.component, off.subscription_id, off.from_date
      using errcode = 'exclusion_violation', constraint = 'component_overlap';
  end if;
  return null;
end $$;
create trigger refuse_overlap_added after insert on subscriptions.component
  referencing new table as added for each statement execute function subscriptions.refuse_overlap();
create trigger refuse_overlap_changed after update on subscriptions.component
  referencing new table as added for each statement execute function subscriptions.refuse_overlap();

create table subscriptions.pause (
  billing_account_id uuid not null,
  subscription_id    uuid not null,
  from_date          date not null,
  tenant             int  not null default 1,
  until_date         date check (until_date > from_date),
  mode               text not null check (mode in ('credit-days', 'move-end')),
  version            int  not null check (version > 1),
  primary key (billing_account_id, subscription_id, from_date),
  foreign key (billing_account_id, subscription_id) references subscriptions.subscription
);
comment on column subscriptions.pause.until_date is 'The first day it runs again; null while nobody resumed it.';
create function subscriptions.refuse_pause_overlap() returns trigger language plpgsql as $$
begin
  if exists (
    select from subscriptions.pause other
    where other.billing_account_id = new.billing_account_id and other.subscription_id = new.subscription_id and other.from_date <> new.from_date
      and daterange(other.from_date, other.until_date) && daterange(new.from_date, new.until_date)) then
    raise exception 'Subscription % rests already on some days from %.', new.subscription_id, new.from_date
      using errcode = 'exclusion_violation', constraint = 'pause_overlap';
  end if;
  return new;
end $$;
create trigger refuse_overlap before insert or update on subscriptions.pause
  for each row execute function subscriptions.refuse_pause_overlap();

create table subscriptions.amendment (
  billing_account_id uuid not null,
  subscription_id    uuid not null,
  version            int  not null check (version > 0),
  tenant             int  not null default 1,
  kind               text not null check (kind in (
    'create', 'activate', 'trial', 'upgrade', 'downgrade', 'change-quantity', 'add-component', 'remove-component', 'change-price',
    'renew', 'pause', 'resume', 'cancel', 'reactivate')),
  effective_on       date not null,
  effective_time     time not null default '00:00',
  content            jsonb not null,
  words              text not null check (words <> ''),
  state              text not null check (state in ('draft', 'trialing', 'active', 'paused', 'cancelled', 'expired')),
  reason             text not null,
  actor              text not null check (actor <> ''),
  idempotency_key    text check (idempotency_key <> ''),
  request_sha256     text check (request_sha256 ~ '^[0-9a-f]{64}$'),
  recorded_at        timestamptz not null,
  primary key (billing_account_id, subscription_id, version),
  foreign key (billing_account_id, subscription_id) references subscriptions.subscription,
  -- The same key again is the same amendment.
  constraint amendment_once unique (tenant, idempotency_key),
  constraint amendment_key_with_content check ((idempotency_key is null) = (request_sha256 is null)),
  constraint amendment_creation_first check ((version = 1) = (kind = 'create'))
);
create index on subscriptions.amendment (subscription_id);
comment on table subscriptions.amendment is
  'What was agreed, in the order it was recorded. A subscription that was imported and never amended has none: its creation is implied.';
comment on column subscriptions.amendment.words is 'What it did when it was recorded; with state, the answer that the same key gets again.';

-- Versions count up by one, so that none is lost.
create function subscriptions.refuse_version_gap() returns trigger language plpgsql as $$
begin
  if new.version > 1 and not exists (
    select from subscriptions.amendment other
    where other.billing_account_id = new.billing_account_id and other.subscription_id = new.subscription_id and other.version = new.version - 1) then
    raise exception 'Amendment % of subscription % has none before it.', new.version, new.subscription_id
      using errcode = 'check_violation', constraint = 'amendment_version_gap';
  end if;
  return new;
end $$;
create trigger refuse_version_gap before insert on subscriptions.amendment
  for each row execute function subscriptions.refuse_version_gap();
create trigger booked_is_booked before update or delete or truncate on subscriptions.amendment
  for each statement execute function tieout.refuse_change();

create table subscriptions.touched (
  id                 uuid primary key,
  tenant             int  not null default 1,
  billing_account_id uuid not null,
  subscription_id    uuid not null,
  from_date          date not null,
  reason             text not null check (reason <> ''),
  at                 timestamptz not null,
  foreign key (billing_account_id, subscription_id) references subscriptions.subscription
);
create index on subscriptions.touched (billing_account_id, subscription_id);
comment on table subscriptions.touched is 'What billing has to look at again, taken away by the run that did. Each amendment leaves one row.';
comment on column subscriptions.touched.from_date is
  'The first day of the earliest billing period that can have changed; what changed in it falls due on this day or later.';
