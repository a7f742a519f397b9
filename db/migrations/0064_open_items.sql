-- Invoices by what they still ask for, so that money of which nothing else is known finds those of its amount. It may lag and may hold what is settled
-- meanwhile: whoever looks there asks invoicing.open_amount before anything is said of an invoice. What a billing run draws is taken in when payments
-- are matched next, not by the run.

create table cash.open_item (
  invoice_id      uuid not null primary key,
  tenant          int  not null default 1,
  legal_entity_id uuid not null,
  currency        text not null,
  open            numeric(19,4) not null check (open > 0),
  issue_date      date not null
);
create index open_item_by_amount on cash.open_item (legal_entity_id, currency, open, issue_date);
comment on table cash.open_item is 'Kept by cash.take_in_open_items and by a trigger on postings of what settles; a hint, never the last word.';

create table cash.open_items_taken (
  tenant   int primary key default 1,
  until_id uuid not null
);
comment on column cash.open_items_taken.until_id is 'The newest invoice when it was last taken in; ids grow with time, and the next time begins a day before it.';

-- All invoices since the last time: what nothing has touched asks for its total, of the others the view says it. Each is looked up by its index: a plan
-- made while the table is empty would read all that is being added for every invoice.
create function cash.take_in_open_items() returns void language plpgsql
set enable_seqscan = off as $$
declare
  since uuid;
  newest uuid;
begin
  -- The first 48 bits of an id are its milliseconds; a day of them is 86400000.
  select case when ('x' || substr(replace(t.until_id::text, '-', ''), 1, 12))::bit(48)::bigint > 86400000
           then rpad(lpad(to_hex(('x' || substr(replace(t.until_id::text, '-', ''), 1, 12))::bit(48)::bigint - 86400000), 12, '0'), 32, '0')::uuid
           else '00000000-0000-0000-0000-000000000000' end into since
  from cash.open_items_taken t where t.tenant = 1;
  since := coalesce(since, '00000000-0000-0000-0000-000000000000');
  select i.id into newest from invoicing.invoice i order by i.id desc limit 1;
  if newest is null then return; end if;
  insert into cash.open_item (invoice_id, legal_entity_id, currency, open, issue_date)
  select item.id, item.legal_entity_id, item.currency, item.open, item.issue_date
  from (
    select i.id, i.legal_entity_id, i.currency, i.issue_date,
           case when exists (select from ledger.journal_line l where l.settles = i.id)
                  or exists (select from invoicing.invoice_tax t where t.about_invoice_id = i.id and t.invoice_id <> i.id)
                  or exists (select from invoicing.invoice_line l where l.origin_invoice_id = i.id and l.invoice_id <> i.id and l.revision > 1)
                  or exists (select from invoicing.write_off w where w.invoice_id = i.id)
                then (select o.open from invoicing.open_amount o where o.id = i.id) else i.total end as open
    from invoicing.invoice i
    where i.kind = 'invoice' and i.id > since and not exists (select from cash.open_item known where known.invoice_id = i.id)) item
  where item.open > 0 order by item.id
  on conflict do nothing;
  insert into cash.open_items_taken (until_id) values (newest) on conflict (tenant) do update set until_id = excluded.until_id;
end $$;

-- What settles an invoice, makes it owed again, or credits it.
create function cash.note_open_items() returns trigger language plpgsql
set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off as $$
begin
  if not exists (select from added a where a.document_kind <> 'invoice') then return null; end if;
  with settled as (
    -- By the entry, and only then by what it settles: the index of lines that settle something holds those of all entries.
    select line.settles as id from added a
    cross join lateral (select l.settles from ledger.journal_line l where l.entry_id = a.document_id offset 0) line
    where a.document_kind not in ('invoice', 'credit-memo') and line.settles is not null),
  changed as (
    select id from settled
    union
    select t.about_invoice_id from settled join invoicing.invoice_tax t on t.invoice_id = settled.id and t.about_invoice_id <> t.invoice_id
    union
    select t.about_invoice_id from added a join invoicing.invoice_tax t on t.invoice_id = a.document_id and t.about_invoice_id <> t.invoice_id
    where a.document_kind = 'credit-memo'),
  stands as (
    select i.id, i.legal_entity_id, i.currency, i.issue_date, o.open
    from changed
    cross join lateral (
      select i.id, i.legal_entity_id, i.currency, i.issue_date from invoicing.invoice i where i.id = changed.id and i.kind = 'invoice' offset 0) i
    cross join lateral (select o.open from invoicing.open_amount o where o.id = i.id offset 0) o),
  -- By their ids: joined, a plan made while the table was empty reads all of it.
  gone as (delete from cash.open_item item where item.invoice_id = any(array(select stands.id from stands where stands.open <= 0)))
  insert into cash.open_item as item (invoice_id, legal_entity_id, currency, open, issue_date)
  select stands.id, stands.legal_entity_id, stands.currency, stands.open, stands.issue_date from stands where stands.open > 0 order by stands.id
  on conflict (invoice_id) do update set open = excluded.open where item.open <> excluded.open;
  return null;
end $$;
create trigger note_open_items after insert on posting.posting
  referencing new table as added for each statement execute function cash.note_open_items();
