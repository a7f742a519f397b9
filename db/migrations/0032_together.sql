-- What a document is about went where it went: whatever follows it must go there, too, also when the routes changed while both waited.

create function posting.is_apart(document uuid, target text) returns boolean language sql stable as $$
  select not posting.targets_before(document) <@ array[target]
$$;
comment on function posting.is_apart is 'Whether something that this document is about went to another target.';

create or replace function posting.check_turn() returns trigger language plpgsql as $$
begin
  if posting.turn(new.document_id) <> 'free' then
    raise exception 'Document % cannot be sent before what it is about is posted.', old.business_key
      using errcode = 'check_violation', constraint = 'posting_after_its_invoice';
  end if;
  if posting.is_apart(new.document_id, new.target) then
    raise exception 'Document % cannot be sent to %: what it is about went elsewhere.', old.business_key, new.target
      using errcode = 'check_violation', constraint = 'posting_where_its_invoice_is';
  end if;
  return new;
end $$;
