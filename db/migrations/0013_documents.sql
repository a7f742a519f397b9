-- What a party prints on a document beside its name and country. All of it may be unknown; an electronic invoice needs some.

-- ISO 7064: the first four characters go to the end, letters count 10 to 35, and the whole leaves 1 when divided by 97.
-- The same rule as Tieout.Domain.Customers.Iban; the case keeps the cast away from what is no IBAN at all.
create function customers.iban_holds(iban text) returns boolean language sql immutable as $$
  select case when iban ~ '^[A-Z]{2}[0-9]{2}[A-Z0-9]{11,30}$' then (
    select string_agg(case when letter ~ '[0-9]' then letter else (ascii(letter) - 55)::text end, '' order by place)::numeric % 97 = 1
    from regexp_split_to_table(substr(iban, 5) || substr(iban, 1, 4), '') with ordinality as t (letter, place))
  else false end
$$;

alter table customers.legal_entity
  add street             text not null default '',
  add city               text not null default '',
  add postcode           text not null default '',
  add region             text not null default '',
  add vat_number         text not null default '' check (vat_number ~ '^([A-Z]{2}[A-Z0-9+*]{2,14})?$'),
  add registration       text not null default '',
  add email              text not null default '' check (email ~ '^([^@\s]+@[^@\s]+)?$'),
  add iban               text not null default '' check (iban = '' or customers.iban_holds(iban)),
  add bic                text not null default '' check (bic ~ '^([A-Z]{6}[A-Z0-9]{2}([A-Z0-9]{3})?)?$'),
  add bank_name          text not null default '',
  add electronic_address text not null default '',
  add electronic_scheme  text not null default '' check (electronic_scheme ~ '^([0-9]{4}|[A-Z]{2})?$'),
  add constraint legal_entity_address_has_scheme check ((electronic_address = '') = (electronic_scheme = ''));

alter table customers.customer
  add street             text not null default '',
  add city               text not null default '',
  add postcode           text not null default '',
  add region             text not null default '',
  add vat_number         text not null default '' check (vat_number ~ '^([A-Z]{2}[A-Z0-9+*]{2,14})?$'),
  add registration       text not null default '',
  add email              text not null default '' check (email ~ '^([^@\s]+@[^@\s]+)?$'),
  add electronic_address text not null default '',
  add electronic_scheme  text not null default '' check (electronic_scheme ~ '^([0-9]{4}|[A-Z]{2})?$'),
  add constraint customer_address_has_scheme check ((electronic_address = '') = (electronic_scheme = ''));

alter table customers.billing_account
  add purchase_order text not null default '',
  add invoice_note   text not null default '';
comment on column customers.billing_account.purchase_order is 'The customer''s order number, printed on every invoice of the account.';
comment on column customers.billing_account.invoice_note is 'Printed on every invoice of the account.';
