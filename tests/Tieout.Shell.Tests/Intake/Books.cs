using Tieout.Application.Intake;
using Tieout.Application.Settings;
using Tieout.Shell.Tests.Database;

namespace Tieout.Shell.Tests.Intake;

/// <summary>Small books, a mapping for them, and the ways tests read and count.</summary>
internal static class Books
{
    public const string Small =
        """
        legal-entities:
          - {code: US, name: Inc., currency: USD, country: US, series: US}
          - {code: DE, name: GmbH, currency: EUR, country: DE, series: DE}
        tax-rates:
          - {code: T, rate: 0.0725, from: 2020-01-01}
        plans:
          - code: TEAM
            name: Team
            prices:
              - {component: base, model: flat, currency: USD, unit-price: 99, recognition: immediate, description: Base}
              - {component: seats, model: per-unit, currency: USD, unit-price: 12.5, recognition: deferred, description: Seats}
        """;

    public const string Mapping =
        """
        customer: {code: {column: id}, name: {column: name}, country: US}
        account: {code: {column: id}, legal-entity: US, tax-code: T}
        subscription: {code: {column: id}, plan: TEAM, start: {column: start}}
        components:
          - {component: base, agreed-price: {column: price}}
        """;

    public static SettingsNode Yaml(string text) => SettingsNode.Parse("test.yaml", new StringReader(text));

    public static async Task SetUp(TestDatabase database, string books = Small) =>
        await new SetUpBooks(database.Source).Run(BooksFile.Of(Yaml(books)), CancellationToken.None);

    public static async Task<ImportOutcome> Import(TestDatabase database, byte[] file, string mapping = Mapping)
    {
        using var folder = new TemporaryFolder();
        await File.WriteAllBytesAsync(folder["file.csv"], file);
        return await new ImportFile(database.Source, TimeProvider.System).Run(
            new ImportRequest(folder["file.csv"], MappingFile.Of(Yaml(mapping)), "test"), progress: null, CancellationToken.None);
    }

    public static Task<ImportOutcome> Import(TestDatabase database, string file, string mapping = Mapping) =>
        Import(database, System.Text.Encoding.UTF8.GetBytes(file), mapping);

    public static Task<long> Count(TestDatabase database, string table) => database.Scalar<long>($"select count(*) from {table}");
}
