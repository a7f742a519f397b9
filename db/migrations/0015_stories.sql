-- "Each day once" looks at what is billed: a part that was cancelled covers no day, and neither does one of which nothing is left
-- after a credit.
create or replace function invoicing.refuse_double() returns trigger language plpgsql as $$
declare
  off record;
begin
  if exists (select from added where revision > 1) then
    select a.component, a.part_start, a.revision into off
    from added a
    left join invoicing.invoice_line b on b.billing_account_id = a.billing_account_id and b.subscription_id = a.subscription_id
      and b.component = a.component and b.part_start = a.part_start and b.detail = a.detail and b.revision = a.revision - 1
    where a.revision > 1 and (b.billed is null or b.billed + a.amount <> a.billed)
    limit 1;
    if found then
      raise exception 'Revision % of % from % does not follow from the one before.', off.revision, off.component, off.part_start
        using errcode = 'check_violation', constraint = 'invoice_line_revision_follows';
    end if;
  end if;

  select a.component, a.part_start, o.part_start as other into off
  from added a
  join invoicing.invoice_line o on o.billing_account_id = a.billing_account_id and o.subscription_id = a.subscription_id
    and o.component = a.component and o.part_start <> a.part_start and o.detail = a.detail
    and o.part_start < a.covered_until and o.covered_until > a.part_start
  where a.billed <> 0 and o.billed <> 0
    and not exists (
      select from invoicing.invoice_line later
      where later.billing_account_id = o.billing_account_id and later.subscription_id = o.subscription_id and later.component = o.component
        and later.part_start = o.part_start and later.detail = o.detail and later.revision > o.revision)
  limit 1;
  if found then
    raise exception 'Component % would be billed twice for days shared by the parts from % and from %.', off.component, off.part_start, off.other
      using errcode = 'exclusion_violation', constraint = 'invoice_line_each_day_once';
  end if;
  return null;
end $$;

-- Whoever changes what lies before leaves a mark: a discount given, ended or taken away counts for days that may be billed.
create function subscriptions.touch_discounted() returns trigger language plpgsql as $$
declare
  given subscriptions.applied_discount := coalesce(new, old);
begin
  insert into subscriptions.touched (id, billing_account_id, subscription_id, from_date, reason, at)
  select gen_random_uuid(), s.billing_account_id, s.id, given.from_date, 'discount', now()
  from subscriptions.subscription s
  where s.billing_account_id = given.billing_account_id and (given.subscription_id is null or s.id = given.subscription_id);
  return null;
end $$;
create trigger touch after insert or update or delete on subscriptions.applied_discount
  for each row execute function subscriptions.touch_discounted();
