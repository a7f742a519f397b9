using FsCheck;
using FsCheck.Fluent;
using Npgsql;
using Tieout.Application.Intake;
using Tieout.Application.Runs;
using Tieout.Shell.Tests.Database;

namespace Tieout.Shell.Tests.Intake;

public sealed class ImportRunTests(PostgresFixture postgres)
{
    private static readonly string[] Pieces =
        ["C1", "C2", "Acme", "\"", "\"\"", ",", ",", ",", "\n", "\n",
         "2026-01-01", "29.85", "-1", "4111111111111111", "\t", "é", " ", "\u0007", "x\"y", "99999999999999999999"];

    [Fact]
    public async Task Whatever_the_rows_every_one_is_accounted_for_once()
    {
        await using var database = await Ready();
        var file = Gen.Choose(1, 120).SelectMany(length => Gen.Elements(Pieces).ArrayOf(length)).Select(pieces => "id,name,start,price\n" + string.Concat(pieces));
        Prop.ForAll(file.ToArbitrary(), text => AddsUp(database, text).GetAwaiter().GetResult())
            .Check(Config.QuickThrowOnFailure.WithMaxTest(150).WithQuietOnSuccess(true));
    }

    private static async Task<bool> AddsUp(TestDatabase database, string text)
    {
        var finished = (ImportOutcome.Finished)await Books.Import(database, text);
        var rows = await database.Scalar<long>($"select count(*) from intake.row where run_id = '{finished.Run}'");
        return finished.Received == finished.Accepted + finished.Unchanged + finished.Refused && rows == finished.Received
            && finished.Received <= text.Count(character => character is '\n' or '\r');
    }

    [Fact]
    public async Task Stopped_in_the_middle_and_run_again_it_ends_complete_in_the_same_run()
    {
        await using var database = await Ready();
        using var folder = new TemporaryFolder();
        await Write(folder, 12_000, index => index % 100 == 0 ? "x" : "1");
        using var stop = new CancellationTokenSource();
        await Should.ThrowAsync<OperationCanceledException>(() => Run(database, folder, new Watch(_ => stop.Cancel()), stop.Token));
        (await database.Scalar<string>("select state from runs.run")).ShouldBe("stopped");
        (await Books.Count(database, "intake.row")).ShouldBe(5_000);

        var finished = (await Run(database, folder, null, CancellationToken.None)).ShouldBeOfType<ImportOutcome.Finished>();
        (finished.Received, finished.Accepted, finished.Unchanged, finished.Refused).ShouldBe((12_000, 11_880, 0, 120));
        (await Books.Count(database, "subscriptions.component")).ShouldBe(11_880);
        (await database.Scalar<string>("select state || ' ' || done || '/' || total || ' ' || count(*) over () from runs.run")).ShouldBe("finished 12000/12000 1");
    }

    [Fact]
    public async Task Killed_without_a_word_and_run_again_it_ends_complete()
    {
        await using var database = await Ready();
        using var folder = new TemporaryFolder();
        await Write(folder, 11_000, _ => "1");

        // The server ends every session of the importer after its first chunk: as if its machine had gone.
        var killer = new Watch(_ => database.Execute(
            """
            select pg_terminate_backend(pid)
            from pg_stat_activity
            where datname = current_database() and pid <> pg_backend_pid()
            """).GetAwaiter().GetResult());
        await Should.ThrowAsync<NpgsqlException>(() => Run(database, folder, killer, CancellationToken.None));
        NpgsqlConnection.ClearAllPools();
        // The session that held the import's lock may take a moment longer to die than the one whose end was noticed.
        await Eventually.True(
            async () => await database.Scalar<long>(
                "select count(*) from pg_locks where locktype = 'advisory' and database = (select oid from pg_database where datname = current_database())") == 0,
            "nobody holds the import's lock");

        (await Run(database, folder, null, CancellationToken.None)).ShouldBeOfType<ImportOutcome.Finished>().Accepted.ShouldBe(11_000);
        (await Books.Count(database, "subscriptions.subscription")).ShouldBe(11_000);
    }

    [Fact]
    public async Task Two_files_at_once_with_the_same_customers_add_each_once()
    {
        await using var database = await Ready();
        var rows = string.Concat(Enumerable.Range(1, 6_000).Select(index => $"C{index},Acme,2026-01-01,1\n"));
        var outcomes = await Task.WhenAll(
            Books.Import(database, "id,name,start,price\n" + rows),
            Books.Import(database, "id,name,start,price,note\n" + rows.Replace(",1\n", ",1,x\n", StringComparison.Ordinal)));
        outcomes.Cast<ImportOutcome.Finished>().Sum(outcome => outcome.Accepted).ShouldBe(6_000);
        outcomes.Cast<ImportOutcome.Finished>().Sum(outcome => outcome.Unchanged).ShouldBe(6_000);
    }

    private static Task Write(TemporaryFolder folder, int rows, Func<int, string> price) => File.WriteAllTextAsync(
        folder["file.csv"],
        "id,name,start,price\n" + string.Concat(Enumerable.Range(1, rows).Select(index => $"C{index},Acme,2026-01-01,{price(index)}\n")));

    private static Task<ImportOutcome> Run(TestDatabase database, TemporaryFolder folder, IProgress<RunProgress>? progress, CancellationToken cancel) =>
        new ImportFile(database.Source, TimeProvider.System).Run(
            new ImportRequest(folder["file.csv"], MappingFile.Of(Books.Yaml(Books.Mapping)), "test"), progress, cancel);

    private async Task<TestDatabase> Ready()
    {
        var database = await postgres.CreateDatabase();
        await Books.SetUp(database);
        return database;
    }

    private sealed class Watch(Action<RunProgress> seen) : IProgress<RunProgress>
    {
        public void Report(RunProgress value) => seen(value);
    }
}
