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
        await UpdateAttempts(connection, transaction, results, now);
        await ExceptionLog.Raise(connection, transaction, [.. results.Where(result => result.Change.Finding is not null).Select(CaseOf)], now);
        await ExceptionLog.Posted(connection, [.. results.Where(result => result.Change.State == PostingState.Posted)], now);
        await transaction.CommitAsync(CancellationToken.None);
    }

    // Those that were still ours to change.
    private static async Task<HashSet<Guid>> UpdatePostings(
        NpgsqlConnection connection, NpgsqlTransaction transaction, Guid claim, PostingState from, IReadOnlyList<PostingResult> results, DateTimeOffset now) =>
        [.. await connection.QueryAsync<Guid>(
            """
            update posting.posting p
            set state = new.state, not_before = new.not_before, erp_number = new.erp_number, erp_id = new.erp_id,
                tries = p.tries - case p.state when 'sending' then new.given_back else 0 end,
                look_ups = p.look_ups - case p.state when 'in-doubt' then new.given_back else 0 end,
                claim = null, claimed_by = null, claimed_until = null, changed_at = @now
            from unnest(@ids, @accounts, @states, @pauses, @numbers, @erpIds, @givenBack)
              as new (id, account, state, not_before, erp_number, erp_id, given_back)
            where p.id = new.id and p.billing_account_id = new.account and p.claim = @claim and p.state = @from
            returning p.id
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
            }, transaction)];

    private static async Task UpdateAttempts(
        NpgsqlConnection connection, NpgsqlTransaction transaction, IReadOnlyList<PostingResult> results, DateTimeOffset now) =>
        await connection.ExecuteAsync(
            """
            update posting.attempt a set ended_at = @now, outcome = new.outcome, detail = new.detail
            from unnest(@ids, @batchNumbers, @outcomes, @details) as new (id, number, outcome, detail)
            where a.posting_id = new.id and a.number = new.number
            """,
            new
            {
                now,
                ids = results.Select(result => result.Posting.Id).ToArray(),
                batchNumbers = results.Select(result => result.Posting.Attempts).ToArray(),
                outcomes = results.Select(result => result.Outcome).ToArray(),
                details = results.Select(result => result.Detail).ToArray(),
            }, transaction);

    private static RaisedException CaseOf(PostingResult result) => new(
        result.Change.Finding!, "posting", result.Posting.BusinessKey, result.Posting.LegalEntityId, result.Posting.BillingAccountId,
        result.Posting.Month, result.Posting.Currency, result.Posting.Amount, result.Posting.CorrelationId);
}
