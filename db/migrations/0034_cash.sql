-- Money received, what became of it, and what takes any entry back: payments, their application to invoices, refunds, disputes.
-- Each is an entry of the ledger with a number and a posting; here stands whose money it is and where it lies.

create schema cash;

create table cash.payment (
  id                 uuid primary key,
  tenant             int  not null default 1,
  billing_account_id uuid not null references customers.billing_account,
  legal_entity_id    uuid not null references customers.legal_entity,
  source             text not null check (source <> ''),
  reference          text not null check (reference <> ''),
  method             text not null check (method <> ''),
  received_on        date not null,
  currency           text not null,
  amount             numeric(19,4) not null check (amount > 0),
  fee                numeric(19,4) not null default 0,
  recovers           uuid,
  content_hash       text not null,
  created_at         timestamptz not null,
  constraint payment_fee_within_amount check (fee >= 0 and fee < amount),
  -- What the same source calls by the same name is the same money.
  constraint payment_received_once unique (tenant, billing_account_id, source, reference)
);
comment on column cash.payment.recovers is 'The write-off whose money came after all.';
create index on cash.payment (billing_account_id, received_on);
create index on cash.payment (recovers) where recovers is not null;

create table cash.movement (
  id                 uuid primary key,
  tenant             int  not null default 1,
  billing_account_id uuid not null references customers.billing_account,
  legal_entity_id    uuid not null references customers.legal_entity,
  entry_id           uuid not null unique,
  kind               text not null check (kind in (
    'receipt', 'application', 'release', 'refund', 'dispute-opened', 'dispute-won', 'dispute-lost', 'reversal')),
  payment_id         uuid references cash.payment,
  dispute_id         uuid references cash.movement,
  reverses           uuid references cash.movement,
  follows            uuid,
  amount             numeric(19,4) not null check (amount > 0),
  reason             text not null check (reason <> ''),
  actor              text not null check (actor <> ''),
  created_at         timestamptz not null,
  constraint movement_reversed_once unique (reverses),
  constraint movement_reversal_names_its_own check ((kind = 'reversal') = (reverses is not null)),
  constraint movement_settles_a_dispute check ((kind in ('dispute-won', 'dispute-lost')) = (dispute_id is not null))
);
comment on table cash.movement is 'One per entry; its id is the source of the entry.';
comment on column cash.movement.follows is 'The entry it stands on: that goes to the ERP first, and is not taken back while this stands.';
create index on cash.movement (payment_id) where payment_id is not null;
create index on cash.movement (dispute_id) where dispute_id is not null;
create index on cash.movement (follows) where follows is not null;
create index on cash.movement (billing_account_id);

create table cash.share (
  movement_id        uuid not null references cash.movement,
  no                 int  not null check (no > 0),
  tenant             int  not null default 1,
  payment_id         uuid not null references cash.payment,
  billing_account_id uuid not null,
  pool               text not null check (pool in ('unapplied', 'invoice', 'recovered')),
  invoice_id         uuid,
  amount             numeric(19,4) not null check (amount <> 0),
  primary key (movement_id, no),
  constraint share_on_an_invoice_names_it check ((pool = 'invoice') = (invoice_id is not null))
);
comment on table cash.share is 'Where the money of a payment lies: what a movement put into a pool, or took out of it.';
create index on cash.share (payment_id);
create index on cash.share (invoice_id) where invoice_id is not null;

create trigger booked_is_booked before update or delete or truncate on cash.payment for each statement execute function tieout.refuse_change();
create trigger booked_is_booked before update or delete or truncate on cash.movement for each statement execute function tieout.refuse_change();
create trigger booked_is_booked before update or delete or truncate on cash.share for each statement execute function tieout.refuse_change();

-- Never more applied, refunded or charged back than was received: no pool is overdrawn, and all of them hold at most the payment.
create function cash.refuse_overdrawn() returns trigger language plpgsql as $$
declare
  off record;
