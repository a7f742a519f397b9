-- Webhooks out: who is told, what is told, and every delivery with its attempts.

create schema webhooks;

create table webhooks.endpoint (
  id            uuid primary key,
  tenant        int  not null default 1 references tieout.tenant,
  url           text not null check (url ~ '^https?://' and length(url) <= 2000),
  description   text not null default '',
  events        text[] not null check (cardinality(events) > 0 and events <@ array[
    'posting.posted', 'posting.parked', 'posting.in-doubt', 'posting.cancelled', 'exception.opened', 'exception.resolved',
    'invoice.finalised', 'credit-memo.finalised']),
  state         text not null default 'enabled' check (state in ('enabled', 'disabled', 'removed')),
  why           text not null default '',
  failing_since timestamptz,
  not_before    timestamptz,
  created_by    text not null check (created_by <> ''),
  created_at    timestamptz not null,
  changed_at    timestamptz not null,
  constraint endpoint_disabled_says_why check (state = 'enabled' or why <> '')
);
comment on column webhooks.endpoint.failing_since is 'The first failure since the last delivery that was taken; null while it takes.';
comment on column webhooks.endpoint.not_before is 'The receiver asked to be left alone until then.';
create function webhooks.refuse_return() returns trigger language plpgsql as $$
begin
  if old.state = 'removed' then
    raise exception 'An endpoint that was removed does not change.' using errcode = 'check_violation', constraint = 'endpoint_removed_is_removed';
  end if;
  return new;
end $$;
create trigger removed_is_removed before update on webhooks.endpoint for each row execute function webhooks.refuse_return();
create trigger nothing_is_deleted before delete or truncate on webhooks.endpoint for each statement execute function tieout.refuse_change();

-- Where a secret is, never the secret.
create table webhooks.secret (
  id          uuid primary key,
  tenant      int  not null default 1,
  endpoint_id uuid not null references webhooks.endpoint,
  kind        text not null check (kind in ('env', 'file')),
  place       text not null check (place <> '' and place not like 'whsec\_%'),
  added_at    timestamptz not null,
  until       timestamptz
);
create index on webhooks.secret (endpoint_id);
create unique index secret_newest_once on webhooks.secret (endpoint_id) where until is null;
comment on column webhooks.secret.until is 'Signs beside its successor until then; null for the newest.';

create table webhooks.endpoint_change (
  id          uuid primary key,
  tenant      int  not null default 1,
  endpoint_id uuid not null references webhooks.endpoint,
  what        text not null check (what <> ''),
  reason      text not null check (reason <> ''),
  actor       text not null check (actor <> ''),
  changed_at  timestamptz not null
);
create index on webhooks.endpoint_change (endpoint_id, changed_at);
create trigger booked_is_booked before update or delete or truncate on webhooks.endpoint_change
  for each statement execute function tieout.refuse_change();

create table webhooks.event (
  sequence           bigint generated always as identity primary key,
  id                 uuid not null unique default gen_random_uuid(),
  tenant             int  not null default 1,
  kind               text not null,
  at                 timestamptz not null,
  subject_id         uuid not null,
  subject_key        text not null,
  state              text not null,
  document_kind      text,
  document_id        uuid,
  subject_kind       text,
  category           text,
  code               text,
  target             text,
  erp_number         text,
  legal_entity_id    uuid,
  billing_account_id uuid,
  correlation_id     uuid,
  amount             numeric(19,4),
  currency           text,
  constraint event_amount_has_currency check (amount is null or currency is not null)
);
create trigger booked_is_booked before update or delete or truncate on webhooks.event for each statement execute function tieout.refuse_change();
comment on table webhooks.event is 'Written in the transaction of what it tells, only when an endpoint wants it.';

