-- Taxes asked of an engine before anything is billed, and what engines are told of credit memos and voids.

-- Which engine taxes a legal entity. Once it does, nothing of the entity is billed without it until somebody says so.
create table tax.engine_entity (
  legal_entity_id uuid primary key references customers.legal_entity,
  tenant          int  not null default 1 references tieout.tenant,
  engine          text not null check (engine <> ''),
  from_date       date not null,
  until_date      date check (until_date >= from_date),
  reason          text not null default '',
  changed_by      text not null check (changed_by <> ''),
  changed_at      timestamptz not null,
  constraint engine_entity_released_with_reason check (until_date is null or reason <> '')
);
comment on column tax.engine_entity.until_date is 'Documents of this day and later are taxed by our own table again.';

create table tax.quote_line (
  quote_id           uuid not null,
  line_no            int  not null check (line_no > 0),
  tenant             int  not null default 1,
  billing_account_id uuid not null,
  subscription_id    uuid not null,
  component          text not null,
  part_start         date not null,
  detail             text not null,
  amount             numeric(19,4) not null,
  category           text not null check (category <> ''),
  tax                numeric(19,4) not null,
  parts              jsonb not null check (jsonb_typeof(parts) = 'array'),
  primary key (quote_id, line_no),
  constraint quote_line_once unique (quote_id, subscription_id, component, part_start, detail),
  constraint quote_line_taxed_by_somebody check (tax = 0 or jsonb_array_length(parts) > 0)
);
comment on column tax.quote_line.parts is 'By jurisdiction: name, kind, country, region, rate, base and tax.';

create table tax.quote (
  id                 uuid primary key,
  tenant             int  not null default 1,
  billing_account_id uuid not null references customers.billing_account,
  legal_entity_id    uuid not null references customers.legal_entity,
  engine             text not null check (engine <> ''),
  fingerprint        text not null check (fingerprint ~ '^[0-9a-f]{64}$'),
  content            text not null check (content <> ''),
  issue_date         date not null,
  currency           text not null,
  lines              int  not null check (lines > 0),
  net                numeric(19,4) not null,
  tax                numeric(19,4) not null,
  asked_at           timestamptz not null,
  answered_at        timestamptz not null check (answered_at >= asked_at),
  -- What was answered for the same question is not asked for again.
  constraint quote_once unique (tenant, fingerprint)
);
create index quote_account on tax.quote (billing_account_id, issue_date);
comment on column tax.quote.content is 'What the fingerprint is of: engine, account, date, places, and every line.';
comment on column tax.quote.id is 'Also the batch of posting.exchange under which question and answer are kept byte for byte.';

-- The quote comes last in its transaction and seals its lines.
create function tax.refuse_incomplete_quote() returns trigger language plpgsql as $$
declare
  off record;
begin
  select q.id, q.net, q.tax, l.net as lines_net, l.tax as lines_tax into off
  from added q
  left join lateral (
    select sum(line.amount) as net, sum(line.tax) as tax, count(*) as lines from tax.quote_line line
    where line.quote_id = q.id and line.billing_account_id = q.billing_account_id) l on true
  where l.net is distinct from q.net or l.tax is distinct from q.tax or l.lines is distinct from q.lines
  limit 1;
  if found then
    raise exception 'Quote % says % and tax %; its lines say % and %.', off.id, off.net, off.tax, off.lines_net, off.lines_tax
      using errcode = 'check_violation', constraint = 'quote_equals_its_lines';
  end if;
  return null;
end $$;
create trigger equals_its_lines after insert on tax.quote
  referencing new table as added for each statement execute function tax.refuse_incomplete_quote();

create function tax.refuse_late_quote_line() returns trigger language plpgsql as $$
begin
  if exists (select from added join tax.quote on quote.id = added.quote_id) then
    raise exception 'A quote that is kept takes no more lines.' using errcode = 'check_violation', constraint = 'quote_is_sealed';
  end if;
  return null;
end $$;
create trigger sealed after insert on tax.quote_line
  referencing new table as added for each statement execute function tax.refuse_late_quote_line();
