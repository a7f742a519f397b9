-- How customers and our companies are taxed, what tax engines were told, and rates of exchange.

alter table tax.rate add column category text;
update tax.rate set category = case when rate = 0 then 'Z' else 'S' end;
create function tax.usual_category() returns trigger language plpgsql as $$
begin
  new.category := coalesce(new.category, case when new.rate = 0 then 'Z' else 'S' end);
  return new;
end $$;
create trigger a_usual_category before insert or update on tax.rate for each row execute function tax.usual_category();
alter table tax.rate
  alter column category set not null,
  add constraint rate_code_is_no_word_of_ours check (code <> 'auto'),
  add constraint rate_category check (category in ('S', 'Z', 'E', 'AE', 'K', 'G', 'O')),
  add constraint rate_category_fits check ((category = 'S') = (rate > 0));
comment on column tax.rate.category is 'The letter an e-invoice carries (UNCL 5305): S is above zero, all others are zero.';

create table tax.territory (
  tenant    int  not null default 1 references tieout.tenant,
  country   text not null check (country ~ '^[A-Z]{2}$'),
  word      text not null check (word ~ '^[a-z0-9]+(-[a-z0-9]+)*$'),
  name      text not null check (name <> ''),
  postcodes text not null check (postcodes <> ''),
  primary key (tenant, country, word)
);
comment on table tax.territory is 'Parts of a country with rates of their own, under tax codes that begin with country and word: ES-canary-islands-standard.';
comment on column tax.territory.postcodes is 'A regular expression that the whole postcode matches.';

create table tax.seller (
  legal_entity_id uuid primary key references customers.legal_entity,
  tenant          int  not null default 1 references tieout.tenant,
  supply_date     text not null default 'period-end' check (supply_date in ('period-end', 'period-start', 'invoice-date')),
  one_stop_shop   boolean not null default false,
  vat_number      text check (vat_number ~ '^[A-Z]{2}[A-Z0-9+*]{2,13}$'),
  changed_at      timestamptz not null default now()
);
comment on table tax.seller is 'Tax settings of a legal entity; one without a row has the defaults.';

create table tax.profile (
  customer_id      uuid primary key references customers.customer,
  tenant           int  not null default 1 references tieout.tenant,
  country          text not null check (country ~ '^[A-Z]{2}$'),
  postcode         text not null default '' check (length(postcode) <= 20),
  region           text not null default '' check (length(region) <= 50),
  business         boolean not null,
  vat_number       text check (vat_number ~ '^[A-Z]{2}[A-Z0-9+*]{2,13}$'),
  vat_check        text check (vat_check in ('format', 'vies')),
  vat_checked_on   date,
  vat_consultation text not null default '',
  exemption_no     text check (exemption_no <> ''),
  exemption_from   date,
  exemption_until  date check (exemption_until > exemption_from),
  changed_by       text not null,
  changed_at       timestamptz not null,
  constraint profile_vat_of_business check (vat_number is null or business),
  constraint profile_vat_checked check ((vat_number is null) = (vat_check is null)),
  constraint profile_vies_dated check (vat_check is distinct from 'vies' or vat_checked_on is not null),
  constraint profile_exemption_whole check ((exemption_no is null) = (exemption_from is null))
);

-- What a tax engine is told of finished invoices; the same life as a posting's.
create table tax.commitment (
  invoice_id         uuid not null,
  billing_account_id uuid not null,
  tenant             int  not null default 1,
  legal_entity_id    uuid not null,
  engine             text not null check (engine <> ''),
  number             text not null check (number <> ''),
  month              date not null,
  currency           text not null,
  total              numeric(19,4) not null,
  tax                numeric(19,4) not null,
  state              text not null default 'waiting' check (state in ('waiting', 'sending', 'committed', 'in-doubt', 'parked')),
  attempts           int  not null default 0,
  tries              int  not null default 0,
  look_ups           int  not null default 0,
  not_before         timestamptz,
  claim              uuid,
  claimed_until      timestamptz,
  sent_at            timestamptz,
  engine_id          text,
  detail             text not null default '',
  correlation_id     uuid not null,
  created_at         timestamptz not null,
  changed_at         timestamptz not null,
  primary key (invoice_id, billing_account_id),
  -- One invoice is told once.
  constraint commitment_once unique (tenant, number),
  constraint commitment_committed_has_id check ((state = 'committed') = (engine_id is not null)),
  constraint commitment_sending_is_claimed check (state <> 'sending' or claim is not null)
) with (fillfactor = 70);
create index commitment_lane on tax.commitment (engine, state, invoice_id) where state in ('waiting', 'sending', 'in-doubt');
create index commitment_claim on tax.commitment (claim) where claim is not null;

