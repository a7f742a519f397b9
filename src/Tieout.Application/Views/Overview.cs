using Npgsql;
using Tieout.Application.Database;
using Tieout.Domain;

namespace Tieout.Application.Views;

/// <summary>Where all books stand.</summary>
/// <param name="AsOf">When it was read; everything in it is of that instant.</param>
/// <param name="Books">One per legal entity, currency and month with invoices; by entity, newest month first.</param>
/// <param name="Ages">Open exceptions by age, youngest first; always all four buckets.</param>
/// <param name="Runs">What runs now, then what ran last.</param>
public sealed record Overview(
    DateTimeOffset AsOf, IReadOnlyList<Book> Books, IReadOnlyList<AgeBucket> Ages, IReadOnlyList<RunRow> Runs);

/// <summary>One legal entity's invoices of one currency and month, and how far they are proved.</summary>
/// <param name="Verdict">A reconciliation verdict, or <c>not-tied-out</c> while no run compared this month.</param>
/// <param name="Outdated">Something changed here after the comparison: the verdict no longer speaks for what stands.</param>
/// <param name="InWords">The verdict as a sentence.</param>
/// <param name="Documents">Invoices of the month, whatever their posting's state.</param>
/// <param name="TieOut">The last comparison; null while there is none.</param>
/// <param name="Postings">Invoices by the state of their posting; states without any are left out.</param>
public sealed record Book(
    string Entity,
    string EntityName,
    AccountingMonth Month,
    string Verdict,
    bool Outdated,
    string InWords,
    long Documents,
    Money Total,
    TieOutSummary? TieOut,
    IReadOnlyList<StateTotal> Postings);

/// <summary>What the last comparison of a month found.</summary>
/// <param name="Difference">Our total less theirs.</param>
/// <param name="Unproven">Documents not posted, in doubt or parked when it was compared.</param>
/// <param name="Breaks">Differences found in this entity and currency.</param>
/// <param name="Problem">Why the ERP could not tell everything; empty when it did.</param>
public sealed record TieOutSummary(
    Guid Run,
    DateTimeOffset ComparedAt,
    string Target,
    long OurDocuments,
    Money OurTotal,
    long TheirDocuments,
    Money TheirTotal,
    Money Difference,
    long Unproven,
    long Breaks,
    string Problem);

/// <summary>Postings in one state.</summary>
public sealed record StateTotal(string State, long Count, Money Total);

/// <summary>Open exceptions of one age.</summary>
/// <param name="Days">Days since the case opened, one of <see cref="Ages.Names"/>.</param>
/// <param name="Values">The money they touch, one per currency; cases without an amount count in <paramref name="Count"/> only.</param>
public sealed record AgeBucket(string Days, long Count, IReadOnlyList<Money> Values);

/// <summary>Reads <see cref="Overview"/>. It scans all postings once; at a million that takes part of a second.</summary>
public sealed class ReadOverview(NpgsqlDataSource database, ReadRuns runs, TimeProvider clock)
{


    /// <summary>Reads it now.</summary>
    public async Task<Overview> Run(CancellationToken cancel)
    {
        var now = clock.GetUtcNow();
        return new Overview(now, await Books(cancel), await OpenByAge(now, cancel), await runs.Latest(8, cancel));
    }

    private async Task<IReadOnlyList<Book>> Books(CancellationToken cancel)
    {
        var postings = await database.Rows<PostingRow>(
            """
            select e.code as entity, e.name as entity_name, g.month, g.currency, g.state, g.count, g.amount, g.changed_at
            from (
              select legal_entity_id, month, currency, state, count(*) as count, sum(amount) as amount, max(changed_at) as changed_at
              from posting.posting
              group by legal_entity_id, month, currency, state) g
            join customers.legal_entity e on e.id = g.legal_entity_id
            order by e.code, g.currency, g.month desc, g.state
            """, parameters: null, cancel);
        var compared = await Compared(cancel);
        return [.. postings
            .GroupBy(row => (row.Entity, row.EntityName, row.Currency, row.Month))
            .Select(group => BookOf([.. group], compared.GetValueOrDefault((group.Key.Entity, group.Key.Currency, group.Key.Month))))];
    }

    private async Task<Dictionary<(string, string, DateOnly), ResultRow>> Compared(CancellationToken cancel)
    {
        var rows = await database.Rows<ResultRow>(
            """
            select distinct on (r.legal_entity_id, r.currency, r.month)
              e.code as entity, r.currency, r.month, r.run_id, r.compared_at, r.target, r.verdict,
              r.our_documents, r.our_total, r.their_documents, r.their_total, r.unproven, r.problem,
              (select count(*) from reconciliation.difference d
               where d.run_id = r.run_id and d.legal_entity_id = r.legal_entity_id and d.currency = r.currency) as breaks
            from reconciliation.entity_result r
            join customers.legal_entity e on e.id = r.legal_entity_id
            order by r.legal_entity_id, r.currency, r.month, r.compared_at desc
            """, parameters: null, cancel);
        return rows.ToDictionary(row => (row.Entity, row.Currency, row.Month));
    }

    private static Book BookOf(IReadOnlyList<PostingRow> states, ResultRow? result)
    {
        var first = states[0];
        var outdated = result is not null && states.Any(state => state.ChangedAt > result.ComparedAt);
        var summary = result is null ? null : new TieOutSummary(
            result.RunId, result.ComparedAt, result.Target, result.OurDocuments, Cash.Of(result.OurTotal, result.Currency),
            result.TheirDocuments, Cash.Of(result.TheirTotal, result.Currency),
            Cash.Of(result.OurTotal - result.TheirTotal, result.Currency), result.Unproven, result.Breaks, result.Problem);
        var verdict = result?.Verdict ?? VerdictWords.NotTiedOut;
        return new Book(
            first.Entity, first.EntityName, AccountingMonth.Of(first.Month), verdict, outdated, VerdictWords.Say(verdict, outdated, summary),
            states.Sum(state => state.Count), Cash.Of(states.Sum(state => state.Amount), first.Currency), summary,
            [.. states.Select(state => new StateTotal(state.State, state.Count, Cash.Of(state.Amount, state.Currency)))]);
    }

    private async Task<IReadOnlyList<AgeBucket>> OpenByAge(DateTimeOffset now, CancellationToken cancel)
    {
        var rows = await database.Rows<AgeRow>(
            """
            select
              case when opened_at > @now - interval '2 days' then 0
                   when opened_at > @now - interval '8 days' then 1
                   when opened_at > @now - interval '31 days' then 2
                   else 3 end as bucket,
              case when amount is not null then currency end as currency, count(*) as count, coalesce(sum(amount), 0) as amount
            from exceptions.exception_case
            where state = 'open'
            group by 1, 2
            order by 2
            """, new { now }, cancel);
        return [.. Ages.Names.Select((days, index) => new AgeBucket(
            days,
            rows.Where(row => row.Bucket == index).Sum(row => row.Count),
            [.. rows.Where(row => row.Bucket == index && row.Currency is not null).Select(row => Cash.Of(row.Amount, row.Currency!))]))];
    }

    private sealed record PostingRow(
        string Entity, string EntityName, DateOnly Month, string Currency, string State, long Count, decimal Amount, DateTimeOffset ChangedAt);

    private sealed record ResultRow(
        string Entity, string Currency, DateOnly Month, Guid RunId, DateTimeOffset ComparedAt, string Target, string Verdict,
        long OurDocuments, decimal OurTotal, long TheirDocuments, decimal TheirTotal, long Unproven, string Problem, long Breaks);

    private sealed record AgeRow(int Bucket, string? Currency, long Count, decimal Amount);
}
