-- What the screens look for, and the way back for a posting that was parked before it ever had a route.

create index on invoicing.invoice (legal_entity_id, month, id);
create index on posting.posting (erp_id) where erp_id is not null;
create index posting_cancelled on posting.posting (legal_entity_id, id) where state = 'cancelled';
create index on customers.customer (correlation_id);
create index on customers.cross_reference (external_id);
-- Lines come in by month, so a few blocks tell where a month lies; it costs nothing while they are copied in.
create index on ledger.journal_line using brin (month);

-- A posting parked while staged is replayed to staged: its route and its customer are checked again.
create or replace function posting.move_allowed(from_state text, to_state text) returns boolean language sql immutable as $$
  select (from_state, to_state) in (
    ('staged', 'ready'), ('staged', 'parked'), ('staged', 'cancelled'),
    ('ready', 'sending'), ('ready', 'parked'), ('ready', 'cancelled'),
    ('sending', 'posted'), ('sending', 'in-doubt'), ('sending', 'parked'), ('sending', 'ready'),
    ('in-doubt', 'posted'), ('in-doubt', 'ready'), ('in-doubt', 'parked'),
    ('parked', 'ready'), ('parked', 'staged'), ('parked', 'cancelled'))
$$;
