using Dapper;
using Npgsql;
using Tieout.Domain.Cash.Dunning;

namespace Tieout.Application.Dunning;

/// <summary>
/// Looks at all billing accounts of legal entities that have a policy: who has reached which step, which promises were kept. Run twice on a day it adds
/// nothing; stopped anywhere and run again, it goes on; a day that was left out is made up for one step a day.
/// </summary>
public sealed class RunDunning(NpgsqlDataSource database, TimeProvider clock)
{
    private const int Together = 1_000;

    // Numbers of advisory locks: see IntakeLock; 742 this one. Who decides about the same accounts waits.
    private const string Lock = "select pg_advisory_xact_lock(742, 1)";

    /// <summary>Each thousand accounts in a transaction of their own.</summary>
    public async Task<DunningCounts> Run(CancellationToken cancel)
    {
        var sum = new DunningCounts(0, 0, 0, 0, 0);
        IReadOnlyList<(Guid Entity, DunningPolicy Policy)> policies;
        await using (var connection = await database.OpenConnectionAsync(cancel)) policies = await DunningPolicies.All(connection, cancel);
        foreach (var (entity, policy) in policies)
            for (var after = Guid.Empty; ;)
            {
                await using var connection = await database.OpenConnectionAsync(cancel);
                var accounts = await DunningBooks.After(connection, entity, after, Together, cancel);
                if (accounts.Count == 0) break;
                var counts = await Look(connection, policy, accounts, cancel);
                sum = new DunningCounts(
                    sum.Accounts + counts.Accounts, sum.Overdue + counts.Overdue, sum.Notices + counts.Notices, sum.Kept + counts.Kept,
                    sum.Broken + counts.Broken);
                after = accounts[^1].Id;
            }
        return sum;
    }

    /// <summary>Looks at one account, after something was said about it.</summary>
    internal async Task One(DunnedAccount account, DunningPolicy policy, CancellationToken cancel)
    {
        await using var connection = await database.OpenConnectionAsync(cancel);
        await Look(connection, policy, [account], cancel);
    }

    private async Task<DunningCounts> Look(
        NpgsqlConnection connection, DunningPolicy policy, IReadOnlyList<DunnedAccount> accounts, CancellationToken cancel)
    {
        await using var transaction = await connection.BeginTransactionAsync(cancel);
        await connection.ExecuteAsync(new CommandDefinition(Lock, cancellationToken: cancel));
        var now = clock.GetUtcNow();
        var today = policy.Today(now);
        var facts = await DunningBooks.Facts(connection, accounts, cancel);
        var decided = accounts.Select(account => new DunnedToday(account, DunningLadder.Decide(policy, facts[account.Id], today))).ToList();
        await SaveDunning.Run(connection, policy, decided, today, now, cancel);
        await transaction.CommitAsync(cancel);
        return new DunningCounts(
            accounts.Count, decided.Count(one => one.Decision.State != DunningState.Current), decided.Sum(one => one.Decision.Notices.Count),
            Promises(PromiseOutcome.Kept), Promises(PromiseOutcome.Broken));

        int Promises(PromiseOutcome outcome) => decided.Sum(one => one.Decision.Promises.Count(promise => promise.Outcome == outcome));
    }
}
