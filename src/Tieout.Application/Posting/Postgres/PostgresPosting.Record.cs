using Dapper;
using Npgsql;
using Tieout.Application.Exceptions;
using Tieout.Domain;
using Tieout.Domain.Posting;

namespace Tieout.Application.Posting.Postgres;

internal sealed partial class PostgresPosting
{
    public async Task Record(Guid claim, PostingState from, IReadOnlyList<PostingResult> results)
    {
        var now = Now;
        // Never cancelled: what an ERP has answered is recorded even while the program is stopping.
        await using var connection = await database.OpenConnectionAsync(CancellationToken.None);
        await using var transaction = await connection.BeginTransactionAsync(CancellationToken.None);
        var ours = await UpdatePostings(connection, transaction, claim, from, results, now);
        results = [.. results.Where(result => ours.Contains(result.Posting.Id))];
        await ExceptionLog.Raise(connection, transaction, [.. results.Where(result => result.Change.Finding is not null).Select(CaseOf)], now);
        await ExceptionLog.Posted(connection, [.. results.Where(result => result.Change.State == PostingState.Posted)], now);
        await transaction.CommitAsync(CancellationToken.None);
    }

    // Those that were still ours to change. Where the ERP certainly has nothing, the rules choose anew next time;
    // what a restore has made doubtful goes on to the next ERP that may have it.
    private static async Task<HashSet<Guid>> UpdatePostings(
        NpgsqlConnection connection, NpgsqlTransaction transaction, Guid claim, PostingState from, IReadOnlyList<PostingResult> results, DateTimeOffset now) =>
        [.. await connection.QueryAsync<Guid>(
            """
            with new as (
              select * from unnest(@ids, @accounts, @states, @pauses, @numbers, @erpIds, @givenBack, @outcomes, @attempts, @details)
                as new (id, account, state, not_before, erp_number, erp_id, given_back, outcome, attempt, detail)),
            ours as (
            update posting.posting p
            set state = case when new.state = 'ready' and p.state = 'in-doubt' and p.ask_also is not null then 'in-doubt' else new.state end,
                not_before = case when new.state = 'ready' and p.state = 'in-doubt' and p.ask_also is not null then @now else new.not_before end,
                target = case when new.state = 'ready' and p.state = 'in-doubt' and p.ask_also is not null then p.ask_also[1] else p.target end,
                ask_also = case when new.state = 'ready' and p.state = 'in-doubt' then nullif(p.ask_also[2:], '{}') else p.ask_also end,
                erp_number = new.erp_number, erp_id = new.erp_id,
                tries = p.tries - case p.state when 'sending' then new.given_back else 0 end,
                look_ups = p.look_ups - case p.state when 'in-doubt' then new.given_back else 0 end,
                chosen_at = case when new.outcome in ('refused', 'conflict') then null
                                 when new.outcome = 'not-sent' then nullif(p.chosen_at, p.attempts) else p.chosen_at end,
                claim = null, claimed_by = null, claimed_until = null, changed_at = @now
            from new
            where p.id = new.id and p.billing_account_id = new.account and p.claim = @claim and p.state = @from
            returning p.id, new.attempt, new.outcome, new.detail),
            told as (
              update posting.attempt a set ended_at = @now, outcome = ours.outcome, detail = ours.detail
              from ours where a.posting_id = ours.id and a.number = ours.attempt)
            select id from ours
            """,
            new
            {
                claim,
                now,
                from = Words.Of(from),
                ids = results.Select(result => result.Posting.Id).ToArray(),
                accounts = results.Select(result => result.Posting.BillingAccountId).ToArray(),
                states = results.Select(result => Words.Of(result.Change.State)).ToArray(),
                pauses = results.Select(result => result.Change.NotBefore).ToArray(),
                numbers = results.Select(result => result.Change.Document?.Number).ToArray(),
                erpIds = results.Select(result => result.Change.Document?.Id).ToArray(),
                givenBack = results.Select(result => result.CountsAsTry ? 0 : 1).ToArray(),
                outcomes = results.Select(result => result.Outcome).ToArray(),
                attempts = results.Select(result => result.Posting.Attempts).ToArray(),
                details = results.Select(result => result.Detail).ToArray(),
            }, transaction)];

    private static RaisedException CaseOf(PostingResult result) => new(
        result.Change.Finding!, "posting", result.Posting.BusinessKey, result.Posting.LegalEntityId, result.Posting.BillingAccountId,
        result.Posting.Month, result.Posting.Currency, result.Posting.Amount, result.Posting.CorrelationId);
}
