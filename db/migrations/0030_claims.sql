-- A claim is one row, however many postings are under it: a request renews that row, and not each of them. And a posting goes to sending
-- and back within its own page, touching no index.

create table posting.claim (
  id        uuid primary key,
  tenant    int  not null default 1,
  target    text not null,
  kind      text not null check (kind in ('send', 'look-up')),
  node      int  not null,
  postings  uuid[] not null check (cardinality(postings) > 0),
  remaining int  not null check (remaining > 0 and remaining <= cardinality(postings)),
  until     timestamptz not null,
  sent_at   timestamptz
) with (fillfactor = 50, autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 2000, autovacuum_analyze_scale_factor = 0.5);
comment on table posting.claim is 'What one worker has in hand for one call: a lease. Gone once nothing is under it any more.';
comment on column posting.claim.remaining is 'How many of its postings are still under it; kept by posting.count_claimed. Of a batch taken in part nothing is sent.';
comment on column posting.claim.sent_at is 'When the last request was put on record; the postings have it once the claim ends.';

-- Ids do not pack.
alter table posting.claim alter column postings set storage external;
-- What is in somebody's hands now.
insert into posting.claim (id, tenant, target, kind, node, postings, remaining, until, sent_at)
select claim, min(tenant), min(target), case when bool_or(state = 'sending') then 'send' else 'look-up' end, coalesce(min(claimed_by), 0),
       array_agg(id order by id), count(*), coalesce(max(claimed_until), max(changed_at)), max(sent_at) filter (where state = 'sending')
from posting.posting where claim is not null group by claim;

drop index posting.posting_lane, posting.posting_claim, posting.posting_turns, posting.posting_waiting, posting.posting_unrouted,
  posting.posting_routed_before, posting.posting_waiting_turn, posting.posting_months, posting.posting_parked, posting.posting_cancelled,
  posting.posting_stopped;
alter table posting.posting
  drop column claimed_by, drop column claimed_until,
  -- What indexes go by.
  add column stage text not null generated always as (case when state in ('ready', 'sending') then 'open' else state end) stored;
comment on column posting.posting.stage is
  'The state for indexes, which must not name the state itself: ready and sending are both open, so that being claimed moves a row in no index.';
create index posting_turns on posting.posting (target, place, id) where stage = 'open';
create index posting_doubts on posting.posting (target, id) where stage = 'in-doubt';
create index posting_waiting on posting.posting (target, id) where stage = 'staged' and target is not null;
create index posting_unrouted on posting.posting (legal_entity_id, id) where stage = 'staged' and target is null;
create index posting_routed_before on posting.posting (routes, id) where stage = 'staged';
create index posting_waiting_turn on posting.posting (target, id) where stage = 'staged' and document_kind <> 'invoice';
create index posting_months on posting.posting (target, legal_entity_id, month, id) where stage = 'staged' and target is not null;
create index posting_parked on posting.posting (legal_entity_id, id) where stage = 'parked';
create index posting_cancelled on posting.posting (legal_entity_id, id) where stage = 'cancelled';
create index posting_stopped on posting.posting (id) where stage in ('parked', 'in-doubt', 'cancelled');
-- For lists. What is no invoice is rare; months come one after the other.
create index posting_kinds on posting.posting (document_kind, id) where document_kind <> 'invoice';
create index posting_month on posting.posting using brin (month) with (pages_per_range = 32, autosummarize = on);

-- Whoever takes postings away from a claim, by whatever means, makes the claim too small to be sent under.
create function posting.count_claimed() returns trigger language plpgsql as $$
begin
  if exists (select from before_it where claim is not null) then
    with taken as (
      select claim, sum(n)::int as n
      from (select claim, 1 as n from before_it where claim is not null union all select claim, -1 from after_it where claim is not null) both_sides
      group by claim having sum(n) > 0),
    ended as (delete from posting.claim c using taken where c.id = taken.claim and c.remaining <= taken.n)
    update posting.claim c set remaining = c.remaining - taken.n from taken where c.id = taken.claim and c.remaining > taken.n;
  end if;
  return null;
end $$;
create trigger count_claimed after update on posting.posting
  referencing old table as before_it new table as after_it for each statement execute function posting.count_claimed();

-- Requests and answers are kept whole: packing them costs less this way, where the server knows it.
do $$
begin
  alter table posting.exchange alter column request set compression lz4, alter column answer set compression lz4;
exception when feature_not_supported then null;
end $$;
