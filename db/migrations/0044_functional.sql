-- What each line comes to in the currency of the legal entity's books. Null: the line is in that currency, and comes to its amount; so the
-- bulk of what is booked says nothing more than before. A line in another currency has to say it. A gain or loss of exchange moves nothing
-- in the currency of its entry: a line of zero that comes to something in the books.

alter table ledger.journal_line
  add column functional numeric(19,4),
  drop constraint journal_line_amount_check,
  -- Whatever stood before is not zero.
  add constraint journal_line_amount_check check (amount <> 0 or coalesce(functional, 0) <> 0) not valid;
comment on column ledger.journal_line.functional is
  'In the currency of the legal entity''s books, debit positive; null where the line is in that currency: it comes to its amount.';

-- What was booked before: a document goes by the rate it carries, and comes to what it says in the books' currency.
create function pg_temp.minor_units(currency text) returns int language sql immutable as $$
  select case
    when currency in ('BIF', 'CLP', 'DJF', 'GNF', 'ISK', 'JPY', 'KMF', 'KRW', 'PYG', 'RWF', 'UGX', 'UYI', 'VND', 'VUV', 'XAF', 'XOF', 'XPF') then 0
    when currency in ('BHD', 'IQD', 'JOD', 'KWD', 'LYD', 'OMR', 'TND') then 3
    when currency in ('CLF', 'UYW') then 4 else 2 end
$$;
alter table ledger.journal_line disable trigger booked_is_booked;
update ledger.journal_line line set functional = valued.functional
from (
  select l.entry_id, l.line_no,
         case l.account when 'receivable' then i.books_total when 'tax' then -i.books_tax
           else case when row_number() over largest = 1
                  -- The larger of the two lines of what was charged takes what rounding leaves.
                  then -i.books_net - coalesce(sum(rounded.amount) over (largest rows between 1 following and unbounded following), 0)
                  else rounded.amount end end as functional
  from invoicing.invoice i
  join ledger.journal_entry e on e.source_id = i.id and e.source_kind = i.kind and e.billing_account_id = i.billing_account_id
  join ledger.journal_line l on l.entry_id = e.id
  cross join lateral (select round(l.amount * i.exchange_rate, pg_temp.minor_units(i.books_currency)) as amount) rounded
  where i.books_currency is not null
  window largest as (partition by l.entry_id, l.account in ('receivable', 'tax') order by abs(l.amount) desc, l.line_no)) valued
where valued.entry_id = line.entry_id and valued.line_no = line.line_no;

-- All other entries in a foreign currency were booked without a rate. Each is taken at one: that of the document it settles, else that of
-- the entity's last document in the currency by its day, else of the first after it; without any, one for one. What takes an entry back
-- goes by the same. So every entry balances, and nothing was won or lost by a rate before this version.
with foreign_line as (
  select l.entry_id, l.line_no, l.amount, l.currency, l.legal_entity_id, l.settles, entity.currency as books, coalesce(e.reverses, e.id) as base
  from ledger.journal_line l
  join ledger.journal_entry e on e.id = l.entry_id
  join customers.legal_entity entity on entity.id = l.legal_entity_id
  where l.functional is null and l.currency <> entity.currency),
rated as (
  select base.id, (
    select coalesce(
      (select max(settled.exchange_rate) from foreign_line l join invoicing.invoice settled on settled.id = l.settles where l.entry_id = base.id),
      (select i.exchange_rate from invoicing.invoice i
       where i.legal_entity_id = base.legal_entity_id and i.currency = base.currency and i.exchange_rate is not null
       order by i.issue_date <= base.entry_date desc, abs(i.issue_date - base.entry_date), i.id limit 1),
      1)) as rate
  from (
    select e.id, e.entry_date, e.legal_entity_id, min(l.currency) as currency
    from (select distinct base from foreign_line) f join ledger.journal_entry e on e.id = f.base join ledger.journal_line l on l.entry_id = e.id
    group by e.id, e.entry_date, e.legal_entity_id) base),
rounded as (
  select l.entry_id, l.line_no, round(l.amount * r.rate, pg_temp.minor_units(l.books)) as functional,
         row_number() over (partition by l.entry_id order by abs(l.amount) desc, l.line_no) as place,
         sum(round(l.amount * r.rate, pg_temp.minor_units(l.books))) over (partition by l.entry_id) as off
  from foreign_line l join rated r on r.id = l.base)
