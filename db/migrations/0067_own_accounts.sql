-- Accounts that a legal entity has of its own in the chart, beside those of the house. Each is called own. and its code, so that no account that
-- the house gets later is ever called the same.

create table ledger.own_account (
  id              uuid primary key,
  tenant          int  not null default 1,
  legal_entity_id uuid not null references customers.legal_entity,
  account         text not null check (account ~ '^own\.[a-z0-9][a-z0-9-]{0,29}$'),
  type            text not null check (type in ('asset', 'liability', 'equity', 'income', 'expense')),
  opened_on       date,
  actor           text not null check (actor <> ''),
  reason          text not null check (reason <> ''),
  created_at      timestamptz not null default clock_timestamp(),
  constraint own_account_once unique (legal_entity_id, account)
);
comment on table ledger.own_account is 'What it is called stands in ledger.chart_change, as of every account.';
comment on column ledger.own_account.opened_on is 'The first day it takes entries of; null for any.';
create trigger booked_is_booked before update or delete or truncate on ledger.own_account
  for each statement execute function tieout.refuse_change();

-- Until when it takes entries, by whom and why; the last one counts.
create table ledger.own_account_closing (
  id             bigint generated always as identity primary key,
  tenant         int  not null default 1,
  own_account_id uuid not null references ledger.own_account,
  closed_on      date,
  actor          text not null check (actor <> ''),
  reason         text not null check (reason <> ''),
  created_at     timestamptz not null default clock_timestamp()
);
comment on column ledger.own_account_closing.closed_on is 'The last day it takes entries of; null where it was opened again.';
create index on ledger.own_account_closing (own_account_id, id);
create trigger booked_is_booked before update or delete or truncate on ledger.own_account_closing
  for each statement execute function tieout.refuse_change();

create view ledger.own_account_now as
  select o.id, o.tenant, o.legal_entity_id, o.account, o.type, o.opened_on,
         (select c.closed_on from ledger.own_account_closing c where c.own_account_id = o.id order by c.id desc limit 1) as closed_on
  from ledger.own_account o;

-- Whoever closes one is alone with the legal entity's books, by an advisory lock: no entry comes in between.
create function ledger.refuse_early_closing() returns trigger language plpgsql as $$
declare
  off record;
begin
  select o.account, e.entry_date into off
  from added a
  join ledger.own_account o on o.id = a.own_account_id
  join ledger.journal_line l on l.legal_entity_id = o.legal_entity_id and l.account = o.account
    and l.account collate "C" not in ('receivable', 'revenue', 'deferred-revenue', 'tax')
  join ledger.journal_entry e on e.id = l.entry_id
  where e.entry_date > a.closed_on limit 1;
  if found then
    raise exception 'Account % has an entry of %.', off.account, off.entry_date
      using errcode = 'check_violation', constraint = 'own_account_open_until_its_entries';
  end if;
  select o.account, t.currency into off
  from added a
  join ledger.own_account o on o.id = a.own_account_id and o.type not in ('income', 'expense')
  join ledger.turnover t on t.legal_entity_id = o.legal_entity_id and t.account = o.account
  where a.closed_on is not null
  group by a.id, o.account, t.currency
  having sum(t.debit - t.credit) <> 0 or sum(t.functional_debit - t.functional_credit) <> 0 limit 1;
  if found then
    raise exception 'On account % something is left in %.', off.account, off.currency
      using errcode = 'check_violation', constraint = 'own_account_closed_at_zero';
  end if;
  return null;
end $$;
create trigger refuse_early_closing after insert on ledger.own_account_closing
  referencing new table as added for each statement execute function ledger.refuse_early_closing();

alter table ledger.journal_line
  drop constraint journal_line_account_check,
  add constraint journal_line_account_check check (account in (
    'receivable', 'revenue', 'deferred-revenue', 'prepaid-credit', 'contract-asset', 'unbilled-receivable', 'tax', 'bad-debt', 'cash-clearing',
    'cash-transfer', 'gateway-clearing', 'currency-exchange', 'bank-fees', 'interest-income', 'interest-expense', 'other-income', 'other-expense',
    'early-payment-discount', 'disputed-receivable', 'unapplied-cash', 'fx-gain-loss', 'revaluation', 'fx-unrealised', 'rounding')
    or account ~ '^cash-clearing\.[a-z0-9][a-z0-9-]{0,19}$' or account ~ '^own\.[a-z0-9][a-z0-9-]{0,29}$') not valid;

