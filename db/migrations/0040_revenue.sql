-- Revenue that is booked. Each deferred line of an invoice or credit memo is spread over the months of its service once; what a month
-- earned is booked once, month by month, out of deferred revenue. All of it is only ever added to.

create schema revenue;

-- How a legal entity spreads what its invoices defer. The policy in force on the first day of a charge holds for all its revisions.
create table revenue.policy (
  legal_entity_id uuid not null references customers.legal_entity,
  from_date       date not null,
  tenant          int  not null default 1 references tieout.tenant,
  spread          text not null check (spread in ('by-day', 'even-months')),
  rounding        text not null check (rounding in ('cumulative', 'residual-last')),
  reason          text not null check (reason <> ''),
  actor           text not null check (actor <> ''),
  created_at      timestamptz not null,
  primary key (legal_entity_id, from_date)
);
comment on table revenue.policy is 'Until the first one counts: by days, rounded cumulatively.';

-- Documents that came in and are not spread yet: the transaction that writes them leaves them here, and the one that spreads them takes
-- them away. So none is missed, however late its transaction commits.
create table revenue.arrival (
  id              bigint generated always as identity primary key,
  tenant          int    not null default 1,
  legal_entity_id uuid   not null,
  documents       uuid[] not null,
  size            int    not null check (size > 0 and size = cardinality(documents))
);
create index on revenue.arrival (legal_entity_id, size, id);

create function revenue.note_arrival() returns trigger language plpgsql as $$
begin
  insert into revenue.arrival (tenant, legal_entity_id, documents, size)
  select tenant, legal_entity_id, array_agg(id), count(*)
  from (select tenant, legal_entity_id, id, row_number() over (partition by legal_entity_id) / 5000 as part from added) numbered
  group by tenant, legal_entity_id, part;
  return null;
end $$;
create trigger note_arrival after insert on invoicing.invoice
  referencing new table as added for each statement execute function revenue.note_arrival();
insert into revenue.arrival (tenant, legal_entity_id, documents, size)
  select tenant, legal_entity_id, array_agg(id), count(*)
  from (select tenant, legal_entity_id, id, row_number() over (partition by legal_entity_id order by id) / 5000 as part from invoicing.invoice) numbered
  group by tenant, legal_entity_id, part order by legal_entity_id, part;

-- What one transaction spread, of one legal entity, currency and month of the books. It comes last and seals its rows.
create sequence revenue.batch_id as int;
create table revenue.batch (
  id              int  primary key,
  tenant          int  not null default 1,
  legal_entity_id uuid not null references customers.legal_entity,
  currency        text not null,
  month           date not null check (extract(day from month) = 1),
  schedules       int  not null check (schedules > 0),
  invoiced        numeric(28,4) not null,
  credited        numeric(28,4) not null,
  run_id          uuid not null,
  created_at      timestamptz not null
);
create index on revenue.batch (legal_entity_id, currency);
comment on column revenue.batch.month is 'The month its documents are booked in.';
comment on column revenue.batch.invoiced is 'Of invoices; what they give back of earlier ones is in it.';
comment on column revenue.batch.credited is 'Of credit memos, with its sign turned: deferred is invoiced less credited.';

create table revenue.schedule (
  batch              int  not null,
  no                 int  not null check (no > 0),
  tenant             int  not null default 1,
  billing_account_id uuid not null,
  invoice_id         uuid not null,
  line_no            int  not null,
  period_start       date not null,
  period_end         date not null,
  amount             numeric(19,4) not null,
  spread             text not null check (spread in ('by-day', 'even-months')),
  rounding           text not null check (rounding in ('cumulative', 'residual-last')),
  primary key (batch, no),
  constraint schedule_period check (period_end > period_start),
  -- A line is spread once.
  constraint schedule_once unique (invoice_id, line_no)
);
comment on table revenue.schedule is 'One for each deferred line of a document; its amount by month is in schedule_line.';
comment on column revenue.schedule.period_start is 'The days that its charge covers after this line; those of the line itself where nothing is left of the charge.';

-- Twelve and more for each schedule: no key of 16 bytes in it, and in the order in which months are booked.
create table revenue.schedule_line (
  batch  int  not null,
  month  date not null,
  no     int  not null,
  tenant int  not null default 1,
  amount numeric(19,4) not null check (amount <> 0),
  primary key (batch, month, no),
  constraint schedule_line_month check (extract(day from month) = 1)
);
comment on column revenue.schedule_line.month is 'In which it is earned, whether the month is closed or not.';

