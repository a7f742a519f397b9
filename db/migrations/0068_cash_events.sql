-- What happens to money received, to disputes and to invoices that are settled by it is told to whoever asked for it, so that billing and CRM follow.

alter table webhooks.endpoint drop constraint endpoint_events_check;
alter table webhooks.endpoint add constraint endpoint_events_check check (cardinality(events) > 0 and events <@ array[
  'posting.posted', 'posting.parked', 'posting.in-doubt', 'posting.cancelled', 'exception.opened', 'exception.resolved',
  'invoice.finalised', 'credit-memo.finalised', 'dunning.notice', 'dunning.changed', 'dunning.promise',
  'payment.received', 'payment.applied', 'payment.released', 'refund.paid', 'dispute.opened', 'dispute.won', 'dispute.lost',
  'write-off.booked', 'entry.reversed', 'invoice.settled', 'invoice.reopened']);

-- By its movement of cash; what moves no payment's money has none.
create function cash.told_as(document_kind text, movement text) returns text language sql immutable as $$
  select case coalesce(movement, document_kind)
    when 'receipt' then 'payment.received' when 'payment' then 'payment.received'
    when 'application' then 'payment.applied' when 'release' then 'payment.released' when 'refund' then 'refund.paid'
    when 'dispute-opened' then 'dispute.opened' when 'dispute' then 'dispute.opened'
    when 'dispute-won' then 'dispute.won' when 'dispute-lost' then 'dispute.lost'
    when 'write-off' then 'write-off.booked' when 'reversal' then 'entry.reversed' end
$$;

-- An entry is queued last, when its lines and its movement stand. What an open dispute holds back on an invoice is told as the dispute; lost and owed
-- again, it opens the invoice.
create function cash.tell_entries() returns trigger language plpgsql
set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off as $$
declare
  wanted text[];
begin
  if not exists (select from added where document_kind not in ('invoice', 'credit-memo')) then return null; end if;
  wanted := webhooks.wanted();
  if wanted && array['payment.received', 'payment.applied', 'payment.released', 'refund.paid', 'dispute.opened', 'dispute.won', 'dispute.lost',
                     'write-off.booked', 'entry.reversed'] then
    insert into webhooks.event (tenant, kind, at, subject_id, subject_key, state, document_kind, document_id, code,
      legal_entity_id, billing_account_id, correlation_id, amount, currency)
    select told.tenant, told.kind, told.created_at, told.document_id, told.business_key, split_part(told.kind, '.', 2), told.document_kind,
           told.document_id, told.reversed, told.legal_entity_id, told.billing_account_id, told.correlation_id, told.money, told.currency
    from (
      select a.*, m.reversed, coalesce(m.amount, abs(a.amount)) as money, cash.told_as(a.document_kind, m.kind) as kind
      from added a
      left join lateral (
        select m.kind, m.amount, o.kind as reversed from cash.movement m left join cash.movement o on o.id = m.reverses where m.entry_id = a.document_id offset 0) m on true
      where a.document_kind in ('payment', 'refund', 'dispute', 'write-off', 'reversal')) told
    where told.kind = any(wanted) order by told.business_key;
  end if;
  if wanted && array['invoice.settled', 'invoice.reopened'] then
    insert into webhooks.event (tenant, kind, at, subject_id, subject_key, state, document_kind, document_id,
      legal_entity_id, billing_account_id, correlation_id, amount, currency)
    select told.tenant, told.kind, told.at, told.id, told.number, split_part(told.kind, '.', 2), 'invoice', told.id,
           told.legal_entity_id, told.billing_account_id, told.correlation_id, told.open, told.currency
    from (
      select i.*, case when i.open = 0 and touched.moved < 0 then 'invoice.settled' when i.open > 0 and i.open = touched.moved then 'invoice.reopened' end as kind,
             touched.at
      from (
        select line.settles, max(a.created_at) as at, sum(line.amount) as moved
        from added a
        cross join lateral (
          select l.settles, l.amount from ledger.journal_line l
          where l.entry_id = a.document_id and l.account = 'receivable' and l.settles is not null offset 0) line
        where a.document_kind in ('payment', 'refund', 'write-off')
           or a.document_kind = 'dispute' and exists (select from cash.movement m where m.entry_id = a.document_id and m.kind = 'dispute-lost')
           or a.document_kind = 'reversal' and not exists (
                select from cash.movement m join cash.movement o on o.id = m.reverses where m.entry_id = a.document_id and o.kind like 'dispute%')
        group by line.settles) touched
      cross join lateral (
        select i.id, i.tenant, i.number, i.legal_entity_id, i.billing_account_id, i.correlation_id, i.currency, o.open
        from invoicing.invoice i join invoicing.open_amount o on o.id = i.id where i.id = touched.settles and i.kind = 'invoice' offset 0) i) told
    where told.kind = any(wanted) order by told.number;
  end if;
  return null;
end $$;
create trigger tell_entries after insert on posting.posting
  referencing new table as added for each statement execute function cash.tell_entries();
