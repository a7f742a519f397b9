using System.Globalization;
using System.Text;
using Tieout.Application.Usage;
using Tieout.Shell.Tests.Api;
using Tieout.Shell.Tests.Database;
using static Tieout.Shell.Tests.Usage.UsageWorld;

namespace Tieout.Shell.Tests.Usage;

/// <summary>Files of events, as <c>tieout usage import</c> takes them.</summary>
public sealed class UsageFileTests(PostgresFixture postgres)
{
    private static readonly UsageColumns Columns = new(
        ',', "file", "call", "C-1", null, null, "at", new Dictionary<string, string>(StringComparer.Ordinal) { ["bytes"] = "0" });

    [Fact]
    public async Task Rows_of_a_CSV_file_are_events_and_twice_adds_nothing()
    {
        await using var world = await Start(postgres);
        const string file = "at,user,bytes,region\n2026-11-10T10:00:00Z,ann,5,eu\n2026-11-10T11:00:00Z,\"bob\",,us\n2026-11-10T12:00:00Z,,3,eu\n"
            + "2026-11-10T13:00:00Z,ann\nyesterday,ann,1,eu\n";
        var done = await Import(world, file, "usage.csv", Columns);
        (done.Received, done.Accepted, done.Duplicate, done.Refused).ShouldBe((5, 2, 0, 3));
        done.FirstRefused.Select(row => (row.RowNo, row.Refusal.Code)).ShouldBe([(4, "missing-value"), (5, "malformed"), (6, "bad-time")]);
        (await Import(world, file, "usage.csv", Columns)).Duplicate.ShouldBe(2);
        await world.CatchUp();
        (await world.Value("bytes")).ShouldBe(5m);
        (await world.Value("users")).ShouldBe(2m);
    }

    [Fact]
    public async Task A_cell_with_an_exponent_costs_its_row_and_a_number_of_JSON_may_have_one()
    {
        await using var world = await Start(postgres);
        const string file = "at,user,bytes\n2026-11-10T10:00:00Z,ann,1e5\n2026-11-10T11:00:00Z,ann,2.5E-1\n2026-11-10T12:00:00Z,ann,7\n";
        var done = await Import(world, file, "usage.csv", Columns);
        (done.Received, done.Accepted, done.Refused).ShouldBe((3, 1, 2));
        done.FirstRefused.Select(row => (row.RowNo, row.Refusal.Code, row.Refusal.Field)).ShouldBe([(2, "bad-number", "bytes"), (3, "bad-number", "bytes")]);
        (done.FirstRefused[0].Refusal.Reason, done.FirstRefused[0].Refusal.Remedy).ShouldBe((
            "The number is written with an exponent.",
            "Write it out, such as 100000 instead of 1e5; a spreadsheet that wrote it so may have dropped digits."));

        (await Import(world, Event("a", data: """{"bytes":1e2,"user":"u"}"""), "usage.jsonl", columns: null)).Accepted.ShouldBe(1);
        await world.CatchUp();
        (await world.Value("bytes")).ShouldBe(107m);
    }

    [Fact]
    public async Task Lines_of_JSON_are_events()
    {
        await using var world = await Start(postgres);
        var done = await Import(world, $"{Event("a")}\n\nnonsense\n{Event("b")}\n{Event("a")}", "usage.jsonl", columns: null);
        (done.Received, done.Accepted, done.Duplicate).ShouldBe((4, 2, 1));
        done.FirstRefused.ShouldHaveSingleItem().RowNo.ShouldBe(3);
    }

    [Fact]
    public async Task Bytes_that_are_no_text_cost_their_row()
    {
        await using var world = await Start(postgres);
        var bytes = Encoding.UTF8.GetBytes("at,user,bytes\n2026-11-10T10:00:00Z,a?n,5\n2026-11-10T11:00:00Z,bob,6\n");
        bytes[Array.IndexOf(bytes, (byte)'?')] = 0xff;
        var done = await Import(world, bytes, "usage.csv", Columns);
        (done.Accepted, done.Refused).ShouldBe((1, 1));
    }

