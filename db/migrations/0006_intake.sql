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
  code           text not null default '',
  field          text not null default '',
  reason         text not null default '',
  remedy         text not null default '',
  correlation_id uuid,
  primary key (run_id, row_no),
  constraint row_refused_with_reason check (outcome <> 'refused' or reason <> '')
);
create index on intake.row (correlation_id);
-- A file brings each thing once.
create unique index row_key_once on intake.row (run_id, row_key) where outcome <> 'refused';
comment on table intake.row is 'One per data row of the file. The row''s own text is not kept: it may hold personal data.';
comment on column intake.row.row_no is 'The line the row begins on, as an editor counts: the header is line 1, line breaks inside quotes count.';
comment on column intake.row.code is 'Why a refused row was refused, for machines; one of Tieout.Domain.Intake.RefusalCode.';
