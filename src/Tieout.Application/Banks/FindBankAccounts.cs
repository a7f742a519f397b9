using Npgsql;
using Tieout.Application.Database;

namespace Tieout.Application.Banks;

/// <summary>An account at a bank.</summary>
/// <param name="Number">As statements tell it.</param>
/// <param name="LedgerAccount">The account of the ledger that it is kept on.</param>
/// <param name="LedgerNumber">What the legal entity's chart calls that, and <paramref name="LedgerName"/>.</param>
/// <param name="ClosedOn">Its last day; null while it is open.</param>
/// <param name="LastStatement">The day that the last statement of it ends with; null for none.</param>
public sealed record BankAccount(
    string LegalEntity, string Code, string Number, string Currency, string LedgerAccount, string LedgerNumber, string LedgerName, DateOnly? ClosedOn,
    DateOnly? LastStatement, string AddedBy, string Reason);

/// <summary>Shows the bank accounts of legal entities.</summary>
public sealed class FindBankAccounts(NpgsqlDataSource database)
{
    /// <summary>Of one legal entity or all, by legal entity, the oldest first.</summary>
    /// <param name="legalEntity">Its code; null for all.</param>
    public async Task<IReadOnlyList<BankAccount>> List(string? legalEntity, CancellationToken cancel)
    {
        var rows = await database.Rows<Row>(
            """
            select e.id as legal_entity_id, e.code as legal_entity, b.code, b.number, b.currency, b.account, b.closed_on, (
                     select max(coalesce(s.closing_on, (select max(l.booked_on) from cash.bank_line l where l.statement_id = s.id)))
                     from cash.statement s where s.bank_account_id = b.id) as last_statement,
                   b.actor, b.reason
            from cash.bank_account b join customers.legal_entity e on e.id = b.legal_entity_id
            where b.tenant = 1 and (@legalEntity::text is null or e.code = @legalEntity) order by e.code, b.created_at, b.id
            """, new { legalEntity }, cancel);
        List<BankAccount> told = [];
        await using var connection = await database.OpenConnectionAsync(cancel);
        foreach (var entity in rows.GroupBy(row => row.LegalEntityId))
        {
            var chart = await Ledger.LedgerBooks.Chart(connection, entity.Key, cancel);
            told.AddRange(entity.Select(row => new BankAccount(
                row.LegalEntity, row.Code, row.Number, row.Currency, row.Account, chart[row.Account].Number, chart[row.Account].Name, row.ClosedOn,
                row.LastStatement, row.Actor, row.Reason)));
        }
        return told;
    }

    private sealed record Row(
        Guid LegalEntityId, string LegalEntity, string Code, string Number, string Currency, string Account, DateOnly? ClosedOn, DateOnly? LastStatement,
        string Actor, string Reason);
}
