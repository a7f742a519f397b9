-- A staged posting goes straight to ready where nothing stands in its way, and enters fewer indexes on all its ways.

-- Routed and nowhere yet are two sets: what nothing has routed stands in one of them, and not in both. The oldest month first.
drop index posting.posting_unrouted, posting.posting_routed_before;
create index posting_unrouted on posting.posting (legal_entity_id, routes, month, id) where stage = 'staged' and target is null;
create index posting_routed_before on posting.posting (routes, id) where stage = 'staged' and target is not null;

-- An invoice's posting is found through its invoice, which has the same id; other documents have it here only.
drop index posting.posting_correlation_id_idx;
create index posting_correlation on posting.posting (correlation_id) where document_kind not in ('invoice', 'credit-memo');
