-- A legal entity keeps any number of accounts at banks, each on a line of its own in the ledger: the first on cash-clearing, where all of its
-- money lay before, every other one on cash-clearing and its code.

create table cash.bank_account (
  id              uuid primary key default gen_random_uuid(),
  tenant          int  not null default 1,
  legal_entity_id uuid not null references customers.legal_entity,
  code            text not null check (code ~ '^[a-z0-9][a-z0-9-]{0,19}$'),
  number          text not null check (number <> ''),
  currency        text not null check (currency ~ '^[A-Z]{3}$'),
  account         text not null,
  closed_on       date,
  actor           text not null check (actor <> ''),
  reason          text not null check (reason <> ''),
  created_at      timestamptz not null default clock_timestamp(),
  constraint bank_account_code_once unique (tenant, legal_entity_id, code),
  constraint bank_account_number_once unique (tenant, legal_entity_id, number, currency),
  constraint bank_account_on_its_own unique (legal_entity_id, account),
  constraint bank_account_on_cash check (account = 'cash-clearing' or account = 'cash-clearing.' || code)
);
comment on column cash.bank_account.number is 'As statements tell it: an IBAN without spaces, or the bank''s own number, in capitals.';
comment on column cash.bank_account.account is 'The account of the ledger that it is kept on.';
comment on column cash.bank_account.closed_on is 'Its last day: no statement and no money of a later day is taken.';
create index on cash.bank_account (number);

-- When it was closed, by whom and why; the last one counts.
create table cash.bank_account_closing (
  id              bigint generated always as identity primary key,
  tenant          int  not null default 1,
  bank_account_id uuid not null references cash.bank_account,
  closed_on       date not null,
  actor           text not null check (actor <> ''),
  reason          text not null check (reason <> ''),
  created_at      timestamptz not null default clock_timestamp()
);
create index on cash.bank_account_closing (bank_account_id);
create trigger booked_is_booked before update or delete or truncate on cash.bank_account_closing
  for each statement execute function tieout.refuse_change();

create function cash.close_bank_account() returns trigger language plpgsql as $$
begin
  update cash.bank_account set closed_on = new.closed_on where id = new.bank_account_id;
  return null;
end $$;
create trigger closes after insert on cash.bank_account_closing for each row execute function cash.close_bank_account();

-- What its money was booked on stays where it is.
create function cash.refuse_bank_account_change() returns trigger language plpgsql as $$
begin
  if tg_op = 'DELETE' or new.closed_on is null
     or (old.id, old.tenant, old.legal_entity_id, old.code, old.number, old.currency, old.account)
        is distinct from (new.id, new.tenant, new.legal_entity_id, new.code, new.number, new.currency, new.account) then
    raise exception 'A bank account is closed, and not changed.' using errcode = 'check_violation', constraint = 'bank_account_stays';
  end if;
  if exists (
       select from cash.statement s where s.bank_account_id = old.id and coalesce(
         s.closing_on, (select max(l.booked_on) from cash.bank_line l where l.statement_id = s.id)) > new.closed_on) then
    raise exception 'Bank account % has a statement of a later day than %.', old.code, new.closed_on
      using errcode = 'check_violation', constraint = 'bank_account_open_until_its_statements';
  end if;
  return new;
end $$;
create trigger bank_account_stays before update or delete on cash.bank_account for each row execute function cash.refuse_bank_account_change();

-- The account that a legal entity's invoices name is its first one, until it says otherwise.
create function cash.add_first_bank_account() returns trigger language plpgsql as $$
begin
  insert into cash.bank_account (tenant, legal_entity_id, code, number, currency, account, actor, reason)
  select new.tenant, new.id, 'main', new.iban, new.currency, 'cash-clearing', 'books', 'The account that invoices name'
  where not exists (select from cash.bank_account b where b.legal_entity_id = new.id and b.account = 'cash-clearing');
  return null;
end $$;
create trigger first_bank_account after insert or update of iban on customers.legal_entity
  for each row when (new.iban <> '') execute function cash.add_first_bank_account();
insert into cash.bank_account (tenant, legal_entity_id, code, number, currency, account, actor, reason)
  select tenant, id, 'main', iban, currency, 'cash-clearing', 'books', 'The account that invoices name' from customers.legal_entity where iban <> '';

