-- Where every row came from, and what became of it.

create schema intake;

create table intake.import (
  run_id     uuid primary key references runs.run,
  file_name  text not null,
  sha256     text not null,
  received   bigint not null default 0,
  accepted   bigint not null default 0,
  unchanged  bigint not null default 0,
  refused    bigint not null default 0,
  constraint import_accounts_for_every_row check (received = accepted + unchanged + refused)
);

create table intake.row (
  run_id         uuid not null references intake.import,
  row_no         bigint not null,
  row_key        text not null,
  outcome        text not null check (outcome in ('accepted', 'unchanged', 'refused')),
  field          text not null default '',
  reason         text not null default '',
  remedy         text not null default '',
  correlation_id uuid,
  primary key (run_id, row_no),
  constraint row_refused_with_reason check (outcome <> 'refused' or reason <> '')
);
create index on intake.row (correlation_id);
comment on table intake.row is 'One per data row of the file. The row''s own text is not kept: it may hold personal data.';
