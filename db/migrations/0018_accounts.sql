-- What is left of expired credit lives on; discounts are withdrawn; minimums and levels with dates; marks for what charges hang on; parties as they were.

-- A rest that rolled over is off the old grant and stands as a grant of its own.
alter table credits.grant
  add column rollover_again boolean not null default false,
  add constraint grant_rolls_again_by_a_rule check (not rollover_again or rollover_fraction is not null);
alter table credits.grant rename constraint grant_billing_account_id_rolled_from_key to grant_rolled_once;
comment on column credits.grant.rollover_again is 'Whether what rolled over rolls over again when it expires.';
comment on column credits.grant.rolled_from is 'The grant whose rest this one carries on, from the day that one expired.';

create function credits.refuse_bad_rollover() returns trigger language plpgsql as $$
declare
  old_grant credits.grant;
begin
  select * into old_grant from credits.grant g where g.billing_account_id = new.billing_account_id and g.id = new.rolled_from;
  if old_grant.rollover_fraction is null or new.granted_on <> old_grant.expires_on or new.credit <> old_grant.credit
    or new.currency is distinct from old_grant.currency
    or new.amount > least(old_grant.amount * old_grant.rollover_fraction, old_grant.rollover_most) then
    raise exception 'Grant % does not carry on what was left of grant % as its rule says.', new.id, new.rolled_from
      using errcode = 'check_violation', constraint = 'grant_rolled_by_its_rule';
  end if;
  return new;
end $$;
create trigger rolled_by_its_rule before insert on credits.grant
  for each row when (new.rolled_from is not null) execute function credits.refuse_bad_rollover();

-- What was drawn and what was rolled over come to no more than was granted. At the end of the transaction: the draws of a run are
-- corrected after its rollovers.
create function credits.refuse_rolling_too_much() returns trigger language plpgsql as $$
declare
  granted numeric;
  drawn numeric;
begin
  select g.amount into granted from credits.grant g where g.billing_account_id = new.billing_account_id and g.id = new.rolled_from for update;
  select coalesce(sum(d.amount), 0) into drawn
  from credits.draw d where d.billing_account_id = new.billing_account_id and d.grant_id = new.rolled_from;
  if drawn + new.amount > granted then
    raise exception 'Grant % of % has % drawn and cannot have % rolled over.', new.rolled_from, granted, drawn, new.amount
      using errcode = 'check_violation', constraint = 'grant_rolls_its_rest';
  end if;
  return null;
end $$;
create constraint trigger rolls_its_rest after insert on credits.grant deferrable initially deferred
  for each row when (new.rolled_from is not null) execute function credits.refuse_rolling_too_much();

create or replace function credits.refuse_overdraft() returns trigger language plpgsql as $$
declare
  off record;
begin
  -- Locked in one order, so that draws at the same time wait for each other and see each other's sum.
  perform 1 from credits.grant g
  where (g.billing_account_id, g.id) in (select billing_account_id, grant_id from added)
  order by g.billing_account_id, g.id for update;
  select g.id, g.amount, sum(d.amount) as drawn, coalesce(next.amount, 0) as rolled into off
  from credits.grant g
  join credits.draw d on d.billing_account_id = g.billing_account_id and d.grant_id = g.id
  left join credits.grant next on next.billing_account_id = g.billing_account_id and next.rolled_from = g.id
  where (g.billing_account_id, g.id) in (select billing_account_id, grant_id from added)
  group by g.id, g.amount, next.amount
  having sum(d.amount) < 0 or sum(d.amount) > g.amount - coalesce(next.amount, 0)
  limit 1;
  if found then
    raise exception 'Grant % of % would come to % drawn and % rolled over.', off.id, off.amount, off.drawn, off.rolled
      using errcode = 'check_violation', constraint = 'draw_within_grant';
  end if;
  return null;
end $$;

-- A discount given by mistake is withdrawn: as if it had never been given. It stays, with who took it back and why.
alter table subscriptions.applied_discount
  add column withdrawn_at timestamptz,
  add column withdrawn_by text,
  add column withdrawal_reason text,
  add constraint applied_discount_withdrawn_by check ((withdrawn_at is null) = (withdrawn_by is null) and (withdrawn_at is null) = (withdrawal_reason is null));
create or replace function subscriptions.refuse_discount_overlap() returns trigger language plpgsql as $$
begin
  if tg_op = 'UPDATE' and old.withdrawn_at is not null then
    raise exception 'A discount that was withdrawn does not change.' using errcode = 'check_violation', constraint = 'applied_discount_only_withdrawn';
  end if;
  -- Two transactions at once would not see each other's row.
  perform 1 from customers.billing_account where id = new.billing_account_id for no key update;
  if new.withdrawn_at is null and exists (
    select from subscriptions.applied_discount other
    where other.billing_account_id = new.billing_account_id and other.id <> new.id and other.discount_id = new.discount_id and other.withdrawn_at is null
      and other.subscription_id is not distinct from new.subscription_id and other.component is not distinct from new.component
      and daterange(other.from_date, other.until_date) && daterange(new.from_date, new.until_date)) then
    raise exception 'The discount is given already on some of these days.'
      using errcode = 'exclusion_violation', constraint = 'applied_discount_overlap';
  end if;
  return new;
end $$;

-- What an account comes to at least from a month on, where that is not the same for all months; until the next row of it.
create table customers.account_minimum (
  billing_account_id uuid not null references customers.billing_account,
  from_date          date not null check (from_date = date_trunc('month', from_date)),
  tenant             int  not null default 1 references tieout.tenant,
  amount             numeric(19,4) not null check (amount >= 0),
  primary key (billing_account_id, from_date)
);
comment on column customers.billing_account.monthly_minimum is
  'What every calendar month of the account comes to at least before the first row of account_minimum; the rest is a true-up on the first day after the month.';

