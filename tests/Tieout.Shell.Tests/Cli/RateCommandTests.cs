using Tieout.Shell.Tests.Database;
using Tieout.Shell.Tests.Kills;

namespace Tieout.Shell.Tests.Cli;

/// <summary>The example of the documents, through the real program.</summary>
public sealed class RateCommandTests(PostgresFixture postgres)
{
    [Fact]
    public async Task Rate_shows_each_step_of_the_arithmetic_exact_and_rounded()
    {
        await using var books = await postgres.CreateDatabase();
        using var process = TieoutProcess.Start(["rate", Example("examples/rating/graduated.json"), "--database", books.ConnectionString]);
        (await process.Ended()).ShouldBe(0, process.Said);
        string.Join('\n', process.Said.Split('\n').Select(line => string.Join(' ', line.Split(' ', StringSplitOptions.RemoveEmptyEntries)))).ShouldContain(
            """
            100 units at 0.12 in tier 1 of 3 12.00
            flat amount of 5.00 in tier 1 of 3 5.00
            83 units at 0.10 in tier 2 of 3 8.30
            share of the period: 12 of 30 -15.18
            discount SPRING: 10 % off -1.012
            exact 9.108
            rounded 9.11 USD
            """);
    }

    private static string Example(string path)
    {
        var folder = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(folder, "Tieout.slnx"))) folder = Path.GetDirectoryName(folder).ShouldNotBeNull();
        return Path.Combine(folder, path);
    }
}
