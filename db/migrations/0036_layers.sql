-- Whose money a movement of cash takes: what stands on it, from which day, and what goes to the ERP before it.

-- What an entry stands on besides what it settles or takes back. Not a column: a refund may take the money of several applications.
create table cash.follows (
  entry_id  uuid not null,
  before_id uuid not null,
  tenant    int  not null default 1,
  primary key (entry_id, before_id),
  constraint follows_another check (entry_id <> before_id)
);
comment on table cash.follows is 'Entries that an entry stands on: they go to the ERP first, are dated no later, and are not taken back while it stands.';
create index on cash.follows (before_id);
insert into cash.follows (entry_id, before_id) select entry_id, follows from cash.movement where follows is not null;

-- Money in a pool lies there in layers, one for each movement that put some into it. What takes money out names the layer; what takes
-- a movement back changes the layers that this one changed.
alter table cash.share disable trigger user;
create temporary table share_before on commit drop as select * from cash.share;
create index on share_before (movement_id);
create index on share_before (payment_id);
delete from cash.share;
alter table cash.share add column layer uuid not null references cash.movement;
comment on column cash.share.layer is 'The movement that put this money into the pool.';

-- Until now nothing was said about layers: the newest is taken first.
do $$
declare
  m record;
  s record;
  l record;
  n int;
  rest numeric;
begin
  for m in select * from cash.movement where payment_id is not null order by id loop
    n := 0;
    if m.kind = 'reversal' then
      insert into cash.share (movement_id, no, payment_id, billing_account_id, pool, invoice_id, amount, layer)
      select m.id, no, payment_id, billing_account_id, pool, invoice_id, -amount, layer from cash.share where movement_id = m.reverses;
      continue;
    end if;
    for s in select * from share_before where movement_id = m.id order by no loop
      rest := s.amount;
      for l in
        select held.layer, held.amount from (
          select layer, sum(amount) as amount from cash.share
          where payment_id = s.payment_id and pool = s.pool and invoice_id is not distinct from s.invoice_id
          group by layer having sum(amount) > 0) held
        order by held.layer desc
      loop
        exit when rest >= 0;
        n := n + 1;
        insert into cash.share (movement_id, no, payment_id, billing_account_id, pool, invoice_id, amount, layer)
        values (m.id, n, s.payment_id, s.billing_account_id, s.pool, s.invoice_id, greatest(rest, -l.amount), l.layer);
        rest := rest + least(-rest, l.amount);
      end loop;
      if rest <> 0 then
        -- Put into the pool; or, where clocks of machines were apart, taken before it was put there.
        n := n + 1;
        insert into cash.share (movement_id, no, payment_id, billing_account_id, pool, invoice_id, amount, layer)
        values (m.id, n, s.payment_id, s.billing_account_id, s.pool, s.invoice_id, rest,
          case when rest > 0 then m.id else coalesce((
            select b.movement_id from share_before b
            where b.payment_id = s.payment_id and b.pool = s.pool and b.invoice_id is not distinct from s.invoice_id and b.amount > 0
            order by b.movement_id limit 1), m.id) end);
      end if;
    end loop;
  end loop;
end $$;
alter table cash.share enable trigger user;

insert into cash.follows (entry_id, before_id)
select distinct m.entry_id, put.entry_id
from cash.share mine
join cash.movement m on m.id = mine.movement_id and m.kind <> 'reversal'
join cash.share there on there.layer = mine.layer and there.pool = mine.pool and there.invoice_id is not distinct from mine.invoice_id and there.amount > 0
join cash.movement put on put.id = there.movement_id
where mine.amount < 0 and put.id < m.id
on conflict do nothing;

create trigger booked_is_booked before update or delete or truncate on cash.follows for each statement execute function tieout.refuse_change();
alter table cash.movement drop column follows;

-- As before, and no layer is overdrawn: whoever takes money takes it where it lies.
create or replace function cash.refuse_overdrawn() returns trigger language plpgsql as $$
declare
  off record;
