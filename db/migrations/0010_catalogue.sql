-- Products, versions of plans with every charge model, discounts, prepaid credit.

create table catalog.product (
  id      uuid primary key,
  tenant  int  not null default 1 references tieout.tenant,
  code    text not null check (code <> ''),
  name    text not null check (name <> ''),
  unique (tenant, code)
);

alter table catalog.plan add column product_id uuid references catalog.product;

create table catalog.plan_version (
  plan_id        uuid not null references catalog.plan,
  version        int  not null check (version >= 1),
  tenant         int  not null default 1 references tieout.tenant,
  effective_from date not null,
  trial_days     int  not null default 0 check (trial_days between 0 and 3650),
  minimums       jsonb not null default '{}' check (jsonb_typeof(minimums) = 'object'),
  status         text not null check (status in ('draft', 'published')),
  prices         int  not null default 0 check (prices >= 0),
  content_sha256 text check (content_sha256 ~ '^[0-9a-f]{64}$'),
  published_at   timestamptz,
  published_by   text,
  primary key (plan_id, version),
  check ((status = 'published') = (published_at is not null and published_by is not null)),
  check (status = 'draft' or prices > 0)
);
comment on column catalog.plan_version.effective_from is 'Subscriptions that start on this day or later take it, until the next version''s day.';
comment on column catalog.plan_version.prices is 'How many it was published with.';
comment on column catalog.plan_version.content_sha256 is 'Of the version''s canonical text; null for what was published before there were versions.';
-- Which version a day takes may not be a matter of luck.
create unique index plan_version_begins_once on catalog.plan_version (plan_id, effective_from) where status = 'published';

alter table catalog.price
  add column version int not null default 1,
  add column charge_model jsonb,
  add column terms jsonb not null default '{}' check (jsonb_typeof(terms) = 'object'),
  alter column unit_price drop not null,
  drop constraint price_model_check,
  drop constraint price_plan_id_component_currency_key;
comment on column catalog.price.charge_model is 'The model with all its figures, as docs/catalogue.md writes it.';
comment on column catalog.price.unit_price is 'Of flat and per-unit prices, the same figure as in charge_model; null for all others.';

update catalog.price set charge_model = jsonb_build_object(
  'type', model, case model when 'flat' then 'amount' else 'unit-price' end, trim_scale(unit_price)::text);
insert into catalog.plan_version (plan_id, version, tenant, effective_from, status, prices, published_at, published_by)
select plan.id, 1, plan.tenant, '1900-01-01',
       case when count(price.id) > 0 then 'published' else 'draft' end, count(price.id),
       case when count(price.id) > 0 then now() end, case when count(price.id) > 0 then 'migration' end
from catalog.plan plan
left join catalog.price price on price.plan_id = plan.id
group by plan.id, plan.tenant;

alter table catalog.price
  alter column charge_model set not null,
  add constraint price_model_check check (model in (
    'flat', 'per-unit', 'graduated', 'volume', 'package', 'graduated-package', 'volume-package', 'percentage', 'graduated-percentage',
    'included', 'capacity', 'commitment', 'matrix', 'prepaid')),
  add constraint price_model_is_the_charge_model check (charge_model ->> 'type' is not distinct from model),
  add constraint price_unit_price_of_simple_models check ((model in ('flat', 'per-unit')) = (unit_price is not null)),
  add constraint price_once unique (plan_id, version, component, currency),
  add constraint price_of_a_version foreign key (plan_id, version) references catalog.plan_version;

-- A price alone stands in a draft, and a simple one needs no second form of the same figure.
create function catalog.complete_price() returns trigger language plpgsql as $$
begin
  if new.charge_model is null then
    new.charge_model := jsonb_build_object(
      'type', new.model, case new.model when 'flat' then 'amount' else 'unit-price' end, trim_scale(new.unit_price)::text);
  end if;
  insert into catalog.plan_version (plan_id, version, tenant, effective_from, status)
  values (new.plan_id, new.version, new.tenant, '1900-01-01', 'draft') on conflict (plan_id, version) do nothing;
  return new;
end $$;
create trigger complete_price before insert on catalog.price for each row execute function catalog.complete_price();

