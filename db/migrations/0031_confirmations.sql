-- What ERPs that book in their own time tell us by themselves: every message as it came, and what it says of each document.

create table posting.confirmation_due (
  tenant       int  not null default 1 references tieout.tenant,
  target       text not null,
  reference    text not null check (reference <> ''),
  business_key text not null check (business_key <> ''),
  due_since    timestamptz not null,
  primary key (tenant, target, reference)
);
create index on posting.confirmation_due (tenant, target, business_key);
comment on table posting.confirmation_due is 'Under which references documents were about to leave for an ERP that confirms later.';

create table posting.confirmation_message (
  id          uuid primary key,
  tenant      int  not null default 1 references tieout.tenant,
  target      text not null,
  received_at timestamptz not null,
  treatment   text not null check (treatment in ('taken', 'doubled', 'malformed')),
  problem     text not null default '',
  digest      text not null,
  body        bytea not null,
  constraint confirmation_message_says_why check ((treatment = 'malformed') = (problem <> ''))
);
create index on posting.confirmation_message (tenant, target, digest);
create index on posting.confirmation_message (tenant, target, received_at, id);
comment on table posting.confirmation_message is 'Evidence, byte for byte; headers and log-ins are never part of it.';

create table posting.confirmation (
  message      uuid not null references posting.confirmation_message,
  position     int  not null check (position >= 0),
  tenant       int  not null default 1 references tieout.tenant,
  target       text not null,
  reference    text not null check (reference <> ''),
  says         text not null check (says in ('booked', 'refused', 'on-its-way', 'unclear')),
  erp_number   text,
  erp_id       text,
  notes        jsonb not null default '[]',
  received_at  timestamptz not null,
  primary key (message, position),
  constraint confirmation_booked_has_document check (says <> 'booked' or erp_number is not null),
  constraint confirmation_refused_has_none check (says <> 'refused' or erp_number is null),
  constraint confirmation_document check ((erp_number is null) = (erp_id is null))
);
create index on posting.confirmation (tenant, target, reference);
comment on table posting.confirmation is 'What a message says of one document. It proves nothing: the ERP''s books do.';

create trigger evidence_stays before update or delete or truncate on posting.confirmation_message
  for each statement execute function tieout.refuse_change();
create trigger evidence_stays before update or delete or truncate on posting.confirmation
  for each statement execute function tieout.refuse_change();

-- A confirmation that came while a document was in somebody's hands, or on its way, is looked at as soon as it is put down: the look-up
-- does not wait for its next pause. changed_at is when it was taken up.
create function posting.look_at_once() returns trigger language plpgsql as $$
begin
  if exists (
      select from posting.confirmation_due due
      join posting.confirmation told using (tenant, target, reference)
      where due.tenant = new.tenant and due.target = new.target and due.business_key = new.business_key
        and told.received_at >= old.changed_at) then
    new.not_before := least(new.not_before, new.changed_at);
  end if;
  return new;
end $$;
create trigger look_at_once before update on posting.posting
  for each row when (new.state = 'in-doubt' and old.claim is not null and new.claim is null) execute function posting.look_at_once();

-- Taken: the ERP has it and books it in its own time. In doubt, and no silence.
alter table posting.attempt drop constraint attempt_outcome_check;
alter table posting.attempt add constraint attempt_outcome_check check (
  outcome in ('accepted', 'already-posted', 'refused', 'no-answer', 'taken', 'not-sent', 'found', 'absent', 'conflict', 'crashed'));
