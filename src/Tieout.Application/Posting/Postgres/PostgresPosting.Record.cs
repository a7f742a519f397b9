using Npgsql;
using NpgsqlTypes;
using Tieout.Application.Exceptions;
using Tieout.Domain;
using Tieout.Domain.Exceptions;
using Tieout.Domain.Posting;

namespace Tieout.Application.Posting.Postgres;

internal sealed partial class PostgresPosting
{
    // Before the postings, as FreeDead does: whoever takes the claim away is waited for.
    private const string LockClaims = "select id from posting.claim where id = any($1) order by id for update";

    // Those that were still ours to change. Where the ERP certainly has nothing, the rules choose anew next time; what a restore has made
    // doubtful goes on to the next ERP that may have it. The cases of what came to be posted close, named by the attempt; in those that
    // were replayed the story ends there too.
    private const string RecordAll =
        """
        with new as (
          select new.*, c.sent_at, c.kind, c.node, c.taken_at
          from unnest($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)
            as new (id, account, claim, origin, state, not_before, erp_number, erp_id, given_back, outcome, attempt, detail)
          left join posting.claim c on c.id = new.claim),
        ours as (
          update posting.posting p
          set state = case when new.state = 'ready' and p.state = 'in-doubt' and p.ask_also is not null then 'in-doubt' else new.state end,
              not_before = case when new.state = 'ready' and p.state = 'in-doubt' and p.ask_also is not null then $14 else new.not_before end,
              target = case when new.state = 'ready' and p.state = 'in-doubt' and p.ask_also is not null then p.ask_also[1] else p.target end,
              ask_also = case when new.state = 'ready' and p.state = 'in-doubt' then nullif(p.ask_also[2:], '{}') else p.ask_also end,
              erp_number = new.erp_number, erp_id = new.erp_id,
              tries = p.tries - case p.state when 'sending' then new.given_back else 0 end,
              look_ups = p.look_ups - case p.state when 'in-doubt' then new.given_back else 0 end,
              sent_at = case p.state when 'sending' then coalesce(new.sent_at, p.sent_at) else p.sent_at end,
              chosen_at = case when new.outcome in ('refused', 'conflict') then null
                               when new.outcome = 'not-sent' then nullif(p.chosen_at, p.attempts) else p.chosen_at end,
              claim = null, changed_at = $14
          from new
          where p.id = new.id and p.billing_account_id = new.account and p.claim = new.claim and p.state = new.origin
          returning p.id, p.business_key, p.erp_number, new.claim, new.kind, new.node, new.taken_at, new.attempt, new.outcome, new.detail),
        told as (
          insert into posting.attempt (posting_id, number, kind, batch, node, started_at, ended_at, outcome, detail)
          select id, attempt, kind, claim, node, taken_at, $14, outcome, coalesce(detail, erp_number) from ours),
        closed as (
          update exceptions.exception_case x
          set state = 'resolved', resolved_at = coalesce(x.resolved_at, $14), resolved_attempt = by.attempt,
              resolution = case when x.state = 'open' then '' else x.resolution || ' ' end || by.words
          from (
            -- One look-up by key for each, however few cases there were when this was planned.
            select told_of.id, min(ours.attempt) as attempt, min(replace(replace($13, '{0}', ours.attempt::text), '{1}', ours.erp_number)) as words
            from ours cross join lateral (
              select c.id from exceptions.exception_case c
              where c.tenant = 1 and c.subject_kind = 'posting' and c.subject_key = ours.business_key and c.resolved_attempt is null
              offset 0) told_of
            where ours.erp_number is not null
            group by told_of.id) by
          where x.id = by.id
          returning x.id, by.words),
        noted as (
          insert into exceptions.note (id, case_id, kind, text, actor, at)
          select gen_random_uuid(), id, 'posted', words, 'delivery', $14 from closed)
        select id, claim from ours where $15
        """;

    // Never cancelled: what an ERP has answered is recorded even while the program is stopping.
    public Task Record(Guid claim, PostingState from, IReadOnlyList<PostingResult> results) => WritingOf(claim).Ask(new Recording(claim, from, results));

    // Answers of ERPs and what follows from them, as they came. An answer alone does not wait for the disk: what follows is recorded next,
    // and that commit brings it to the disk with it. Should the server crash in between, the posting is in doubt and asked for.
    private async Task<IReadOnlyList<bool>> Write(NpgsqlConnection connection, IReadOnlyList<object> some)
    {
        var now = Now;
        var (ends, recordings) = (some.OfType<ExchangeEnd>().ToList(), some.OfType<Recording>().ToList());
        List<NpgsqlBatchCommand> statements = recordings.Count == 0 ? [HotBatch.Statement(HotBatch.Hasty)] : [];
        if (ends.Count > 0) statements.Add(EndOf(ends, now));
        if (recordings.Count > 0) statements.AddRange(RecordOf(recordings, now));
        if (recordings.Exists(recording => recording.Results.Any(result => result.Change.Finding is not null)))
            await WriteWithCases(connection, statements, recordings, now);
        else await Changed(connection, statements); // one trip, and a transaction by itself
        if (recordings.Exists(recording => recording.Results.Any(result => result.Change.State != PostingState.Posted))) Moved();
        return [.. some.Select(_ => true)];
    }

