-- The step promised balances that are the sums of the lines, whatever stood before.
do $$
begin
  if exists (
       select from (
         select legal_entity_id, month, account, currency, debit - credit as amount, lines from ledger.turnover
         union all
         select legal_entity_id, month, account, currency, -amount, -lines from ledger.balance) both_sides
       group by legal_entity_id, month, account, currency having sum(amount) <> 0 or sum(lines) <> 0) then
    raise exception 'a balance differs from its lines';
  end if;
end $$;