-- The same moves as in Tieout.Domain.Tax.CommitmentMoves; a test compares the two. Silence is never answered by sending again.
create function tax.commitment_move_allowed(from_state text, to_state text) returns boolean language sql immutable as $$
  select (from_state, to_state) in (
    ('waiting', 'sending'),
    ('sending', 'committed'), ('sending', 'in-doubt'), ('sending', 'parked'), ('sending', 'waiting'),
    ('in-doubt', 'committed'), ('in-doubt', 'waiting'), ('in-doubt', 'parked'),
    ('parked', 'waiting'))
$$;
create function tax.check_commitment_move() returns trigger language plpgsql as $$
begin
  if not tax.commitment_move_allowed(old.state, new.state) then
    raise exception 'The tax commitment of % cannot go from % to %.', old.number, old.state, new.state
      using errcode = 'check_violation', constraint = 'commitment_move';
  end if;
  return new;
end $$;
create trigger check_move before update on tax.commitment
  for each row when (old.state is distinct from new.state) execute function tax.check_commitment_move();
create trigger booked_is_booked before delete or truncate on tax.commitment
  for each statement execute function tieout.refuse_change();

create schema exchange;

create table exchange.rate (
  tenant     int  not null default 1 references tieout.tenant,
  base       text not null check (base ~ '^[A-Z]{3}$'),
  quote      text not null check (quote ~ '^[A-Z]{3}$'),
  date       date not null,
  type       text not null check (type ~ '^[a-z0-9-]{1,30}$'),
  version    int  not null default 1 check (version > 0),
  rate       numeric(28,12) not null check (rate > 0),
  source     text not null default '' check (length(source) <= 100),
  reason     text not null default '',
  run_id     uuid references runs.run,
  actor      text not null,
  created_at timestamptz not null,
  primary key (tenant, base, quote, date, type, version),
  constraint rate_of_two_currencies check (base <> quote),
  constraint rate_corrected_with_reason check ((version > 1) = (reason <> ''))
);
comment on table exchange.rate is 'As quoted: one unit of base costs rate units of quote. The highest version counts; the ones before it are kept.';

-- A correction follows what it corrects, and says something else.
create function exchange.refuse_loose_correction() returns trigger language plpgsql as $$
declare
  loose record;
begin
  select later.base, later.quote, later.date, later.version into loose
  from added later
  left join exchange.rate before on before.tenant = later.tenant and before.base = later.base and before.quote = later.quote
    and before.date = later.date and before.type = later.type and before.version = later.version - 1
  where later.version > 1 and (before.rate is null or before.rate = later.rate)
  limit 1;
  if found then
    raise exception 'Version % of the rate %/% on % corrects nothing.', loose.version, loose.base, loose.quote, loose.date
      using errcode = 'check_violation', constraint = 'rate_correction_follows';
  end if;
  return null;
end $$;
create trigger refuse_loose_correction after insert on exchange.rate
  referencing new table as added for each statement execute function exchange.refuse_loose_correction();
create trigger booked_is_booked before update or delete or truncate on exchange.rate
  for each statement execute function tieout.refuse_change();

create view exchange.current_rate as
  select distinct on (tenant, base, quote, date, type) tenant, base, quote, date, type, version, rate, source, reason
  from exchange.rate
  order by tenant, base, quote, date, type, version desc;

create table exchange.policy (
  tenant      int  primary key default 1 references tieout.tenant,
  type        text not null check (type ~ '^[a-z0-9-]{1,30}$'),
  within_days int  not null check (within_days between 0 and 366),
  pivot       text check (pivot ~ '^[A-Z]{3}$'),
  changed_at  timestamptz not null default now()
);
comment on table exchange.policy is 'Which stored rate may stand in for the one of a day; without a row: spot, 7 days, through USD.';
