using Tieout.Application.Intake;
using Tieout.Application.Subscriptions;
using Tieout.Domain.Subscriptions;
using Tieout.Shell.Tests.Database;
using Tieout.Shell.Tests.Intake;

namespace Tieout.Shell.Tests.Subscriptions;

public sealed class ImportedLifeTests(PostgresFixture postgres)
{
    private const string File = "id,name,start,price\nS1,Ash,2026-03-01,89.00\nS2,Oak,2026-01-31,\n";

    [Fact]
    public async Task The_same_file_again_changes_nothing_although_a_subscription_was_amended_since()
    {
        await using var database = await postgres.CreateDatabase();
        await Books.SetUp(database);
        await Books.Import(database, File);
        var amend = new AmendSubscription(database.Source, TimeProvider.System);
        await Done(amend, new() { Kind = "add-component", Component = "seats", Quantity = "4", Effective = "2026-05-01" });
        await Done(amend, new() { Kind = "change-price", Component = "base", Price = "79", Effective = "2026-06-01" });
        await Done(amend, new() { Kind = "cancel", Effective = "2026-07-01" });

        // The same bytes would be known as the same file: another line makes it another one.
        var again = (await Books.Import(database, File + "S3,Elm,2026-01-31,\n")).ShouldBeOfType<ImportOutcome.Finished>();
        (again.Accepted, again.Unchanged, again.Refused).ShouldBe((1, 2, 0));
        (await database.Scalar<long>("select count(*) from subscriptions.component where subscription_id = (select id from subscriptions.subscription where code = 'S1')"))
            .ShouldBe(3);
    }

    [Fact]
    public async Task What_is_imported_after_billing_began_is_told_to_billing()
    {
        await using var database = await postgres.CreateDatabase();
        await Books.SetUp(database);
        await Books.Import(database, File);
        (await Books.Count(database, "subscriptions.touched")).ShouldBe(0);
        await database.Execute("update customers.legal_entity set bills_from = '2026-01-01' where code = 'US'");
        await Books.Import(database, File + "S3,Elm,2026-04-15,\n");
        (await database.Scalar<string>("select string_agg(s.code || ' ' || t.from_date || ' ' || t.reason, ';') from subscriptions.touched t join subscriptions.subscription s on s.id = subscription_id"))
            .ShouldBe("S3 2026-04-15 Imported.");
    }

    [Fact]
    public async Task An_import_waits_for_billing_that_begins_and_sees_that_it_did()
    {
        await using var database = await postgres.CreateDatabase();
        await Books.SetUp(database);
        await using var connection = await database.Source.OpenConnectionAsync();
        await using var billing = await connection.BeginTransactionAsync();
        await using (var begin = new Npgsql.NpgsqlCommand(
            "select from customers.legal_entity where code = 'US' for update; update customers.legal_entity set bills_from = '2026-01-01' where code = 'US'", connection))
            await begin.ExecuteNonQueryAsync();
        var import = Books.Import(database, File);
        await Eventually.True(async () => await database.Scalar<long>(
            $"select count(*) from pg_stat_activity where datname = '{database.Name}' and wait_event_type = 'Lock'") > 0, "the import waits");
        await billing.CommitAsync();
        await import;
        (await Books.Count(database, "subscriptions.touched")).ShouldBe(2);
    }

    private static async Task Done(AmendSubscription amend, AmendmentRequest request) =>
        (await amend.Run("S1", request with { Reason = "agreed", Actor = "mara" }, null, CancellationToken.None)).ShouldBeOfType<AmendmentOutcome.Done>();
}