begin
  select s.payment_id, s.pool, s.layer, sum(s.amount) as held into off
  from cash.share s where s.payment_id in (select payment_id from added)
  group by s.payment_id, s.pool, s.invoice_id, s.layer having sum(s.amount) < 0 limit 1;
  if found then
    raise exception 'Of payment % there is % too little in the pool %, of what % put there.', off.payment_id, -off.held, off.pool, off.layer
      using errcode = 'check_violation', constraint = 'payment_not_overdrawn';
  end if;
  select s.movement_id into off
  from added s join cash.movement m on m.id = s.movement_id
  where s.amount > 0 and s.layer <> s.movement_id and m.kind <> 'reversal' limit 1;
  if found then
    raise exception 'Movement % puts money where another one did.', off.movement_id
      using errcode = 'check_violation', constraint = 'share_in_its_own_layer';
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

-- Comes last, when the entry and what it does to the pools are there: it follows all that put the money there which it takes, or that
-- stood on what it takes back; and it is dated no earlier.
create function cash.refuse_out_of_turn() returns trigger language plpgsql as $$
declare
  entry ledger.journal_entry;
  off record;
begin
  select e.* into entry from ledger.journal_entry e where e.id = new.document_id and e.billing_account_id = new.billing_account_id;
  select coalesce(p.business_key, e.id::text) as number, e.entry_date into off
  from (select f.before_id as id from cash.follows f where f.entry_id = entry.id union all select entry.reverses) before
  join ledger.journal_entry e on e.id = before.id
  left join posting.posting p on p.document_id = e.id
  where e.entry_date > entry.entry_date limit 1;
  if found then
    raise exception '% of % stands on % of %.', new.business_key, entry.entry_date, off.number, off.entry_date
      using errcode = 'check_violation', constraint = 'entry_after_what_it_follows';
  end if;
  select put.entry_id into off
  from cash.movement m
  join cash.share mine on mine.movement_id = m.id and mine.amount < 0
  join cash.share there on there.layer = mine.layer and there.pool = mine.pool and there.invoice_id is not distinct from mine.invoice_id
    and there.amount > 0 and there.movement_id <> m.id
  join cash.movement put on put.id = there.movement_id
  where m.entry_id = entry.id and put.entry_id is distinct from entry.reverses
    and not exists (select from cash.follows f where f.entry_id = entry.id and f.before_id = put.entry_id) limit 1;
  if found then
    raise exception '% takes the money of entry %, and does not follow it.', new.business_key, off.entry_id
      using errcode = 'check_violation', constraint = 'entry_follows_its_money';
  end if;
  if entry.reverses is not null then
    select r.id into off
    from cash.follows f join ledger.journal_entry r on r.reverses = f.entry_id
    where f.before_id = entry.reverses and not exists (select from cash.follows own where own.entry_id = entry.id and own.before_id = r.id) limit 1;
    if found then
      raise exception '% takes back what entry % cleared the way for, and does not follow it.', new.business_key, off.id
        using errcode = 'check_violation', constraint = 'entry_follows_its_money';
    end if;
  end if;
  return null;
end $$;
create trigger refuse_out_of_turn after insert on posting.posting
  for each row when (new.document_kind not in ('invoice', 'credit-memo')) execute function cash.refuse_out_of_turn();

-- As before; what stands on an entry is in cash.follows now.
create or replace function cash.refuse_too_much_settled() returns trigger language plpgsql as $$
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
       select from cash.follows f where f.before_id = reversed and not exists (select from ledger.journal_entry r where r.reverses = f.entry_id)) then
    raise exception '% takes back what something stands on.', new.business_key
      using errcode = 'check_violation', constraint = 'entry_stood_upon';
  end if;
  return null;
end $$;

create or replace function posting.predecessors(document uuid) returns table (id uuid) language sql stable as $$
  select tax.about_invoice_id from invoicing.invoice_tax tax where tax.invoice_id = document and tax.about_invoice_id <> tax.invoice_id
  union all
  select line.settles from ledger.journal_line line where line.entry_id = document and line.settles is not null
  union all
  select entry.reverses from ledger.journal_entry entry where entry.id = document and entry.reverses is not null
  union all
  select follows.before_id from cash.follows follows where follows.entry_id = document
