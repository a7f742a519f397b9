-- Prepaid credit that was sold lies in the books: what its invoice line asks for is a liability of its own, and what is drawn of the credit
-- or lapses makes the paid share of it revenue. Grants from before, and grants that nobody paid for, book nothing: they have no purchase.

-- Whatever stood before has none of the new words.
alter table invoicing.invoice_line
  drop constraint invoice_line_recognition_check,
  add constraint invoice_line_recognition_check check (recognition in ('immediate', 'deferred', 'prepaid')) not valid;
alter table invoicing.one_off_charge
  drop constraint one_off_charge_recognition_check,
  add constraint one_off_charge_recognition_check check (recognition in ('immediate', 'deferred', 'prepaid')) not valid;
alter table ledger.journal_line
  drop constraint journal_line_account_check,
  add constraint journal_line_account_check check (account in (
    'receivable', 'revenue', 'deferred-revenue', 'prepaid-credit', 'contract-asset', 'unbilled-receivable', 'tax', 'bad-debt', 'cash-clearing',
    'gateway-clearing', 'bank-fees', 'disputed-receivable', 'unapplied-cash', 'fx-gain-loss', 'revaluation', 'fx-unrealised', 'rounding')) not valid;

-- What a grant was sold for: the charge that bills it.
create table credits.purchase (
  billing_account_id uuid not null,
  grant_id           uuid not null,
  tenant             int  not null default 1 references tieout.tenant,
  charge_id          uuid not null,
  price              numeric(19,4) not null check (price > 0),
  primary key (billing_account_id, grant_id),
  constraint purchase_charged_once unique (billing_account_id, charge_id),
  foreign key (billing_account_id, grant_id) references credits.grant,
  foreign key (billing_account_id, charge_id) references invoicing.one_off_charge
);
comment on table credits.purchase is 'Grants that are in the books. What carries on the rest of one is in them with it.';
create trigger booked_is_booked before update or delete or truncate on credits.purchase for each statement execute function tieout.refuse_change();

create function credits.refuse_strange_purchase() returns trigger language plpgsql as $$
begin
  if not exists (
       select from invoicing.one_off_charge c join credits.grant g on g.billing_account_id = c.billing_account_id and g.id = new.grant_id
       where c.billing_account_id = new.billing_account_id and c.id = new.charge_id and c.recognition = 'prepaid' and g.rolled_from is null
         and c.unit_price * c.quantity = new.price) then
    raise exception 'Charge % does not sell grant % for %.', new.charge_id, new.grant_id, new.price
      using errcode = 'check_violation', constraint = 'purchase_is_of_its_charge';
  end if;
  return null;
end $$;
create trigger of_its_charge after insert on credits.purchase for each row execute function credits.refuse_strange_purchase();

-- What is charged for credit is of a grant: nothing else would ever take it out of the liability.
create function credits.refuse_unsold_charge() returns trigger language plpgsql as $$
begin
  if not exists (select from credits.purchase p where p.billing_account_id = new.billing_account_id and p.charge_id = new.id) then
    raise exception 'Charge % is for prepaid credit and sells no grant.', new.id
      using errcode = 'check_violation', constraint = 'prepaid_charge_sells_a_grant';
  end if;
  return null;
end $$;
create constraint trigger sells_a_grant after insert on invoicing.one_off_charge deferrable initially deferred
  for each row when (new.recognition = 'prepaid') execute function credits.refuse_unsold_charge();

-- What a revenue run took out of the liability in one month of a legal entity, in one currency. It comes last and seals its rows.
create sequence revenue.prepaid_id as int;
create table revenue.prepaid (
  id              int  primary key,
  tenant          int  not null default 1,
  legal_entity_id uuid not null references customers.legal_entity,
  currency        text not null,
  month           date not null check (extract(day from month) = 1),
  lines           bigint not null check (lines > 0),
  drawn           numeric(28,4) not null,
  lapsed          numeric(28,4) not null,
  run_id          uuid not null,
  created_at      timestamptz not null
);
create index on revenue.prepaid (legal_entity_id, currency, month);
comment on column revenue.prepaid.drawn is 'The paid share of what charges drew; below zero for what was given back.';

create table revenue.prepaid_line (
  prepaid            int  not null,
  no                 int  not null check (no > 0),
  tenant             int  not null default 1,
  billing_account_id uuid not null,
  grant_id           uuid not null,
  use                text not null check (use in ('drawn', 'lapsed')),
  used_in            date not null check (extract(day from used_in) = 1),
  subscription_id    uuid,
  component          text not null,
  amount             numeric(19,4) not null,
  functional         numeric(19,4),
  primary key (prepaid, no),
  foreign key (billing_account_id, grant_id) references credits.purchase,
  constraint prepaid_line_of_something check (amount <> 0 or functional <> 0),
  constraint prepaid_line_says_what_for check ((use = 'drawn') = (subscription_id is not null) and (use = 'drawn') = (component <> ''))
);
create index on revenue.prepaid_line (billing_account_id, grant_id);
comment on column revenue.prepaid_line.grant_id is 'The grant that was sold; what carries on its rest is told under it.';
comment on column revenue.prepaid_line.used_in is 'The month whose days drew it, or in which it lapsed; closed perhaps.';

