-- Revenue entries as their ERP wants them: what a booking is the sum of, in parts by what account rules ask, or line by line, in as many
-- entries as keep each of bounded size. Which line of a schedule stands in which line of which entry is kept.

create table revenue.booking_entry (
  booking  int  not null,
  no       int  not null check (no > 0),
  tenant   int  not null default 1,
  entry_id uuid not null,
  primary key (booking, no),
  constraint booking_entry_once unique (entry_id)
);
insert into revenue.booking_entry (booking, no, tenant, entry_id)
  select id, 1, tenant, entry_id from revenue.booking where entry_id is not null;
comment on column revenue.booking.entry_id is 'The first of its entries; all of them stand in booking_entry.';

create table revenue.part (
  booking   int  not null,
  no        int  not null check (no > 0),
  tenant    int  not null default 1,
  month     date not null,
  plan      text,
  component text,
  tax_code  text,
  region    text,
  country   text,
  customer  text,
  account   text,
  about     text,
  lines     bigint not null check (lines > 0),
  amount    numeric(28,4) not null,
  entry_no  int,
  line_no   int,
  primary key (booking, no),
  constraint part_month check (extract(day from month) = 1),
  constraint part_of_something_has_its_lines check (
    (amount = 0) = (entry_no is null) and (entry_no is null) = (line_no is null) and line_no % 2 = 1)
);
create unique index part_of_entry on revenue.part (booking, entry_no, line_no) where entry_no is not null;
comment on table revenue.part is
  'What goes into one debit of deferred revenue and the credit of revenue behind it. Unsplit bookings have none. A field that it is not split by is null.';
comment on column revenue.part.about is 'The document and line, where each line of a schedule is a part of its own.';

create table revenue.part_line (
  batch   int  not null,
  month   date not null,
  no      int  not null,
  tenant  int  not null default 1,
  booking int  not null,
  part    int  not null,
  -- A line of a schedule is booked in one part.
  constraint part_line_once primary key (batch, month, no)
);
create index on revenue.part_line (booking, part);

create trigger booked_is_booked before update or delete or truncate on revenue.booking_entry for each statement execute function tieout.refuse_change();
create trigger booked_is_booked before update or delete or truncate on revenue.part for each statement execute function tieout.refuse_change();
create trigger booked_is_booked before update or delete or truncate on revenue.part_line for each statement execute function tieout.refuse_change();
create trigger sealed after insert on revenue.booking_entry
  referencing new table as added for each statement execute function revenue.refuse_into_sealed_booking();
create trigger sealed after insert on revenue.part
  referencing new table as added for each statement execute function revenue.refuse_into_sealed_booking();
create trigger sealed after insert on revenue.part_line
  referencing new table as added for each statement execute function revenue.refuse_into_sealed_booking();

-- As before, over all entries of a booking; and where it is split, its parts are exactly its lines and stand in its entries as they are.
create or replace function revenue.refuse_incomplete_booking() returns trigger language plpgsql set enable_seqscan = off as $$
declare
  sealing record;
  held record;