create table revenue.batch_month (
  batch  int  not null,
  month  date not null,
  tenant int  not null default 1,
  lines  int  not null check (lines > 0),
  amount numeric(28,4) not null,
  primary key (batch, month)
);
comment on table revenue.batch_month is 'Sums of schedule_line; a month of a batch is booked whole.';

-- What a revenue run booked: one journal entry, and the months of batches it is the sum of. It comes last and seals them.
create sequence revenue.booking_id as int;
create table revenue.booking (
  id              int  primary key,
  tenant          int  not null default 1,
  legal_entity_id uuid not null references customers.legal_entity,
  currency        text not null,
  month           date not null check (extract(day from month) = 1),
  entry_id        uuid unique,
  lines           bigint not null,
  amount          numeric(28,4) not null,
  run_id          uuid not null,
  created_at      timestamptz not null,
  constraint booking_of_something_has_its_entry check (amount = 0 or entry_id is not null)
);
create index on revenue.booking (legal_entity_id, month);
comment on column revenue.booking.lines is 'How many lines of schedules it is the sum of.';

create table revenue.release (
  batch   int  not null,
  month   date not null,
  tenant  int  not null default 1,
  booking int  not null,
  -- What was earned is booked once.
  constraint release_once primary key (batch, month),
  foreign key (batch, month) references revenue.batch_month
);
create index on revenue.release (booking);

create trigger booked_is_booked before update or delete or truncate on revenue.policy for each statement execute function tieout.refuse_change();
create trigger booked_is_booked before update or delete or truncate on revenue.batch for each statement execute function tieout.refuse_change();
create trigger booked_is_booked before update or delete or truncate on revenue.schedule for each statement execute function tieout.refuse_change();
create trigger booked_is_booked before update or delete or truncate on revenue.schedule_line for each statement execute function tieout.refuse_change();
create trigger booked_is_booked before update or delete or truncate on revenue.batch_month for each statement execute function tieout.refuse_change();
create trigger booked_is_booked before update or delete or truncate on revenue.booking for each statement execute function tieout.refuse_change();
create trigger booked_is_booked before update or delete or truncate on revenue.release for each statement execute function tieout.refuse_change();

-- Nothing is added to what is sealed.
create function revenue.refuse_into_sealed_batch() returns trigger language plpgsql as $$
declare
  off int;
begin
  select b.id into off from (select distinct batch from added) a join revenue.batch b on b.id = a.batch limit 1;
  if found then
    raise exception 'Batch % is sealed; nothing is added to it.', off using errcode = 'check_violation', constraint = 'batch_is_sealed';
  end if;
  return null;
end $$;
create trigger sealed after insert on revenue.schedule
  referencing new table as added for each statement execute function revenue.refuse_into_sealed_batch();
create trigger sealed after insert on revenue.schedule_line
  referencing new table as added for each statement execute function revenue.refuse_into_sealed_batch();
create trigger sealed after insert on revenue.batch_month
  referencing new table as added for each statement execute function revenue.refuse_into_sealed_batch();

-- The months of a batch's schedules add up to them, and its months to both.
create function revenue.refuse_incomplete_batch() returns trigger language plpgsql set enable_seqscan = off as $$
declare
  sealing record;
  off record;
begin
  for sealing in select * from added loop
    select no into off
    from (select no, amount from revenue.schedule where batch = sealing.id) s
    full join (select no, sum(amount) as amount from revenue.schedule_line where batch = sealing.id group by no) l using (no)
    where s.no is null or s.amount <> coalesce(l.amount, 0) limit 1;
    if found then
      raise exception 'The months of schedule % in batch % do not add up to it.', off.no, sealing.id
        using errcode = 'check_violation', constraint = 'schedule_adds_up';
    end if;
    select month into off
    from (select month, lines, amount from revenue.batch_month where batch = sealing.id) m
    full join (select month, count(*) as lines, sum(amount) as amount from revenue.schedule_line where batch = sealing.id group by month) l using (month)
    where m.amount is distinct from l.amount or m.lines is distinct from l.lines limit 1;
    if found then
      raise exception 'Of month % batch % does not say what its schedules say.', off.month, sealing.id
        using errcode = 'check_violation', constraint = 'batch_equals_its_schedules';
    end if;
  end loop;
  return null;