begin
  select s.payment_id, s.pool, sum(s.amount) as held into off
  from cash.share s where s.payment_id in (select payment_id from added)
  group by s.payment_id, s.pool, s.invoice_id having sum(s.amount) < 0 limit 1;
  if found then
    raise exception 'Of payment % there is % too little in the pool %.', off.payment_id, -off.held, off.pool
      using errcode = 'check_violation', constraint = 'payment_not_overdrawn';
  end if;
  select p.id, p.amount, sum(s.amount) as held into off
  from cash.payment p join cash.share s on s.payment_id = p.id
  where p.id in (select payment_id from added) group by p.id having sum(s.amount) > p.amount limit 1;
  if found then
    raise exception 'Payment % is of %, and % of it is put somewhere.', off.id, off.amount, off.held
      using errcode = 'check_violation', constraint = 'payment_not_overdrawn';
  end if;
  select w.id, w.amount, sum(s.amount) as held into off
  from cash.payment p join invoicing.write_off w on w.id = p.recovers
  join cash.payment other on other.recovers = w.id join cash.share s on s.payment_id = other.id and s.pool = 'recovered'
  where p.id in (select payment_id from added) group by p.id, w.id, w.amount having sum(s.amount) > w.amount limit 1;
  if found then
    raise exception 'Of write-off % over % there came % after all.', off.id, off.amount, off.held
      using errcode = 'check_violation', constraint = 'recovery_within_write_off';
  end if;
  return null;
end $$;
create trigger not_overdrawn after insert on cash.share
  referencing new table as added for each statement execute function cash.refuse_overdrawn();

-- A dispute is opened, then won or lost, once; a settlement that was taken back does not count.
create function cash.refuse_settled_twice() returns trigger language plpgsql as $$
begin
  if not exists (select from cash.movement o where o.id = new.dispute_id and o.kind = 'dispute-opened')
     or exists (select from cash.movement r where r.reverses = new.dispute_id)
     or exists (select from cash.movement m where m.dispute_id = new.dispute_id and m.id <> new.id
                and not exists (select from cash.movement r where r.reverses = m.id)) then
    raise exception 'Dispute % is not open.', new.dispute_id using errcode = 'check_violation', constraint = 'dispute_settled_once';
  end if;
  return null;
end $$;
create trigger settled_once after insert on cash.movement
  for each row when (new.dispute_id is not null) execute function cash.refuse_settled_twice();

create index journal_line_settles on ledger.journal_line (settles) where settles is not null;

-- What an invoice still asks for: its total, what credit memos take off, what was given up, and what entries settled on it or on
-- credit memos about it alone. What a later invoice corrects is part of that invoice's own total.
create or replace view invoicing.open_amount as
  select a.id, a.billing_account_id, a.currency, a.total, a.corrected, a.written_off, a.settled, a.total + a.corrected - a.written_off - a.settled as open
  from (
    select i.id, i.billing_account_id, i.currency, i.total,
           coalesce((
             select sum(l.amount) from invoicing.invoice_line l
             join invoicing.invoice m on m.id = l.invoice_id and m.billing_account_id = l.billing_account_id and m.kind = 'credit-memo'
             where l.origin_invoice_id = i.id and l.invoice_id <> i.id and l.revision > 1), 0)
         + coalesce((
             select sum(t.tax) from invoicing.invoice_tax t join invoicing.invoice m on m.id = t.invoice_id and m.kind = 'credit-memo'
             where t.about_invoice_id = i.id and t.invoice_id <> i.id), 0) as corrected,
           coalesce((
             select sum(w.amount) from invoicing.write_off w
             where w.invoice_id = i.id and not exists (
               select from ledger.journal_entry e join ledger.journal_entry r on r.reverses = e.id
               where e.source_id = w.id and e.source_kind = 'write-off' and e.billing_account_id = w.billing_account_id)), 0) as written_off,
           -coalesce((
             select sum(l.amount) from ledger.journal_line l
             join ledger.journal_entry e on e.id = l.entry_id
             left join ledger.journal_entry o on o.id = e.reverses
             where l.account = 'receivable' and coalesce(o.source_kind, e.source_kind) <> 'write-off'
               and l.settles = any(array(
                 select i.id union all
                 select t.invoice_id from invoicing.invoice_tax t join invoicing.invoice m on m.id = t.invoice_id and m.kind = 'credit-memo'
                 where t.about_invoice_id = i.id and t.invoice_id <> i.id))), 0) as settled
    from invoicing.invoice i where i.kind = 'invoice') a;

