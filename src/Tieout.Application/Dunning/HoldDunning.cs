using System.Globalization;
using System.Text.Json;
using Dapper;
using Npgsql;
using Tieout.Application.Payments;
using Tieout.Domain.Catalog;
using Tieout.Domain.Invoicing;

namespace Tieout.Application.Dunning;

/// <summary>A person stops reminding an account, or lets it go on.</summary>
public sealed class HoldDunning(NpgsqlDataSource database, TimeProvider clock)
{
    internal static DunningReply.NotFound NoAccount { get; } = new("billing-account", "No billing account has this code.");

    internal static DunningReply.Refused NoPolicy { get; } = new(
        "billing-account", "no-policy", "its legal entity has no dunning policy", "Set one (tieout dunning policy).");

    /// <summary>One transaction. The same again, while it stands, changes nothing.</summary>
    /// <param name="code">The billing account's.</param>
    /// <param name="document">docs/dunning.md describes its members.</param>
    public async Task<DunningReply> Hold(string code, JsonElement document, string? actor, CancellationToken cancel)
    {
        List<PriceProblem> problems = [];
        var json = CashFields.Top(document, problems, "until", "reason", "actor");
        var (until, reason, who) = (json.DateOrNone("until"), json.Words("reason", GivenText.ReasonMost), actor ?? json.Words("actor", GivenText.ActorMost));
        if (problems.Count > 0) return new DunningReply.Unreadable(problems);
        await using var connection = await database.OpenConnectionAsync(cancel);
        if (await DunningBooks.Account(connection, code, cancel) is not { } account) return NoAccount;
        if (await DunningPolicies.Of(connection, account.LegalEntity, cancel) is not { } policy) return NoPolicy;
        var now = clock.GetUtcNow();
        var today = policy.Today(now);
        if (until < today)
            return new DunningReply.Refused(
                "until", "out-of-range", string.Create(CultureInfo.InvariantCulture, $"it is {today:yyyy-MM-dd} there"), "Give that day or a later one, or none.");
        await connection.ExecuteAsync(new CommandDefinition(
            """
            insert into cash.dunning_hold (id, billing_account_id, until_on, reason, actor, created_at)
            select @id, @account, @until, @reason, @who, @now
            where not exists (
              select from cash.dunning_hold h
              where h.billing_account_id = @account and h.until_on is not distinct from @until::date and h.reason = @reason and h.released_at is null)
            """, new { id = Guid.CreateVersion7(now), account = account.Id, until, reason, who, now }, cancellationToken: cancel));
        await new RunDunning(database, clock).One(account, policy, cancel);
        return new DunningReply.Account((await new ReadDunning(database).One(code, cancel))!);
    }

    /// <summary>Ends all that holds the account now. What nothing holds stays as it is.</summary>
    /// <param name="code">The billing account's.</param>
    public async Task<DunningReply> Release(string code, JsonElement document, string? actor, CancellationToken cancel)
    {
        List<PriceProblem> problems = [];
        var json = CashFields.Top(document, problems, "reason", "actor");
        var (reason, who) = (json.Words("reason", GivenText.ReasonMost), actor ?? json.Words("actor", GivenText.ActorMost));
        if (problems.Count > 0) return new DunningReply.Unreadable(problems);
        await using var connection = await database.OpenConnectionAsync(cancel);
        if (await DunningBooks.Account(connection, code, cancel) is not { } account) return NoAccount;
        await connection.ExecuteAsync(new CommandDefinition(
            """
            update cash.dunning_hold set released_at = @now, released_by = @who, released_why = @reason
            where billing_account_id = @Id and released_at is null
            """, new { account.Id, now = clock.GetUtcNow(), who, reason }, cancellationToken: cancel));
        if (await DunningPolicies.Of(connection, account.LegalEntity, cancel) is { } policy)
            await new RunDunning(database, clock).One(account, policy, cancel);
        return new DunningReply.Account((await new ReadDunning(database).One(code, cancel))!);
    }
}
