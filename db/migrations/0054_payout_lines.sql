-- A line of a bank statement may be the payout of a payment gateway: it is nobody's payment, and confirms the entry that is booked already.

alter table cash.proposal
  alter column billing_account_id drop not null,
  add column payout uuid,
  add constraint proposal_of_a_customer_or_a_payout check ((billing_account_id is null) = (payout is not null));
comment on column cash.proposal.payout is 'The entry of the payout that the line confirms.';

-- Each entry is told by one line, be it the payment that the line is or the payout that it confirms.
create unique index bank_line_entry on cash.bank_line (tenant, entry_number) where entry_number <> '';
