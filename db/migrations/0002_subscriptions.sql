-- Plans with their prices, and who subscribed to what.

create schema catalog;

create table catalog.plan (
  id         uuid primary key,
  tenant     int  not null default 1 references tieout.tenant,
  code       text not null check (code <> ''),
  name       text not null,
  unique (tenant, code)
);

create table catalog.price (
  id           uuid primary key,
  tenant       int  not null default 1 references tieout.tenant,
  plan_id      uuid not null references catalog.plan,
  component    text not null check (component <> ''),
  model        text not null check (model in ('flat', 'per-unit')),
  currency     text not null check (currency ~ '^[A-Z]{3}$'),
  unit_price   numeric(28,12) not null check (unit_price >= 0),
  recognition  text not null check (recognition in ('immediate', 'deferred')),
  description  text not null check (description <> ''),
  unique (plan_id, component, currency)
);

create schema subscriptions;

create table subscriptions.subscription (
  id                 uuid not null,
  tenant             int  not null default 1,
  billing_account_id uuid not null references customers.billing_account,
  code               text not null check (code <> ''),
  plan_id            uuid not null references catalog.plan,
  start_date         date not null,
  end_date           date check (end_date > start_date),
  correlation_id     uuid not null,
  created_at         timestamptz not null default now(),
  primary key (billing_account_id, id),
  unique (tenant, code)
);
comment on column subscriptions.subscription.end_date is 'The first day it is no longer in force.';
create index on subscriptions.subscription (id);
create index on subscriptions.subscription (correlation_id);

create table subscriptions.component (
  billing_account_id uuid not null,
  subscription_id    uuid not null,
  component          text not null check (component <> ''),
  price_id           uuid not null references catalog.price,
  quantity           numeric(28,12) not null check (quantity >= 0),
  agreed_price       numeric(28,12) check (agreed_price >= 0),
  primary key (billing_account_id, subscription_id, component),
  foreign key (billing_account_id, subscription_id) references subscriptions.subscription
);
comment on column subscriptions.component.agreed_price is 'Instead of the catalogue''s price, for this subscription only.';

create schema tax;

create table tax.rate (
  tenant     int  not null default 1 references tieout.tenant,
  code       text not null check (code <> ''),
  rate       numeric(9,6) not null check (rate between 0 and 1),
  from_date  date not null,
  until_date date check (until_date > from_date),
  primary key (tenant, code, from_date)
);

-- Two rates of one code on one day would make the tax a matter of luck.
create function tax.refuse_overlap() returns trigger language plpgsql as $$
begin
  if exists (
    select from tax.rate other
    where other.tenant = new.tenant and other.code = new.code and other.from_date <> new.from_date
      and daterange(other.from_date, other.until_date) && daterange(new.from_date, new.until_date)) then
    raise exception 'Tax code % has another rate in force between % and %.', new.code, new.from_date, coalesce(new.until_date::text, 'further notice')
      using errcode = 'exclusion_violation', constraint = 'rate_overlap';
  end if;
  return new;
end $$;
create trigger refuse_overlap before insert or update on tax.rate for each row execute function tax.refuse_overlap();