-- Statements are of a bank account; of one number there may be one in each of several currencies.
alter table cash.statement
  add column bank_account_id uuid references cash.bank_account,
  drop constraint statement_taken_once,
  add constraint statement_taken_once unique (tenant, number, currency, name);
comment on column cash.statement.bank_account_id is 'Null where it was taken in before there were several, and the number is no account''s any more.';
update cash.statement s set bank_account_id = b.id
from cash.bank_account b where b.tenant = s.tenant and b.legal_entity_id = s.legal_entity_id and b.number = s.number and b.currency = s.currency;
create index on cash.statement (bank_account_id);

create function cash.refuse_strange_statement() returns trigger language plpgsql as $$
declare
  own cash.bank_account;
begin
  select * into own from cash.bank_account b
  where b.id = new.bank_account_id
     or (new.bank_account_id is null and b.tenant = new.tenant and b.legal_entity_id = new.legal_entity_id and b.number = new.number and b.currency = new.currency);
  if not found then return new; end if;
  new.bank_account_id := own.id;
  if (own.legal_entity_id, own.number, own.currency) is distinct from (new.legal_entity_id, new.number, new.currency) then
    raise exception 'Statement % is not of bank account %.', new.name, own.code using errcode = 'check_violation', constraint = 'statement_of_its_account';
  end if;
  if new.closing_on > own.closed_on then
    raise exception 'Statement % is of %, and bank account % was closed on %.', new.name, new.closing_on, own.code, own.closed_on
      using errcode = 'check_violation', constraint = 'statement_of_an_open_account';
  end if;
  return new;
end $$;
create trigger of_its_account before insert on cash.statement for each row execute function cash.refuse_strange_statement();

-- Where money was received; null where nobody said, and it lies on cash-clearing or with a gateway.
alter table cash.payment add column bank_account_id uuid references cash.bank_account;
create function cash.refuse_strange_payment() returns trigger language plpgsql as $$
declare
  off record;
begin
  select a.reference, b.code into off
  from added a join cash.bank_account b on b.id = a.bank_account_id
  where (b.legal_entity_id, b.currency) is distinct from (a.legal_entity_id, a.currency) or a.received_on > b.closed_on limit 1;
  if found then
    raise exception 'Payment % was not received on bank account %.', off.reference, off.code
      using errcode = 'check_violation', constraint = 'payment_on_a_bank_account_of_its_own';
  end if;
  return null;
end $$;
create trigger on_its_bank_account after insert on cash.payment
  referencing new table as added for each statement execute function cash.refuse_strange_payment();

alter table ledger.journal_line
  drop constraint journal_line_account_check,
  add constraint journal_line_account_check check (account in (
    'receivable', 'revenue', 'deferred-revenue', 'prepaid-credit', 'contract-asset', 'unbilled-receivable', 'tax', 'bad-debt', 'cash-clearing',
    'gateway-clearing', 'bank-fees', 'disputed-receivable', 'unapplied-cash', 'fx-gain-loss', 'revaluation', 'fx-unrealised', 'rounding')
    or account ~ '^cash-clearing\.[a-z0-9][a-z0-9-]{0,19}$') not valid;

-- A line on a bank account is of one of the legal entity's, in its currency.
create function ledger.refuse_strange_bank_account() returns trigger language plpgsql
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
  where a.document_kind not in ('invoice', 'credit-memo') and line.account like 'cash-clearing.%' and kept.id is null limit 1;
  if found then
    raise exception 'Of % a line in % is on %, which is no bank account of the legal entity in that currency.', off.business_key, off.currency, off.account
      using errcode = 'check_violation', constraint = 'journal_line_on_a_bank_account_of_its_own';
  end if;
  return null;
end $$;
create trigger refuse_strange_bank_account after insert on posting.posting
  referencing new table as added for each statement execute function ledger.refuse_strange_bank_account();

alter table ledger.revaluation
  drop constraint revaluation_account_check,
  add constraint revaluation_account_check check (
    account in ('cash-clearing', 'gateway-clearing', 'receivable', 'disputed-receivable', 'unapplied-cash') or account like 'cash-clearing.%');
