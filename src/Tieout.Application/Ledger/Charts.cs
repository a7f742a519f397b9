using Dapper;
using Npgsql;
using Tieout.Domain.Ledger;

namespace Tieout.Application.Ledger;

/// <summary>Asks to call an account of a legal entity otherwise.</summary>
/// <param name="LegalEntity">Its code.</param>
/// <param name="Wish">What the account is to be called.</param>
public sealed record ChartRequest(string LegalEntity, ChartWish Wish, string Actor, string Reason);

/// <summary>
/// The accounts of a legal entity with their numbers and names. Whoever changes one adds to what was said before; nothing is lost. Names
/// are for people and files: no entry changes by them.
/// </summary>
public sealed class Charts(NpgsqlDataSource database)
{
    /// <summary>All accounts, by number.</summary>
    public async Task<LedgerAnswer> Read(string legalEntity, CancellationToken cancel)
    {
        await using var connection = await database.OpenConnectionAsync(cancel);
        if (await LedgerBooks.Entity(connection, legalEntity, cancel) is not { } entity) return LedgerBooks.UnknownEntity;
        return new LedgerAnswer.Chart(entity.Code, (await LedgerBooks.Chart(connection, entity.Id, cancel)).Accounts);
    }

    /// <summary>Changes one, or nothing; what is so already adds nothing.</summary>
    public async Task<LedgerAnswer> Change(ChartRequest request, CancellationToken cancel)
    {
        await using var connection = await database.OpenConnectionAsync(cancel);
        await using var transaction = await connection.BeginTransactionAsync(cancel);
        if (await LedgerBooks.Entity(connection, request.LegalEntity, cancel) is not { } entity) return LedgerBooks.UnknownEntity;
        var problems = await Write(connection, entity.Id, [request.Wish], request.Actor, request.Reason, cancel);
        if (problems.Problem is { } wrong) return wrong;
        await transaction.CommitAsync(cancel);
        return new LedgerAnswer.Chart(entity.Code, (await LedgerBooks.Chart(connection, entity.Id, cancel)).Accounts);
    }

    /// <summary>Writes what differs, inside the caller's transaction; how many did, or the first thing that is wrong.</summary>
    internal static async Task<(int Changed, LedgerAnswer.Refused? Problem)> Write(
        NpgsqlConnection connection, Guid entity, IReadOnlyList<ChartWish> wishes, string actor, string reason, CancellationToken cancel)
    {
        await LedgerBooks.LockChart(connection, entity, cancel);
        var stands = await LedgerBooks.Chart(connection, entity, cancel);
        if (ChartRules.Judge(stands, wishes) is [var first, ..])
            return (0, new LedgerAnswer.Refused(first.Field, first.Code, first.Reason, first.Remedy));
        var wished = stands.With(wishes);
        var changed = wishes.Select(wish => wished[wish.Account]).Where(account => stands[account.Account] != account).Distinct().ToList();
        // One statement, so that two accounts may change their numbers.
        await connection.ExecuteAsync(new CommandDefinition(
            """
            insert into ledger.chart_change (id, legal_entity_id, account, number, name, actor, reason)
            select id, @entity, account, number, name, @actor, @reason
            from unnest(@ids, @accounts, @numbers, @names) as change (id, account, number, name)
            """,
            new
            {
                entity,
                actor,
                reason,
                ids = changed.Select(_ => Guid.CreateVersion7()).ToArray(),
                accounts = changed.Select(account => account.Account).ToArray(),
                numbers = changed.Select(account => account.Number).ToArray(),
                names = changed.Select(account => account.Name).ToArray(),
            }, cancellationToken: cancel));
        return (changed.Count, null);
    }
}
