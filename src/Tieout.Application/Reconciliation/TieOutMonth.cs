using Dapper;
using Npgsql;
using Tieout.Application.Posting;
using Tieout.Application.Runs;
using Tieout.Domain;
using Tieout.Domain.Reconciliation;

namespace Tieout.Application.Reconciliation;

/// <summary>The verdict of one legal entity and currency over all ERPs its month stands in: the worst of theirs, counts and totals added up.</summary>
/// <param name="Target">All of them, with commas.</param>
/// <param name="Problem">What of them could not be read.</param>
public sealed record EntityVerdict(
    string LegalEntity, string Currency, string Target, Verdict Verdict,
    long OurDocuments, decimal OurTotal, long TheirDocuments, decimal TheirTotal, long Unproven, int Breaks, string Problem)
{
    /// <summary>The same for each ERP by itself.</summary>
    public IReadOnlyList<EntityVerdict> Targets { get; init; } = [];
}

/// <summary>What a tie-out came to; <see cref="Verdict"/> is the worst of its parts.</summary>
public sealed record TieOutOutcome(Guid Run, Verdict Verdict, IReadOnlyList<EntityVerdict> Entities);

/// <summary>
/// Ties a month out: reads back from every ERP what it really holds, compares it with the subledger document by document
/// and account by account, and records a verdict per legal entity and currency.
/// </summary>
public sealed class TieOutMonth(NpgsqlDataSource database, TimeProvider clock, IReadOnlyList<DeliveryTarget> targets)
{
    private readonly RunLog _runs = new(database, clock);

    /// <summary>Runs to the end. An ERP that cannot be read makes its entities incomplete and does not stop the others.</summary>
    public async Task<TieOutOutcome> Run(AccountingMonth month, string actor, IProgress<RunProgress>? progress, CancellationToken cancel)
    {
        // One at a time for a month: two would write into each other's reading. The lock goes with the connection at the latest.
        await using var turn = await database.OpenConnectionAsync(cancel);
        await turn.ExecuteAsync(new CommandDefinition(
            "select pg_advisory_lock(736, hashtext(@month))", new { month = month.ToString() }, commandTimeout: 0, cancellationToken: cancel));
        try
        {
            return await InTurn(month, actor, progress, cancel);
        }
        finally
        {
            await turn.ExecuteAsync("select pg_advisory_unlock(736, hashtext(@month))", new { month = month.ToString() });
        }
    }

    private async Task<TieOutOutcome> InTurn(AccountingMonth month, string actor, IProgress<RunProgress>? progress, CancellationToken cancel)
    {
        var run = await _runs.Begin("reconcile", month.ToString(), $"Tie out {month}", "documents", actor, cancel);
        try
        {
            await Forget(run, cancel);
            var books = await OurBooks.Load(database, month, cancel);
            var found = new Dictionary<OurBook, EntityVerdict>();
            var sameBook = targets
                .SelectMany(target => targets.Where(other => IsSameBook(target, other)).Select(other => (target.Name, Other: other.Name)))
                .ToLookup(pair => pair.Name, pair => pair.Other, StringComparer.Ordinal);
            var unread = new HashSet<string>(StringComparer.Ordinal);
            long read = 0;
            foreach (var byTarget in books.GroupBy(book => book.Target).OrderBy(group => group.Key, StringComparer.Ordinal))
            {
                var target = targets.FirstOrDefault(candidate => candidate.Name == byTarget.Key);
                var held = target is null
                    ? HeldBooks.Unread(byTarget.Key.Length == 0 ? "None of its documents has reached an ERP yet." : $"Target {byTarget.Key} is not configured here.")
                    : await new ReadBack(database, clock, run, target).Run([.. byTarget], month, Told, cancel);
                if (!held.Complete) unread.Add(byTarget.Key);
                foreach (var book in byTarget) found[book] = await new CompareBooks(database, clock, run, month, sameBook).Run(book, held, cancel);
            }
            var verdicts = new List<EntityVerdict>();
            foreach (var entity in books.GroupBy(book => (book.LegalEntityId, book.Currency)))
            {
                verdicts.Add(Over([.. entity.Select(book => found[book])]));
                if (!entity.Any(book => unread.Contains(book.Target))) await BreakCases.Close(database, run, entity.First(), month, clock.GetUtcNow(), cancel);
            }
            await _runs.Report(run, read, read, cancel);
            await _runs.End(run, "finished");
            return new TieOutOutcome(run, Verdicts.Worst(verdicts.Select(entity => entity.Verdict)), verdicts);

            void Told(long documents)
            {
                read += documents;
                progress?.Report(new RunProgress(read, books.Sum(book => book.Documents), "documents", "read back"));
            }
        }
        catch (Exception trouble)
        {
            await _runs.Break(run, trouble);
            throw;
        }
    }

    private static EntityVerdict Over(IReadOnlyList<EntityVerdict> parts) => new(
        parts[0].LegalEntity, parts[0].Currency, string.Join(", ", parts.Select(part => part.Target).Where(name => name.Length > 0)),
        Verdicts.Worst(parts.Select(part => part.Verdict)),
        parts.Sum(part => part.OurDocuments), parts.Sum(part => part.OurTotal), parts.Sum(part => part.TheirDocuments), parts.Sum(part => part.TheirTotal),
        parts.Sum(part => part.Unproven), parts.Sum(part => part.Breaks),
        string.Join(" ", parts.Select(part => part.Problem).Where(problem => problem.Length > 0)))
    {
        Targets = parts,
    };

    // Two names of one company of one ERP: what one holds the other holds.
    private static bool IsSameBook(DeliveryTarget one, DeliveryTarget other) =>
        one.Settings.System == other.Settings.System && one.Settings.Url == other.Settings.Url && one.Settings.Company == other.Settings.Company;

    // A run taken up again after a crash starts its reading over: half a read-back proves nothing.
    private async Task Forget(Guid run, CancellationToken cancel)
    {
        await using var connection = await database.OpenConnectionAsync(cancel);
        await connection.ExecuteAsync(
            """
            delete from reconciliation.held_document where run_id = @run;
            delete from reconciliation.result where run_id = @run;
            delete from reconciliation.account_result where run_id = @run;
            delete from reconciliation.difference where run_id = @run;
            """, new { run });
    }
}