    // Something waits again: what was seen of the queues is true no more.
    private void Moved()
    {
        _sawNoDoubt.Clear();
        _passed.Clear();
    }

    private static async Task WriteWithCases(
        NpgsqlConnection connection, List<NpgsqlBatchCommand> statements, List<Recording> recordings, DateTimeOffset now)
    {
        await using var transaction = await connection.BeginTransactionAsync(CancellationToken.None);
        var ours = await Changed(connection, statements);
        var found = recordings.SelectMany(recording => recording.Results
            .Where(result => result.Change.Finding is not null && ours.Contains((result.Posting.Id, recording.Claim))).Select(CaseOf)).ToList();
        await ExceptionLog.Raise(connection, transaction, found, now);
        await transaction.CommitAsync(CancellationToken.None);
    }

    // The postings that were changed, with the claims they were under, where somebody asks for them: what the last statement answers.
    private static async Task<HashSet<(Guid, Guid)>> Changed(NpgsqlConnection connection, List<NpgsqlBatchCommand> statements)
    {
        HashSet<(Guid, Guid)> ours = [];
        await using var batch = HotBatch.Of(connection, [.. statements]);
        await using var reader = await HotBatch.Read(batch, CancellationToken.None);
        do
            while (await reader.ReadAsync())
                if (reader.FieldCount == 2) ours.Add((reader.GetGuid(0), reader.GetGuid(1))); // what comes before it has one column
        while (await reader.NextResultAsync());
        return ours;
    }

    private static NpgsqlBatchCommand[] RecordOf(IReadOnlyList<Recording> recordings, DateTimeOffset now)
    {
        // In the order of their ids: two programs that record never wait for each other.
        (Recording Of, PostingResult Result)[] rows =
            [.. recordings.SelectMany(recording => recording.Results.Select(result => (recording, result))).OrderBy(row => row.result.Posting.Id)];
        return
        [
            HotBatch.Statement(LockClaims, recordings.Select(recording => recording.Claim).ToArray()),
            HotBatch.Statement(
                RecordAll,
                Each(row => row.Result.Posting.Id), Each(row => row.Result.Posting.BillingAccountId), Each(row => row.Of.Claim),
                Each(row => Words.Of(row.Of.From)), Each(row => Words.Of(row.Result.Change.State)),
                HotBatch.Typed(Each(row => row.Result.Change.NotBefore), NpgsqlDbType.Array | NpgsqlDbType.TimestampTz),
                Names(row => row.Result.Change.Document?.Number), Names(row => row.Result.Change.Document?.Id),
                Each(row => row.Result.CountsAsTry ? 0 : 1), Each(row => row.Result.Outcome), Each(row => row.Result.Posting.Attempts),
                // Mostly it is the number, which goes anyway.
                Texts(row => row.Result.Detail == row.Result.Change.Document?.Number ? null : row.Result.Detail),
                ExceptionLog.PostedWords, now,
                recordings.Any(recording => recording.Results.Any(result => result.Change.Finding is not null))),
        ];

        T[] Each<T>(Func<(Recording Of, PostingResult Result), T> part) => [.. rows.Select(part)];
        // An ERP's words, whatever they hold.
        NpgsqlParameter Kept(Func<(Recording Of, PostingResult Result), string?> part, int most) =>
            HotBatch.Typed(Each(row => part(row) is { } text ? KeptText.Of(text, most) : null), NpgsqlDbType.Array | NpgsqlDbType.Text);
        NpgsqlParameter Texts(Func<(Recording Of, PostingResult Result), string?> part) => Kept(part, KeptText.Longest);
        NpgsqlParameter Names(Func<(Recording Of, PostingResult Result), string?> part) => Kept(part, KeptText.LongestName);
    }

    private static RaisedException CaseOf(PostingResult result) => new(
        result.Change.Finding!, "posting", result.Posting.BusinessKey, result.Posting.LegalEntityId, result.Posting.BillingAccountId,
        result.Posting.Month, result.Posting.Currency, result.Posting.Amount, result.Posting.CorrelationId);

    private sealed record Recording(Guid Claim, PostingState From, IReadOnlyList<PostingResult> Results);
}
