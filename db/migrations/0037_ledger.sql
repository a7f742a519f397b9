-- Balances kept up with the lines: what each account moved, by legal entity, accounting month and currency. Whoever books adds rows
-- of his own to ledger.balance_change and waits for nobody; from time to time they are folded into ledger.account_balance. What an
-- account comes to is the sum of both, read in one statement.

create table ledger.account_balance (
  tenant          int  not null default 1,
  legal_entity_id uuid not null,
  month           date not null,
  account         text not null,
  currency        text not null,
  debit           numeric(28,4) not null check (debit >= 0),
  credit          numeric(28,4) not null check (credit >= 0),
  lines           bigint not null check (lines > 0),
  primary key (legal_entity_id, month, account, currency)
) with (fillfactor = 50);
comment on table ledger.account_balance is 'What was folded; never read alone, see ledger.turnover.';

-- No key and no index: rows are added, and taken out together.
create table ledger.balance_change (
  tenant          int  not null default 1,
  legal_entity_id uuid not null,
  month           date not null,
  account         text not null,
  currency        text not null,
  debit           numeric(28,4) not null,
  credit          numeric(28,4) not null,
  lines           bigint not null
);
comment on table ledger.balance_change is 'What one statement added to the lines, summed; not folded yet.';

create view ledger.turnover as
  select tenant, legal_entity_id, month, account, currency, debit, credit, lines from ledger.account_balance
  union all
  select tenant, legal_entity_id, month, account, currency, debit, credit, lines from ledger.balance_change;
comment on view ledger.turnover is 'Rows of one key are to be summed. Equal to the sums of ledger.journal_line, which `tieout ledger check` proves.';

create function ledger.add_to_balances() returns trigger language plpgsql as $$
begin
  insert into ledger.balance_change (tenant, legal_entity_id, month, account, currency, debit, credit, lines)
  select tenant, legal_entity_id, month, account, currency,
         coalesce(sum(amount) filter (where amount > 0), 0), coalesce(-sum(amount) filter (where amount < 0), 0), count(*)
  from added group by tenant, legal_entity_id, month, account, currency;
  return null;
end $$;
-- From here on nobody else books until this step is committed, so that nothing is counted twice or left out.
create trigger add_to_balances after insert on ledger.journal_line
  referencing new table as added for each statement execute function ledger.add_to_balances();

insert into ledger.account_balance (tenant, legal_entity_id, month, account, currency, debit, credit, lines)
  select tenant, legal_entity_id, month, account, currency,
         coalesce(sum(amount) filter (where amount > 0), 0), coalesce(-sum(amount) filter (where amount < 0), 0), count(*)
  from ledger.journal_line group by tenant, legal_entity_id, month, account, currency;

-- The next indexes are for questions to the books alone. Each holds all rows it is about, under a condition that nobody else names (a
-- collation): a trigger that looks for one entry or its receivable line, planned while the tables were empty, would otherwise go
-- through a whole month of entries, or all that customers owe, for every document.

-- Entries of a legal entity in the order of their days. A run adds them in this order, so the index grows at its end only.
create index journal_entry_by_day on ledger.journal_entry (legal_entity_id, month, entry_date, id) where source_kind collate "C" <> '';
-- Entries come in as they are booked, so a few blocks tell which were booked after an instant.
create index journal_entry_booked on ledger.journal_entry using brin (created_at) with (pages_per_range = 32);
comment on column ledger.journal_entry.created_at is 'When it was booked, by the clock of the program that did.';
-- What one customer owes or has to its credit: one line in three of an invoice.
create index journal_line_of_customer on ledger.journal_line (billing_account_id)
  where account collate "C" in ('receivable', 'disputed-receivable', 'unapplied-cash');
-- Lines on accounts that invoices do not move are few, and looked for among many.
create index journal_line_beside_invoices on ledger.journal_line (legal_entity_id, account, month)
  where account collate "C" not in ('receivable', 'revenue', 'deferred-revenue', 'tax');

-- What a legal entity calls our accounts. Whoever changes it adds a row; the last one of an account counts. What no row names has the
-- number and the name of the house, which the program knows.
create table ledger.chart_change (
  id              uuid primary key,
  tenant          int  not null default 1,
  legal_entity_id uuid not null references customers.legal_entity,
  account         text not null check (account <> ''),
  number          text not null check (number ~ '^[0-9A-Z][0-9A-Za-z]{0,19}$'),
  name            text not null check (length(name) between 1 and 100 and name !~ '[[:cntrl:]]'),
  actor           text not null check (actor <> ''),
  reason          text not null check (reason <> ''),
  created_at      timestamptz not null default clock_timestamp()
);
create index on ledger.chart_change (legal_entity_id, account, created_at desc, id desc);
create trigger booked_is_booked before update or delete or truncate on ledger.chart_change
  for each statement execute function tieout.refuse_change();

create view ledger.chart as
  select distinct on (legal_entity_id, account) tenant, legal_entity_id, account, number, name
  from ledger.chart_change order by legal_entity_id, account, created_at desc, id desc;

create function ledger.refuse_shared_number() returns trigger language plpgsql as $$
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
  return null;
end $$;
create trigger number_once after insert on ledger.chart_change
  referencing new table as added for each statement execute function ledger.refuse_shared_number();
