using Tieout.Application.Intake;
using Tieout.Shell.Tests.Database;

namespace Tieout.Shell.Tests.Intake;

/// <summary>The example on the real file, which is not ours to ship: it is looked for in <c>../shared/data</c> beside the checkout.</summary>
public sealed class TelcoTests(PostgresFixture postgres)
{
    [Fact]
    public async Task Every_customer_of_the_file_is_taken_in_and_the_month_comes_to_the_cent()
    {
        await using var database = await Ready();
        var finished = await Import(database, "mapping.yaml");
        (finished.Received, finished.Accepted, finished.Refused).ShouldBe((7_043, 7_043, 0));
        (await database.Scalar<decimal>("select sum(agreed_price) from subscriptions.component")).ShouldBe(456_116.60m);
        (await database.Scalar<long>("select count(distinct legal_entity_id) from customers.billing_account")).ShouldBe(2);
        (await Import(database, "mapping.yaml")).Unchanged.ShouldBe(7_043);
    }

    [Fact]
    public async Task Where_a_lifetime_charge_is_required_the_eleven_without_one_are_refused()
    {
        await using var database = await Ready();
        var finished = await Import(database, "mapping-strict.yaml");
        (finished.Accepted, finished.Refused).ShouldBe((7_032, 11));
        finished.FirstRefused.ShouldAllBe(row => row.Field == "TotalCharges" && row.Reason == "Column 'TotalCharges' is empty.");
        finished.FirstRefused[0].ShouldSatisfyAllConditions(row => row.RowNo.ShouldBe(490), row => row.RowKey.ShouldBe("4472-LVYGI"));
    }

    [Fact]
    public void The_example_is_in_order_without_the_file()
    {
        BooksFile.Read(Example("books.yaml")).LegalEntities.Count.ShouldBe(2);
        MappingFile.Read(Example("mapping.yaml")).Columns.ShouldContain("MonthlyCharges");
        MappingFile.Read(Example("mapping-strict.yaml")).Checks[0].Required.ShouldBeTrue();
    }

    private async Task<TestDatabase> Ready()
    {
        Assert.SkipWhen(Found("../shared/data/telco-subscriptions.csv") is null, "The telco file does not lie in ../shared/data beside the checkout.");
        var database = await postgres.CreateDatabase();
        await new SetUpBooks(database.Source).Run(BooksFile.Read(Example("books.yaml")), CancellationToken.None);
        return database;
    }

    private static async Task<ImportOutcome.Finished> Import(TestDatabase database, string mapping) =>
        (await new ImportFile(database.Source, TimeProvider.System).Run(
            new ImportRequest(Found("../shared/data/telco-subscriptions.csv")!, MappingFile.Read(Example(mapping)), "test"), null, CancellationToken.None))
        .ShouldBeOfType<ImportOutcome.Finished>();

    private static string Example(string name) => Found(Path.Combine("examples/telco", name)).ShouldNotBeNull();

    private static string? Found(string path)
    {
        for (var folder = AppContext.BaseDirectory; folder is not null; folder = Path.GetDirectoryName(folder))
            if (File.Exists(Path.Combine(folder, "Tieout.slnx")))
                return Path.GetFullPath(Path.Combine(folder, path)) is var full && File.Exists(full) ? full : null;
        return null;
    }
}
