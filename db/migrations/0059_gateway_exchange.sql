-- What a customer paid in one currency and the gateway's balance got in another: it leaves clearing in the customer's currency and comes back
-- in the balance's, over an account that keeps nothing in the currency of the books.

alter table ledger.journal_line
  drop constraint journal_line_account_check,
  add constraint journal_line_account_check check (account in (
    'receivable', 'revenue', 'deferred-revenue', 'prepaid-credit', 'contract-asset', 'unbilled-receivable', 'tax', 'bad-debt', 'cash-clearing',
    'gateway-clearing', 'currency-exchange', 'bank-fees', 'disputed-receivable', 'unapplied-cash', 'fx-gain-loss', 'revaluation', 'fx-unrealised',
    'rounding')
    or account ~ '^cash-clearing\.[a-z0-9][a-z0-9-]{0,19}$') not valid;

-- Whether it was held against the entry of what it is a movement of: its currency may be another one.
alter table cash.gateway_movement add column paired boolean not null default false;
-- Of what was booked before, people booked the exchange by hand.
update cash.gateway_movement m set paired = true
where exists (select from cash.gateway_booked b where b.tenant = m.tenant and b.gateway = m.gateway and b.source = m.source and b.moves = m.kind);
create index gateway_movement_to_pair on cash.gateway_movement (gateway, source, kind)
  where not paired and kind not in ('fee', 'payout', 'payout-failed');

create table cash.gateway_exchange (
  tenant          int  not null default 1,
  gateway         text not null,
  movement        text not null,
  step            text not null,
  legal_entity_id uuid not null references customers.legal_entity,
  given_currency  text not null,
  given           numeric(19,4) not null check (given <> 0),
  got_currency    text not null,
  got             numeric(19,4) not null,
  made_on         date not null,
  state           text not null default 'new' check (state in ('new', 'booked', 'parked')),
  given_entry     uuid unique,
  got_entry       uuid unique,
  result_entry    uuid unique,
  held_entity     uuid references customers.legal_entity,
  held_on         date,
  held_as         text check (held_as in ('document', 'journal')),
  held_asked      boolean,
  primary key (tenant, gateway, movement),
  foreign key (tenant, gateway, movement) references cash.gateway_movement (tenant, gateway, id),
  constraint gateway_exchange_of_two_currencies check (given_currency <> got_currency),
  constraint gateway_exchange_booked_by_entries check ((state = 'booked') = (given_entry is not null) and (state = 'booked') = (got_entry is not null)),
  constraint gateway_exchange_held_whole check (num_nonnulls(held_entity, held_on, held_as, held_asked) in (0, 4)),
  constraint gateway_exchange_held_is_parked check (held_on is null or state = 'parked')
);
comment on table cash.gateway_exchange is 'A movement in another currency than the entry of what it is a movement of.';
comment on column cash.gateway_exchange.given is 'What that entry put on clearing in the customer''s currency; below zero where it took it.';
comment on column cash.gateway_exchange.got is 'What the balance got in its own; below zero where it gave it.';
comment on column cash.gateway_exchange.result_entry is 'Of what was won or lost, where neither is the currency of the books.';
create index gateway_exchange_to_book on cash.gateway_exchange (gateway, made_on, movement) where state = 'new';
create index gateway_exchange_held on cash.gateway_exchange (held_entity, held_on) where held_on is not null;
create index on cash.gateway_exchange (gateway, step);

-- What was booked stays; its entries take all of it off clearing in the one currency, put all of it there in the other, and leave nothing between.
create function cash.refuse_strange_exchange() returns trigger language plpgsql as $$
begin
  if tg_op = 'DELETE' or old.state = 'booked'
     or (old.gateway, old.movement, old.step, old.legal_entity_id, old.given_currency, old.given, old.got_currency, old.got)
        is distinct from (new.gateway, new.movement, new.step, new.legal_entity_id, new.given_currency, new.given, new.got_currency, new.got) then
    raise exception 'An exchange is booked once, and not changed.' using errcode = 'check_violation', constraint = 'gateway_exchange_stays';
  end if;
  if new.state = 'booked' and (
       (select sum(l.amount) from ledger.journal_line l where l.entry_id = new.given_entry and l.account = 'gateway-clearing' and l.currency = new.given_currency)
         is distinct from -new.given
       or (select sum(l.amount) from ledger.journal_line l where l.entry_id = new.got_entry and l.account = 'gateway-clearing' and l.currency = new.got_currency)
         is distinct from new.got
       or (select sum(coalesce(l.functional, l.amount)) from ledger.journal_line l
           where l.entry_id in (new.given_entry, new.got_entry, new.result_entry) and l.account = 'currency-exchange') <> 0) then
    raise exception 'The entries of exchange % are not what was exchanged.', new.movement
      using errcode = 'check_violation', constraint = 'gateway_exchange_is_its_entries';
  end if;
  return new;
end $$;
create trigger gateway_exchange_stays before update or delete on cash.gateway_exchange
  for each row execute function cash.refuse_strange_exchange();
