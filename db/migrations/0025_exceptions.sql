-- Exceptions as a queue: groups, owners, comments, replay plans, and fields that a person has set for one document.

-- What is the same trouble, whatever document it met: category, code, and the cause without what names the document. A number that the
-- cause is about stays: it follows one of these words.
create function exceptions.fingerprint(category text, code text, cause text, subject_key text) returns text language sql immutable as $$
  select left(encode(sha256(convert_to(category || '/' || code || '/' || regexp_replace(
    case when subject_key = '' then cause else replace(cause, subject_key, '#') end,
    '(?<!(account|code|company|profile|period|HTTP) )\m[^\s''"();]*[0-9][^\s''"();]*', '#', 'g'), 'UTF8')), 'hex'), 16)
$$;

-- The same as Tieout.Domain.Exceptions.RoleQueues; a test compares the two.
create function exceptions.queue_of(category text, code text, subject_kind text) returns text language sql immutable as $$
  select case
    when subject_kind = 'break' or code in (
      'account-closed', 'duplicate-in-erp', 'erp-computed-otherwise', 'exchange-rate-missing', 'key-taken', 'period-closed', 'rate-missing',
      'reversed-in-erp') then 'controller'
    when category = 'technical' or subject_kind = 'webhook' or code in (
      'account-not-allowed', 'account-rule-missing', 'account-unknown', 'account-unmapped', 'company-unknown', 'dimension-unknown',
      'dimension-unmapped', 'journal-unknown', 'kind-unsupported', 'payment-term-unknown', 'posting-profile-missing', 'route-missing',
      'tax-code-missing', 'tax-code-unknown', 'tax-expired', 'tax-unmapped') then 'integration-engineer'
    else 'finance-operations' end
$$;

alter table exceptions.exception_case
  add column fingerprint      text generated always as (exceptions.fingerprint(category, code, cause, subject_key)) stored,
  add column queue            text generated always as (exceptions.queue_of(category, code, subject_kind)) stored,
  add column owner            text not null default '',
  add column due              date,
  add column resolved_attempt int,
  add constraint case_attempt_ends_it check (resolved_attempt is null or state = 'resolved');
comment on column exceptions.exception_case.fingerprint is 'Cases with the same one are one group.';
comment on column exceptions.exception_case.queue is 'The role that can fix it.';
comment on column exceptions.exception_case.owner is 'Who sees to it; empty while nobody does.';
comment on column exceptions.exception_case.resolved_attempt is 'The attempt by which its posting came to be posted.';

-- One for each way the open ones are looked at, newest first; the last one carries what groups and totals add up.
create index exception_case_open on exceptions.exception_case (id) where state = 'open';
create index exception_case_open_code on exceptions.exception_case (code, id) where state = 'open';
create index exception_case_open_category on exceptions.exception_case (category, id) where state = 'open';
create index exception_case_open_queue on exceptions.exception_case (queue, id) where state = 'open';
create index exception_case_open_owner on exceptions.exception_case (owner, id) where state = 'open';
create index exception_case_open_entity on exceptions.exception_case (legal_entity_id, id) where state = 'open';
create index exception_case_open_group on exceptions.exception_case (fingerprint, id) where state = 'open';
create index exception_case_open_sums on exceptions.exception_case (fingerprint, category, code, queue, currency)
  include (amount, opened_at, last_seen_at) where state = 'open';

create trigger nothing_is_deleted before delete or truncate on exceptions.exception_case
  for each statement execute function tieout.refuse_change();

-- What people and the program did about a case.
create table exceptions.note (
  id      uuid primary key,
  tenant  int  not null default 1,
  case_id uuid not null references exceptions.exception_case,
  kind    text not null check (kind in ('comment', 'owner', 'due', 'replay', 'override', 'posted')),
  text    text not null check (text <> '' and length(text) <= 2000),
  actor   text not null check (actor <> ''),
  at      timestamptz not null
);
create index on exceptions.note (case_id, id);
create trigger booked_is_booked before update or delete or truncate on exceptions.note
  for each statement execute function tieout.refuse_change();

-- A replay of many begins with what it would do. Carried out, it does exactly that, as far as it still stands so.
create table exceptions.replay_plan (
  id          uuid primary key,
  tenant      int  not null default 1,
  filter      jsonb not null,
  fingerprint text not null,
  made_by     text not null check (made_by <> ''),
  made_at     timestamptz not null,
  state       text not null default 'made' check (state in ('made', 'running', 'done')),
  done_by     text not null default '',
  reason      text not null default '',
  run         uuid,
  began_at    timestamptz,
  done_at     timestamptz,
  constraint plan_carried_out_says_who check ((state = 'made') = (done_by = '') and (state = 'made') = (reason = '') and (state = 'made') = (began_at is null)),
  constraint plan_done_has_its_end check ((state = 'done') = (done_at is not null))
);
create function exceptions.check_plan() returns trigger language plpgsql as $$
begin
  if (old.id, old.filter, old.fingerprint, old.made_by, old.made_at) is distinct from (new.id, new.filter, new.fingerprint, new.made_by, new.made_at)
     or old.state = 'done' or (old.state = 'running' and (new.state = 'made' or new.done_by <> old.done_by)) then
    raise exception 'Plan % says what it said when it was made, and is carried out once.', old.id
      using errcode = 'check_violation', constraint = 'plan_is_carried_out_once';
  end if;
  return new;
