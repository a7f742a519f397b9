-- What is held of every entry that is no invoice, once for all entries that come in one statement: a thousand payments are booked at once.
-- The same rules as before (0023, 0034, 0036, 0044), under the same names.

-- Each question begins with the postings that came in and finds all else by an index, whatever the tables held when it was planned: "offset 0"
-- keeps the order as it is written, and the settings leave no other way. Lines are asked for by their entry alone, and what else is said of them
-- stands outside: an index of few lines, empty when it was planned, would else be gone through for every entry.

drop trigger refuse_incomplete_entry on posting.posting;
drop trigger refuse_too_much_settled on posting.posting;
drop trigger refuse_out_of_turn on posting.posting;
drop trigger refuse_wrongly_cleared on posting.posting;
drop trigger refuse_other_rate on posting.posting;

-- Comes last, and seals the entry: it is there, in one currency, its customers are named, it settles what is the customer's own, and
-- what takes an entry back has exactly the opposite lines.
create or replace function posting.refuse_incomplete_entry() returns trigger language plpgsql
set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off as $$
declare
  off text;
begin
  if not exists (select from added a where a.document_kind not in ('invoice', 'credit-memo')) then return null; end if;
  select a.business_key into off
  from added a
  left join lateral (
    select e.id from ledger.journal_entry e
    where e.id = a.document_id and e.billing_account_id = a.billing_account_id and e.source_kind = a.document_kind
      and e.legal_entity_id = a.legal_entity_id and e.month = a.month
      and exists (select from ledger.journal_line line where line.entry_id = e.id)
      and not exists (select from ledger.journal_line line where line.entry_id = e.id and line.currency <> a.currency) offset 0) entry on true
  where a.document_kind not in ('invoice', 'credit-memo') and entry.id is null limit 1;
  if found then
    raise exception 'Posting % is of no journal entry in the ledger.', off using errcode = 'check_violation', constraint = 'posting_of_its_entry';
  end if;
  select a.business_key into off
  from added a
  cross join lateral (select l.billing_account_id, l.account from ledger.journal_line l where l.entry_id = a.document_id offset 0) line
  left join lateral (
    select c.id from customers.billing_account c where c.id = line.billing_account_id and c.legal_entity_id = a.legal_entity_id offset 0) customer on true
  where a.document_kind not in ('invoice', 'credit-memo') and line.account in ('receivable', 'disputed-receivable') and customer.id is null limit 1;
  if found then
    raise exception 'A line of % on what customers owe names no billing account of the legal entity.', off
      using errcode = 'check_violation', constraint = 'journal_line_names_its_customer';
  end if;
  select a.business_key into off
  from added a
  cross join lateral (
    select l.settles, l.billing_account_id, l.currency from ledger.journal_line l where l.entry_id = a.document_id offset 0) line
  left join lateral (
    select i.id from invoicing.invoice i
    where i.id = line.settles and i.billing_account_id = line.billing_account_id and i.currency = line.currency offset 0) settled on true
  where a.document_kind not in ('invoice', 'credit-memo') and line.settles is not null and settled.id is null limit 1;
  if found then
    raise exception 'A line of % settles what is no invoice of its account and currency.', off
      using errcode = 'check_violation', constraint = 'journal_line_settles_its_own';
  end if;
  select a.business_key into off
  from added a
  cross join lateral (select e.id, e.reverses from ledger.journal_entry e where e.id = a.document_id and e.reverses is not null offset 0) entry
  cross join lateral (
    select from ledger.journal_line line where line.entry_id in (entry.id, entry.reverses)
    group by line.account, line.billing_account_id, line.currency, line.settles having sum(line.amount) <> 0 limit 1) differs
  where a.document_kind = 'reversal' limit 1;
  if found then
    raise exception 'The lines of % are not the opposite of what it takes back.', off
      using errcode = 'check_violation', constraint = 'journal_entry_reversal_is_opposite';
  end if;
  return null;
