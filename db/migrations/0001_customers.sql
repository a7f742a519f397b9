-- Tenants, our legal entities, customers and their billing accounts.

create table tieout.tenant (
  id          int  primary key,
  name        text not null unique
);
insert into tieout.tenant (id, name) values (1, 'main');

create schema customers;

create table customers.legal_entity (
  id          uuid primary key,
  tenant      int  not null default 1 references tieout.tenant,
  code        text not null check (code ~ '^[A-Z0-9]{1,12}$'),
  name        text not null,
  currency    text not null check (currency ~ '^[A-Z]{3}$'),
  country     text not null check (country ~ '^[A-Z]{2}$'),
  series      text not null check (series ~ '^[A-Z0-9]{1,3}$'),
  created_at  timestamptz not null default now(),
  unique (tenant, code),
  unique (tenant, series)
);
comment on column customers.legal_entity.series is
  'Begins every invoice number of the entity; three characters at most, so that a number fits the 16 of an ERP reference.';

create table customers.customer (
  id             uuid primary key,
  tenant         int  not null default 1 references tieout.tenant,
  code           text not null check (code <> ''),
  name           text not null check (name <> ''),
  country        text not null default '' check (country ~ '^([A-Z]{2})?$'),
  correlation_id uuid not null,
  created_at     timestamptz not null default now(),
  unique (tenant, code)
);

create table customers.billing_account (
  id              uuid primary key,
  tenant          int  not null default 1 references tieout.tenant,
  code            text not null check (code <> ''),
  customer_id     uuid not null references customers.customer,
  legal_entity_id uuid not null references customers.legal_entity,
  currency        text not null check (currency ~ '^[A-Z]{3}$'),
  tax_code        text not null check (tax_code <> ''),
  term_days       int  not null check (term_days between 0 and 365),
  correlation_id  uuid not null,
  created_at      timestamptz not null default now(),
  unique (tenant, code)
);
create index on customers.billing_account (customer_id);
create index on customers.billing_account (correlation_id);

-- Every external id of anything lives here, and nowhere else.
create table customers.cross_reference (
  tenant       int  not null default 1 references tieout.tenant,
  system       text not null,
  object_kind  text not null,
  internal_id  uuid not null,
  external_id  text not null check (external_id <> ''),
  created_at   timestamptz not null default now(),
  -- Our id first: it alone finds the row, and no planner without statistics can be led astray.
  primary key (internal_id, system, object_kind),
  unique (tenant, system, object_kind, external_id)
);
comment on column customers.cross_reference.system is 'For an ERP, the name of the target.';
