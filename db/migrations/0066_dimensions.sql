-- What a line is sorted by beside its account: cost center, project and so on, as whoever booked it said. Sets are few and lines are many: a line
-- names its set, and most lines have none.

create table ledger.dimension_set (
  id         int   generated always as identity primary key,
  tenant     int   not null default 1,
  dimensions jsonb not null,
  constraint dimension_set_once unique (tenant, dimensions),
  constraint dimension_set_of_known_words check (
    case when jsonb_typeof(dimensions) = 'object' then dimensions <> '{}'
      and dimensions - array['cost-center', 'profit-center', 'project', 'region', 'department', 'class', 'location'] = '{}'
      and not jsonb_path_exists(dimensions, 'strict $.* ? (@.type() != "string" || !(@ like_regex "^\\S(.{0,58}\\S)?$") || @ like_regex "[\\t\\r]")') else false end)
);
comment on column ledger.dimension_set.dimensions is 'Our word of a dimension to our code.';
create trigger booked_is_booked before update or delete or truncate on ledger.dimension_set
  for each statement execute function tieout.refuse_change();

-- No foreign key, which would ask once for each of the millions of lines that have none: the check of a statement's lines asks, see below.
alter table ledger.journal_line add column dimension_set int;
comment on column ledger.journal_line.dimension_set is 'What it is sorted by; null for nothing. What takes an entry back says the same.';
-- For questions to the books alone; the condition keeps it out of the way of those who book.
create index journal_line_with_dimensions on ledger.journal_line (legal_entity_id, account, month)
  where dimension_set is not null and account collate "C" <> '';

-- As before, and a set that a line names is there.
create or replace function ledger.refuse_unbalanced() returns trigger language plpgsql as $$
declare
  off record;
begin
  select entry_id, currency, sum(amount) as amount, sum(functional) as functional into off
  from added group by entry_id, currency having sum(amount) <> 0 or sum(functional) <> 0 limit 1;
  if found and off.amount <> 0 then
    raise exception 'Journal entry % is out of balance by % %.', off.entry_id, off.amount, off.currency
      using errcode = 'check_violation', constraint = 'journal_line_balances';
  elsif found then
    raise exception 'Journal entry % is out of balance by % in the currency of the books.', off.entry_id, off.functional
      using errcode = 'check_violation', constraint = 'journal_line_balances_in_books';
  end if;
  select e.code, e.currency as books, a.currency, a.told, (e.currency <> a.currency) <> a.told as mistold, a.dimension_set into off
  from (select distinct legal_entity_id, currency, functional is not null as told, dimension_set from added) a
  join customers.legal_entity e on e.id = a.legal_entity_id
  left join ledger.dimension_set known on known.id = a.dimension_set
  where (e.currency <> a.currency) <> a.told or (a.dimension_set is not null and known.id is null) limit 1;
  if found and off.mistold then
    raise exception 'The books of % are in %: a line in % %.', off.code, off.books, off.currency,
        case when off.told then 'comes to its own amount there' else 'has to say what it comes to there' end
      using errcode = 'check_violation', constraint = 'journal_line_told_in_books';
  elsif found then
    raise exception 'A line of % names dimensions % that are nowhere.', off.code, off.dimension_set
      using errcode = 'foreign_key_violation', constraint = 'journal_line_dimensions_known';
  end if;
  return null;
end $$;

-- As before, and what takes an entry back is its opposite by dimensions, too.
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
    group by line.account, line.billing_account_id, line.currency, line.settles, line.dimension_set having sum(line.amount) <> 0 limit 1) differs
  where a.document_kind = 'reversal' limit 1;
  if found then
    raise exception 'The lines of % are not the opposite of what it takes back.', off
      using errcode = 'check_violation', constraint = 'journal_entry_reversal_is_opposite';
  end if;
  return null;
end $$;
