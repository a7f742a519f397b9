using Npgsql;
using Tieout.Application.Credits;
using Tieout.Shell.Tests.Database;

namespace Tieout.Shell.Tests.Catalog;

public sealed class CreditTests(PostgresFixture postgres)
{
    private const string Grant =
        """{"key":"order-1","account":"C-1","credit":"calls","amount":"1000","granted-on":"2026-01-01","expires-on":"2027-01-01","rollover":{"fraction":"0.5"}}""";

    [Fact]
    public async Task The_same_key_grants_once()
    {
        await using var database = await Accounts();
        var first = (await Run(database, Grant)).ShouldBeOfType<GrantOutcome.Granted>();
        first.Added.ShouldBeTrue();
        (await Run(database, Grant)).ShouldBe(first with { Added = false });
        (await Run(database, Grant.Replace("1000", "1001", StringComparison.Ordinal))).ShouldBe(new GrantOutcome.KeyTaken("order-1"));
    }

    [Fact]
    public async Task What_cannot_be_granted_is_told_field_by_field()
    {
        await using var database = await Accounts();
        (await Fields(database, """{"amount":"x","rollover":{"all":true}}""")).ShouldBe(
            ["rollover.all", "key", "credit", "amount", "granted-on"]);
        (await Fields(database, Grant.Replace("1000", "0", StringComparison.Ordinal).Replace("2027", "2025", StringComparison.Ordinal))).ShouldBe(["amount", "expires-on"]);
        (await Fields(database, Grant.Replace("0.5", "2", StringComparison.Ordinal))).ShouldBe(["rollover.fraction"]);
        (await Fields(database, Grant.Replace("C-1", "C-9", StringComparison.Ordinal))).ShouldBe(["account"]);
        (await Fields(database, Grant.Replace("\"amount\"", "\"currency\":\"JPY\",\"amount\"", StringComparison.Ordinal))).ShouldBe(["currency"]);
    }

    [Fact]
    public async Task Nobody_draws_more_than_was_granted_and_nobody_gives_back_more_than_was_drawn()
    {
        await using var database = await Accounts();
        await Run(database, Grant);
        await database.Execute(Draw("600", part: "2026-01-01", revision: 1));
        await database.Execute(Draw("400", part: "2026-02-01", revision: 1));
        (await Refused(database, Draw("0.000000000001", part: "2026-03-01", revision: 1))).ShouldBe("draw_within_grant");
        await database.Execute(Draw("-600", part: "2026-01-01", revision: 2));
        (await Refused(database, Draw("-400.000000000001", part: "2026-02-01", revision: 2))).ShouldBe("draw_within_grant");
        (await Refused(database, Draw("-1", part: "2026-04-01", revision: 1))).ShouldBe("draw_check");
        (await Refused(database, "update credits.draw set amount = 1")).ShouldBe("booked_is_booked");
        (await Refused(database, "delete from credits.grant")).ShouldBe("booked_is_booked");
    }

    [Fact]
    public async Task Draws_at_the_same_time_do_not_overdraw_together()
    {
        await using var database = await Accounts();
        await Run(database, Grant);
        var tries = await Task.WhenAll(Enumerable.Range(1, 8).Select(async month =>
        {
            try
            {
                await database.Execute(Draw("300", part: $"2026-{month:00}-01", revision: 1));
                return 1;
            }
            catch (PostgresException refused) when (refused.ConstraintName == "draw_within_grant")
            {
                return 0;
            }
        }));
        tries.Sum().ShouldBe(3);
    }

    private async Task<TestDatabase> Accounts()
    {
        var database = await postgres.CreateDatabase();
        await SampleData.Subscriptions(database.Source, 1);
        return database;
    }

    private static Task<GrantOutcome> Run(TestDatabase database, string json) => new GrantCredit(database.Source).Run(CatalogueTests.Json(json), CancellationToken.None);

    private static async Task<IEnumerable<string>> Fields(TestDatabase database, string json) =>
        (await Run(database, json)).ShouldBeOfType<GrantOutcome.Refused>().Problems.Select(problem => problem.Field);

    private static async Task<string?> Refused(TestDatabase database, string sql) =>
        (await Should.ThrowAsync<PostgresException>(() => database.Execute(sql))).ConstraintName;

    private static string Draw(string amount, string part, int revision) =>
        "insert into credits.draw (billing_account_id, grant_id, subscription_id, component, part_start, revision, order_no, amount, drawn_on) "
        + $"select g.billing_account_id, g.id, s.id, 'base', '{part}', {revision}, 1, {amount}, '2026-01-31' "
        + "from credits.grant g join subscriptions.subscription s on s.billing_account_id = g.billing_account_id";
}
