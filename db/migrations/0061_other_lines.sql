-- Lines of statements that are no customer's: what the bank keeps or pays, transfers between our own accounts, other income and expense, and refunds
-- that went out by transfer.

alter table ledger.journal_line
  drop constraint journal_line_account_check,
  add constraint journal_line_account_check check (account in (
    'receivable', 'revenue', 'deferred-revenue', 'prepaid-credit', 'contract-asset', 'unbilled-receivable', 'tax', 'bad-debt', 'cash-clearing',
    'cash-transfer', 'gateway-clearing', 'currency-exchange', 'bank-fees', 'interest-income', 'interest-expense', 'other-income', 'other-expense',
    'disputed-receivable', 'unapplied-cash', 'fx-gain-loss', 'revaluation', 'fx-unrealised', 'rounding')
    or account ~ '^cash-clearing\.[a-z0-9][a-z0-9-]{0,19}$') not valid;

alter table ledger.revaluation
  drop constraint revaluation_account_check,
  add constraint revaluation_account_check check (
    account in ('cash-clearing', 'cash-transfer', 'gateway-clearing', 'receivable', 'disputed-receivable', 'unapplied-cash')
    or account like 'cash-clearing.%');

-- A proposal may be a refund that is booked already, or an account of the ledger.
alter table cash.proposal
  add column refund uuid,
  add column ledger_account text,
  drop constraint proposal_of_a_customer_or_a_payout,
  add constraint proposal_of_a_customer_or_of_none check ((billing_account_id is null) = (payout is not null or ledger_account is not null)),
  add constraint proposal_of_one_thing check (num_nonnulls(takes_back, payout, refund, ledger_account) <= 1);
comment on column cash.proposal.refund is 'The entry of the refund that the line confirms.';

create index movement_refunds on cash.movement (amount) where kind = 'refund';
