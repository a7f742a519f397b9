-- Reminding those who owe: how a legal entity does it, what was sent, what was promised, what a person stopped, and where each account stands.

create table cash.dunning_policy (
  tenant          int  not null default 1,
  legal_entity_id uuid not null references customers.legal_entity,
  version         int  not null check (version > 0),
  time_zone       text not null check (time_zone <> ''),
  steps           jsonb not null check (jsonb_typeof(steps) = 'array' and jsonb_array_length(steps) between 1 and 10),
  reason          text not null check (reason <> ''),
  actor           text not null check (actor <> ''),
  created_at      timestamptz not null,
  primary key (legal_entity_id, version)
);
create trigger booked_is_booked before update or delete or truncate on cash.dunning_policy for each statement execute function tieout.refuse_change();
create function cash.refuse_policy_gap() returns trigger language plpgsql as $$
begin
  if new.version > 1 and not exists (select from cash.dunning_policy p where p.legal_entity_id = new.legal_entity_id and p.version = new.version - 1) then
    raise exception 'Version % comes after one that is not there.', new.version using errcode = 'check_violation', constraint = 'dunning_policy_in_turn';
  end if;
  return new;
end $$;
create trigger in_turn before insert on cash.dunning_policy for each row execute function cash.refuse_policy_gap();

create table cash.dunning_notice (
  id                 uuid primary key,
  tenant             int  not null default 1,
  billing_account_id uuid not null references customers.billing_account,
  legal_entity_id    uuid not null,
  policy_version     int  not null,
  step               int  not null check (step > 0),
  name               text not null check (name <> ''),
  on_date            date not null,
  currency           text not null,
  amount             numeric(19,4) not null check (amount > 0),
  correlation_id     uuid not null,
  created_at         timestamptz not null,
  foreign key (legal_entity_id, policy_version) references cash.dunning_policy (legal_entity_id, version),
  -- Debts that reach a step on the same day are in one notice.
  constraint dunning_notice_once_a_day unique (billing_account_id, step, on_date)
);
create index on cash.dunning_notice (legal_entity_id, on_date);

create table cash.dunning_notice_invoice (
  notice_id  uuid not null references cash.dunning_notice,
  invoice_id uuid not null,
  tenant     int  not null default 1,
  step       int  not null,
  on_date    date not null,
  open       numeric(19,4) not null check (open > 0),
  days       int  not null check (days > 0),
  primary key (notice_id, invoice_id),
  -- Never the same step twice for the same debt, and never two on one day.
  constraint dunning_step_once unique (invoice_id, step),
  constraint dunning_one_step_a_day unique (invoice_id, on_date)
);
comment on column cash.dunning_notice_invoice.days is 'Days overdue when it was named.';

-- One step at a time; and a notice is what its invoices come to.
create function cash.refuse_skipped_step() returns trigger language plpgsql as $$
declare
  off record;
begin
  select a.invoice_id, a.step into off from added a
  where a.step > 1 and not exists (
    select from cash.dunning_notice_invoice b where b.invoice_id = a.invoice_id and b.step = a.step - 1 and b.on_date < a.on_date) limit 1;
  if found then
    raise exception 'Invoice % reaches step % without the one before.', off.invoice_id, off.step
      using errcode = 'check_violation', constraint = 'dunning_step_in_turn';
  end if;
  select n.id into off from cash.dunning_notice n join added a on a.notice_id = n.id
  where (a.step, a.on_date) is distinct from (n.step, n.on_date)
     or n.amount <> (select sum(all_of.open) from cash.dunning_notice_invoice all_of where all_of.notice_id = n.id) limit 1;
  if found then
    raise exception 'Notice % is not what its invoices come to.', off.id using errcode = 'check_violation', constraint = 'dunning_notice_adds_up';
  end if;
  return null;
end $$;
create trigger in_turn after insert on cash.dunning_notice_invoice
  referencing new table as added for each statement execute function cash.refuse_skipped_step();
create trigger booked_is_booked before update or delete or truncate on cash.dunning_notice for each statement execute function tieout.refuse_change();
create trigger booked_is_booked before update or delete or truncate on cash.dunning_notice_invoice
  for each statement execute function tieout.refuse_change();

create table cash.dunning_promise (
  id                 uuid primary key,
  tenant             int  not null default 1,
  billing_account_id uuid not null references customers.billing_account,
  until_on           date not null,
  invoices           uuid[] not null check (cardinality(invoices) > 0),
  reason             text not null check (reason <> ''),
  actor              text not null check (actor <> ''),
  created_at         timestamptz not null,
  outcome            text not null default 'open' check (outcome in ('open', 'kept', 'broken', 'withdrawn')),
  decided_at         timestamptz,
  decided_by         text not null default '',
  decided_why        text not null default '',
  constraint dunning_promise_decided check ((outcome = 'open') = (decided_at is null))
);
create index on cash.dunning_promise (billing_account_id, created_at);

