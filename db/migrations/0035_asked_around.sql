-- What books restored from a backup ask for in every ERP stays in doubt when a person replays it: one of them holds something under its
-- key, and until that one says that it has nothing, the document goes nowhere.

create or replace function posting.move_allowed(from_state text, to_state text) returns boolean language sql immutable as $$
  select (from_state, to_state) in (
    ('staged', 'ready'), ('staged', 'parked'), ('staged', 'cancelled'),
    ('ready', 'sending'), ('ready', 'in-doubt'), ('ready', 'parked'), ('ready', 'cancelled'),
    ('sending', 'posted'), ('sending', 'in-doubt'), ('sending', 'parked'), ('sending', 'ready'),
    ('in-doubt', 'posted'), ('in-doubt', 'ready'), ('in-doubt', 'parked'),
    ('parked', 'ready'), ('parked', 'staged'), ('parked', 'in-doubt'), ('parked', 'cancelled'))
$$;

alter table posting.posting add constraint posting_asked_around
  check (ask_also is null or state in ('in-doubt', 'parked', 'posted', 'cancelled'));