create or replace function invoicing.refuse_too_much_written_off() returns trigger language plpgsql as $$
declare
  off record;
begin
  select o.total + o.corrected - o.settled as owed, o.written_off into off
  from invoicing.open_amount o where o.id in (select invoice_id from added) and o.written_off > o.total + least(o.corrected, 0) - o.settled
  limit 1;
  if found then
    raise exception '% is written off, but only % was ever owed.', off.written_off, off.owed
      using errcode = 'check_violation', constraint = 'write_off_within_owed';
  end if;
  return null;
end $$;

-- Besides what 0023 holds of every entry: it settles no more than is owed, on a credit memo no more than the customer has to its
-- credit, and nothing is taken back while something stands on it.
create function cash.refuse_too_much_settled() returns trigger language plpgsql as $$
declare
  off record;
  reversed uuid;
begin
  select i.number, o.open into off
  from ledger.journal_line l
  join invoicing.invoice i on i.id = l.settles and i.kind = 'invoice'
  join invoicing.open_amount o on o.id = i.id
  where l.entry_id = new.document_id and l.account = 'receivable' and l.amount < 0 and o.open < 0 limit 1;
  if found then
    raise exception '% settles % more than is owed on %.', new.business_key, -off.open, off.number
      using errcode = 'check_violation', constraint = 'entry_within_owed';
  end if;
  select m.number into off
  from ledger.journal_line l
  join invoicing.invoice m on m.id = l.settles and m.kind = 'credit-memo'
  where l.entry_id = new.document_id and l.account = 'receivable' and l.amount > 0 and new.document_kind <> 'reversal' and (
    (select count(distinct t.about_invoice_id) from invoicing.invoice_tax t where t.invoice_id = m.id and t.about_invoice_id <> m.id) <> 1
    or (select sum(s.amount) from ledger.journal_line s where s.settles = m.id and s.account = 'receivable') > -m.total
    or exists (
      select from invoicing.invoice_tax t join invoicing.open_amount o on o.id = t.about_invoice_id
      where t.invoice_id = m.id and t.about_invoice_id <> m.id and o.open > 0)) limit 1;
  if found then
    raise exception '% gives back more than %leaves to the customer''s credit.', new.business_key, off.number || ' '
      using errcode = 'check_violation', constraint = 'entry_within_credit';
  end if;
  select e.reverses into reversed from ledger.journal_entry e where e.id = new.document_id;
  if reversed is not null and exists (
       select from cash.movement m where m.follows = reversed and not exists (select from cash.movement r where r.reverses = m.id)) then
    raise exception '% takes back what something stands on.', new.business_key
      using errcode = 'check_violation', constraint = 'entry_stood_upon';
  end if;
  return null;
end $$;
create trigger refuse_too_much_settled after insert on posting.posting
  for each row when (new.document_kind not in ('invoice', 'credit-memo')) execute function cash.refuse_too_much_settled();

-- As before, and what a movement of cash follows.
create or replace function posting.predecessors(document uuid) returns table (id uuid) language sql stable as $$
  select tax.about_invoice_id from invoicing.invoice_tax tax where tax.invoice_id = document and tax.about_invoice_id <> tax.invoice_id
  union all
  select line.settles from ledger.journal_line line where line.entry_id = document and line.settles is not null
  union all
  select entry.reverses from ledger.journal_entry entry where entry.id = document and entry.reverses is not null
  union all
  select movement.follows from cash.movement movement where movement.entry_id = document and movement.follows is not null
$$;
