using Dapper;
using Npgsql;
using Tieout.Application.Credits;

namespace Tieout.Application.Invoicing;

/// <summary>Grants anew what is left of credit that expired; before the draws, which may be of it. Each rest once, says the database.</summary>
internal static class SaveRollovers
{
    public static async Task Run(NpgsqlConnection connection, IReadOnlyList<AccountDecision> decided, DateTimeOffset now, CancellationToken cancel)
    {
        foreach (var (account, rolled) in decided.SelectMany(item => item.Wanted.Rollovers, (item, rolled) => (item.Account.Account.Id, rolled)))
            await connection.ExecuteAsync(new CommandDefinition(
                """
                insert into credits.grant (
                  id, billing_account_id, grant_key, credit, name, amount, currency, priority, granted_on, expires_on, rollover_fraction, rollover_most,
                  rollover_again, rolled_from, created_at)
                values (
                  @id, @account, @key, @Credit, @Name, @Remaining, @currency, @Priority, @GrantedOn, @ExpiresOn, @fraction, @most, @again, @from, @now)
                """,
                new
                {
                    id = rolled.New.Id.Value,
                    account = account.Value,
                    key = $"{GrantCredit.RolledOver}{rolled.Old.Id.Value:n}",
                    rolled.New.Credit,
                    rolled.New.Name,
                    rolled.New.Remaining,
                    currency = rolled.New.Currency?.Code,
                    rolled.New.Priority,
                    rolled.New.GrantedOn,
                    rolled.New.ExpiresOn,
                    fraction = rolled.New.Rollover?.Fraction,
                    most = rolled.New.Rollover?.Most,
                    again = rolled.New.Rollover?.Again ?? false,
                    from = rolled.Old.Id.Value,
                    now,
                }, cancellationToken: cancel));
    }
}