-- The customer's level from a day on, until the next row of it. Before the first one, customer.level.
create table customers.customer_level (
  customer_id uuid not null references customers.customer,
  from_date   date not null,
  tenant      int  not null default 1 references tieout.tenant,
  level       text not null,
  primary key (customer_id, from_date)
);
comment on column customers.customer.level is 'Decides about discounts that differ by it, such as gold, on days before the first row of customer_level.';

-- Whoever changes what charges hang on leaves a mark, by whatever way it was changed.
create function customers.touch_account(account uuid, since date, reason text) returns void language sql as $$
  insert into subscriptions.touched (id, billing_account_id, subscription_id, from_date, reason, at)
  select gen_random_uuid(), s.billing_account_id, s.id, greatest(s.start_date, since), reason, now()
  from subscriptions.subscription s where s.billing_account_id = account
$$;
create function customers.touch_changed_account() returns trigger language plpgsql as $$
begin
  perform customers.touch_account(new.id, '1970-01-01', case when old.time_zone <> new.time_zone then 'time zone' else 'monthly minimum' end);
  return null;
end $$;
create trigger touch after update of monthly_minimum, time_zone on customers.billing_account
  for each row when (old.monthly_minimum <> new.monthly_minimum or old.time_zone <> new.time_zone) execute function customers.touch_changed_account();
create function customers.touch_minimum() returns trigger language plpgsql as $$
declare
  changed customers.account_minimum := coalesce(new, old);
begin
  perform customers.touch_account(changed.billing_account_id, changed.from_date, 'monthly minimum');
  return null;
end $$;
create trigger touch after insert or update or delete on customers.account_minimum for each row execute function customers.touch_minimum();
create function customers.touch_level() returns trigger language plpgsql as $$
declare
  customer uuid;
  since date := '1970-01-01';
begin
  if tg_table_name = 'customer' then customer := new.id;
  else
    customer := case tg_op when 'DELETE' then old.customer_id else new.customer_id end;
    since := case tg_op when 'DELETE' then old.from_date else new.from_date end;
  end if;
  perform customers.touch_account(account.id, since, 'customer level') from customers.billing_account account where account.customer_id = customer;
  return null;
end $$;
create trigger touch_level after update of level on customers.customer
  for each row when (old.level <> new.level) execute function customers.touch_level();
create trigger touch_level after insert or update or delete on customers.customer_level for each row execute function customers.touch_level();

-- A document says who sold and who bought as they were when it was made. Masters change in place; what they were is kept until the
-- instant they changed, so that making documents costs nothing: one made before that instant reads the row that was. What an
-- e-invoice cannot do without and nobody knew yet is not kept: a document that lacks it shows what was entered first.
create table customers.party_history (
  party_id    uuid not null,
  valid_until timestamptz not null,
  tenant      int  not null default 1 references tieout.tenant,
  kind        text not null check (kind in ('customer', 'legal-entity')),
  particulars jsonb not null check (jsonb_typeof(particulars) = 'object'),
  primary key (party_id, valid_until)
);
comment on table customers.party_history is 'What documents made before valid_until, and after the row before, say of a party. Never changed.';
create function customers.keep_particulars() returns trigger language plpgsql as $$
begin
  insert into customers.party_history (party_id, valid_until, tenant, kind, particulars)
  select old.id, clock_timestamp(), old.tenant, tg_argv[0], jsonb_object_agg(field.key, field.value)
  from jsonb_each(to_jsonb(old)) field
  where field.key in ('name', 'country', 'street', 'city', 'postcode', 'region', 'vat_number', 'registration', 'email', 'electronic_address',
    'electronic_scheme', 'iban', 'bic', 'bank_name')
    and (field.value <> '""' or field.key in ('region', 'registration', 'email'))
  having count(*) > 0
  on conflict do nothing;
  return null;
end $$;
-- Of each particular the first known value since; null where nothing has changed since.
create function customers.particulars_of(party uuid, made_at timestamptz) returns jsonb language sql stable as $$
  select jsonb_object_agg(key, value) from (
    select distinct on (field.key) field.key, field.value
    from customers.party_history h cross join lateral jsonb_each(h.particulars) field
    where h.party_id = party and h.valid_until > made_at
    order by field.key, h.valid_until) first
$$;
create trigger keep_particulars
  after update of name, country, street, city, postcode, region, vat_number, registration, email, electronic_address, electronic_scheme on customers.customer
  for each row when (
    (old.name, old.country, old.street, old.city, old.postcode, old.region, old.vat_number, old.registration, old.email, old.electronic_address,
      old.electronic_scheme)
    is distinct from
    (new.name, new.country, new.street, new.city, new.postcode, new.region, new.vat_number, new.registration, new.email, new.electronic_address,
      new.electronic_scheme))
  execute function customers.keep_particulars('customer');
create trigger keep_particulars
  after update of name, country, street, city, postcode, region, vat_number, registration, email, electronic_address, electronic_scheme, iban, bic, bank_name
  on customers.legal_entity
  for each row when (
    (old.name, old.country, old.street, old.city, old.postcode, old.region, old.vat_number, old.registration, old.email, old.electronic_address,
      old.electronic_scheme, old.iban, old.bic, old.bank_name)
    is distinct from
    (new.name, new.country, new.street, new.city, new.postcode, new.region, new.vat_number, new.registration, new.email, new.electronic_address,
      new.electronic_scheme, new.iban, new.bic, new.bank_name))
  execute function customers.keep_particulars('legal-entity');
create trigger booked_is_booked before update or delete or truncate on customers.party_history
  for each statement execute function tieout.refuse_change();