-- Published is published: no price of it comes, goes or changes.
create function catalog.refuse_price_change() returns trigger language plpgsql as $$
begin
  if exists (select from catalog.plan_version v where v.plan_id = old.plan_id and v.version = old.version and v.status = 'published') then
    raise exception 'Version % of plan % is published and never changes; publish a new version.', old.version, old.plan_id
      using errcode = 'restrict_violation', constraint = 'published_is_published';
  end if;
  return case tg_op when 'DELETE' then old else new end;
end $$;
create trigger published_is_published before update or delete on catalog.price for each row execute function catalog.refuse_price_change();

create function catalog.refuse_more_prices() returns trigger language plpgsql as $$
declare
  off record;
begin
  select v.plan_id, v.version into off
  from (select distinct plan_id, version from added) touched
  join catalog.plan_version v on v.plan_id = touched.plan_id and v.version = touched.version and v.status = 'published'
  where (select count(*) from catalog.price p where p.plan_id = v.plan_id and p.version = v.version) > v.prices
  limit 1;
  if found then
    raise exception 'Version % of plan % is published and takes no more prices; publish a new version.', off.version, off.plan_id
      using errcode = 'restrict_violation', constraint = 'published_is_published';
  end if;
  return null;
end $$;
create trigger published_takes_no_more after insert on catalog.price
  referencing new table as added for each statement execute function catalog.refuse_more_prices();

create function catalog.refuse_version_change() returns trigger language plpgsql as $$
begin
  if old.status = 'published' then
    raise exception 'Version % of plan % is published and never changes; publish a new version.', old.version, old.plan_id
      using errcode = 'restrict_violation', constraint = 'published_is_published';
  end if;
  if tg_op = 'DELETE' then return old; end if;
  if new.status = 'published'
    and new.prices <> (select count(*) from catalog.price p where p.plan_id = new.plan_id and p.version = new.version) then
    raise exception 'Version % of plan % is published with % prices and has another number.', new.version, new.plan_id, new.prices
      using errcode = 'check_violation', constraint = 'published_with_its_prices';
  end if;
  return new;
end $$;
create trigger published_is_published before update or delete on catalog.plan_version
  for each row execute function catalog.refuse_version_change();

create table catalog.discount (
  id         uuid primary key,
  tenant     int  not null default 1 references tieout.tenant,
  code       text not null check (code <> ''),
  kind       text not null check (kind in ('percent', 'amount')),
  value      numeric(28,12) not null check (value > 0 and (kind = 'amount' or value <= 1)),
  currency   text check (currency ~ '^[A-Z]{3}$'),
  scope      text not null check (scope in ('component', 'subscription', 'account')),
  from_date  date,
  until_date date check (until_date > from_date),
  levels     jsonb not null default '[]' check (jsonb_typeof(levels) = 'array'),
  created_at timestamptz not null default now(),
  unique (tenant, code),
  check ((kind = 'amount') = (currency is not null))
);

create function catalog.refuse_discount_change() returns trigger language plpgsql as $$
begin
  if tg_op = 'UPDATE' and old.until_date is null and to_jsonb(old) - 'until_date' = to_jsonb(new) - 'until_date' then return new; end if;
  raise exception 'Discount % is published; an open one may be given its end, nothing else.', old.code
    using errcode = 'restrict_violation', constraint = 'published_is_published';
end $$;
create trigger published_is_published before update or delete on catalog.discount
  for each row execute function catalog.refuse_discount_change();

create table subscriptions.applied_discount (
  id                 uuid not null,
  tenant             int  not null default 1 references tieout.tenant,
  billing_account_id uuid not null references customers.billing_account,
  subscription_id    uuid,
  component          text check (component <> ''),
  discount_id        uuid not null references catalog.discount,
  from_date          date not null,
  until_date         date check (until_date > from_date),
  created_at         timestamptz not null default now(),
  primary key (billing_account_id, id),
  foreign key (billing_account_id, subscription_id) references subscriptions.subscription,
  check (component is null or subscription_id is not null)
);
comment on column subscriptions.applied_discount.subscription_id is 'Null where it is given to the whole account.';