end $$;
create trigger seal after insert on revenue.batch
  referencing new table as added for each statement execute function revenue.refuse_incomplete_batch();

-- Its schedules are deferred lines of documents of its own entity, currency and month, with their amounts. By keys alone: a plan made
-- while the books were small would read all of them for each batch.
create function revenue.refuse_strange_batch() returns trigger language plpgsql
  set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off as $$
declare
  sealing record;
  held record;
begin
  for sealing in select * from added loop
    select (select count(*) from revenue.schedule where batch = sealing.id) as schedules, count(*) as lines,
           coalesce(sum(l.amount) filter (where i.kind = 'invoice'), 0) as invoiced,
           -coalesce(sum(l.amount) filter (where i.kind = 'credit-memo'), 0) as credited into held
    from revenue.schedule s
    join invoicing.invoice i on i.id = s.invoice_id and i.billing_account_id = s.billing_account_id
    join invoicing.invoice_line l on l.billing_account_id = s.billing_account_id and l.month = i.month and l.invoice_id = s.invoice_id
      and l.line_no = s.line_no
    where s.batch = sealing.id and l.recognition = 'deferred' and l.amount = s.amount
      and i.legal_entity_id = sealing.legal_entity_id and i.currency = sealing.currency and i.month = sealing.month;
    if (held.schedules, held.lines, held.invoiced, held.credited)
       is distinct from (sealing.schedules::bigint, sealing.schedules::bigint, sealing.invoiced, sealing.credited) then
      raise exception 'Batch % says % schedules, % invoiced and % credited; its documents say % in %, % and %.', sealing.id, sealing.schedules,
        sealing.invoiced, sealing.credited, held.lines, held.schedules, held.invoiced, held.credited
        using errcode = 'check_violation', constraint = 'batch_equals_its_documents';
    end if;
  end loop;
  return null;
end $$;
create trigger seal_documents after insert on revenue.batch
  referencing new table as added for each statement execute function revenue.refuse_strange_batch();

create function revenue.refuse_into_sealed_booking() returns trigger language plpgsql as $$
declare
  off int;
begin
  select b.id into off from added a join revenue.booking b on b.id = a.booking limit 1;
  if found then
    raise exception 'Booking % is sealed; nothing is added to it.', off using errcode = 'check_violation', constraint = 'booking_is_sealed';
  end if;
  return null;
end $$;
create trigger sealed after insert on revenue.release
  referencing new table as added for each statement execute function revenue.refuse_into_sealed_booking();

-- An entry out of deferred revenue comes to exactly the lines of schedules that are booked with it. They are earned in its month, or in
-- a month that was closed before they could be.
create function revenue.refuse_incomplete_booking() returns trigger language plpgsql set enable_seqscan = off as $$
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
           count(*) filter (where l.account not in ('deferred-revenue', 'revenue')) as others into held
    from ledger.journal_entry entry
    join ledger.journal_line l on l.entry_id = entry.id and l.currency = sealing.currency
    where entry.id = sealing.entry_id and entry.legal_entity_id = sealing.legal_entity_id and entry.source_kind = 'revenue-journal'
      and entry.month = sealing.month;
    if held.deferred <> sealing.amount or held.revenue <> -sealing.amount or held.others > 0 then
      raise exception 'Booking % is of %; its entry takes % out of deferred revenue.', sealing.id, sealing.amount, held.deferred
        using errcode = 'check_violation', constraint = 'booking_is_in_the_ledger';
    end if;
  end loop;
  return null;
end $$;
create trigger seal after insert on revenue.booking
  referencing new table as added for each statement execute function revenue.refuse_incomplete_booking();

-- What a run booked is not taken back by hand: schedules and books would part. A credit memo takes back what was invoiced, and with it
-- what it earned.
create function revenue.refuse_reversal() returns trigger language plpgsql as $$
begin
  if exists (select from added a join revenue.booking b on b.entry_id = a.reverses) then
    raise exception 'What a revenue run booked follows its schedules and is not taken back.'
      using errcode = 'check_violation', constraint = 'booking_is_not_reversed';
  end if;
  return null;
end $$;
create trigger scheduled_stands after insert on ledger.journal_entry
  referencing new table as added for each statement execute function revenue.refuse_reversal();

alter table runs.run drop constraint run_kind_check;
alter table runs.run add constraint run_kind_check check (
  kind in ('import', 'bill', 'post', 'reconcile', 'credit', 'write-off', 'close', 'journal', 'replay', 'revenue'));