end $$;
create trigger check_plan before update on exceptions.replay_plan for each row execute function exceptions.check_plan();
create trigger nothing_is_deleted before delete or truncate on exceptions.replay_plan
  for each statement execute function tieout.refuse_change();

create table exceptions.replay_item (
  plan_id            uuid not null references exceptions.replay_plan,
  place              int  not null,
  tenant             int  not null default 1,
  case_id            uuid not null references exceptions.exception_case,
  code               text not null,
  subject_key        text not null,
  posting_id         uuid,
  billing_account_id uuid,
  posting_changed_at timestamptz,
  currency           text,
  amount             numeric(19,4),
  skip               text not null default '',
  outcome            text check (outcome in ('replayed', 'left')),
  detail             text not null default '',
  done_at            timestamptz,
  primary key (plan_id, place),
  constraint item_to_replay_has_its_posting check (skip <> '' or posting_id is not null and posting_changed_at is not null),
  constraint item_ends_once check ((outcome is null) = (done_at is null) and (skip = '' or outcome is null))
);
comment on column exceptions.replay_item.skip is 'Why it is left alone; empty for those to be replayed.';
create unique index replay_item_posting_once on exceptions.replay_item (plan_id, posting_id) where skip = '';
create index replay_item_open on exceptions.replay_item (plan_id, place) where skip = '' and outcome is null;
create function exceptions.check_item() returns trigger language plpgsql as $$
begin
  if old.outcome is not null
     or (old.case_id, old.posting_id, old.posting_changed_at, old.amount, old.skip) is distinct from (new.case_id, new.posting_id, new.posting_changed_at, new.amount, new.skip) then
    raise exception 'What a plan lists stays, and is done once.' using errcode = 'check_violation', constraint = 'plan_item_is_done_once';
  end if;
  return new;
end $$;
create trigger check_item before update on exceptions.replay_item for each row execute function exceptions.check_item();
create trigger nothing_is_deleted before delete or truncate on exceptions.replay_item
  for each statement execute function tieout.refuse_change();

-- Fields that a person has set for one document on its way. The newest version holds all of them; none is ever an amount.
create function posting.override_fields_allowed(fields jsonb) returns boolean language sql immutable as $$
  select jsonb_typeof(fields) = 'array' and not exists (
    select from jsonb_array_elements(fields) field
    where jsonb_typeof(field) <> 'object'
       or coalesce(field ->> 'field', '') not in ('reference', 'due-date', 'account', 'tax-code', 'dimension')
       or exists (select from jsonb_object_keys(field) name where name not in ('field', 'place', 'value')))
$$;
create table posting.field_override (
  posting_id         uuid not null,
  billing_account_id uuid not null,
  tenant             int  not null default 1,
  version            int  not null check (version > 0),
  fields             jsonb not null constraint override_of_known_fields check (posting.override_fields_allowed(fields)),
  reason             text not null check (reason <> ''),
  actor              text not null check (actor <> ''),
  at                 timestamptz not null,
  primary key (posting_id, version),
  foreign key (posting_id, billing_account_id) references posting.posting (id, billing_account_id)
);
comment on table posting.field_override is 'Versions; an empty one takes all fields back.';
-- What was sent must be looked up as it was sent: only a parked document takes another content.
create function posting.check_override() returns trigger language plpgsql as $$
begin
  if (select p.state from posting.posting p where p.id = new.posting_id and p.billing_account_id = new.billing_account_id for share) <> 'parked' then
    raise exception 'Only a parked document takes an override.' using errcode = 'check_violation', constraint = 'override_of_parked';
  end if;
  return new;
end $$;
create trigger check_override before insert on posting.field_override for each row execute function posting.check_override();
create trigger booked_is_booked before update or delete or truncate on posting.field_override
  for each statement execute function tieout.refuse_change();

-- What stopped or is in doubt is looked for by itself, newest first.
create index posting_stopped on posting.posting (id) where state in ('parked', 'in-doubt', 'cancelled');

alter table runs.run drop constraint run_kind_check;
alter table runs.run add constraint run_kind_check check (
  kind in ('import', 'bill', 'post', 'reconcile', 'credit', 'write-off', 'close', 'journal', 'replay'));
