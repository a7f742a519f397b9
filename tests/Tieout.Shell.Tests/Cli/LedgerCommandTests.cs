using System.Text.Json;
using Tieout.Shell.Tests.Database;
using Tieout.Shell.Tests.Kills;
using Tieout.Shell.Tests.Payments;

namespace Tieout.Shell.Tests.Cli;

/// <summary>Accounts of one's own and dimensions by the real program.</summary>
public sealed class LedgerCommandTests(PostgresFixture postgres) : IAsyncLifetime
{
    private const string Journal =
        """
        {"legal-entity":"US","date":"2026-11-20","currency":"USD","text":"Trip","reason":"Receipts","lines":[
          {"account":"own.travel","debit":"12.50","dimensions":{"cost-center":"4100"}},{"account":"rounding","credit":"12.50"}]}
        """;

    private TestDatabase _books = null!;

    public async ValueTask InitializeAsync() => _books = await CashDesk.TwoInvoices(postgres);

    public ValueTask DisposeAsync() => _books.DisposeAsync();

    [Fact]
    public async Task An_account_is_added_a_journal_booked_on_it_and_told_by_its_dimension()
    {
        using var folder = new TemporaryFolder();
        await File.WriteAllTextAsync(folder["trip.json"], Journal);
        var chart = await Json(0, "account", "add", "US", "6815", "--code", "travel", "--name", "Travel", "--kind", "expense", "--reason", "Budget");
        chart.GetProperty("accounts").EnumerateArray().Select(account => account.GetProperty("account").GetString()).ShouldContain("own.travel");
        await Told(0, "journal", "add", folder["trip.json"]);
        await Told(0, "write-off", "US-2026-0000001", "--amount", "1.00", "--dimension", "cost-center=4200", "--dimension", "region=EU", "--on", "2026-11-25",
            "--reason", "Insolvent");
        var grouped = await Json(0, "ledger", "trial-balance", "US", "2026-11", "--by", "cost-center");
        grouped.GetProperty("lines").EnumerateArray().Select(line => (line.GetProperty("account").GetString(), line.GetProperty("code").GetString()))
            .Where(line => line.Item2 != "").ShouldBe([("bad-debt", "4200"), ("own.travel", "4100")]);
        var told = await Told(0, "ledger", "trial-balance", "US", "2026-11", "--dimension", "cost-center=4100");
        (told.Contains("own.travel", StringComparison.Ordinal), told.Contains("receivable", StringComparison.Ordinal)).ShouldBe((true, false));
        told.ShouldContain("With all other lines it comes to zero in each currency.");
        (await Told(0, "ledger", "account", "US", "own.travel", "--from", "2026-11")).ShouldContain("cost-center 4100");
        (await Told(1, "account", "close", "US", "own.travel", "--on", "2026-11-19", "--reason", "Done")).ShouldContain("It has an entry of 2026-11-20.");
        (await Told(0, "account", "close", "US", "own.travel", "--on", "2026-11-30", "--reason", "Done")).ShouldContain("2026-11-30");
        (await Told(0, "account", "open", "US", "own.travel", "--reason", "Not done")).ShouldNotContain("2026-11-30");
    }

    [Theory]
    [InlineData("--by", "ledger", "trial-balance", "US", "2026-11", "--by", "colour")]
    [InlineData("--dimension", "ledger", "trial-balance", "US", "2026-11", "--dimension", "colour=red")]
    [InlineData("--dimension", "ledger", "account", "US", "rounding", "--from", "2026-11", "--dimension", "region")]
    [InlineData("--dimension", "write-off", "US-2026-0000001", "--dimension", "region", "--reason", "x")]
    [InlineData("--kind", "account", "add", "US", "6815", "--code", "travel", "--name", "Travel", "--kind", "cash", "--reason", "x")]
    [InlineData("--from", "account", "add", "US", "6815", "--code", "travel", "--name", "Travel", "--kind", "expense", "--from", "soon", "--reason", "x")]
    [InlineData("--reason", "account", "add", "US", "6815", "--code", "travel", "--name", "Travel", "--kind", "expense", "--reason", "")]
    [InlineData("code", "account", "add", "US", "6815", "--code", "Travel", "--name", "Travel", "--kind", "expense", "--reason", "x")]
    [InlineData("--on", "account", "close", "US", "own.travel", "--on", "soon", "--reason", "x")]
    public async Task What_cannot_be_meant_is_told_by_its_name(string named, params string[] arguments)
    {
        (await Told(1, arguments)).ShouldContain(named is "--by" or "--kind" ? arguments[Array.IndexOf(arguments, named) + 1] : named);
        (await _books.Scalar<long>("select count(*) from ledger.own_account")).ShouldBe(0);
    }

    private async Task<JsonElement> Json(int exit, params string[] arguments)
    {
        var said = await Told(exit, [.. arguments, "--json"]);
        using var document = JsonDocument.Parse(said.Split('\n').First(line => line.StartsWith('{')));
        return document.RootElement.Clone();
    }

    private async Task<string> Told(int exit, params string[] arguments)
    {
        using var process = TieoutProcess.Start([.. arguments, "--database", _books.ConnectionString]);
        (await process.Ended()).ShouldBe(exit, process.Said);
        return process.Said;
    }
}
