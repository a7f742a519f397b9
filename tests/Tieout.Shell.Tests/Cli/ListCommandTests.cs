using System.Text.Json;
using Dapper;
using Tieout.Shell.Tests.Database;
using Tieout.Shell.Tests.Kills;

namespace Tieout.Shell.Tests.Cli;

/// <summary>Postings and confirmations listed by the real program, narrowed and page by page.</summary>
public sealed class ListCommandTests(PostgresFixture postgres) : IAsyncLifetime
{
    private TestDatabase _books = null!;

    public async ValueTask InitializeAsync()
    {
        _books = await postgres.CreateDatabase();
        await Seed.Fill(_books.Source);
    }

    public ValueTask DisposeAsync() => _books.DisposeAsync();

    [Fact]
    public async Task Postings_are_listed_as_the_filter_says_and_page_by_page()
    {
        var parked = await Json("posting", "list", "--state=parked");
        parked.GetProperty("rows").EnumerateArray().Select(row => row.GetProperty("businessKey").GetString()).ShouldContain(Seed.Parked);
        parked.GetProperty("rows").EnumerateArray().ShouldAllBe(row => row.GetProperty("state").GetString() == "parked");
        (await Json("posting", "list", "--key=" + Seed.Parked)).GetProperty("rows").GetArrayLength().ShouldBe(1);
        (await Json("posting", "list", "--key=" + Seed.Parked, "--state=posted")).GetProperty("rows").GetArrayLength().ShouldBe(0);
        (await Json("posting", "list", "--month=2031-01")).GetProperty("rows").GetArrayLength().ShouldBe(0);
        (await Json("posting", "list", "--kind=payment", "--entity=NONE", "--target=none")).GetProperty("rows").GetArrayLength().ShouldBe(0);

        var all = await _books.Scalar<long>("select count(*) from posting.posting");
        var first = await Json("posting", "list", "--limit=2");
        first.GetProperty("rows").GetArrayLength().ShouldBe(2);
        var second = await Json("posting", "list", "--limit=200", "--after=" + first.GetProperty("next").GetString());
        second.GetProperty("rows").GetArrayLength().ShouldBe((int)Math.Min(200, all - 2));
        (await Told("posting", "list", "--key=" + Seed.Parked)).ShouldContain(Seed.Parked);
    }

    [Fact]
    public async Task Totals_of_postings_add_up_to_what_the_books_hold()
    {
        var totals = (await Json("posting", "totals")).EnumerateArray().ToList();
        totals.Sum(row => row.GetProperty("count").GetInt64()).ShouldBe(await _books.Scalar<long>("select count(*) from posting.posting"));
        (await Json("posting", "totals", "--target=no-such-target")).GetArrayLength().ShouldBe(0);
        (await Told("posting", "totals")).ShouldContain("parked");
    }

    [Fact]
    public async Task Confirmations_are_listed_with_what_became_of_them()
    {
        (await Json("confirmation", "list")).GetProperty("rows").GetArrayLength().ShouldBe(0);
        await using (var connection = await _books.Source.OpenConnectionAsync())
            await connection.ExecuteAsync(
                """
                insert into posting.confirmation_message (id, target, received_at, treatment, problem, digest, body)
                values (gen_random_uuid(), 'sap-us', now(), 'taken', '', repeat('a', 64), 'x'), (gen_random_uuid(), 'sap-us', now(), 'malformed', 'No XML.', repeat('b', 64), 'y')
                """);
        (await Json("confirmation", "list", "--target=sap-us")).GetProperty("rows").GetArrayLength().ShouldBe(2);
        var malformed = (await Json("confirmation", "list", "--treatment=malformed")).GetProperty("rows").EnumerateArray().ShouldHaveSingleItem();
        malformed.GetProperty("problem").GetString().ShouldBe("No XML.");
        (await Json("confirmation", "list", "--target=sap-de")).GetProperty("rows").GetArrayLength().ShouldBe(0);
        (await Told("confirmation", "list")).ShouldContain("No XML.");
    }

    private async Task<JsonElement> Json(params string[] arguments)
    {
        using var said = JsonDocument.Parse(await Told([.. arguments, "--json"], firstLine: true));
        return said.RootElement.Clone();
    }

    private Task<string> Told(params string[] arguments) => Told(arguments, firstLine: false);

    private async Task<string> Told(string[] arguments, bool firstLine)
    {
        using var process = TieoutProcess.Start([.. arguments, "--database", _books.ConnectionString]);
        (await process.Ended()).ShouldBe(0, process.Said);
        // Remarks stand beside the result.
        return firstLine ? process.Said.Split('\n').First(line => line.StartsWith('{') || line.StartsWith('[')) : process.Said;
    }
}
