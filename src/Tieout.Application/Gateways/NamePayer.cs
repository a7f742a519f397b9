using System.Text.Json;
using Dapper;
using Npgsql;
using Tieout.Application.Payments;
using Tieout.Domain.Catalog;
using Tieout.Domain.Invoicing;

namespace Tieout.Application.Gateways;

/// <summary>What came of saying whose a gateway's customer is.</summary>
public abstract record NamePayerOutcome
{
    private NamePayerOutcome() { }

    /// <summary>It is known from now on; so many charges are looked at again.</summary>
    public sealed record Named(string Gateway, string Payer, string BillingAccount, int LookedAtAgain) : NamePayerOutcome;

    /// <summary>No gateway has this name.</summary>
    public sealed record UnknownGateway : NamePayerOutcome;

    /// <summary>Fields that are wrong; nothing was written.</summary>
    public sealed record Unreadable(IReadOnlyList<PriceProblem> Problems) : NamePayerOutcome;
}

/// <summary>
/// A person says which billing account a gateway's customer is, or whose one charge without a customer is. What was said before in the same currency
/// ends by it: a customer pays for one account in each. What waited for that is looked at again.
/// </summary>
public sealed class NamePayer(NpgsqlDataSource database, TimeProvider clock)
{
    private const int PayerMost = 255;
    private static readonly string[] Waited = ["unknown-customer", "several-accounts", "other-currency", "other-entity", "receipt-taken-back"];

    /// <summary>One transaction. Said twice it changes nothing.</summary>
    /// <param name="document">docs/cash.md describes its members.</param>
    public async Task<NamePayerOutcome> Run(string gateway, JsonElement document, string? actor, CancellationToken cancel)
    {
        List<PriceProblem> problems = [];
        var json = CashFields.Top(document, problems, "payer", "billing-account", "actor");
        var (payer, account) = (json.Reference("payer", PayerMost), json.Words("billing-account", GivenText.ActorMost));
        var who = actor ?? json.Words("actor", GivenText.ActorMost);
        if (payer.Length > 0 && !payer.All(letter => char.IsAsciiLetterOrDigit(letter) || letter is '_' or '-'))
            json.AddAt("payer", "bad-text", "The gateway's ids are letters, digits and underscores.",
                "Give its customer, such as cus_1, or a charge, such as ch_1.");
        if (problems.Count > 0) return new NamePayerOutcome.Unreadable(problems);
        await using var connection = await database.OpenConnectionAsync(cancel);
        await using var transaction = await connection.BeginTransactionAsync(cancel);
        if (!(await GatewayPlace.All(connection, cancel)).TryGetValue(gateway, out var place)) return new NamePayerOutcome.UnknownGateway();
        if (await CashBooks.Account(connection, account, cancel) is not { } known)
            return new NamePayerOutcome.Unreadable(
                [new PriceProblem("billing-account", "unknown-account", "There is no billing account with this code.", "Correct the code.")]);
        var now = clock.GetUtcNow();
        await connection.ExecuteAsync(new CommandDefinition(
            """
            update cash.payer_number n set ended_at = @now, ended_by = @who, ended_why = 'It is said to be ' || @Code
            from customers.billing_account former
            where n.tenant = 1 and n.number = @number and n.ended_at is null and n.billing_account_id <> @Id
              and former.id = n.billing_account_id and former.currency = @Currency;
            insert into cash.payer_number (number, billing_account_id, actor, created_at) values (@number, @Id, @who, @now) on conflict do nothing
            """, new { number = place.Payer(payer), known.Id, known.Code, known.Currency, who, now }, cancellationToken: cancel));
        var again = await connection.ExecuteAsync(new CommandDefinition(
            """
            update cash.gateway_object set again_at = @now where tenant = 1 and gateway = @gateway and state = 'parked' and code = any(@Waited)
            """, new { gateway, now, Waited }, cancellationToken: cancel));
        await transaction.CommitAsync(cancel);
        return new NamePayerOutcome.Named(gateway, payer, known.Code, again);
    }
}
