using System.Globalization;
using System.Text.Json;
using Dapper;
using Npgsql;
using Tieout.Application.Invoicing;
using Tieout.Application.Ledger;
using Tieout.Application.Payments;
using Tieout.Domain.Catalog;
using Tieout.Domain.Invoicing;

namespace Tieout.Application.Banks;

/// <summary>
/// Says which day was the last of a bank account: what is of a later day is refused from then on. Said again it is another day, as long as no
/// statement is of a later one.
/// </summary>
public sealed class CloseBankAccount(NpgsqlDataSource database)
{
    /// <summary>One transaction, or nothing.</summary>
    /// <param name="legalEntity">Its code.</param>
    /// <param name="code">The bank account's.</param>
    /// <param name="document">docs/cash.md describes its members.</param>
    /// <param name="actor">Who closes it; null when the document says.</param>
    public async Task<BankAccountOutcome> Run(string legalEntity, string code, JsonElement document, string? actor, CancellationToken cancel)
    {
        List<PriceProblem> problems = [];
        var json = CashFields.Top(document, problems, "on", "reason", "actor");
        var (on, reason, who) = (
            json.Need("on")?.AsDate() ?? default, json.Words("reason", GivenText.ReasonMost), actor ?? json.Words("actor", GivenText.ActorMost));
        if (problems.Count > 0) return new BankAccountOutcome.Unreadable(problems);
        await using var connection = await database.OpenConnectionAsync(cancel);
        await using var transaction = await connection.BeginTransactionAsync(cancel);
        if (await LedgerBooks.Entity(connection, legalEntity, cancel) is not { } entity) return new BankAccountOutcome.NotFound("legal-entity");
        await BillingLock.Alone(connection, entity.Id, cancel);
        if (await Stands(connection, entity.Id, code, cancel) is not { } stands) return new BankAccountOutcome.NotFound("code");
        if (stands.Last > on)
            return new BankAccountOutcome.Refused(new PriceProblem(
                "on", "later-than-that", string.Create(CultureInfo.InvariantCulture, $"It has a statement or a payment of {stands.Last:yyyy-MM-dd}."),
                "Close it on that day or a later one."));
        if (stands.ClosedOn != on)
            await connection.ExecuteAsync(new CommandDefinition(
                "insert into cash.bank_account_closing (bank_account_id, closed_on, actor, reason) values (@Id, @on, @who, @reason)",
                new { stands.Id, on, who, reason }, cancellationToken: cancel));
        await transaction.CommitAsync(cancel);
        var closed = (await new FindBankAccounts(database).List(entity.Code, cancel)).Single(one => one.Code == code);
        return new BankAccountOutcome.Done(closed, stands.ClosedOn == on);
    }

    private static Task<Row?> Stands(NpgsqlConnection connection, Guid entity, string code, CancellationToken cancel) =>
        connection.QuerySingleOrDefaultAsync<Row>(new CommandDefinition(
            """
            select b.id, b.closed_on, greatest(
                     (select max(s.closing_on) from cash.statement s where s.bank_account_id = b.id),
                     (select max(l.booked_on) from cash.statement s join cash.bank_line l on l.statement_id = s.id where s.bank_account_id = b.id),
                     (select max(p.received_on) from cash.payment p where p.bank_account_id = b.id)) as last
            from cash.bank_account b where b.tenant = 1 and b.legal_entity_id = @entity and b.code = @code
            """, new { entity, code }, cancellationToken: cancel));

    private sealed record Row(Guid Id, DateOnly? ClosedOn, DateOnly? Last);
}