$$;

-- Whether a line asks the ERP to clear the item it settles is decided when it is booked, and stands: what is told under one key is the
-- same however often it is told. Until now it was found out each time, by the order of ids.
alter table ledger.journal_line
  add column clears boolean not null default false,
  -- Whatever stood there before has none.
  add constraint journal_line_clears_what_it_settles check (not clears or settles is not null) not valid;
comment on column ledger.journal_line.clears is
  'The ERP clears the item with it. Not what makes it owed again, nor what settles it after that: the item is cleared already.';
alter table ledger.journal_line disable trigger booked_is_booked;
update ledger.journal_line line set clears = true
from invoicing.invoice settled, ledger.journal_entry entry
where line.settles is not null and settled.id = line.settles and settled.billing_account_id = line.billing_account_id
  and sign(line.amount) <> sign(settled.total) and entry.id = line.entry_id and entry.reverses is null
  and not exists (
    select from ledger.journal_line again
    where again.settles = line.settles and again.entry_id < line.entry_id and sign(again.amount) = sign(settled.total)
      and not exists (select from ledger.journal_entry taking where taking.id = again.entry_id and taking.reverses = line.entry_id));
alter table ledger.journal_line enable trigger booked_is_booked;

create function ledger.refuse_wrongly_cleared() returns trigger language plpgsql as $$
begin
  if exists (
       select from ledger.journal_line line
       join ledger.journal_entry entry on entry.id = line.entry_id
       join invoicing.invoice settled on settled.id = line.settles
       where line.entry_id = new.document_id and line.clears and (
         entry.reverses is not null or sign(line.amount) = sign(settled.total) or exists (
           select from ledger.journal_line again
           where again.settles = line.settles and again.entry_id <> line.entry_id and sign(again.amount) = sign(settled.total)))) then
    raise exception '% clears an item that is cleared already.', new.business_key
      using errcode = 'check_violation', constraint = 'journal_line_clears_an_open_item';
  end if;
  return null;
end $$;
create trigger refuse_wrongly_cleared after insert on posting.posting
  for each row when (new.document_kind not in ('invoice', 'credit-memo')) execute function ledger.refuse_wrongly_cleared();

-- Payments of which something is unapplied: few among many, and asked for every day.
create table cash.with_unapplied (
  payment_id         uuid primary key references cash.payment,
  tenant             int  not null default 1,
  billing_account_id uuid not null
);
comment on table cash.with_unapplied is 'Kept by a trigger on cash.share; what is unapplied of them is the sum of their shares.';
create index on cash.with_unapplied (billing_account_id, payment_id);
insert into cash.with_unapplied (payment_id, billing_account_id)
select p.id, p.billing_account_id from cash.payment p
where (select sum(s.amount) from cash.share s where s.payment_id = p.id and s.pool = 'unapplied') > 0;

create function cash.note_unapplied() returns trigger language plpgsql as $$
begin
  insert into cash.with_unapplied (payment_id, billing_account_id)
  select p.id, p.billing_account_id from cash.payment p
  where p.id in (select payment_id from added where pool = 'unapplied')
    and (select sum(s.amount) from cash.share s where s.payment_id = p.id and s.pool = 'unapplied') > 0
  on conflict do nothing;
  delete from cash.with_unapplied w
  where w.payment_id in (select payment_id from added where pool = 'unapplied')
    and (select sum(s.amount) from cash.share s where s.payment_id = w.payment_id and s.pool = 'unapplied') <= 0;
  return null;
end $$;
create trigger note_unapplied after insert on cash.share
  referencing new table as added for each statement execute function cash.note_unapplied();

-- Lists go by the ids of what they list, the newest first.
create index payment_of_account on cash.payment (billing_account_id, id);
create index movement_disputes on cash.movement (id) where kind = 'dispute-opened';
create index movement_disputes_of_account on cash.movement (billing_account_id, id) where kind = 'dispute-opened';
