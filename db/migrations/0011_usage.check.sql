-- The step promised that the ledger refuses an unbalanced batch, an event twice, and any change.
do $$
begin
  begin
    insert into usage.batch (via, received, accepted, duplicate, refused, received_at) values ('http', 3, 1, 1, 0, now());
    raise exception 'a batch that loses an event was taken';
  exception when check_violation then null;
  end;
  begin
    delete from usage.event;
    raise exception 'an event could be deleted';
  exception when restrict_violation then null;
  end;
  begin
    update usage.meter set aggregation = 'max';
    raise exception 'a meter could change its meaning';
  exception when restrict_violation then null;
  end;
end $$;