create table revenue.prepaid_entry (
  prepaid  int  not null,
  no       int  not null check (no > 0),
  tenant   int  not null default 1,
  entry_id uuid not null,
  primary key (prepaid, no),
  constraint prepaid_entry_once unique (entry_id)
);

create table revenue.prepaid_part (
  prepaid    int  not null,
  no         int  not null check (no > 0),
  tenant     int  not null default 1,
  use        text not null check (use in ('drawn', 'lapsed')),
  used_in    date not null,
  plan       text,
  component  text,
  region     text,
  country    text,
  customer   text,
  account    text,
  about      text,
  lines      bigint not null check (lines > 0),
  amount     numeric(28,4) not null,
  functional numeric(28,4),
  entry_no   int not null,
  line_no    int not null check (line_no % 2 = 1),
  primary key (prepaid, no),
  constraint prepaid_part_of_entry unique (prepaid, entry_no, line_no)
);
comment on table revenue.prepaid_part is
  'One debit of prepaid credit and the credit of revenue behind it. A field that it is not split by is null.';

create table revenue.prepaid_part_line (
  prepaid int not null,
  no      int not null,
  tenant  int not null default 1,
  part    int not null,
  primary key (prepaid, no)
);

create trigger booked_is_booked before update or delete or truncate on revenue.prepaid for each statement execute function tieout.refuse_change();
create trigger booked_is_booked before update or delete or truncate on revenue.prepaid_line for each statement execute function tieout.refuse_change();
create trigger booked_is_booked before update or delete or truncate on revenue.prepaid_entry for each statement execute function tieout.refuse_change();
create trigger booked_is_booked before update or delete or truncate on revenue.prepaid_part for each statement execute function tieout.refuse_change();
create trigger booked_is_booked before update or delete or truncate on revenue.prepaid_part_line for each statement execute function tieout.refuse_change();

create function revenue.refuse_into_sealed_prepaid() returns trigger language plpgsql as $$
declare
  off int;
begin
  select p.id into off from (select distinct prepaid from added) a join revenue.prepaid p on p.id = a.prepaid limit 1;
  if found then
    raise exception 'Release % of prepaid credit is sealed; nothing is added to it.', off using errcode = 'check_violation', constraint = 'prepaid_is_sealed';
  end if;
  return null;
end $$;
create trigger sealed after insert on revenue.prepaid_line
  referencing new table as added for each statement execute function revenue.refuse_into_sealed_prepaid();
create trigger sealed after insert on revenue.prepaid_entry
  referencing new table as added for each statement execute function revenue.refuse_into_sealed_prepaid();
create trigger sealed after insert on revenue.prepaid_part
  referencing new table as added for each statement execute function revenue.refuse_into_sealed_prepaid();
create trigger sealed after insert on revenue.prepaid_part_line
  referencing new table as added for each statement execute function revenue.refuse_into_sealed_prepaid();

-- What invoices asked for a grant and credit memos did not give back, up to a month of the books.
create function revenue.paid_for_grant(account uuid, granted uuid, until date) returns numeric language sql stable as $$
  select coalesce(sum(l.amount), 0)
  from credits.purchase p
  join invoicing.one_off_charge c on c.billing_account_id = p.billing_account_id and c.id = p.charge_id
  join invoicing.invoice_line l on l.billing_account_id = p.billing_account_id and l.component = 'one-off' and l.part_start = c.charge_on
    and l.subscription_id = coalesce(c.subscription_id, '00000000-0000-0000-0000-000000000000') and l.detail = replace(c.id::text, '-', '')
  where p.billing_account_id = account and p.grant_id = granted and l.month <= until
$$;

-- It is the sum of its lines, of accounts of its legal entity and currency; no grant gives more than was paid for it, nor less than nothing;
-- its parts are its lines, and its entries its parts.
create function revenue.refuse_strange_prepaid() returns trigger language plpgsql set enable_seqscan = off as $$
declare
  sealing record;
  held record;
