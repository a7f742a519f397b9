-- Discounts for paying early and small differences: terms of an account, kept on its invoices as they were issued; what of a payment's invoice is settled
-- without money, tax code by tax code; and the rules of a legal entity that say how exact it is.

alter table ledger.journal_line
  drop constraint journal_line_account_check,
  add constraint journal_line_account_check check (account in (
    'receivable', 'revenue', 'deferred-revenue', 'prepaid-credit', 'contract-asset', 'unbilled-receivable', 'tax', 'bad-debt', 'cash-clearing',
    'cash-transfer', 'gateway-clearing', 'currency-exchange', 'bank-fees', 'interest-income', 'interest-expense', 'other-income', 'other-expense',
    'early-payment-discount', 'disputed-receivable', 'unapplied-cash', 'fx-gain-loss', 'revaluation', 'fx-unrealised', 'rounding')
    or account ~ '^cash-clearing\.[a-z0-9][a-z0-9-]{0,19}$') not valid;

alter table customers.billing_account
  add column discount_percent numeric(7,4) not null default 0,
  add column discount_days int not null default 0,
  add constraint billing_account_discount_for_paying_early check (
    case when discount_percent = 0 then discount_days = 0
      else discount_percent > 0 and discount_percent < 100 and discount_days between 1 and term_days end);
comment on column customers.billing_account.discount_percent is 'Of the amount with tax; for who pays a later invoice within so many days. 0 is none.';

alter table invoicing.invoice
  add column discount_percent numeric(7,4),
  add column discount_until date,
  add constraint invoice_discount_for_paying_early check (
    case when discount_percent is null then discount_until is null
      else kind = 'invoice' and discount_percent > 0 and discount_percent < 100 and discount_until is not null and discount_until > issue_date
        and discount_until <= due_date end);
comment on column invoicing.invoice.discount_percent is 'As the account''s terms were when it was issued; null for none.';
comment on column invoicing.invoice.discount_until is 'The last day on which money may come that keeps the discount; days of grace are the legal entity''s.';

create table cash.payment_rules (
  tenant          int  not null default 1,
  legal_entity_id uuid not null references customers.legal_entity,
  version         int  not null check (version > 0),
  grace_days      int  not null check (grace_days between 0 and 10),
  reason          text not null check (reason <> ''),
  actor           text not null check (actor <> ''),
  created_at      timestamptz not null,
  primary key (legal_entity_id, version)
);
comment on table cash.payment_rules is 'How exact a legal entity is about money; the newest version counts for what is booked from then on.';

create table cash.tolerance (
  tenant          int  not null default 1,
  legal_entity_id uuid not null,
  version         int  not null,
  currency        text not null,
  amount          numeric(19,4) not null,
  primary key (legal_entity_id, version, currency),
  foreign key (legal_entity_id, version) references cash.payment_rules,
  -- One of its units, or five of a currency without a smaller one.
  constraint tolerance_is_small check (amount > 0 and amount <= case
    when currency in ('BIF', 'CLP', 'DJF', 'GNF', 'ISK', 'JPY', 'KMF', 'KRW', 'PYG', 'RWF', 'UGX', 'UYI', 'VND', 'VUV', 'XAF', 'XOF', 'XPF') then 5
    else 1 end)
);
comment on column cash.tolerance.amount is 'A payment that differs from its one invoice by no more settles it; the difference goes to rounding.';

create trigger booked_is_booked before update or delete or truncate on cash.payment_rules for each statement execute function tieout.refuse_change();
create trigger booked_is_booked before update or delete or truncate on cash.tolerance for each statement execute function tieout.refuse_change();
create function cash.refuse_rules_gap() returns trigger language plpgsql as $$
begin
  if new.version > 1 and not exists (select from cash.payment_rules r where r.legal_entity_id = new.legal_entity_id and r.version = new.version - 1) then
    raise exception 'Version % comes after one that is not there.', new.version using errcode = 'check_violation', constraint = 'payment_rules_in_turn';
  end if;
  return new;
end $$;
create trigger in_turn before insert on cash.payment_rules for each row execute function cash.refuse_rules_gap();

-- Beside the money: what was kept as a discount, without tax and as tax, and by how little the money was short; and what was a little too much.
alter table cash.share
  add column tax_code text,
  add column tax_rate numeric(9,6),
  drop constraint share_pool_check,
  add constraint share_pool_check check (pool in ('unapplied', 'invoice', 'recovered', 'kept', 'discount', 'discount-tax', 'short')),
  drop constraint share_on_an_invoice_names_it,
  add constraint share_on_an_invoice_names_it check ((pool in ('invoice', 'discount', 'discount-tax', 'short')) = (invoice_id is not null)),
  add constraint share_of_a_discount_names_its_tax check (
    (pool in ('discount', 'discount-tax')) = (tax_code is not null) and (tax_code is null) = (tax_rate is null));
comment on column cash.share.tax_code is 'Of the invoice''s tax group that this part of a discount falls to.';

-- As before (0052): no layer is overdrawn, and the pools of a payment that hold money hold at most what it is.
create or replace function cash.refuse_overdrawn() returns trigger language plpgsql
set enable_seqscan = off as $$
declare
  off record;
begin
  select a.payment_id, held.pool, held.layer, held.held into off
  from (select distinct payment_id from added) a
  cross join lateral (
    select s.pool, s.layer, sum(s.amount) as held from cash.share s
    where s.payment_id = a.payment_id group by s.pool, s.invoice_id, s.tax_code, s.tax_rate, s.layer having sum(s.amount) < 0 offset 0) held
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
    select p.id, p.amount, (
      select sum(s.amount) from cash.share s where s.payment_id = p.id and s.pool in ('unapplied', 'invoice', 'recovered', 'kept')) as held
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

