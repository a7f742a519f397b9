using Tieout.Application.Catalog;
using Tieout.Application.Intake;
using Tieout.Application.Settings;
using Tieout.Domain.Catalog;
using Tieout.Shell.Tests.Database;
using Tieout.Shell.Tests.Intake;

namespace Tieout.Shell.Tests.Catalog;

public sealed class BooksPlansTests(PostgresFixture postgres)
{
    private const string Catalogue =
        """
        products:
          - {code: CLOUD, name: Cloud}
        plans:
          - code: API
            name: API calls
            product: CLOUD
            versions:
              - version: 1
                effective-from: 2026-01-01
                trial-days: 14
                minimums: {USD: 10.50}
                prices:
                  - component: calls
                    currency: USD
                    recognition: immediate
                    description: Calls
                    model: {type: graduated, tiers: [{up-to: 100, unit-price: 0.10}, {unit-price: 0.08}]}
                    terms: {kind: usage, meter: calls, prorated: false}
                  - {component: base, model: flat, unit-price: 5, currency: USD, recognition: immediate, description: Base}
        discounts:
          - {code: SPRING, kind: percent, value: 0.1, levels: [{level: gold, value: 0.2}]}
        """;

    private const string Second =
        """
              - version: 2
                effective-from: 2027-01-01
                prices:
                  - {component: base, model: flat, unit-price: 6, currency: USD, recognition: immediate, description: Base}

        """;

    [Fact]
    public async Task All_of_it_is_published_and_the_same_again_adds_nothing()
    {
        await using var database = await postgres.CreateDatabase();
        (await Run(database, Catalogue)).ShouldBe(new BooksOutcome.Done(0, 0, 1, 2) { Products = 1, Discounts = 1 });
        (await Run(database, Catalogue)).ShouldBe(new BooksOutcome.Done(0, 0, 0, 0));
        (await Run(database, Catalogue.Replace("0.10", "0.1000", StringComparison.Ordinal))).ShouldBe(new BooksOutcome.Done(0, 0, 0, 0));
        (await Run(database, Catalogue.Replace("discounts:", Second + "discounts:", StringComparison.Ordinal))).ShouldBe(new BooksOutcome.Done(0, 0, 0, 1) { Versions = 1 });

        var plan = (await new ReadPlans(database.Source).Run("API", CancellationToken.None)).ShouldHaveSingleItem();
        (plan.Product, plan.Versions.Count, plan.Versions[0].Status).ShouldBe(("CLOUD", 2, VersionStatus.Published));
        var content = plan.Versions[0].Content;
        content.GetProperty("minimums").GetProperty("USD").GetString().ShouldBe("10.5");
        content.GetProperty("prices")[1].GetProperty("terms").GetProperty("prorated").GetBoolean().ShouldBeFalse();
        plan.Versions[0].Sha256.ShouldBe(await database.Scalar<string>("select content_sha256 from catalog.plan_version where version = 1"));
    }

    [Theory]
    [InlineData("unit-price: 0.10", "unit-price: 0.11", "declare a new version")]
    [InlineData("trial-days: 14", "trial-days: 15", "version 1 is published with another day, trial or minimum")]
    [InlineData("prorated: false", "prorated: true", "component 'calls' in USD is published as")]
    [InlineData("component: base", "component: basis", "component 'basis' in USD is published as nothing")]
    [InlineData("value: 0.1,", "value: 0.15,", "Discount 'SPRING' is published with another content")]
    [InlineData("name: Cloud", "name: Clouds", "Product 'CLOUD' stands as")]
    [InlineData("        product: CLOUD", "        product: OTHER", "belongs to product 'OTHER', which is not declared")]
    public async Task A_changed_publication_is_refused_with_the_way_out(string from, string to, string problem)
    {
        await using var database = await postgres.CreateDatabase();
        await Run(database, Catalogue);
        var indented = from.StartsWith(' ') ? from.TrimStart() : from;
        (await Run(database, Catalogue.Replace(indented, to.TrimStart(), StringComparison.Ordinal))).ShouldBeOfType<BooksOutcome.Refused>()
            .Problems.ShouldContain(text => text.Contains(problem, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("up-to: 100", "up-to: 0", "line 17, plans[1].versions[1].prices[1].model.tiers[1].up-to: The tier ends at 0")]
    [InlineData("unit-price: 0.08", "unit-price: NaN", "plans[1].versions[1].prices[1].model.tiers[2].unit-price: The value is not a plain number")]
    [InlineData("type: graduated", "type: gradual", "plans[1].versions[1].prices[1].model.type: This is not one of flat, per-unit")]
    [InlineData("kind: usage, meter: calls,", "kind: usage,", "prices[1].terms: A usage price charges what a meter counted")]
    [InlineData("USD: 10.50", "XXX: 10.50", "minimums.XXX: The name is not a currency")]
    [InlineData("effective-from: 2026-01-01", "effective-from: 2026-13-01", "effective-from: The value is not a date")]
    [InlineData("version: 1", "version: 0", "versions[1].version: a whole number")]
    [InlineData("value: 0.1,", "value: 10,", "discounts[1].value: A percent is a fraction")]
    public void A_bad_plan_is_told_with_its_line(string from, string to, string problem)
    {
        var message = Should.Throw<SettingsException>(() => BooksFile.Of(Books.Yaml(Catalogue.Replace(from, to, StringComparison.Ordinal)))).Message;
        message.ShouldStartWith("test.yaml, line ");
        message.ShouldContain(problem);
    }

    [Fact]
    public void Everything_wrong_in_a_version_is_told_at_once() =>
        Should.Throw<SettingsException>(() => BooksFile.Of(Books.Yaml(
            Catalogue.Replace("0.08", "x", StringComparison.Ordinal).Replace("kind: usage", "kind: used", StringComparison.Ordinal)))).Message
            .Split('\n').Length.ShouldBe(2);

    [Fact]
    public async Task An_imported_subscription_takes_the_version_in_force_when_it_starts()
    {
        await using var database = await postgres.CreateDatabase();
        var second = Second.Replace("      - version", "      - version", StringComparison.Ordinal);
        var books = Books.Small[..Books.Small.IndexOf("plans:", StringComparison.Ordinal)]
            + Catalogue.Replace("discounts:", second + "discounts:", StringComparison.Ordinal);
        (await Run(database, books)).ShouldBeOfType<BooksOutcome.Done>();
        const string mapping =
            """
            customer: {code: {column: id}, name: {column: id}, country: US}
            account: {code: {column: id}, legal-entity: US, tax-code: T}
            subscription: {code: {column: id}, plan: API, start: {column: start}}
            components: [{component: base}]
            """;
        var outcome = await Books.Import(database, "id,start\nA,2026-12-31\nB,2027-01-01\nC,2025-12-31\n", mapping);
        var finished = outcome.ShouldBeOfType<ImportOutcome.Finished>();
        (finished.Accepted, finished.Refused).ShouldBe((2, 1));
        (await database.Scalar<string>(
            "select string_agg(s.code || p.version, ',' order by s.code) from subscriptions.subscription s "
            + "join subscriptions.component c on c.subscription_id = s.id join catalog.price p on p.id = c.price_id")).ShouldBe("A1,B2");
    }

    private static Task<BooksOutcome> Run(TestDatabase database, string yaml) =>
        new SetUpBooks(database.Source).Run(BooksFile.Of(Books.Yaml(yaml)), CancellationToken.None);
}
