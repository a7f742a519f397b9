using System.Text.Json;
using Dapper;
using Npgsql;
using Tieout.Application.Payments;
using Tieout.Domain.Catalog;
using Tieout.Domain.Invoicing;

namespace Tieout.Application.Statements;

/// <summary>Who is known to pay from where.</summary>
/// <param name="Id">In the order in which it was said.</param>
/// <param name="Number">The account at a bank, or the gateway's name with its customer or charge behind a slash.</param>
/// <param name="Since">When it was said, and <paramref name="Actor"/> by whom.</param>
/// <param name="TaughtBy">Number of the entry by whose booking it was taught; empty where somebody said so by itself.</param>
/// <param name="EndedAt">Null while it holds.</param>
public sealed record KnownPayerRow(
    long Id, string Number, string BillingAccount, string Customer, DateTimeOffset Since, string Actor, string TaughtBy, DateTimeOffset? EndedAt, string EndedBy,
    string EndedWhy);

/// <summary>What came of ending what is known of a payer.</summary>
public abstract record ForgetOutcome
{
    private ForgetOutcome() { }

    /// <summary>It holds no longer.</summary>
    public sealed record Done(KnownPayerRow Payer) : ForgetOutcome;

    /// <summary>Nobody is known to pay from there for that account.</summary>
    public sealed record NotFound : ForgetOutcome;

    /// <summary>Fields that are wrong; nothing was changed.</summary>
    public sealed record Unreadable(IReadOnlyList<PriceProblem> Problems) : ForgetOutcome;
}

/// <summary>Lists who is known to pay from where, and ends what was said wrongly. Nothing is deleted.</summary>
public sealed class Payers(NpgsqlDataSource database, TimeProvider clock)
{
    private const int NumberMost = 300;

    private const string Columns =
        """
        select n.id, n.number, a.code as billing_account, c.name as customer, n.created_at as since, n.actor, n.taught_by, n.ended_at, n.ended_by, n.ended_why
        from cash.payer_number n
        join customers.billing_account a on a.id = n.billing_account_id
        join customers.customer c on c.id = a.customer_id
        """;

    /// <summary>The newest first.</summary>
    /// <param name="account">Code of a billing account, and <paramref name="number"/> where from; null does not narrow.</param>
    /// <param name="ended">Also those that hold no longer.</param>
    /// <param name="after">Id of the last one of the page before.</param>
    public async Task<IReadOnlyList<KnownPayerRow>> List(
        string? account, string? number, bool ended, long? after, int rows, CancellationToken cancel)
    {
        await using var connection = await database.OpenConnectionAsync(cancel);
        return [.. await connection.QueryAsync<KnownPayerRow>(new CommandDefinition(
            Columns +
            """
             where n.tenant = 1 and (@account::text is null or a.code = @account) and (@number::text is null or n.number = @number)
              and (@ended or n.ended_at is null) and (@after::bigint is null or n.id < @after)
            order by n.id desc limit @rows
            """, new { account, number, ended, after, rows }, cancellationToken: cancel))];
    }

    /// <summary>Ends one; docs/cash.md describes the document. Payments from there are not certain any more, and stay as they are booked.</summary>
    public async Task<ForgetOutcome> Forget(JsonElement document, string? actor, CancellationToken cancel)
    {
        List<PriceProblem> problems = [];
        var json = CashFields.Top(document, problems, "number", "billing-account", "reason", "actor");
        var (number, account) = (json.Reference("number", NumberMost), json.Words("billing-account", GivenText.ActorMost));
        var (reason, who) = (json.Words("reason", GivenText.ReasonMost), actor ?? json.Words("actor", GivenText.ActorMost));
        if (problems.Count > 0) return new ForgetOutcome.Unreadable(problems);
        await using var connection = await database.OpenConnectionAsync(cancel);
        var id = await connection.ExecuteScalarAsync<long?>(new CommandDefinition(
            """
            update cash.payer_number n set ended_at = @now, ended_by = @who, ended_why = @reason
            from customers.billing_account a
            where a.id = n.billing_account_id and a.code = @account and n.tenant = 1 and n.number = @number and n.ended_at is null returning n.id
            """, new { number, account, reason, who, now = clock.GetUtcNow() }, cancellationToken: cancel));
        return id is null ? new ForgetOutcome.NotFound() : new ForgetOutcome.Done(await connection.QuerySingleAsync<KnownPayerRow>(new CommandDefinition(
            Columns + " where n.id = @id", new { id }, cancellationToken: cancel)));
    }
}
