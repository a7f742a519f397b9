-- Whether the statements of an account follow each other.

alter table cash.statement
  add column closing_on date,
  add column sequence   bigint,
  add column whole      boolean not null default true;
comment on column cash.statement.closing_on is 'The day of its closing balance; null where it states none.';
comment on column cash.statement.sequence is 'The bank''s electronic number; null where it gives none.';
comment on column cash.statement.whole is 'False for one that ends within a day: that of the day has all of it again.';
-- Of what was taken in before only the days are known.
update cash.statement s set closing_on = (select max(l.booked_on) from cash.bank_line l where l.statement_id = s.id) where s.closing is not null;

alter table exceptions.exception_case drop constraint exception_case_subject_kind_check;
alter table exceptions.exception_case add constraint exception_case_subject_kind_check
  check (subject_kind in ('posting', 'billing', 'break', 'target', 'rate', 'webhook', 'gateway', 'statement'));