create function cash.minor_units(currency text) returns int language sql immutable parallel safe as $$
  select case
    when currency in ('BIF', 'CLP', 'DJF', 'GNF', 'ISK', 'JPY', 'KMF', 'KRW', 'PYG', 'RWF', 'UGX', 'UYI', 'VND', 'VUV', 'XAF', 'XOF', 'XPF') then 0
    when currency in ('BHD', 'IQD', 'JOD', 'KWD', 'LYD', 'OMR', 'TND') then 3
    when currency in ('CLF', 'UYW') then 4 else 2 end
$$;

-- Nobody keeps more than the terms of the invoice allow, or later than they and the days of grace do; and no more goes to rounding than the legal
-- entity says. What takes something back, or wins a dispute, puts there what was there before.
create function cash.refuse_too_much_granted() returns trigger language plpgsql
set enable_seqscan = off as $$
declare
  off record;
begin
  if not exists (select from added where pool in ('kept', 'discount', 'discount-tax', 'short') and amount > 0) then return null; end if;
  select i.number, p.received_on, i.discount_until into off
  from (select distinct invoice_id, payment_id, movement_id from added where pool in ('discount', 'discount-tax') and amount > 0) a
  join cash.movement m on m.id = a.movement_id and m.kind in ('receipt', 'application')
  join invoicing.invoice i on i.id = a.invoice_id
  join cash.payment p on p.id = a.payment_id
  where i.discount_until is null or p.received_on > i.discount_until + coalesce((
    select r.grace_days from cash.payment_rules r where r.legal_entity_id = i.legal_entity_id order by r.version desc limit 1), 0) limit 1;
  if found then
    raise exception 'The discount of % was until %, and the money came on %.', off.number, off.discount_until, off.received_on
      using errcode = 'check_violation', constraint = 'discount_within_its_days';
  end if;
  select i.number, taken.amount, most.amount as most into off
  from (
    select distinct added.invoice_id from added join cash.movement m on m.id = added.movement_id and m.kind in ('receipt', 'application')
    where added.pool in ('discount', 'discount-tax') and added.amount > 0) a
  join invoicing.invoice i on i.id = a.invoice_id
  join invoicing.open_amount o on o.id = i.id
  cross join lateral (
    select sum(s.amount) as amount from cash.share s where s.invoice_id = i.id and s.pool in ('discount', 'discount-tax')) taken
  cross join lateral (
    select round((o.total + o.corrected) * i.discount_percent / 100, cash.minor_units(i.currency)) as amount) most
  where taken.amount > most.amount limit 1;
  if found then
    raise exception 'Of % % would be kept as a discount, and its terms allow %.', off.number, off.amount, off.most
      using errcode = 'check_violation', constraint = 'discount_within_its_terms';
  end if;
  select p.reference, a.amount into off
  from (
    select added.payment_id, added.movement_id, sum(added.amount) as amount from added
    join cash.movement m on m.id = added.movement_id and m.kind in ('receipt', 'application')
    where added.pool in ('kept', 'short') and added.amount > 0 group by added.payment_id, added.movement_id) a
  join cash.payment p on p.id = a.payment_id
  where a.amount > coalesce((
    select t.amount from cash.tolerance t
    where t.legal_entity_id = p.legal_entity_id and t.currency = p.currency
      and t.version = (select max(r.version) from cash.payment_rules r where r.legal_entity_id = p.legal_entity_id)), 0) limit 1;
  if found then
    raise exception 'Payment % differs from its invoice by %, which is more than may go to rounding.', off.reference, off.amount
      using errcode = 'check_violation', constraint = 'difference_within_tolerance';
  end if;
  return null;
end $$;
create trigger not_too_much_granted after insert on cash.share
  referencing new table as added for each statement execute function cash.refuse_too_much_granted();

-- What was granted beside the money of a payment stands in the entry as such: a discount on its account, the tax in it on tax, a small difference on
-- rounding.
create function cash.refuse_granted_elsewhere() returns trigger language plpgsql
set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off as $$
declare
  off record;
begin
  if not exists (select from added a where a.document_kind not in ('invoice', 'credit-memo')) then return null; end if;
  select a.business_key into off
  from added a
  cross join lateral (
    select m.id, m.kind from cash.movement m where m.entry_id = a.document_id and m.payment_id is not null offset 0) m
  cross join lateral (
    select coalesce(sum(l.amount) filter (where l.account = 'early-payment-discount'), 0) as discount,
           coalesce(sum(l.amount) filter (where l.account = 'tax'), 0) as tax, coalesce(sum(l.amount) filter (where l.account = 'rounding'), 0) as rounding
    from ledger.journal_line l where l.entry_id = a.document_id offset 0) told
  cross join lateral (
    select coalesce(sum(s.amount) filter (where s.pool = 'discount'), 0) as discount,
           coalesce(sum(s.amount) filter (where s.pool = 'discount-tax'), 0) as tax,
           coalesce(sum(s.amount) filter (where s.pool = 'short'), 0) - coalesce(sum(s.amount) filter (where s.pool = 'kept'), 0) as rounding
    from cash.share s where s.movement_id = m.id offset 0) granted
  where (told.discount, told.tax) <> (granted.discount, granted.tax)
     -- What is charged back is disputed as a whole, whatever it was for.
     or (m.kind in ('receipt', 'application', 'release', 'refund') and told.rounding <> granted.rounding) limit 1;
  if found then
    raise exception 'What % grants beside money does not stand in its entry.', off.business_key
      using errcode = 'check_violation', constraint = 'entry_says_what_is_granted';
  end if;
  return null;
end $$;
create trigger refuse_granted_elsewhere after insert on posting.posting
  referencing new table as added for each statement execute function cash.refuse_granted_elsewhere();