-- As before, and an account of one's own is one of the line's legal entity.
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
  select e.code, e.currency as books, a.currency, a.told, (e.currency <> a.currency) <> a.told as mistold, a.own,
         a.own is not null and mine.id is null as strange, a.dimension_set into off
  from (
    select distinct legal_entity_id, currency, functional is not null as told, dimension_set, case when account like 'own.%' then account end as own
    from added) a
  join customers.legal_entity e on e.id = a.legal_entity_id
  left join ledger.dimension_set known on known.id = a.dimension_set
  left join ledger.own_account mine on mine.legal_entity_id = a.legal_entity_id and mine.account = a.own
  where (e.currency <> a.currency) <> a.told or (a.dimension_set is not null and known.id is null) or (a.own is not null and mine.id is null) limit 1;
  if found and off.mistold then
    raise exception 'The books of % are in %: a line in % %.', off.code, off.books, off.currency,
        case when off.told then 'comes to its own amount there' else 'has to say what it comes to there' end
      using errcode = 'check_violation', constraint = 'journal_line_told_in_books';
  elsif found and off.strange then
    raise exception 'Legal entity % has no account %.', off.code, off.own
      using errcode = 'foreign_key_violation', constraint = 'journal_line_on_an_account_of_its_own';
  elsif found then
    raise exception 'A line of % names dimensions % that are nowhere.', off.code, off.dimension_set
      using errcode = 'foreign_key_violation', constraint = 'journal_line_dimensions_known';
  end if;
  return null;
end $$;

-- As before, and an account of one's own takes entries of the entry's day.
create or replace function ledger.refuse_strange_bank_account() returns trigger language plpgsql
set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off as $$
declare
  off record;
begin
  if not exists (select from added a where a.document_kind not in ('invoice', 'credit-memo')) then return null; end if;
  select a.business_key, line.account, line.currency into off
  from added a
  cross join lateral (
    select l.account, l.currency, l.legal_entity_id from ledger.journal_line l where l.entry_id = a.document_id offset 0) line
  left join lateral (
    select b.id from cash.bank_account b
    where b.legal_entity_id = line.legal_entity_id and b.account = line.account and b.currency = line.currency offset 0) kept on true
  left join lateral (
    select o.id from ledger.journal_entry e join ledger.own_account_now o on o.legal_entity_id = line.legal_entity_id and o.account = line.account
    where line.account like 'own.%' and e.id = a.document_id and e.billing_account_id = a.billing_account_id
      and (o.opened_on is null or o.opened_on <= e.entry_date) and (o.closed_on is null or o.closed_on >= e.entry_date) offset 0) own on true
  where a.document_kind not in ('invoice', 'credit-memo')
    and (line.account like 'cash-clearing.%' and kept.id is null or line.account like 'own.%' and own.id is null) limit 1;
  if found and off.account like 'own.%' then
    raise exception 'Of % a line is on %, which takes no entry of that day.', off.business_key, off.account
      using errcode = 'check_violation', constraint = 'journal_line_on_an_open_account';
  elsif found then
    raise exception 'Of % a line in % is on %, which is no bank account of the legal entity in that currency.', off.business_key, off.currency, off.account
      using errcode = 'check_violation', constraint = 'journal_line_on_a_bank_account_of_its_own';
  end if;
  return null;
end $$;

-- As before, and nobody calls an account of one's own as another one is called.
create or replace function ledger.refuse_shared_number() returns trigger language plpgsql as $$
declare
  off record;
begin
  select c.number, min(c.account) as one, max(c.account) as other into off
  from ledger.chart c where c.legal_entity_id in (select legal_entity_id from added)
  group by c.legal_entity_id, c.number having count(*) > 1 limit 1;
  if found then
    raise exception 'Number % is that of % and of %.', off.number, off.one, off.other
      using errcode = 'unique_violation', constraint = 'chart_number_once';
  end if;
  select min(c.account) as one, max(c.account) as other into off
  from ledger.chart c where c.legal_entity_id in (select legal_entity_id from added)
  group by c.legal_entity_id, lower(c.name) having count(*) > 1 and bool_or(c.account like 'own.%') limit 1;
  if found then
    raise exception '% and % have one name.', off.one, off.other
      using errcode = 'unique_violation', constraint = 'chart_name_once';
  end if;
  select a.account into off
  from added a where a.account like 'own.%' and not exists (
    select from ledger.own_account o where o.legal_entity_id = a.legal_entity_id and o.account = a.account) limit 1;
  if found then
    raise exception 'The legal entity has no account %.', off.account
      using errcode = 'foreign_key_violation', constraint = 'chart_of_its_own_accounts';
  end if;
  return null;
end $$;
