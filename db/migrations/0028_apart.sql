-- A month of one legal entity may stand in several ERPs: one result for each, and one verdict over all.

alter table reconciliation.result drop constraint result_pkey, add primary key (run_id, legal_entity_id, currency, target);

alter table reconciliation.account_result add column target text not null default '';
update reconciliation.account_result account set target = result.target
from reconciliation.result
where (result.run_id, result.legal_entity_id, result.currency) = (account.run_id, account.legal_entity_id, account.currency);
-- By their account: rules may lead one account of ours to several of theirs.
alter table reconciliation.account_result
  alter column target drop default,
  drop constraint account_result_pkey,
  add primary key (run_id, legal_entity_id, currency, target, erp_account);

alter table reconciliation.difference add column target text not null default '';
update reconciliation.difference break set target = result.target
from reconciliation.result
where (result.run_id, result.legal_entity_id, result.currency) = (break.run_id, break.legal_entity_id, break.currency);
alter table reconciliation.difference alter column target drop default;
comment on column reconciliation.difference.target is 'The ERP whose book differs; empty when it is not known.';

create view reconciliation.entity_result as
select run_id, legal_entity_id, currency, month, coalesce(string_agg(target, ', ' order by target) filter (where target <> ''), '') as target,
       (array['incomplete', 'breaks', 'reconciled-with-warnings', 'reconciled'])[min(
         array_position(array['incomplete', 'breaks', 'reconciled-with-warnings', 'reconciled'], verdict))] as verdict,
       sum(our_documents)::bigint as our_documents, sum(our_total) as our_total,
       sum(their_documents)::bigint as their_documents, sum(their_total) as their_total,
       sum(unproven)::bigint as unproven, coalesce(string_agg(problem, ' ' order by target) filter (where problem <> ''), '') as problem,
       max(compared_at) as compared_at
from reconciliation.result
group by run_id, legal_entity_id, currency, month;
comment on view reconciliation.entity_result is 'One legal entity''s month over all its ERPs: the worst verdict wins, and incomplete is the worst.';
