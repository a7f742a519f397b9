-- The step promised that the books refuse an unbalanced entry and any change.
do $$
declare
  entry uuid := '00000000-0000-0000-0000-000000000001';
begin
  begin
    insert into ledger.journal_line (entry_id, line_no, billing_account_id, legal_entity_id, month, account, currency, amount)
    values (entry, 1, entry, entry, '2026-01-01', 'receivable', 'USD', 10), (entry, 2, entry, entry, '2026-01-01', 'revenue', 'USD', -9);
    raise exception 'an unbalanced entry was taken';
  exception when check_violation then null;
  end;
  begin
    delete from ledger.journal_line;
    raise exception 'a booked line could be deleted';
  exception when restrict_violation then null;
  end;
end $$;
