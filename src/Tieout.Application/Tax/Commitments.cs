using Dapper;
using Npgsql;
using Tieout.Application.Exceptions;
using Tieout.Domain;
using Tieout.Domain.Posting;
using Tieout.Domain.Tax;

namespace Tieout.Application.Tax;

/// <summary>An invoice in the hands of one worker, on its way to a tax engine.</summary>
internal sealed record ClaimedCommitment(
    Guid InvoiceId, Guid BillingAccountId, Guid Claim, string Number, int Tries, int LookUps, DateTimeOffset SentAt, Guid LegalEntityId,
    DateOnly Month, string Currency, decimal Total, Guid CorrelationId, Guid? Voids);

/// <summary>
/// The queue of <c>tax.commitment</c> for one engine: what is to be told, claimed one at a time under a lease. The claim's id
/// fences: whoever lost it can neither send nor record.
/// </summary>
internal sealed class Commitments(NpgsqlDataSource database, TimeProvider clock, TaxEngineRoute route)
{
    // For the answer of a call that took as long as it may to be recorded.
    private static readonly TimeSpan TimeToRecord = TimeSpan.FromMinutes(5);

    private const string Claimed =
        """
        returning c.invoice_id, c.billing_account_id, c.claim, c.number, c.tries, c.look_ups, c.sent_at, c.legal_entity_id, c.month, c.currency,
                  c.total, c.correlation_id, c.voids
        """;

    /// <summary>A live worker records well before.</summary>
    public static TimeSpan Lease(TaxEngineRoute route) => route.Settings.Timeout + TimeToRecord;

    /// <summary>
    /// Queues every finished document that is to be told and is not queued; how many. A credit memo that takes back an invoice the engine
    /// is told of has that invoice voided; every other one is told as a document of its own.
    /// </summary>
    public async Task<int> Stage(CancellationToken cancel)
    {
        await using var connection = await database.OpenConnectionAsync(cancel);
        return await connection.ExecuteAsync(new CommandDefinition(
            """
            insert into tax.commitment (invoice_id, billing_account_id, legal_entity_id, engine, number, month, currency, total, tax,
              correlation_id, created_at, changed_at, corrects, operation, voids)
            select invoice.id, invoice.billing_account_id, invoice.legal_entity_id, @Name, invoice.number, invoice.month, invoice.currency,
                   invoice.total, invoice.tax, invoice.correlation_id, @now, @now,
                   exists (select from invoicing.invoice_tax t where t.invoice_id = invoice.id and t.about_invoice_id <> t.invoice_id),
                   case when original.id is null then 'commit' else 'void' end, original.id
            from invoicing.invoice join customers.legal_entity entity on entity.id = invoice.legal_entity_id
            left join invoicing.invoice original
              on original.id = invoice.voids and original.billing_account_id = invoice.billing_account_id and original.issue_date >= @From
            where entity.code = any(@entities) and invoice.issue_date >= @From
              and not exists (
                select from tax.commitment c where c.invoice_id = invoice.id and c.billing_account_id = invoice.billing_account_id)
            on conflict do nothing
            """,
            new { route.Name, route.From, entities = route.LegalEntities.ToArray(), now = clock.GetUtcNow() }, commandTimeout: 600, cancellationToken: cancel));
    }

    /// <summary>
    /// Frees what a dead worker held. Where a commit had gone on record, nobody knows what came of it; where none had, nothing
    /// was told.
    /// </summary>
    public async Task<int> Recover(CancellationToken cancel)
    {
        await using var connection = await database.OpenConnectionAsync(cancel);
        return await connection.ExecuteAsync(new CommandDefinition(
            $"""
            update tax.commitment c
            set state = case
                  when c.state = 'sending' and not exists (
                    select from posting.exchange e where e.batch = c.claim and e.operation in ({CommitmentLog.Operations})) then 'waiting'
                  else 'in-doubt' end,
                not_before = @now, claim = null, claimed_until = null, changed_at = @now
            where c.engine = @Name and c.state in ('sending', 'in-doubt') and c.claim is not null and c.claimed_until < @now
            """, new { route.Name, now = clock.GetUtcNow() }, cancellationToken: cancel));
    }

