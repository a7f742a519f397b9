-- An ERP books an entry in a foreign currency at what it comes to in the books. An entry of revenue may be told in that currency alone: to an ERP
-- that takes one rate for a document, and where nothing moves in the entry's own currency. Its posting is then of the books' currency.
create or replace function posting.refuse_incomplete_entry() returns trigger language plpgsql
set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off as $$
declare
  off text;
begin
  if not exists (select from added a where a.document_kind not in ('invoice', 'credit-memo')) then return null; end if;
  select a.business_key into off
  from added a
  left join lateral (
    select e.id from ledger.journal_entry e
    where e.id = a.document_id and e.billing_account_id = a.billing_account_id and e.source_kind = a.document_kind
      and e.legal_entity_id = a.legal_entity_id and e.month = a.month
      and exists (select from ledger.journal_line line where line.entry_id = e.id)
      and not exists (
        select from ledger.journal_line line
        where line.entry_id = e.id and line.currency <> a.currency
          and (a.document_kind <> 'revenue-journal' or line.functional is null
            or a.currency <> (select own.currency from customers.legal_entity own where own.id = e.legal_entity_id))) offset 0) entry on true
  where a.document_kind not in ('invoice', 'credit-memo') and entry.id is null limit 1;
  if found then
    raise exception 'Posting % is of no journal entry in the ledger.', off using errcode = 'check_violation', constraint = 'posting_of_its_entry';
  end if;
  select a.business_key into off
  from added a
  cross join lateral (select l.billing_account_id, l.account from ledger.journal_line l where l.entry_id = a.document_id offset 0) line
  left join lateral (
    select c.id from customers.billing_account c where c.id = line.billing_account_id and c.legal_entity_id = a.legal_entity_id offset 0) customer on true
  where a.document_kind not in ('invoice', 'credit-memo') and line.account in ('receivable', 'disputed-receivable') and customer.id is null limit 1;
  if found then
    raise exception 'A line of % on what customers owe names no billing account of the legal entity.', off
      using errcode = 'check_violation', constraint = 'journal_line_names_its_customer';
  end if;
  select a.business_key into off
  from added a
  cross join lateral (
    select l.settles, l.billing_account_id, l.currency from ledger.journal_line l where l.entry_id = a.document_id offset 0) line
  left join lateral (
    select i.id from invoicing.invoice i
    where i.id = line.settles and i.billing_account_id = line.billing_account_id and i.currency = line.currency offset 0) settled on true
  where a.document_kind not in ('invoice', 'credit-memo') and line.settles is not null and settled.id is null limit 1;
  if found then
    raise exception 'A line of % settles what is no invoice of its account and currency.', off
      using errcode = 'check_violation', constraint = 'journal_line_settles_its_own';
  end if;
  select a.business_key into off
  from added a
  cross join lateral (select e.id, e.reverses from ledger.journal_entry e where e.id = a.document_id and e.reverses is not null offset 0) entry
  cross join lateral (
    select from ledger.journal_line line where line.entry_id in (entry.id, entry.reverses)
    group by line.account, line.billing_account_id, line.currency, line.settles having sum(line.amount) <> 0 limit 1) differs
  where a.document_kind = 'reversal' limit 1;
  if found then
    raise exception 'The lines of % are not the opposite of what it takes back.', off
      using errcode = 'check_violation', constraint = 'journal_entry_reversal_is_opposite';
  end if;
  return null;
end $$;
comment on column posting.posting.currency is
  'In which the ERP is told it: that of its lines, or of revenue the one of the legal entity''s books.';

-- What an ERP holds of a document in a foreign currency in the currency of its company's books, by account.
create table reconciliation.held_in_books (
  run_id       uuid not null references runs.run,
  target       text not null,
  row_no       bigint not null,
  tenant       int  not null default 1,
  account      text not null,
  amount       numeric(28,4) not null,
  primary key (run_id, target, row_no, account),
  foreign key (run_id, target, row_no) references reconciliation.held_document on delete cascade
);
comment on table reconciliation.held_in_books is 'Of documents that we said the amounts of; what an ERP converts by itself is not kept.';

alter table reconciliation.difference
  drop constraint difference_category_check,
  add constraint difference_category_check check (category in
    ('missing', 'duplicate', 'unexpected', 'customer', 'currency', 'amount', 'tax', 'period', 'account', 'balance', 'books'));

