-- What the ERPs really hold, compared with the subledger.

create schema reconciliation;

create table reconciliation.held_document (
  run_id     uuid not null references runs.run,
  target     text not null,
  row_no     bigint not null,
  business_key text not null,
  number     text not null,
  customer   text not null,
  currency   text not null,
  net        numeric(19,4) not null,
  tax        numeric(19,4) not null,
  total      numeric(19,4) not null,
  month      date not null,
  primary key (run_id, target, row_no)
);
create index on reconciliation.held_document (run_id, business_key);
comment on table reconciliation.held_document is 'Read back from the ERP in one run, as it stood there; not unique by key, for a duplicate must be seen.';

create table reconciliation.result (
  run_id             uuid not null references runs.run,
  legal_entity_id    uuid not null,
  currency           text not null,
  month              date not null,
  tenant             int  not null default 1,
  target             text not null,
  verdict            text not null check (verdict in ('incomplete', 'breaks', 'reconciled-with-warnings', 'reconciled')),
  our_documents      bigint not null,
  our_net            numeric(19,4) not null,
  our_tax            numeric(19,4) not null,
  our_total          numeric(19,4) not null,
  their_documents    bigint not null,
  their_net          numeric(19,4) not null,
  their_tax          numeric(19,4) not null,
  their_total        numeric(19,4) not null,
  unproven           bigint not null,
  read_back_complete boolean not null,
  problem            text not null default '',
  compared_at        timestamptz not null,
  primary key (run_id, legal_entity_id, currency),
  -- Incomplete is never green.
  constraint result_incomplete_is_not_green check (verdict = 'incomplete' or (unproven = 0 and read_back_complete))
);

create table reconciliation.account_result (
  run_id          uuid not null references runs.run,
  legal_entity_id uuid not null,
  currency        text not null,
  account         text not null,
  erp_account     text not null,
  ours            numeric(19,4) not null,
  theirs          numeric(19,4) not null,
  movement        numeric(19,4),
  primary key (run_id, legal_entity_id, currency, account)
);
comment on column reconciliation.account_result.theirs is 'What our documents moved on the ERP''s account.';
comment on column reconciliation.account_result.movement is 'What everything in the month moved on it; null when the ERP was not asked.';

create table reconciliation.difference (
  run_id          uuid not null references runs.run,
  no              int  not null,
  legal_entity_id uuid not null,
  category        text not null check (category in
    ('missing', 'duplicate', 'unexpected', 'customer', 'currency', 'amount', 'tax', 'period', 'account', 'balance')),
  business_key    text not null,
  erp_number      text not null,
  cause           text not null,
  currency        text not null,
  amount          numeric(19,4) not null,
  primary key (run_id, no)
);
comment on table reconciliation.difference is 'The breaks of a run.';
create index on reconciliation.difference (business_key);