create table webhooks.delivery (
  number      bigint generated always as identity primary key,
  id          uuid not null unique default gen_random_uuid(),
  tenant      int  not null default 1,
  endpoint_id uuid not null references webhooks.endpoint,
  sequence    bigint not null references webhooks.event,
  state       text not null check (state in ('waiting', 'delivered', 'failed', 'held', 'cancelled')),
  attempts    int  not null default 0,
  tries       int  not null default 0 check (tries <= attempts),
  due_at      timestamptz,
  claim       uuid,
  status      int,
  detail      text not null default '',
  created_at  timestamptz not null,
  changed_at  timestamptz not null,
  constraint delivery_once unique (endpoint_id, sequence),
  constraint delivery_waiting_is_due check ((state = 'waiting') = (due_at is not null)),
  constraint delivery_claimed_waits check (claim is null or state = 'waiting')
) with (fillfactor = 80);
comment on column webhooks.delivery.attempts is 'Numbers the attempts, those of replays too.';
comment on column webhooks.delivery.tries is 'Attempts since it was written or last replayed; these count towards giving up.';
comment on column webhooks.delivery.due_at is 'When it may be sent next; while it is claimed, when the claim ends.';
create index delivery_due on webhooks.delivery (endpoint_id, due_at, number) where state = 'waiting';
create index on webhooks.delivery (endpoint_id, number);
create index delivery_open on webhooks.delivery (endpoint_id, state) where state in ('waiting', 'failed', 'held');
create index on webhooks.delivery (sequence);

-- What is delivered or cancelled stays so until somebody replays it.
create function webhooks.move_allowed(from_state text, to_state text) returns boolean language sql immutable as $$
  select (from_state, to_state) in (
    ('waiting', 'delivered'), ('waiting', 'failed'), ('waiting', 'held'), ('waiting', 'cancelled'),
    ('delivered', 'waiting'), ('failed', 'waiting'), ('held', 'waiting'),
    ('held', 'cancelled'))
$$;
create function webhooks.check_move() returns trigger language plpgsql as $$
begin
  if not webhooks.move_allowed(old.state, new.state) then
    raise exception 'A delivery cannot go from % to %.', old.state, new.state using errcode = 'check_violation', constraint = 'delivery_move';
  end if;
  return new;
end $$;
create trigger check_move before update on webhooks.delivery
  for each row when (old.state is distinct from new.state) execute function webhooks.check_move();
create trigger nothing_is_deleted before delete or truncate on webhooks.delivery for each statement execute function tieout.refuse_change();

create table webhooks.attempt (
  delivery_id uuid not null references webhooks.delivery (id),
  number      int  not null check (number > 0),
  tenant      int  not null default 1,
  claim       uuid not null,
  started_at  timestamptz not null,
  duration_ms int check (duration_ms >= 0),
  outcome     text check (outcome in ('delivered', 'refused', 'no-answer', 'not-sent')),
  status      int,
  answer      text not null default '' check (length(answer) <= 2048),
  detail      text not null default '',
  primary key (delivery_id, number),
  constraint attempt_ended_whole check ((outcome is null) = (duration_ms is null))
);
comment on column webhooks.attempt.outcome is 'Null while it is on the way, and for good when its node died.';

-- A replay of many: what it would send is listed first, and only that is sent.
create table webhooks.replay_plan (
  id          uuid primary key,
  tenant      int  not null default 1 references tieout.tenant,
  endpoint_id uuid not null references webhooks.endpoint,
  filter      jsonb not null,
  fingerprint text not null check (fingerprint ~ '^[0-9a-f]{64}$'),
  deliveries  int  not null check (deliveries >= 0),
  skipped     jsonb not null,
  actor       text not null check (actor <> ''),
  created_at  timestamptz not null,
  done_at     timestamptz,
  done_by     text,
  reason      text,
  replayed    int check (replayed between 0 and deliveries),
  constraint replay_plan_done_whole check ((done_at is null) = (done_by is null) and (done_at is null) = (reason is null) and (done_at is null) = (replayed is null))
);
create table webhooks.replay_item (
  plan_id     uuid not null references webhooks.replay_plan,
  delivery_id uuid not null references webhooks.delivery (id),
  tenant      int  not null default 1,
  state       text not null,
  attempts    int  not null,
  primary key (plan_id, delivery_id)
);
create trigger booked_is_booked before update or delete or truncate on webhooks.replay_item
  for each statement execute function tieout.refuse_change();

-- A disabled endpoint is still told of: what happens meanwhile is held for it until somebody replays it.
create function webhooks.wanted() returns text[] language sql stable as $$
  select array(select distinct unnest(events) from webhooks.endpoint where state <> 'removed')
$$;
create function webhooks.spread(kind text) returns table (endpoint_id uuid, state text) language sql stable as $$
  select id, case state when 'enabled' then 'waiting' else 'held' end from webhooks.endpoint where state <> 'removed' and kind = any(events)
