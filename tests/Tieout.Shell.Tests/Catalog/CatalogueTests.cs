using System.Text.Json;
using Npgsql;
using Tieout.Application.Catalog;
using Tieout.Domain;
using Tieout.Domain.Catalog;
using Tieout.Shell.Tests.Database;
using Tieout.Shell.Tests.Intake;

namespace Tieout.Shell.Tests.Catalog;

public sealed class CatalogueTests(PostgresFixture postgres)
{
    private const string Plan =
        """
        {"code":"API","name":"API calls","prices":[
          {"component":"calls","currency":"USD","recognition":"immediate","description":"Calls",
           "model":{"type":"graduated","tiers":[{"up-to":"100","unit-price":"0.10"},{"unit-price":"0.08"}]},
           "terms":{"kind":"usage","meter":"calls"}},
          {"component":"base","currency":"USD","recognition":"deferred","description":"Base","model":"flat","unit-price":"99.00"}]}
        """;

    [Fact]
    public async Task A_draft_may_be_replaced_and_a_published_version_never_changes()
    {
        await using var database = await postgres.CreateDatabase();
        var plans = new ChangePlan(database.Source);
        (await plans.Create(Json(Plan), "ann", CancellationToken.None)).ShouldBeOfType<PlanOutcome.Done>().Status.ShouldBe(VersionStatus.Draft);
        (await plans.Create(Json(Plan), "ann", CancellationToken.None)).ShouldBeOfType<PlanOutcome.Conflict>().Code.ShouldBe("plan-exists");

        var other = Version(Plan, "0.08", "0.07").Replace("{\"prices\"", "{\"version\":1,\"effective-from\":\"2026-01-01\",\"prices\"", StringComparison.Ordinal);
        var replaced = (await plans.AddVersion("API", Json(other), "ann", CancellationToken.None)).ShouldBeOfType<PlanOutcome.Done>();
        (replaced.Version, replaced.Status).ShouldBe((1, VersionStatus.Draft));
        (await Books.Count(database, "catalog.price")).ShouldBe(2);

        var published = (await plans.Publish("API", 1, "ann", CancellationToken.None)).ShouldBeOfType<PlanOutcome.Done>();
        (published.Status, published.Sha256).ShouldBe((VersionStatus.Published, replaced.Sha256));
        (await plans.Publish("API", 1, "ann", CancellationToken.None)).ShouldBe(published);
        (await plans.AddVersion("API", Json(other), "ann", CancellationToken.None)).ShouldBeOfType<PlanOutcome.Conflict>().Code.ShouldBe("version-published");
        (await plans.Publish("API", 2, "ann", CancellationToken.None)).ShouldBeOfType<PlanOutcome.NotFound>();
        (await plans.Publish("OTHER", 1, "ann", CancellationToken.None)).ShouldBeOfType<PlanOutcome.NotFound>();
    }

    [Theory]
    [InlineData("update catalog.price set description = 'x'", "published_is_published")]
    [InlineData("delete from catalog.price", "published_is_published")]
    [InlineData("update catalog.plan_version set trial_days = 1", "published_is_published")]
    [InlineData("delete from catalog.plan_version", "published_is_published")]
    [InlineData("insert into catalog.price (id, plan_id, component, model, currency, unit_price, recognition, description) "
        + "select gen_random_uuid(), id, 'more', 'flat', 'USD', 1, 'immediate', 'x' from catalog.plan", "published_is_published")]
    [InlineData("insert into catalog.plan_version (plan_id, version, effective_from, status, prices, published_at, published_by) "
        + "select id, 9, '1900-01-01', 'published', 1, now(), 'x' from catalog.plan", "plan_version_begins_once")]
    [InlineData("insert into catalog.plan_version (plan_id, version, effective_from, status, prices) select id, 2, '2030-01-01', 'draft', 3 from catalog.plan; "
        + "update catalog.plan_version set status = 'published', published_at = now(), published_by = 'x' where version = 2", "published_with_its_prices")]
    [InlineData("insert into catalog.price (id, plan_id, version, component, model, currency, unit_price, recognition, description) "
        + "select gen_random_uuid(), id, 2, 'more', 'graduated', 'USD', 1, 'immediate', 'x' from catalog.plan", "price_unit_price_of_simple_models")]
    [InlineData("insert into catalog.price (id, plan_id, version, component, model, charge_model, currency, unit_price, recognition, description) "
        + "select gen_random_uuid(), id, 2, 'more', 'flat', '{\"type\":\"per-unit\"}', 'USD', 1, 'immediate', 'x' from catalog.plan",
        "price_model_is_the_charge_model")]
    public async Task The_database_keeps_what_is_published(string sql, string constraint)
    {
        await using var database = await postgres.CreateDatabase();
        await Published(database);
        (await Should.ThrowAsync<PostgresException>(() => database.Execute(sql))).ConstraintName.ShouldBe(constraint);
    }

