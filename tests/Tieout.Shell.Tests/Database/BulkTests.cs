using FsCheck.Fluent;
using Npgsql;
using Tieout.Application.Database;

namespace Tieout.Shell.Tests.Database;

/// <summary>What goes in by COPY is, value for value, what comes out; and all of it or nothing.</summary>
public sealed class BulkTests(PostgresFixture postgres)
{
    private const string Table =
        """
        create table everything (
          no int primary key, id uuid, word text check (word <> 'refuse me'), day date, number numeric, whole bigint, at timestamptz, flag boolean,
          numbers numeric[], words text[], ids uuid[], wholes int[])
        """;

    private static readonly decimal[] EdgeNumbers =
    [
        0m, 0.00m, -0.0m, 1m, -1m, 0.1m, 10_000m, 9_999m, 99_999_999.9999m, 0.0001m, 0.00001m, -0.00010m, 1.0000000000000000000000000001m, 1_0000_0000m,
        decimal.MaxValue, decimal.MinValue, 0.0000000000000000000000000001m, 123_4567.890m, 100.50m, ulong.MaxValue, ulong.MaxValue + 1m,
    ];

    [Fact]
    public async Task Every_value_comes_back_as_it_was()
    {
        await using var database = await postgres.CreateEmptyDatabase();
        await database.Execute(Table);
        var rows = EdgeNumbers.Select((number, index) => Row(index, number)).Append(Empty(1000)).ToList();
        Assert.Equal((ulong)rows.Count, await Copy(database, rows));
        Assert.Equal(rows.ConvertAll(Shown), await Read(database));
    }

    [Fact]
    public async Task Any_number_comes_back_with_its_scale()
    {
        await using var database = await postgres.CreateEmptyDatabase();
        await database.Execute(Table);
        var numbers = Gen.Sample(ArbMap.Default.GeneratorFor<decimal>(), 2_000, 30);
        var rows = numbers.Select((number, index) => Row(index, number)).ToList();
        await Copy(database, rows);
        Assert.Equal(rows.ConvertAll(Shown), await Read(database));
    }

    [Fact]
    public async Task Rows_larger_than_what_is_sent_at_once_arrive_whole()
    {
        await using var database = await postgres.CreateEmptyDatabase();
        await database.Execute(Table);
        var rows = Enumerable.Range(0, 300).Select(no => Row(no, no) with { Word = new string((char)('a' + (no % 26)), no * 997) }).ToList();
        await Copy(database, rows);
        Assert.Equal(rows.ConvertAll(Shown), await Read(database));
    }

    [Fact]
    public async Task A_row_that_is_refused_leaves_nothing_and_the_connection_works()
    {
        await using var database = await postgres.CreateEmptyDatabase();
        await database.Execute(Table);
        await using var connection = await database.Source.OpenConnectionAsync();
        var rows = Enumerable.Range(0, 5_000).Select(no => Row(no, 1) with { Word = no == 4_000 ? "refuse me" : "fine" });
        var refused = await Assert.ThrowsAsync<PostgresException>(() => Copy(connection, rows));
        Assert.Equal("everything_word_check", refused.ConstraintName);
        Assert.Equal(1UL, await Copy(connection, [Row(1, 1)]));
        Assert.Equal(1L, await database.Scalar<long>("select count(*) from everything"));
    }

    [Fact]
    public async Task What_stops_in_the_middle_leaves_nothing_and_the_connection_works()
    {
        await using var database = await postgres.CreateEmptyDatabase();
        await database.Execute(Table);
        await using var connection = await database.Source.OpenConnectionAsync();
        await Assert.ThrowsAsync<InvalidTimeZoneException>(() => Copy(connection, Broken(5_000)));
        await Assert.ThrowsAsync<InvalidTimeZoneException>(() => Copy(connection, Broken(0)));
        using var stopping = new CancellationTokenSource();
        await Assert.ThrowsAsync<OperationCanceledException>(() => Copy(connection, Stopping(stopping), stopping.Token));
        Assert.Equal(1UL, await Copy(connection, [Row(1, 1)]));
        Assert.Equal(1L, await database.Scalar<long>("select count(*) from everything"));
    }

    [Theory]
    [InlineData(10)]
    [InlineData(200_000)]
    public async Task What_is_told_of_a_connection_that_broke_is_that_it_broke(int after)
    {
        await using var database = await postgres.CreateEmptyDatabase();
        await database.Execute(Table);
        await using (var connection = await database.Source.OpenConnectionAsync())
        {
            var broken = await Assert.ThrowsAnyAsync<NpgsqlException>(() => Copy(connection, Killed(database, connection.ProcessID, after)));
            Assert.True(broken is PostgresException { SqlState: PostgresErrorCodes.AdminShutdown } or { IsTransient: true }, broken.ToString());
        }
        Assert.Equal(1UL, await Copy(database, [Row(1, 1)]));
        Assert.Equal(1L, await database.Scalar<long>("select count(*) from everything"));
    }