begin
  for sealing in select * from added loop
    select count(*) as lines, coalesce(sum(amount) filter (where use = 'drawn'), 0) as drawn,
           coalesce(sum(amount) filter (where use = 'lapsed'), 0) as lapsed into held
    from revenue.prepaid_line where prepaid = sealing.id;
    if (held.lines, held.drawn, held.lapsed) is distinct from (sealing.lines, sealing.drawn, sealing.lapsed) then
      raise exception 'Release % of prepaid credit is not the sum of its lines.', sealing.id
        using errcode = 'check_violation', constraint = 'prepaid_equals_its_lines';
    end if;
    if exists (
         select from revenue.prepaid_line l left join customers.billing_account a on a.id = l.billing_account_id
         where l.prepaid = sealing.id and ((a.legal_entity_id, a.currency) is distinct from (sealing.legal_entity_id, sealing.currency))) then
      raise exception 'A line of release % of prepaid credit is of other books.', sealing.id
        using errcode = 'check_violation', constraint = 'prepaid_of_its_books';
    end if;
    select told.grant_id, told.amount into held
    from (select l.billing_account_id, l.grant_id, sum(l.amount) as amount
          from revenue.prepaid_line l join revenue.prepaid p on p.id = l.prepaid and p.month <= sealing.month
          where (l.billing_account_id, l.grant_id) in (select o.billing_account_id, o.grant_id from revenue.prepaid_line o where o.prepaid = sealing.id)
          group by l.billing_account_id, l.grant_id) told
    where told.amount < 0 or told.amount > revenue.paid_for_grant(told.billing_account_id, told.grant_id, sealing.month) limit 1;
    if found then
      raise exception 'Release % of prepaid credit would take % out of what was paid for grant %.', sealing.id, held.amount, held.grant_id
        using errcode = 'check_violation', constraint = 'prepaid_within_paid';
    end if;
    perform revenue.refuse_strange_prepaid_parts(sealing.id, sealing.lines);
    perform revenue.refuse_strange_prepaid_entries(sealing.id, sealing.legal_entity_id, sealing.currency, sealing.month);
  end loop;
  return null;
end $$;
create trigger seal after insert on revenue.prepaid
  referencing new table as added for each statement execute function revenue.refuse_strange_prepaid();

create function revenue.refuse_strange_prepaid_parts(sealing int, lines_in_all bigint) returns void language plpgsql set enable_seqscan = off as $$
begin
  if exists (
       select from (
         select p.part, l.use, l.used_in, count(*) as lines, sum(l.amount) as amount, sum(l.functional) as functional
         from revenue.prepaid_part_line p join revenue.prepaid_line l on l.prepaid = p.prepaid and l.no = p.no
         where p.prepaid = sealing group by p.part, l.use, l.used_in) held
       full join (select no as part, use, used_in, lines, amount, functional from revenue.prepaid_part where prepaid = sealing) told
         using (part, use, used_in)
       where (held.lines, held.amount, held.functional) is distinct from (told.lines, told.amount, told.functional))
     or (select coalesce(sum(lines), 0) from revenue.prepaid_part where prepaid = sealing) <> lines_in_all then
    raise exception 'The parts of release % of prepaid credit are not its lines.', sealing
      using errcode = 'check_violation', constraint = 'prepaid_parts_equal_their_lines';
  end if;
end $$;

create function revenue.refuse_strange_prepaid_entries(sealing int, entity uuid, of_currency text, of_month date) returns void
  language plpgsql set enable_seqscan = off as $$
begin
  if exists (
       select from revenue.prepaid_part p
       left join revenue.prepaid_entry e on e.prepaid = p.prepaid and e.no = p.entry_no
       left join ledger.journal_line debit on debit.entry_id = e.entry_id and debit.line_no = p.line_no and debit.account = 'prepaid-credit'
       left join ledger.journal_line credit on credit.entry_id = e.entry_id and credit.line_no = p.line_no + 1 and credit.account = 'revenue'
       where p.prepaid = sealing
         and ((debit.amount, debit.functional, debit.currency) is distinct from (p.amount::numeric, p.functional::numeric, of_currency)
           or (credit.amount, credit.functional, credit.currency) is distinct from (-p.amount, -p.functional, of_currency)))
     or (select count(*) from revenue.prepaid_entry e join ledger.journal_line l on l.entry_id = e.entry_id where e.prepaid = sealing)
       <> 2 * (select count(*) from revenue.prepaid_part where prepaid = sealing)
     or exists (
       select from revenue.prepaid_entry e left join ledger.journal_entry entry on entry.id = e.entry_id
       where e.prepaid = sealing
         and ((entry.legal_entity_id, entry.source_kind, entry.month) is distinct from (entity, 'revenue-journal'::text, of_month))) then
    raise exception 'The entries of release % of prepaid credit are not its parts.', sealing
      using errcode = 'check_violation', constraint = 'prepaid_is_in_the_ledger';
  end if;
end $$;

create or replace function revenue.refuse_reversal() returns trigger language plpgsql as $$
begin
  if exists (select from added a join revenue.booking_entry b on b.entry_id = a.reverses)
     or exists (select from added a join revenue.unbilled u on u.entry_id = a.reverses)
     or exists (select from added a join revenue.prepaid_entry p on p.entry_id = a.reverses) then
    raise exception 'What a revenue run booked follows its schedules and is not taken back.'
      using errcode = 'check_violation', constraint = 'booking_is_not_reversed';
  end if;
  return null;
end $$;
