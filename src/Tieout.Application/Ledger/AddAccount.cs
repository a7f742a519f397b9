using Dapper;
using Npgsql;
using Tieout.Domain;
using Tieout.Domain.Ledger;

namespace Tieout.Application.Ledger;

/// <summary>Asks for an account of a legal entity's own.</summary>
/// <param name="LegalEntity">Its code.</param>
public sealed record AccountRequest(string LegalEntity, OwnAccountWish Wish, string Actor, string Reason);

/// <summary>Adds an account of its own to the chart of a legal entity. The same again adds nothing.</summary>
public sealed class AddAccount(NpgsqlDataSource database)
{
    /// <summary>One transaction: the account and what it is called, or nothing. Answers the whole chart.</summary>
    public async Task<LedgerAnswer> Run(AccountRequest request, CancellationToken cancel)
    {
        await using var connection = await database.OpenConnectionAsync(cancel);
        await using var transaction = await connection.BeginTransactionAsync(cancel);
        if (await LedgerBooks.Entity(connection, request.LegalEntity, cancel) is not { } entity) return LedgerBooks.UnknownEntity;
        await LedgerBooks.LockChart(connection, entity.Id, cancel);
        var stands = await LedgerBooks.Chart(connection, entity.Id, cancel);
        var wished = request.Wish.Account;
        if (!stands.Has(wished.Account) || stands[wished.Account] with { ClosedOn = null } != wished)
        {
            if (OwnAccountRules.Judge(stands, request.Wish) is [var problem, ..]) return LedgerBooks.Refused(problem);
            await Save(connection, entity.Id, request, cancel);
            await transaction.CommitAsync(cancel);
        }
        return new LedgerAnswer.Chart(entity.Code, (await LedgerBooks.Chart(connection, entity.Id, cancel)).Accounts);
    }

    private static Task Save(NpgsqlConnection connection, Guid entity, AccountRequest request, CancellationToken cancel) =>
        connection.ExecuteAsync(new CommandDefinition(
            """
            insert into ledger.own_account (id, legal_entity_id, account, type, opened_on, actor, reason)
            values (@id, @entity, @Account, @type, @OpenedOn, @Actor, @Reason);
            insert into ledger.chart_change (id, legal_entity_id, account, number, name, actor, reason)
            values (@change, @entity, @Account, @Number, @Name, @Actor, @Reason)
            """,
            new
            {
                id = Guid.CreateVersion7(),
                change = Guid.CreateVersion7(),
                entity,
                request.Wish.Account.Account,
                type = Words.Of(request.Wish.Type),
                request.Wish.Account.OpenedOn,
                request.Wish.Number,
                request.Wish.Name,
                request.Actor,
                request.Reason,
            }, cancellationToken: cancel));
}