create table cash.dunning_hold (
  id                 uuid primary key,
  tenant             int  not null default 1,
  billing_account_id uuid not null references customers.billing_account,
  until_on           date,
  reason             text not null check (reason <> ''),
  actor              text not null check (actor <> ''),
  created_at         timestamptz not null,
  released_at        timestamptz,
  released_by        text not null default '',
  released_why       text not null default '',
  constraint dunning_hold_released check ((released_at is null) = (released_by = ''))
);
create index on cash.dunning_hold (billing_account_id, created_at);

-- What was said stays; a promise is decided once, a hold is ended once.
create function cash.refuse_promise_change() returns trigger language plpgsql as $$
begin
  if tg_op = 'DELETE' or old.outcome <> 'open'
     or (old.id, old.billing_account_id, old.until_on, old.invoices, old.reason, old.actor, old.created_at)
        is distinct from (new.id, new.billing_account_id, new.until_on, new.invoices, new.reason, new.actor, new.created_at) then
    raise exception 'What was promised is not changed, and is decided once.' using errcode = 'check_violation', constraint = 'dunning_promise_stays';
  end if;
  return new;
end $$;
create trigger stays before update or delete on cash.dunning_promise for each row execute function cash.refuse_promise_change();
create function cash.refuse_hold_change() returns trigger language plpgsql as $$
begin
  if tg_op = 'DELETE' or old.released_at is not null
     or (old.id, old.billing_account_id, old.until_on, old.reason, old.actor, old.created_at)
        is distinct from (new.id, new.billing_account_id, new.until_on, new.reason, new.actor, new.created_at) then
    raise exception 'A hold is not changed, and ends once.' using errcode = 'check_violation', constraint = 'dunning_hold_stays';
  end if;
  return new;
end $$;
create trigger stays before update or delete on cash.dunning_hold for each row execute function cash.refuse_hold_change();

-- As the last look found it; accounts of which nothing was ever overdue have none.
create table cash.dunning_state (
  billing_account_id uuid primary key references customers.billing_account,
  tenant             int  not null default 1,
  legal_entity_id    uuid not null references customers.legal_entity,
  state              text not null check (state in ('current', 'overdue', 'dunned', 'promised', 'disputed', 'held')),
  step               int  not null check (step >= 0),
  overdue            numeric(19,4) not null check (overdue >= 0),
  currency           text not null,
  next_on            date,
  looked_on          date not null,
  changed_at         timestamptz not null,
  constraint dunning_state_of_something check ((state = 'current') = (overdue = 0) and (state <> 'current' or step = 0))
);
create index on cash.dunning_state (state, billing_account_id);

alter table webhooks.endpoint drop constraint endpoint_events_check;
alter table webhooks.endpoint add constraint endpoint_events_check check (cardinality(events) > 0 and events <@ array[
  'posting.posted', 'posting.parked', 'posting.in-doubt', 'posting.cancelled', 'exception.opened', 'exception.resolved',
  'invoice.finalised', 'credit-memo.finalised', 'dunning.notice', 'dunning.changed', 'dunning.promise']);

create function cash.tell_notices() returns trigger language plpgsql as $$
begin
  if 'dunning.notice' = any(webhooks.wanted()) then
    insert into webhooks.event (tenant, kind, at, subject_id, subject_key, state, legal_entity_id, billing_account_id, correlation_id, amount, currency)
    select n.tenant, 'dunning.notice', n.created_at, n.id, a.code, 'step-' || n.step, n.legal_entity_id, n.billing_account_id, n.correlation_id,
           n.amount, n.currency
    from added n join customers.billing_account a on a.id = n.billing_account_id order by n.id;
  end if;
  return null;
end $$;
create trigger tell_webhooks after insert on cash.dunning_notice
  referencing new table as added for each statement execute function cash.tell_notices();

create function cash.tell_dunning() returns trigger language plpgsql as $$
begin
  if 'dunning.changed' = any(webhooks.wanted()) then
    insert into webhooks.event (tenant, kind, at, subject_id, subject_key, state, code, legal_entity_id, billing_account_id, correlation_id, amount, currency)
    values (new.tenant, 'dunning.changed', new.changed_at, new.billing_account_id,
            (select code from customers.billing_account where id = new.billing_account_id), new.state, case when new.step > 0 then 'step-' || new.step end,
            new.legal_entity_id, new.billing_account_id, (select correlation_id from customers.billing_account where id = new.billing_account_id),
            new.overdue, new.currency);
  end if;
  return null;
end $$;
create trigger tell_webhooks after insert on cash.dunning_state for each row execute function cash.tell_dunning();
create trigger tell_webhooks_changed after update on cash.dunning_state
  for each row when ((old.state, old.step) is distinct from (new.state, new.step)) execute function cash.tell_dunning();

create function cash.tell_promises() returns trigger language plpgsql as $$
begin
  if 'dunning.promise' = any(webhooks.wanted()) then
    insert into webhooks.event (tenant, kind, at, subject_id, subject_key, state, legal_entity_id, billing_account_id, correlation_id)
    select new.tenant, 'dunning.promise', coalesce(new.decided_at, new.created_at), new.id, a.code, new.outcome, a.legal_entity_id, a.id, a.correlation_id
    from customers.billing_account a where a.id = new.billing_account_id;
  end if;
  return null;
end $$;
create trigger tell_webhooks after insert or update on cash.dunning_promise for each row execute function cash.tell_promises();
