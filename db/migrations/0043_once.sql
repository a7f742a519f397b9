-- An attempt is written once, when it is over: what is under way stands in the claim, and the requests under it say what left. And what a
-- posting's moves are checked for locks no row and is looked at after the change.

alter table posting.claim add column taken_at timestamptz;
comment on column posting.claim.taken_at is 'When it was taken: the begin of the attempt that each of its postings has under way, whose number the posting has (attempts).';
update posting.claim c set taken_at = coalesce(
  (select min(a.started_at) from posting.attempt a where a.posting_id = any(c.postings) and a.batch = c.id), c.sent_at, c.until);
alter table posting.claim alter column taken_at set not null;

-- What is in somebody's hands now is written when it is over. Anything else without an end is what nobody came back for.
delete from posting.attempt a using posting.posting p
where p.claim is not null and a.posting_id = p.id and a.number = p.attempts and a.batch = p.claim and a.ended_at is null;
update posting.attempt set ended_at = coalesce(ended_at, started_at), outcome = coalesce(outcome, 'crashed') where outcome is null or ended_at is null;
alter table posting.attempt alter column ended_at set not null, alter column outcome set not null;
alter table posting.attempt set (fillfactor = 100);
comment on table posting.attempt is 'What became of each attempt, written once, when it is over; one under way is its claim (posting.claim).';

-- Behind the change: who checks before it has to lock every row it changes first.
drop trigger check_move on posting.posting;
create trigger check_move after update on posting.posting
  for each row when (old.state is distinct from new.state and not posting.move_allowed(old.state, new.state))
  execute function posting.check_move();
drop trigger check_turn on posting.posting;
create trigger check_turn after update on posting.posting
  for each row when (new.document_kind <> 'invoice' and new.state = 'sending' and old.state <> 'sending')
  execute function posting.check_turn();

-- Rare, and a change of its own: what a confirmation came for while somebody had it in hand. changed_at is when it was taken up.
create or replace function posting.look_at_once() returns trigger language plpgsql as $$
begin
  if exists (
      select from posting.confirmation_due due
      join posting.confirmation told using (tenant, target, reference)
      where due.tenant = new.tenant and due.target = new.target and due.business_key = new.business_key
        and told.received_at >= old.changed_at) then
    update posting.posting p set not_before = least(p.not_before, p.changed_at)
    where p.id = new.id and p.billing_account_id = new.billing_account_id and p.state = 'in-doubt' and p.claim is null;
  end if;
  return null;
end $$;
drop trigger look_at_once on posting.posting;
create trigger look_at_once after update on posting.posting
  for each row when (new.state = 'in-doubt' and old.claim is not null and new.claim is null) execute function posting.look_at_once();
