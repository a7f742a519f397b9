using Npgsql;
using Tieout.Application.Database;
using Tieout.Domain;

namespace Tieout.Application.Views;

/// <summary>What an account of the subledger moved in a month.</summary>
/// <param name="Amount">Debit positive, credit negative.</param>
/// <param name="Lines">How many journal lines it is the sum of.</param>
public sealed record Balance(string Entity, AccountingMonth Month, string Account, Money Amount, long Lines);

/// <summary>Reads the subledger's balances as they are kept up with its lines; <see cref="Ledger.CheckLedger"/> proves that they are the lines' sums.</summary>
public sealed class ReadBalances(NpgsqlDataSource database)
{
    /// <summary>By entity, month and account; <paramref name="entity"/> and <paramref name="month"/> narrow it when given.</summary>
    public async Task<IReadOnlyList<Balance>> Run(string? entity, AccountingMonth? month, CancellationToken cancel)
    {
        var rows = await database.Rows<Row>(
            """
            select e.code as entity, b.month, b.account, b.currency, sum(b.debit - b.credit) as amount, sum(b.lines)::bigint as lines
            from ledger.turnover b
            join customers.legal_entity e on e.id = b.legal_entity_id
            where b.tenant = 1 and (@entity::text is null or e.code = @entity)
              and (@month::date is null or b.month = @month)
            group by e.code, b.month, b.account, b.currency
            order by e.code, b.month desc, b.currency, b.account
            """, new { entity, month = month?.FirstDay }, cancel);
        return [.. rows.Select(row =>
            new Balance(row.Entity, AccountingMonth.Of(row.Month), row.Account, Cash.Of(row.Amount, row.Currency), row.Lines))];
    }

    private sealed record Row(string Entity, DateOnly Month, string Account, string Currency, decimal Amount, long Lines);
}