begin
  for sealing in select * from added loop
    select count(*) as lines, coalesce(sum(l.amount), 0) as amount into held
    from revenue.release r
    join revenue.schedule_line l on l.batch = r.batch and l.month = r.month
    where r.booking = sealing.id;
    if held.lines <> sealing.lines or held.amount <> sealing.amount then
      raise exception 'Booking % says % in % lines; its schedules say % in %.', sealing.id, sealing.amount, sealing.lines, held.amount, held.lines
        using errcode = 'check_violation', constraint = 'booking_equals_its_schedules';
    end if;
    if exists (
         select from revenue.release r
         left join revenue.batch b on b.id = r.batch
         left join customers.legal_entity e on e.id = b.legal_entity_id
         where r.booking = sealing.id
           and ((b.legal_entity_id, b.currency) is distinct from (sealing.legal_entity_id, sealing.currency)
             or r.month > sealing.month or (r.month < sealing.month and (e.closed_through is null or r.month > e.closed_through)))) then
      raise exception 'Booking % is not of the months and of the currency of what it books.', sealing.id
        using errcode = 'check_violation', constraint = 'booking_in_its_month';
    end if;
    select coalesce(sum(l.amount) filter (where l.account = 'deferred-revenue'), 0) as deferred,
           coalesce(sum(l.amount) filter (where l.account = 'revenue'), 0) as revenue,
           count(*) filter (where l.account not in ('deferred-revenue', 'revenue')) as others, count(*) as lines into held
    from revenue.booking_entry part
    join ledger.journal_entry entry on entry.id = part.entry_id
    join ledger.journal_line l on l.entry_id = entry.id and l.currency = sealing.currency
    where part.booking = sealing.id and entry.legal_entity_id = sealing.legal_entity_id and entry.source_kind = 'revenue-journal'
      and entry.month = sealing.month;
    if held.deferred <> sealing.amount or held.revenue <> -sealing.amount or held.others > 0
       or sealing.entry_id is distinct from (select e.entry_id from revenue.booking_entry e where e.booking = sealing.id and e.no = 1) then
      raise exception 'Booking % is of %; its entries take % out of deferred revenue.', sealing.id, sealing.amount, held.deferred
        using errcode = 'check_violation', constraint = 'booking_is_in_the_ledger';
    end if;
    if exists (select from revenue.part where booking = sealing.id) or exists (select from revenue.part_line where booking = sealing.id) then
      perform revenue.refuse_strange_parts(sealing.id, sealing.lines, held.lines);
    end if;
  end loop;
  return null;
end $$;

create function revenue.refuse_strange_parts(sealing int, lines_of_schedules bigint, lines_of_entries bigint) returns void
  language plpgsql set enable_seqscan = off as $$
declare
  off record;
begin
  select part into off
  from (select p.part, p.month, count(*) as lines, sum(l.amount) as amount
        from revenue.part_line p
        join revenue.release r on r.batch = p.batch and r.month = p.month and r.booking = p.booking
        join revenue.schedule_line l on l.batch = p.batch and l.month = p.month and l.no = p.no
        where p.booking = sealing group by p.part, p.month) held
  full join (select no as part, month, lines, amount from revenue.part where booking = sealing) told using (part, month)
  where (held.lines, held.amount) is distinct from (told.lines, told.amount) limit 1;
  if found or (select coalesce(sum(lines), 0) from revenue.part where booking = sealing) <> lines_of_schedules then
    raise exception 'The parts of booking % are not its lines of schedules.', sealing
      using errcode = 'check_violation', constraint = 'parts_equal_their_schedules';
  end if;
  select p.no into off
  from revenue.part p
  left join revenue.booking_entry e on e.booking = p.booking and e.no = p.entry_no
  left join ledger.journal_line debit on debit.entry_id = e.entry_id and debit.line_no = p.line_no
    and debit.account = 'deferred-revenue' and debit.amount = p.amount
  left join ledger.journal_line credit on credit.entry_id = e.entry_id and credit.line_no = p.line_no + 1
    and credit.account = 'revenue' and credit.amount = -p.amount
  where p.booking = sealing and p.entry_no is not null and (debit.entry_id is null or credit.entry_id is null) limit 1;
  if found or lines_of_entries <> 2 * (select count(*) from revenue.part where booking = sealing and entry_no is not null) then
    raise exception 'The entries of booking % are not its parts.', sealing
      using errcode = 'check_violation', constraint = 'parts_are_in_their_entries';
  end if;
end $$;

create or replace function revenue.refuse_reversal() returns trigger language plpgsql as $$
begin
  if exists (select from added a join revenue.booking_entry b on b.entry_id = a.reverses) then
    raise exception 'What a revenue run booked follows its schedules and is not taken back.'
      using errcode = 'check_violation', constraint = 'booking_is_not_reversed';
  end if;
  return null;
end $$;
