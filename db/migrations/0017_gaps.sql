-- What is left of expired credit lives on; ...

-- A rest that rolled over is off the old grant and stands as a grant of its own.
alter table credits.grant
  add column rollover_again boolean not null default false,
  add constraint grant_rolls_again_by_a_rule check (not rollover_again or rollover_fraction is not null);
alter table credits.grant rename constraint grant_billing_account_id_rolled_from_key to grant_rolled_once;
comment on column credits.grant.rollover_again is 'Whether what rolled over rolls over again when it expires.';
comment on column credits.grant.rolled_from is 'The grant whose rest this one carries on, from the day that one expired.';

create function credits.refuse_bad_rollover() returns trigger language plpgsql as $$
declare
  old_grant credits.grant;
begin
  select * into old_grant from credits.grant g where g.billing_account_id = new.billing_account_id and g.id = new.rolled_from;
  if old_grant.rollover_fraction is null or new.granted_on <> old_grant.expires_on or new.credit <> old_grant.credit
    or new.currency is distinct from old_grant.currency
    or new.amount > least(old_grant.amount * old_grant.rollover_fraction, old_grant.rollover_most) then
    raise exception 'Grant % does not carry on what was left of grant % as its rule says.', new.id, new.rolled_from
      using errcode = 'check_violation', constraint = 'grant_rolled_by_its_rule';
  end if;
  return new;
end $$;
create trigger rolled_by_its_rule before insert on credits.grant
  for each row when (new.rolled_from is not null) execute function credits.refuse_bad_rollover();

-- What was drawn and what was rolled over come to no more than was granted. At the end of the transaction: the draws of a run are
-- corrected after its rollovers.
create function credits.refuse_rolling_too_much() returns trigger language plpgsql as $$
declare
  granted numeric;
  drawn numeric;
begin
  select g.amount into granted from credits.grant g where g.billing_account_id = new.billing_account_id and g.id = new.rolled_from for update;
  select coalesce(sum(d.amount), 0) into drawn
  from credits.draw d where d.billing_account_id = new.billing_account_id and d.grant_id = new.rolled_from;
  if drawn + new.amount > granted then
    raise exception 'Grant % of % has % drawn and cannot have % rolled over.', new.rolled_from, granted, drawn, new.amount
      using errcode = 'check_violation', constraint = 'grant_rolls_its_rest';
  end if;
  return null;
end $$;
create constraint trigger rolls_its_rest after insert on credits.grant deferrable initially deferred
  for each row when (new.rolled_from is not null) execute function credits.refuse_rolling_too_much();

create or replace function credits.refuse_overdraft() returns trigger language plpgsql as $$
declare
  off record;
begin
  -- Locked in one order, so that draws at the same time wait for each other and see each other's sum.
  perform 1 from credits.grant g
  where (g.billing_account_id, g.id) in (select billing_account_id, grant_id from added)
  order by g.billing_account_id, g.id for update;
  select g.id, g.amount, sum(d.amount) as drawn, coalesce(next.amount, 0) as rolled into off
  from credits.grant g
  join credits.draw d on d.billing_account_id = g.billing_account_id and d.grant_id = g.id
  left join credits.grant next on next.billing_account_id = g.billing_account_id and next.rolled_from = g.id
  where (g.billing_account_id, g.id) in (select billing_account_id, grant_id from added)
  group by g.id, g.amount, next.amount
  having sum(d.amount) < 0 or sum(d.amount) > g.amount - coalesce(next.amount, 0)
  limit 1;
  if found then
    raise exception 'Grant % of % would come to % drawn and % rolled over.', off.id, off.amount, off.drawn, off.rolled
      using errcode = 'check_violation', constraint = 'draw_within_grant';
  end if;
  return null;
end $$;