end $$;
create trigger refuse_incomplete_entry after insert on posting.posting
  referencing new table as added for each statement execute function posting.refuse_incomplete_entry();

-- It settles no more than is owed, on a credit memo no more than the customer has to its credit, and nothing is taken back while something
-- stands on it.
create or replace function cash.refuse_too_much_settled() returns trigger language plpgsql
set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off as $$
declare
  off record;
begin
  if not exists (select from added a where a.document_kind not in ('invoice', 'credit-memo')) then return null; end if;
  select settled.business_key, invoice.number, invoice.open into off
  from (
    select line.settles, min(a.business_key) as business_key
    from added a
    cross join lateral (select l.settles, l.account, l.amount from ledger.journal_line l where l.entry_id = a.document_id offset 0) line
    where a.document_kind not in ('invoice', 'credit-memo') and line.account = 'receivable' and line.amount < 0 and line.settles is not null
    group by line.settles) settled
  cross join lateral (
    select i.number, o.open from invoicing.invoice i join invoicing.open_amount o on o.id = i.id
    where i.id = settled.settles and i.kind = 'invoice' offset 0) invoice
  where invoice.open < 0 limit 1;
  if found then
    raise exception '% settles % more than is owed on %.', off.business_key, -off.open, off.number
      using errcode = 'check_violation', constraint = 'entry_within_owed';
  end if;
  select a.business_key, memo.number into off
  from added a
  cross join lateral (select l.settles, l.account, l.amount from ledger.journal_line l where l.entry_id = a.document_id offset 0) line
  cross join lateral (
    select m.number
    from invoicing.invoice m
    where m.id = line.settles and m.kind = 'credit-memo' and (
      (select count(distinct t.about_invoice_id) from invoicing.invoice_tax t where t.invoice_id = m.id and t.about_invoice_id <> m.id) <> 1
      or (select sum(s.amount) from ledger.journal_line s where s.settles = m.id and s.account = 'receivable') > -m.total
      or exists (
        select from invoicing.invoice_tax t join invoicing.open_amount o on o.id = t.about_invoice_id
        where t.invoice_id = m.id and t.about_invoice_id <> m.id and o.open > 0)) offset 0) memo
  where a.document_kind not in ('invoice', 'credit-memo', 'reversal') and line.account = 'receivable' and line.amount > 0 limit 1;
  if found then
    raise exception '% gives back more than %leaves to the customer''s credit.', off.business_key, off.number || ' '
      using errcode = 'check_violation', constraint = 'entry_within_credit';
  end if;
  select a.business_key into off
  from added a
  cross join lateral (select e.reverses from ledger.journal_entry e where e.id = a.document_id and e.reverses is not null offset 0) entry
  cross join lateral (
    select from cash.follows f
    where f.before_id = entry.reverses and not exists (select from ledger.journal_entry r where r.reverses = f.entry_id) limit 1) follower
  where a.document_kind = 'reversal' limit 1;
  if found then
    raise exception '% takes back what something stands on.', off.business_key
      using errcode = 'check_violation', constraint = 'entry_stood_upon';
  end if;
  return null;
end $$;
create trigger refuse_too_much_settled after insert on posting.posting
  referencing new table as added for each statement execute function cash.refuse_too_much_settled();

-- It follows all that put the money there which it takes, or that stood on what it takes back; and it is dated no earlier.
create or replace function cash.refuse_out_of_turn() returns trigger language plpgsql
set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off as $$
declare
  off record;
