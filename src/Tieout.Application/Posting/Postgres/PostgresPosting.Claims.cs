using Dapper;
using Tieout.Application.Mapping;

namespace Tieout.Application.Posting.Postgres;

internal sealed partial class PostgresPosting
{
    public Task<ClaimedBatch?> ClaimToSend(DeliveryTarget target, int node, int tries, int limit, CancellationToken cancel) => Claim(
        """
        update posting.posting p
        set state = 'sending', claim = @claim, claimed_by = @node, claimed_until = @until, sent_at = @now, attempts = p.attempts + 1, tries = p.tries + 1,
            rules_version = case when p.chosen_at is null then @version || case when p.routes > 0 then ' routes@' || p.routes else '' end || @versions
                                 else p.rules_version end,
            chosen_at = coalesce(p.chosen_at, p.attempts + 1), changed_at = @now
        from (
          select id, billing_account_id from posting.posting
          where target = @target and state = 'ready' and (not_before is null or not_before <= @now) and tries = @tries
            and not (exists (select from posting.restored) and posting.may_be_posted(created_at, sent_at))
          order by place, id for update skip locked limit @limit) due
        where p.id = due.id and p.billing_account_id = due.billing_account_id
        returning p.id, p.business_key, p.attempts, p.tries, p.look_ups, p.sent_at, p.billing_account_id, p.legal_entity_id,
                  p.month, p.currency, p.amount, p.correlation_id, p.document_id, p.document_kind, p.chosen_at
        """, new(target, node, "send", limit, tries), cancel);

    public async Task<int?> FewestTries(DeliveryTarget target, CancellationToken cancel)
    {
        await using var connection = await database.OpenConnectionAsync(cancel);
        return await connection.QuerySingleAsync<int?>(
            """
            select min(tries) from posting.posting
            where target = @Name and state = 'ready' and (not_before is null or not_before <= @now)
              and not (exists (select from posting.restored) and posting.may_be_posted(created_at, sent_at))
            """, new { target.Name, now = Now });
    }

    // Asked before every sending, and mostly there are none: one look, without a transaction.
    public async Task<ClaimedBatch?> ClaimToLookUp(DeliveryTarget target, int node, int limit, CancellationToken cancel)
    {
        await using (var look = database.CreateCommand(
            """
            select exists (
              select from posting.posting
              where target = $1 and state = 'in-doubt' and not_before <= $2 and (claimed_until is null or claimed_until < $2))
            """))
        {
            look.Parameters.Add(new() { Value = target.Name });
            look.Parameters.Add(new() { Value = Now });
            if (await look.ExecuteScalarAsync(cancel) is not true) return null;
        }
        return await ClaimDoubts(target, node, limit, cancel);
    }

    private Task<ClaimedBatch?> ClaimDoubts(DeliveryTarget target, int node, int limit, CancellationToken cancel) => Claim(
        """
        update posting.posting p
        set claim = @claim, claimed_by = @node, claimed_until = @until, attempts = p.attempts + 1, look_ups = p.look_ups + 1, changed_at = @now
        from (
          select id, billing_account_id from posting.posting
          where target = @target and state = 'in-doubt' and not_before <= @now and (claimed_until is null or claimed_until < @now)
          order by id for update skip locked limit @limit) due
        where p.id = due.id and p.billing_account_id = due.billing_account_id
        returning p.id, p.business_key, p.attempts, p.tries, p.look_ups, p.sent_at, p.billing_account_id, p.legal_entity_id,
                  p.month, p.currency, p.amount, p.correlation_id, p.document_id, p.document_kind, p.chosen_at
        """, new(target, node, "look-up", limit, Tries: 0), cancel);

    private async Task<ClaimedBatch?> Claim(string sql, Wish wish, CancellationToken cancel)
    {
        var (target, node, kind, limit, tries) = wish;
        var now = Now;
        var claim = Guid.CreateVersion7(now);
        await using var connection = await database.OpenConnectionAsync(cancel);
        await using var transaction = await connection.BeginTransactionAsync(cancel);
        var mapping = _mapping = await PublishedMapping.Load(connection, transaction, _mapping);
        // The disk is not waited for: nothing leaves before a request is on record, and that commit brings this one to the disk with it.
        // Should the server crash in between, nothing was claimed and nothing was sent.
        var postings = (await connection.QueryAsync<ClaimedPosting>(
            $"""
            with claimed as ({sql}),
            told as (
              insert into posting.attempt (posting_id, number, kind, batch, node, started_at)
              select id, attempts, @kind, @claim, @node, @now from claimed)
            select claimed.* from claimed, (select set_config('synchronous_commit', 'off', true)) without_waiting
            """,
            new
            {
                claim,
                kind,
                node,
                target = target.Name,
                version = target.Settings.Version,
                versions = mapping.VersionsOf(target.Name),
                limit,
                tries,
                now,
                until = now + Posting.Claims.Lease(target),
            },
            transaction))
            .OrderBy(posting => posting.Id).ToList();
        if (postings.Count == 0) return null;
        var documents = await ClaimedDocuments.Load(connection, target.Name, postings);
        var batch = await new ClaimedChoices(connection, transaction, target, mapping).Apply(new ClaimedBatch(claim, postings, documents), kind == "send");
        // Not cancelled: a claim that nobody knows of would lie in sending until somebody looks after it.
        await transaction.CommitAsync(CancellationToken.None);
        return batch;
    }

    private readonly record struct Wish(DeliveryTarget Target, int Node, string Kind, int Limit, int Tries);
}
