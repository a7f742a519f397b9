-- What every move of a posting is checked for, at the price of a comparison: most moves are allowed, and most books were never restored.

drop trigger check_move on posting.posting;
create or replace function posting.check_move() returns trigger language plpgsql as $$
begin
  raise exception 'Posting % cannot go from % to %.', old.business_key, old.state, new.state
    using errcode = 'check_violation', constraint = 'posting_move';
end $$;
create trigger check_move before update on posting.posting
  for each row when (old.state is distinct from new.state and not posting.move_allowed(old.state, new.state))
  execute function posting.check_move();

-- Once for all rows of a statement; nothing is looked at where books were never restored.
create function posting.check_asked() returns trigger language plpgsql as $$
declare
  off text;
begin
  if exists (select from posting.restored) then
    select o.business_key into off
    from after_it n join before_it o on o.id = n.id and o.billing_account_id = n.billing_account_id
    where n.state = 'sending' and o.state <> 'sending' and posting.may_be_posted(o.created_at, o.sent_at)
    limit 1;
    if found then
      raise exception 'Posting % may be in the ERP already: these books were restored, and it was not asked for since.', off
        using errcode = 'check_violation', constraint = 'posting_asked_after_restore';
    end if;
  end if;
  return null;
end $$;
create trigger check_asked after update on posting.posting
  referencing old table as before_it new table as after_it for each statement execute function posting.check_asked();

-- Room for the next version of a row in its own page: renewing a lease, and ending an attempt or an exchange, then touches no index.
alter table posting.posting set (fillfactor = 45);
alter table posting.attempt set (fillfactor = 50);
alter table posting.exchange set (fillfactor = 60);
