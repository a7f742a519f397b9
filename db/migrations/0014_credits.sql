-- Credit memos go to the ERP after the invoices they correct; months close, and only forward.

-- Whether what a document corrects stands in the ERP: 'free' when all of it is posted or there is nothing, 'waits' while some is
-- on its way, 'blocked' when some is parked or cancelled and only a person gets on with it.
create function posting.turn(document uuid) returns text language sql stable as $$
  select case when bool_or(before.state in ('parked', 'cancelled')) then 'blocked'
              when bool_or(before.state <> 'posted') then 'waits'
              else 'free' end
  from invoicing.invoice_tax tax
  join posting.posting before on before.document_id = tax.about_invoice_id
  where tax.invoice_id = document and tax.about_invoice_id <> tax.invoice_id
$$;

-- Few among many: without it every look for credit memos would go through all invoices that wait.
create index posting_waiting_memo on posting.posting (legal_entity_id, id) where state = 'staged' and document_kind = 'credit-memo';

create function posting.check_turn() returns trigger language plpgsql as $$
begin
  if posting.turn(new.document_id) <> 'free' then
    raise exception 'Credit memo % cannot be sent before the invoice it corrects is posted.', old.business_key
      using errcode = 'check_violation', constraint = 'posting_after_its_invoice';
  end if;
  return new;
end $$;
create trigger check_turn before update on posting.posting
  for each row when (new.document_kind = 'credit-memo' and new.state = 'sending' and old.state <> 'sending')
  execute function posting.check_turn();

create function customers.refuse_reopening() returns trigger language plpgsql as $$
begin
  raise exception 'The books of % are closed through %; a closed month is not opened again.', old.code, old.closed_through
    using errcode = 'check_violation', constraint = 'closed_only_forward';
end $$;
create trigger closed_only_forward before update on customers.legal_entity
  for each row when (old.closed_through is not null and (new.closed_through is null or new.closed_through < old.closed_through))
  execute function customers.refuse_reopening();

alter table runs.run drop constraint run_kind_check;
alter table runs.run add constraint run_kind_check check (kind in ('import', 'bill', 'post', 'reconcile', 'credit', 'write-off', 'close'));
