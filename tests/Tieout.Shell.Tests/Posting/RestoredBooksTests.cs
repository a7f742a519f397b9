using Tieout.Application.Database;
using Tieout.Shell.Tests.Database;

namespace Tieout.Shell.Tests.Posting;

/// <summary>Books put back to a backup that is older than the last posting: the ERP knows more than they do.</summary>
public sealed class RestoredBooksTests(PostgresFixture postgres)
{
    [Fact]
    public async Task What_was_posted_since_the_backup_is_found_in_the_erp_and_not_sent_again()
    {
        await using var world = await World.Start(postgres, 20);
        using var folder = new TemporaryFolder();
        await Backup.Write(world.Database.Source, folder["before.zip"], CancellationToken.None);
        (await world.Deliver()).Waiting.ShouldBe(0);
        await Restore.Run(world.Database.Source, folder["before.zip"], replace: true, Migrations.Shipped, CancellationToken.None);
        (await world.Count("posting.posting where state = 'staged'")).ShouldBe(20);

        // Without the connector's own look the books alone have to know.
        string[] companies = ["1710", "1010"];
        var trusting = companies.Select(company => world.Settings(company)).Select(settings => world.Target(settings with
        {
            Options = new Dictionary<string, string>(settings.Options, StringComparer.Ordinal) { ["look-before-send"] = "false" },
        })).ToList();
        (await world.Deliver(trusting)).Waiting.ShouldBe(0);
        await world.AllPostedOnce();
        (await world.Count("posting.attempt where kind = 'send'")).ShouldBe(0);
        (await world.Count("posting.attempt where outcome = 'found'")).ShouldBe(20);
    }
}