-- One discount twice on one day would be taken off twice.
create function subscriptions.refuse_discount_overlap() returns trigger language plpgsql as $$
begin
  -- Two transactions at once would not see each other's row.
  perform 1 from customers.billing_account where id = new.billing_account_id for no key update;
  if exists (
    select from subscriptions.applied_discount other
    where other.billing_account_id = new.billing_account_id and other.id <> new.id and other.discount_id = new.discount_id
      and other.subscription_id is not distinct from new.subscription_id and other.component is not distinct from new.component
      and daterange(other.from_date, other.until_date) && daterange(new.from_date, new.until_date)) then
    raise exception 'The discount is given already on some of these days.'
      using errcode = 'exclusion_violation', constraint = 'applied_discount_overlap';
  end if;
  return new;
end $$;
create trigger refuse_overlap before insert or update on subscriptions.applied_discount
  for each row execute function subscriptions.refuse_discount_overlap();

create schema credits;

create table credits.grant (
  id                 uuid not null,
  tenant             int  not null default 1 references tieout.tenant,
  billing_account_id uuid not null references customers.billing_account,
  grant_key          text not null check (grant_key <> ''),
  credit             text not null check (credit <> ''),
  name               text not null check (name <> ''),
  amount             numeric(28,12) not null check (amount > 0),
  currency           text check (currency ~ '^[A-Z]{3}$'),
  priority           int  not null default 0,
  granted_on         date not null,
  expires_on         date check (expires_on > granted_on),
  rollover_fraction  numeric(28,12) check (rollover_fraction > 0 and rollover_fraction <= 1),
  rollover_most      numeric(28,12) check (rollover_most > 0),
  rolled_from        uuid,
  created_at         timestamptz not null default now(),
  primary key (billing_account_id, id),
  unique (tenant, grant_key),
  unique (billing_account_id, rolled_from),
  foreign key (billing_account_id, rolled_from) references credits.grant,
  check (rollover_most is null or rollover_fraction is not null),
  check (rollover_fraction is null or expires_on is not null)
);
comment on column credits.grant.grant_key is 'Made from the business fact: the same grant again adds nothing.';
comment on column credits.grant.currency is 'Of a grant of money; null for a grant of units.';
comment on column credits.grant.expires_on is 'The first day it can no longer be drawn.';

create table credits.draw (
  billing_account_id uuid not null,
  grant_id           uuid not null,
  subscription_id    uuid not null,
  component          text not null check (component <> ''),
  part_start         date not null,
  revision           int  not null check (revision >= 1),
  order_no           int  not null check (order_no >= 1),
  tenant             int  not null default 1 references tieout.tenant,
  amount             numeric(28,12) not null check (amount <> 0 and (amount > 0 or revision > 1)),
  drawn_on           date not null,
  created_at         timestamptz not null default now(),
  primary key (billing_account_id, subscription_id, component, part_start, revision, order_no),
  foreign key (billing_account_id, grant_id) references credits.grant,
  foreign key (billing_account_id, subscription_id) references subscriptions.subscription
);
comment on column credits.draw.amount is 'Units or money; a later revision gives back below zero.';
create index on credits.draw (billing_account_id, grant_id);

-- Nobody draws more than was granted, and nobody gives back more than was drawn.
create function credits.refuse_overdraft() returns trigger language plpgsql as $$
declare
  off record;
begin
  -- Locked in one order, so that draws at the same time wait for each other and see each other's sum.
  perform 1 from credits.grant g
  where (g.billing_account_id, g.id) in (select billing_account_id, grant_id from added)
  order by g.billing_account_id, g.id for update;
  select g.id, g.amount, sum(d.amount) as drawn into off
  from credits.grant g
  join credits.draw d on d.billing_account_id = g.billing_account_id and d.grant_id = g.id
  where (g.billing_account_id, g.id) in (select billing_account_id, grant_id from added)
  group by g.id, g.amount
  having sum(d.amount) < 0 or sum(d.amount) > g.amount
  limit 1;
  if found then
    raise exception 'Grant % of % would come to % drawn.', off.id, off.amount, off.drawn
      using errcode = 'check_violation', constraint = 'draw_within_grant';
  end if;
  return null;
end $$;
create trigger refuse_overdraft after insert on credits.draw
  referencing new table as added for each statement execute function credits.refuse_overdraft();

create trigger booked_is_booked before update or delete or truncate on credits.grant
  for each statement execute function tieout.refuse_change();
create trigger booked_is_booked before update or delete or truncate on credits.draw
  for each statement execute function tieout.refuse_change();
