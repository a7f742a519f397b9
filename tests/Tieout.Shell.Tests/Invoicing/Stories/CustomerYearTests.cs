using Tieout.Shell.Tests.Database;

namespace Tieout.Shell.Tests.Invoicing.Stories;

/// <summary>
/// The stories of tests/Stories/Billing on a real database: a clock goes from day to day, what happens is done by the program's
/// use cases, and every document must be what the story says, as must the sums in the end.
/// </summary>
public sealed class CustomerYearTests(PostgresFixture postgres)
{
    public static TheoryData<string> Stories => [.. StoryFile.Names()];

    [Theory]
    [MemberData(nameof(Stories))]
    public async Task A_story_comes_to_its_documents_and_sums(string name)
    {
        var (story, clock) = (StoryFile.Read(name), new StoryClock());
        await using var database = await postgres.CreateDatabase();
        await new StorySetUp(database, clock).Run(story);
        var days = new StoryDays(database, clock);
        foreach (var row in story.Table("day")) await days.Happens(row[0], row[1]);

        var books = new StoryBooks(database);
        Same(await books.Booked(), [.. story.Lines("dated")]);
        Same(await books.Sums(), [.. story.Lines("in the end")]);
        await BillingWorld.Agree(database);
    }

    // Every row that differs, as it was booked and as the story tells it.
    private static void Same(List<string> booked, List<string> told)
    {
        told.ShouldNotBeEmpty();
        var rows = Enumerable.Range(0, Math.Max(booked.Count, told.Count))
            .Select(row => (Booked: booked.ElementAtOrDefault(row) ?? "(nothing)", Told: told.ElementAtOrDefault(row) ?? "(nothing)"))
            .Where(row => row.Booked != row.Told)
            .Select(row => $"booked {row.Booked}\n  told {row.Told}").ToList();
        if (rows.Count > 0) Assert.Fail(string.Join('\n', rows));
    }
}
