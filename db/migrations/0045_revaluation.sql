-- Open items in foreign currencies at a month's end: what they are worth at its last day's rate, less what they are carried at. Booked in the
-- currency of the books, and taken back on the first day of the next month by the same transaction.

alter table ledger.journal_line
  drop constraint journal_line_account_check,
  add constraint journal_line_account_check check (account in (
    'receivable', 'revenue', 'deferred-revenue', 'tax', 'bad-debt', 'cash-clearing', 'gateway-clearing', 'bank-fees', 'disputed-receivable',
    'unapplied-cash', 'fx-gain-loss', 'revaluation', 'fx-unrealised', 'rounding')) not valid;

create table ledger.revaluation (
  id              uuid primary key,
  tenant          int  not null default 1,
  legal_entity_id uuid not null references customers.legal_entity,
  month           date not null check (extract(day from month) = 1),
  account         text not null check (account in ('cash-clearing', 'gateway-clearing', 'receivable', 'disputed-receivable', 'unapplied-cash')),
  currency        text not null check (currency ~ '^[A-Z]{3}$'),
  balance         numeric(28,4) not null,
  carried         numeric(28,4) not null,
  rate            numeric(28,12) check (rate > 0),
  rate_path       text not null,
  worth           numeric(28,4) not null,
  booked          numeric(19,4) not null check (booked <> 0),
  entry_id        uuid not null,
  reversal_id     uuid not null,
  created_at      timestamptz not null,
  constraint revaluation_of_a_balance_once unique (entry_id, account, currency)
);
comment on table ledger.revaluation is 'What was booked for a balance: its worth less what it is carried at, less what runs before booked.';
comment on column ledger.revaluation.rate is 'To be read; null for a balance of nothing, which needs none. The path has the rates as quoted.';
create index on ledger.revaluation (legal_entity_id, month);
create trigger booked_is_booked before update or delete or truncate on ledger.revaluation for each statement execute function tieout.refuse_change();

-- It comes last: its entry moves revaluation by exactly that, on the month's last day, and is taken back on the day after. All that was
-- booked for a balance of a month is what it is worth more or less.
create function ledger.refuse_wrong_revaluation() returns trigger language plpgsql as $$
declare
  off record;
begin
  select a.entry_id, a.booked, l.amount into off
  from (select entry_id, sum(booked) as booked from added group by entry_id) a
  left join lateral (select sum(line.amount) as amount from ledger.journal_line line where line.entry_id = a.entry_id and line.account = 'revaluation') l on true
  where l.amount is distinct from a.booked limit 1;
  if found then
    raise exception 'Revaluation % is of %; its entry says %.', off.entry_id, off.booked, off.amount
      using errcode = 'check_violation', constraint = 'revaluation_is_in_the_ledger';
  end if;
  if exists (
       select from added a
       left join ledger.journal_entry e on e.id = a.entry_id and e.legal_entity_id = a.legal_entity_id and e.month = a.month
         and e.entry_date = (a.month + interval '1 month - 1 day')::date
       left join ledger.journal_entry r on r.id = a.reversal_id and r.reverses = a.entry_id and r.entry_date = (a.month + interval '1 month')::date
       where e.id is null or r.id is null) then
    raise exception 'A revaluation is dated on its month''s last day and taken back on the day after.'
      using errcode = 'check_violation', constraint = 'revaluation_is_taken_back';
  end if;
  select a.account, a.currency, a.worth - a.carried as wanted, sum(r.booked) as booked into off
  from added a join ledger.revaluation r on r.legal_entity_id = a.legal_entity_id and r.month = a.month and r.account = a.account and r.currency = a.currency
  group by a.id, a.account, a.currency, a.worth, a.carried having sum(r.booked) <> a.worth - a.carried limit 1;
  if found then
    raise exception '% in % is to be revalued by %; % is booked.', off.account, off.currency, off.wanted, off.booked
      using errcode = 'check_violation', constraint = 'revaluation_is_wanted_less_booked';
  end if;
  return null;
end $$;
create trigger refuse_wrong_revaluation after insert on ledger.revaluation
  referencing new table as added for each statement execute function ledger.refuse_wrong_revaluation();