    [Fact]
    public async Task The_cache_gives_back_what_was_published_whatever_the_model()
    {
        await using var database = await postgres.CreateDatabase();
        await Published(database);
        await using var connection = await database.Source.OpenConnectionAsync();
        var prices = (await CatalogCache.Load(connection)).Values.ToDictionary(price => price.Component);
        prices["base"].ShouldBe(new Price("API", "base", new ChargeModel.Flat(99m), Currency.Of("USD"), Recognition.Deferred, "Base") { Id = prices["base"].Id, Terms = prices["base"].Terms });
        prices["calls"].Model.ShouldBeOfType<ChargeModel.Graduated>().Tiers.ShouldBe([new Tier(100m, 0.10m), new Tier(null, 0.08m)]);
        (prices["calls"].Terms.Kind, prices["calls"].Terms.Meter, prices["calls"].Terms.Timing).ShouldBe((PriceKind.Usage, "calls", BillingTiming.Arrears));
        (await database.Scalar<decimal>("select unit_price from catalog.price where component = 'base'")).ShouldBe(99m);
    }

    [Fact]
    public async Task A_price_written_by_hand_stands_in_a_draft()
    {
        await using var database = await postgres.CreateDatabase();
        await SampleData.Subscriptions(database.Source, 2);
        await database.Execute(
            """
            insert into catalog.plan (id, code, name) values (md5('hand')::uuid, 'hand', 'By hand');
            insert into catalog.price (id, plan_id, component, model, currency, unit_price, recognition, description)
              values (md5('by hand')::uuid, md5('hand')::uuid, 'extra', 'flat', 'USD', 10, 'immediate', 'Extra');
            insert into subscriptions.component (billing_account_id, subscription_id, component, price_id, quantity, from_date)
              values (md5('account1')::uuid, md5('subscription1')::uuid, 'extra', md5('by hand')::uuid, 1, '2026-01-01');
            """);
        (await database.Scalar<string>("select status from catalog.plan_version where plan_id = md5('hand')::uuid")).ShouldBe("draft");
        await using var connection = await database.Source.OpenConnectionAsync();
        (await CatalogCache.Load(connection)).Values.ShouldAllBe(price => price.Model == new ChargeModel.Flat(10m));
        // Somebody subscribed to it, so nobody takes it away.
        (await new ChangePlan(database.Source).AddVersion(
            "hand", Json(Version(Plan, "x", "x").Replace("{\"prices\"", "{\"version\":1,\"effective-from\":\"2026-01-01\",\"prices\"", StringComparison.Ordinal)),
            "ann", CancellationToken.None)).ShouldBeOfType<PlanOutcome.Conflict>().Code.ShouldBe("draft-in-use");
    }

    [Fact]
    public async Task A_refused_plan_leaves_nothing_behind()
    {
        await using var database = await postgres.CreateDatabase();
        var plans = new ChangePlan(database.Source);
        var bad = Plan.Replace("\"0.10\"", "\"NaN\"", StringComparison.Ordinal).Replace("\"USD\",\"recognition\":\"deferred\"", "\"XXX\",\"recognition\":\"x\"", StringComparison.Ordinal);
        (await plans.Create(Json(bad), "ann", CancellationToken.None)).ShouldBeOfType<PlanOutcome.Refused>().Problems.Select(problem => problem.Field)
            .ShouldBe(["prices[0].model.tiers[0].unit-price", "prices[1].currency", "prices[1].recognition"]);
        (await plans.Create(Json(Plan.Replace("\"100\"", "\"0\"", StringComparison.Ordinal)), "ann", CancellationToken.None))
            .ShouldBeOfType<PlanOutcome.Refused>().Problems.ShouldHaveSingleItem().ToString().ShouldStartWith("prices[0].model.tiers[0].up-to: The tier ends at 0");
        (await plans.Create(Json(Plan.Replace("\"name\"", "\"product\":\"NONE\",\"name\"", StringComparison.Ordinal)), "ann", CancellationToken.None))
            .ShouldBeOfType<PlanOutcome.Refused>().Problems.ShouldHaveSingleItem().Code.ShouldBe("unknown-product");
        (await Books.Count(database, "catalog.plan")).ShouldBe(0);
    }

    [Fact]
    public async Task Two_versions_do_not_begin_on_one_day()
    {
        await using var database = await postgres.CreateDatabase();
        await Published(database);
        var next = Version(Plan, "0.08", "0.07").Replace("{\"prices\"", "{\"publish\":true,\"effective-from\":\"1900-01-01\",\"prices\"", StringComparison.Ordinal);
        (await new ChangePlan(database.Source).AddVersion("API", Json(next), "ann", CancellationToken.None))
            .ShouldBeOfType<PlanOutcome.Conflict>().Code.ShouldBe("effective-from-taken");
        (await Books.Count(database, "catalog.plan_version")).ShouldBe(1);
    }

