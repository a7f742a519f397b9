using Npgsql;
using Tieout.Application.Invoicing;
using Tieout.Shell.Tests.Database;

namespace Tieout.Shell.Tests.Invoicing;

/// <summary>
/// How a part's accounts are read does not hang on what PostgreSQL believes of their number: of ids within one bucket of a histogram it
/// believes that there is one.
/// </summary>
public sealed class AccountsToBillTests(PostgresFixture postgres)
{
    [Fact]
    public async Task No_part_has_its_accounts_compared_row_by_row_with_all_its_subscriptions()
    {
        await using var database = await postgres.CreateDatabase();
        await SampleData.Subscriptions(database.Source, 20_000);
        await database.Execute("vacuum analyze");
        for (var part = 0; part < 10; part++)
        {
            var (rows, plan) = await Plan(database, from: 500 + (part * 90), accounts: 80);
            Assert.InRange(rows, 20, 80);
            Assert.DoesNotContain("Rows Removed by Join Filter", plan, StringComparison.Ordinal);
        }
    }

    // Fewer than the 200 of one bucket, of which half are another legal entity's.
    private static async Task<(int Rows, string Plan)> Plan(TestDatabase database, int from, int accounts)
    {
        await using var connection = await database.Source.OpenConnectionAsync();
        var (first, last) = (await Id(connection, from), await Id(connection, from + accounts));
        await using var command = new NpgsqlCommand("explain (analyze, costs off) " + AccountsToBill.Subscribed, connection);
        foreach (var value in new object[]
        {
            first, last, new DateOnly(2026, 10, 31), new DateOnly(2026, 11, 30), new Guid("00000000-0000-7000-8000-000000000001"),
            Array.Empty<Guid>(), Array.Empty<Guid>(), Array.Empty<Guid>(),
        })
            command.Parameters.Add(new() { Value = value });
        await using var reader = await command.ExecuteReaderAsync();
        List<string> lines = [];
        while (await reader.ReadAsync()) lines.Add(reader.GetString(0));
        return (Rows(lines[0]), string.Join('\n', lines));
    }

    // "… rows=40.00 loops=1)"
    private static int Rows(string line)
    {
        var from = line.IndexOf("rows=", StringComparison.Ordinal) + "rows=".Length;
        return (int)decimal.Parse(line.AsSpan(from, line.IndexOf(' ', from) - from), System.Globalization.CultureInfo.InvariantCulture);
    }

    private static async Task<Guid> Id(NpgsqlConnection connection, int place)
    {
        await using var command = new NpgsqlCommand("select id from customers.billing_account order by id offset $1 limit 1", connection);
        command.Parameters.Add(new() { Value = place });
        return (Guid)(await command.ExecuteScalarAsync())!;
    }
}
