-- Books restored from a backup do not know what was posted since. What they call unsent is asked for in the ERP before it is sent.

-- Restore makes this table too, for a backup of an older schema: the mark must be there in the moment the rows are.
create table if not exists posting.restored (
  tenant int not null default 1,
  at     timestamptz not null default clock_timestamp(),
  primary key (tenant, at)
);
comment on table posting.restored is 'When these books were put back to an earlier state.';

-- Whether the ERP may have a document that these books call unsent: made before the restore, or made anew after it, which may
-- take a month's billing, and not sent or asked for since.
create function posting.may_be_posted(created_at timestamptz, sent_at timestamptz) returns boolean language sql stable as $$
  select exists (
    select from posting.restored
    where created_at < restored.at + interval '31 days' and (sent_at is null or sent_at < restored.at))
$$;

-- Into doubt without having been sent: only a look-up leads out.
create or replace function posting.move_allowed(from_state text, to_state text) returns boolean language sql immutable as $$
  select (from_state, to_state) in (
    ('staged', 'ready'), ('staged', 'parked'), ('staged', 'cancelled'),
    ('ready', 'sending'), ('ready', 'in-doubt'), ('ready', 'parked'), ('ready', 'cancelled'),
    ('sending', 'posted'), ('sending', 'in-doubt'), ('sending', 'parked'), ('sending', 'ready'),
    ('in-doubt', 'posted'), ('in-doubt', 'ready'), ('in-doubt', 'parked'),
    ('parked', 'ready'), ('parked', 'staged'), ('parked', 'cancelled'))
$$;

create or replace function posting.check_move() returns trigger language plpgsql as $$
begin
  if not posting.move_allowed(old.state, new.state) then
    raise exception 'Posting % cannot go from % to %.', old.business_key, old.state, new.state
      using errcode = 'check_violation', constraint = 'posting_move';
  end if;
  if new.state = 'sending' and posting.may_be_posted(old.created_at, old.sent_at) then
    raise exception 'Posting % may be in the ERP already: these books were restored, and it was not asked for since.', old.business_key
      using errcode = 'check_violation', constraint = 'posting_asked_after_restore';
  end if;
  return new;
end $$;
