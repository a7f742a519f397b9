using Dapper;
using Npgsql;
using Tieout.Application.Exceptions;

namespace Tieout.Application.Posting.Postgres;

internal sealed partial class PostgresPosting
{
    public async Task<ReplayException.Outcome> Replay(
        Guid id, Func<CaseToReplay?, ReplayException.Outcome> decide, string resolution, CancellationToken cancel)
    {
        await using var connection = await _database.OpenConnectionAsync(cancel);
        await using var transaction = await connection.BeginTransactionAsync(cancel);
        // The posting before its case: the order in which delivery locks them, too.
        var row = await LoadCase(connection, transaction, id);
        var outcome = decide(row);
        if (outcome is ReplayException.Outcome.Closed)
        {
            await connection.ExecuteAsync(
                "update exceptions.exception_case set state = 'resolved', resolution = @resolution, resolved_at = @now where id = @id and state = 'open'",
                new { id, resolution, now = Now }, transaction);
            await transaction.CommitAsync(cancel);
        }
        if (outcome is not ReplayException.Outcome.Replayed replayed) return outcome;
        await SaveReplays(connection, [(row!, replayed.State)], resolution, Now);
        await transaction.CommitAsync(cancel);
        Moved();
        return outcome;
    }

    /// <summary>A case and its posting, both locked in the order in which delivery locks them.</summary>
    internal static async Task<CaseToReplay?> LoadCase(NpgsqlConnection connection, NpgsqlTransaction transaction, Guid id)
    {
        await connection.ExecuteAsync(
            """
            select p.id
            from posting.posting p
            join exceptions.exception_case x on x.subject_kind = 'posting' and x.subject_key = p.business_key
            where x.id = @id and p.tenant = 1
            for update of p
            """, new { id }, transaction);
        return await connection.QuerySingleOrDefaultAsync<CaseToReplay>(
            """
            select x.id, x.state, x.code, x.resolution, x.subject_kind, x.subject_key, p.business_key, p.state as posting_state, p.target, p.sent_at,
                   p.ask_also is not null as asked_around
            from exceptions.exception_case x
            left join posting.posting p on x.subject_kind = 'posting' and p.tenant = 1 and p.business_key = x.subject_key
            where x.id = @id
            for update of x
            """, new { id }, transaction);
    }

    /// <summary>The postings of many cases and then the cases, all locked in the order in which delivery locks them.</summary>
    internal static async Task<Dictionary<Guid, LockedCase>> LockCases(
        NpgsqlConnection connection, IReadOnlyCollection<(Guid Posting, Guid Account, Guid Case)> wanted, CancellationToken cancel)
    {
        var parameters = new
        {
            postings = wanted.Select(one => one.Posting).ToArray(),
            accounts = wanted.Select(one => one.Account).ToArray(),
            cases = wanted.Select(one => one.Case).ToArray(),
        };
        await connection.ExecuteAsync(new CommandDefinition(
            """
            select p.id from unnest(@postings, @accounts) as wanted (id, account)
            join posting.posting p on p.id = wanted.id and p.billing_account_id = wanted.account order by p.id for update of p
            """, parameters, cancellationToken: cancel));
        var rows = await connection.QueryAsync<CaseToReplay, DateTimeOffset, LockedCase>(new CommandDefinition(
            """
            select x.id, x.state, x.code, x.resolution, x.subject_kind, x.subject_key, p.business_key, p.state as posting_state, p.target, p.sent_at,
                   p.ask_also is not null as asked_around, p.changed_at as split, p.changed_at
            from unnest(@postings, @accounts, @cases) as wanted (id, account, case_id)
            join posting.posting p on p.id = wanted.id and p.billing_account_id = wanted.account
            join exceptions.exception_case x on x.id = wanted.case_id
            order by x.id for update of x
            """, parameters, cancellationToken: cancel), (one, changedAt) => new LockedCase(one, changedAt), splitOn: "split");
        return rows.ToDictionary(row => row.Case.Id);
    }

