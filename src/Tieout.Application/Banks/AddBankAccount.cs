using System.Text.Json;
using Dapper;
using Npgsql;
using Tieout.Application.Catalog;
using Tieout.Application.Invoicing;
using Tieout.Application.Ledger;
using Tieout.Application.Payments;
using Tieout.Domain.Cash;
using Tieout.Domain.Catalog;
using Tieout.Domain.Customers;
using Tieout.Domain.Invoicing;
using Tieout.Domain.Ledger;

namespace Tieout.Application.Banks;

/// <summary>Adds a bank account to a legal entity, with the account of the ledger that it is kept on. The same again adds nothing.</summary>
public sealed class AddBankAccount(NpgsqlDataSource database)
{
    private const int EntityMost = 12;
    private const int NumberMost = 60;

    /// <summary>One transaction: the bank account and what its ledger account is called, or nothing.</summary>
    /// <param name="document">docs/cash.md describes its members.</param>
    /// <param name="actor">Who adds it; null when the document says.</param>
    public async Task<BankAccountOutcome> Run(JsonElement document, string? actor, CancellationToken cancel)
    {
        List<PriceProblem> problems = [];
        var request = Read(document, actor, problems);
        if (problems.Count > 0) return new BankAccountOutcome.Unreadable(problems);
        await using var connection = await database.OpenConnectionAsync(cancel);
        await using var transaction = await connection.BeginTransactionAsync(cancel);
        if (await LedgerBooks.Entity(connection, request.LegalEntity, cancel) is not { } entity) return new BankAccountOutcome.NotFound("legal-entity");
        // Whoever imports a statement takes the same lock, and two who add one account are one after the other, whichever legal entity they name.
        await connection.ExecuteAsync(new CommandDefinition("lock table cash.bank_account in share row exclusive mode", cancellationToken: cancel));
        await BillingLock.Alone(connection, entity.Id, cancel);
        var wish = new BankAccountWish(entity.Id, request.Code, BankAccountRules.Plain(request.Number), request.Currency);
        var known = await Known(connection, cancel);
        var again = known.Any(one => (one.LegalEntity, one.Code, one.Number, one.Currency) == (wish.LegalEntity, wish.Code, wish.Number, wish.Currency));
        if (!again)
        {
            if (BankAccountRules.Refusal(wish, known) is { } refused) return new BankAccountOutcome.Refused(refused);
            var account = BankAccountRules.AccountFor(wish, known);
            await Insert(connection, wish, account, request, cancel);
            if (await Call(connection, entity.Id, account, request, cancel) is { } problem) return new BankAccountOutcome.Refused(problem);
        }
        await transaction.CommitAsync(cancel);
        var added = (await new FindBankAccounts(database).List(entity.Code, cancel)).Single(one => one.Code == request.Code);
        return new BankAccountOutcome.Done(added, again);
    }

    private static Request Read(JsonElement document, string? actor, List<PriceProblem> problems)
    {
        var json = CashFields.Top(
            document, problems, "legal-entity", "code", "number", "currency", "ledger-number", "ledger-name", "reason", "actor");
        // The digits of an IBAN may pass for a card's; its own check digits say that it is none.
        var number = json.Find("number")?.RawText is { } given && Iban.TryParse(given, out var iban, out _) ? iban.Value : json.Words("number", NumberMost);
        var request = new Request(
            json.Words("legal-entity", EntityMost), json.Words("code", LedgerAccount.BankCodeMost), number, json.Words("currency", 3),
            Or(json, "ledger-number", ChartRules.NumberMost), Or(json, "ledger-name", ChartRules.NameMost), json.Words("reason", GivenText.ReasonMost),
            actor ?? json.Words("actor", GivenText.ActorMost));
        if (problems.Count == 0) problems.AddRange(BankAccountRules.Judge(request.Code, request.Number, request.Currency));
        return request;
    }

    private static string? Or(JsonFields json, string name, int most) => json.Find(name) is null ? null : json.Words(name, most);

    private static async Task<IReadOnlyCollection<KnownBankAccount>> Known(NpgsqlConnection connection, CancellationToken cancel) =>
        [.. await connection.QueryAsync<KnownBankAccount>(new CommandDefinition(
            "select legal_entity_id as legal_entity, code, number, currency, account from cash.bank_account where tenant = 1", cancellationToken: cancel))];

    private static Task Insert(NpgsqlConnection connection, BankAccountWish wish, string account, Request request, CancellationToken cancel) =>
        connection.ExecuteAsync(new CommandDefinition(
            """
            insert into cash.bank_account (id, legal_entity_id, code, number, currency, account, actor, reason)
            values (@id, @LegalEntity, @Code, @Number, @Currency, @account, @Actor, @Reason)
            """,
            new { id = Guid.CreateVersion7(), wish.LegalEntity, wish.Code, wish.Number, wish.Currency, account, request.Actor, request.Reason },
            cancellationToken: cancel));

    // What nobody calls otherwise is written down as well: its number is not another one when other accounts come or go.
    private static async Task<PriceProblem?> Call(NpgsqlConnection connection, Guid entity, string account, Request request, CancellationToken cancel)
    {
        if (account == LedgerAccount.CashClearing && request is { LedgerNumber: null, LedgerName: null }) return null;
        await LedgerBooks.LockChart(connection, entity, cancel);
        var stands = await LedgerBooks.Chart(connection, entity, cancel);
        var wish = new ChartWish(account, request.LedgerNumber ?? stands[account].Number, request.LedgerName ?? stands[account].Name);
        if (ChartRules.Judge(stands, [wish]) is [var problem, ..]) return problem with { Field = $"ledger-{problem.Field}" };
        await connection.ExecuteAsync(new CommandDefinition(
            """
            insert into ledger.chart_change (id, legal_entity_id, account, number, name, actor, reason)
            values (@id, @entity, @account, @Number, @Name, @Actor, @Reason)
            """, new { id = Guid.CreateVersion7(), entity, account, wish.Number, wish.Name, request.Actor, request.Reason }, cancellationToken: cancel));
        return null;
    }

    private sealed record Request(
        string LegalEntity, string Code, string Number, string Currency, string? LedgerNumber, string? LedgerName, string Reason, string Actor);
}