    /// <summary>One that waits and is due: it goes to sending before anything leaves.</summary>
    public Task<ClaimedCommitment?> ToSend(CancellationToken cancel) => Claim(
        $"""
        update tax.commitment c
        set state = 'sending', claim = @claim, claimed_until = @until, sent_at = @now, attempts = c.attempts + 1, tries = c.tries + 1, changed_at = @now
        from (
          select invoice_id, billing_account_id from tax.commitment
          where engine = @Name and state = 'waiting' and (not_before is null or not_before <= @now) and (not corrects or tax.turn(invoice_id))
          order by invoice_id for update skip locked limit 1) due
        where c.invoice_id = due.invoice_id and c.billing_account_id = due.billing_account_id
        {Claimed}
        """, cancel);

    /// <summary>One in doubt and due: it stays in doubt while the engine is asked.</summary>
    public Task<ClaimedCommitment?> ToLookUp(CancellationToken cancel) => Claim(
        $"""
        update tax.commitment c
        set claim = @claim, claimed_until = @until, attempts = c.attempts + 1, look_ups = c.look_ups + 1, changed_at = @now
        from (
          select invoice_id, billing_account_id from tax.commitment
          where engine = @Name and state = 'in-doubt' and claim is null and (not_before is null or not_before <= @now)
          order by invoice_id for update skip locked limit 1) due
        where c.invoice_id = due.invoice_id and c.billing_account_id = due.billing_account_id
        {Claimed}
        """, cancel);

    /// <summary>Records what became of it, and the case that follows; a claim that was lost records nothing.</summary>
    /// <param name="commitment">As claimed.</param>
    /// <param name="from">The state it was claimed in.</param>
    /// <param name="change">What follows; a posting's words, for the two live the same life.</param>
    /// <param name="detail">Never a secret.</param>
    /// <param name="countsAsTry">False when the engine as a whole was out of reach.</param>
    /// <param name="remark">What a person should know all the same.</param>
    public async Task Record(
        ClaimedCommitment commitment, CommitmentState from, PostingChange change, string detail, bool countsAsTry, Domain.Exceptions.Finding? remark)
    {
        var now = clock.GetUtcNow();
        // Never cancelled: what an engine has answered is recorded even while the program is stopping.
        await using var connection = await database.OpenConnectionAsync(CancellationToken.None);
        await using var transaction = await connection.BeginTransactionAsync(CancellationToken.None);
        var ours = await connection.ExecuteAsync(
            """
            update tax.commitment
            set state = @state, not_before = @NotBefore, engine_id = @engineId, detail = @detail,
                tries = tries - case when @from = 'sending' then @givenBack else 0 end,
                look_ups = look_ups - case when @from = 'in-doubt' then @givenBack else 0 end,
                claim = null, claimed_until = null, changed_at = @now
            where invoice_id = @InvoiceId and billing_account_id = @BillingAccountId and claim = @Claim and state = @from
            """,
            new
            {
                commitment.InvoiceId,
                commitment.BillingAccountId,
                commitment.Claim,
                change.NotBefore,
                from = Words.Of(from),
                state = Words.Of(StateOf(change.State)),
                engineId = change.Document?.Id,
                detail,
                givenBack = countsAsTry ? 0 : 1,
                now,
            }, transaction);
        if (ours == 0) return;
        var key = $"{route.Name}/{commitment.Number}";
        if (change.State == PostingState.Posted) await ExceptionLog.Resolve(connection, transaction, "target", [key], "The tax engine keeps it.", now);
        RaisedException[] raised = [.. new[] { change.Finding, remark }.OfType<Domain.Exceptions.Finding>().Select(finding => new RaisedException(
            finding, "target", key, commitment.LegalEntityId, commitment.BillingAccountId, commitment.Month, commitment.Currency, commitment.Total,
            commitment.CorrelationId))];
        await ExceptionLog.Raise(connection, transaction, raised, now);
        await transaction.CommitAsync(CancellationToken.None);
    }

    // Ready and posted are a posting's words for waiting and committed.
    private static CommitmentState StateOf(PostingState state) => state switch
    {
        PostingState.Ready => CommitmentState.Waiting,
        PostingState.Posted => CommitmentState.Committed,
        PostingState.InDoubt => CommitmentState.InDoubt,
        PostingState.Parked => CommitmentState.Parked,
        _ => throw new ArgumentOutOfRangeException(nameof(state), state, "No state of a commitment."),
    };

    private async Task<ClaimedCommitment?> Claim(string sql, CancellationToken cancel)
    {
        var now = clock.GetUtcNow();
        await using var connection = await database.OpenConnectionAsync(cancel);
        return await connection.QuerySingleOrDefaultAsync<ClaimedCommitment>(new CommandDefinition(
            sql, new { route.Name, claim = Guid.CreateVersion7(now), now, until = now + Lease(route) }, cancellationToken: cancel));
    }
}