$$;
create function webhooks.deliver_told() returns trigger language plpgsql as $$
begin
  insert into webhooks.delivery (endpoint_id, sequence, tenant, state, due_at, created_at, changed_at)
  select s.endpoint_id, t.sequence, t.tenant, s.state, case s.state when 'waiting' then t.at end, t.at, t.at
  from (select distinct kind from told) k cross join lateral webhooks.spread(k.kind) s join told t on t.kind = k.kind
  order by t.sequence;
  return null;
end $$;
create trigger deliver_told after insert on webhooks.event
  referencing new table as told for each statement execute function webhooks.deliver_told();

-- One statement, one look at the endpoints, one insert for all its rows; nothing at all when nobody listens.
create function webhooks.tell_postings() returns trigger language plpgsql as $$
declare
  wanted text[] := webhooks.wanted();
begin
  if wanted && array['posting.posted', 'posting.parked', 'posting.in-doubt', 'posting.cancelled'] then
    insert into webhooks.event (tenant, kind, at, subject_id, subject_key, state, document_kind, document_id, target, erp_number,
      legal_entity_id, billing_account_id, correlation_id, amount, currency)
    select n.tenant, 'posting.' || n.state, n.changed_at, n.id, n.business_key, n.state, n.document_kind, n.document_id, n.target, n.erp_number,
           n.legal_entity_id, n.billing_account_id, n.correlation_id, n.amount, n.currency
    from after_it n join before_it o on o.id = n.id and o.billing_account_id = n.billing_account_id
    where n.state <> o.state and 'posting.' || n.state = any(wanted)
    order by n.id;
  end if;
  return null;
end $$;
create trigger tell_webhooks after update on posting.posting
  referencing old table as before_it new table as after_it for each statement execute function webhooks.tell_postings();

create function webhooks.tell_opened() returns trigger language plpgsql as $$
begin
  if 'exception.opened' = any(webhooks.wanted()) then
    insert into webhooks.event (tenant, kind, at, subject_id, subject_key, state, subject_kind, category, code,
      legal_entity_id, billing_account_id, correlation_id, amount, currency)
    select tenant, 'exception.opened', opened_at, id, subject_key, state, subject_kind, category, code,
           legal_entity_id, billing_account_id, correlation_id, amount, currency
    from added where state = 'open' order by id;
  end if;
  return null;
end $$;
create trigger tell_webhooks after insert on exceptions.exception_case
  referencing new table as added for each statement execute function webhooks.tell_opened();

create function webhooks.tell_resolved() returns trigger language plpgsql as $$
begin
  if 'exception.resolved' = any(webhooks.wanted()) then
    insert into webhooks.event (tenant, kind, at, subject_id, subject_key, state, subject_kind, category, code,
      legal_entity_id, billing_account_id, correlation_id, amount, currency)
    select n.tenant, 'exception.resolved', coalesce(n.resolved_at, n.last_seen_at), n.id, n.subject_key, n.state, n.subject_kind, n.category, n.code,
           n.legal_entity_id, n.billing_account_id, n.correlation_id, n.amount, n.currency
    from after_it n join before_it o on o.id = n.id
    where n.state = 'resolved' and o.state = 'open' order by n.id;
  end if;
  return null;
end $$;
create trigger tell_webhooks_resolved after update on exceptions.exception_case
  referencing old table as before_it new table as after_it for each statement execute function webhooks.tell_resolved();

create function webhooks.tell_invoices() returns trigger language plpgsql as $$
declare
  wanted text[] := webhooks.wanted();
begin
  if wanted && array['invoice.finalised', 'credit-memo.finalised'] then
    insert into webhooks.event (tenant, kind, at, subject_id, subject_key, state, document_kind, document_id,
      legal_entity_id, billing_account_id, correlation_id, amount, currency)
    select tenant, kind || '.finalised', created_at, id, number, 'finalised', kind, id,
           legal_entity_id, billing_account_id, correlation_id, total, currency
    from added where kind || '.finalised' = any(wanted) order by number;
  end if;
  return null;
end $$;
create trigger tell_webhooks after insert on invoicing.invoice
  referencing new table as added for each statement execute function webhooks.tell_invoices();

-- An endpoint that does not take what it is sent is a person's business.
alter table exceptions.exception_case drop constraint exception_case_subject_kind_check;
alter table exceptions.exception_case add constraint exception_case_subject_kind_check
  check (subject_kind in ('posting', 'billing', 'break', 'target', 'rate', 'webhook'));
