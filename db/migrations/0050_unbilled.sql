-- What was recognised beyond what was invoiced, on accounts of its own: moved off deferred revenue at each month's end, contract by contract,
-- by what should stand there less what does.

-- Whatever stood before has none of the new accounts.
alter table ledger.journal_line
  drop constraint journal_line_account_check,
  add constraint journal_line_account_check check (account in (
    'receivable', 'revenue', 'deferred-revenue', 'contract-asset', 'unbilled-receivable', 'tax', 'bad-debt', 'cash-clearing', 'gateway-clearing',
    'bank-fees', 'disputed-receivable', 'unapplied-cash', 'fx-gain-loss', 'revaluation', 'fx-unrealised', 'rounding')) not valid;

-- What a revenue run moved in one month of a legal entity, in one currency. It comes last and seals its lines.
create sequence revenue.unbilled_id as int;
create table revenue.unbilled (
  id                  int  primary key,
  tenant              int  not null default 1,
  legal_entity_id     uuid not null references customers.legal_entity,
  currency            text not null,
  month               date not null check (extract(day from month) = 1),
  entry_id            uuid unique,
  contract_asset      numeric(28,4) not null,
  unbilled_receivable numeric(28,4) not null,
  run_id              uuid not null,
  created_at          timestamptz not null,
  constraint unbilled_of_something_has_its_entry check ((contract_asset = 0 and unbilled_receivable = 0) = (entry_id is null))
);
create index on revenue.unbilled (legal_entity_id, currency, month);
comment on column revenue.unbilled.contract_asset is 'By how much the account grew; what contracts have more and others less comes to nothing in it.';

create table revenue.unbilled_line (
  unbilled    int  not null,
  no          int  not null check (no > 0),
  tenant      int  not null default 1,
  contract_id uuid,
  account     text not null check (account in ('contract-asset', 'unbilled-receivable')),
  amount      numeric(28,4) not null check (amount <> 0),
  primary key (unbilled, no),
  constraint unbilled_line_once unique nulls not distinct (unbilled, contract_id, account)
);
comment on column revenue.unbilled_line.contract_id is 'Null for what no given contract covers.';

create trigger booked_is_booked before update or delete or truncate on revenue.unbilled for each statement execute function tieout.refuse_change();
create trigger booked_is_booked before update or delete or truncate on revenue.unbilled_line for each statement execute function tieout.refuse_change();

create function revenue.refuse_into_sealed_unbilled() returns trigger language plpgsql as $$
declare
  off int;
begin
  select u.id into off from (select distinct unbilled from added) a join revenue.unbilled u on u.id = a.unbilled limit 1;
  if found then
    raise exception 'Move % of unbilled revenue is sealed; nothing is added to it.', off using errcode = 'check_violation', constraint = 'unbilled_is_sealed';
  end if;
  return null;
end $$;
create trigger sealed after insert on revenue.unbilled_line
  referencing new table as added for each statement execute function revenue.refuse_into_sealed_unbilled();

-- It is the sum of its lines, its entry is exactly it, its contracts are of its legal entity, currency and kind, and none of them has less
-- than nothing afterwards.
create function revenue.refuse_strange_unbilled() returns trigger language plpgsql as $$
declare
  sealing record;
  held record;
begin
  for sealing in select * from added loop
    select coalesce(sum(amount) filter (where account = 'contract-asset'), 0) as asset,
           coalesce(sum(amount) filter (where account = 'unbilled-receivable'), 0) as receivable, count(*) as lines into held
    from revenue.unbilled_line where unbilled = sealing.id;
    if (held.asset, held.receivable) is distinct from (sealing.contract_asset, sealing.unbilled_receivable) or held.lines = 0 then
      raise exception 'Move % of unbilled revenue is not the sum of its lines.', sealing.id
        using errcode = 'check_violation', constraint = 'unbilled_equals_its_lines';
    end if;
    if exists (
         select from revenue.unbilled_line l left join revenue.contract c on c.id = l.contract_id
         where l.unbilled = sealing.id and (case when l.contract_id is null then l.account <> 'unbilled-receivable'
           else (c.legal_entity_id, c.currency) is distinct from (sealing.legal_entity_id, sealing.currency)
             or l.account is distinct from case c.unbilled when 'receivable' then 'unbilled-receivable' else 'contract-asset' end end)) then
      raise exception 'A line of move % of unbilled revenue is not of its contract.', sealing.id
        using errcode = 'check_violation', constraint = 'unbilled_of_its_contract';
    end if;
    if exists (
         select from revenue.unbilled u join revenue.unbilled_line l on l.unbilled = u.id
         where u.legal_entity_id = sealing.legal_entity_id and u.currency = sealing.currency and u.month <= sealing.month
         group by l.contract_id, l.account having sum(l.amount) < 0) then
      raise exception 'Move % of unbilled revenue takes more than stands.', sealing.id
        using errcode = 'check_violation', constraint = 'unbilled_never_below_zero';
    end if;
    select coalesce(sum(l.amount) filter (where l.account = 'contract-asset'), 0) as asset,
           coalesce(sum(l.amount) filter (where l.account = 'unbilled-receivable'), 0) as receivable,
           coalesce(sum(l.amount) filter (where l.account = 'deferred-revenue'), 0) as deferred,
           count(*) filter (where l.account not in ('contract-asset', 'unbilled-receivable', 'deferred-revenue')) as others into held
    from ledger.journal_entry entry
    join ledger.journal_line l on l.entry_id = entry.id and l.currency = sealing.currency
    where entry.id = sealing.entry_id and entry.legal_entity_id = sealing.legal_entity_id and entry.source_kind = 'revenue-journal'
      and entry.month = sealing.month;
    if (held.asset, held.receivable) is distinct from (sealing.contract_asset, sealing.unbilled_receivable)
       or held.deferred <> -sealing.contract_asset - sealing.unbilled_receivable or held.others > 0 then
      raise exception 'Move % of unbilled revenue is not what its entry says.', sealing.id
        using errcode = 'check_violation', constraint = 'unbilled_is_in_the_ledger';
    end if;
  end loop;
  return null;
end $$;
create trigger seal after insert on revenue.unbilled
  referencing new table as added for each statement execute function revenue.refuse_strange_unbilled();

create or replace function revenue.refuse_reversal() returns trigger language plpgsql as $$
begin
  if exists (select from added a join revenue.booking_entry b on b.entry_id = a.reverses)
     or exists (select from added a join revenue.unbilled u on u.entry_id = a.reverses) then
    raise exception 'What a revenue run booked follows its schedules and is not taken back.'
      using errcode = 'check_violation', constraint = 'booking_is_not_reversed';
  end if;
  return null;
end $$;
