-- A line of a statement is booked once, whichever way it goes; when what books it is taken back by hand, the line is undecided again.

alter table cash.bank_line add column attempt int not null default 1 check (attempt > 0);
comment on column cash.bank_line.attempt is 'Which time it is booked, or would be: one more than how often what booked it was taken back.';

-- What booked lines and was taken back by hand.
create table cash.bank_line_freed (
  tenant       int  not null default 1,
  line         text not null,
  attempt      int  not null,
  entry_number text not null check (entry_number <> ''),
  booked_by    text not null,
  booked_why   text not null,
  booked_at    timestamptz not null,
  reversal     text not null check (reversal <> ''),
  actor        text not null check (actor <> ''),
  reason       text not null check (reason <> ''),
  created_at   timestamptz not null,
  primary key (tenant, line, attempt),
  foreign key (tenant, line) references cash.bank_line (tenant, key)
);
comment on column cash.bank_line_freed.reversal is 'Number of the entry that took it back.';
create trigger booked_is_booked before update or delete or truncate on cash.bank_line_freed
  for each statement execute function tieout.refuse_change();

-- What a bank said never changes. What is booked stays as it is, until its entry is taken back and that is written down: then it is undecided.
create or replace function cash.refuse_bank_line_change() returns trigger language plpgsql as $$
begin
  if tg_op = 'DELETE'
     or (old.key, old.entry_key, old.statement_id, old.booked_on, old.currency, old.amount, old.charges, old.payer, old.payer_number, old.words, old.details)
        is distinct from
        (new.key, new.entry_key, new.statement_id, new.booked_on, new.currency, new.amount, new.charges, new.payer, new.payer_number, new.words, new.details)
     or (old.state <> 'booked' and new.attempt <> old.attempt)
     or (old.state = 'booked' and not (
           new.state = 'new' and new.attempt = old.attempt + 1
           and exists (
             select from cash.bank_line_freed f
             where f.tenant = old.tenant and f.line = old.key and f.attempt = old.attempt and f.entry_number = old.entry_number)
           and exists (
             select from posting.posting p join ledger.journal_entry r on r.reverses = p.document_id
             where p.tenant = old.tenant and p.business_key = old.entry_number))) then
    raise exception 'What a bank said is not changed, and what is booked stays so.' using errcode = 'check_violation', constraint = 'bank_line_stays';
  end if;
  return new;
end $$;

-- How a payment that is a line names it: by its key, and from the second time on by how often it was booked.
create function cash.line_reference(key text, attempt int) returns text language sql immutable parallel safe as $$
  select case when attempt = 1 then key else key || '#' || attempt end
$$;

-- A line that something else booked is no payment.
create function cash.refuse_booked_line() returns trigger language plpgsql
set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off as $$
declare
  off record;
begin
  if not exists (select from added a where a.source = 'bank') then return null; end if;
  select a.reference, line.entry_number into off
  from added a
  cross join lateral (
    select l.key, l.state, l.entry_number, l.attempt from cash.bank_line l
    where l.tenant = a.tenant and l.key = split_part(a.reference, '#', 1) offset 0) line
  where a.source = 'bank' and (line.state = 'booked' or a.reference <> cash.line_reference(line.key, line.attempt)) limit 1;
  if found then
    raise exception 'Line % of a statement is booked by %.', off.reference, off.entry_number
      using errcode = 'check_violation', constraint = 'bank_line_booked_once';
  end if;
  return null;
end $$;
create trigger of_a_free_line after insert on cash.payment
  referencing new table as added for each statement execute function cash.refuse_booked_line();

-- No line stays booked by an entry that is taken back, but where the money itself went back: another line says so, or the gateway whose payout
-- it was.
create function cash.refuse_line_of_nothing() returns trigger language plpgsql
set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off as $$
declare
  off record;
begin
  select line.key, line.entry_number into off
  from ledger.journal_entry r
  join posting.posting p on p.document_id = r.reverses
  cross join lateral (
    select l.key, l.entry_number from cash.bank_line l
    where l.tenant = p.tenant and l.entry_number = p.business_key and l.entry_number <> '' offset 0) line
  where r.id = new.document_id
    and not exists (select from cash.bank_line back where back.tenant = new.tenant and back.entry_number = new.business_key and back.entry_number <> '')
    and not exists (select from cash.gateway_booked g where g.entry_id = p.document_id) limit 1;
  if found then
    raise exception 'Line % stays booked by %, which is taken back.', off.key, off.entry_number
      using errcode = 'check_violation', constraint = 'bank_line_of_a_standing_entry';
  end if;
  return null;
end $$;
create constraint trigger lines_are_free after insert on posting.posting deferrable initially deferred
  for each row when (new.document_kind = 'reversal') execute function cash.refuse_line_of_nothing();

-- What a gateway's step was booked by, and a person took back; what the gateway itself took back is a step of its own.
create function cash.taken_back_by_hand(entry uuid) returns boolean language sql stable as $$
  select exists (
    select from ledger.journal_entry r
    where r.reverses = entry and not exists (select from cash.gateway_booked b where b.entry_id = r.id))
$$;