    [Fact]
    public async Task What_is_read_may_be_sent_again()
    {
        await using var database = await postgres.CreateDatabase();
        var done = await Published(database);
        var plan = (await new ReadPlans(database.Source).Run(null, CancellationToken.None)).ShouldHaveSingleItem();
        var version = plan.Versions.ShouldHaveSingleItem();
        (version.Sha256, version.PublishedBy, version.Status).ShouldBe((done.Sha256, "ann", VersionStatus.Published));
        var again = version.Content.GetRawText().Replace("1900-01-01", "2027-01-01", StringComparison.Ordinal);
        (await new ChangePlan(database.Source).AddVersion("API", Json(again), "ann", CancellationToken.None)).ShouldBeOfType<PlanOutcome.Done>().Version.ShouldBe(2);
    }

    [Fact]
    public async Task Discounts_stand_once_and_may_be_given_their_end()
    {
        await using var database = await postgres.CreateDatabase();
        var book = new DiscountBook(database.Source);
        const string spring = """{"code":"SPRING","kind":"percent","value":"0.10","levels":[{"level":"gold","value":0.2}]}""";
        (await Add(spring)).ShouldBe(new DiscountOutcome.Stands("SPRING", Added: true));
        (await Add(spring)).ShouldBe(new DiscountOutcome.Stands("SPRING", Added: false));
        (await Add(spring.Replace("0.10", "0.11", StringComparison.Ordinal))).ShouldBeOfType<DiscountOutcome.Conflict>();
        var ended = spring.Replace("\"value\":\"0.10\"", "\"value\":\"0.1\",\"until\":\"2027-01-01\"", StringComparison.Ordinal);
        (await Add(ended)).ShouldBe(new DiscountOutcome.Stands("SPRING", Added: true));
        (await Add(spring)).ShouldBeOfType<DiscountOutcome.Conflict>();
        (await book.List(CancellationToken.None)).ShouldHaveSingleItem().GetProperty("until").GetString().ShouldBe("2027-01-01");
        (await Add("""{"code":"X","kind":"amount","value":"0","until":"2026-01-01","from":"2026-01-01","levels":[{"level":"a","value":"1"},{"level":"a","value":"0"}]}"""))
            .ShouldBeOfType<DiscountOutcome.Refused>().Problems.Select(problem => problem.Field)
            .ShouldBe(["value", "currency", "until", "levels[1].value", "levels[1].level"]);
        (await Should.ThrowAsync<PostgresException>(() => database.Execute("update catalog.discount set value = 0.5"))).ConstraintName.ShouldBe("published_is_published");
        (await Should.ThrowAsync<PostgresException>(() => database.Execute("delete from catalog.discount"))).ConstraintName.ShouldBe("published_is_published");

        Task<DiscountOutcome> Add(string json) => book.Add(Json(json), CancellationToken.None);
    }

    [Fact]
    public async Task One_discount_is_not_given_twice_for_one_day()
    {
        await using var database = await postgres.CreateDatabase();
        await SampleData.Subscriptions(database.Source, 1);
        await new DiscountBook(database.Source).Add(Json("""{"code":"S","kind":"percent","value":"0.1"}"""), CancellationToken.None);
        await database.Execute(Given("'2026-01-01'", "'2026-02-01'"));
        await database.Execute(Given("'2026-02-01'", "null"));
        (await Should.ThrowAsync<PostgresException>(() => database.Execute(Given("'2026-01-31'", "'2026-02-01'")))).ConstraintName.ShouldBe("applied_discount_overlap");

        static string Given(string from, string until) =>
            "insert into subscriptions.applied_discount (id, billing_account_id, subscription_id, discount_id, from_date, until_date) "
            + $"select gen_random_uuid(), s.billing_account_id, s.id, d.id, {from}, {until} from subscriptions.subscription s, catalog.discount d";
    }

    internal static JsonElement Json(string text) => JsonDocument.Parse(text).RootElement;

    private static async Task<PlanOutcome.Done> Published(TestDatabase database) =>
        (await new ChangePlan(database.Source).Create(
            Json(Plan.Replace("{\"code\"", "{\"publish\":true,\"code\"", StringComparison.Ordinal)), "ann", CancellationToken.None))
        .ShouldBeOfType<PlanOutcome.Done>();

    private static string Version(string plan, string from, string to) =>
        plan.Replace("\"code\":\"API\",\"name\":\"API calls\",", "", StringComparison.Ordinal).Replace(from, to, StringComparison.Ordinal);
}
