using Dapper;
using Npgsql;
using Tieout.Application.Invoicing;
using Tieout.Domain;
using Tieout.Domain.Ledger;

namespace Tieout.Application.Ledger;

/// <summary>Asks to close an account of a legal entity's own, or to open it again.</summary>
/// <param name="LegalEntity">Its code.</param>
/// <param name="Account">As the ledger calls it, such as <c>own.travel</c>.</param>
/// <param name="On">The last day it takes entries of; null to open it again.</param>
public sealed record AccountClosing(string LegalEntity, string Account, DateOnly? On, string Actor, string Reason);

/// <summary>
/// Says until when an account of a legal entity's own takes entries. Nothing of it is lost: its lines stay, and who closed it, when and why.
/// </summary>
public sealed class CloseAccount(NpgsqlDataSource database)
{
    /// <summary>Adds to what was said before, or nothing where it is so already. Answers the whole chart.</summary>
    public async Task<LedgerAnswer> Run(AccountClosing request, CancellationToken cancel)
    {
        await using var connection = await database.OpenConnectionAsync(cancel);
        await using var transaction = await connection.BeginTransactionAsync(cancel);
        if (await LedgerBooks.Entity(connection, request.LegalEntity, cancel) is not { } entity) return LedgerBooks.UnknownEntity;
        await BillingLock.Alone(connection, entity.Id, cancel);
        var chart = await LedgerBooks.Chart(connection, entity.Id, cancel);
        if (!chart.Has(request.Account)) return LedgerBooks.UnknownAccount;
        var stands = chart[request.Account];
        if (!LedgerAccount.IsOwn(request.Account) || (request.On is not null && stands.ClosedOn != request.On))
        {
            var (last, left) = await Lines(connection, entity, request.Account, cancel);
            if (OwnAccountRules.ClosingProblem(stands, request.On ?? DateOnly.MaxValue, last, left) is { } problem) return LedgerBooks.Refused(problem);
        }
        if (stands.ClosedOn != request.On)
            await connection.ExecuteAsync(new CommandDefinition(
                """
                insert into ledger.own_account_closing (own_account_id, closed_on, actor, reason)
                select id, @On, @Actor, @Reason from ledger.own_account where legal_entity_id = @Id and account = @Account
                """, new { request.On, request.Actor, request.Reason, entity.Id, request.Account }, cancellationToken: cancel));
        await transaction.CommitAsync(cancel);
        return new LedgerAnswer.Chart(entity.Code, (await LedgerBooks.Chart(connection, entity.Id, cancel)).Accounts);
    }

    private static async Task<(DateOnly? Last, List<Money> Left)> Lines(
        NpgsqlConnection connection, LedgerEntity entity, string account, CancellationToken cancel)
    {
        // The condition with the collation is that of an index; see the migration.
        var last = await connection.QuerySingleAsync<DateOnly?>(new CommandDefinition(
            """
            select max(e.entry_date) from ledger.journal_line l join ledger.journal_entry e on e.id = l.entry_id
            where l.tenant = 1 and l.legal_entity_id = @Id and l.account = @account
              and l.account collate "C" not in ('receivable', 'revenue', 'deferred-revenue', 'tax')
            """, new { entity.Id, account }, cancellationToken: cancel));
        var rows = await connection.QueryAsync<(string Currency, decimal Amount, decimal Functional)>(new CommandDefinition(
            """
            select currency, sum(debit - credit), sum(functional_debit - functional_credit) from ledger.turnover
            where tenant = 1 and legal_entity_id = @Id and account = @account group by currency order by currency
            """, new { entity.Id, account }, cancellationToken: cancel));
        return (last, [.. rows.SelectMany(row => new[]
            { new Money(row.Amount, Currency.Of(row.Currency)), new Money(row.Functional, Currency.Of(entity.Currency)) })]);
    }
}
