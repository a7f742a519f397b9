-- Who is known to pay from where can be ended; what was said stays on record.

alter table cash.payer_number
  drop constraint payer_number_pkey,
  add column id bigint generated always as identity primary key,
  add column taught_by text not null default '',
  add column ended_at timestamptz,
  add column ended_by text not null default '',
  add column ended_why text not null default '',
  add constraint payer_number_ended_whole check ((ended_at is null) = (ended_by = '') and (ended_at is null) = (ended_why = ''));
comment on column cash.payer_number.taught_by is 'Number of the entry by whose booking it was taught; empty where somebody said so by itself.';
create unique index payer_number_known on cash.payer_number (tenant, number, billing_account_id) where ended_at is null;
create index payer_number_of_account on cash.payer_number (billing_account_id);
create index payer_number_taught on cash.payer_number (taught_by) where taught_by <> '' and ended_at is null;

create function cash.refuse_payer_change() returns trigger language plpgsql as $$
begin
  if tg_op = 'DELETE' or old.ended_at is not null or new.ended_at is null
     or (old.id, old.tenant, old.number, old.billing_account_id, old.actor, old.created_at, old.taught_by)
        is distinct from (new.id, new.tenant, new.number, new.billing_account_id, new.actor, new.created_at, new.taught_by) then
    raise exception 'Who pays from where is ended once, and never changed.' using errcode = 'check_violation', constraint = 'payer_number_stays';
  end if;
  return new;
end $$;
create trigger payer_number_stays before update or delete on cash.payer_number for each row execute function cash.refuse_payer_change();
