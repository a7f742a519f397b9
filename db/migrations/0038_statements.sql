-- What banks say of our accounts, what each payment was held to settle, and what people decided. Booked is it as any payment is (0034).

-- Accounts at banks that a customer is known to pay from: taught by people, one accepted proposal at a time.
create table cash.payer_number (
  tenant             int  not null default 1,
  number             text not null check (number <> ''),
  billing_account_id uuid not null references customers.billing_account,
  actor              text not null,
  created_at         timestamptz not null,
  primary key (tenant, number, billing_account_id)
);

create table cash.statement (
  id              uuid primary key,
  tenant          int  not null default 1,
  legal_entity_id uuid not null references customers.legal_entity,
  number          text not null check (number <> ''),
  name            text not null check (name <> ''),
  currency        text not null,
  opening         numeric(19,4),
  moved           numeric(19,4) not null,
  closing         numeric(19,4),
  entries         int  not null,
  refused         int  not null,
  actor           text not null,
  created_at      timestamptz not null,
  constraint statement_taken_once unique (tenant, number, name),
  constraint statement_adds_up check ((opening is null and closing is null) or opening + moved = closing)
);
comment on column cash.statement.number is 'Our account at the bank.';
comment on column cash.statement.name is 'The bank''s id of the statement.';

create table cash.bank_line (
  tenant          int  not null default 1,
  key             text not null,
  entry_key       text not null,
  from_bank       bool not null,
  statement_id    uuid not null references cash.statement,
  legal_entity_id uuid not null references customers.legal_entity,
  booked_on       date not null,
  currency        text not null,
  amount          numeric(19,4) not null check (amount <> 0),
  charges         numeric(19,4) not null default 0 check (charges >= 0),
  payer           text not null,
  payer_number    text not null,
  words           text not null,
  details         jsonb not null,
  returned        bool not null,
  payments        int  not null check (payments > 0),
  state           text not null check (state in ('new', 'certain', 'proposed', 'unapplied', 'unknown', 'declined', 'booked')),
  reasons         text[] not null default '{}',
  entry_number    text not null default '',
  decided_by      text not null default '',
  decided_why     text not null default '',
  decided_at      timestamptz,
  primary key (tenant, key),
  constraint bank_line_booked_by_an_entry check ((state = 'booked') = (entry_number <> ''))
);
create index on cash.bank_line (entry_key);
create index on cash.bank_line (state, booked_on, key);

-- What is booked stays as it is, and nothing of what the bank said ever changes.
create function cash.refuse_bank_line_change() returns trigger language plpgsql as $$
begin
  if tg_op = 'DELETE' or old.state = 'booked'
     or (old.key, old.entry_key, old.statement_id, old.booked_on, old.currency, old.amount, old.charges, old.payer, old.payer_number, old.words, old.details)
        is distinct from
        (new.key, new.entry_key, new.statement_id, new.booked_on, new.currency, new.amount, new.charges, new.payer, new.payer_number, new.words, new.details) then
    raise exception 'What a bank said is not changed, and what is booked stays so.' using errcode = 'check_violation', constraint = 'bank_line_stays';
  end if;
  return new;
end $$;
create trigger bank_line_stays before update or delete on cash.bank_line for each row execute function cash.refuse_bank_line_change();

create table cash.proposal (
  tenant             int  not null default 1,
  line               text not null,
  id                 text not null check (id <> ''),
  rank               int  not null,
  billing_account_id uuid not null references customers.billing_account,
  settles            jsonb not null,
  unapplied          numeric(19,4) not null check (unapplied >= 0),
  fee                numeric(19,4) not null check (fee >= 0),
  discount           numeric(19,4) not null,
  takes_back         uuid references cash.payment,
  score              int  not null check (score between 1 and 100),
  reasons            text[] not null,
  primary key (tenant, line, id),
  foreign key (tenant, line) references cash.bank_line (tenant, key)
);
create index on cash.proposal (billing_account_id);

-- An invoice's number as payers write it: without gaps, with letters and digits that are taken for each other made the same, as NumberIndex
-- has it. Plain characters and no pattern: every invoice of a billing run goes through it.
create function invoicing.folded_number(number text) returns text language sql immutable parallel safe as $$
  select translate(upper(number), 'OQDILZSGB-_/.:# ', '000112568')
$$;
create index invoice_folded_number on invoicing.invoice (invoicing.folded_number(number)) where kind = 'invoice';
