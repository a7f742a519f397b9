-- An ERP gets the documents of one billing account one after the other: none becomes ready while another of the same account and target is
-- ready, being sent or in doubt. Entries of no account, or of several, lie with their legal entity and keep no order. What a person replays
-- goes at once, for its order was broken when it was parked; what comes after it waits for it.

create index posting_open_of_account on posting.posting (billing_account_id)
  where stage in ('open', 'in-doubt') and billing_account_id <> legal_entity_id;

create function posting.check_order() returns trigger language plpgsql as $$
begin
  if exists (
      select from posting.posting other
      where other.billing_account_id = new.billing_account_id and other.stage in ('open', 'in-doubt')
        and other.billing_account_id <> other.legal_entity_id and other.target = new.target and other.id <> new.id) then
    raise exception 'Document % is not the only one of its billing account that is on its way to %.', new.business_key, new.target
      using errcode = 'check_violation', constraint = 'posting_one_of_its_account';
  end if;
  return null;
end $$;
comment on function posting.check_order is 'Programs that make documents ready for one target do so one after the other (advisory lock 762), so none of them meets this.';
create trigger check_order after update on posting.posting
  for each row when (old.state = 'staged' and new.state = 'ready' and new.billing_account_id <> new.legal_entity_id)
  execute function posting.check_order();
