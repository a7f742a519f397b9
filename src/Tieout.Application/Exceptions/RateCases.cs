using Dapper;
using Npgsql;
using Tieout.Domain;
using Tieout.Domain.Exceptions;
using Tieout.Domain.Exchange;

namespace Tieout.Application.Exceptions;

/// <summary>An account whose documents wait for a rate of exchange.</summary>
/// <param name="Finding">That the rate is missing, and what to do.</param>
/// <param name="Total">What its documents come to with tax, in its own currency.</param>
internal sealed record WaitsForRate(Guid Account, MissingRate Rate, Finding Finding, int Invoices, int CreditMemos, Money Total);

/// <summary>An account that was looked at and waits for no rate any more.</summary>
/// <param name="Rate">What it was billed at; empty when it was not, or needed none.</param>
internal sealed record NoLongerWaits(Guid Account, bool Billed, string Rate);

/// <summary>What was found out about the accounts of a legal entity between two ids.</summary>
/// <param name="Run">Who found it out: the parts of one run are one meeting.</param>
/// <param name="Day">The date of the documents. Who waits for a rate of a later day is none of this run's.</param>
/// <param name="Waits">Those that wait.</param>
/// <param name="PutOff">Those of whom nothing was found out, because all of it waits for a run of a later day; they stay where they are.</param>
/// <param name="Others">Those that were billed or are stopped by something else; the rest have nothing to bill. Asked only when somebody waited.</param>
internal sealed record RatesMissed(
    Guid Entity, string EntityCode, Guid First, Guid Last, Guid Run, DateOnly Day,
    IReadOnlyCollection<WaitsForRate> Waits, Guid[] PutOff, Func<IReadOnlyCollection<NoLongerWaits>> Others);

/// <summary>
/// One case for each rate that is missing, with all accounts that wait for it, inside the caller's transaction. Whoever waits no
/// longer leaves the case with what became of it; the last one to leave closes it. What a case says follows from who waits, so
/// that parts of a run may come in any order.
/// </summary>
internal static class RateCases
{
    /// <summary>Of <c>exceptions.exception_case.subject_kind</c>.</summary>
    public const string Kind = "rate";

    /// <summary>Records who waits and who does no longer; the accounts' books are locked by the caller.</summary>
    public static async Task Save(NpgsqlConnection connection, RatesMissed missed, DateTimeOffset now, CancellationToken cancel)
    {
        if (missed.Waits.Count == 0 && !await AnyWaited(connection, missed, cancel)) return;
        // Parts of other runs add to the same cases: what a case says is summed up by one after the other.
        await connection.ExecuteAsync(new CommandDefinition(
            "select pg_advisory_xact_lock(738, hashtext(@Entity::text))", new { missed.Entity }, cancellationToken: cancel));
        var met = await Open(connection, missed, now, cancel);
        await Enter(connection, missed, met, now, cancel);
        var left = await Leave(connection, missed, met, now, cancel);
        await RateCaseWords.Tell(connection, [.. met.Values.Union(left)], now, cancel);
    }

    private static string KeyOf(RatesMissed missed, MissingRate rate) => $"{missed.EntityCode}/{rate.Key}";

    private static Task<bool> AnyWaited(NpgsqlConnection connection, RatesMissed missed, CancellationToken cancel) =>
        connection.QuerySingleAsync<bool>(new CommandDefinition(
            """
            select exists (
              select from exceptions.waiting w join exceptions.missing_rate m on m.case_id = w.case_id
              where w.ended is null and w.billing_account_id between @First and @Last and m.legal_entity_id = @Entity and m.day <= @Day)
            """, new { missed.First, missed.Last, missed.Entity, missed.Day }, cancellationToken: cancel));

