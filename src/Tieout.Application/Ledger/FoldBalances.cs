using Dapper;
using Npgsql;

namespace Tieout.Application.Ledger;

/// <summary>
/// Folds what was booked since into the balances. Readers add up both, so that when and whether this runs changes no figure; it only
/// keeps the rows few.
/// </summary>
public sealed class FoldBalances(NpgsqlDataSource database)
{
    private const int AtOnce = 50_000;

    /// <summary>Folds all that is committed; how many rows it took. Zero when there is nothing, or somebody else is at it.</summary>
    /// <remarks>Writers never wait for it: it takes out rows that no writer touches again, and nobody else writes balances.</remarks>
    public async Task<long> Run(CancellationToken cancel)
    {
        await using var connection = await database.OpenConnectionAsync(cancel);
        long folded = 0;
        while (true)
        {
            var taken = await Some(connection, cancel);
            folded += taken;
            if (taken < AtOnce) return folded;
        }
    }

    private static async Task<long> Some(NpgsqlConnection connection, CancellationToken cancel)
    {
        await using var transaction = await connection.BeginTransactionAsync(cancel);
        // One at a time; IntakeLock lists the numbers of advisory locks.
        if (!await connection.QuerySingleAsync<bool>(new CommandDefinition("select pg_try_advisory_xact_lock(757, 1)", cancellationToken: cancel))) return 0;
        var taken = await connection.QuerySingleAsync<long>(new CommandDefinition(
            """
            with taken as (
              delete from ledger.balance_change
              where ctid = any(array(select ctid from ledger.balance_change limit @AtOnce for update skip locked))
              returning tenant, legal_entity_id, month, account, currency, debit, credit, lines, functional_debit, functional_credit),
            folded as (
              insert into ledger.account_balance as b (tenant, legal_entity_id, month, account, currency, debit, credit, lines, functional_debit, functional_credit)
              select tenant, legal_entity_id, month, account, currency, sum(debit), sum(credit), sum(lines), sum(functional_debit),
                     sum(functional_credit)
              from taken group by tenant, legal_entity_id, month, account, currency
              on conflict (legal_entity_id, month, account, currency) do update
                set debit = b.debit + excluded.debit, credit = b.credit + excluded.credit, lines = b.lines + excluded.lines,
                    functional_debit = b.functional_debit + excluded.functional_debit,
                    functional_credit = b.functional_credit + excluded.functional_credit)
            select count(*) from taken
            """, new { AtOnce }, commandTimeout: 600, cancellationToken: cancel));
        await transaction.CommitAsync(cancel);
        return taken;
    }
}
