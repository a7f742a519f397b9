-- A run that could not bill an account leaves a mark. It says through which day, so that a run of an earlier day, which sees
-- nothing wrong, does not take it away.
alter table subscriptions.touched add column day date;
comment on column subscriptions.touched.day is
  'Through this day it was to be billed and was not: only a run that bills as far takes the mark away. Null: something happened.';

-- What a run reads of the lines booked does not grow with the years: by the day they fell due, and what is read whatever its day.
create index invoice_line_due on invoicing.invoice_line (billing_account_id, due_on);
create index invoice_line_beside on invoicing.invoice_line (billing_account_id, component) where component in ('one-off', 'minimum');

-- The case of a rate is open as long as somebody waits: also when only those who wait change.
create index waiting_of_case on exceptions.waiting (case_id) where ended is null;
create function exceptions.check_waiting_rows() returns trigger language plpgsql as $$
begin
  if (select state = 'open' from exceptions.exception_case where id = new.case_id)
     is distinct from exists (select from exceptions.waiting where case_id = new.case_id and ended is null) then
    raise exception 'Case % is open although nobody waits, or resolved although somebody does.', new.case_id
      using errcode = 'check_violation', constraint = 'rate_case_open_while_waited_for';
  end if;
  return null;
end $$;
create constraint trigger check_waiting_rows after insert or update of ended on exceptions.waiting
  deferrable initially deferred for each row execute function exceptions.check_waiting_rows();
