using Npgsql;
using Tieout.Application.Credits;
using Tieout.Application.Database;

namespace Tieout.Application.Invoicing;

/// <summary>Grants anew what is left of credit that expired; before the draws, which may be of it. Each rest once, says the database.</summary>
internal static class SaveRollovers
{
    // In the order in which they came about: what is rolled over twice in one run finds the grant it comes from.
    public static async Task Run(NpgsqlConnection connection, IReadOnlyList<AccountDecision> decided, DateTimeOffset now, CancellationToken cancel)
    {
        var rows = decided.SelectMany(item => item.Wanted.Rollovers, (item, rolled) => (Account: item.Account.Account.Id, rolled.Old, rolled.New)).ToList();
        if (rows.Count == 0) return;
        await Bulk.Copy(connection,
            """
            credits.grant (id, billing_account_id, grant_key, credit, name, amount, currency, priority, granted_on, expires_on, rollover_fraction,
              rollover_most, rollover_again, rolled_from, created_at)
            """,
            rows,
            (writer, row) =>
            {
                writer
                    .Uuid(row.New.Id.Value).Uuid(row.Account.Value).Text($"{GrantCredit.RolledOver}{row.Old.Id.Value:n}").Text(row.New.Credit)
                    .Text(row.New.Name).Number(row.New.Remaining);
                if (row.New.Currency is { } currency) writer.Text(currency.Code);
                else writer.Null();
                writer
                    .Int(row.New.Priority).Date(row.New.GrantedOn).Date(row.New.ExpiresOn)
                    .Number(row.New.Rollover?.Fraction).Number(row.New.Rollover?.Most).Bool(row.New.Rollover?.Again ?? false)
                    .Uuid(row.Old.Id.Value).Instant(now);
            },
            cancel);
    }
}
