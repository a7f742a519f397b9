using Tieout.Application.Demo;
using Tieout.Application.Intake;
using Tieout.Domain;
using Tieout.Shell.Tests.Database;

namespace Tieout.Shell.Tests.Demo;

public sealed class SampleBooksTests(PostgresFixture postgres)
{
    private static readonly AccountingMonth Month = new(2026, 11);

    [Fact]
    public async Task The_sample_has_the_same_content_every_time_and_running_it_again_adds_nothing()
    {
        await using var one = await postgres.CreateDatabase();
        await using var other = await postgres.CreateDatabase();
        (await Run(one)).Accepted.ShouldBe(2_500);
        (await Run(one)).Unchanged.ShouldBe(2_500);
        await Run(other);
        (await Content(one)).ShouldBe(await Content(other));
    }

    [Fact]
    public async Task The_sample_has_what_a_demonstration_needs()
    {
        await using var database = await postgres.CreateDatabase();
        await Run(database);
        (await Count(database, "join customers.legal_entity e on e.id = a.legal_entity_id where e.code = 'ST'")).ShouldBe(40);
        (await Count(database, "where s.start_date > '2026-11-01' and s.start_date < '2026-12-01'")).ShouldBeGreaterThan(100);
        (await Count(database, "where s.end_date > '2026-11-01' and s.end_date < '2026-12-01'")).ShouldBeGreaterThan(100);
        (await Count(database, "join customers.customer c on c.id = a.customer_id where c.name ~ '[^ -~]'")).ShouldBeGreaterThan(300);
        (await Count(
            database,
            "join subscriptions.component c on c.subscription_id = s.id "
            + "join catalog.price p on p.id = c.price_id where p.recognition = 'deferred'")).ShouldBeGreaterThan(300);
        (await Count(database, "join subscriptions.component c on c.subscription_id = s.id where c.agreed_price is not null")).ShouldBeGreaterThan(50);
    }

    private static async Task<ImportOutcome.Finished> Run(TestDatabase database) =>
        (await new SampleBooks(database.Source, TimeProvider.System).Run(
            SampleBooks.UsualSubscriptions, Month, SampleBooks.UsualSeed, null, CancellationToken.None)).ShouldBeOfType<ImportOutcome.Finished>();

    private static Task<long> Count(TestDatabase database, string clause) => database.Scalar<long>(
        $"select count(distinct s.code) from subscriptions.subscription s join customers.billing_account a on a.id = s.billing_account_id {clause}");

    private static Task<string> Content(TestDatabase database) => database.Scalar<string>(
        """
        select md5(string_agg(concat_ws('|', c.code, c.name, c.country, a.code, a.currency, a.tax_code, a.term_days,
          s.code, s.start_date, s.end_date, k.component, k.quantity, k.agreed_price), ',' order by s.code, k.component))
        from subscriptions.subscription s join customers.billing_account a on a.id = s.billing_account_id join customers.customer c on c.id = a.customer_id
        join subscriptions.component k on k.subscription_id = s.id
        """);
}
