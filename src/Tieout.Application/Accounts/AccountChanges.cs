using Dapper;
using Npgsql;

namespace Tieout.Application.Accounts;

/// <summary>Writes down who changed what about an account, and tells billing to look at it again.</summary>
internal static class AccountChanges
{
    /// <summary>One change; what stood and what stands differ.</summary>
    public static Task Add(
        NpgsqlConnection connection, Guid account, string field, string was, string now, string reason, string actor, DateTimeOffset at,
        CancellationToken cancel) =>
        connection.ExecuteAsync(new CommandDefinition(
            """
            insert into customers.account_change (id, billing_account_id, field, old_value, new_value, reason, actor, changed_at)
            values (@id, @account, @field, @was, @now, @reason, @actor, @at)
            """, new { id = Guid.CreateVersion7(at), account, field, was, now, reason, actor, at }, cancellationToken: cancel));

    /// <summary>The next run looks at a subscription, or all of the account, from the day billing began.</summary>
    public static Task Touch(
        NpgsqlConnection connection, Guid account, Guid? subscription, DateOnly from, string reason, DateTimeOffset at, CancellationToken cancel) =>
        connection.ExecuteAsync(new CommandDefinition(
            """
            insert into subscriptions.touched (id, billing_account_id, subscription_id, from_date, reason, at)
            select gen_random_uuid(), billing_account_id, id, greatest(start_date, @from), @reason, @at from subscriptions.subscription
            where billing_account_id = @account and (@subscription::uuid is null or id = @subscription)
            """, new { account, subscription, from, reason, at }, cancellationToken: cancel));
}
