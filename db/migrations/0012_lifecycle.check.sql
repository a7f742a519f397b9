-- The step promised that every component has its days, and that amendments are never changed.
do $$
begin
  assert not exists (select from subscriptions.component where from_date is null), 'a component without its first day';
  begin
    delete from subscriptions.amendment;
    raise exception 'an amendment could be deleted';
  exception when restrict_violation then null;
  end;
end $$;