    [Fact]
    public async Task A_column_that_is_not_there_is_told_before_anything_is_written()
    {
        await using var world = await Start(postgres);
        using var folder = new TemporaryFolder();
        await File.WriteAllTextAsync(folder["usage.csv"], "when,user\n");
        var import = new ImportUsage(world.Database.Source, new Clock());
        (await import.Run(new UsageImport(folder["usage.csv"], Columns, "test"), progress: null, CancellationToken.None))
            .ShouldBeOfType<UsageImportOutcome.NotBegun>().Problem.ShouldContain("'at'");
        (await import.Run(new UsageImport(folder["none.csv"], Columns, "test"), progress: null, CancellationToken.None)).ShouldBeOfType<UsageImportOutcome.NotBegun>();
    }

    [Fact]
    public async Task Many_rows_come_in_parts()
    {
        await using var world = await Start(postgres);
        var file = new StringBuilder("at,user,bytes\n");
        for (var row = 0; row < 12_000; row++)
            file.Append(CultureInfo.InvariantCulture, $"2026-11-{1 + (row % 19):00}T10:00:00Z,u{row % 100},1\n");
        (await Import(world, file.ToString(), "usage.csv", Columns)).Accepted.ShouldBe(12_000);
        (await world.Database.Scalar<long>("select count(*) from usage.batch where via = 'file'")).ShouldBe(3);
        await world.CatchUp();
        (await world.Database.Scalar<decimal>("select sum(value) from usage.day_value where meter = 'bytes'")).ShouldBe(12_000m);
    }

    /// <summary>Requests, bytes and clients as awk counts them in the file, which is not ours to ship.</summary>
    [Fact]
    public async Task A_real_access_log_comes_to_what_the_file_itself_says()
    {
        var file = Path.GetFullPath(Path.Combine(ApiTests.Repository(), "../shared/data/access-log-usage.csv"));
        Assert.SkipWhen(!File.Exists(file), "The access log does not lie in ../shared/data beside the checkout.");
        await using var world = await Start(postgres);
        await world.Database.Execute("update subscriptions.subscription set start_date = '2015-01-01'");
        var columns = new UsageColumns(',', "log", "call", "C-1", null, null, "time", new Dictionary<string, string>(StringComparer.Ordinal) { ["bytes"] = "0" });
        // The log calls the client what the meter calls the user.
        var lines = await File.ReadAllLinesAsync(file);
        lines[0] = lines[0].Replace("client", "user", StringComparison.Ordinal);
        (await Import(world, string.Join('\n', lines), "log.csv", columns)).Accepted.ShouldBe(10_000);
        await world.CatchUp();
        (await world.Database.Scalar<string>(
            "select string_agg(concat(day, ' ', value), ', ' order by day) from usage.day_value where meter = 'calls'"))
            .ShouldBe("2015-05-17 1632, 2015-05-18 2893, 2015-05-19 2896, 2015-05-20 2579");
        (await world.Database.Scalar<decimal>("select sum(value) from usage.day_value where meter = 'bytes'")).ShouldBe(2_747_282_740m);
        (await world.Database.Scalar<decimal>("select max(value) from usage.day_value where meter = 'peak'")).ShouldBe(69_192_717m);
        (await world.Database.Scalar<long>("select count(distinct key) from usage.unique_key where events > 0")).ShouldBe(1_753);
    }

    private static Task<UsageImportOutcome.Finished> Import(UsageWorld world, string file, string name, UsageColumns? columns) =>
        Import(world, Encoding.UTF8.GetBytes(file), name, columns);

    private static async Task<UsageImportOutcome.Finished> Import(UsageWorld world, byte[] file, string name, UsageColumns? columns)
    {
        using var folder = new TemporaryFolder();
        await File.WriteAllBytesAsync(folder[name], file);
        var outcome = await new ImportUsage(world.Database.Source, new Clock())
            .Run(new UsageImport(folder[name], columns, "test"), progress: null, CancellationToken.None);
        var done = outcome.ShouldBeOfType<UsageImportOutcome.Finished>();
        done.Received.ShouldBe(done.Accepted + done.Duplicate + done.Refused);
        return done;
    }
}