-- Where nothing is left of what was paid for prepaid credit, what different rates of its invoices and credit memos left in the books is won or
-- lost. It comes last and seals its rows.
create sequence revenue.prepaid_exchange_id as int;
create table revenue.prepaid_exchange (
  id              int  primary key,
  tenant          int  not null default 1,
  legal_entity_id uuid not null references customers.legal_entity,
  currency        text not null,
  month           date not null check (extract(day from month) = 1),
  entry_id        uuid not null,
  run_id          uuid not null,
  created_at      timestamptz not null,
  constraint prepaid_exchange_once unique (entry_id)
);
create index on revenue.prepaid_exchange (legal_entity_id, currency, month);

create table revenue.prepaid_exchange_line (
  exchange           int  not null,
  no                 int  not null check (no > 0),
  tenant             int  not null default 1,
  billing_account_id uuid not null,
  grant_id           uuid not null,
  functional         numeric(19,4) not null check (functional <> 0),
  primary key (exchange, no),
  foreign key (billing_account_id, grant_id) references credits.purchase
);
create index on revenue.prepaid_exchange_line (billing_account_id, grant_id);
comment on column revenue.prepaid_exchange_line.functional is
  'What leaves the liability, in the currency of the books: above zero for a gain.';

create trigger booked_is_booked before update or delete or truncate on revenue.prepaid_exchange
  for each statement execute function tieout.refuse_change();
create trigger booked_is_booked before update or delete or truncate on revenue.prepaid_exchange_line
  for each statement execute function tieout.refuse_change();

create function revenue.refuse_into_sealed_exchange() returns trigger language plpgsql as $$
declare
  off int;
begin
  select e.id into off from (select distinct exchange from added) a join revenue.prepaid_exchange e on e.id = a.exchange limit 1;
  if found then
    raise exception 'Exchange differences % of prepaid credit are sealed; nothing is added to them.', off
      using errcode = 'check_violation', constraint = 'prepaid_exchange_is_sealed';
  end if;
  return null;
end $$;
create trigger sealed after insert on revenue.prepaid_exchange_line
  referencing new table as added for each statement execute function revenue.refuse_into_sealed_exchange();

-- Its lines are what its entry moves, in the books alone, on prepaid credit; each is of a grant of its books of which nothing is left that was paid.
create function revenue.refuse_strange_exchange() returns trigger language plpgsql set enable_seqscan = off as $$
declare
  off record;
begin
  select a.id into off
  from added a
  left join lateral (
    select sum(l.functional) as functional from revenue.prepaid_exchange_line l where l.exchange = a.id) told on true
  left join lateral (
    select sum(l.functional) filter (where l.account = 'prepaid-credit') as functional,
           bool_and(l.amount = 0 and l.currency = a.currency and l.account in ('prepaid-credit', 'fx-gain-loss')) as fits
    from ledger.journal_entry e join ledger.journal_line l on l.entry_id = e.id
    where e.id = a.entry_id and e.legal_entity_id = a.legal_entity_id and e.month = a.month and e.source_kind = 'revenue-journal') held on true
  where told.functional is distinct from held.functional or told.functional is null or held.fits is not true limit 1;
  if found then
    raise exception 'The entry of exchange differences % of prepaid credit is not its lines.', off.id
      using errcode = 'check_violation', constraint = 'prepaid_exchange_is_in_the_ledger';
  end if;
  select l.grant_id, a.id into off
  from added a
  join revenue.prepaid_exchange_line l on l.exchange = a.id
  left join customers.billing_account b on b.id = l.billing_account_id
  where (b.legal_entity_id, b.currency) is distinct from (a.legal_entity_id, a.currency)
     or revenue.paid_for_grant(l.billing_account_id, l.grant_id, a.month) <> (
       select coalesce(sum(r.amount), 0) from revenue.prepaid_line r join revenue.prepaid p on p.id = r.prepaid
       where r.billing_account_id = l.billing_account_id and r.grant_id = l.grant_id and p.month <= a.month) limit 1;
  if found then
    raise exception 'Grant % of exchange differences % is of other books, or something that was paid for it is left.', off.grant_id, off.id
      using errcode = 'check_violation', constraint = 'prepaid_exchange_of_nothing_left';
  end if;
  return null;
end $$;
create trigger seal after insert on revenue.prepaid_exchange
  referencing new table as added for each statement execute function revenue.refuse_strange_exchange();

create or replace function revenue.refuse_reversal() returns trigger language plpgsql as $$
begin
  if exists (select from added a join revenue.booking_entry b on b.entry_id = a.reverses)
     or exists (select from added a join revenue.unbilled u on u.entry_id = a.reverses)
     or exists (select from added a join revenue.prepaid_entry p on p.entry_id = a.reverses)
     or exists (select from added a join revenue.prepaid_exchange x on x.entry_id = a.reverses) then
    raise exception 'What a revenue run booked follows its schedules and is not taken back.'
      using errcode = 'check_violation', constraint = 'booking_is_not_reversed';
  end if;
  return null;
end $$;
