using Tieout.Application.Database;

namespace Tieout.Shell.Tests.Database;

public sealed class MigrationsTests(PostgresFixture postgres)
{
    private static readonly Migration Ledger = new(
        1, "0001_ledger", "create schema ledger; create table ledger.entry (id int primary key);", "do $$ begin assert 1 = 1; end $$");

    private static readonly Migration Cash = new(2, "0002_cash", "create schema cash; create table cash.payment (id int primary key);");

    [Fact]
    public async Task Are_applied_once_and_recorded()
    {
        await using var database = await postgres.CreateEmptyDatabase();
        var migrations = new Migrations([Ledger, Cash], "1.2.3");
        Assert.Equal([Ledger, Cash], await Run(migrations, database));
        Assert.Empty(await Run(migrations, database));
        Assert.Equal(
            "1 0001_ledger 1.2.3, 2 0002_cash 1.2.3",
            await database.Scalar<string>("select string_agg(concat_ws(' ', number, name, applied_by_version), ', ' order by number) from tieout.migration"));
    }

    [Fact]
    public async Task A_newer_program_adds_only_what_is_new()
    {
        await using var database = await postgres.CreateEmptyDatabase();
        await Run(new Migrations([Ledger], "1"), database);
        Assert.Equal([Cash], await Run(new Migrations([Ledger, Cash], "2"), database));
    }

    [Fact]
    public async Task Two_programs_that_start_together_take_turns()
    {
        await using var database = await postgres.CreateEmptyDatabase();
        var applied = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Run(new Migrations([Ledger, Cash], "1"), database)));
        Assert.Equal([0, 0, 0, 2], applied.Select(steps => steps.Count).Order());
    }

    [Fact]
    public async Task An_applied_step_with_another_text_is_refused_by_name()
    {
        await using var database = await postgres.CreateEmptyDatabase();
        await Run(new Migrations([Ledger], "1"), database);
        var edited = Ledger with { Sql = Ledger.Sql + " -- edited" };
        var trouble = await Assert.ThrowsAsync<DatabaseTroubleException>(
            () => Run(new Migrations([new Migration(1, edited.Name, edited.Sql), Cash], "2"), database));
        Assert.Contains("0001_ledger was applied with another text", trouble.Message, StringComparison.Ordinal);
        Assert.Equal(1L, await database.Scalar<long>("select count(*) from tieout.migration"));
    }

    [Fact]
    public void Line_endings_do_not_count_as_another_text() =>
        Assert.Equal(new Migration(1, "0001_a", "a\nb").Sha256, new Migration(1, "0001_a", "a\r\nb").Sha256);

    [Fact]
    public async Task A_database_newer_than_the_program_is_refused()
    {
        await using var database = await postgres.CreateEmptyDatabase();
        await Run(new Migrations([Ledger, Cash], "2.0"), database);
        var trouble = await Assert.ThrowsAsync<DatabaseTroubleException>(() => Run(new Migrations([Ledger], "1.0"), database));
        Assert.Contains("0002_cash", trouble.Message, StringComparison.Ordinal);
        Assert.Contains("2.0", trouble.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("do $$ begin assert false, 'entries must balance'; end $$", "entries must balance")]
    [InlineData("do $$ begin raise exception 'no such column'; end $$", "no such column")]
    public async Task A_failed_check_rolls_its_own_step_back(string check, string message)
    {
        await using var database = await postgres.CreateEmptyDatabase();
        var trouble = await Assert.ThrowsAsync<DatabaseTroubleException>(
            () => Run(new Migrations([Ledger, new Migration(2, Cash.Name, Cash.Sql, check)], "1"), database));
        Assert.Contains("0002_cash", trouble.Message, StringComparison.Ordinal);
        Assert.Contains(message, trouble.Message, StringComparison.Ordinal);
        Assert.True(await database.Scalar<bool>("select to_regclass('ledger.entry') is not null and to_regclass('cash.payment') is null"));

        // Nothing is left in the way of the mended step.
        Assert.Equal([Cash], await Run(new Migrations([Ledger, Cash], "1"), database));
    }

    [Fact]
    public async Task A_step_with_an_error_is_named_and_rolled_back()
    {
        await using var database = await postgres.CreateEmptyDatabase();
        var broken = new Migration(1, "0001_broken", "create table half (id int); creat table other (id int);");
        var trouble = await Assert.ThrowsAsync<DatabaseTroubleException>(() => Run(new Migrations([broken], "1"), database));
        Assert.Contains("0001_broken", trouble.Message, StringComparison.Ordinal);
        Assert.True(await database.Scalar<bool>("select to_regclass('half') is null and to_regclass('tieout.migration') is null"));
    }

    [Theory]
    [InlineData(1, 3)]
    [InlineData(2, 3)]
    [InlineData(1, 1)]
    [InlineData(2, 1)]
    public void Numbers_run_from_one_without_gaps(int first, int second) =>
        Assert.Throws<DatabaseTroubleException>(() => new Migrations([new(first, "a", ""), new(second, "b", "")], "1"));

    [Fact]
    public async Task The_shipped_steps_apply_to_an_empty_database()
    {
        await using var database = await postgres.CreateEmptyDatabase();
        Assert.Equal(Migrations.Shipped.Newest, (await Run(Migrations.Shipped, database)).Count);
        Assert.Empty(await Run(Migrations.Shipped, database));
    }

    private static Task<IReadOnlyList<Migration>> Run(Migrations migrations, TestDatabase database) =>
        migrations.Run(database.Source, CancellationToken.None);
}