    /// <summary>Sends decided ones on their way, many at a time, inside the caller's transaction.</summary>
    internal static async Task SaveReplays(
        NpgsqlConnection connection, IReadOnlyCollection<(CaseToReplay Row, string State)> replayed, string resolution, DateTimeOffset now)
    {
        if (replayed.Count == 0) return;
        var strangers = replayed.Where(one => one.Row.Code == ReplayException.CustomerUnknown).Select(one => one.Row.BusinessKey!).ToArray();
        if (strangers.Length > 0) await ForgetCustomers(connection, strangers);
        var parameters = new
        {
            now,
            resolution,
            keys = replayed.Select(one => one.Row.BusinessKey!).ToArray(),
            states = replayed.Select(one => one.State).ToArray(),
        };
        await connection.ExecuteAsync(
            """
            update posting.posting p
            set state = new.state, target = case when new.state = 'staged' then null else p.target end,
                routes = case when new.state = 'staged' then 0 else p.routes end, tries = 0, look_ups = 0,
                not_before = case when new.state = 'in-doubt' then @now end, claim = null, changed_at = @now
            from unnest(@keys, @states) as new (key, state)
            where p.tenant = 1 and p.business_key = new.key
            """, parameters);
        await FreeFollowers(connection, parameters.keys, now);
        // Every open case of these postings told of the same stop.
        await connection.ExecuteAsync(
            """
            update exceptions.exception_case
            set state = 'resolved', resolution = @resolution, resolved_at = @now
            where subject_kind = 'posting' and subject_key = any(@keys) and state = 'open'
            """, parameters);
    }

    // What was parked for one of these goes with it, and so on; it waits for them now. What is behind another one still stays.
    private static async Task FreeFollowers(NpgsqlConnection connection, string[] keys, DateTimeOffset now)
    {
        while (keys.Length > 0)
            keys = (await connection.QueryAsync<string>(
                """
                with behind as (
                  select p.id, p.billing_account_id, x.id as case_id, replace(@resolution, '{0}', min(stood.business_key)) as words
                  from exceptions.exception_case x
                  join posting.posting p on p.tenant = 1 and p.business_key = x.subject_key
                  cross join lateral posting.predecessors(p.document_id) predecessor
                  join posting.posting stood on stood.document_id = predecessor.id and stood.business_key = any(@keys)
                  where x.state = 'open' and x.code = @code and x.subject_kind = 'posting' and p.state = 'parked' and posting.turn(p.document_id) <> 'blocked'
                  group by p.id, p.billing_account_id, x.id),
                locked as (
                  select p.id from posting.posting p join behind on behind.id = p.id and behind.billing_account_id = p.billing_account_id
                  order by p.id for update of p skip locked),
                freed as (
                  update posting.posting p set state = 'staged', target = null, routes = 0, tries = 0, look_ups = 0, not_before = null, changed_at = @now
                  from behind
                  where p.id = behind.id and p.billing_account_id = behind.billing_account_id and p.state = 'parked' and p.id in (select id from locked)
                  returning p.business_key, behind.case_id, behind.words),
                closed as (
                  update exceptions.exception_case x set state = 'resolved', resolution = freed.words, resolved_at = @now
                  from freed where x.id = freed.case_id)
                select distinct business_key from freed
                """, new { keys, now, code = Predecessors.NotPosted, resolution = Predecessors.GoesOn })).ToArray();
    }

    // The ERP's id of the customer is stale: it is found or created anew before the document goes again.
    private static async Task ForgetCustomers(NpgsqlConnection connection, string[] keys) =>
        await connection.ExecuteAsync(
            """
            delete from customers.cross_reference reference
            using posting.posting p
            where p.tenant = 1 and p.business_key = any(@keys) and reference.tenant = 1 and reference.system = p.target
              and reference.object_kind = 'customer' and reference.internal_id in (
                select customer_id from customers.billing_account where id = p.billing_account_id and p.document_kind in ('invoice', 'credit-memo')
                union all select id from posting.entry_customers(p.document_id) where p.document_kind not in ('invoice', 'credit-memo'))
            """, new { keys });

    /// <summary>A case with its posting, both locked.</summary>
    /// <param name="ChangedAt">When the posting came to stand as it stands.</param>
    internal sealed record LockedCase(CaseToReplay Case, DateTimeOffset ChangedAt);
}
