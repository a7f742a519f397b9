-- Routes, account rules and value maps as versions: drafted, published, never changed afterwards; and what they chose for each posting.

create schema mapping;

create table mapping.version (
  id           uuid primary key,
  tenant       int  not null default 1 references tieout.tenant,
  kind         text not null check (kind in ('routes', 'account-rules', 'value-map')),
  target       text not null default '' check (length(target) <= 40),
  name         text not null default '' check (length(name) <= 40),
  number       int  not null check (number > 0),
  state        text not null check (state in ('draft', 'published')),
  content      jsonb not null check (jsonb_typeof(content) = 'object'),
  fingerprint  text not null check (fingerprint ~ '^[0-9a-f]{64}$'),
  note         text not null default '',
  actor        text not null check (actor <> ''),
  drafted_at   timestamptz not null,
  publication  bigint unique check (publication > 0),
  published_by text,
  published_at timestamptz,
  constraint version_numbered_once unique (tenant, kind, target, name, number),
  constraint version_subject check ((kind = 'routes') = (target = '') and (kind = 'value-map') = (name <> '')),
  constraint version_published_whole check (
    (state = 'published') = (published_by is not null and published_at is not null and publication is not null))
);
comment on column mapping.version.publication is 'Numbers the publications of all kinds: the highest says what is in force.';
comment on column mapping.version.fingerprint is 'SHA-256 of the content''s canonical text.';
create unique index version_one_draft on mapping.version (tenant, kind, target, name) where state = 'draft';

-- A draft may be written anew and is published once; what is published stays as it is, and numbers have no gaps.
create function mapping.check_version() returns trigger language plpgsql as $$
begin
  if tg_op = 'UPDATE' and old.state = 'published' then
    raise exception 'Version % of % is published and never changes.', old.number, old.kind
      using errcode = 'check_violation', constraint = 'version_published_stays';
  end if;
  if tg_op = 'UPDATE' and (old.id, old.tenant, old.kind, old.target, old.name, old.number)
      is distinct from (new.id, new.tenant, new.kind, new.target, new.name, new.number) then
    raise exception 'A version of % keeps its number.', old.kind using errcode = 'check_violation', constraint = 'version_keeps_number';
  end if;
  if tg_op = 'INSERT' and new.number <> 1 + coalesce((
      select max(number) from mapping.version v
      where v.tenant = new.tenant and v.kind = new.kind and v.target = new.target and v.name = new.name), 0) then
    raise exception 'Version % of % is not the next one.', new.number, new.kind using errcode = 'check_violation', constraint = 'version_next';
  end if;
  return new;
end $$;
create trigger check_version before insert or update on mapping.version for each row execute function mapping.check_version();
create trigger nothing_is_deleted before delete or truncate on mapping.version for each statement execute function tieout.refuse_change();

-- What a targets file said when it was last used, so that everybody can tell what happens where no published rule matches.
create table mapping.configured (
  tenant         int  not null default 1 references tieout.tenant,
  target         text not null,
  version        text not null,
  legal_entities text[] not null,
  at             timestamptz not null,
  primary key (tenant, target)
);

-- What the rules chose for a posting, as it was sent: evidence, and what it is looked up with.
create table mapping.choice (
  posting_id         uuid not null,
  billing_account_id uuid not null,
  attempt            int  not null check (attempt > 0),
  tenant             int  not null default 1,
  target             text not null,
  choices            jsonb not null check (jsonb_typeof(choices) = 'array'),
  primary key (posting_id, attempt)
);
create trigger booked_is_booked before update or delete or truncate on mapping.choice
  for each statement execute function tieout.refuse_change();

alter table posting.posting
  add column routes int not null default 0 check (routes >= 0),
  add column routed_by text not null default '',
  add column chosen_at int check (chosen_at > 0),
  add column ask_also text[] check (cardinality(ask_also) > 0);
comment on column posting.posting.routes is 'The published routes it was last looked at under; 0 while none were.';
comment on column posting.posting.routed_by is 'What picked the target, in words; empty while nothing has.';
comment on column posting.posting.chosen_at is
  'The attempt whose choices stand: what may be in the ERP keeps them; none are on record where no rules were published then. '
  'Null when rules choose anew at the next sending.';
comment on column posting.posting.ask_also is
  'Targets it is still to be asked for at, after a restore: routes that the books have forgotten may have led it there. The last one sends it.';
update posting.posting set chosen_at = attempts where attempts > 0 and sent_at is not null and state in ('ready', 'sending', 'in-doubt');
drop index posting.posting_waiting;
create index posting_waiting on posting.posting (target, id) where state = 'staged' and target is not null;
create index posting_unrouted on posting.posting (legal_entity_id, id) where state = 'staged' and target is null;
create index posting_routed_before on posting.posting (routes, id) where state = 'staged';
drop index posting.posting_waiting_turn;
create index posting_waiting_turn on posting.posting (target, id) where state = 'staged' and document_kind <> 'invoice';

-- The targets that what a document is about was sent to, or is on its way to.
create function posting.targets_before(document uuid) returns text[] language sql stable as $$
  select coalesce(array_agg(distinct before.target order by before.target) filter (where before.target is not null), '{}')
  from posting.predecessors(document) predecessor
  join posting.posting before on before.document_id = predecessor.id
$$;

-- Close first, and in turn, among what is routed to a target.
drop index posting.posting_months;
create index posting_months on posting.posting (target, legal_entity_id, month, id) where state = 'staged' and target is not null;