    [Fact]
    public async Task Half_a_character_is_refused_and_not_written_as_another()
    {
        await using var database = await postgres.CreateEmptyDatabase();
        await database.Execute(Table);
        await Assert.ThrowsAnyAsync<ArgumentException>(() => Copy(database, [Row(1, 1) with { Word = "half \ud83d" }]));
        Assert.Equal(0L, await database.Scalar<long>("select count(*) from everything"));
    }

    private static IEnumerable<Everything> Broken(int after)
    {
        for (var no = 0; no < after; no++) yield return Row(no, no);
        throw new InvalidTimeZoneException();
    }

    private static IEnumerable<Everything> Stopping(CancellationTokenSource stopping)
    {
        for (var no = 0; no < 5_000; no++)
        {
            if (no == 2_500) stopping.Cancel();
            yield return Row(no, no);
        }
    }

    private static IEnumerable<Everything> Killed(TestDatabase database, int process, int after)
    {
        for (var no = 0; no < 2 * after; no++)
        {
            if (no == after)
            {
                using var command = database.Source.CreateCommand("select pg_terminate_backend($1, 5000)");
                command.Parameters.Add(new() { Value = process });
                command.ExecuteNonQuery();
            }
            yield return Row(no, no);
        }
    }

    private static Everything Row(int no, decimal number) => new(
        no, new Guid(no, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11), $"é€🙂 {no}", new DateOnly(1999, 12, 31).AddDays(no), number, long.MaxValue - no,
        new DateTimeOffset(2026, 11, 1, 23, 59, 59, TimeSpan.FromHours(5)).AddMicroseconds(no), no % 2 == 0,
        [number, -1.50m], ["", "two words"], [Guid.Empty], []);

    private static Everything Empty(int no) => new(no, null, "", null, null, long.MinValue, DateTimeOffset.UnixEpoch, false, [], null, null, [1, -1]);

    private static async Task<ulong> Copy(TestDatabase database, IEnumerable<Everything> rows)
    {
        await using var connection = await database.Source.OpenConnectionAsync();
        return await Copy(connection, rows);
    }

    private static Task<ulong> Copy(NpgsqlConnection connection, IEnumerable<Everything> rows, CancellationToken cancel = default) => Bulk.Copy(
        connection, "everything (no, id, word, day, number, whole, at, flag, numbers, words, ids, wholes)", rows,
        static (writer, row) => writer
            .Int(row.No).Uuid(row.Id).Text(row.Word).Date(row.Day).Number(row.Number).Long(row.Whole).Instant(row.At).Bool(row.Is)
            .Numbers(row.Numbers).Texts(row.Words).Uuids(row.Ids).Ints(row.Wholes),
        cancel);

    private static async Task<List<string>> Read(TestDatabase database)
    {
        await using var command = database.Source.CreateCommand(
            "select no, id, word, day, number, whole, at, flag, numbers, words, ids, wholes from everything order by no");
        await using var reader = await command.ExecuteReaderAsync();
        List<string> rows = [];
        while (await reader.ReadAsync())
            rows.Add(Shown(new Everything(
                reader.GetInt32(0), OrNull<Guid>(reader, 1), reader.GetString(2), OrNull<DateOnly>(reader, 3), OrNull<decimal>(reader, 4),
                reader.GetInt64(5), reader.GetFieldValue<DateTimeOffset>(6), reader.GetBoolean(7), reader.GetFieldValue<decimal[]>(8),
                reader.IsDBNull(9) ? null : reader.GetFieldValue<string[]>(9), reader.IsDBNull(10) ? null : reader.GetFieldValue<Guid[]>(10),
                reader.GetFieldValue<int[]>(11))));
        return rows;
    }

    private static T? OrNull<T>(NpgsqlDataReader reader, int column) where T : struct =>
        reader.IsDBNull(column) ? null : reader.GetFieldValue<T>(column);

    // A decimal shows its scale, but a zero below zero, which a number of PostgreSQL cannot be.
    private static string Shown(Everything row) => string.Create(System.Globalization.CultureInfo.InvariantCulture,
        $"{row.No} {row.Id} {row.Word} {row.Day:o} {Shown(row.Number)} {row.Whole} {row.At.UtcTicks} {row.Is} "
        + $"[{string.Join(' ', row.Numbers.Select(number => Shown(number)))}] {Listed(row.Words)} {Listed(row.Ids)} {Listed(row.Wholes)}");

    private static string Shown(decimal? number) => number is { } some
        ? (some == 0 ? decimal.Abs(some) : some).ToString(System.Globalization.CultureInfo.InvariantCulture) : "null";

    private static string Listed<T>(T[]? items) => items is null ? "null" : $"[{string.Join('|', items)}]";

    private sealed record Everything(
        int No, Guid? Id, string Word, DateOnly? Day, decimal? Number, long Whole, DateTimeOffset At, bool Is,
        decimal[] Numbers, string[]? Words, Guid[]? Ids, int[] Wholes);
}
