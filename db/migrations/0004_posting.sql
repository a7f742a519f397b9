-- The delivery of documents to ERPs, with the evidence of every attempt.

create schema posting;

create table posting.target_version (
  tenant     int  not null default 1 references tieout.tenant,
  target     text not null,
  version    text not null,
  system     text not null,
  rules      jsonb not null,
  first_used timestamptz not null default now(),
  primary key (tenant, target, version)
);
comment on table posting.target_version is 'Account rules as they were when a posting used them; never edited, never with a secret.';

create table posting.posting (
  id                 uuid not null,
  billing_account_id uuid not null,
  tenant             int  not null default 1,
  legal_entity_id    uuid not null,
  document_kind      text not null check (document_kind in ('invoice')),
  document_id        uuid not null,
  business_key       text not null,
  month              date not null,
  currency           text not null,
  amount             numeric(19,4) not null,
  state              text not null check (state in ('staged', 'ready', 'sending', 'posted', 'in-doubt', 'parked', 'cancelled')),
  target             text,
  rules_version      text,
  attempts           int  not null default 0,
  tries              int  not null default 0,
  look_ups           int  not null default 0,
  not_before         timestamptz,
  claim              uuid,
  claimed_by         int,
  claimed_until      timestamptz,
  sent_at            timestamptz,
  erp_number         text,
  erp_id             text,
  correlation_id     uuid not null,
  created_at         timestamptz not null,
  changed_at         timestamptz not null,
  primary key (id, billing_account_id),
  -- One business fact posts once.
  constraint posting_once unique (tenant, business_key),
  constraint posting_posted_has_document check ((state = 'posted') = (erp_number is not null)),
  constraint posting_sending_is_claimed check (state <> 'sending' or claim is not null),
  constraint posting_routed check (state in ('staged', 'parked', 'cancelled') or target is not null)
) with (fillfactor = 70);
comment on column posting.posting.attempts is 'Numbers the attempts, sendings and look-ups alike.';
comment on column posting.posting.tries is 'Sendings that count towards giving up; not those for which the ERP as a whole was out of reach.';
create index posting_waiting on posting.posting (legal_entity_id, id) where state = 'staged';
create index posting_lane on posting.posting (target, state, id) where state in ('ready', 'sending', 'in-doubt');
create index posting_claim on posting.posting (claim) where claim is not null;
create index posting_parked on posting.posting (legal_entity_id, id) where state = 'parked';
create index on posting.posting (document_id);
create index on posting.posting (correlation_id);
create index on posting.posting (target, erp_number) where erp_number is not null;

-- The same moves as in Tieout.Domain.Posting.PostingMoves; a test compares the two.
create function posting.move_allowed(from_state text, to_state text) returns boolean language sql immutable as $$
  select (from_state, to_state) in (
    ('staged', 'ready'), ('staged', 'parked'), ('staged', 'cancelled'),
    ('ready', 'sending'), ('ready', 'parked'), ('ready', 'cancelled'),
    ('sending', 'posted'), ('sending', 'in-doubt'), ('sending', 'parked'), ('sending', 'ready'),
    ('in-doubt', 'posted'), ('in-doubt', 'ready'), ('in-doubt', 'parked'),
    ('parked', 'ready'), ('parked', 'cancelled'))
$$;
create function posting.check_move() returns trigger language plpgsql as $$
begin
  if not posting.move_allowed(old.state, new.state) then
    raise exception 'Posting % cannot go from % to %.', old.business_key, old.state, new.state
      using errcode = 'check_violation', constraint = 'posting_move';
  end if;
  return new;
end $$;
create trigger check_move before update on posting.posting
  for each row when (old.state is distinct from new.state) execute function posting.check_move();
create trigger booked_is_booked before delete or truncate on posting.posting
  for each statement execute function tieout.refuse_change();

create table posting.node (
  number     int generated always as identity primary key,
  started_at timestamptz not null default now()
);
comment on table posting.node is 'A running program. While it lives it holds the advisory lock (731, number); a claim of a node without its lock is dead.';

create table posting.exchange (
  id         uuid primary key,
  tenant     int  not null default 1,
  batch      uuid not null,
  target     text not null,
  operation  text not null,
  request    bytea not null,
  answer     bytea,
  status     int,
  failure    text,
  started_at timestamptz not null,
  ended_at   timestamptz
);
create index on posting.exchange (batch);

create table posting.attempt (
  posting_id uuid not null,
  number     int  not null,
  kind       text not null check (kind in ('send', 'look-up')),
  batch      uuid not null,
  node       int  not null,
  started_at timestamptz not null,
  ended_at   timestamptz,
  outcome    text check (outcome in ('accepted', 'already-posted', 'refused', 'no-answer', 'not-sent', 'found', 'absent', 'conflict', 'crashed')),
  detail     text not null default '',
  primary key (posting_id, number)
);

create schema exceptions;

create table exceptions.exception_case (
  id                 uuid primary key,
  tenant             int  not null default 1 references tieout.tenant,
  category           text not null check (category in ('technical', 'business', 'data')),
  code               text not null,
  subject_kind       text not null check (subject_kind in ('posting', 'billing', 'break', 'target')),
  subject_key        text not null,
  cause              text not null check (cause <> ''),
  remedy             text not null,
  technical          text not null default '',
  legal_entity_id    uuid,
  billing_account_id uuid,
  month              date,
  currency           text,
  amount             numeric(19,4),
  correlation_id     uuid,
  state              text not null default 'open' check (state in ('open', 'resolved')),
  resolution         text not null default '',
  repeats            int  not null default 1,
  opened_at          timestamptz not null,
  last_seen_at       timestamptz not null,
  resolved_at        timestamptz
);
create unique index exception_case_open_once on exceptions.exception_case (tenant, subject_kind, subject_key, code) where state = 'open';
create index on exceptions.exception_case (correlation_id);
create index on exceptions.exception_case (subject_key);
