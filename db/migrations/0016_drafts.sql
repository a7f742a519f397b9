-- Drafts made final, charges beside the subscription, and what people change about an account.

-- A draft that was made final bills one account further than the runs did.
alter table customers.billing_account add column billed_through date;
comment on column customers.billing_account.billed_through is
  'Through this day a draft made final billed the account, which may be further than its legal entity; null when only runs billed it.';

-- What is no longer open stays as it was: it says what somebody looked at and agreed to.
create function invoicing.refuse_settled_draft() returns trigger language plpgsql as $$
begin
  if old.state <> 'open' then
    raise exception 'A draft that is % does not change.', old.state using errcode = 'check_violation', constraint = 'draft_settled_is_settled';
  end if;
  return new;
end $$;
create trigger settled_is_settled before update on invoicing.draft for each row execute function invoicing.refuse_settled_draft();
create trigger nothing_is_deleted before delete or truncate on invoicing.draft for each statement execute function tieout.refuse_change();
create index on invoicing.draft (billing_account_id, created_at);

-- A charge is withdrawn once and otherwise never changed: invoices and the key it was given under lead to it.
alter table invoicing.one_off_charge
  add column withdrawn_by text,
  add column withdrawal_reason text,
  add constraint one_off_charge_withdrawn_by check ((withdrawn_at is null) = (withdrawn_by is null) and (withdrawn_at is null) = (withdrawal_reason is null)),
  add constraint one_off_charge_subscription foreign key (billing_account_id, subscription_id) references subscriptions.subscription;
create function invoicing.refuse_changed_charge() returns trigger language plpgsql as $$
begin
  if old.withdrawn_at is not null or new.withdrawn_at is null
    or (to_jsonb(old) - '{withdrawn_at,withdrawn_by,withdrawal_reason}'::text[]) <> (to_jsonb(new) - '{withdrawn_at,withdrawn_by,withdrawal_reason}'::text[]) then
    raise exception 'A charge is withdrawn once and never changed.' using errcode = 'check_violation', constraint = 'one_off_charge_only_withdrawn';
  end if;
  return new;
end $$;
create trigger only_withdrawn before update on invoicing.one_off_charge for each row execute function invoicing.refuse_changed_charge();
create trigger nothing_is_deleted before delete or truncate on invoicing.one_off_charge for each statement execute function tieout.refuse_change();

-- Who changed what about an account, when and why: settings, discounts given and ended.
create table customers.account_change (
  id                 uuid not null,
  tenant             int  not null default 1 references tieout.tenant,
  billing_account_id uuid not null references customers.billing_account,
  field              text not null check (field <> ''),
  old_value          text not null,
  new_value          text not null,
  reason             text not null check (reason <> ''),
  actor              text not null check (actor <> ''),
  changed_at         timestamptz not null,
  primary key (billing_account_id, id),
  constraint account_change_changes check (old_value <> new_value)
);
create trigger booked_is_booked before update or delete or truncate on customers.account_change
  for each statement execute function tieout.refuse_change();
comment on table customers.account_change is 'Never changed; the newest row of a field says who made it what it is.';