update ledger.journal_line line set functional = r.functional - case when r.place = 1 then r.off else 0 end
from rounded r where r.entry_id = line.entry_id and r.line_no = line.line_no;
alter table ledger.journal_line enable trigger booked_is_booked;
drop function pg_temp.minor_units(text);

-- Lines of an entry arrive in one statement and balance in each currency and in that of the books; a line in a foreign currency says what
-- it comes to there, and no other does.
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
  select e.code, e.currency as books, a.currency, a.told into off
  from (select distinct legal_entity_id, currency, functional is not null as told from added) a
  join customers.legal_entity e on e.id = a.legal_entity_id
  where (e.currency <> a.currency) <> a.told limit 1;
  if found then
    raise exception 'The books of % are in %: a line in % %.', off.code, off.books, off.currency,
        case when off.told then 'comes to its own amount there' else 'has to say what it comes to there' end
      using errcode = 'check_violation', constraint = 'journal_line_told_in_books';
  end if;
  return null;
end $$;

-- Balances carry both.
alter table ledger.account_balance
  add column functional_debit numeric(28,4) not null default 0 check (functional_debit >= 0),
  add column functional_credit numeric(28,4) not null default 0 check (functional_credit >= 0);
alter table ledger.balance_change
  add column functional_debit numeric(28,4) not null default 0,
  add column functional_credit numeric(28,4) not null default 0;
create or replace view ledger.turnover as
  select tenant, legal_entity_id, month, account, currency, debit, credit, lines, functional_debit, functional_credit from ledger.account_balance
  union all
  select tenant, legal_entity_id, month, account, currency, debit, credit, lines, functional_debit, functional_credit from ledger.balance_change;

create or replace function ledger.add_to_balances() returns trigger language plpgsql as $$
begin
  insert into ledger.balance_change (tenant, legal_entity_id, month, account, currency, debit, credit, lines, functional_debit, functional_credit)
  select tenant, legal_entity_id, month, account, currency,
         coalesce(sum(amount) filter (where amount > 0), 0), coalesce(-sum(amount) filter (where amount < 0), 0), count(*),
         coalesce(sum(coalesce(functional, amount)) filter (where coalesce(functional, amount) > 0), 0),
         coalesce(-sum(coalesce(functional, amount)) filter (where coalesce(functional, amount) < 0), 0)
  from added group by tenant, legal_entity_id, month, account, currency;
  return null;
end $$;

delete from ledger.balance_change;
delete from ledger.account_balance;
insert into ledger.account_balance (tenant, legal_entity_id, month, account, currency, debit, credit, lines, functional_debit, functional_credit)
  select tenant, legal_entity_id, month, account, currency,
         coalesce(sum(amount) filter (where amount > 0), 0), coalesce(-sum(amount) filter (where amount < 0), 0), count(*),
         coalesce(sum(coalesce(functional, amount)) filter (where coalesce(functional, amount) > 0), 0),
         coalesce(-sum(coalesce(functional, amount)) filter (where coalesce(functional, amount) < 0), 0)
  from ledger.journal_line group by tenant, legal_entity_id, month, account, currency;

-- What takes an entry back is its opposite in the books as well.
create function ledger.refuse_other_rate() returns trigger language plpgsql as $$
begin
  if exists (
       select from ledger.journal_entry entry
       join ledger.journal_line line on line.entry_id in (entry.id, entry.reverses)
       where entry.id = new.document_id and entry.reverses is not null and line.amount <> 0
       group by line.account, line.billing_account_id, line.settles having sum(coalesce(line.functional, line.amount)) <> 0) then
    raise exception 'In the books the lines of % are not the opposite of what it takes back.', new.business_key
      using errcode = 'check_violation', constraint = 'journal_entry_reversal_is_opposite_in_books';
  end if;
  return null;
end $$;
create trigger refuse_other_rate after insert on posting.posting
  for each row when (new.document_kind = 'reversal') execute function ledger.refuse_other_rate();

-- Of contracts in a foreign currency: what a revenue run took out of deferred revenue for each, so that the last takes all that is left.
create table revenue.contract_carried (
  booking     int  not null,
  contract_id uuid not null references revenue.contract,
  tenant      int  not null default 1,
  amount      numeric(28,4) not null,
  functional  numeric(28,4) not null,
  primary key (booking, contract_id)
);
create index on revenue.contract_carried (contract_id);
create trigger booked_is_booked before update or delete or truncate on revenue.contract_carried
  for each statement execute function tieout.refuse_change();