begin
  if not exists (select from added a where a.document_kind not in ('invoice', 'credit-memo')) then return null; end if;
  select a.business_key, entry.entry_date, sooner.number, sooner.entry_date as other_date into off
  from added a
  cross join lateral (
    select e.id, e.entry_date, e.reverses from ledger.journal_entry e
    where e.id = a.document_id and e.billing_account_id = a.billing_account_id offset 0) entry
  cross join lateral (
    select f.before_id as id from cash.follows f where f.entry_id = entry.id
    union all select entry.reverses where entry.reverses is not null offset 0) before
  cross join lateral (
    select coalesce(p.business_key, e.id::text) as number, e.entry_date
    from ledger.journal_entry e left join posting.posting p on p.document_id = e.id
    where e.id = before.id and e.entry_date > entry.entry_date offset 0) sooner
  where a.document_kind not in ('invoice', 'credit-memo') limit 1;
  if found then
    raise exception '% of % stands on % of %.', off.business_key, off.entry_date, off.number, off.other_date
      using errcode = 'check_violation', constraint = 'entry_after_what_it_follows';
  end if;
  select a.business_key, put.entry_id into off
  from added a
  cross join lateral (select e.id, e.reverses from ledger.journal_entry e where e.id = a.document_id and e.billing_account_id = a.billing_account_id offset 0) entry
  cross join lateral (select m.id from cash.movement m where m.entry_id = entry.id offset 0) movement
  cross join lateral (
    select s.layer, s.pool, s.invoice_id, s.payment_id from cash.share s where s.movement_id = movement.id and s.amount < 0 offset 0) mine
  cross join lateral (
    select s.movement_id from cash.share s
    where s.payment_id = mine.payment_id and s.layer = mine.layer and s.pool = mine.pool and s.invoice_id is not distinct from mine.invoice_id and s.amount > 0
      and s.movement_id <> movement.id offset 0) there
  cross join lateral (
    select m.entry_id from cash.movement m
    where m.id = there.movement_id and m.entry_id is distinct from entry.reverses
      and not exists (select from cash.follows f where f.entry_id = entry.id and f.before_id = m.entry_id) offset 0) put
  where a.document_kind not in ('invoice', 'credit-memo') limit 1;
  if found then
    raise exception '% takes the money of entry %, and does not follow it.', off.business_key, off.entry_id
      using errcode = 'check_violation', constraint = 'entry_follows_its_money';
  end if;
  select a.business_key, cleared.id into off
  from added a
  cross join lateral (select e.id, e.reverses from ledger.journal_entry e where e.id = a.document_id and e.reverses is not null offset 0) entry
  cross join lateral (
    select r.id from cash.follows f join ledger.journal_entry r on r.reverses = f.entry_id
    where f.before_id = entry.reverses and not exists (select from cash.follows own where own.entry_id = entry.id and own.before_id = r.id) offset 0) cleared
  where a.document_kind = 'reversal' limit 1;
  if found then
    raise exception '% takes back what entry % cleared the way for, and does not follow it.', off.business_key, off.id
      using errcode = 'check_violation', constraint = 'entry_follows_its_money';
  end if;
  return null;
end $$;
create trigger refuse_out_of_turn after insert on posting.posting
  referencing new table as added for each statement execute function cash.refuse_out_of_turn();

create or replace function ledger.refuse_wrongly_cleared() returns trigger language plpgsql
set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off as $$
declare
  off text;
begin
  if not exists (select from added a where a.document_kind not in ('invoice', 'credit-memo')) then return null; end if;
  select a.business_key into off
  from added a
  cross join lateral (
    select l.entry_id, l.amount, l.settles, l.clears from ledger.journal_line l where l.entry_id = a.document_id offset 0) line
  cross join lateral (
    select from ledger.journal_entry entry join invoicing.invoice settled on settled.id = line.settles
    where entry.id = line.entry_id and (
      entry.reverses is not null or sign(line.amount) = sign(settled.total) or exists (
        select from ledger.journal_line again
        where again.settles = line.settles and again.entry_id <> line.entry_id and sign(again.amount) = sign(settled.total))) offset 0) cleared
  where a.document_kind not in ('invoice', 'credit-memo') and line.clears limit 1;
  if found then
    raise exception '% clears an item that is cleared already.', off
      using errcode = 'check_violation', constraint = 'journal_line_clears_an_open_item';
  end if;
  return null;