    // The case of each rate that is missing: a new one, or the one that is open already, seen once more by another run.
    private static async Task<Dictionary<string, Guid>> Open(NpgsqlConnection connection, RatesMissed missed, DateTimeOffset now, CancellationToken cancel)
    {
        Dictionary<string, Guid> cases = new(StringComparer.Ordinal);
        foreach (var (rate, finding) in missed.Waits.Select(item => (item.Rate, item.Finding)).DistinctBy(item => item.Rate))
        {
            var key = KeyOf(missed, rate);
            cases[key] = await connection.QuerySingleAsync<Guid>(new CommandDefinition(
                """
                insert into exceptions.exception_case
                  (id, category, code, subject_kind, subject_key, cause, remedy, legal_entity_id, month, currency, opened_at, last_seen_at)
                values (@id, @category, @Code, @Kind, @key, @Cause, @Remedy, @Entity, @month, @currency, @now, @now)
                on conflict (tenant, subject_kind, subject_key, code) where state = 'open' do nothing;
                insert into exceptions.missing_rate (case_id, legal_entity_id, from_currency, to_currency, day, type, said, seen_run)
                select id, @Entity, @currency, @into, @Day, @Type, @Cause, @Run from exceptions.exception_case
                where tenant = 1 and subject_kind = @Kind and subject_key = @key and code = @Code and state = 'open'
                on conflict (case_id) do nothing;
                update exceptions.exception_case x set repeats = x.repeats + (m.seen_run <> @Run)::int, last_seen_at = @now
                from exceptions.missing_rate m
                where m.case_id = x.id and x.tenant = 1 and x.subject_kind = @Kind and x.subject_key = @key and x.code = @Code and x.state = 'open';
                update exceptions.missing_rate m set seen_run = @Run, said = @Cause from exceptions.exception_case x
                where m.case_id = x.id and x.tenant = 1 and x.subject_kind = @Kind and x.subject_key = @key and x.code = @Code and x.state = 'open'
                returning x.id
                """,
                new
                {
                    id = Guid.CreateVersion7(now),
                    category = Words.Of(finding.Category),
                    finding.Code,
                    Kind,
                    key,
                    finding.Cause,
                    finding.Remedy,
                    missed.Entity,
                    month = AccountingMonth.Of(rate.Day).FirstDay,
                    currency = rate.From.Code,
                    into = rate.To.Code,
                    rate.Day,
                    rate.Type,
                    missed.Run,
                    now,
                }, cancellationToken: cancel));
        }
        return cases;
    }

    private static Task Enter(
        NpgsqlConnection connection, RatesMissed missed, Dictionary<string, Guid> cases, DateTimeOffset now, CancellationToken cancel)
    {
        if (missed.Waits.Count == 0) return Task.CompletedTask;
        var rows = missed.Waits.ToList();
        return connection.ExecuteAsync(new CommandDefinition(
            """
            insert into exceptions.waiting as w (case_id, billing_account_id, invoices, credit_memos, amount, since)
            select case_id, account, invoices, memos, amount, @now
            from unnest(@cases, @accounts, @invoices, @memos, @amounts) as new (case_id, account, invoices, memos, amount)
            on conflict (case_id, billing_account_id) do update set
              invoices = excluded.invoices, credit_memos = excluded.credit_memos, amount = excluded.amount,
              since = case when w.ended is null then w.since else excluded.since end,
              ended = null, ended_at = null, ended_run = null, ended_rate = ''
            """,
            new
            {
                now,
                cases = rows.ConvertAll(row => cases[KeyOf(missed, row.Rate)]).ToArray(),
                accounts = rows.ConvertAll(row => row.Account).ToArray(),
                invoices = rows.ConvertAll(row => row.Invoices).ToArray(),
                memos = rows.ConvertAll(row => row.CreditMemos).ToArray(),
                amounts = rows.ConvertAll(row => row.Total.Amount).ToArray(),
            }, cancellationToken: cancel));
    }

    // Of rates of this day and of days before: what was looked at now counts for them too.
    private static async Task<IEnumerable<Guid>> Leave(
        NpgsqlConnection connection, RatesMissed missed, Dictionary<string, Guid> cases, DateTimeOffset now, CancellationToken cancel)
    {
        var waits = missed.Waits.ToList();
        var others = missed.Others().ToList();
        return await connection.QueryAsync<Guid>(new CommandDefinition(
            """
            with met as (select * from unnest(@cases, @accounts) as met (case_id, account)),
            known as (select * from unnest(@others, @billed, @rates) as known (account, billed, rate)),
            gone as (
              update exceptions.waiting w set ended_at = @now, ended_run = @Run, ended_rate = coalesce(known.rate, ''),
                ended = case when known.billed then 'billed' when known.account is not null then 'stopped'
                             when met.account is not null then 'waits-elsewhere' else 'nothing-left' end
              from exceptions.waiting before
              join exceptions.missing_rate m on m.case_id = before.case_id
              left join known on known.account = before.billing_account_id
              left join met on met.account = before.billing_account_id
              where w.case_id = before.case_id and w.billing_account_id = before.billing_account_id and w.ended is null
                and before.billing_account_id between @First and @Last and m.legal_entity_id = @Entity and m.day <= @Day
                and met.case_id is distinct from before.case_id and before.billing_account_id <> all(@PutOff)
              returning w.case_id)
            select distinct case_id from gone
            """,
            new
            {
                now,
                missed.Run,
                missed.First,
                missed.Last,
                missed.Entity,
                missed.Day,
                missed.PutOff,
                cases = waits.ConvertAll(row => cases[KeyOf(missed, row.Rate)]).ToArray(),
                accounts = waits.ConvertAll(row => row.Account).ToArray(),
                others = others.ConvertAll(row => row.Account).ToArray(),
                billed = others.ConvertAll(row => row.Billed).ToArray(),
                rates = others.ConvertAll(row => row.Rate).ToArray(),
            }, cancellationToken: cancel));
    }
}
