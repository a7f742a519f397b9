-- One open promise for an invoice: who writes down two at the same moment is refused one of them.

create function cash.refuse_second_promise() returns trigger language plpgsql as $$
begin
  perform pg_advisory_xact_lock(763, hashtext(new.billing_account_id::text));
  if exists (
      select from cash.dunning_promise other
      where other.billing_account_id = new.billing_account_id and other.outcome = 'open' and other.invoices && new.invoices and other.id <> new.id) then
    raise exception 'Another promise is about some of these invoices.' using errcode = 'unique_violation', constraint = 'dunning_promised_once';
  end if;
  return new;
end $$;
create trigger promised_once before insert on cash.dunning_promise for each row execute function cash.refuse_second_promise();