end $$;
create trigger refuse_wrongly_cleared after insert on posting.posting
  referencing new table as added for each statement execute function ledger.refuse_wrongly_cleared();

create or replace function ledger.refuse_other_rate() returns trigger language plpgsql
set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off as $$
declare
  off text;
begin
  if not exists (select from added a where a.document_kind = 'reversal') then return null; end if;
  select a.business_key into off
  from added a
  cross join lateral (select e.id, e.reverses from ledger.journal_entry e where e.id = a.document_id and e.reverses is not null offset 0) entry
  cross join lateral (
    select from ledger.journal_line line where line.entry_id in (entry.id, entry.reverses) and line.amount <> 0
    group by line.account, line.billing_account_id, line.settles having sum(coalesce(line.functional, line.amount)) <> 0 limit 1) differs
  where a.document_kind = 'reversal' limit 1;
  if found then
    raise exception 'In the books the lines of % are not the opposite of what it takes back.', off
      using errcode = 'check_violation', constraint = 'journal_entry_reversal_is_opposite_in_books';
  end if;
  return null;
end $$;
create trigger refuse_other_rate after insert on posting.posting
  referencing new table as added for each statement execute function ledger.refuse_other_rate();

-- As before (0036): no layer is overdrawn, and all pools of a payment hold at most what it is.
create or replace function cash.refuse_overdrawn() returns trigger language plpgsql
set enable_seqscan = off as $$
declare
  off record;
begin
  select a.payment_id, held.pool, held.layer, held.held into off
  from (select distinct payment_id from added) a
  cross join lateral (
    select s.pool, s.layer, sum(s.amount) as held from cash.share s
    where s.payment_id = a.payment_id group by s.pool, s.invoice_id, s.layer having sum(s.amount) < 0 offset 0) held
  limit 1;
  if found then
    raise exception 'Of payment % there is % too little in the pool %, of what % put there.', off.payment_id, -off.held, off.pool, off.layer
      using errcode = 'check_violation', constraint = 'payment_not_overdrawn';
  end if;
  select a.movement_id into off
  from added a
  cross join lateral (select m.kind from cash.movement m where m.id = a.movement_id offset 0) m
  where a.amount > 0 and a.layer <> a.movement_id and m.kind <> 'reversal' limit 1;
  if found then
    raise exception 'Movement % puts money where another one did.', off.movement_id
      using errcode = 'check_violation', constraint = 'share_in_its_own_layer';
  end if;
  select p.id, p.amount, p.held into off
  from (select distinct payment_id from added) a
  cross join lateral (
    select p.id, p.amount, (select sum(s.amount) from cash.share s where s.payment_id = p.id) as held
    from cash.payment p where p.id = a.payment_id offset 0) p
  where p.held > p.amount limit 1;
  if found then
    raise exception 'Payment % is of %, and % of it is put somewhere.', off.id, off.amount, off.held
      using errcode = 'check_violation', constraint = 'payment_not_overdrawn';
  end if;
  select w.id, w.amount, w.held into off
  from (select distinct payment_id from added where pool = 'recovered') a
  cross join lateral (select p.recovers from cash.payment p where p.id = a.payment_id offset 0) p
  cross join lateral (
    select w.id, w.amount, (
      select sum(s.amount) from cash.payment other join cash.share s on s.payment_id = other.id and s.pool = 'recovered'
      where other.recovers = w.id) as held
    from invoicing.write_off w where w.id = p.recovers offset 0) w
  where w.held > w.amount limit 1;
  if found then
    raise exception 'Of write-off % over % there came % after all.', off.id, off.amount, off.held
      using errcode = 'check_violation', constraint = 'recovery_within_write_off';
  end if;
  return null;
end $$;