create trigger booked_is_booked before update or delete or truncate on tax.quote_line for each statement execute function tieout.refuse_change();
create trigger booked_is_booked before update or delete or truncate on tax.quote for each statement execute function tieout.refuse_change();

-- The quote that an invoice was taxed by.
create table tax.quoted_invoice (
  invoice_id         uuid not null,
  billing_account_id uuid not null,
  tenant             int  not null default 1,
  quote_id           uuid not null references tax.quote,
  primary key (invoice_id, billing_account_id)
);

-- What is billed for the first time carries exactly the tax that was quoted for it.
create function tax.refuse_other_than_quoted() returns trigger language plpgsql as $$
declare
  off record;
begin
  select i.number, said.net, said.tax, has.base as has_net, has.tax as has_tax into off
  from added q
  join invoicing.invoice i on i.id = q.invoice_id and i.billing_account_id = q.billing_account_id
  left join lateral (
    select sum(quoted.amount) as net, sum(quoted.tax) as tax
    from invoicing.invoice_line line
    join tax.quote_line quoted on quoted.quote_id = q.quote_id and quoted.subscription_id = line.subscription_id
      and quoted.component = line.component and quoted.part_start = line.part_start and quoted.detail = line.detail
    where line.billing_account_id = i.billing_account_id and line.month = i.month and line.invoice_id = i.id
      and line.origin_invoice_id = i.id) said on true
  left join lateral (
    select sum(base) as base, sum(tax) as tax from invoicing.invoice_tax where invoice_id = i.id and about_invoice_id = i.id) has on true
  where said.net is distinct from has.base or said.tax is distinct from has.tax
  limit 1;
  if found then
    raise exception 'Invoice % bills % with tax %; % with tax % was quoted.', off.number, off.has_net, off.has_tax, off.net, off.tax
      using errcode = 'check_violation', constraint = 'invoice_as_quoted';
  end if;
  return null;
end $$;
create trigger as_quoted after insert on tax.quoted_invoice
  referencing new table as added for each statement execute function tax.refuse_other_than_quoted();
create trigger booked_is_booked before update or delete or truncate on tax.quoted_invoice for each statement execute function tieout.refuse_change();

-- Credit memos are told after the invoices they correct; one that takes an invoice back voids it there.
alter table tax.commitment
  add column operation text not null default 'commit' check (operation in ('commit', 'void')),
  add column voids uuid,
  add column corrects boolean not null default false,
  add constraint commitment_void_of_what check ((operation = 'void') = (voids is not null)),
  add constraint commitment_void_corrects check (operation = 'commit' or corrects);
comment on column tax.commitment.voids is 'The invoice that is taken back in the engine, instead of a document of its own.';
comment on column tax.commitment.corrects is 'It has to wait for the invoices it corrects.';

-- A taken back invoice is taken back once.
create unique index commitment_voided_once on tax.commitment (voids) where voids is not null;

-- Whether the engine keeps all that a document corrects, as far as it is told of it.
create function tax.turn(document uuid) returns boolean language sql stable as $$
  select coalesce(bool_and(before.state = 'committed'), true)
  from invoicing.invoice_tax tax
  join tax.commitment before on before.invoice_id = tax.about_invoice_id
  where tax.invoice_id = document and tax.about_invoice_id <> tax.invoice_id
$$;
create function tax.check_turn() returns trigger language plpgsql as $$
begin
  if not tax.turn(new.invoice_id) then
    raise exception '% cannot be told before the invoice it corrects.', old.number
      using errcode = 'check_violation', constraint = 'commitment_after_its_invoice';
  end if;
  return new;
end $$;
create trigger check_turn before update on tax.commitment
  for each row when (new.corrects and new.state = 'sending' and old.state <> 'sending') execute function tax.check_turn();
update tax.commitment c set corrects = true
where c.state <> 'committed' and exists (
  select from invoicing.invoice_tax t where t.invoice_id = c.invoice_id and t.about_invoice_id <> t.invoice_id);
