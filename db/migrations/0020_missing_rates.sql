-- A missing rate of exchange is one case, whatever number of accounts waits for it; who waits stands beside it.

alter table exceptions.exception_case drop constraint exception_case_subject_kind_check;
alter table exceptions.exception_case add constraint exception_case_subject_kind_check
  check (subject_kind in ('posting', 'billing', 'break', 'target', 'rate'));

create table exceptions.missing_rate (
  case_id         uuid primary key references exceptions.exception_case,
  tenant          int  not null default 1 references tieout.tenant,
  legal_entity_id uuid not null references customers.legal_entity,
  from_currency   text not null,
  to_currency     text not null check (to_currency <> from_currency),
  day             date not null,
  type            text not null,
  said            text not null check (said <> ''),
  seen_run        uuid not null references runs.run
);
create index on exceptions.missing_rate (legal_entity_id, day);
comment on column exceptions.missing_rate.said is 'What is missing; the cause of the case adds who waits.';
comment on column exceptions.missing_rate.seen_run is 'The last run that met it: the parts of one run are one meeting.';

create table exceptions.waiting (
  case_id            uuid not null references exceptions.missing_rate,
  billing_account_id uuid not null references customers.billing_account,
  tenant             int  not null default 1,
  invoices           int  not null check (invoices >= 0),
  credit_memos       int  not null check (credit_memos >= 0),
  amount             numeric(28,4) not null,
  since              timestamptz not null,
  ended              text check (ended in ('billed', 'waits-elsewhere', 'stopped', 'nothing-left')),
  ended_at           timestamptz,
  ended_run          uuid references runs.run,
  ended_rate         text not null default '',
  primary key (case_id, billing_account_id),
  constraint waiting_for_something check (invoices + credit_memos > 0),
  constraint waiting_ended_whole check ((ended is null) = (ended_at is null) and (ended is null) = (ended_run is null))
);
create index waiting_open on exceptions.waiting (billing_account_id) where ended is null;
comment on table exceptions.waiting is 'An account that waits for a rate, or waited; it stays when it is over, with what became of it.';
comment on column exceptions.waiting.amount is 'What its documents come to with tax, in its own currency.';

-- A case of a rate is open as long as somebody waits, and no longer. Looked at when everything of the transaction is written.
create function exceptions.check_waiting() returns trigger language plpgsql as $$
begin
  if (select state = 'open' from exceptions.exception_case where id = new.id)
     is distinct from exists (select from exceptions.waiting where case_id = new.id and ended is null) then
    raise exception 'The case of % is open although nobody waits, or resolved although somebody does.', new.subject_key
      using errcode = 'check_violation', constraint = 'rate_case_open_while_waited_for';
  end if;
  return null;
end $$;
create constraint trigger check_waiting after insert or update on exceptions.exception_case
  deferrable initially deferred for each row when (new.subject_kind = 'rate') execute function exceptions.check_waiting();
